/* data/series/wav.c: RIFF/WAVE (Microsoft and IBM, Multimedia programming interface, 1991;
 * WAVE_FORMAT_EXTENSIBLE): chunks of a name, a size and a content of even length. `fmt ` and `data`
 * are used, others passed over. */
#include "data/series/wav.h"

#include "base/bytes.h"
#include "format/file_kind.h"

#include <math.h>
#include <string.h>

enum { INTEGERS = 1, FLOATS = 3, EXTENSIBLE = 0xfffe };

static double from_u8(const uint8_t *p)
{
    return (*p - 128) / 128.0;
}

static double from_s16(const uint8_t *p)
{
    return (int16_t)bytes_le(p, 2) / 32768.0;
}

static double from_s24(const uint8_t *p)
{
    return (int32_t)((uint32_t)bytes_le(p, 3) << 8) / 2147483648.0;
}

static double from_s32(const uint8_t *p)
{
    return (int32_t)bytes_le(p, 4) / 2147483648.0;
}

static double from_f32(const uint8_t *p)
{
    float x;
    uint32_t bits = (uint32_t)bytes_le(p, 4);
    memcpy(&x, &bits, sizeof x);
    return x;
}

static double from_f64(const uint8_t *p)
{
    double x;
    uint64_t bits = bytes_le(p, 8);
    memcpy(&x, &bits, sizeof x);
    return x;
}

static const struct {
    int format, bits;
    double (*read)(const uint8_t *p);
} number[] = {
    {INTEGERS, 8, from_u8},   {INTEGERS, 16, from_s16}, {INTEGERS, 24, from_s24},
    {INTEGERS, 32, from_s32}, {FLOATS, 32, from_f32},   {FLOATS, 64, from_f64},
};

static int find_number(int format, int bits)
{
    for (int i = 0; i < FSNN_COUNT(number); i++)
        if (number[i].format == format && number[i].bits == bits)
            return i;
    return -1;
}

/* RFC 2361 and mmreg.h. */
static const char *format_name(int format)
{
    static const struct {
        int format;
        const char *name;
    } known[] = {
        {INTEGERS, "PCM"},  {2, "Microsoft ADPCM"}, {FLOATS, "float"},        {6, "A-law"},
        {7, "mu-law"},      {0x11, "IMA ADPCM"},    {0x31, "GSM 6.10"},       {0x50, "MPEG"},
        {0x55, "MP3"},      {0x92, "Dolby AC-3"},   {0x161, "Windows Media"}, {0x1610, "AAC"},
        {0x674f, "Vorbis"}, {0xf1ac, "FLAC"},
    };
    for (int i = 0; i < FSNN_COUNT(known); i++)
        if (known[i].format == format)
            return known[i].name;
    return "unknown";
}

static fsnn_status read_format(const char *path, const uint8_t *p, size_t size, wav *out)
{
    if (size < 16)
        return fsnn_fail(FSNN_EFORMAT, "%s: its format chunk has %zu bytes, at least 16 are needed",
                         path, size);
    int format = (int)bytes_le(p, 2), block = (int)bytes_le(p + 12, 2);
    out->channels = (int)bytes_le(p + 2, 2);
    out->rate = (double)bytes_le(p + 4, 4);
    out->bits = (int)bytes_le(p + 14, 2);
    if (format == EXTENSIBLE) {
        if (size < 40)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: its extensible format chunk has %zu bytes, 40 are needed", path,
                             size);
        format = (int)bytes_le(p + 24, 2);
    }
    out->real = format == FLOATS;
    if (find_number(format, out->bits) < 0)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: holds %s samples (format %d) of %d bits; PCM (1) of 8, 16, 24, 32 "
                         "bits and float (3) of 32, 64 can be read, sox or ffmpeg convert to them",
                         path, format_name(format), format, out->bits);
    if (!out->channels || !out->rate || block != out->channels * out->bits / 8)
        return fsnn_fail(
            FSNN_EFORMAT,
            "%s: %d channels of %d bits at %g samples/s in blocks of %d bytes do not fit "
            "together",
            path, out->channels, out->bits, out->rate, block);
    return FSNN_OK;
}

/* A size that stands for one that was not known, where a program wrote into a pipe: all ones, or a
 * little below 2 GiB in whole frames (SoX, eSpeak). The samples reach to the end of the file. */
static bool open_end(uint64_t length, size_t block, size_t left)
{
    return length > left && (length == UINT32_MAX || length == 0x7ffff000 / block * block);
}

static fsnn_status read_data(const char *path, const uint8_t *bytes, size_t at, uint64_t length,
                             size_t size, wav *out)
{
    if (!out->channels)
        return fsnn_fail(FSNN_EFORMAT, "%s: its samples stand before their format (byte %zu)", path,
                         at);
    size_t block = (size_t)(out->channels * out->bits / 8);
    if (open_end(length, block, size - at))
        length = (size - at) / block * block;
    if (length > size - at)
        return fsnn_fail(
            FSNN_EFORMAT,
            "%s: its samples should be %llu bytes from byte %zu on, but only %zu follow", path,
            (unsigned long long)length, at, size - at);
    if (length % block)
        return fsnn_fail(FSNN_EFORMAT, "%s: its samples are %llu bytes, no multiple of %zu", path,
                         (unsigned long long)length, block);
    if (!length)
        return fsnn_fail(FSNN_EFORMAT, "%s: holds no samples", path);
    out->data = bytes + at;
    out->frames = (int64_t)(length / block);
    return FSNN_OK;
}

fsnn_status wav_open(const char *path, const uint8_t *bytes, size_t size, wav *out)
{
    *out = (wav){0};
    if (size < 12 || memcmp(bytes, "RIFF", 4) != 0 || memcmp(bytes + 8, "WAVE", 4) != 0)
        return file_kind_fail(path, bytes, size, "a WAV file (RIFF, a size, WAVE)");
    for (size_t at = 12; at < size;) {
        if (size - at < 8)
            return fsnn_fail(FSNN_EFORMAT, "%s: ends inside the head of a chunk (byte %zu)", path,
                             at);
        const uint8_t *head = bytes + at;
        uint64_t length = bytes_le(head + 4, 4);
        at += 8;
        if (!memcmp(head, "data", 4))
            return read_data(path, bytes, at, length, size, out);
        if (length > size - at)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: ends inside the chunk at byte %zu, which should have %llu bytes",
                             path, at - 8, (unsigned long long)length);
        if (!memcmp(head, "fmt ", 4))
            FSNN_TRY(read_format(path, bytes + at, (size_t)length, out));
        at += (size_t)(length + (length & 1 && length < size - at));
    }
    return fsnn_fail(FSNN_EFORMAT, "%s: has no chunk of samples", path);
}

fsnn_status wav_mix(const char *path, const wav *w, float *out)
{
    int kind = find_number(w->real ? FLOATS : INTEGERS, w->bits);
    const uint8_t *p = w->data;
    for (int64_t k = 0; k < w->frames; k++) {
        double sum = 0;
        for (int c = 0; c < w->channels; c++, p += w->bits / 8)
            sum += number[kind].read(p);
        out[k] = (float)(sum / w->channels);
        if (!isfinite(out[k]))
            return fsnn_fail(FSNN_EFORMAT, "%s: sample %lld is %g; samples are finite numbers",
                             path, (long long)k, sum);
    }
    return FSNN_OK;
}

/* data/series/wav.c: RIFF/WAVE (Microsoft and IBM, Multimedia programming interface, 1991;
 * WAVE_FORMAT_EXTENSIBLE): chunks of a name, a size and a content of even length. `fmt ` and `data`
 * are used, others passed over. Numbers of the kinds below are read here, in every build; that all
 * of a file is there is checked for other kinds, too, since libsndfile takes a cut one for a
 * shorter one. */
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

/* RIFF has the low byte first, RIFX the high one; sizes of RF64 and BW64 that need 64 bits stand in
 * a chunk ds64. */
typedef struct reader {
    const char *path;
    const uint8_t *bytes;
    size_t size;
    bool swapped, wide;
    uint64_t data_size; /* of ds64 */
} reader;

static uint64_t number_at(const reader *r, const uint8_t *p, int n)
{
    return r->swapped ? bytes_be(p, n) : bytes_le(p, n);
}

const char *wav_describe(const wav *w, char *out, size_t size)
{
    snprintf(out, size, "holds %s samples (format %d) of %d bits", format_name(w->format),
             w->format, w->bits);
    return out;
}

static fsnn_status check_format(const char *path, wav *out, int block)
{
    if (out->format == INTEGERS && out->bits > 32)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: holds PCM samples (format 1) of %d bits; 32 is the most that can be "
                         "read, sox converts to that",
                         path, out->bits);
    if (!out->channels || !out->rate || (!out->foreign && block != out->channels * out->bits / 8))
        return fsnn_fail(
            FSNN_EFORMAT,
            "%s: %d channels of %d bits at %g samples/s in blocks of %d bytes do not fit "
            "together",
            path, out->channels, out->bits, out->rate, block);
    return FSNN_OK;
}

static fsnn_status read_format(const reader *r, const uint8_t *p, size_t size, wav *out)
{
    if (size < 16)
        return fsnn_fail(FSNN_EFORMAT, "%s: its format chunk has %zu bytes, at least 16 are needed",
                         r->path, size);
    out->format = (int)number_at(r, p, 2);
    out->channels = (int)number_at(r, p + 2, 2);
    out->rate = (double)number_at(r, p + 4, 4);
    out->bits = (int)number_at(r, p + 14, 2);
    if (out->format == EXTENSIBLE) {
        if (size < 40)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: its extensible format chunk has %zu bytes, 40 are needed",
                             r->path, size);
        out->format = (int)number_at(r, p + 24, 2);
    }
    out->real = out->format == FLOATS;
    out->foreign = r->swapped || r->wide || find_number(out->format, out->bits) < 0;
    return check_format(r->path, out, (int)number_at(r, p + 12, 2));
}

/* A size that stands for one that was not known, where a program wrote into a pipe: all ones, or a
 * little below 2 GiB in whole frames (SoX, eSpeak). The samples reach to the end of the file. */
static bool open_end(uint64_t length, size_t block, size_t left)
{
    return length > left && (length == UINT32_MAX || length == 0x7ffff000 / block * block);
}

static fsnn_status read_data(const reader *r, size_t at, uint64_t length, wav *out)
{
    const char *path = r->path;
    if (!out->channels)
        return fsnn_fail(FSNN_EFORMAT, "%s: its samples stand before their format (byte %zu)", path,
                         at);
    size_t block = out->foreign ? 1 : (size_t)(out->channels * out->bits / 8);
    if (r->wide && length == UINT32_MAX)
        length = r->data_size;
    if (open_end(length, block, r->size - at))
        length = (r->size - at) / block * block;
    if (length > r->size - at)
        return fsnn_fail(
            FSNN_EFORMAT,
            "%s: its samples should be %llu bytes from byte %zu on, but only %zu follow", path,
            (unsigned long long)length, at, r->size - at);
    if (length % block)
        return fsnn_fail(FSNN_EFORMAT, "%s: its samples are %llu bytes, no multiple of %zu", path,
                         (unsigned long long)length, block);
    if (!length)
        return fsnn_fail(FSNN_EFORMAT, "%s: holds no samples", path);
    out->data = out->foreign ? NULL : r->bytes + at;
    out->frames = out->foreign ? 0 : (int64_t)(length / block);
    return FSNN_OK;
}

static fsnn_status read_chunks(reader *r, wav *out)
{
    for (size_t at = 12; at < r->size;) {
        if (r->size - at < 8)
            return fsnn_fail(FSNN_EFORMAT, "%s: ends inside the head of a chunk (byte %zu)",
                             r->path, at);
        const uint8_t *head = r->bytes + at;
        uint64_t length = number_at(r, head + 4, 4);
        at += 8;
        if (!memcmp(head, "data", 4))
            return read_data(r, at, length, out);
        if (length > r->size - at)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: ends inside the chunk at byte %zu, which should have %llu bytes",
                             r->path, at - 8, (unsigned long long)length);
        if (!memcmp(head, "fmt ", 4))
            FSNN_TRY(read_format(r, r->bytes + at, (size_t)length, out));
        if (!memcmp(head, "ds64", 4) && length >= 16)
            r->data_size = number_at(r, head + 16, 8);
        at += (size_t)(length + (length & 1 && length < r->size - at));
    }
    return fsnn_fail(FSNN_EFORMAT, "%s: has no chunk of samples", r->path);
}

fsnn_status wav_open(const char *path, const uint8_t *bytes, size_t size, wav *out)
{
    static const struct {
        const char *mark;
        bool swapped, wide;
    } forms[] = {{"RIFF", false, false},
                 {"RIFX", true, false},
                 {"RF64", false, true},
                 {"BW64", false, true}};
    *out = (wav){0};
    for (int i = 0; i < FSNN_COUNT(forms) && size >= 12; i++)
        if (!memcmp(bytes, forms[i].mark, 4) && !memcmp(bytes + 8, "WAVE", 4)) {
            reader r = {path, bytes, size, forms[i].swapped, forms[i].wide, 0};
            return read_chunks(&r, out);
        }
    return file_kind_fail(path, bytes, size, "a file of sound (WAV, FLAC, Ogg, ...)");
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

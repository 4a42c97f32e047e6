/* data/series/wfdb_signals.c: values of the signal files of WFDB records (signal(5) of G. Moody's
 * WFDB Applications Guide). */
#include "data/series/wfdb_formats.h"

#include "base/bytes.h"

#include <limits.h>
#include <math.h>

/* The low `bits` of x in two's complement. */
static int32_t signed_of(uint32_t x, int bits)
{
    uint32_t sign = 1U << (bits - 1);
    x &= sign | (sign - 1);
    return (int32_t)((int64_t)x - (x & sign ? (int64_t)sign << 1 : 0));
}

static int32_t value_8(const uint8_t *bytes, int64_t i)
{
    return (int8_t)bytes[i];
}

static int32_t value_16(const uint8_t *bytes, int64_t i)
{
    return (int16_t)bytes_le(bytes + 2 * i, 2);
}

static int32_t value_24(const uint8_t *bytes, int64_t i)
{
    return signed_of((uint32_t)bytes_le(bytes + 3 * i, 3), 24);
}

static int32_t value_32(const uint8_t *bytes, int64_t i)
{
    return signed_of((uint32_t)bytes_le(bytes + 4 * i, 4), 32);
}

static int32_t value_61(const uint8_t *bytes, int64_t i)
{
    return (int16_t)((unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1]);
}

static int32_t value_80(const uint8_t *bytes, int64_t i)
{
    return bytes[i] - 128;
}

static int32_t value_160(const uint8_t *bytes, int64_t i)
{
    return (int32_t)bytes_le(bytes + 2 * i, 2) - 32768;
}

/* Three bytes are two values of 12 bits, the second's high bits in the middle byte. */
static int32_t value_212(const uint8_t *bytes, int64_t i)
{
    const uint8_t *p = bytes + i / 2 * 3;
    return signed_of(i & 1 ? (unsigned)(p[1] >> 4) << 8 | p[2] : (unsigned)(p[1] & 15) << 8 | p[0],
                     12);
}

/* Two words of 16 bits are three values of 10: bits 1 .. 10 of each word, and the third from the
 * upper five bits of both, those of the first word low. */
static int32_t value_310(const uint8_t *bytes, int64_t i)
{
    const uint8_t *p = bytes + i / 3 * 4;
    if (i % 3 < 2)
        return signed_of((uint32_t)bytes_le(p + 2 * (i % 3), 2) >> 1, 10);
    return signed_of((uint32_t)(p[1] >> 3 | (unsigned)(p[3] >> 3) << 5), 10);
}

/* Four bytes are three values of 10 bits, from the lowest up. A cut group has no bytes for the
 * later ones. */
static int32_t value_311(const uint8_t *bytes, int64_t i)
{
    const uint8_t *p = bytes + i / 3 * 4 + i % 3;
    return signed_of((uint32_t)bytes_le(p, 2) >> 2 * (i % 3), 10);
}

static const wfdb_format formats[] = {
    {.number = 8, .group = 1, .bytes = 1, .none = INT_MIN, .differences = true, .value = value_8},
    {.number = 16, .group = 1, .bytes = 2, .none = -32768, .value = value_16},
    {.number = 24, .group = 1, .bytes = 3, .none = -8388608, .value = value_24},
    {.number = 32, .group = 1, .bytes = 4, .none = INT_MIN, .value = value_32},
    {.number = 61, .group = 1, .bytes = 2, .none = -32768, .value = value_61},
    {.number = 80, .group = 1, .bytes = 1, .none = -128, .value = value_80},
    {.number = 160, .group = 1, .bytes = 2, .none = -32768, .value = value_160},
    {.number = 212, .group = 2, .bytes = 3, .rest = {0, 0, 1}, .none = -2048, .value = value_212},
    {.number = 310, .group = 3, .bytes = 4, .rest = {0, 0, 1, 1}, .none = -512, .value = value_310},
    {.number = 311, .group = 3, .bytes = 4, .rest = {0, 0, 1, 2}, .none = -512, .value = value_311},
    {.number = 508, .group = 1, .bytes = 4, .none = -128, .flac = true, .value = value_32},
    {.number = 516, .group = 1, .bytes = 4, .none = -32768, .flac = true, .value = value_32},
    {.number = 524, .group = 1, .bytes = 4, .none = -8388608, .flac = true, .value = value_32},
};

const wfdb_format *wfdb_find_format(int64_t number)
{
    for (int i = 0; i < FSNN_COUNT(formats); i++)
        if (formats[i].number == number)
            return &formats[i];
    return NULL;
}

fsnn_status wfdb_length(const char *path, const wfdb_header *h, int file, size_t size,
                        int64_t *length)
{
    const wfdb_file *f = &h->file[file];
    const wfdb_format *format = wfdb_find_format(f->format);
    size_t bytes = f->offset < (int64_t)size ? size - (size_t)f->offset : 0;
    int64_t values = (int64_t)(bytes / (size_t)format->bytes) * format->group +
                     format->rest[bytes % (size_t)format->bytes],
            frames = values / f->values, wanted = h->length ? h->length : 1;
    *length = frames;
    if (frames >= wanted)
        return FSNN_OK;
    int signals = 0;
    for (int s = 0; s < h->signals; s++)
        signals += h->signal[s].file == file;
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: %zu bytes hold %lld samples of %d signals, but %lld are expected", path,
                     size, (long long)frames, signals, (long long)wanted);
}

static fsnn_status doubt(wfdb_doubts *doubts, char *sentence)
{
    if (!sentence)
        return FSNN_EMEMORY;
    if (!doubts->count++)
        doubts->first = sentence;
    else
        fsnn_free(sentence);
    return FSNN_OK;
}

static fsnn_status check(const char *path, const wfdb_header *h, int signal, int first,
                         unsigned sum, int64_t length, wfdb_doubts *doubts)
{
    const wfdb_signal *s = &h->signal[signal];
    if (!s->checked || h->length != length)
        return FSNN_OK;
    if (first != s->first && !wfdb_find_format(s->format)->differences)
        FSNN_TRY(doubt(doubts, fsnn_format("%s: signal %d begins with %d, its header says %lld",
                                           path, signal, first, (long long)s->first)));
    if ((int)(sum & 0xffff) == s->checksum)
        return FSNN_OK;
    return doubt(doubts, fsnn_format("%s: the checksum of the %lld samples of signal %d is %u, "
                                     "its header says %d",
                                     path, (long long)length, signal, sum & 0xffff, s->checksum));
}

/* One signal: `place` is the index of its first value in a frame. */
static fsnn_status read_signal(const char *path, const wfdb_header *h, int index, int64_t place,
                               const uint8_t *bytes, int64_t length, float *x, wfdb_doubts *doubts)
{
    const wfdb_signal *s = &h->signal[index];
    const wfdb_file *file = &h->file[s->file];
    const wfdb_format *format = wfdb_find_format(s->format);
    uint32_t sum = 0, state = (uint32_t)s->first; /* of differences */
    for (int64_t k = 0; k < length; k++) {
        double total = 0;
        for (int64_t i = 0; i < s->per_frame; i++) {
            int32_t v = format->value(bytes, k * file->values + place + i);
            if (format->differences)
                v = signed_of(state += (uint32_t)v, 32);
            sum += (uint32_t)v;
            total += v == format->none && !format->differences
                         ? (double)NAN
                         : ((double)v - (double)s->baseline) / s->gain;
        }
        if (k >= s->skew)
            x[(k - s->skew) * h->signals + index] = (float)(total / s->per_frame);
    }
    for (int64_t k = s->skew < length ? length - s->skew : 0; k < length; k++)
        x[k * h->signals + index] = NAN;
    return check(path, h, index, format->value(bytes, place), sum, length, doubts);
}

fsnn_status wfdb_read_signals(const char *path, const wfdb_header *h, int file,
                              const uint8_t *bytes, int64_t length, float *x, wfdb_doubts *doubts)
{
    int64_t place = 0;
    for (int s = 0; s < h->signals; s++) {
        if (h->signal[s].file != file)
            continue;
        FSNN_TRY(read_signal(path, h, s, place, bytes + h->file[file].offset, length, x, doubts));
        place += h->signal[s].per_frame;
    }
    return FSNN_OK;
}

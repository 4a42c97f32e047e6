/* data/series/wfdb_flac.c: signal files of the formats 508, 516 and 524: FLAC, a channel a signal,
 * unpacked into what a file of format 32 would hold. */
#include "data/series/wfdb_formats.h"

#include "base/bytes.h"
#include "format/sound.h"

#include <string.h>

typedef struct unpacking {
    const char *path;
    int bits;                    /* of the format: no less than those of the stream */
    int64_t channels, per_frame; /* of the header; all signals have as many samples a frame */
    double scale;                /* 2^(bits - 1) of the stream */
    int64_t samples;             /* of a channel, so far */
    uint8_t *bytes;              /* [frames, channels, per_frame] */
    int64_t capacity;            /* frames */
} unpacking;

static fsnn_status begin(void *user, int64_t index, const sound_head *head)
{
    unpacking *u = user;
    (void)index;
    if (head->channels != u->channels)
        return fsnn_fail(FSNN_EFORMAT, "%s: has %lld channels, its header names %lld signals in it",
                         u->path, (long long)head->channels, (long long)u->channels);
    if (head->bits < 1 || head->bits > u->bits)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: has samples of %lld bits, the format %d of its header has %d",
                         u->path, (long long)head->bits, 500 + u->bits, u->bits);
    u->scale = (double)(1LL << (head->bits - 1));
    return FSNN_OK;
}

static fsnn_status frames(void *user, const double *x, int64_t count)
{
    unpacking *u = user;
    int64_t C = u->channels, n = u->per_frame, used = (u->samples + n - 1) / n,
            wanted = (u->samples + count + n - 1) / n;
    FSNN_TRY(fsnn_grow(&u->bytes, used, &u->capacity, wanted, (size_t)(4 * C * n)));
    for (int64_t k = 0; k < count; k++, u->samples++)
        for (int64_t c = 0; c < C; c++) {
            int64_t at = (u->samples / n * C + c) * n + u->samples % n;
            bytes_put_le(u->bytes + 4 * at, (uint64_t)(int64_t)(*x++ * u->scale), 4);
        }
    return FSNN_OK;
}

static fsnn_status end(void *user)
{
    (void)user;
    return FSNN_OK;
}

/* Channels and samples a frame. */
static fsnn_status count_signals(const wfdb_header *h, int file, unpacking *u)
{
    for (int s = 0; s < h->signals; s++) {
        if (h->signal[s].file != file)
            continue;
        if (u->channels++ && h->signal[s].per_frame != u->per_frame)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: its header gives signals of it %lld and %d samples a frame: in "
                             "FLAC all have as many",
                             u->path, (long long)u->per_frame, h->signal[s].per_frame);
        u->per_frame = h->signal[s].per_frame;
    }
    return FSNN_OK;
}

fsnn_status wfdb_unpack_flac(const char *path, const wfdb_header *h, int file, uint8_t **bytes,
                             size_t *size)
{
    unpacking u = {.path = path, .bits = h->file[file].format - 500};
    const sound_taker taker = {begin, frames, end, &u};
    char what[48];
    *bytes = NULL;
    *size = 0;
    FSNN_TRY(fsnn_file_look(path));
    FSNN_TRY(count_signals(h, file, &u));
    snprintf(what, sizeof what, "is FLAC (format %d of WFDB)", h->file[file].format);
    sound_file from = {fsnn_format("%s", path), what};
    fsnn_status status = from.path ? sound_read(&from, 1, &taker) : FSNN_EMEMORY;
    fsnn_free(from.path);
    if (status < 0) {
        fsnn_free(u.bytes);
        return status;
    }
    *bytes = u.bytes;
    *size = (size_t)(u.samples / u.per_frame * u.per_frame * u.channels * 4);
    return FSNN_OK;
}

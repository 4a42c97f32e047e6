/* format/sound_read.c: takes what the child reads by libsndfile, and trusts none of it. */
#include "format/sound.h"

#include "base/port_files.h"

#include <math.h>

enum {
    MEMORY = 1 << 28,     /* for the child */
    FRAMES_A_BYTE = 8192, /* a block of FLAC that is silent packs 65535 frames into eleven bytes */
    HEAD_FRAMES = 1 << 16,
};

typedef struct reading {
    const sound_file *file;
    int64_t count;
    const sound_taker *taker;
    guard_work *work;
    double *x; /* [SOUND_BLOCK, SOUND_CHANNELS] */
} reading;

static int64_t most_frames(const char *path)
{
    port_about about;
    int64_t size = port_look(path, &about) ? about.size : 0;
    return size < INT64_MAX / FRAMES_A_BYTE / 2 ? size * FRAMES_A_BYTE + HEAD_FRAMES : INT64_MAX;
}

static fsnn_status receive_frames(guard *g, const reading *r, const char *path, int64_t channels)
{
    for (int64_t left = most_frames(path);;) {
        int64_t n;
        FSNN_TRY(guard_get(g, &n, sizeof n));
        if (n == 0)
            return FSNN_OK;
        if (n < 0 || n > SOUND_BLOCK || n > left)
            return fsnn_fail(FSNN_EFORMAT, "%s: more samples come out of it than can be in it",
                             path);
        left -= n;
        FSNN_TRY(guard_get(g, r->x, (size_t)(n * channels) * sizeof *r->x));
        FSNN_TRY(r->taker->frames(r->taker->user, r->x, n));
    }
}

static fsnn_status receive_file(guard *g, const reading *r, int64_t index)
{
    const char *path = r->file[index].path;
    sound_head head;
    r->work->subject = path;
    FSNN_TRY(guard_get(g, &head, sizeof head));
    if (!(head.rate > 0 && isfinite(head.rate)) || head.channels < 1 ||
        head.channels > SOUND_CHANNELS || head.bits < 0 || head.bits > 32)
        return fsnn_fail(FSNN_EFORMAT, "%s: %lld channels at %g samples/s cannot be", path,
                         (long long)head.channels, head.rate);
    FSNN_TRY(r->taker->begin(r->taker->user, index, &head));
    FSNN_TRY(receive_frames(g, r, path, head.channels));
    return r->taker->end(r->taker->user);
}

static fsnn_status receive(guard *g, void *user)
{
    const reading *r = user;
    for (int64_t i = 0; i < r->count; i++)
        FSNN_TRY(receive_file(g, r, i));
    return FSNN_OK;
}

static fsnn_status send(guard *g, void *user)
{
    const reading *r = user;
    return sound_send(g, r->file, r->count);
}

fsnn_status sound_read(const sound_file *file, int64_t count, const sound_taker *taker)
{
    guard_work work = {.subject = count ? file->path : "",
                       .worker = "libsndfile",
                       .send = send,
                       .receive = receive,
                       .memory = MEMORY,
                       .busy = 10,
                       .silence = 120};
    reading r = {file, count, taker, &work, NULL};
    if (!count)
        return FSNN_OK;
    r.x = fsnn_alloc((size_t)SOUND_BLOCK * SOUND_CHANNELS * sizeof *r.x);
    if (!r.x)
        return FSNN_EMEMORY;
    work.user = &r;
    fsnn_status status = guard_run(&work);
    fsnn_free(r.x);
    return status;
}

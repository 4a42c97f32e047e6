/* data/series/sounds.c: see sounds.h. Series come in the order in which files are added. */
#include "data/series/sounds.h"

#include "data/series/wav.h"
#include "format/file_kind.h"

#include <math.h>
#include <string.h>

/* A file of this form comes next. */
static fsnn_status expect(sounds *q, const char *path, double rate, int64_t channels)
{
    if (!q->s)
        q->s = series_new(1, rate);
    if (!q->s)
        return FSNN_EMEMORY;
    if (!q->s->rate)
        q->s->rate = rate;
    if (q->s->rate != rate)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: has %g samples/s, the files before it %g: one rate for all is needed",
                         path, rate, q->s->rate);
    if (channels > 1 && !q->s->notes)
        return series_note(q->s, fsnn_format("%s: its %lld channels are averaged into one", path,
                                             (long long)channels));
    return FSNN_OK;
}

/* ---- by libsndfile ---- */

static fsnn_status begin(void *user, int64_t index, const sound_head *head)
{
    sounds *q = user;
    q->index = index;
    q->channels = head->channels;
    q->frames = 0;
    return expect(q, q->wait[index].path, head->rate, head->channels);
}

static fsnn_status frames(void *user, const double *x, int64_t count)
{
    sounds *q = user;
    FSNN_TRY(
        fsnn_grow(&q->mono, q->frames, &q->frame_capacity, q->frames + count, sizeof *q->mono));
    for (int64_t k = 0; k < count; k++) {
        double sum = 0;
        for (int64_t c = 0; c < q->channels; c++)
            sum += *x++;
        float mean = (float)(sum / (double)q->channels);
        if (!isfinite(mean))
            return fsnn_fail(FSNN_EFORMAT, "%s: sample %lld is %g; samples are finite numbers",
                             q->wait[q->index].path, (long long)q->frames, sum);
        q->mono[q->frames++] = mean;
    }
    return FSNN_OK;
}

static fsnn_status end(void *user)
{
    sounds *q = user;
    if (!q->frames)
        return fsnn_fail(FSNN_EFORMAT, "%s: holds no samples", q->wait[q->index].path);
    float *x = series_add(q->s, q->frames, q->label[q->index]);
    if (!x)
        return FSNN_EMEMORY;
    memcpy(x, q->mono, (size_t)q->frames * sizeof *x);
    return FSNN_OK;
}

static void forget(sounds *q)
{
    for (int64_t i = 0; i < q->waiting; i++) {
        fsnn_free(q->wait[i].path);
        fsnn_free(q->wait[i].what);
    }
    q->waiting = 0;
}

fsnn_status sounds_finish(sounds *q)
{
    const sound_taker taker = {begin, frames, end, q};
    fsnn_status status = sound_read(q->wait, q->waiting, &taker);
    forget(q);
    return status;
}

static fsnn_status wait(sounds *q, const char *path, const char *what, int32_t label)
{
    int64_t capacity = q->capacity; /* of both lists; they grow alike */
    FSNN_TRY(fsnn_grow(&q->label, q->waiting, &capacity, q->waiting + 1, sizeof *q->label));
    FSNN_TRY(fsnn_grow(&q->wait, q->waiting, &q->capacity, q->waiting + 1, sizeof *q->wait));
    q->wait[q->waiting] = (sound_file){fsnn_format("%s", path), fsnn_format("%s", what)};
    q->label[q->waiting] = label;
    sound_file *file = &q->wait[q->waiting++];
    return file->path && file->what ? FSNN_OK : FSNN_EMEMORY;
}

/* ---- WAV ---- */

static fsnn_status add_wav(sounds *q, const char *path, const wav *w, int32_t label)
{
    char what[80];
    if (w->foreign)
        return wait(q, path, wav_describe(w, what, sizeof what), label);
    FSNN_TRY(sounds_finish(q));
    FSNN_TRY(expect(q, path, w->rate, w->channels));
    float *x = series_add(q->s, w->frames, label);
    return x ? wav_mix(path, w, x) : FSNN_EMEMORY;
}

static fsnn_status add_bytes(sounds *q, const char *path, int32_t label)
{
    uint8_t *bytes;
    size_t size;
    wav w;
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    fsnn_status status = wav_open(path, bytes, size, &w);
    if (!status)
        status = add_wav(q, path, &w, label);
    fsnn_free(bytes);
    return status;
}

fsnn_status sounds_add(sounds *q, const char *path, int32_t label)
{
    char what[80];
    const file_kind *kind = file_kind_at(path);
    if (!kind || !file_kind_is_sound(kind))
        return add_bytes(q, path, label);
    snprintf(what, sizeof what, "is %s", kind->name);
    return wait(q, path, what, label);
}

bool fsnn_sound_known(const char *path)
{
    const file_kind *kind = path ? file_kind_at(path) : NULL;
    return kind && (file_kind_is_sound(kind) || file_kind_is_wave(kind));
}

void sounds_free(sounds *q)
{
    forget(q);
    fsnn_free(q->wait);
    fsnn_free(q->label);
    fsnn_free(q->mono);
}

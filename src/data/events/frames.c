/* data/events/frames.c: events to frames. An event's pixel is found (crop, then scale), then its
 * frame or two, and its weight is added there. O(events + values of the frames). */
#include "base/error_key.h"
#include "data/events/frames_walk.h"

#include "data/events/events.h"

#include <math.h>
#include <string.h>

fsnn_frames fsnn_frames_default(void)
{
    return (fsnn_frames){.by = FSNN_FRAMES_NUMBER, .count = 16, .window = 10000};
}

/* ---- the options ---- */

static fsnn_status check_sides(const fsnn_frames *f, int width, int height)
{
    const int side[2] = {height, width};
    static const char *const rows[2] = {"rows", "columns"};
    for (int d = 0; d < 2; d++) {
        int64_t kept = f->crop[d] ? f->crop[d] : side[d];
        if (f->crop[d] < 0 || f->crop[d] > side[d])
            return fsnn_fail_key(FSNN_EARGUMENT, "crop",
                                 "a crop of %lld %s cannot be taken from a sensor of %d",
                                 (long long)f->crop[d], rows[d], side[d]);
        if (f->size[d] < 0 || f->size[d] > kept)
            return fsnn_fail_key(
                FSNN_EARGUMENT, "size",
                "frames of %lld %s cannot be made of %lld: they can be smaller, not "
                "larger",
                (long long)f->size[d], rows[d], (long long)kept);
    }
    return FSNN_OK;
}

static fsnn_status check(const fsnn_frames *f, int width, int height)
{
    enum { MOST = 1 << 20 };
    if ((unsigned)f->by >= FSNN_FRAMES_BYS || (unsigned)f->value >= FSNN_FRAMES_VALUES ||
        (unsigned)f->polarity >= FSNN_FRAMES_POLARITIES)
        return fsnn_fail(FSNN_EARGUMENT,
                         "frames by %d, value %d, polarity %d: there is no such kind", (int)f->by,
                         (int)f->value, (int)f->polarity);
    if (f->count < 1 || f->count > MOST)
        return fsnn_fail_key(FSNN_EARGUMENT, "count", "%lld frames; from 1 to %d can be made",
                             (long long)f->count, MOST);
    if (f->by == FSNN_FRAMES_WINDOW && f->window < 1)
        return fsnn_fail_key(FSNN_EARGUMENT, "window",
                             "a window of %lld microseconds; at least 1 is needed",
                             (long long)f->window);
    if (width < 1 || height < 1 || width > PACKED_PLACE_MAX + 1 || height > PACKED_PLACE_MAX + 1)
        return fsnn_fail(FSNN_EARGUMENT,
                         "a sensor of %d columns and %d rows; from 1 to %d of each are possible",
                         width, height, PACKED_PLACE_MAX + 1);
    if (f->cameras < 0 || f->cameras > 2 || (f->cameras == 2 && height > PACKED_CAMERA))
        return fsnn_fail(FSNN_EARGUMENT,
                         "%d cameras of %d rows; 1, or 2 of at most %d rows, are possible",
                         f->cameras, height, PACKED_CAMERA);
    return check_sides(f, width, height);
}

fsnn_status fsnn_frames_shape(const fsnn_frames *frames, int width, int height, fsnn_shape *shape)
{
    if (!frames || !shape)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_frames_shape needs options and a place for the shape");
    FSNN_TRY(check(frames, width, height));
    place p = place_of(frames, width, height);
    *shape = FSNN_SHAPE(frames->count, channels(frames), p.H, p.W);
    return FSNN_OK;
}

/* ---- packed events ---- */

fsnn_status packed_from(const char *what, int cameras, const fsnn_event *event, int64_t n,
                        packed_event *out)
{
    int64_t first = n ? event[0].t : 0;
    int rows = cameras == 2 ? PACKED_CAMERA : PACKED_PLACE_MAX + 1;
    for (int64_t i = 0; i < n; i++) {
        const fsnn_event *e = &event[i];
        uint64_t since = (uint64_t)e->t - (uint64_t)first; /* times may be far apart */
        if (since > (uint64_t)PACKED_TIME_MAX || e->x > PACKED_PLACE_MAX || e->y >= rows)
            return fsnn_fail(
                FSNN_EUNSUPPORTED,
                "%s: event %lld, at column %d, row %d, comes %.6g s after the first one: "
                "up to 9.5 hours, %d columns and %d rows are possible",
                what, (long long)i, e->x, e->y, (double)since * 1e-6, PACKED_PLACE_MAX + 1, rows);
        unsigned camera = cameras == 2 && e->camera ? PACKED_CAMERA : 0;
        out[i] = packed_make((int64_t)since, e->x, e->y | camera, e->p);
    }
    return FSNN_OK;
}

/* ---- sums, and what is made of them ---- */

typedef struct sums {
    float *x;
    int64_t frame; /* elements of one */
} sums;

static void add(void *user, int64_t k, int64_t i, float weight)
{
    const sums *s = user;
    s->x[k * s->frame + i] += weight;
}

static void binary(float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = x[i] > 0 ? 1.0F : x[i] < 0 ? -1.0F : 0.0F;
}

static void normalized(float *x, int64_t n)
{
    float largest = 0;
    for (int64_t i = 0; i < n; i++)
        largest = fmaxf(largest, fabsf(x[i]));
    for (int64_t i = 0; i < n && largest > 0; i++)
        x[i] /= largest;
}

/* Event times lie from 0 to `last`. */
static void fill(const fsnn_frames *f, const place *p, const packed_event *event, int64_t n,
                 int64_t last, float *x)
{
    int64_t frame = channels(f) * p->H * p->W;
    memset(x, 0, (size_t)(f->count * frame) * sizeof *x);
    frames_walk(f, p, event, n, last, add, &(sums){x, frame});
    for (int64_t k = 0; k < f->count && f->value != FSNN_FRAMES_COUNT; k++)
        (f->value == FSNN_FRAMES_BINARY ? binary : normalized)(x + k * frame, frame);
}

/* ---- events that are changed before ---- */

/* Drops, moves and delays the events; what is left goes to out [n], places are pixels of a
 * frame. */
static int64_t change(const place *p, int cameras, const packed_event *event, int64_t n,
                      const augment_clip *clip, fsnn_event *out)
{
    int64_t left = 0, latest = last_time(event, n);
    for (int64_t i = 0; i < n; i++) {
        int x = packed_x(event[i]), y = packed_row(event[i], cameras);
        uint64_t number = 4 * (uint64_t)i; /* one for the drop, two words of a normal one */
        if (!find_pixel(p, &x, &y) ||
            (clip->drop > 0 &&
             fsnn_random_uniform(clip->seed, clip->stream, number) < clip->drop) ||
            !augment_point(clip, &x, &y))
            continue;
        double t = (double)packed_time(event[i]);
        if (clip->jitter > 0)
            t += floor(clip->jitter * fsnn_random_normal(clip->seed, clip->stream, number / 2 + 1) +
                       0.5);
        out[left++] = (fsnn_event){.t = t < 0                ? 0
                                        : t > (double)latest ? latest
                                                             : (int64_t)t,
                                   .x = (uint16_t)x,
                                   .y = (uint16_t)y,
                                   .p = (uint8_t)(packed_p(event[i]) ^ (int)clip->flip_polarity),
                                   .camera = (uint8_t)packed_camera(event[i], cameras)};
    }
    return left;
}

fsnn_status frames_change(const place *p, int cameras, const packed_event *event, int64_t n,
                          const augment_clip *clip, changed_events *out)
{
    fsnn_event *e = fsnn_alloc((size_t)(n ? n : 1) * sizeof *e);
    out->event = fsnn_alloc((size_t)(n ? n : 1) * sizeof *out->event);
    fsnn_status status = e && out->event ? FSNN_OK : FSNN_EMEMORY;
    if (status == FSNN_OK) {
        out->n = change(p, cameras, event, n, clip, e);
        status = clip->jitter > 0 ? events_sort(e, out->n) : FSNN_OK;
    }
    for (int64_t i = 0; status == FSNN_OK && i < out->n; i++)
        out->event[i] =
            packed_make(e[i].t, e[i].x, e[i].y | (e[i].camera ? PACKED_CAMERA : 0U), e[i].p);
    fsnn_free(e);
    return status;
}

static fsnn_status fill_changed(const fsnn_frames *f, const place *p, const packed_event *event,
                                int64_t n, const augment_clip *clip, float *x)
{
    const place whole = {0, 0, p->W, p->H, p->W, p->H};
    changed_events left;
    fsnn_status status = frames_change(p, f->cameras, event, n, clip, &left);
    if (status == FSNN_OK)
        fill(f, &whole, left.event, left.n, last_time(event, n), x);
    fsnn_free(left.event);
    return status;
}

fsnn_status frames_fill(const fsnn_frames *frames, int width, int height, const packed_event *event,
                        int64_t n, const augment_clip *clip, float *x)
{
    place p = place_of(frames, width, height);
    if (clip)
        return fill_changed(frames, &p, event, n, clip, x);
    fill(frames, &p, event, n, last_time(event, n), x);
    return FSNN_OK;
}

fsnn_status fsnn_frames_make(const fsnn_frames *frames, const fsnn_events *events, float *x)
{
    if (!frames || !events || !x)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_frames_make needs options, events and a place");
    fsnn_frames of_both = *frames;
    of_both.cameras = events->cameras;
    FSNN_TRY(check(&of_both, events->width, events->height));
    packed_event *packed = fsnn_alloc((size_t)(events->count ? events->count : 1) * sizeof *packed);
    if (!packed)
        return FSNN_EMEMORY;
    fsnn_status status =
        packed_from("events", events->cameras, events->event, events->count, packed);
    if (status == FSNN_OK)
        status =
            frames_fill(&of_both, events->width, events->height, packed, events->count, NULL, x);
    fsnn_free(packed);
    return status;
}

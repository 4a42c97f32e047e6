/* data/frames.c: events to frames. An event's pixel is found (crop, then scale), then its frame or
 * two, and its weight is added there. O(events + values of the frames). */
#include "data/frames.h"

#include "data/events.h"

#include <math.h>
#include <string.h>

fsnn_frames fsnn_frames_default(void)
{
    return (fsnn_frames){.by = FSNN_FRAMES_NUMBER, .count = 16, .window = 10000};
}

/* ---- where a pixel of the sensor goes ---- */

typedef struct place {
    int left, top, width, height; /* what is kept of the sensor */
    int W, H;                     /* of a frame */
} place;

static place place_of(const fsnn_frames *f, int width, int height)
{
    place p = {.width = f->crop[1] ? (int)f->crop[1] : width,
               .height = f->crop[0] ? (int)f->crop[0] : height};
    p.left = (width - p.width) / 2;
    p.top = (height - p.height) / 2;
    p.W = f->size[1] ? (int)f->size[1] : p.width;
    p.H = f->size[0] ? (int)f->size[0] : p.height;
    return p;
}

static bool find_pixel(const place *p, int *x, int *y)
{
    *x -= p->left;
    *y -= p->top;
    if (*x < 0 || *y < 0 || *x >= p->width || *y >= p->height)
        return false;
    *x = *x * p->W / p->width;
    *y = *y * p->H / p->height;
    return true;
}

/* ---- the options ---- */

static fsnn_status check_sides(const fsnn_frames *f, int width, int height)
{
    const int side[2] = {height, width};
    static const char *const rows[2] = {"rows", "columns"};
    for (int d = 0; d < 2; d++) {
        int64_t kept = f->crop[d] ? f->crop[d] : side[d];
        if (f->crop[d] < 0 || f->crop[d] > side[d])
            return fsnn_fail(FSNN_EARGUMENT,
                             "a crop of %lld %s cannot be taken from a sensor of %d",
                             (long long)f->crop[d], rows[d], side[d]);
        if (f->size[d] < 0 || f->size[d] > kept)
            return fsnn_fail(FSNN_EARGUMENT,
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
        return fsnn_fail(FSNN_EARGUMENT, "%lld frames; from 1 to %d can be made",
                         (long long)f->count, MOST);
    if (f->by == FSNN_FRAMES_WINDOW && f->window < 1)
        return fsnn_fail(FSNN_EARGUMENT, "a window of %lld microseconds; at least 1 is needed",
                         (long long)f->window);
    if (width < 1 || height < 1 || width > PACKED_PLACE_MAX + 1 || height > PACKED_PLACE_MAX + 1)
        return fsnn_fail(FSNN_EARGUMENT,
                         "a sensor of %d columns and %d rows; from 1 to %d of each are possible",
                         width, height, PACKED_PLACE_MAX + 1);
    return check_sides(f, width, height);
}

static int64_t channels(const fsnn_frames *f)
{
    return f->polarity == FSNN_FRAMES_SPLIT ? 2 : 1;
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

fsnn_status packed_from(const char *what, const fsnn_event *event, int64_t n, packed_event *out)
{
    int64_t first = n ? event[0].t : 0;
    for (int64_t i = 0; i < n; i++) {
        const fsnn_event *e = &event[i];
        uint64_t since = (uint64_t)e->t - (uint64_t)first; /* times may be far apart */
        if (since > (uint64_t)PACKED_TIME_MAX || e->x > PACKED_PLACE_MAX || e->y > PACKED_PLACE_MAX)
            return fsnn_fail(
                FSNN_EUNSUPPORTED,
                "%s: event %lld, at column %d, row %d, comes %g s after the first one: "
                "up to 9.5 hours and %d pixels a side are possible",
                what, (long long)i, e->x, e->y, (double)since * 1e-6, PACKED_PLACE_MAX + 1);
        out[i] = packed_make((int64_t)since, e->x, e->y, e->p);
    }
    return FSNN_OK;
}

/* ---- which frame ---- */

typedef struct share {
    int64_t k[2]; /* frames; -1: none */
    float w[2];
} share;

typedef share share_fn(const fsnn_frames *f, int64_t i, int64_t n, int64_t t, int64_t last);

static share by_number(const fsnn_frames *f, int64_t i, int64_t n, int64_t t, int64_t last)
{
    (void)t, (void)last;
    int64_t k = (int64_t)((double)i * (double)f->count / (double)n);
    /* event i belongs to the frame k with floor(k n / T) <= i: set right what rounding did */
    while (k + 1 < f->count && (k + 1) * n / f->count <= i)
        k++;
    while (k > 0 && k * n / f->count > i)
        k--;
    return (share){{k, -1}, {1, 0}};
}

static share by_time(const fsnn_frames *f, int64_t i, int64_t n, int64_t t, int64_t last)
{
    (void)i, (void)n;
    return (share){{t * f->count / (last + 1), -1}, {1, 0}};
}

static share by_window(const fsnn_frames *f, int64_t i, int64_t n, int64_t t, int64_t last)
{
    (void)i, (void)n, (void)last;
    int64_t k = t / f->window;
    return (share){{k < f->count ? k : -1, -1}, {1, 0}};
}

static share by_voxel(const fsnn_frames *f, int64_t i, int64_t n, int64_t t, int64_t last)
{
    (void)i, (void)n;
    double at = last > 0 ? (double)(f->count - 1) * (double)t / (double)last : 0;
    int64_t k = (int64_t)at;
    float w = (float)(at - (double)k);
    return (share){{k, k + 1 < f->count ? k + 1 : -1}, {1 - w, w}};
}

static share_fn *const shares[FSNN_FRAMES_BYS] = {
    [FSNN_FRAMES_NUMBER] = by_number,
    [FSNN_FRAMES_TIME] = by_time,
    [FSNN_FRAMES_WINDOW] = by_window,
    [FSNN_FRAMES_VOXEL] = by_voxel,
};

/* ---- sums, and what is made of them ---- */

static void add_all(const fsnn_frames *f, const place *p, const packed_event *event, int64_t n,
                    int64_t last, float *x)
{
    int64_t size = (int64_t)p->H * p->W, C = channels(f);
    for (int64_t i = 0; i < n; i++) {
        int column = packed_x(event[i]), row = packed_y(event[i]), on = packed_p(event[i]);
        share s = shares[f->by](f, i, n, packed_time(event[i]), last);
        if (!find_pixel(p, &column, &row))
            continue;
        float sign = f->polarity == FSNN_FRAMES_SIGNED && !on ? -1 : 1;
        int64_t pixel = (C == 2 ? on * size : 0) + (int64_t)row * p->W + column;
        for (int j = 0; j < 2; j++)
            if (s.k[j] >= 0)
                x[s.k[j] * C * size + pixel] += sign * s.w[j];
    }
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

static int64_t last_time(const packed_event *event, int64_t n)
{
    return n ? packed_time(event[n - 1]) : 0;
}

/* Event times lie from 0 to `last`. */
static void fill(const fsnn_frames *f, const place *p, const packed_event *event, int64_t n,
                 int64_t last, float *x)
{
    int64_t frame = channels(f) * p->H * p->W;
    memset(x, 0, (size_t)(f->count * frame) * sizeof *x);
    add_all(f, p, event, n, last, x);
    for (int64_t k = 0; k < f->count && f->value != FSNN_FRAMES_COUNT; k++)
        (f->value == FSNN_FRAMES_BINARY ? binary : normalized)(x + k * frame, frame);
}

/* ---- events that are changed before ---- */

/* Drops, moves and delays the events; what is left goes to out [n], places are pixels of a frame. */
static int64_t change(const place *p, const packed_event *event, int64_t n,
                      const augment_clip *clip, fsnn_event *out)
{
    int64_t left = 0, latest = last_time(event, n);
    for (int64_t i = 0; i < n; i++) {
        int x = packed_x(event[i]), y = packed_y(event[i]);
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
                                   .p = (uint8_t)(packed_p(event[i]) ^ (int)clip->flip_polarity)};
    }
    return left;
}

static fsnn_status fill_changed(const fsnn_frames *f, const place *p, const packed_event *event,
                                int64_t n, const augment_clip *clip, float *x)
{
    fsnn_event *e = fsnn_alloc((size_t)(n ? n : 1) * sizeof *e);
    packed_event *packed = fsnn_alloc((size_t)(n ? n : 1) * sizeof *packed);
    fsnn_status status = e && packed ? FSNN_OK : FSNN_EMEMORY;
    int64_t last = last_time(event, n);
    if (status == FSNN_OK) {
        n = change(p, event, n, clip, e);
        status = clip->jitter > 0 ? events_sort(e, n) : FSNN_OK;
    }
    for (int64_t i = 0; i < n && status == FSNN_OK; i++)
        packed[i] = packed_make(e[i].t, e[i].x, e[i].y, e[i].p);
    if (status == FSNN_OK) {
        const place whole = {0, 0, p->W, p->H, p->W, p->H};
        fill(f, &whole, packed, n, last, x);
    }
    fsnn_free(e);
    fsnn_free(packed);
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
    FSNN_TRY(check(frames, events->width, events->height));
    packed_event *packed = fsnn_alloc((size_t)(events->count ? events->count : 1) * sizeof *packed);
    if (!packed)
        return FSNN_EMEMORY;
    fsnn_status status = packed_from("events", events->event, events->count, packed);
    if (status == FSNN_OK)
        status = frames_fill(frames, events->width, events->height, packed, events->count, NULL, x);
    fsnn_free(packed);
    return status;
}

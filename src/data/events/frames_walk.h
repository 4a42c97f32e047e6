/* data/events/frames_walk.h: from an event to the pixels of frames that it counts in, for whoever
 * sums them. */
#ifndef FSNN_DATA_FRAMES_WALK_H
#define FSNN_DATA_FRAMES_WALK_H

#include "data/events/frames.h"

/* ---- where a pixel of the sensor goes ---- */

typedef struct place {
    int left, top, width, height; /* what is kept of the sensor */
    int W, H;                     /* of a frame */
} place;

static inline place place_of(const fsnn_frames *f, int width, int height)
{
    place p = {.width = f->crop[1] ? (int)f->crop[1] : width,
               .height = f->crop[0] ? (int)f->crop[0] : height};
    p.left = (width - p.width) / 2;
    p.top = (height - p.height) / 2;
    p.W = f->size[1] ? (int)f->size[1] : p.width;
    p.H = f->size[0] ? (int)f->size[0] : p.height;
    return p;
}

static inline bool find_pixel(const place *p, int *x, int *y)
{
    *x -= p->left;
    *y -= p->top;
    if (*x < 0 || *y < 0 || *x >= p->width || *y >= p->height)
        return false;
    *x = *x * p->W / p->width;
    *y = *y * p->H / p->height;
    return true;
}

static inline int64_t channels_of_camera(const fsnn_frames *f)
{
    return f->polarity == FSNN_FRAMES_SPLIT ? 2 : 1;
}

static inline int64_t channels(const fsnn_frames *f)
{
    return channels_of_camera(f) * (f->cameras == 2 ? 2 : 1);
}

/* ---- which frame ---- */

typedef struct share {
    int64_t k[2]; /* frames; -1: none */
    float w[2];
} share;

typedef share share_fn(const fsnn_frames *f, int64_t i, int64_t n, int64_t t, int64_t last);

static inline share by_number(const fsnn_frames *f, int64_t i, int64_t n, int64_t t, int64_t last)
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

static inline share by_time(const fsnn_frames *f, int64_t i, int64_t n, int64_t t, int64_t last)
{
    (void)i, (void)n;
    return (share){{t * f->count / (last + 1), -1}, {1, 0}};
}

static inline share by_window(const fsnn_frames *f, int64_t i, int64_t n, int64_t t, int64_t last)
{
    (void)i, (void)n, (void)last;
    int64_t k = t / f->window;
    return (share){{k < f->count ? k : -1, -1}, {1, 0}};
}

static inline share by_voxel(const fsnn_frames *f, int64_t i, int64_t n, int64_t t, int64_t last)
{
    (void)i, (void)n;
    double at = last > 0 ? (double)(f->count - 1) * (double)t / (double)last : 0;
    int64_t k = (int64_t)at;
    float w = (float)(at - (double)k);
    return (share){{k, k + 1 < f->count ? k + 1 : -1}, {1 - w, w}};
}

static share_fn *const frames_shares[FSNN_FRAMES_BYS] = {
    [FSNN_FRAMES_NUMBER] = by_number,
    [FSNN_FRAMES_TIME] = by_time,
    [FSNN_FRAMES_WINDOW] = by_window,
    [FSNN_FRAMES_VOXEL] = by_voxel,
};

/* Adds `weight` to element `i` of frame `k`. Frames come in order, but for voxels, where frame k +
 * 1 is followed by k again, never by one before. */
typedef void frames_add(void *user, int64_t k, int64_t i, float weight);

/* n events, their times from 0 to `last`. */
static inline void frames_walk(const fsnn_frames *f, const place *p, const packed_event *event,
                               int64_t n, int64_t last, frames_add *add, void *user)
{
    int64_t size = (int64_t)p->H * p->W;
    int64_t right = channels_of_camera(f) * size; /* where its channels begin */
    bool split = channels_of_camera(f) == 2, sign = f->polarity == FSNN_FRAMES_SIGNED;
    for (int64_t i = 0; i < n; i++) {
        int column = packed_x(event[i]), row = packed_row(event[i], f->cameras),
            on = packed_p(event[i]);
        share s = frames_shares[f->by](f, i, n, packed_time(event[i]), last);
        if (!find_pixel(p, &column, &row))
            continue;
        int64_t pixel = (split ? on * size : 0) + (int64_t)row * p->W + column +
                        (packed_camera(event[i], f->cameras) ? right : 0);
        for (int j = 0; j < 2; j++)
            if (s.k[j] >= 0)
                add(user, s.k[j], pixel, sign && !on ? -s.w[j] : s.w[j]);
    }
}

/* What is left of the events of a sample after a change: n of them, places are pixels of a
 * frame. */
typedef struct changed_events {
    packed_event *event;
    int64_t n;
} changed_events;
/* FSNN_EMEMORY; event is to be freed. */
fsnn_status frames_change(const place *p, int cameras, const packed_event *event, int64_t n,
                          const augment_clip *clip, changed_events *out);

static inline int64_t last_time(const packed_event *event, int64_t n)
{
    return n ? packed_time(event[n - 1]) : 0;
}

#endif

/* op/pool_walk.c: windows one after the other, all channels of a point at once. Cost: a pass over
 * every window. */
#include "op/pool_walk.h"

#include <float.h>
#include <string.h>

typedef struct span {
    int64_t begin, end;
} span;

static span span_of(const pool_axis *a, int64_t i)
{
    if (!a->kernel)
        return (span){i * a->in / a->out, ((i + 1) * a->in + a->out - 1) / a->out};
    int64_t begin = i * a->stride - a->padding, end = begin + a->kernel;
    return (span){begin > 0 ? begin : 0, end < a->in ? end : a->in};
}

int64_t pool_walk_points(const pool_walk *w)
{
    int64_t points[2] = {0, 0};
    for (int d = 0; d < 2; d++)
        for (int64_t i = 0; i < w->axis[d].out; i++) {
            span s = span_of(&w->axis[d], i);
            points[d] += s.end - s.begin;
        }
    return points[0] * points[1];
}

static int64_t in_size(const pool_walk *w)
{
    return w->axis[0].in * w->axis[1].in * w->C;
}

static int64_t out_size(const pool_walk *w)
{
    return w->axis[0].out * w->axis[1].out * w->C;
}

size_t pool_walk_tape(const pool_walk *w)
{
    return w->kind == POOL_MAX ? (size_t)(w->rows * out_size(w)) * sizeof(int32_t) : 0;
}

/* One window: points h x v of an image, and its output. */
typedef struct window {
    span h, v;
    int64_t W, C;
} window;

static float share(const pool_walk *w, const window *at)
{
    int64_t points = (at->h.end - at->h.begin) * (at->v.end - at->v.begin);
    return w->kind == POOL_MEAN ? 1 / (float)points : 1;
}

/* x [H, W, C] -> y [C] */
static void add_up(const window *at, float scale, const float *x, float *y)
{
    memset(y, 0, (size_t)at->C * sizeof *y);
    for (int64_t h = at->h.begin; h < at->h.end; h++)
        for (int64_t v = at->v.begin; v < at->v.end; v++) {
            const float *p = x + (h * at->W + v) * at->C;
#pragma omp simd
            for (int64_t c = 0; c < at->C; c++)
                y[c] += p[c];
        }
    if (scale == 1)
        return;
#pragma omp simd
    for (int64_t c = 0; c < at->C; c++)
        y[c] *= scale;
}

/* gy [C] -> gx [H, W, C], added */
static void hand_out(const window *at, float scale, const float *gy, float *gx)
{
    for (int64_t h = at->h.begin; h < at->h.end; h++)
        for (int64_t v = at->v.begin; v < at->v.end; v++) {
            float *p = gx + (h * at->W + v) * at->C;
#pragma omp simd
            for (int64_t c = 0; c < at->C; c++)
                p[c] += gy[c] * scale;
        }
}

/* x [H, W, C] -> y [C], and at which point each was, where [C] (may be NULL) */
static void largest(const window *at, const float *x, float *y, int32_t *where)
{
    int32_t first = (int32_t)(at->h.begin * at->W + at->v.begin);
    for (int64_t c = 0; c < at->C; c++)
        y[c] = -FLT_MAX;
    for (int64_t c = 0; where && c < at->C; c++)
        where[c] = first;
    for (int64_t h = at->h.begin; h < at->h.end; h++)
        for (int64_t v = at->v.begin; v < at->v.end; v++) {
            int32_t point = (int32_t)(h * at->W + v);
            const float *p = x + point * at->C;
            if (where)
#pragma omp simd
                for (int64_t c = 0; c < at->C; c++)
                    where[c] = y[c] < p[c] ? point : where[c];
#pragma omp simd
            for (int64_t c = 0; c < at->C; c++)
                y[c] = y[c] < p[c] ? p[c] : y[c];
        }
}

typedef struct job {
    const pool_walk *w;
    const float *from;
    float *to;
    int32_t *tape;
} job;

static window window_of(const pool_walk *w, int64_t oh, int64_t ow)
{
    return (window){span_of(&w->axis[0], oh), span_of(&w->axis[1], ow), w->axis[1].in, w->C};
}

/* Lines of outputs. */
static void forward(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    const pool_walk *w = j->w;
    for (int64_t i = begin; i < end; i++)
        for (int64_t ow = 0; ow < w->axis[1].out; ow++) {
            window at = window_of(w, i % w->axis[0].out, ow);
            const float *x = j->from + i / w->axis[0].out * in_size(w);
            int64_t o = (i * w->axis[1].out + ow) * w->C;
            if (w->kind == POOL_MAX)
                largest(&at, x, j->to + o, j->tape ? j->tape + o : NULL);
            else
                add_up(&at, share(w, &at), x, j->to + o);
        }
}

static void back_one(const pool_walk *w, const float *gy, const int32_t *where, float *gx)
{
    for (int64_t oh = 0; oh < w->axis[0].out; oh++)
        for (int64_t ow = 0; ow < w->axis[1].out; ow++, gy += w->C, where += where ? w->C : 0) {
            window at = window_of(w, oh, ow);
            if (w->kind != POOL_MAX)
                hand_out(&at, share(w, &at), gy, gx);
            for (int64_t c = 0; w->kind == POOL_MAX && c < w->C; c++)
                gx[where[c] * w->C + c] += gy[c];
        }
}

/* Samples: windows may meet, so one sample is one thread's. */
static void backward(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    for (int64_t r = begin; r < end; r++) {
        float *gx = j->to + r * in_size(j->w);
        int64_t o = r * out_size(j->w);
        memset(gx, 0, (size_t)in_size(j->w) * sizeof *gx);
        back_one(j->w, j->from + o, j->tape ? j->tape + o : NULL, gx);
    }
}

void pool_walk_forward(const pool_walk *w, const float *x, float *y, void *tape)
{
    job j = {w, x, y, tape};
    int64_t line = in_size(w) / w->axis[0].out + 1;
    fsnn_parallel_range(w->rows * w->axis[0].out, 1 + 16384 / line, forward, &j);
}

void pool_walk_backward(const pool_walk *w, const float *gy, float *gx, const void *tape)
{
    job j = {w, gy, gx, (void *)tape};
    fsnn_parallel_range(w->rows, 1 + 16384 / in_size(w), backward, &j);
}

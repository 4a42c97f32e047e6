/* op/pool_walk.c: windows one after the other, all channels of a point at once. Cost: a pass over
 * every window. */
#include "op/pool_walk.h"

#include "op/check.h"
#include "op/kernels.h"

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
    return op_product(points[0], points[1]);
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

static real share(const pool_walk *w, const op_patch *p)
{
    int64_t points = (p->bottom - p->top) * (p->right - p->left);
    return w->kind == POOL_MEAN ? 1 / (real)points : 1;
}

typedef struct job {
    const pool_walk *w;
    const real *from;
    real *to;
    int32_t *tape;
} job;

static op_patch patch_of(const pool_walk *w, int64_t oh, int64_t ow)
{
    span h = span_of(&w->axis[0], oh), v = span_of(&w->axis[1], ow);
    return (op_patch){h.begin, h.end, v.begin, v.end, w->axis[1].in, w->C};
}

/* Lines of outputs. */
static void forward(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    const pool_walk *w = j->w;
    const op_patch_kernels *k = op_patch_kernels_get();
    for (int64_t i = begin; i < end; i++)
        for (int64_t ow = 0; ow < w->axis[1].out; ow++) {
            op_patch p = patch_of(w, i % w->axis[0].out, ow);
            const real *x = j->from + i / w->axis[0].out * in_size(w);
            int64_t o = (i * w->axis[1].out + ow) * w->C;
            if (w->kind == POOL_MAX)
                k->largest(&p, x, j->to + o, j->tape ? j->tape + o : NULL);
            else
                k->sum(&p, x, share(w, &p), j->to + o);
        }
}

static void back_sums(const pool_walk *w, const real *gy, real *gx)
{
    for (int64_t oh = 0; oh < w->axis[0].out; oh++)
        for (int64_t ow = 0; ow < w->axis[1].out; ow++, gy += w->C) {
            op_patch p = patch_of(w, oh, ow);
            op_patch_kernels_get()->spread(&p, gy, share(w, &p), gx);
        }
}

static void back_maxima(const pool_walk *w, const real *gy, const int32_t *where, real *gx)
{
    for (int64_t i = 0; i < w->axis[0].out * w->axis[1].out; i++, gy += w->C, where += w->C)
        for (int64_t c = 0; c < w->C; c++)
            gx[where[c] * w->C + c] += gy[c];
}

/* Samples: windows may meet, so one sample is one thread's. */
static void backward(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    for (int64_t r = begin; r < end; r++) {
        real *gx = j->to + r * in_size(j->w);
        int64_t o = r * out_size(j->w);
        memset(gx, 0, (size_t)in_size(j->w) * sizeof *gx);
        if (j->w->kind == POOL_MAX)
            back_maxima(j->w, j->from + o, j->tape + o, gx);
        else
            back_sums(j->w, j->from + o, gx);
    }
}

void pool_walk_forward(const pool_walk *w, const real *x, real *y, void *tape)
{
    job j = {w, x, y, tape};
    int64_t line = in_size(w) / w->axis[0].out + 1;
    fsnn_parallel_range(w->rows * w->axis[0].out, 1 + 16384 / line, forward, &j);
}

void pool_walk_backward(const pool_walk *w, const real *gy, real *gx, const void *tape)
{
    job j = {w, gy, gx, (void *)tape};
    fsnn_parallel_range(w->rows, 1 + 16384 / in_size(w), backward, &j);
}

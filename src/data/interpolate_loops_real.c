/* The loops over a batch. Methods that are linear in x go row by row of out; their transpose and
 * akima go by strips of columns. */
#include "data/interpolate.h"

#include <string.h>

typedef interpolate_job job;

/* Row i of out: one time of one group. */
static void forward_row(int64_t i, int worker, void *user)
{
    (void)worker;
    const job *j = user;
    const series *s = &j->s;
    int64_t k = i / s->groups, g = i % s->groups, stride = s->groups * s->columns;
    taps t;
    j->taps(s, g, series_query(s, k, g), &t);
    const real *x = (const real *)j->in + t.first * stride + g * s->columns;
    real *out = (real *)j->out + i * s->columns;
    if (t.count == 1) {
        memcpy(out, x, (size_t)s->columns * sizeof *out);
        return;
    }
    for (int64_t c = 0; c < s->columns; c++) {
        double sum = 0;
        for (int m = 0; m < t.count; m++)
            sum += t.weight[m] * (double)x[m * stride + c];
        out[c] = (real)sum;
    }
}

/* Strip i of the columns: its group, its first column and its width. */
static int64_t strip(const job *j, int64_t i, int64_t *group, int64_t *width)
{
    int64_t first = i % j->strips * INTERPOLATE_WIDTH, left = j->s.columns - first;
    *group = i / j->strips;
    *width = left < INTERPOLATE_WIDTH ? left : INTERPOLATE_WIDTH;
    return *group * j->s.columns + first;
}

static void forward_strip(int64_t i, int worker, void *user)
{
    const job *j = user;
    int64_t group, width, at = strip(j, i, &group, &width);
    akima_columns(&j->s, group, width, (const real *)j->in + at, j->work + (size_t)worker * j->size,
                  (real *)j->out + at);
}

/* Sums are formed in double over all times, and rounded once. */
static void backward_strip(int64_t i, int worker, void *user)
{
    const job *j = user;
    const series *s = &j->s;
    int64_t group, width, at = strip(j, i, &group, &width), stride = s->groups * s->columns;
    double *sum = j->work + (size_t)worker * j->size;
    memset(sum, 0, j->size * sizeof *sum);
    for (int64_t k = 0; k < s->q; k++) {
        taps t;
        j->taps(s, group, series_query(s, k, group), &t);
        const real *dout = (const real *)j->in + at + k * stride;
        for (int m = 0; m < t.count; m++)
            for (int64_t c = 0; c < width; c++)
                sum[(t.first + m) * INTERPOLATE_WIDTH + c] += t.weight[m] * (double)dout[c];
    }
    real *dx = j->out;
    for (int64_t k = 0; k < s->n; k++)
        for (int64_t c = 0; c < width; c++)
            dx[at + k * stride + c] = (real)sum[k * INTERPOLATE_WIDTH + c];
}

static fsnn_status by_strips(job *j, size_t size, void (*body)(int64_t i, int worker, void *user))
{
    j->size = size;
    j->work = fsnn_alloc((size_t)fsnn_threads() * size * sizeof *j->work);
    if (!j->work)
        return FSNN_EMEMORY;
    fsnn_parallel(j->s.groups * j->strips, body, j);
    fsnn_free(j->work);
    return FSNN_OK;
}

fsnn_status interpolate_forward(interpolate_job *j)
{
    if (!j->taps)
        return by_strips(j, akima_work(&j->s), forward_strip);
    fsnn_parallel(j->s.q * j->s.groups, forward_row, j);
    return FSNN_OK;
}

fsnn_status interpolate_backward(interpolate_job *j)
{
    return by_strips(j, (size_t)j->s.n * INTERPOLATE_WIDTH, backward_strip);
}

void interpolate_here(interpolate_job *j)
{
    int64_t parts = j->s.groups * (j->taps ? j->s.q : j->strips);
    for (int64_t i = 0; i < parts; i++)
        (j->taps ? forward_row : forward_strip)(i, 0, j);
}

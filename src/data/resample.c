/* data/resample.c: samples in time put on the grid of a solver, by the calling thread alone. The
 * stamps serve every sample of a data set, so grid and memory are settled once. */
#include "data/resample.h"

#include <string.h>

static fsnn_status check(const fsnn_sampling *sampling, int64_t T)
{
    if (sampling->count != T)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "%lld time stamps are given for samples of T = %lld: one for each of the T "
            "is needed",
            (long long)sampling->count, (long long)T);
    if ((unsigned)sampling->interpolation >= FSNN_INTERPOLATIONS)
        return fsnn_fail(FSNN_EARGUMENT, "interpolation %d does not exist: there are 0 to %d",
                         (int)sampling->interpolation, FSNN_INTERPOLATIONS - 1);
    return FSNN_OK;
}

static fsnn_status capacity(resample *r, int64_t steps)
{
    series *s = &r->s;
    s->q = steps;
    size_t work = interpolate_work(r->kind, s), N = (size_t)s->columns;
    r->grid = fsnn_alloc((size_t)steps * sizeof *r->grid);
    r->work = work ? fsnn_alloc(work * sizeof *r->work) : NULL;
    r->in = fsnn_alloc((size_t)s->n * N * sizeof *r->in);
    r->out = fsnn_alloc((size_t)steps * N * sizeof *r->out);
    return r->grid && (r->work || !work) && r->in && r->out ? FSNN_OK : FSNN_EMEMORY;
}

fsnn_status resample_open(resample *r, const fsnn_sampling *sampling, int64_t T, int64_t N)
{
    *r = (resample){.kind = sampling->interpolation, .s = {.n = T, .groups = 1, .columns = N}};
    FSNN_TRY(check(sampling, T));
    int64_t steps = fsnn_interpolate_steps(T, sampling->times, 1, false, sampling->step, 0);
    if (steps < 0)
        return (fsnn_status)steps;
    r->times = fsnn_alloc((size_t)T * sizeof *r->times);
    if (!r->times)
        return FSNN_EMEMORY;
    memcpy(r->times, sampling->times, (size_t)T * sizeof *r->times);
    FSNN_TRY(capacity(r, steps));
    r->s.times = r->times;
    r->s.query = r->grid;
    return fsnn_interpolate_grid(T, r->times, 1, false, sampling->step, 0, steps, r->grid);
}

void resample_run(resample *r, float *out, int64_t stride)
{
    int64_t N = r->s.columns;
    interpolate_alone(r->kind, &r->s, r->in, r->work, r->out);
    for (int64_t k = 0; k < r->s.q; k++)
        memcpy(out + k * stride, r->out + k * N, (size_t)N * sizeof *out);
}

void resample_close(resample *r)
{
    fsnn_free(r->times);
    fsnn_free(r->grid);
    fsnn_free(r->work);
    fsnn_free(r->in);
    fsnn_free(r->out);
    *r = (resample){0};
}

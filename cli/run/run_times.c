/* cli/run/run_times.c: time stamps of the input of fsnn run: those of its file, else those of the
 * description, else none, and sample k is the input of step k. */
#include "cli/run/run.h"

#include <stdlib.h>

typedef struct stamps {
    const char *where; /* for sentences */
    double *t;         /* [T] or [T, B]; NULL: none */
    bool each;         /* a set for each sample of the batch */
    double rounding;
} stamps;

/* The array times of the file. */
static int from_file(const run_work *w, const fsnn_array *times, stamps *s)
{
    const fsnn_shape *shape = &times->shape;
    char text[128];
    s->each = shape->rank == 2;
    if (shape->rank < 1 || shape->rank > 2 || shape->dim[0] != w->T ||
        (s->each && shape->dim[1] != w->B))
        return cli_error(
            CLI_FAILED,
            "%s: times has shape %s, but x has %lld samples in time, %lld in the batch: "
            "expected [%lld] or, for stamps of each sample, [%lld, %lld]",
            s->where, fsnn_shape_text(shape, text, sizeof text), (long long)w->T, (long long)w->B,
            (long long)w->T, (long long)w->T, (long long)w->B);
    s->t = cli_allocate((size_t)fsnn_shape_count(shape), sizeof *s->t);
    s->rounding = times->dtype == FSNN_F32 ? 1.2e-7 : 0; /* float stamps are rounded themselves */
    fsnn_array_to_f64(times, s->t);
    return CLI_GOOD;
}

/* dynamics.times of the description. */
static int from_description(const run_work *w, stamps *s)
{
    int64_t count;
    const double *times = fsnn_description_times(w->model.description, &count);
    if (!times)
        return CLI_GOOD;
    if (count != w->T)
        return cli_error(
            CLI_FAILED,
            "%s: dynamics.times has %lld stamps, but x of %s has %lld samples in time: "
            "expected one a sample",
            s->where, (long long)count, w->o->input, (long long)w->T);
    s->t = cli_allocate((size_t)count, sizeof *s->t);
    for (int64_t k = 0; k < count; k++)
        s->t[k] = times[k];
    return CLI_GOOD;
}

static int read_stamps(const run_work *w, stamps *s)
{
    const fsnn_array *times = fsnn_arrays_find(&w->input, "times");
    s->where = times ? w->o->input : w->o->common.operand[0];
    return times ? from_file(w, times, s) : from_description(w, s);
}

static int said(const stamps *s)
{
    return cli_error(CLI_FAILED, "%s: %s", s->where, fsnn_error_text());
}

/* The result "times", [steps] or [steps, B]. */
static int make_grid(run_work *w, const stamps *s, int64_t steps, double **grid)
{
    double step = fsnn_description_dynamics(w->model.description)->step;
    fsnn_shape shape = {.rank = s->each ? 2 : 1, .dim = {steps, w->B}};
    fsnn_array *array = fsnn_arrays_add(&w->result, "times", FSNN_F64, &shape);
    if (!array)
        return cli_error(CLI_FAILED, "out of memory for the array times");
    *grid = array->data;
    fsnn_status status =
        fsnn_interpolate_grid(w->T, s->t, w->B, s->each, step, s->rounding, steps, *grid);
    return status < 0 ? said(s) : CLI_GOOD;
}

static int resample(run_work *w, const stamps *s)
{
    const fsnn_description *d = w->model.description;
    int64_t steps = fsnn_interpolate_steps(w->T, s->t, w->B, s->each,
                                           fsnn_description_dynamics(d)->step, s->rounding);
    if (steps < 0)
        return said(s);
    double *grid = NULL;
    int code = make_grid(w, s, steps, &grid);
    if (code != CLI_GOOD)
        return code;
    int64_t row = fsnn_shape_count(&w->in);
    float *x = cli_allocate((size_t)steps, (size_t)(w->B * row) * sizeof *x);
    fsnn_status status = fsnn_interpolate(fsnn_description_interpolation(d), w->T, s->t, w->B,
                                          s->each, row, w->x, steps, grid, x);
    free(w->x);
    w->x = x;
    w->T = steps;
    return status < 0 ? said(s) : CLI_GOOD;
}

int run_resample(run_work *w)
{
    stamps s = {0};
    int code = read_stamps(w, &s);
    if (code == CLI_GOOD && s.t)
        code = resample(w, &s);
    free(s.t);
    return code;
}

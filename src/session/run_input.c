/* The input of a run: the array x, checked against the network; where it has time stamps, its own
 * or the description's, it is put on the solver's grid. */
#include "base/error_key.h"
#include "session/run.h"

#include <math.h>

/* Time stamps of x. */
typedef struct stamps {
    const char *key; /* where they are from, for errors */
    double *t;       /* [T] or [T, B]; NULL: none */
    bool each;       /* a set for each sample of the batch */
    double rounding;
} stamps;

fsnn_status run_check_finite(const run *w, const char *name, const void *x, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(run_number(w, x, i)))
            return fsnn_fail_key(
                FSNN_ENUMERIC, name, "%s holds %s at element %lld (counted from 0)", name,
                isnan(run_number(w, x, i)) ? "NaN" : "an infinite number", (long long)i);
    return FSNN_OK;
}

fsnn_status run_check_array(const char *name, const fsnn_array *array)
{
    const fsnn_shape *shape = &array->shape;
    if (!array->data)
        return fsnn_fail_key(FSNN_EARGUMENT, name, "%s has no numbers", name);
    if (!fsnn_dtype_size(array->dtype))
        return fsnn_fail_key(FSNN_EARGUMENT, name, "%s has the type %d, which does not exist", name,
                             (int)array->dtype);
    if (shape->rank < 0 || shape->rank > FSNN_MAX_RANK)
        return fsnn_fail_key(FSNN_ESHAPE, name,
                             "%s has the rank %d: arrays have 0 to %d dimensions", name,
                             shape->rank, FSNN_MAX_RANK);
    return FSNN_OK;
}

/* [T, B, ...] with the network's input behind. */
static fsnn_status check_shape(const run *w)
{
    const fsnn_shape *shape = &w->r->x->shape;
    fsnn_shape given = shape->rank >= 2 ? run_rest(shape, 2) : (fsnn_shape){0};
    char found[128], wanted[128];
    fsnn_shape_text(shape, found, sizeof found);
    fsnn_shape_text(&w->in, wanted, sizeof wanted);
    if (shape->rank < 2 || !fsnn_shape_equal(&given, &w->in))
        return fsnn_fail_key(FSNN_ESHAPE, "x",
                             "x has shape %s, but the network's input is %s: expected [T, B%s%s",
                             found, wanted, w->in.rank ? ", " : "]", w->in.rank ? wanted + 1 : "");
    if (shape->dim[0] < 1 || shape->dim[1] < 1)
        return fsnn_fail_key(FSNN_ESHAPE, "x", "x has shape %s: nothing to run", found);
    return FSNN_OK;
}

/* Numbers of the network's precision as they are, or a copy of others. */
static fsnn_status take(run *w)
{
    const fsnn_array *x = w->r->x;
    int64_t count = fsnn_shape_count(&x->shape);
    w->T = x->shape.dim[0];
    w->B = x->shape.dim[1];
    w->x = x->data;
    if (x->dtype != run_type(w)) {
        w->copy = fsnn_alloc((size_t)count * run_size(w));
        if (!w->copy)
            return FSNN_EMEMORY;
        run_convert(w, x, w->copy);
        w->x = w->copy;
    }
    return run_check_finite(w, "x", w->x, count);
}

static fsnn_status given_stamps(const run *w, stamps *s)
{
    const fsnn_array *times = w->r->times;
    const fsnn_shape *shape = &times->shape;
    char text[128];
    s->key = "times";
    FSNN_TRY(run_check_array("times", times));
    s->each = shape->rank == 2;
    if (shape->rank < 1 || shape->rank > 2 || shape->dim[0] != w->T ||
        (s->each && shape->dim[1] != w->B))
        return fsnn_fail_key(
            FSNN_ESHAPE, "times",
            "times has shape %s, but x has %lld samples in time, %lld in the batch: expected "
            "[%lld] or, for stamps of each sample, [%lld, %lld]",
            fsnn_shape_text(shape, text, sizeof text), (long long)w->T, (long long)w->B,
            (long long)w->T, (long long)w->T, (long long)w->B);
    s->t = fsnn_alloc((size_t)fsnn_shape_count(shape) * sizeof *s->t);
    if (!s->t)
        return FSNN_EMEMORY;
    s->rounding = times->dtype == FSNN_F32 ? 1.2e-7 : 0; /* float stamps are rounded themselves */
    fsnn_array_to_f64(times, s->t);
    return FSNN_OK;
}

static fsnn_status description_stamps(const run *w, stamps *s)
{
    int64_t count;
    const double *times = fsnn_description_times(w->s->description, &count);
    const char *x = w->r->x->name;
    s->key = "dynamics.times";
    if (!times)
        return FSNN_OK;
    if (count != w->T)
        return fsnn_fail_key(FSNN_ESHAPE, "dynamics.times",
                             "dynamics.times has %lld stamps, but %s has %lld samples in time: "
                             "expected one a sample",
                             (long long)count, x ? x : "x", (long long)w->T);
    s->t = fsnn_alloc((size_t)count * sizeof *s->t);
    if (!s->t)
        return FSNN_EMEMORY;
    for (int64_t k = 0; k < count; k++)
        s->t[k] = times[k];
    return FSNN_OK;
}

/* Stamps of x that are no times of a run. */
static fsnn_status at(const stamps *s, fsnn_status status)
{
    return status < 0 ? fsnn_error_set_key(status, s->key) : FSNN_OK;
}

/* x becomes what it is at the solver's steps, whose times are the result "times". */
static fsnn_status resample(run *w, const stamps *s)
{
    const fsnn_description *d = w->s->description;
    double step = fsnn_description_dynamics(d)->step;
    int64_t steps = fsnn_interpolate_steps(w->T, s->t, w->B, s->each, step, s->rounding),
            row = fsnn_shape_count(&w->in);
    FSNN_TRY(at(s, steps < 0 ? (fsnn_status)steps : FSNN_OK));
    const fsnn_shape shape = {.rank = s->each ? 2 : 1, .dim = {steps, w->B}};
    double *grid = run_add(w, FSNN_F64, &shape, "times");
    if (!grid)
        return FSNN_EMEMORY;
    FSNN_TRY(
        at(s, fsnn_interpolate_grid(w->T, s->t, w->B, s->each, step, s->rounding, steps, grid)));
    fsnn_interpolation kind = fsnn_description_interpolation(d);
    void *x = fsnn_alloc((size_t)steps * (size_t)(w->B * row) * run_size(w));
    if (!x)
        return FSNN_EMEMORY;
    fsnn_status status =
        w->wide
            ? fsnn_interpolate_double(kind, w->T, s->t, w->B, s->each, row, w->x, steps, grid, x)
            : fsnn_interpolate(kind, w->T, s->t, w->B, s->each, row, w->x, steps, grid, x);
    fsnn_free(w->copy);
    w->x = w->copy = x;
    w->T = steps;
    return at(s, status);
}

fsnn_status run_input(run *w)
{
    stamps s = {0};
    FSNN_TRY(run_check_array("x", w->r->x));
    FSNN_TRY(check_shape(w));
    FSNN_TRY(take(w));
    fsnn_status status = w->r->times ? given_stamps(w, &s) : description_stamps(w, &s);
    if (status >= 0 && s.t)
        status = resample(w, &s);
    fsnn_free(s.t);
    return status;
}

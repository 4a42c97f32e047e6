/* The solver: sets a run up, walks the grid, and gives out the wanted times. The schemes are in
 * fde_derivative.c, fde_integral.c and fde_runge.c, the memories in fde_dense.c and
 * fde_exponentials.c. */
#include "frac/fde_run.h"

#include <math.h>
#include <string.h>

fsnn_fde fsnn_fde_default(size_t n, fsnn_fde_function f, void *user)
{
    return (fsnn_fde){
        .n = n,
        .f = f,
        .user = user,
        .method = FSNN_GL,
        .orders = 1,
        .step = 0.01,
        .memory = FSNN_FDE_DENSE,
        .tolerance = 1e-7,
        .window = 16,
        .newton_tolerance = 1e-12,
        .newton_iterations = 50,
    };
}

fsnn_status fde_returned(int code, const char *who, double t)
{
    if (code > 0)
        return fsnn_fail(FSNN_EINTERRUPTED, "%s asked to stop at t = %.6g (it returned %d)", who, t,
                         code);
    if (code < 0)
        return fsnn_fail(FSNN_ECALLBACK, "%s failed at t = %.6g: it returned %d", who, t, code);
    return FSNN_OK;
}

static const char *remedy(const fde_run *run)
{
    return run->scheme->implicit ? "a smaller step may work"
                                 : "a smaller step or an implicit method may work";
}

fsnn_status fde_call(fde_run *run, double t, const double *y, double *dydt)
{
    run->report.calls++;
    t = fmin(t, run->last);
    FSNN_TRY(fde_returned(run->o->f(t, y, dydt, run->n, run->o->user), "the right-hand side", t));
    for (size_t i = 0; i < run->n; i++)
        if (!isfinite(dydt[i]))
            return fsnn_fail(FSNN_ENUMERIC,
                             "the right-hand side gives %.6g for component %zu at t = %.6g: %s",
                             dydt[i], i, t, remedy(run));
    return FSNN_OK;
}

const fde_engine *fde_engine_of(const fsnn_fde *o)
{
    static const fde_engine *const engines[] = {
        [FSNN_FDE_DENSE] = &fde_dense,
        [FSNN_FDE_EXPONENTIALS] = &fde_exponentials,
    };
    return engines[o->memory];
}

static bool same(const fsnn_order *a, const fsnn_order *b)
{
    if (a->terms != b->terms)
        return false;
    for (int m = 0; m < a->terms; m++)
        if (a->alpha[m] != b->alpha[m] || a->coefficient[m] != b->coefficient[m])
            return false;
    return true;
}

/* Components with the same order share their weights: a slot each. */
static void sort(fde_run *run)
{
    const fsnn_fde *o = run->o;
    fsnn_order one = fsnn_order_of(1);
    for (size_t i = 0; i < run->n; i++) {
        const fsnn_order *mine = !o->order ? &one : o->orders == 1 ? o->order : &o->order[i];
        size_t p = 0;
        while (p < run->slots && !same(&run->order[p], mine))
            p++;
        if (p == run->slots)
            run->order[run->slots++] = *mine;
        run->slot[i] = p;
    }
}

fsnn_status fde_begin(fde_run *run)
{
    size_t n = run->n, most = run->o->order ? run->o->orders : 1;
    run->slot = fsnn_alloc(n * sizeof *run->slot);
    run->order = fsnn_alloc(most * sizeof *run->order);
    run->mix = fsnn_alloc(most * sizeof *run->mix);
    run->gain = fsnn_alloc(most * sizeof *run->gain);
    run->f0 = fsnn_alloc(7 * n * sizeof *run->f0);
    if (!run->slot || !run->order || !run->mix || !run->gain || !run->f0)
        return FSNN_EMEMORY;
    run->f = run->f0 + n;
    run->sum = run->f + n;
    run->stage = run->sum + n;
    sort(run);
    for (size_t p = 0; p < run->slots; p++)
        run->scheme->prepare(&run->order[p], run->o->step, &run->mix[p], &run->gain[p]);
    if (run->scheme->kernel[0] && run->steps > 0)
        FSNN_TRY(fde_engine_of(run->o)->create(run, &run->past));
    if (run->scheme->implicit)
        FSNN_TRY(fde_newton_create(run));
    return FSNN_OK;
}

void fde_end(fde_run *run)
{
    fde_engine_of(run->o)->destroy(run->past);
    fde_newton_destroy(run->newton);
    fsnn_free(run->slot);
    fsnn_free(run->order);
    fsnn_free(run->mix);
    fsnn_free(run->gain);
    fsnn_free(run->f0);
}

/* Rows of y at the times up to step k, on the line from `last` (step k-1) to `now` (step k); after
 * the last step also at those beyond it. */
static void write_output(fde_run *run, int64_t k, const double *last, const double *now,
                         const double *times, size_t count, double *y)
{
    for (; (size_t)run->report.times < count; run->report.times++) {
        double position = fde_position(run->o, times[run->report.times]);
        double right = position - (double)(k - 1), left = (double)k - position;
        if (left < 0 && k < run->steps)
            return;
        double *row = y + (size_t)run->report.times * run->n;
        for (size_t i = 0; i < run->n; i++)
            row[i] = left == 0 ? now[i] : left * last[i] + right * now[i];
    }
}

fsnn_status fde_bounded(const fde_run *run, const double *y, double t)
{
    for (size_t i = 0; i < run->n; i++)
        if (!isfinite(y[i]))
            return fsnn_fail(FSNN_ENUMERIC, "component %zu becomes %.6g at t = %.6g: %s", i, y[i],
                             t, remedy(run));
    return FSNN_OK;
}

static fsnn_status walk(fde_run *run, const double *times, size_t count, double *y)
{
    size_t n = run->n;
    double *last = fsnn_alloc(2 * n * sizeof *last), *both = last, *now = last + n;
    if (!last)
        return FSNN_EMEMORY;
    memcpy(last, run->y0, n * sizeof *last);
    write_output(run, 0, last, last, times, count, y);
    fsnn_status status = FSNN_OK;
    for (int64_t k = 1; k <= run->steps; k++) {
        status = run->scheme->step(run, k, last, now);
        if (status >= 0)
            status = fde_bounded(run, now, fde_time(run, k));
        if (status < 0)
            break;
        run->report.steps = k;
        run->report.t = fde_time(run, k);
        write_output(run, k, last, now, times, count, y);
        double *swap = last;
        last = now;
        now = swap;
    }
    fsnn_free(both);
    return status;
}

fsnn_status fsnn_fde_solve(const fsnn_fde *fde, const double *y0, const double *times, size_t count,
                           double *y, fsnn_fde_report *report)
{
    if (report)
        *report = (fsnn_fde_report){0};
    fde_run run = {.o = fde, .y0 = y0};
    FSNN_TRY(fde_check(fde, y0, &run.scheme));
    FSNN_TRY(fde_check_times(fde, times, count, y, &run.steps));
    run.n = fde->n;
    run.velocity = fde->velocity;
    run.last = times[count - 1];
    run.report.t = fde->t0;
    fsnn_status status = fde_begin(&run);
    if (status >= 0)
        status = walk(&run, times, count, y);
    fde_end(&run);
    if (report)
        *report = run.report;
    return status;
}

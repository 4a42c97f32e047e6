/* frac/fde_run.h: one solution in progress; what a scheme sees of the solver.
 *
 * Every scheme sums a past x_1 .. x_{k-1} of values it chooses itself (u = y - y0, or f) with the
 * weights of its kernel; the memory ("fde_past") does the sum, exactly or by exponentials, and
 * knows nothing else. x_0 is left out: it is 0, or has weights of its own (start). */
#ifndef FSNN_FRAC_FDE_RUN_H
#define FSNN_FRAC_FDE_RUN_H

#include "base/base.h"
#include "frac/fit.h"
#include <fsnn/fde.h>

#include <math.h>

enum { FDE_KERNELS = 2 };

typedef struct fde_scheme fde_scheme;
typedef struct fde_past fde_past;
typedef struct fde_newton fde_newton;

typedef struct fde_run {
    const fsnn_fde *o;
    const fde_scheme *scheme;
    size_t n;                     /* components */
    int64_t steps;                /* that the run will make */
    double last;                  /* time asked for; f is not called beyond it */
    size_t slots;                 /* different orders among the components */
    size_t *slot;                 /* [n] */
    fsnn_order *order;            /* [slots] */
    fde_mix *mix;                 /* [slots] */
    double *gain;                 /* [slots]: of f in the step */
    const double *y0;             /* [n] */
    const double *velocity;       /* [n] y'(t0); NULL: 0 */
    double *f0, *f, *sum, *stage; /* [n] each: f(t0, y0), f, sum over the past; [4][n] for stages */
    fde_past *past;
    fde_newton *newton;
    fsnn_fde_report report;
} fde_run;

/* One row a variant of a method. */
struct fde_scheme {
    fsnn_method method; /* what it can do stands in the method's own row (frac/method.h) */
    bool implicit;
    const fde_kernel *kernel[FDE_KERNELS]; /* of the past; none: no memory */
    /* gain of f and shares of the terms for one order and step */
    void (*prepare)(const fsnn_order *order, double h, fde_mix *mix, double *gain);
    /* from y[n] at step k-1 to next[n] at step k >= 1 */
    fsnn_status (*step)(fde_run *run, int64_t k, const double *y, double *next);
    bool above_one; /* orders up to 2 */
};

extern const fde_scheme fde_scheme_gl[2], fde_scheme_l1[2];                /* fde_derivative.c */
extern const fde_scheme fde_scheme_ab[2], fde_scheme_trap, fde_scheme_abm; /* fde_integral.c */
extern const fde_scheme fde_scheme_euler, fde_scheme_heun, fde_scheme_rk4; /* fde_runge.c */

/* fde_check.c: the equation and its initial values; the scheme's row on success. */
fsnn_status fde_check(const fsnn_fde *o, const double *y0, const fde_scheme **scheme);
/* The times; the number of steps on success. */
fsnn_status fde_check_times(const fsnn_fde *o, const double *times, size_t count, const double *y,
                            int64_t *steps);
/* (t - t0)/h, the nearest whole number where that is meant. */
double fde_position(const fsnn_fde *o, double t);

/* fde.c */
/* What a run works with, for `run->steps` steps; frees also what a failed begin has left. */
fsnn_status fde_begin(fde_run *run);
void fde_end(fde_run *run);
/* FSNN_ENUMERIC where a component is not finite. */
fsnn_status fde_bounded(const fde_run *run, const double *y, double t);
/* By how much y'(t0) = 1 lowers f of component i at grid point k (fde_derivative.c). */
double fde_lift(const fde_run *run, size_t i, int64_t k);
/* Of grid point k; the last is not beyond the last time, where f may end, by a rounding. */
static inline double fde_time(const fde_run *run, int64_t k)
{
    return fmin(run->o->t0 + (double)k * run->o->step, run->last);
}
/* f at t, or at the last time where t is beyond it by a rounding; with its errors, and a check that
 * what it gives is finite. */
fsnn_status fde_call(fde_run *run, double t, const double *y, double *dydt);
fsnn_status fde_returned(int code, const char *who, double t);

/* What y is at grid point k without f: y0 + y'(t0) (t - t0). */
static inline double fde_line(const fde_run *run, size_t i, int64_t k)
{
    return run->velocity ? run->y0[i] + run->velocity[i] * ((double)k * run->o->step) : run->y0[i];
}

/* The past: an engine is a table of three functions. */
typedef struct fde_engine {
    fsnn_status (*create)(fde_run *run, fde_past **past);
    void (*destroy)(fde_past *past);
    /* out[i] = sum_{j=1}^{k-1} w_j x_{k-j} of component i with the scheme's kernel number `kernel`
     */
    void (*sum)(const fde_run *run, int kernel, int64_t k, double *out);
    void (*push)(fde_run *run, const double *x); /* x_1[n], then x_2, ... */
    /* Room for `steps` steps. NULL: there is always room. On failure nothing has changed. */
    fsnn_status (*grow)(fde_run *run, int64_t steps);
    /* Forgets all values. */
    void (*clear)(fde_past *past);
    /* The values as bytes; load: of a past of the same run that had taken `kept` values, with room
     * for them. */
    size_t (*bytes)(const fde_run *run, int64_t kept);
    void (*save)(const fde_run *run, void *bytes);
    void (*load)(fde_run *run, int64_t kept, const void *bytes);
    /* Values taken so far. */
    int64_t (*kept)(const fde_past *past);
} fde_engine;

extern const fde_engine fde_dense, fde_exponentials;
const fde_engine *fde_engine_of(const fsnn_fde *o);

/* fde_newton.c: y[n] with y - base - gain f(t, y) = 0; starts from the y given. */
fsnn_status fde_newton_create(fde_run *run);
void fde_newton_destroy(fde_newton *newton);
/* What it keeps from step to step, as bytes. */
size_t fde_newton_bytes(const fde_run *run);
void fde_newton_save(const fde_run *run, void *bytes);
void fde_newton_load(fde_run *run, const void *bytes);
fsnn_status fde_newton_solve(fde_run *run, double t, const double *base, double *y);

/* fde_fit.c: nodes and weights for the kernels and orders of a run. */
enum { FDE_MODES = FRAC_MODES };
typedef struct fde_fit {
    int modes;
    double s[FDE_MODES];
    double *weight[FDE_KERNELS]; /* [slots][FDE_MODES] each, given by the caller */
    double error, error_sum;     /* largest relative error; largest sum of |error| */
} fde_fit;
fsnn_status fde_fit_make(const fde_run *run, fde_fit *fit);

#endif

/* Integer order: explicit Runge-Kutta methods for C y' = f, from their Butcher tables.
 *
 *   k_s = f(t + c_s h, y + h/C sum_{l<s} a_sl k_l),     y_next = y + h/C sum_s b_s k_s
 *
 * Kutta (1901); Hairer, Norsett and Wanner, Solving ODEs I, II.1. Each stage of these tables looks
 * only at the one before. */
#include "frac/fde_run.h"

typedef struct tableau {
    int stages;
    double c[4], a[4], b[4]; /* a[s]: weight of stage s-1 in the argument of stage s */
} tableau;

static void prepare(const fsnn_order *order, double h, fde_mix *mix, double *gain)
{
    mix->terms = 0;
    *gain = h / order->coefficient[0];
}

static fsnn_status runge(fde_run *run, const tableau *table, int64_t k, const double *y,
                         double *next)
{
    size_t n = run->n;
    double *argument = run->sum;
    for (int s = 0; s < table->stages; s++) {
        const double *before = run->stage + (size_t)(s ? s - 1 : 0) * n;
        for (size_t i = 0; i < n; i++)
            argument[i] = s ? y[i] + run->gain[run->slot[i]] * table->a[s] * before[i] : y[i];
        double t = fde_time(run, k - 1) + table->c[s] * run->o->step;
        FSNN_TRY(fde_call(run, t, argument, run->stage + (size_t)s * n));
    }
    for (size_t i = 0; i < n; i++) {
        double slope = 0;
        for (int s = 0; s < table->stages; s++)
            slope += table->b[s] * run->stage[(size_t)s * n + i];
        next[i] = y[i] + run->gain[run->slot[i]] * slope;
    }
    return FSNN_OK;
}

static const tableau euler = {1, {0}, {0}, {1}};
static const tableau heun = {2, {0, 1}, {0, 1}, {0.5, 0.5}};
static const tableau rk4 = {
    4, {0, 0.5, 0.5, 1}, {0, 0.5, 0.5, 1}, {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6}};

static fsnn_status step_euler(fde_run *run, int64_t k, const double *y, double *next)
{
    return runge(run, &euler, k, y, next);
}

static fsnn_status step_heun(fde_run *run, int64_t k, const double *y, double *next)
{
    return runge(run, &heun, k, y, next);
}

static fsnn_status step_rk4(fde_run *run, int64_t k, const double *y, double *next)
{
    return runge(run, &rk4, k, y, next);
}

const fde_scheme fde_scheme_euler = {FSNN_EULER, false, {NULL}, prepare, step_euler, false};
const fde_scheme fde_scheme_heun = {FSNN_HEUN, false, {NULL}, prepare, step_heun, false};
const fde_scheme fde_scheme_rk4 = {FSNN_RK4, false, {NULL}, prepare, step_rk4, false};

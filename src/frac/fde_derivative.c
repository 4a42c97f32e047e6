/* Schemes that replace the derivative: Gruenwald-Letnikov and L1, explicit and implicit, several
 * terms.
 *
 *   u_k = gain f + sum_{j=1}^{k-1} w_j u_{k-j},       u = y - y0
 *   f = f(t_{k-1}, y_{k-1})  explicit,                f(t_k, y_k)  implicit
 *   w_j = sum_m share_m kernel_j(a_m),                share_m = F_m / sum F,  gain = 1 / sum F
 *   F_m = C_m h^-a_m  (gl),                           C_m h^-a_m / Gamma(2 - a_m)  (l1)
 *
 * The past holds u. At alpha = 1 both are Euler's method. With orders above 1 (gl), u = y - y0 - v
 * (t - t0) for the initial velocity v, so that u starts at 0 with slope 0. Terms of order a <= 1
 * beside them then also see the line, and f loses
 *
 *   lift(t) = v sum_{a_m <= 1} C_m (t - t0)^(1 - a_m) / Gamma(2 - a_m). */
#include "frac/fde_run.h"

#include <math.h>

static void shares(const fsnn_order *order, const double *inverse, fde_mix *mix, double *gain)
{
    double sum = 0;
    mix->terms = order->terms;
    for (int m = 0; m < order->terms; m++) {
        mix->alpha[m] = order->alpha[m];
        mix->share[m] = order->coefficient[m] / inverse[m];
        sum += mix->share[m];
    }
    for (int m = 0; m < order->terms; m++)
        mix->share[m] /= sum;
    /* one term: free of the rounding of 1/(1/h^a), for Euler's bits at alpha = 1 */
    *gain = order->terms == 1 ? inverse[0] / order->coefficient[0] : 1 / sum;
}

static void prepare_gl(const fsnn_order *order, double h, fde_mix *mix, double *gain)
{
    double inverse[FSNN_MAX_TERMS];
    for (int m = 0; m < order->terms; m++)
        inverse[m] = pow(h, order->alpha[m]);
    shares(order, inverse, mix, gain);
}

static void prepare_l1(const fsnn_order *order, double h, fde_mix *mix, double *gain)
{
    double inverse[FSNN_MAX_TERMS];
    for (int m = 0; m < order->terms; m++)
        inverse[m] = pow(h, order->alpha[m]) * tgamma(2 - order->alpha[m]);
    shares(order, inverse, mix, gain);
}

double fde_lift(const fde_run *run, size_t i, int64_t k)
{
    const fsnn_order *order = &run->order[run->slot[i]];
    double t = (double)k * run->o->step, sum = 0;
    for (int m = 0; m < order->terms; m++)
        if (order->alpha[m] <= 1)
            sum +=
                order->coefficient[m] * pow(t, 1 - order->alpha[m]) / tgamma(2 - order->alpha[m]);
    return sum;
}

/* Takes the lift at grid point k, where f is, from the sum. */
static void lower(fde_run *run, int64_t k)
{
    for (size_t i = 0; run->velocity && i < run->n; i++)
        if (run->velocity[i] != 0)
            run->sum[i] -= run->gain[run->slot[i]] * run->velocity[i] * fde_lift(run, i, k);
}

static fsnn_status step_explicit(fde_run *run, int64_t k, const double *y, double *next)
{
    const fde_engine *engine = fde_engine_of(run->o);
    FSNN_TRY(fde_call(run, fde_time(run, k - 1), y, run->f));
    engine->sum(run, 0, k, run->sum);
    for (size_t i = 0; i < run->n; i++)
        run->sum[i] += run->gain[run->slot[i]] * run->f[i];
    lower(run, k - 1);
    engine->push(run, run->sum);
    for (size_t i = 0; i < run->n; i++)
        next[i] = fde_line(run, i, k) + run->sum[i];
    return FSNN_OK;
}

static fsnn_status step_implicit(fde_run *run, int64_t k, const double *y, double *next)
{
    const fde_engine *engine = fde_engine_of(run->o);
    engine->sum(run, 0, k, run->sum);
    lower(run, k);
    for (size_t i = 0; i < run->n; i++) {
        run->sum[i] += fde_line(run, i, k);
        next[i] = y[i];
    }
    FSNN_TRY(fde_newton_solve(run, fde_time(run, k), run->sum, next));
    for (size_t i = 0; i < run->n; i++)
        run->sum[i] = next[i] - fde_line(run, i, k);
    engine->push(run, run->sum);
    return FSNN_OK;
}

const fde_scheme fde_scheme_gl[2] = {
    {FSNN_GL, false, {&fde_gl}, prepare_gl, step_explicit, true},
    {FSNN_GL, true, {&fde_gl}, prepare_gl, step_implicit, true},
};

const fde_scheme fde_scheme_l1[2] = {
    {FSNN_L1, false, {&fde_l1}, prepare_l1, step_explicit, false},
    {FSNN_L1, true, {&fde_l1}, prepare_l1, step_implicit, false},
};

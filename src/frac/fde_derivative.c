/* Schemes that replace the derivative: Gruenwald-Letnikov and L1, explicit and implicit, several
 * terms.
 *
 *   u_k = gain f + sum_{j=1}^{k-1} w_j u_{k-j},       u = y - y0
 *   f = f(t_{k-1}, y_{k-1})  explicit,                f(t_k, y_k)  implicit
 *   w_j = sum_m share_m kernel_j(a_m),                share_m = F_m / sum F,  gain = 1 / sum F
 *   F_m = C_m h^-a_m  (gl),                           C_m h^-a_m / Gamma(2 - a_m)  (l1)
 *
 * The past holds u. At alpha = 1 both are Euler's method. */
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

static fsnn_status step_explicit(fde_run *run, int64_t k, const double *y, double *next)
{
    const fde_engine *engine = fde_engine_of(run->o);
    FSNN_TRY(fde_call(run, fde_time(run, k - 1), y, run->f));
    engine->sum(run, 0, k, run->sum);
    for (size_t i = 0; i < run->n; i++)
        run->sum[i] += run->gain[run->slot[i]] * run->f[i];
    engine->push(run, run->sum);
    for (size_t i = 0; i < run->n; i++)
        next[i] = run->y0[i] + run->sum[i];
    return FSNN_OK;
}

static fsnn_status step_implicit(fde_run *run, int64_t k, const double *y, double *next)
{
    const fde_engine *engine = fde_engine_of(run->o);
    engine->sum(run, 0, k, run->sum);
    for (size_t i = 0; i < run->n; i++) {
        run->sum[i] += run->y0[i];
        next[i] = y[i];
    }
    FSNN_TRY(fde_newton_solve(run, fde_time(run, k), run->sum, next));
    for (size_t i = 0; i < run->n; i++)
        run->sum[i] = next[i] - run->y0[i];
    engine->push(run, run->sum);
    return FSNN_OK;
}

const fde_scheme fde_scheme_gl[2] = {
    {FSNN_GL, false, {&fde_gl}, prepare_gl, step_explicit},
    {FSNN_GL, true, {&fde_gl}, prepare_gl, step_implicit},
};

const fde_scheme fde_scheme_l1[2] = {
    {FSNN_L1, false, {&fde_l1}, prepare_l1, step_explicit},
    {FSNN_L1, true, {&fde_l1}, prepare_l1, step_implicit},
};

/* Schemes that integrate  y = y0 + 1/(C Gamma(a)) int (t-s)^(a-1) f ds  with f replaced by
 *
 *   ab explicit   its value at the left of each step    y_k = y0 + g sum_{j=0}^{k-1} r_j f_{k-1-j}
 *   ab implicit   its value at the right                y_k = y0 + g sum_{j=0}^{k-1} r_j f_{k-j}
 *   trap          a straight line                       y_k = y0 + g (q_k f_0
 *                                                            + sum_{j=0}^{k-1} t_j f_{k-j})
 *   abm           ab explicit predicts, trap corrects with f at the prediction, and f is taken once
 *                 more at the result (PECE)
 *
 * g = h^a / C. The past holds f_1, f_2, ...; f_0 has weights of its own. Garrappa, Mathematics 6(2)
 * 16 (2018); Diethelm, Ford, Freed (2002). At alpha = 1: Euler, backward Euler, the trapezoidal
 * rule, Heun. */
#include "frac/fde_run.h"

#include <math.h>

/* gain holds h^a/C times the weight of f at lag 0. */
static void prepare(const fsnn_order *order, double h, fde_mix *mix, double *gain)
{
    mix->terms = 1;
    mix->alpha[0] = order->alpha[0];
    mix->share[0] = pow(h, order->alpha[0]) / order->coefficient[0];
    *gain = mix->share[0] / tgamma(1 + order->alpha[0]);
}

static void prepare_trap(const fsnn_order *order, double h, fde_mix *mix, double *gain)
{
    prepare(order, h, mix, gain);
    *gain = mix->share[0] / tgamma(2 + order->alpha[0]);
}

/* sum = y0 + past + start f_0 */
static void gather(fde_run *run, int kernel, int64_t k, double (*start)(double a, double k))
{
    fde_engine_of(run->o)->sum(run, kernel, k, run->sum);
    for (size_t i = 0; i < run->n; i++)
        run->sum[i] += fde_line(run, i, k);
    if (!start)
        return;
    double *weight = run->stage; /* [slots] */
    for (size_t p = 0; p < run->slots; p++)
        weight[p] = run->mix[p].share[0] * start(run->mix[p].alpha[0], (double)k);
    for (size_t i = 0; i < run->n; i++)
        run->sum[i] += weight[run->slot[i]] * run->f0[i];
}

static fsnn_status first(fde_run *run, int64_t k, const double *y)
{
    return k == 1 ? fde_call(run, run->o->t0, y, run->f0) : FSNN_OK;
}

static fsnn_status step_explicit(fde_run *run, int64_t k, const double *y, double *next)
{
    FSNN_TRY(first(run, k, y));
    if (k > 1) {
        FSNN_TRY(fde_call(run, fde_time(run, k - 1), y, run->f));
        fde_engine_of(run->o)->push(run, run->f);
    }
    gather(run, 0, k, fde_rect_start);
    for (size_t i = 0; i < run->n; i++)
        next[i] = run->sum[i];
    return FSNN_OK;
}

static fsnn_status finish(fde_run *run, int64_t k, const double *next)
{
    FSNN_TRY(fde_call(run, fde_time(run, k), next, run->f));
    fde_engine_of(run->o)->push(run, run->f);
    return FSNN_OK;
}

static fsnn_status solve(fde_run *run, int64_t k, const double *y, double *next)
{
    for (size_t i = 0; i < run->n; i++)
        next[i] = y[i];
    FSNN_TRY(fde_newton_solve(run, fde_time(run, k), run->sum, next));
    return finish(run, k, next);
}

static fsnn_status step_implicit(fde_run *run, int64_t k, const double *y, double *next)
{
    gather(run, 0, k, NULL);
    return solve(run, k, y, next);
}

static fsnn_status step_trap(fde_run *run, int64_t k, const double *y, double *next)
{
    FSNN_TRY(first(run, k, y));
    gather(run, 0, k, fde_trap_start);
    return solve(run, k, y, next);
}

static fsnn_status step_abm(fde_run *run, int64_t k, const double *y, double *next)
{
    FSNN_TRY(first(run, k, y));
    gather(run, 0, k, fde_rect_start);
    FSNN_TRY(fde_call(run, fde_time(run, k), run->sum, run->f));
    gather(run, 1, k, fde_trap_start);
    for (size_t i = 0; i < run->n; i++)
        next[i] = run->sum[i] + run->gain[run->slot[i]] * run->f[i];
    return finish(run, k, next);
}

const fde_scheme fde_scheme_ab[2] = {
    {FSNN_AB, false, {&fde_rect_explicit}, prepare, step_explicit, true},
    {FSNN_AB, true, {&fde_rect_implicit}, prepare, step_implicit, true},
};

const fde_scheme fde_scheme_trap = {FSNN_TRAP, true, {&fde_trap}, prepare_trap, step_trap, true};

const fde_scheme fde_scheme_abm = {
    .method = FSNN_ABM,
    .kernel = {&fde_rect_explicit, &fde_trap},
    .prepare = prepare_trap,
    .step = step_abm,
    .above_one = true,
};

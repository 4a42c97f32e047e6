/* Product trapezoid, implicit (Diethelm, Ford and Freed 2002; Garrappa 2015).
 *
 *   t_0 = 1/Gamma(a+2),  t_j = ((j+1)^(a+1) - 2 j^(a+1) + (j-1)^(a+1)) / Gamma(a+2)
 *   q_n = ((n-1)^(a+1) - n^a (n-1-a)) / Gamma(a+2)
 *   u_{n+1} = h^a/C (q_{n+1} f_0 + sum_{j=0}^{n} t_j f_{n+1-j})
 *
 * The history keeps the drives f_1, f_2, ..., and f_0 apart. Order 2 for smooth drives; stable for
 * every step on the negative axis. */
#include "frac/method.h"

#include "frac/powers.h"
#include "frac/products.h"
#include "frac/special.h"

#include <math.h>

static double scale(const fsnn_order *o, double h)
{
    return pow(h, o->alpha[0]) / (o->coefficient[0] * tgamma(2 + o->alpha[0]));
}

static double dscale(const fsnn_order *o, double h, int p)
{
    double F = scale(o, h);
    return p == 0 ? F * (log(h) - frac_digamma(2 + o->alpha[0])) : -F / o->coefficient[0];
}

void frac_trap_weights(const fsnn_order *o, double h, int64_t n, double *w, double *gain)
{
    double F = scale(o, h);
    *gain = F;
    for (int64_t l = 1; l <= n; l++)
        w[l] = F * frac_diff2(o->alpha[0] + 1, (double)l);
}

void frac_trap_dweights(const fsnn_order *o, double h, int64_t n, int p, double *dw, double *dgain)
{
    double q = o->alpha[0] + 1, F = scale(o, h), dF = dscale(o, h, p);
    *dgain = dF;
    for (int64_t l = 1; l <= n; l++)
        dw[l] = dF * frac_diff2(q, (double)l) + (p == 0 ? F * frac_diff2_dp(q, (double)l) : 0);
}

/* q_n Gamma(a+2) = (n-1)^(a+1) - n^(a+1) + (a+1) n^a */
double frac_trap_start(const fsnn_order *o, double h, int64_t n)
{
    return scale(o, h) * frac_tangent(o->alpha[0] + 1, (double)n);
}

double frac_trap_dstart(const fsnn_order *o, double h, int p, int64_t n)
{
    double q = o->alpha[0] + 1, F = scale(o, h), dF = dscale(o, h, p);
    return dF * frac_tangent(q, (double)n) + (p == 0 ? F * frac_tangent_dp(q, (double)n) : 0);
}

/* Beyond 1/t_0 the second step falls. */
static double monotone(double alpha)
{
    return tgamma(2 + alpha);
}

double frac_trap_sum(const fsnn_order *o, const frac_leak *leak, double h, int64_t n)
{
    (void)leak;
    double q = o->alpha[0] + 1;
    return n ? scale(o, h) * (pow((double)n + 1, q) - pow((double)n, q) - 1) : 0;
}

const frac_method frac_trap = {
    .name = "trap",
    .help = "product trapezoid, implicit",
    .scheme = FRAC_IMPLICIT,
    .drive = true,
    .forever = true,
    .weights = frac_trap_weights,
    .dweights = frac_trap_dweights,
    .kernel = &fde_trap,
    .mix = frac_product_mix,
    .start = frac_trap_start,
    .dstart = frac_trap_dstart,
    .monotone = monotone,
    .sum = frac_trap_sum,
};

/* Adams-Bashforth of order one, the product rectangle rule (Diethelm, Ford and Freed 2002;
 * spikeDE's `pred`).
 *
 *   r_j = ((j+1)^a - j^a) / Gamma(1+a)
 *   u_{n+1} = h^a/C sum_{j=0}^{n} r_j f_{n-j}
 *
 * The history keeps the drives f. The implicit variant takes f at the end of each step. Order 1;
 * stable explicitly for h^a/tau <= Gamma(1+a) / (2 eta(-a)). At a = 1 all r_j are 1: the sum of all
 * drives, Euler up to rounding. */
#include "frac/method.h"

#include "frac/powers.h"
#include "frac/products.h"
#include "frac/special.h"

#include <math.h>

static double scale(const fsnn_order *o, double h)
{
    return pow(h, o->alpha[0]) / (o->coefficient[0] * tgamma(1 + o->alpha[0]));
}

static void weights(const fsnn_order *o, double h, int64_t n, double *w, double *gain)
{
    double F = scale(o, h);
    *gain = F;
    for (int64_t l = 1; l <= n; l++)
        w[l] = F * frac_diff(o->alpha[0], (double)l);
}

static void dweights(const fsnn_order *o, double h, int64_t n, int p, double *dw, double *dgain)
{
    double a = o->alpha[0], F = scale(o, h);
    double dF = p == 0 ? F * (log(h) - frac_digamma(1 + a)) : -F / o->coefficient[0];
    *dgain = dF;
    for (int64_t l = 1; l <= n; l++)
        dw[l] = dF * frac_diff(a, (double)l) + (p == 0 ? F * frac_diff_dp(a, (double)l) : 0);
}

/* Kernels of all product rules carry 1/Gamma themselves: what is left is h^a/C. */
void frac_product_mix(const fsnn_order *o, double h, fde_mix *x)
{
    *x = (fde_mix){
        .terms = 1, .alpha = {o->alpha[0]}, .share = {pow(h, o->alpha[0]) / o->coefficient[0]}};
}

static double stable(double alpha)
{
    return tgamma(1 + alpha) / (2 * frac_eta(-alpha));
}

/* 1, c r_0, c r_1, ... is log-convex up to c = r_1 (Kaluza 1928; docs/math.md). */
static double monotone(double alpha)
{
    return tgamma(1 + alpha) * (pow(2, alpha) - 1);
}

static double sum(const fsnn_order *o, const frac_leak *leak, double h, int64_t n)
{
    (void)leak;
    return scale(o, h) * (pow((double)n + 1, o->alpha[0]) - 1);
}

const frac_method frac_ab = {
    .name = "ab",
    .help = "Adams-Bashforth, product rectangle rule, explicit; alias pred",
    .drive = true,
    .linearised = true,
    .forever = true,
    .weights = weights,
    .dweights = dweights,
    .kernel = &fde_rect_implicit,
    .mix = frac_product_mix,
    .stable = stable,
    .monotone = monotone,
    .sum = sum,
};

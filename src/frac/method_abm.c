/* Adams-Bashforth-Moulton, predictor and corrector (PECE; Diethelm, Ford and Freed 2002).
 *
 *   P = h^a/C sum_{j=0}^{n} r_j f_{n-j}                                        rectangle rule
 *   u_{n+1} = h^a/C (q_{n+1} f_0 + t_0 f(P) + sum_{j=1}^{n} t_j f_{n+1-j})     product trapezoid
 *
 * The history keeps f_m = f(u_m). In lags from n+1 the predictor's weights are r_{l-1} for
 * f_{n+1-l}, l = 1..n, and r_n for f_0. Order 1 + a for smooth drives. Stable for h^a/tau <=
 * Gamma(a+2) = 1/t_0: beyond it the corrected predictor outweighs the leak, seen by letting u be
 * constant and the sums of both kernels, which diverge alike, grow. */
#include "frac/method.h"

#include "frac/powers.h"
#include "frac/products.h"
#include "frac/special.h"

#include <math.h>

static double scale(const fsnn_order *o, double h)
{
    return pow(h, o->alpha[0]) / (o->coefficient[0] * tgamma(1 + o->alpha[0]));
}

static double dscale(const fsnn_order *o, double h, int p)
{
    double F = scale(o, h);
    return p == 0 ? F * (log(h) - frac_digamma(1 + o->alpha[0])) : -F / o->coefficient[0];
}

/* r_{n-1}: of lag n, and of the first drive in output n. */
static double pstart(const fsnn_order *o, double h, int64_t n)
{
    return scale(o, h) * frac_diff(o->alpha[0], (double)(n - 1));
}

static double dpstart(const fsnn_order *o, double h, int p, int64_t n)
{
    double a = o->alpha[0], j = (double)(n - 1);
    return dscale(o, h, p) * frac_diff(a, j) + (p == 0 ? scale(o, h) * frac_diff_dp(a, j) : 0);
}

static void pweights(const fsnn_order *o, double h, int64_t n, double *w, double *gain)
{
    double F = scale(o, h);
    *gain = 0;
    for (int64_t l = 1; l <= n; l++)
        w[l] = F * frac_diff(o->alpha[0], (double)(l - 1));
}

static void dpweights(const fsnn_order *o, double h, int64_t n, int p, double *dw, double *dgain)
{
    *dgain = 0;
    double a = o->alpha[0], F = scale(o, h), dF = dscale(o, h, p);
    for (int64_t l = 1; l <= n; l++) {
        double j = (double)(l - 1);
        dw[l] = dF * frac_diff(a, j) + (p == 0 ? F * frac_diff_dp(a, j) : 0);
    }
}

static double stable(double alpha)
{
    return tgamma(2 + alpha);
}

static double psum(const fsnn_order *o, const frac_leak *leak, double h, int64_t n)
{
    (void)leak;
    return scale(o, h) * pow((double)n, o->alpha[0]);
}

const frac_method frac_abm = {
    .name = "abm",
    .help = "Adams-Bashforth-Moulton, predictor and corrector",
    .scheme = FRAC_PECE,
    .drive = true,
    .forever = true,
    .weights = frac_trap_weights,
    .dweights = frac_trap_dweights,
    .start = frac_trap_start,
    .dstart = frac_trap_dstart,
    .pweights = pweights,
    .dpweights = dpweights,
    .pstart = pstart,
    .dpstart = dpstart,
    .kernel = &fde_trap,
    .pkernel = &fde_rect_explicit,
    .mix = frac_product_mix,
    .stable = stable,
    .monotone = stable, /* as far as it is stable: tests/net/test_settle.c */
    .sum = frac_trap_sum,
    .psum = psum,
};

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
#include "frac/special.h"

#include <math.h>

frac_weight_fn frac_trap_weights, frac_trap_start;
frac_dweight_fn frac_trap_dweights, frac_trap_dstart;

static double scale(const fsnn_order *o, double h)
{
    return pow(h, o->alpha[0]) / (o->coefficient[0] * tgamma(1 + o->alpha[0]));
}

static double dscale(const fsnn_order *o, double h, int p)
{
    double F = scale(o, h);
    return p == 0 ? F * (log(h) - frac_digamma(1 + o->alpha[0])) : -F / o->coefficient[0];
}

/* Both the lags and the start: r_{i-1}. */
static void pweights(const fsnn_order *o, double h, int64_t n, double *w, double *gain)
{
    double F = scale(o, h);
    *gain = 0;
    for (int64_t i = 1; i <= n; i++)
        w[i] = F * frac_diff(o->alpha[0], (double)(i - 1));
}

static void dpweights(const fsnn_order *o, double h, int64_t n, int p, double *dw, double *dgain)
{
    double a = o->alpha[0], F = scale(o, h), dF = dscale(o, h, p);
    *dgain = 0;
    for (int64_t i = 1; i <= n; i++) {
        double j = (double)(i - 1);
        dw[i] = dF * frac_diff(a, j) + (p == 0 ? F * frac_diff_dp(a, j) : 0);
    }
}

static double stable(double alpha)
{
    return tgamma(2 + alpha);
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
    .pstart = pweights,
    .dpstart = dpweights,
    .stable = stable,
};

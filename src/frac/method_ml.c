/* The Mittag-Leffler integrator: exact for IF and LIF under a current that holds over each step,
 * stable for any step.
 *
 *   tau C D^a v = -v + I   has   v(t) = (Q' * I)(t),   Q(t) = 1 - E_a(-t^a / (tau C))
 *   u_{n+1} = sum_{j=0}^{n} kappa_j I_{n-j},   kappa_j = Q((j+1)h) - Q(jh)
 *
 * The history keeps d = f - J u = I/tau (less what spikes take), the drive without its leak, so
 * weights are tau kappa_j. Without a leak (IF) they are those of the rectangle rule, exact there
 * too. Derivatives in alpha, tau and C by fourth-order differences of Q, to about 1e-11: the
 * function is analytic in all three. */
#include "frac/products.h"

#include <fsnn/fde.h>

#include <math.h>

/* Q_j = Q(j h) for j = 0..n+1 are differenced on the fly. */
static double Q(double a, double T, double t)
{
    return t == 0 ? 0 : 1 - fsnn_mittag_leffler(a, 1, -pow(t, a) / T);
}

static void lweights(const fsnn_order *o, const frac_leak *leak, double h, int64_t n, double *w,
                     double *gain)
{
    if (!leak->leaky) {
        frac_ab.weights(o, h, n, w, gain);
        return;
    }
    double T = leak->tau * o->coefficient[0], last = Q(o->alpha[0], T, h);
    *gain = leak->tau * last;
    for (int64_t l = 1; l <= n; l++) {
        double next = Q(o->alpha[0], T, (double)(l + 1) * h);
        w[l] = leak->tau * (next - last);
        last = next;
    }
}

/* p: 0 alpha, 1 coefficient, 2 tau. */
static double moved(const fsnn_order *o, const frac_leak *leak, int p, double by, double t)
{
    double a = o->alpha[0] + (p == 0 ? by : 0), C = o->coefficient[0] + (p == 1 ? by : 0),
           tau = leak->tau + (p == 2 ? by : 0);
    return tau * Q(a, tau * C, t);
}

static double dQ(const fsnn_order *o, const frac_leak *leak, int p, double t)
{
    /* an alpha below 0.004 must stay above 0 */
    double e =
        p == 0 ? fmin(1e-3, o->alpha[0] / 4) : 1e-3 * (p == 1 ? o->coefficient[0] : leak->tau);
    double near = moved(o, leak, p, e, t) - moved(o, leak, p, -e, t);
    double far = moved(o, leak, p, 2 * e, t) - moved(o, leak, p, -2 * e, t);
    return (8 * near - far) / (12 * e);
}

static void dlweights(const fsnn_order *o, const frac_leak *leak, double h, int64_t n, int p,
                      double *dw, double *dgain)
{
    if (!leak->leaky) {
        if (p < 2)
            frac_ab.dweights(o, h, n, p, dw, dgain);
        for (int64_t l = 1; l <= n && p == 2; l++)
            dw[l] = 0;
        if (p == 2)
            *dgain = 0;
        return;
    }
    double last = dQ(o, leak, p, h);
    *dgain = last;
    for (int64_t l = 1; l <= n; l++) {
        double next = dQ(o, leak, p, (double)(l + 1) * h);
        dw[l] = next - last;
        last = next;
    }
}

static const fde_kernel *lmix(const fsnn_order *o, const frac_leak *leak, double h, fde_mix *x)
{
    frac_product_mix(o, h, x);
    if (!leak->leaky)
        return frac_ab.kernel;
    x->z = x->share[0] / leak->tau;
    x->share[0] = leak->tau;
    return &fde_ml;
}

static double sum(const fsnn_order *o, const frac_leak *leak, double h, int64_t n)
{
    if (!leak->leaky)
        return frac_ab.sum(o, leak, h, n);
    double T = leak->tau * o->coefficient[0];
    return leak->tau * (Q(o->alpha[0], T, (double)(n + 1) * h) - Q(o->alpha[0], T, h));
}

const frac_method frac_ml = {
    .name = "ml",
    .help = "Mittag-Leffler, exact for IF and LIF with step-constant current",
    .scheme = FRAC_EXACT,
    .drive = true,
    .forever = true,
    .lweights = lweights,
    .dlweights = dlweights,
    .lmix = lmix,
    .sum = sum,
};

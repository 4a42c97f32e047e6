/* Fractional BDF of order 2, explicit, one term (Lubich 1986): with p(z) = 3/2 - 2 z + z^2/2 and
 * p^a = sum_j b_j z^j,
 *
 *   sum_{j=0}^{n+1} b_j u_{n+1-j} = h^a f_n / C
 *
 * so w_j = -b_j/b_0, gain = h^a/(C b_0). The b_j by Miller's recurrence for powers:
 *
 *   b_j = (1/(j p_0)) sum_{k=1}^{2} ((a + 1) k - j) p_k b_{j-k}
 *
 * The drive is taken before the step: order 1; stable for h^a/tau <= 4^a. */
#include "frac/method.h"

#include <math.h>

static const double p[] = {1.5, -2, 0.5};

/* b_j/b_0 and its derivative in a, from those of the two before. */
static void next(double a, int64_t j, double b[3], double db[3])
{
    double sum = 0, dsum = 0;
    for (int k = 1; k <= 2; k++) {
        double c = ((a + 1) * k - (double)j) * p[k];
        sum += c * b[k];
        dsum += c * db[k] + k * p[k] * b[k];
    }
    b[0] = sum / ((double)j * p[0]);
    db[0] = dsum / ((double)j * p[0]);
    for (int k = 2; k > 0; k--) {
        b[k] = b[k - 1];
        db[k] = db[k - 1];
    }
}

/* w and, where it is not NULL, dw/da */
static void lags(double a, int64_t n, double *w, double *dw)
{
    double b[3] = {0, 1, 0}, db[3] = {0};
    for (int64_t j = 1; j <= n; j++) {
        next(a, j, b, db);
        if (w)
            w[j] = -b[0];
        if (dw)
            dw[j] = -db[0];
    }
}

static double scale(const fsnn_order *o, double h)
{
    return pow(h / p[0], o->alpha[0]) / o->coefficient[0];
}

static void weights(const fsnn_order *o, double h, int64_t n, double *w, double *gain)
{
    *gain = scale(o, h);
    lags(o->alpha[0], n, w, NULL);
}

static void dweights(const fsnn_order *o, double h, int64_t n, int parameter, double *dw,
                     double *dgain)
{
    bool in_alpha = parameter == 0;
    *dgain = scale(o, h) * (in_alpha ? log(h / p[0]) : -1 / o->coefficient[0]);
    for (int64_t j = 1; j <= n; j++)
        dw[j] = 0;
    if (in_alpha)
        lags(o->alpha[0], n, NULL, dw);
}

static double stable(double alpha)
{
    return pow(4, alpha);
}

const frac_method frac_bdf2 = {
    .name = "bdf2",
    .help = "fractional BDF of order 2, explicit",
    .forever = true,
    .weights = weights,
    .dweights = dweights,
    .stable = stable,
};

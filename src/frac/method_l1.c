/* L1, explicit, one or several terms (Oldham and Spanier 1974; Li and Zeng 2015).
 *
 *   b_j = (j+1)^(1-a) - j^(1-a),  b_0 = 1
 *   h^-a / Gamma(2-a) sum_{j=0}^{n} b_j (u_{n+1-j} - u_{n-j}) = f_n
 *
 * Sorted by states (u_0 = 0): w_j = sum_m F_m (b_{j-1} - b_j) / sum_m F_m with F_m = C_m h^-a /
 * Gamma(2-a); gain = 1/sum_m F_m. At a = 1: b = 1, 0, 0, ..., forward Euler to the bit. Order 1;
 * stable for h^a/tau <= 4 eta(a-1)/Gamma(2-a). */
#include "frac/method.h"

#include "frac/special.h"

#include <math.h>

/* b_j without cancellation, and its derivative in a. */
static double b(double a, double j)
{
    if (j == 0)
        return 1;
    return pow(j, 1 - a) * expm1((1 - a) * log1p(1 / j));
}

static double db(double a, double j)
{
    if (j == 0)
        return 0;
    /* d/da j^(1-a) expm1(q), q = (1-a) log1p(1/j):  -log j * b - j^(1-a) e^q log1p(1/j) */
    double l = log1p(1 / j);
    return -log(j) * b(a, j) - pow(j + 1, 1 - a) * l;
}

static double factor(const fsnn_order *o, int m, double h)
{
    return o->coefficient[m] * pow(h, -o->alpha[m]) / tgamma(2 - o->alpha[m]);
}

static double total(const fsnn_order *o, double h)
{
    double sum = 0;
    for (int m = 0; m < o->terms; m++)
        sum += factor(o, m, h);
    return sum;
}

static void weights(const fsnn_order *o, double h, int64_t n, double *w, double *gain)
{
    double sum = total(o, h);
    bool plain = o->terms == 1 && o->coefficient[0] == 1;
    *gain = plain ? pow(h, o->alpha[0]) * tgamma(2 - o->alpha[0]) : 1 / sum;
    for (int64_t j = 1; j <= n; j++)
        w[j] = 0;
    for (int m = 0; m < o->terms; m++) {
        double share = o->terms == 1 ? 1 : factor(o, m, h) / sum, last = b(o->alpha[m], 0);
        for (int64_t j = 1; j <= n; j++) {
            double next = b(o->alpha[m], (double)j);
            w[j] += share * (last - next);
            last = next;
        }
    }
}

static void dweights(const fsnn_order *o, double h, int64_t n, int p, double *dw, double *dgain)
{
    int m = p < o->terms ? p : p - o->terms;
    bool in_alpha = p < o->terms;
    double a = o->alpha[m], F = factor(o, m, h), sum = total(o, h);
    double dF = in_alpha ? F * (frac_digamma(2 - a) - log(h)) : F / o->coefficient[m];

    weights(o, h, n, dw, dgain); /* dw holds w for now */
    for (int64_t j = 1; j <= n; j++) {
        double x = (double)j, diff = b(a, x - 1) - b(a, x);
        double ddiff = in_alpha ? db(a, x - 1) - db(a, x) : 0;
        dw[j] = (dF * (diff - dw[j]) + F * ddiff) / sum;
    }
    *dgain = -dF / (sum * sum);
}

static void mix(const fsnn_order *o, double h, fde_mix *x)
{
    *x = (fde_mix){.terms = o->terms};
    for (int m = 0; m < o->terms; m++) {
        x->alpha[m] = o->alpha[m];
        x->share[m] = o->terms == 1 ? 1 : factor(o, m, h) / total(o, h);
    }
}

static double stable(double alpha)
{
    return 4 * frac_eta(alpha - 1) / tgamma(2 - alpha);
}

/* The first weight 1 - b_1 over the gain h^a Gamma(2-a), as with gl. */
static double monotone(double alpha)
{
    return (2 - pow(2, 1 - alpha)) / tgamma(2 - alpha);
}

/* 1 - b_n, term by term */
static double sum(const fsnn_order *o, const frac_leak *leak, double h, int64_t n)
{
    (void)leak;
    double sum = 0, all = total(o, h);
    for (int m = 0; m < o->terms; m++)
        sum += factor(o, m, h) / all * (1 - b(o->alpha[m], (double)n));
    return sum;
}

const frac_method frac_l1 = {
    .name = "l1",
    .help = "L1, explicit; one or several terms",
    .multiterm = true,
    .linearised = true,
    .weights = weights,
    .dweights = dweights,
    .kernel = &fde_l1,
    .mix = mix,
    .stable = stable,
    .monotone = monotone,
    .sum = sum,
};

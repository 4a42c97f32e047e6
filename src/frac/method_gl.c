/* Gruenwald-Letnikov, explicit, one or several terms (Podlubny 1999, ch. 7).
 *
 *   c_0 = 1,  c_j = c_{j-1} (j-1-a)/j              coefficients of (1 - zeta)^a
 *   ct_j = sum_m C_m h^(-a_m) c_j(a_m)             several terms: the weights add up
 *   u_{n+1} = (f_n - sum_{j>=1} ct_j u_{n+1-j}) / ct_0
 *
 * so w_j = -ct_j/ct_0, gain = 1/ct_0; with one term of coefficient 1, w_j = -c_j and gain = h^a. At
 * a = 1: c = 1, -1, 0, 0, ..., which is forward Euler to the bit. Order 1; stable for h^a/tau <=
 * 2^a. Weights: O(n) time. */
#include "frac/method.h"

#include <math.h>

/* One term's factor C h^-a. */
static double factor(const fsnn_order *o, int m, double h)
{
    return o->coefficient[m] * pow(h, -o->alpha[m]);
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
    double ct0 = total(o, h);
    /* a lone term of coefficient 1 keeps h^a free of the rounding of 1/h^-a, which Euler's bits at
     * a = 1 need */
    bool plain = o->terms == 1 && o->coefficient[0] == 1;
    *gain = plain ? pow(h, o->alpha[0]) : 1 / ct0;
    for (int64_t j = 1; j <= n; j++)
        w[j] = 0;
    for (int m = 0; m < o->terms; m++) {
        double share = o->terms == 1 ? 1 : factor(o, m, h) / ct0, c = share;
        for (int64_t j = 1; j <= n; j++) {
            c *= ((double)(j - 1) - o->alpha[m]) / (double)j;
            w[j] -= c;
        }
    }
}

/* d ct_j / dp, j = 0..n, for p = alpha_m:  C h^-a (c'_j - log h c_j),
 * c'_j = c'_{j-1}(j-1-a)/j - c_{j-1}/j;
 * for p = C_m: h^-a c_j. Then the quotient rule on -ct_j/ct_0 and 1/ct_0. */
static void dweights(const fsnn_order *o, double h, int64_t n, int p, double *dw, double *dgain)
{
    int m = p < o->terms ? p : p - o->terms;
    bool in_alpha = p < o->terms;
    double a = o->alpha[m], scale = in_alpha ? factor(o, m, h) : pow(h, -a);
    double ct0 = total(o, h), logh = in_alpha ? log(h) : 0;
    double dct0 = in_alpha ? -scale * logh : scale;

    weights(o, h, n, dw, dgain); /* dw holds w for now */
    double c = 1, dc = 0;
    for (int64_t j = 1; j <= n; j++) {
        double r = ((double)(j - 1) - a) / (double)j;
        dc = dc * r - c / (double)j;
        c *= r;
        double dct = in_alpha ? scale * (dc - logh * c) : scale * c;
        dw[j] = -(dct + dw[j] * dct0) / ct0;
    }
    *dgain = -dct0 / (ct0 * ct0);
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
    return pow(2, alpha);
}

/* The first weight: with it, all that a past error is multiplied with is positive. */
static double monotone(double alpha)
{
    return alpha;
}

/* 1 - sum_{j<=n} c_j = 1 - Gamma(n+1-a) / (Gamma(1-a) n!), term by term */
static double sum(const fsnn_order *o, const frac_leak *leak, double h, int64_t n)
{
    (void)leak;
    double sum = 0, all = total(o, h);
    for (int m = 0; m < o->terms; m++) {
        double a = o->alpha[m], N = (double)n;
        double left = a == 1 ? n == 0 : exp(lgamma(N + 1 - a) - lgamma(1 - a) - lgamma(N + 1));
        sum += factor(o, m, h) / all * (1 - left);
    }
    return sum;
}

const frac_method frac_gl = {
    .name = "gl",
    .help = "Gruenwald-Letnikov, explicit; one or several terms",
    .multiterm = true,
    .linearised = true,
    .weights = weights,
    .dweights = dweights,
    .kernel = &fde_gl,
    .mix = mix,
    .stable = stable,
    .monotone = monotone,
    .sum = sum,
};

/* The weights of the schemes and their densities.
 *
 *   Gruenwald-Letnikov   c_j = c_{j-1} (j-1-a)/j,  c_0 = 1
 *   L1                   b_j = (j+1)^(1-a) - j^(1-a)
 *   product rectangle    r_j = ((j+1)^a - j^a) / Gamma(1+a)
 *   product trapezoid    t_j = ((j+1)^(a+1) - 2 j^(a+1) + (j-1)^(a+1)) / Gamma(a+2)
 *                        t_0 = 1/Gamma(a+2)
 *     its first value    q_k = ((k-1)^(a+1) - k^a (k-1-a)) / Gamma(a+2)
 *   Mittag-Leffler       E_a(-z j^a) - E_a(-z (j+1)^a), a leak under a held current
 *
 * Differences of powers lose digits like j (first) and j^2 (second): expm1/log1p for the first; for
 * the second double-double, from lag 16 on the binomial series in 1/j. Relative error about 1e-15
 * at every lag. */
#include "frac/double_double.h"
#include "frac/fde_kernel.h"

#include <fsnn/fde.h>

#include <math.h>

enum { SERIES = 16 }; /* from this lag on the binomial series has converged before its last term */

/* sin(pi a) without the rounding of pi a near a = 1. */
static double sine(double a)
{
    return sin(3.14159265358979323846 * (a > 0.5 ? 1 - a : a)) / 3.14159265358979323846;
}

/* (j+1)^p - j^p, j >= 0 */
static double difference(double p, double j)
{
    return j == 0 ? 1 : pow(j, p) * expm1(p * log1p(1 / j));
}

/* j^p in double-double, with 0^p = 0 also for p = 0 */
static dd power(double j, double p)
{
    return j > 0 ? dd_exp(dd_scale(dd_log(j), p)) : dd_of(0);
}

/* (j+1)^p - 2 j^p + (j-1)^p, j >= 1, with 0^p = 0 also for p = 0 */
static double second_difference(double p, double j)
{
    if (j < SERIES) {
        dd outer = dd_add(power(j + 1, p), power(j - 1, p));
        return dd_sub(outer, dd_shift(power(j, p), 2)).hi;
    }
    double term = 1, sum = 0;
    for (int m = 1; m <= 8; m++) {
        term *= (p - 2 * m + 2) * (p - 2 * m + 1) / ((2 * m - 1) * (2.0 * m)) / (j * j);
        sum += term;
    }
    return 2 * pow(j, p) * sum;
}

/* -- Gruenwald-Letnikov: recurrence for the near lags; -c_j = a/Gamma(1-a) Gamma(j-a)/Gamma(j+1)
 * and the expansion of that ratio around j - a/2 for the far ones. */
static double gl_lag(double a, double z, double j)
{
    (void)z;
    if (j > 4096) {
        double x = j - a / 2, c = (1 + a) * a * (2 + a) / 24;
        return a / tgamma(1 - a) * pow(x, -1 - a) * (1 + c / (x * x));
    }
    double c = a;
    for (int i = 2; i <= (int)j; i++)
        c *= (i - 1 - a) / i;
    return c;
}

static double gl_density(double a, double z, double s)
{
    (void)z;
    return sine(a) * pow(expm1(s), a);
}

/* -- L1, sorted by states */
static double l1_lag(double a, double z, double j)
{
    (void)z;
    return -second_difference(1 - a, j);
}

static double l1_density(double a, double z, double s)
{
    (void)z;
    double x = 2 * sinh(s / 2);
    return (1 - a) / tgamma(a) * pow(s, a - 2) * x * x;
}

/* -- product rectangle; the explicit scheme is the implicit one, a lag later */
static double rect_lag(double a, double z, double j)
{
    (void)z;
    return difference(a, j) / tgamma(1 + a);
}

static double rect_density(double a, double z, double s)
{
    (void)z;
    return sine(a) * pow(s, -a - 1) * -expm1(-s);
}

static double late_rect_lag(double a, double z, double j)
{
    (void)z;
    return rect_lag(a, 0, j - 1);
}

static double late_rect_density(double a, double z, double s)
{
    (void)z;
    return sine(a) * pow(s, -a - 1) * expm1(s);
}

double fde_rect_start(double a, double k)
{
    return rect_lag(a, 0, k - 1);
}

/* -- product trapezoid */
static double trap_lag(double a, double z, double j)
{
    (void)z;
    return second_difference(1 + a, j) / tgamma(2 + a);
}

static double trap_density(double a, double z, double s)
{
    (void)z;
    double x = 2 * sinh(s / 2);
    return sine(a) * pow(s, -a - 2) * x * x;
}

double fde_trap_start(double a, double k)
{
    double p = 1 + a, scale = tgamma(2 + a);
    if (k < SERIES) {
        dd line = dd_mul(power(k, a), dd_sub(dd_of(k - 1), dd_of(a)));
        return dd_sub(dd_mul(power(k - 1, a), dd_of(k - 1)), line).hi / scale;
    }
    double term = -p / k, sum = 0; /* k^p ((1 - 1/k)^p - 1 + p/k) */
    for (int m = 2; m <= 16; m++) {
        term *= -(p - m + 1) / m / k;
        sum += term;
    }
    return pow(k, p) * sum / scale;
}

/* -- Mittag-Leffler; the spectrum of E_a(-z t^a) (Gorenflo and Mainardi 1997) times 1 - e^-s */
static double ml_lag(double a, double z, double j)
{
    return fsnn_mittag_leffler(a, 1, -z * pow(j, a)) -
           fsnn_mittag_leffler(a, 1, -z * pow(j + 1, a));
}

static double ml_density(double a, double z, double s)
{
    double p = pow(s, a);
    return sine(a) * z * p / s * -expm1(-s) /
           (p * p + 2 * z * p * cos(3.14159265358979323846 * a) + z * z);
}

static double plus(double a)
{
    return a;
}

static double minus(double a)
{
    return -a;
}

const fde_kernel fde_gl = {gl_lag, gl_density, plus};
const fde_kernel fde_l1 = {l1_lag, l1_density, plus};
const fde_kernel fde_rect_explicit = {late_rect_lag, late_rect_density, minus};
const fde_kernel fde_rect_implicit = {rect_lag, rect_density, minus};
const fde_kernel fde_trap = {trap_lag, trap_density, minus};
const fde_kernel fde_ml = {ml_lag, ml_density, plus};

void fde_mix_lags(const fde_kernel *kernel, const fde_mix *mix, int64_t n, double *w)
{
    for (int64_t j = 0; j <= n; j++)
        w[j] = 0;
    for (int m = 0; m < mix->terms; m++) {
        double a = mix->alpha[m], share = mix->share[m], c = a;
        for (int64_t j = 1; j <= n; j++) {
            if (kernel != &fde_gl)
                c = kernel->lag(a, mix->z, (double)j);
            else if (j > 1)
                c *= ((double)(j - 1) - a) / (double)j;
            w[j] += share * c;
        }
    }
}

/* Differences of powers. First differences through expm1 and log1p; second differences and the
 * tangent remainder by the binomial series from j = 16 on (relative error 1e-15; the naive form
 * loses j^2 eps), directly before. */
#include "frac/powers.h"

#include <math.h>

enum { FAR = 16 };

double frac_diff(double p, double j)
{
    return j == 0 ? 1 : pow(j, p) * expm1(p * log1p(1 / j));
}

double frac_diff_dp(double p, double j)
{
    if (j == 0)
        return 0;
    double l = log1p(1 / j);
    return pow(j, p) * (expm1(p * l) * log(j) + exp(p * l) * l);
}

/* sum_{m=first, first+stride, ...} C(p,m) x^m, and its derivative in p. */
static double binomial(double p, double x, int first, int stride, double *dp)
{
    double term = 1, dterm = 0, sum = 0, dsum = 0;
    for (int m = 1; m <= 18; m++) {
        double factor = (p - m + 1) / m * x;
        dterm = dterm * factor + term * x / m;
        term *= factor;
        if (m >= first && (m - first) % stride == 0) {
            sum += term;
            dsum += dterm;
        }
    }
    *dp = dsum;
    return sum;
}

static double power_log(double p, double j)
{
    return j == 0 ? 0 : pow(j, p) * log(j);
}

double frac_diff2(double p, double j)
{
    double d;
    if (j < FAR)
        return (pow(j + 1, p) - pow(j, p)) - (pow(j, p) - pow(j - 1, p));
    return 2 * pow(j, p) * binomial(p, 1 / j, 2, 2, &d);
}

double frac_diff2_dp(double p, double j)
{
    double d;
    if (j < FAR)
        return (power_log(p, j + 1) - power_log(p, j)) - (power_log(p, j) - power_log(p, j - 1));
    double sum = binomial(p, 1 / j, 2, 2, &d);
    return 2 * pow(j, p) * (log(j) * sum + d);
}

double frac_tangent(double p, double n)
{
    double d;
    if (n < FAR)
        return pow(n - 1, p) - pow(n, p) + p * pow(n, p - 1);
    return pow(n, p) * binomial(p, -1 / n, 2, 1, &d);
}

double frac_tangent_dp(double p, double n)
{
    double d;
    if (n < FAR)
        return power_log(p, n - 1) - power_log(p, n) + pow(n, p - 1) * (1 + p * log(n));
    double sum = binomial(p, -1 / n, 2, 1, &d);
    return pow(n, p) * (log(n) * sum + d);
}

/* Special functions: digamma by recurrence to x >= 10 and the asymptotic series (Abramowitz and
 * Stegun 6.3.5, 6.3.18); Dirichlet eta by the alternating-series acceleration of Borwein (2000),
 * algorithm 2. */
#include "frac/special.h"

#include <math.h>

double frac_digamma(double x)
{
    static const double B[] = {1.0 / 12,  -1.0 / 120,       1.0 / 252, -1.0 / 240,
                               1.0 / 132, -691.0 / 32760.0, 1.0 / 12};
    double sum = 0;
    for (; x < 10; x++)
        sum -= 1 / x;
    double y = 1 / (x * x), power = y, tail = 0;
    for (int i = 0; i < 7; i++, power *= y)
        tail += B[i] * power;
    return sum + log(x) - 0.5 / x - tail;
}

double frac_eta(double s)
{
    enum { N = 30 };
    double d[N + 1], term = 1.0 / N, sum = 0; /* d_k = N sum_{i<=k} (N+i-1)! 4^i / ((N-i)! (2i)!) */
    for (int i = 0; i <= N; i++) {
        sum += term;
        d[i] = N * sum;
        term *= 4.0 * (N + i) * (N - i) / ((2.0 * i + 1) * (2.0 * i + 2));
    }
    double eta = 0;
    for (int k = 0; k < N; k++)
        eta += (k % 2 ? -1 : 1) * (d[k] - d[N]) * pow(k + 1, -s);
    return -eta / d[N];
}

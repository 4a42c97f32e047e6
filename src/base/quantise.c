/* base/quantise.h. A scale m 2^-e for a largest weight a and integers up to n is found exactly: a
 * 2^e is a float whose exponent changed, m is a / n rounded up, and n m has at most 15 bits. */
#include "base/quantise.h"

#include <math.h>

float quantise_largest(const float *w, int64_t count)
{
    float largest = 0;
    for (int64_t i = 0; i < count; i++) {
        float size = fabsf(w[i]);
        largest = size > largest ? size : largest;
    }
    return largest;
}

quantise_scale quantise_scale_of(float largest, int bits)
{
    const int n = quantise_most(bits);
    int e = 7;
    if (!(largest > 0))
        return (quantise_scale){128, e};
    /* largest 2^e / n in (127, 255] */
    int power; /* largest / n is in 2^(power - 1) .. 2^power */
    frexp((double)largest / n, &power);
    for (e = 8 - power; ldexp(largest, e) > 255.0 * n;)
        e--;
    while (ldexp(largest, e) <= 127.0 * n)
        e++;
    e = e < QUANTISE_EXPONENT_MOST ? e : QUANTISE_EXPONENT_MOST;
    double m = ceil(ldexp(largest, e) / n);
    m = m * n < ldexp(largest, e) ? m + 1 : (m - 1) * n >= ldexp(largest, e) ? m - 1 : m;
    return (quantise_scale){m < 128 ? 128 : (int)m, e};
}

float quantise_scale_value(quantise_scale scale)
{
    return (float)ldexp(scale.mantissa, -scale.exponent);
}

int quantise_number(float w, quantise_scale scale, int bits)
{
    const int n = quantise_most(bits);
    double q = rint(w / ldexp(scale.mantissa, -scale.exponent));
    return q > n ? n : q < -n ? -n : (int)q;
}

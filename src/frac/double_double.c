/* Elementary functions in double-double: arguments are reduced by a constant and halvings, a Taylor
 * series is summed (its far terms, which matter to 15 digits only, in double), and the halvings are
 * undone by e^2x - 1 = 2 e + e^2 and the double angle, which keep relative accuracy near 0. The
 * logarithm and the arc tangent are one Newton step, in double-double, from the library's double.
 * About 150 operations each. */
#include "frac/double_double.h"

/* 1/k! */
static const dd inverse[] = {
    {1, 0},
    {1, 0},
    {0.5, 0},
    {0.16666666666666666, 9.25185853854297e-18},
    {0.041666666666666664, 2.3129646346357427e-18},
    {0.008333333333333333, 1.1564823173178714e-19},
    {0.001388888888888889, -5.300543954373577e-20},
    {0.0001984126984126984, 1.7209558293420705e-22},
    {2.48015873015873e-05, 2.1511947866775882e-23},
};

/* e^r - 1, |r| < 0.35 */
static dd near_expm1(dd r)
{
    enum { HALVINGS = 5 };
    dd t = dd_shift(r, 1.0 / (1 << HALVINGS));
    double x = t.hi, tail = 1 + x / 13;
    for (int k = 12; k > 6; k--)
        tail = 1 + x / k * tail;
    dd sum = dd_of(tail / 720);
    for (int k = 5; k > 0; k--)
        sum = dd_add(inverse[k], dd_mul(t, sum));
    dd e = dd_mul(t, sum);
    for (int i = 0; i < HALVINGS; i++)
        e = dd_add(dd_shift(e, 2), dd_mul(e, e));
    return e;
}

static dd power_of_two(dd x, int k)
{
    return (dd){ldexp(x.hi, k), ldexp(x.lo, k)};
}

/* 2^k (1 + the value) = e^x */
static dd reduced_expm1(dd x, int *k)
{
    double n = fabs(x.hi) < 0.34 ? 0 : rint(x.hi / DD_LN2.hi);
    *k = (int)n;
    return near_expm1(n == 0 ? x : dd_sub(x, dd_scale(DD_LN2, n)));
}

dd dd_expm1(dd x)
{
    if (x.hi < -80)
        return dd_of(-1);
    if (x.hi > 709.79)
        return dd_of(INFINITY);
    int k;
    dd e = reduced_expm1(x, &k);
    return k == 0 ? e : dd_sub(power_of_two(dd_add(dd_of(1), e), k), dd_of(1));
}

dd dd_exp(dd x)
{
    if (x.hi < -746)
        return dd_of(0);
    if (x.hi > 709.79)
        return dd_of(INFINITY);
    int k;
    dd e = reduced_expm1(x, &k);
    dd value = power_of_two(dd_add(dd_of(1), e), k);
    return isinf(value.hi) ? dd_of(value.hi) : value;
}

/* Sine and cosine less 1; |r| < 0.8. */
static void near_sincos(dd r, dd *sine, dd *cosine)
{
    enum { HALVINGS = 4 };
    dd t = dd_shift(r, 1.0 / (1 << HALVINGS)), q = dd_neg(dd_mul(t, t));
    double x = q.hi, odd = 1 + x / 210, even = 1 + x / 182;
    odd = (1 + x / 110 * (1 + x / 156 * odd)) / 362880;
    even = (1 + x / 132 * even) / 3628800;
    dd s = dd_of(odd), c = dd_of(even);
    for (int k = 7; k > 0; k -= 2)
        s = dd_add(inverse[k], dd_mul(q, s));
    for (int k = 8; k > 0; k -= 2)
        c = dd_add(inverse[k], dd_mul(q, c));
    s = dd_mul(t, s);
    c = dd_mul(q, c);
    for (int i = 0; i < HALVINGS; i++) {
        dd square = dd_mul(s, s);
        s = dd_shift(dd_add(s, dd_mul(s, c)), 2);
        c = dd_shift(square, -2);
    }
    *sine = s;
    *cosine = c;
}

/* x - n pi/2 within +-pi/4; returns n modulo 4. */
static int quadrant(dd *x)
{
    int quarter = 0;
    for (int round = 0; round < 3 && fabs(x->hi) > 0.7854; round++) { /* large n are rounded */
        double n = rint(x->hi / 1.5707963267948966);
        dd rest = dd_sub(*x, dd_product(n, 1.5707963267948966));
        rest = dd_sub(rest, dd_product(n, 6.123233995736766e-17));
        *x = dd_sub(rest, dd_of(n * -1.4973849048591698e-33));
        quarter += (int)fmod(n, 4);
    }
    return quarter & 3;
}

void dd_sincos(dd x, dd *sine, dd *cosine)
{
    int n = quadrant(&x);
    dd s, c;
    near_sincos(x, &s, &c);
    c = dd_add(dd_of(1), c);
    dd swapped = n & 1 ? c : s, other = n & 1 ? s : c;
    *sine = n & 2 ? dd_neg(swapped) : swapped;
    *cosine = n == 1 || n == 2 ? dd_neg(other) : other;
}

dd dd_log1p(dd x)
{
    double first = log1p(x.hi);
    dd e, d; /* (1 + x) e^-first - 1 */
    if (fabs(x.hi) < 0.5) {
        e = dd_expm1(dd_of(-first));
        d = dd_add(x, dd_add(e, dd_mul(x, e)));
    } else {
        e = dd_exp(dd_of(-first));
        d = dd_sub(dd_mul(dd_add(dd_of(1), x), e), dd_of(1));
    }
    return dd_add(dd_of(first), dd_sub(d, dd_of(d.hi * d.hi / 2)));
}

dd dd_log(double x)
{
    int k;
    double m = frexp(x, &k);
    if (m < 0.70710678) {
        m *= 2;
        k--;
    }
    return dd_add(dd_scale(DD_LN2, k), dd_log1p(dd_of(m - 1)));
}

dd dd_atan(dd x)
{
    double first = atan(x.hi);
    dd s, c;
    dd_sincos(dd_of(first), &s, &c);
    dd d = dd_div(dd_sub(dd_mul(x, c), s), dd_add(c, dd_mul(x, s)));
    return dd_add(dd_of(first), d);
}

dd_complex dd_cexp(dd_complex z)
{
    dd s, c, e = dd_exp(z.re);
    dd_sincos(z.im, &s, &c);
    return (dd_complex){dd_mul(e, c), dd_mul(e, s)};
}

dd_complex dd_cexpm1(dd_complex z)
{
    dd half, s, c, e = dd_expm1(z.re);
    dd_sincos(dd_shift(z.im, 0.5), &half, &c);
    s = dd_shift(dd_mul(half, c), 2);
    c = dd_shift(dd_mul(half, half), -2); /* cos(im) - 1 */
    return (dd_complex){dd_add(dd_add(e, c), dd_mul(e, c)), dd_add(s, dd_mul(e, s))};
}

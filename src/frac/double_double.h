/* frac/double_double.h: numbers of about 32 digits as unevaluated sums of two doubles (Dekker,
 * Numer. Math. 18 (1971) 224; Hida, Li and Bailey 2001). Needs nothing but IEEE double arithmetic,
 * so results are the same on every platform, however wide its long double. Relative errors of a few
 * 1e-32, of functions below 1e-28; overflow and arguments that are not finite are the caller's to
 * avoid. Compiled without contraction of products and sums, as all but kernels are. */
#ifndef FSNN_FRAC_DOUBLE_DOUBLE_H
#define FSNN_FRAC_DOUBLE_DOUBLE_H

#include <math.h>

typedef struct dd {
    double hi, lo; /* |lo| <= ulp(hi)/2 */
} dd;

typedef struct dd_complex {
    dd re, im;
} dd_complex;

#define DD_LN2 ((dd){0.6931471805599453, 2.3190468138462996e-17})
#define DD_PI ((dd){3.141592653589793116, 1.2246467991473531772e-16})

static inline dd dd_of(double x)
{
    return (dd){x, 0};
}

/* |a| >= |b| */
static inline dd dd_quick_sum(double a, double b)
{
    double s = a + b;
    return (dd){s, b - (s - a)};
}

static inline dd dd_sum(double a, double b)
{
    double s = a + b, t = s - a;
    return (dd){s, (a - (s - t)) + (b - t)};
}

static inline dd dd_product(double a, double b)
{
    double p = a * b;
#ifdef FP_FAST_FMA
    return (dd){p, fma(a, b, -p)};
#else
    const double split = 134217729; /* 2^27 + 1 */
    double ca = split * a, ah = ca - (ca - a), al = a - ah;
    double cb = split * b, bh = cb - (cb - b), bl = b - bh;
    return (dd){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
#endif
}

static inline dd dd_add(dd a, dd b)
{
    dd s = dd_sum(a.hi, b.hi), t = dd_sum(a.lo, b.lo);
    s = dd_quick_sum(s.hi, s.lo + t.hi);
    return dd_quick_sum(s.hi, s.lo + t.lo);
}

static inline dd dd_neg(dd a)
{
    return (dd){-a.hi, -a.lo};
}

static inline dd dd_sub(dd a, dd b)
{
    return dd_add(a, dd_neg(b));
}

static inline dd dd_mul(dd a, dd b)
{
    dd p = dd_product(a.hi, b.hi);
    return dd_quick_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static inline dd dd_scale(dd a, double b)
{
    dd p = dd_product(a.hi, b);
    return dd_quick_sum(p.hi, p.lo + a.lo * b);
}

/* b a power of two */
static inline dd dd_shift(dd a, double b)
{
    return (dd){a.hi * b, a.lo * b};
}

static inline dd dd_div(dd a, dd b)
{
    double q = a.hi / b.hi;
    dd rest = dd_sub(a, dd_scale(b, q));
    double r = rest.hi / b.hi;
    rest = dd_sub(rest, dd_scale(b, r));
    dd sum = dd_quick_sum(q, r);
    return dd_add(sum, dd_of(rest.hi / b.hi));
}

static inline dd dd_sqrt(dd a)
{
    if (!(a.hi > 0))
        return dd_of(0);
    double x = sqrt(a.hi);
    return dd_add(dd_of(x), dd_of(dd_sub(a, dd_product(x, x)).hi / (2 * x)));
}

static inline dd_complex dd_times(dd_complex a, dd_complex b)
{
    return (dd_complex){dd_sub(dd_mul(a.re, b.re), dd_mul(a.im, b.im)),
                        dd_add(dd_mul(a.re, b.im), dd_mul(a.im, b.re))};
}

/* Relative errors hold down to arguments near 0 for expm1, sin, log1p and atan. */
dd dd_expm1(dd x);
/* e^x; 0 below -745, infinity above 709.78 (lo 0 then). */
dd dd_exp(dd x);
/* log(1 + x), x > -1, and log x, x > 0 */
dd dd_log1p(dd x);
dd dd_log(double x);
dd dd_atan(dd x);
/* |x| < 1e19 */
void dd_sincos(dd x, dd *sine, dd *cosine);
/* e^z and e^z - 1; real parts within the range of dd_exp. Near 0 the error of e^z - 1 is relative,
 * elsewhere it is of the larger of 1 and |e^z|. */
dd_complex dd_cexp(dd_complex z);
dd_complex dd_cexpm1(dd_complex z);

#endif

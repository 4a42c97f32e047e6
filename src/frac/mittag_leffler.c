/* The Mittag-Leffler function of two parameters for real z,
 *
 *   E_{a,b}(z) = sum_k z^k / Gamma(a k + b) = 1/(2 pi i) int_C e^s s^(a-b)/(s^a - z) ds,
 *
 * by one way for all arguments: the trapezoidal rule, which converges geometrically, on the
 * parabola s = mu (1 + i u)^2 (Weideman and Trefethen, Math. Comp. 76 (2007) 1341; Garrappa, SIAM
 * J. Numer. Anal. 53 (2015) 1350). Two things make it hold everywhere:
 *
 *   mu grows with b, so that the parabola passes near the saddle of e^s s^-b at s = b, where the
 *   integrand is as small as 1/Gamma(b);
 *
 *   poles of the integrand, s = z^(1/a) for z > 0 and |z|^(1/a) e^(+-i pi/a) for z < 0, a > 1, may
 *   lie anywhere, also on the parabola: with R = s^(1-b) e^s/a,
 *
 *     E = h sum_k f(u_k) + sum_p R_p / (1 - e^(-2 pi i (u_p/h - d))),    u_k = (k + d) h,
 *
 *   is the rule without the error that the pole at u_p makes (Chiarella and Reichel, Math. Comp. 22
 *   (1968) 137): the residue for a pole far to the right of the parabola, nothing for one far to
 *   its left. d is 0 or 1/2, whichever keeps the nodes off the poles.
 *
 * Truncation is below 1e-19 of 1/Gamma(b). All arithmetic is double-double, which makes up for what
 * cancels (5 digits) and for the phase of oscillations. Cost: at most 27 nodes of one complex
 * exponential for b = 1, two for other b, five where b > 2.25: 10 to 40 microseconds. */
#include "frac/contour.h"

#include <fsnn/fde.h>

typedef struct problem {
    double a, b, z;
    const contour *c;
    int first; /* 0: d = 0, 1: d = 1/2 */
} problem;

typedef struct pole {
    dd_complex log, u; /* log s in the upper half plane, and where it lies on the parabola */
} pole;

static dd_complex rotated(dd_complex w, dd_complex log, dd power)
{
    return dd_times(w, dd_cexp((dd_complex){dd_mul(log.re, power), dd_mul(log.im, power)}));
}

/* weight s^a / (s^a - z), real part. s^a - z = (s^a - 1) + (1 - z) keeps its digits when both are
 * near 1. */
static dd term(const problem *p, const contour_node *n, dd rest)
{
    dd_complex d = dd_cexpm1((dd_complex){dd_scale(n->log.re, p->a), dd_scale(n->log.im, p->a)});
    dd_complex power = {dd_add(d.re, dd_of(1)), d.im}, w = dd_times(n->weight, power);
    if (p->b != p->c->power)
        w = rotated(w, n->log, dd_sub(dd_of(p->c->power), dd_of(p->b)));
    d.re = dd_add(d.re, rest);
    dd up = dd_add(dd_mul(w.re, d.re), dd_mul(w.im, d.im));
    return dd_div(up, dd_add(dd_mul(d.re, d.re), dd_mul(d.im, d.im)));
}

/* The rule, small terms first; the lower half plane doubles all terms but that on the real axis. */
static dd rule(const problem *p)
{
    dd sum = dd_of(0), rest = dd_sum(1, -p->z);
    int last = (p->c->count - 1 - p->first) / 2 * 2 + p->first;
    for (int k = last; k >= 0; k -= 2) {
        dd value = term(p, &p->c->node[k], rest);
        sum = dd_add(sum, k ? dd_shift(value, 2) : value);
    }
    return dd_mul(sum, p->c->scale);
}

/* 1 + iu = sqrt(s/mu) */
static pole find(double a, double z, const contour *c)
{
    dd angle = z > 0 ? dd_of(0) : dd_div(DD_PI, dd_of(a));
    pole p = {.log = {dd_div(dd_log(fabs(z)), dd_of(a)), angle}};
    dd_complex half = {dd_shift(dd_sub(p.log.re, dd_log(c->mu)), 0.5), dd_shift(angle, 0.5)};
    dd_complex root = dd_cexp(half);
    p.u = (dd_complex){root.im, dd_sub(dd_of(1), root.re)};
    return p;
}

/* log R */
static dd_complex strength(const problem *p, const pole *pole)
{
    dd x = dd_exp(pole->log.re), power = dd_sub(dd_of(1), dd_of(p->b));
    dd sine = dd_of(0), cosine = dd_of(1);
    if (p->z < 0) { /* the angle pi/a less pi/2, for a real part that is exact at a = 2 */
        dd_sincos(dd_div(dd_scale(DD_PI, 2 - p->a), dd_of(2 * p->a)), &cosine, &sine);
        cosine = dd_neg(cosine);
    }
    dd_complex r = {dd_mul(x, cosine), dd_mul(x, sine)};
    r.re = dd_add(r.re, dd_sub(dd_mul(power, pole->log.re), dd_log(p->a)));
    r.im = dd_add(r.im, dd_mul(power, pole->log.im));
    return r;
}

/* R / (1 - e^w), w = -2 pi i (u/h - d), of all poles; log R is given. */
static double share(const problem *p, const pole *pole, dd_complex r)
{
    dd rate = dd_div(dd_shift(DD_PI, 2), dd_of(p->c->h));
    dd_complex w = {dd_mul(rate, pole->u.im),
                    dd_sub(p->first ? DD_PI : dd_of(0), dd_mul(rate, pole->u.re))};
    if (w.re.hi > 0) { /* = e^(log R - w + pi i) / (1 - e^-w), where nothing overflows */
        w = (dd_complex){dd_neg(w.re), dd_neg(w.im)};
        r = (dd_complex){dd_add(r.re, w.re), dd_add(r.im, dd_add(w.im, DD_PI))};
    }
    if (r.re.hi > 709.79)
        return INFINITY;
    int power = r.re.hi > 600 ? 200 : 0; /* of two; products want room below the largest double */
    r.re = dd_sub(r.re, dd_scale(DD_LN2, power));
    dd_complex away = dd_cexp(w), conjugate = {dd_sub(dd_of(1), away.re), away.im};
    dd size = dd_add(dd_mul(conjugate.re, conjugate.re), dd_mul(conjugate.im, conjugate.im));
    dd value = dd_div(dd_times(dd_cexp(r), conjugate).re, size);
    return ldexp((p->z < 0 ? 2 : 1) * (value.hi + value.lo), power);
}

/* A phase beyond it has lost the digits that a result needs. */
static const double LONGEST_PHASE = 1e15;

/* What the poles add; chooses d. */
static double poles(problem *p)
{
    const double far = 600; /* |log s| */
    double log_x = log(fabs(p->z)) / p->a;
    p->first = 1;
    if ((p->z < 0 && p->a <= 1) || log_x < -far)
        return 0;
    if (log_x > far)
        return p->z > 0 ? INFINITY : 0;
    pole pole = find(p->a, p->z, p->c);
    if (!(pole.u.im.hi < contour_strip(p->c, p->b)))
        return 0;
    /* a node at u = 0 would meet a pole there; the poles of a pair are met at any u */
    if (p->z < 0 && cos(2 * DD_PI.hi * pole.u.re.hi / p->c->h) < 0)
        p->first = 0;
    dd_complex r = strength(p, &pole);
    if (r.re.hi < -800)
        return 0;
    if (fabs(r.im.hi) > LONGEST_PHASE)
        return r.re.hi < log(1e-15) ? 0 : NAN;
    return share(p, &pole, r);
}

static double value(double a, double b, double z)
{
    const double largest = 1e100; /* beyond it the integrand is as 1/z to all digits */
    contour place;
    problem p = {.a = a, .b = b, .z = z, .c = contour_of(b, &place)};
    double far = poles(&p);
    if (p.c->scale.hi == 0 || !isfinite(far))
        return far;
    if (!p.c->full)
        contour_fill(&place, p.first);
    p.z = fmin(fmax(z, -largest), largest);
    dd near = rule(&p);
    if (p.z != z)
        near = dd_scale(near, p.z / z);
    near = dd_add(near, dd_of(far));
    return near.hi + near.lo;
}

/* For b beyond 1e15 all that is left is the pole, e^x x^(1-b): nothing or out of range. */
static double extreme(double a, double b, double z)
{
    double log_x = z > 0 ? log(z) / a : 0;
    return log_x > 1 && log_x > log(b) + log(log_x) ? INFINITY : 0;
}

double fsnn_mittag_leffler(double alpha, double beta, double z)
{
    const double least = 1e-30;
    if (!(alpha > 0 && alpha <= 2) || !(beta > 0 && isfinite(beta)) || isnan(z))
        return NAN;
    if (z == 0)
        return 1 / tgamma(beta);
    if (alpha == 1 && beta == 1)
        return exp(z);
    if (isinf(z))
        return z > 0 ? INFINITY : alpha < 2 || beta > 1 ? 0 : NAN;
    if (alpha == 1 && beta == 2)
        return expm1(z) / z;
    if (beta > 1e15)
        return extreme(alpha, beta, z);
    if (alpha < least) /* 1/(1 - z) / Gamma(b), and about 1/a at z = 1 */
        return value(least, beta, z) * (z == 1 ? least / alpha : 1);
    return value(alpha, beta, z);
}

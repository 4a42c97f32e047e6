/* The Mittag-Leffler function of two parameters for real z:
 *
 *   E_{a,b}(z) = sum_k z^k / Gamma(a k + b).
 *
 * With x = |z|^(1/a), the growth of E is that of e^x. Three ways, each knowing its own error:
 *
 *   series       z > 0 for x up to 40 (no cancellation); z < 0 while the largest term loses fewer
 *                digits than there are to spare
 *   asymptotic   residues (x^(1-b)/a e^s at the poles s = z^(1/a)) less
 *                sum_{k>=1} z^-k / Gamma(b - a k), x from 38 on
 *   contour      inverse Laplace transform of s^(a-b)/(s^a - z) at 1 on a parabola with the
 *                parameters of Garrappa, SIAM J. Numer. Anal. 53 (2015) 1350; what is left between
 *                the two: z < 0, 6 < x < 40
 *
 * All in long double: where that is no more than double, the contour takes over earlier. Cost: 20
 * to 200 evaluations of a Gamma function or an exponential (series with small a: about 200/a). */
#include <fsnn/fde.h>

#include <complex.h>
#include <float.h>
#include <math.h>

typedef long double real;
typedef long double complex cplx;

static const real PI = 3.14159265358979323846264338327950288L;
static const real TARGET = 1e-16L; /* of the value, or absolute where the value is small */

/* 1/Gamma(x) for every real x: 0 at the poles. */
static real rgamma(real x)
{
    if (x > 1700)
        return 0;
    if (x > 0.5L)
        return 1 / tgammal(x);
    real nearest = roundl(x), sign = fmodl(nearest, 2) == 0 ? 1 : -1;
    if (1 - x > 1700)
        return NAN; /* not reached: the asymptotic sum has ended long before */
    return sign * sinl(PI * (x - nearest)) / PI * tgammal(1 - x);
}

/* False when too many digits would be lost. */
static bool series(real a, real b, real z, double *value)
{
    real sum = 0, largest = 0, power = 1, x = powl(fabsl(z), 1 / a);
    for (int k = 0;; k++) {
        real term = power * rgamma(a * k + b);
        sum += term;
        largest = fmaxl(largest, fabsl(term));
        if (a * k + b > x + 2 && fabsl(term) <= 1e-22L * fabsl(sum) + 1e-30L)
            break;
        if (a * k > 1600)
            return false;
        power *= z;
        if (largest * LDBL_EPSILON * 8 > TARGET * 8 && z < 0)
            return false;
    }
    *value = (double)sum;
    return true;
}

/* Residues at the poles s = z^(1/a) that lie inside |arg s| < pi: (1/a) s^(1-b) e^s. */
static real residues(real a, real b, real z, real x)
{
    if (z > 0)
        return expl(x + (1 - b) * logl(x)) / a;
    if (a <= 1)
        return 0;
    real angle = PI / a; /* a conjugate pair */
    return 2 / a * powl(x, 1 - b) * expl(x * cosl(angle)) * cosl(x * sinl(angle) + (1 - b) * angle);
}

/* False when the terms start to grow before they are small enough. */
static bool asymptotic(real a, real b, real z, real x, double *value)
{
    if (x < 38)
        return false;
    real pole = residues(a, b, z, x), sum = 0, power = 1, last = INFINITY;
    for (int k = 1;; k++) {
        power /= z;
        real y = b - a * k;
        /* a bound without the zeros of 1/Gamma at 0, -1, ... */
        real bound = fabsl(power) * (y > 0.5L ? fabsl(rgamma(y)) : tgammal(1 - y) / PI);
        if (bound <= TARGET / 16 * fabsl(pole + sum) || bound <= 1e-25L)
            break;
        if (y < 0 && bound > last)
            return false;
        last = bound;
        sum -= power * rgamma(y);
    }
    *value = (double)(pole + sum);
    return true;
}

/* The parabola  s(u) = mu (1 + i u)^2,  u = -N h .. N h. */
typedef struct parabola {
    real mu, h;
    int n; /* 0: none */
} parabola;

#define LOG_EPSILON logl((real)LDBL_EPSILON)

/* To the right of every singularity but for the origin branch point (phi = 0); p its strength.
 * Algorithm OptimalParam_RU. */
static parabola unbounded(real phi, real p, real log_tolerance)
{
    const real wanted = 5;
    real phibar = phi > 0 ? phi * 1.01L : 0.01L, root = sqrtl(phibar), root_mu, A, n;
    for (int i = 0;; i++) {
        real ratio = log_tolerance / phibar;
        n = ceill(phibar / PI * (1 - 1.5L * ratio + sqrtl(1 - 2 * ratio)));
        A = PI * n / phibar;
        root_mu = root * fabsl(4 - A) / fabsl(7 - sqrtl(1 + 12 * A));
        real f = powl((root - sqrtl(phi)) / root_mu, -p);
        if (p < 1e-14L || (f > 1 && f < 10) || i == 100)
            break;
        root = powl(wanted, -1 / p) * root_mu + sqrtl(phi);
        phibar = root * root;
    }
    parabola out = {root_mu * root_mu, (-3 * A - 2 + 2 * sqrtl(1 + 12 * A)) / (4 - A) / n, (int)n};
    real threshold = log_tolerance - LOG_EPSILON; /* beyond it e^mu makes rounding visible */
    if (out.mu <= threshold)
        return out;
    real q = p < 1e-14L ? 0 : powl(wanted, -1 / p) * root_mu;
    phibar = (q + sqrtl(phi)) * (q + sqrtl(phi));
    if (phibar >= threshold)
        return (parabola){0};
    real w = sqrtl(LOG_EPSILON / (LOG_EPSILON - log_tolerance)), u = sqrtl(-phibar / LOG_EPSILON);
    n = ceill(w * log_tolerance / (2 * PI) / (u * w - 1));
    return (parabola){threshold, w / n, (int)n};
}

/* Between the branch point at the origin (strength p) and a simple pole at phi. Algorithm
 * OptimalParam_RB, lower end 0. */
static parabola bounded(real phi, real p, real log_tolerance)
{
    real f_max = expl(log_tolerance - LOG_EPSILON), upper = sqrtl(phi);
    upper = fminl(upper, 2 * sqrtl(log_tolerance - LOG_EPSILON));
    real lo, hi, f;
    if (p < 1e-14L) {
        f = 1.01L + 1.01L / f_max * (f_max - 1.01L);
        lo = 0;
        hi = 2 * upper / (2 + 1 / f);
    } else {
        real f_min = fmaxl(1.01L * powl(upper, 1 - fmaxl(p, 1)), 1.5L);
        if (f_min >= f_max)
            return (parabola){0};
        f = f_min + f_min / f_max * (f_max - f_min);
        real fp = powl(f, -1 / p), fq = 1 / f, w = -phi / log_tolerance;
        real den = 2 + w - (1 + w) * fp + fq;
        lo = fp * upper / den;
        hi = (2 + w - (1 + w) * fp) * upper / den;
    }
    log_tolerance -= logl(f);
    real w = -hi * hi / log_tolerance, mean = (1 + w) * lo + hi;
    real mu = mean / (2 + w) * (mean / (2 + w)), h = -2 * PI / log_tolerance * (hi - lo) / mean;
    return (parabola){mu, h, (int)ceill(sqrtl(1 - log_tolerance / mu) / h)};
}

/* h/(2 pi i) sum e^s F(s) s'(u); the two halves are conjugate. */
static real integrate(parabola c, real a, real b, real z)
{
    real sum = 0;
    for (int k = c.n; k >= 0; k--) {
        real u = c.h * k;
        cplx root = 1 + I * u, s = c.mu * root * root, ds = 2 * c.mu * (I - u), logs = clogl(s);
        cplx value = cexpl(s + (a - b) * logs) / (cexpl(a * logs) - z) * ds;
        sum += (k ? 2 : 1) * cimagl(value);
    }
    return sum * c.h / (2 * PI);
}

/* Poles at x e^(+-i pi/a) for 1 < a: the contour passes left of them (and adds residues) or right,
 * whichever is cheaper. */
static double contour(real a, real b, real z, real x)
{
    real p = fmaxl(0, -2 * (a - b + 1)), phi = a > 1 ? x * (1 + cosl(PI / a)) / 2 : 0;
    bool poles = phi > 1e-15L;
    for (real log_tolerance = logl(fmaxl(LDBL_EPSILON * 4, 1e-18L));; log_tolerance += logl(10)) {
        parabola left = {0}, right = {0};
        if (poles)
            left = bounded(phi, p, log_tolerance);
        if (!poles || phi < log_tolerance - LOG_EPSILON)
            right = unbounded(poles ? phi : 0, poles ? 1 : p, log_tolerance);
        bool on_left = left.n > 0 && (right.n <= 0 || left.n <= right.n);
        parabola best = on_left ? left : right;
        if ((best.n > 0 && best.n <= 300) || log_tolerance > logl(1e-10L))
            return (double)(integrate(best, a, b, z) + (on_left ? residues(a, b, z, x) : 0));
    }
}

/* alpha 1 and 2 with beta 1 and 2. */
static bool closed_form(double a, double b, double z, double *value)
{
    if (a == 1 && b == 1)
        *value = exp(z);
    else if (a == 1 && b == 2)
        *value = z == 0 ? 1 : expm1(z) / z;
    else if (a == 2 && b == 1)
        *value = (double)(z < 0 ? cosl(sqrtl(-(real)z)) : coshl(sqrtl(z)));
    else if (a == 2 && b == 2 && z != 0)
        *value =
            (double)(z < 0 ? sinl(sqrtl(-(real)z)) / sqrtl(-(real)z) : sinhl(sqrtl(z)) / sqrtl(z));
    else
        return false;
    return true;
}

double fsnn_mittag_leffler(double alpha, double beta, double z)
{
    if (!(alpha > 0 && alpha <= 2) || !(beta > 0 && isfinite(beta)) || isnan(z))
        return NAN;
    double value;
    if (z == 0)
        return (double)rgamma(beta);
    if (closed_form(alpha, beta, z, &value))
        return value;
    if (isinf(z))
        return z > 0 ? INFINITY : alpha < 2 || beta > 1 ? 0 : NAN;
    real x = powl(fabsl((real)z), 1 / (real)alpha);
    if ((z > 0 ? x < 40 : x < 20) && series(alpha, beta, z, &value))
        return value;
    if (asymptotic(alpha, beta, z, x, &value))
        return value;
    return contour(alpha, beta, z, x);
}

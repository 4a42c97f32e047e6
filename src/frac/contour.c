/* A parabola for each b, and its nodes.
 *
 * The rule of step h loses what the integrand is on the lines Im u = -d and d, times e^(-2 pi d/h).
 * There |e^s s^-b| is largest at the vertex, s = mu v^2, with v = 1 + d on the right and v = 1 - d
 * on the left, where the branch point at the origin bounds it. The lines that lose least are the
 * roots v of  mu v -+ b/v = pi/h.  h is the largest step for which both losses, and the ends that
 * are left out, stay below e^-DIGITS of 1/Gamma(b). mu = b + 6.5 needs the fewest nodes, 14 to 27
 * for any b (found by search; flat around it).
 *
 * Up to b = SHARED one parabola serves all. Its nodes are worked out once and kept. */
#include "frac/contour.h"

#include <stdatomic.h>

static const double DIGITS = 46, SHARED = 2.25, SHARED_MU = 7, LEAST = 0.5;
static const double PI = 3.14159265358979323846;

/* To 0.02, for b >= 1/2: Stirling's formula. */
static double log_gamma(double b)
{
    return (b - 0.5) * log(b) - b + 0.919 + 1 / (12 * b);
}

/* Log of |e^s s^-b| at s = mu v^2, as a share of 1/Gamma(b). */
static double height(double mu, double b, double v)
{
    return mu * v * v - b * (2 * log(v) + log(mu)) + log_gamma(b);
}

/* Best lines on the left and on the right. */
static double left(double mu, double b, double h)
{
    double q = PI / h;
    return 2 * b / (q + sqrt(q * q + 4 * mu * b));
}

static double right(double mu, double b, double h)
{
    double q = PI / h;
    return (q + sqrt(q * q + 4 * mu * b)) / (2 * mu);
}

static bool fine_enough(double mu, double b, double h)
{
    double v = left(mu, b, h), w = right(mu, b, h), rate = 2 * PI / h;
    return height(mu, b, v) - rate * (1 - v) <= -DIGITS &&
           height(mu, b, w) - rate * (w - 1) <= -DIGITS;
}

/* h sqrt(b + 12) lies between 0.2 and 0.5. */
static double spacing(double mu, double b)
{
    double lo = 0.2 / sqrt(b + 12), hi = 0.5 / sqrt(b + 12);
    for (int i = 0; i < 16; i++) {
        double h = (lo + hi) / 2;
        if (fine_enough(mu, b, h))
            lo = h;
        else
            hi = h;
    }
    return lo;
}

/* The last u that counts: |s| = mu (1 + u^2) and Re s = mu (1 - u^2). */
static double reach(double mu, double b)
{
    double lo = 0, hi = 4;
    for (int i = 0; i < 16; i++) {
        double u = (lo + hi) / 2, square = u * u;
        if (mu * (1 - square) - b * (log1p(square) + log(mu)) + log_gamma(b) > -DIGITS)
            lo = u;
        else
            hi = u;
    }
    return hi;
}

static contour_node node_at(const contour *c, double u)
{
    dd square = dd_product(u, u);
    dd_complex root = {dd_shift(dd_log1p(square), 0.5), dd_atan(dd_of(u))}; /* log(1 + iu) */
    dd power = dd_sub(dd_of(1), dd_scale(dd_of(c->power), 2));
    dd_complex log_s = {dd_add(dd_log(c->mu), dd_shift(root.re, 2)), dd_shift(root.im, 2)};
    dd_complex e = {dd_sub(dd_mul(power, root.re), dd_scale(square, c->mu)),
                    dd_add(dd_mul(power, root.im), dd_product(2 * u, c->mu))};
    return (contour_node){log_s, dd_cexp(e)};
}

void contour_fill(contour *c, int first)
{
    for (int k = first; k < c->count; k += 2)
        c->node[k] = node_at(c, k * (c->h / 2));
}

/* e^mu mu^-power h mu/pi */
static dd scale(const contour *c)
{
    dd e = dd_sub(dd_of(c->mu), dd_scale(dd_log(c->mu), c->power));
    return dd_div(dd_mul(dd_exp(e), dd_product(c->h, c->mu)), DD_PI);
}

static void plan(contour *c, double mu, double power, double h, double u)
{
    c->mu = mu;
    c->h = (float)h; /* so that the nodes k h/2 are exact: the rule wants them evenly spaced */
    c->power = power;
    c->scale = scale(c);
    c->count = (int)fmin(ceil(2 * u / h) + 1, CONTOUR_NODES);
    c->full = false;
}

/* What all b up to SHARED share: the step that the largest wants and the reach of the smallest. */
static void fill_shared(contour *c)
{
    plan(c, SHARED_MU, 1, spacing(SHARED_MU, SHARED), reach(SHARED_MU, LEAST));
    contour_fill(c, 0);
    contour_fill(c, 1);
    c->full = true;
}

/* The first caller fills the contour that is kept; one that comes meanwhile fills its own. */
static const contour *shared(contour *place)
{
    enum { EMPTY, FILLING, READY };
    static contour kept;
    static atomic_int state;
    int seen = atomic_load_explicit(&state, memory_order_acquire);
    if (seen == READY)
        return &kept;
    if (seen == EMPTY && atomic_compare_exchange_strong(&state, &seen, FILLING)) {
        fill_shared(&kept);
        atomic_store_explicit(&state, READY, memory_order_release);
        return &kept;
    }
    fill_shared(place);
    return place;
}

const contour *contour_of(double b, contour *place)
{
    if (b <= SHARED)
        return shared(place);
    double mu = b + 6.5;
    plan(place, mu, b, spacing(mu, b), reach(mu, b));
    return place;
}

double contour_strip(const contour *c, double b)
{
    return 1 - left(c->mu, fmax(b, LEAST), c->h);
}

/* data/interpolate_taps.c: the methods that are linear in the samples, as weights of at most four
 * of them.
 *
 * Cubic: with H = t_{i+1} - t_i, u = (t - t_i)/H and slopes d, the Hermite cubic
 *
 *   x(t) = h00 x_i + h10 H d_i + h01 x_{i+1} + h11 H d_{i+1};
 *
 * d_j is the slope at t_j of the parabola through the samples j-1, j, j+1, for any spacing the
 * tangent of Catmull-Rom (P. J. Barry, R. N. Goldman 1988). */
#include "data/interpolate.h"

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
    return value > most ? most : value < least ? least : value;
}

/* The number of the interval that holds t. */
static int64_t interval(const series *s, int64_t group, double t)
{
    return clamp(series_locate(s, group, t), 0, s->n - 2);
}

void taps_hold(const series *s, int64_t group, double t, taps *out)
{
    *out = (taps){.first = series_locate(s, group, t), .count = 1, .weight = {1}};
}

void taps_nearest(const series *s, int64_t group, double t, taps *out)
{
    int64_t i = interval(s, group, t);
    bool later = series_time(s, i + 1, group) - t < t - series_time(s, i, group);
    *out = (taps){.first = i + later, .count = 1, .weight = {1}};
}

void taps_linear(const series *s, int64_t group, double t, taps *out)
{
    int64_t i = interval(s, group, t);
    double from = series_time(s, i, group), u = (t - from) / (series_time(s, i + 1, group) - from);
    *out = (taps){.first = i, .count = 2, .weight = {1 - u, u}};
}

/* Adds scale * d_j to the weights; p holds the times of the taps in units of H, so that d comes out
 * times H. */
static void add_slope(const series *s, int64_t j, double scale, const double *p, taps *out)
{
    int first = (int)(clamp(j - 1, 0, s->n - 3) - out->first), middle = (int)(j - out->first);
    for (int k = first; k < first + 3; k++) {
        if (k == middle)
            continue;
        int other = 3 * first + 3 - k - middle; /* the three numbers sum to 3 first + 3 */
        double slope = (p[middle] - p[other]) / ((p[k] - p[other]) * (p[k] - p[middle]));
        out->weight[k] += scale * slope;
        out->weight[middle] -= scale * slope; /* the slope of a constant is 0 */
    }
}

void taps_cubic(const series *s, int64_t group, double t, taps *out)
{
    if (s->n < 3) {
        taps_linear(s, group, t, out);
        return;
    }
    int64_t i = interval(s, group, t);
    double from = series_time(s, i, group), H = series_time(s, i + 1, group) - from;
    double u = (t - from) / H, v = 1 - u, p[INTERPOLATE_TAPS];
    int count = s->n < INTERPOLATE_TAPS ? (int)s->n : INTERPOLATE_TAPS;
    *out = (taps){.first = clamp(i - 1, 0, s->n - count), .count = count};
    for (int k = 0; k < count; k++)
        p[k] = (series_time(s, out->first + k, group) - from) / H;
    out->weight[i - out->first] = (1 + 2 * u) * v * v;
    out->weight[i - out->first + 1] = u * u * (1 + 2 * v);
    add_slope(s, i, u * v * v, p, out);
    add_slope(s, i + 1, -u * u * v, p, out);
}

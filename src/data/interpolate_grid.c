/* data/interpolate_grid.c: the times of a solver within the stamps of its input. */
#include "data/interpolate.h"

#include <float.h>
#include <math.h>

enum { MOST_STEPS = 1000000000 };

/* How far a time near t may be off: by 1e-9 of a step, and by the rounding of the stamps. */
static double slack(double h, double rounding, double t)
{
    return 1e-9 * h + fmax(rounding, 2 * DBL_EPSILON) * fabs(t);
}

static fsnn_status check(int64_t n, const double *times, int64_t B, bool per_sample, double h,
                         double rounding)
{
    FSNN_TRY(stamps_check(n, times, B, per_sample));
    if (!(h > 0) || !isfinite(h))
        return fsnn_fail(FSNN_EARGUMENT, "the step size is %g; it must be above 0 and finite", h);
    if (!(rounding >= 0 && rounding < 1))
        return fsnn_fail(
            FSNN_EARGUMENT,
            "the relative rounding of the stamps is %g; it must be at least 0 and below 1",
            rounding);
    return FSNN_OK;
}

int64_t fsnn_interpolate_steps(int64_t n, const double *times, int64_t B, bool per_sample, double h,
                               double rounding)
{
    FSNN_TRY(check(n, times, B, per_sample, h, rounding));
    double most = 0;
    for (int64_t groups = per_sample ? B : 1, g = 0; g < groups; g++) {
        double first = times[g], last = times[(n - 1) * groups + g];
        double off = slack(h, rounding, fmax(fabs(first), fabs(last)));
        most = fmax(most, floor((last - first + off) / h) + 1);
    }
    if (!(most <= MOST_STEPS))
        return fsnn_fail(
            FSNN_EARGUMENT,
            "steps of %g over the stamps are %.6g steps, at most %d can be: take a larger "
            "step",
            h, most, MOST_STEPS);
    return (int64_t)most;
}

/* t, or the stamp it stands for. */
static double settle(const series *s, int64_t group, double t, double h, double rounding)
{
    int64_t i = series_locate(s, group, t);
    for (int64_t k = i; k < s->n && k < i + 2; k++) {
        double stamp = series_time(s, k, group);
        if (fabs(stamp - t) <= slack(h, rounding, t))
            return stamp;
    }
    return t;
}

fsnn_status fsnn_interpolate_grid(int64_t n, const double *times, int64_t B, bool per_sample,
                                  double h, double rounding, int64_t steps, double *grid)
{
    FSNN_TRY(check(n, times, B, per_sample, h, rounding));
    if (!grid || steps < 1)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_interpolate_grid needs somewhere to write at least one step (steps "
                         "%lld)",
                         (long long)steps);
    series s = {.n = n, .times = times, .groups = per_sample ? B : 1};
    for (int64_t k = 0; k < steps; k++)
        for (int64_t g = 0; g < s.groups; g++)
            grid[k * s.groups + g] = settle(&s, g, times[g] + (double)k * h, h, rounding);
    return FSNN_OK;
}

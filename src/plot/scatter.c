/* plot/scatter.c: answers of a regression over what they should be; on the diagonal they are right.
 */
#include <fsnn/plot.h>

#include "base/base.h"

#include <math.h>

/* Of both axes, which are the same. */
static void range(int64_t count, const double *a, const double *b, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (int64_t i = 0; i < count; i++)
        if (isfinite(a[i]) && isfinite(b[i])) {
            *low = fmin(*low, fmin(a[i], b[i]));
            *high = fmax(*high, fmax(a[i], b[i]));
        }
    if (!(*low <= *high))
        *low = 0, *high = 1;
    double margin = *high > *low ? 0.03 * (*high - *low) : 0.5;
    *low -= margin;
    *high += margin;
}

static fsnn_status draw(const char *title, const char *subtitle, int64_t count, const double *truth,
                        const double *answer, const char *path)
{
    enum { HEIGHT = 860 };
    double low, high;
    range(count, truth, answer, &low, &high);
    const double ends[] = {low, high};
    const fsnn_curve curve[] = {
        {.name = "answers",
         .mark = FSNN_MARK_POINTS,
         .colour = 1,
         .count = count,
         .x = truth,
         .y = answer},
        {.name = "right", .mark = FSNN_MARK_LIMIT, .colour = 2, .count = 2, .x = ends, .y = ends}};
    const fsnn_chart chart = {.heading = "",
                              .x_label = "truth",
                              .y_label = "answer of the network",
                              .x_low = low,
                              .x_high = high,
                              .y_low = low,
                              .y_high = high,
                              .legend = FSNN_LEGEND_ABOVE,
                              .height = HEIGHT,
                              .curves = FSNN_COUNT(curve),
                              .curve = curve};
    return fsnn_plot_charts(title, subtitle, 1, 1, &chart, path);
}

fsnn_status fsnn_plot_scatter(const char *title, const char *subtitle, int64_t count,
                              const float *truth, const float *answer, const char *path)
{
    if (count < 1 || !truth || !answer)
        return fsnn_fail(FSNN_EARGUMENT,
                         "a scatter plot needs pairs of truth and answer, but got %lld%s",
                         (long long)count, truth && answer ? "" : " and no numbers");
    double *both = fsnn_alloc(2 * (size_t)count * sizeof *both);
    if (!both)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < count; i++) {
        both[i] = truth[i];
        both[count + i] = answer[i];
    }
    fsnn_status status = draw(title, subtitle, count, both, both + count, path);
    fsnn_free(both);
    return status;
}

/* cli/histogram.c: how numbers are spread, as a curve of steps. */
#include "cli/cli.h"

#include <math.h>

fsnn_curve cli_histogram(const double *value, int64_t count, int bins, double least, double *x,
                         double *y)
{
    double low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < count; i++) {
        low = fmin(low, value[i]);
        high = fmax(high, value[i]);
    }
    double width = high > low ? (high - low) / bins : least;
    for (int b = 0; b <= bins; b++)
        x[b] = low + b * width;
    x[bins + 1] = x[bins];
    for (int64_t i = 0; i < count; i++) {
        int b = (int)((value[i] - low) / width);
        y[1 + (b < bins ? b : bins - 1)]++;
    }
    return (fsnn_curve){.mark = FSNN_MARK_STEPS, .colour = 1, .count = bins + 2, .x = x, .y = y};
}

/* plot/axis.c: ranges and tic distances that stay sensible for one value, none, or not a number. */
#include "plot/figure.h"

#include <math.h>

fsnn_range fsnn_range_none(void)
{
    return (fsnn_range){INFINITY, -INFINITY};
}

void fsnn_range_add(fsnn_range *range, double value)
{
    if (!isfinite(value))
        return;
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
}

bool fsnn_range_empty(const fsnn_range *range)
{
    return range->low > range->high;
}

fsnn_range fsnn_range_padded(fsnn_range range)
{
    if (fsnn_range_empty(&range))
        return (fsnn_range){0.0, 1.0};
    double size = fmax(fabs(range.low), fabs(range.high));
    double capacity = 0.06 * (range.high - range.low);

    /* what differs by rounding only is one value: a tenth of it on both sides */
    if (range.high - range.low <= 1e-6 * size)
        capacity = size > 0 ? 0.1 * size : 1.0;
    return (fsnn_range){range.low - capacity, range.high + capacity};
}

double fsnn_axis_step(double length, int most)
{
    double least = length / most;

    if (!(least > 0) || !isfinite(least))
        return 1.0;
    double power = pow(10.0, floor(log10(least)));
    double factor = least / power;
    /* a little slack: 0.30000000000000004 / 3 is one tenth */
    return power * (factor <= 1.0000001   ? 1
                    : factor <= 2.0000001 ? 2
                    : factor <= 5.0000001 ? 5
                                          : 10);
}

int64_t fsnn_axis_whole_step(int64_t length, int most)
{
    double step = fsnn_axis_step((double)length, most);

    return step < 1 ? 1 : (int64_t)llround(step);
}

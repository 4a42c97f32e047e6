/* plot/log_axis.c: tics of logarithmic axes: powers of ten where there are enough of them; on
 * shorter axes 1, 2 and 5 times these, and on the shortest even distances, so that never a single
 * number has to tell the scale. */
#include "plot/figure.h"

#include <math.h>

/* Tics 1, 2, 5, 10, ... times `power` that lie on the axis; written out with `f`, else counted. */
static int one_two_five(fsnn_figure *f, fsnn_range range)
{
    static const double factor[] = {1, 2, 5};
    int count = 0;

    for (int p = (int)floor(log10(range.low)); p <= (int)floor(log10(range.high)); p++)
        for (int i = 0; i < FSNN_COUNT(factor); i++) {
            double at = factor[i] * pow(10, p);
            if (at < range.low || at > range.high)
                continue;
            if (f)
                fprintf(f->script, "%s%.9g", count ? ", " : "", at);
            count++;
        }
    return count;
}

static void even(fsnn_figure *f, fsnn_range range)
{
    double step = fsnn_axis_step(range.high - range.low, 4);
    const char *comma = "";

    for (double n = ceil(range.low / step); n * step <= range.high; n++, comma = ", ")
        fprintf(f->script, "%s%.9g", comma, n * step);
}

void fsnn_figure_log_axis(fsnn_figure *f, char axis, fsnn_range range)
{
    enum { FEWEST = 3, MOST = 8 };
    double decades = log10(range.high / range.low);

    fprintf(f->script, "set logscale %c\n", axis);
    if (decades >= 3) {
        int every = (int)ceil(decades / MOST);
        fprintf(f->script, "set %ctics %.9g\nset m%ctics 1\n", axis, pow(10, every), axis);
        return;
    }
    fprintf(f->script, "set m%ctics 1\nset %ctics (", axis, axis);
    if (one_two_five(NULL, range) >= FEWEST)
        one_two_five(f, range);
    else
        even(f, range);
    fputs(")\n", f->script);
}

/* plot/check.c: whether a figure could be drawn, before the work whose result it shows. */
#include <fsnn/plot.h>

#include "plot/figure.h"

fsnn_status fsnn_plot_check(const char *path)
{
    fsnn_figure f;

    if (path) {
        FSNN_TRY(fsnn_figure_begin(&f, path, FSNN_FIGURE_TOP, ""));
        fsnn_figure_abort(&f); /* its files are not there yet */
    }
    return fsnn_gnuplot_check();
}

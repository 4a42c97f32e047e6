/* plot/figure.h: what every figure stands on: the script and its data beside each other, the common
 * style, and the run of gnuplot that turns both into PNG and SVG.
 *
 * A figure is a column or grid of panels placed in pixels from the upper left corner; data are
 * numbered blocks of PATH.dat ("index 0", "index 1", ...). Writing never fails at once:
 * fsnn_figure_end reports it. */
#ifndef FSNN_FIGURE_H
#define FSNN_FIGURE_H

#include <locale.h>

#include "base/base.h"

#include <fsnn/units.h>

#define FSNN_FIGURE_WIDTH 1200
#define FSNN_FIGURE_TOP 68     /* pixels that the title takes */
#define FSNN_FIGURE_MOST 32000 /* height in pixels: pictures of more than 32767 cannot be drawn */
#define FSNN_TEXT 512          /* room for a cleaned text */

typedef struct fsnn_figure {
    FILE *script, *data; /* PATH.gp, PATH.dat */
    int width, height, panels, blocks;
    char *path, *folder, *name; /* path = folder/name, all without ending */
    fsnn_file script_file, data_file;
    locale_t plain, before; /* numbers are written with a point, whatever the program's language */
} fsnn_figure;

/* Opens both files and writes the style and the title. After FSNN_OK call end or abort.
 * FSNN_EARGUMENT where it would be higher than FSNN_FIGURE_MOST. */
fsnn_status fsnn_figure_begin(fsnn_figure *figure, const char *path, int height, const char *title);
/* Saves both files, draws the pictures and closes the figure. */
fsnn_status fsnn_figure_end(fsnn_figure *figure);
void fsnn_figure_abort(fsnn_figure *figure);

/* A grey line under the title; before the first panel. */
void fsnn_figure_subtitle(fsnn_figure *figure, const char *text);
/* A new panel between these edges, in pixels; its heading stands above its left edge. */
void fsnn_figure_panel(fsnn_figure *figure, int left, int right, int top, int bottom,
                       const char *heading);
/* A grey remark in the middle of the panel, for when there is nothing to draw. */
void fsnn_figure_remark(fsnn_figure *figure, const char *text);
/* Draws the panel's frame without data. */
void fsnn_figure_empty(fsnn_figure *figure);
/* Ends a block of data and returns its number; every block must hold a row (a NaN row when there is
 * nothing else). */
int fsnn_figure_block(fsnn_figure *figure);
/* A number into the data: "NaN" when it is not finite. */
void fsnn_figure_number(fsnn_figure *figure, double value, char after);

/* The time axis of K steps of size `step`, the first one ending at `step`. With `last` it is
 * labelled, with the unit of time where `units` (or NULL) name one. */
void fsnn_figure_time(fsnn_figure *figure, int64_t K, double step, bool last,
                      const fsnn_units *units);

/* ---- text ---- */
/* Copies `text` as one line of valid UTF-8 of at most `columns` characters ("..." at the cut). */
void fsnn_text_clean(char out[FSNN_TEXT], int columns, const char *text);
/* Writes `text` as a quoted gnuplot string in which nothing is special. */
void fsnn_text_quote(FILE *out, const char *text);
/* The same for tic labels, where % would start a number format. */
void fsnn_text_quote_tic(FILE *out, const char *text);

/* ---- axes ---- */
typedef struct fsnn_range {
    double low, high; /* low > high: nothing seen yet */
} fsnn_range;

fsnn_range fsnn_range_none(void);
void fsnn_range_add(fsnn_range *range, double value); /* what is not finite is passed over */
bool fsnn_range_empty(const fsnn_range *range);
/* Room of 6 % on both sides; never empty, also for one value or none. */
fsnn_range fsnn_range_padded(fsnn_range range);
/* 1, 2 or 5 times a power of ten so that at most `most` steps fill `length`. */
double fsnn_axis_step(double length, int most);
/* The same in whole numbers, at least 1. */
int64_t fsnn_axis_whole_step(int64_t length, int most);

/* Makes the axis 'x' or 'y' logarithmic, with tics for this range (of numbers > 0). */
void fsnn_figure_log_axis(fsnn_figure *figure, char axis, fsnn_range range);

/* ---- gnuplot ---- */
/* Runs `gnuplot ./name.gp` in `folder`. FSNN_EIO with gnuplot's own complaint, or with how to
 * install it. */
fsnn_status fsnn_gnuplot_run(const char *folder, const char *name, const char *path);
/* Whether gnuplot can be started. FSNN_EIO as above. */
fsnn_status fsnn_gnuplot_check(void);

#endif

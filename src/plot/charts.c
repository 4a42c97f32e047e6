/* plot/charts.c: curves in a grid of panels, linear or logarithmic, with what is exact as a thin
 * line. */
#include <fsnn/plot.h>

#include <math.h>
#include <string.h>

#include "plot/figure.h"

#define MOST_CHARTS 24
#define MOST_CURVES 64
#define MOST_POINTS 6000 /* of a drawn line; beyond, buckets give their extremes */
#define LEFT 104
#define ROW_SHORT                                                                                  \
    10 /* characters of a row's name for which LEFT is room; more make it wider, up to ROW_LONG */
#define ROW_LONG 56
#define RIGHT 30
#define BETWEEN_ROWS 44
#define LABEL 40 /* what an axis label takes */
#define BOTTOM 40

/* How each mark is drawn; `own`: in a colour of its own, not the curve's. */
static const struct {
    const char *style, *look;
    bool own;
} marks[FSNN_MARKS] = {
    [FSNN_MARK_LINE] = {"lines", "lw 2.4", false},
    [FSNN_MARK_THIN] = {"lines", "lw 1", false},
    [FSNN_MARK_STEPS] = {"fsteps", "lw 2", false},
    [FSNN_MARK_DOTS] = {"linespoints", "lw 1.4 pt 7 ps 0.7", false},
    [FSNN_MARK_POINTS] = {"points", "pt 7 ps 0.8", false},
    [FSNN_MARK_REFERENCE] = {"lines", "lt 7 lw 0.9", true},
    [FSNN_MARK_LIMIT] = {"lines", "lw 1.5 dt (12,8)", false},
    [FSNN_MARK_TICKS] = {"vectors nohead", "lw 1.6", false},
};

/* ---- checks ---- */

static fsnn_status check_curve(const char *path, const fsnn_curve *c)
{
    if (c->count < 1 || !c->x || !c->y)
        return fsnn_fail(FSNN_EARGUMENT, "%s: a curve needs at least one point, not %lld", path,
                         (long long)c->count);
    if ((int)c->mark < 0 || c->mark >= FSNN_MARKS)
        return fsnn_fail(FSNN_EARGUMENT, "%s: there is no mark number %d", path, (int)c->mark);
    if (c->colour < 1 || c->colour > 8)
        return fsnn_fail(FSNN_EARGUMENT, "%s: colours are 1 to 8, not %d", path, c->colour);
    return FSNN_OK;
}

static fsnn_status check_chart(const char *path, const fsnn_chart *c)
{
    if (c->height < 60 || c->height > FSNN_FIGURE_MOST)
        return fsnn_fail(FSNN_EARGUMENT, "%s: a chart is 60 to %d pixels high, not %d", path,
                         FSNN_FIGURE_MOST, c->height);
    if (c->curves < 0 || c->curves > MOST_CURVES || (c->curves && !c->curve))
        return fsnn_fail(FSNN_EARGUMENT, "%s: a chart holds up to %d curves, not %d", path,
                         MOST_CURVES, c->curves);
    if ((int)c->legend < 0 || c->legend >= FSNN_LEGENDS)
        return fsnn_fail(FSNN_EARGUMENT, "%s: a legend has no place number %d", path,
                         (int)c->legend);
    if (c->rows < 0 || (c->rows && !c->row))
        return fsnn_fail(FSNN_EARGUMENT, "%s: the names of the %d rows are missing", path, c->rows);
    for (int j = 0; j < c->curves; j++)
        FSNN_TRY(check_curve(path, &c->curve[j]));
    return FSNN_OK;
}

static fsnn_status check(int columns, int charts, const fsnn_chart *chart, const char *path)
{
    const char *name = path ? path : "charts";

    if (columns < 1 || columns > 3 || charts < 1 || charts > MOST_CHARTS || !chart)
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s: 1 to %d charts in 1 to 3 columns can be drawn, not %d in %d", name,
                         MOST_CHARTS, charts, columns);
    for (int i = 0; i < charts; i++)
        FSNN_TRY(check_chart(name, &chart[i]));
    return FSNN_OK;
}

/* ---- data ---- */

static double shown(double value, bool logarithmic)
{
    return logarithmic && !(value > 0) ? NAN : value;
}

static void point(fsnn_figure *f, const fsnn_chart *chart, const fsnn_curve *c, int64_t i)
{
    fsnn_figure_number(f, shown(c->x[i], chart->log_x), ' ');
    fsnn_figure_number(f, shown(c->y[i], chart->log_y), '\n');
}

/* Two points of [from, to): lowest and highest, in their order; the first when none is finite. */
static void extremes(fsnn_figure *f, const fsnn_chart *chart, const fsnn_curve *c, int64_t from,
                     int64_t to)
{
    int64_t low = from, high = from;

    for (int64_t i = from; i < to; i++) {
        if (!isfinite(c->y[i]))
            continue;
        low = !isfinite(c->y[low]) || c->y[i] < c->y[low] ? i : low;
        high = !isfinite(c->y[high]) || c->y[i] > c->y[high] ? i : high;
    }
    point(f, chart, c, low < high ? low : high);
    if (low != high)
        point(f, chart, c, low < high ? high : low);
}

static int data(fsnn_figure *f, const fsnn_chart *chart, const fsnn_curve *c)
{
    int64_t buckets = MOST_POINTS / 2;

    if (c->count <= MOST_POINTS || c->mark == FSNN_MARK_TICKS || c->mark == FSNN_MARK_DOTS ||
        c->mark == FSNN_MARK_POINTS || chart->log_x) {
        for (int64_t i = 0; i < c->count; i++)
            point(f, chart, c, i);
        return fsnn_figure_block(f);
    }
    for (int64_t b = 0; b < buckets; b++)
        extremes(f, chart, c, b * c->count / buckets, (b + 1) * c->count / buckets);
    return fsnn_figure_block(f);
}

/* ---- axes ---- */

static fsnn_range range_of(const fsnn_chart *chart, bool vertical)
{
    fsnn_range range = fsnn_range_none();

    for (int j = 0; j < chart->curves; j++) {
        const fsnn_curve *c = &chart->curve[j];
        for (int64_t i = 0; i < c->count; i++)
            fsnn_range_add(&range, shown(vertical ? c->y[i] : c->x[i],
                                         vertical ? chart->log_y : chart->log_x));
    }
    return range;
}

/* A logarithmic range with room of 6 % in the logarithm, and not less than a factor of two. */
static fsnn_range padded_log(fsnn_range range)
{
    if (fsnn_range_empty(&range))
        return (fsnn_range){0.1, 10};
    double capacity = fmax(0.06 * log(range.high / range.low), 0.1 * log(2));
    return (fsnn_range){range.low * exp(-capacity), range.high * exp(capacity)};
}

/* Rows run downwards; with many of them only some are named, the last always. */
static void rows(fsnn_figure *f, const fsnn_chart *chart)
{
    char name[FSNN_TEXT];
    int most = chart->height / 16 > 2 ? chart->height / 16 : 2;
    int64_t every = fsnn_axis_whole_step(chart->rows, most);

    int64_t first = (chart->rows - 1) % every;
    fputs("set ytics (", f->script);
    for (int64_t i = first; i < chart->rows; i += every) {
        fsnn_text_clean(name, ROW_LONG, chart->row[i]);
        fputs(i > first ? ", " : "", f->script);
        fsnn_text_quote_tic(f->script, name);
        fprintf(f->script, " %lld", (long long)i);
    }
    fprintf(f->script, ")\nset yrange [%.9g:-0.7]\n", chart->rows - 0.3);
}

/* At most so many tics, or a few more where fewer than two would lie on the axis: one says nothing
 * of the scale. */
static double tic_step(const fsnn_range *range, int most)
{
    double step = 1;
    for (int more = 0; more < 4; more++) {
        step = fsnn_axis_step(range->high - range->low, most + more);
        if (floor(range->high / step) - ceil(range->low / step) >= 1)
            break;
    }
    return step;
}

static void axis(fsnn_figure *f, const fsnn_chart *chart, bool vertical, int pixels)
{
    bool logarithmic = vertical ? chart->log_y : chart->log_x;
    double low = vertical ? chart->y_low : chart->x_low;
    double high = vertical ? chart->y_high : chart->x_high;
    fsnn_range range = range_of(chart, vertical);
    char name = vertical ? 'y' : 'x';

    if (low != high)
        range = (fsnn_range){low, high};
    else if (logarithmic)
        range = padded_log(range);
    else if (vertical || range.high <= range.low)
        range = fsnn_range_padded(range);
    if (vertical && chart->rows > 0) {
        rows(f, chart);
        return;
    }
    if (logarithmic)
        fsnn_figure_log_axis(f, name, range);
    else
        fprintf(f->script, "set %ctics %.9g\n", name,
                tic_step(&range, pixels / (vertical ? 30 : 70)));
    fprintf(f->script, "set %crange [%.9g:%.9g]\n", name, range.low, range.high);
}

static void labels(fsnn_figure *f, const fsnn_chart *chart)
{
    char text[FSNN_TEXT];

    if (chart->x_label) {
        fsnn_text_clean(text, 80, chart->x_label);
        fputs("set xlabel ", f->script);
        fsnn_text_quote(f->script, text);
        fputc('\n', f->script);
    } else {
        fputs("set format x ''\n", f->script);
    }
    fsnn_text_clean(text, 60, chart->y_label);
    fputs("set ylabel ", f->script);
    fsnn_text_quote(f->script, text);
    fputs(" offset -away,0\n", f->script);
}

/* ---- curves ---- */

static const char *const corners[FSNN_LEGENDS] = {
    [FSNN_LEGEND_UPPER_RIGHT] = "right top",
    [FSNN_LEGEND_LOWER_RIGHT] = "right bottom",
    [FSNN_LEGEND_LOWER_LEFT] = "left bottom",
};

static void legend(fsnn_figure *f, const fsnn_chart *chart, int right, int top)
{
    int named = 0;

    for (int j = 0; j < chart->curves; j++)
        named += chart->curve[j].name != NULL;
    if (named > 0 && chart->legend != FSNN_LEGEND_ABOVE)
        fprintf(f->script, "set key inside %s vertical Left reverse samplen 2 spacing 1.2 opaque\n",
                corners[chart->legend]);
    else if (named > 0)
        fprintf(f->script,
                "set key at screen %.5f,%.5f right center horizontal samplen 2 width -1 maxrows "
                "1\n",
                (double)right / f->width, 1 - (top - 14.0) / f->height);
}

static void curve(fsnn_figure *f, const fsnn_curve *c, int block, bool first, bool wide)
{
    char name[FSNN_TEXT];

    fprintf(f->script, "%s data index %d using ", first ? "plot" : ", \\\n    ", block);
    fputs(c->mark == FSNN_MARK_TICKS ? "1:($2-0.35):(0):(0.7)" : "1:2", f->script);
    fprintf(f->script, " with %s ", marks[c->mark].style);
    if (!marks[c->mark].own)
        fprintf(f->script, "lt %d ", c->colour);
    fputs(wide && c->mark == FSNN_MARK_LINE ? "lw 4" : marks[c->mark].look, f->script);
    if (!c->name) {
        fputs(" notitle", f->script);
        return;
    }
    fsnn_text_clean(name, 40, c->name);
    fputs(" title ", f->script);
    fsnn_text_quote(f->script, name);
}

static bool seen(const fsnn_chart *chart)
{
    fsnn_range x = range_of(chart, false), y = range_of(chart, true);

    return !fsnn_range_empty(&x) && !fsnn_range_empty(&y);
}

typedef struct place {
    int left, right, top, bottom;
} place;

static void draw(fsnn_figure *f, const fsnn_chart *chart, place at)
{
    int blocks[MOST_CURVES];
    bool wide = false;
    char heading[FSNN_TEXT];

    for (int j = 0; j < chart->curves; j++)
        blocks[j] = data(f, chart, &chart->curve[j]);
    fsnn_text_clean(heading, 90, chart->heading);
    fsnn_figure_panel(f, at.left, at.right, at.top, at.bottom, heading);
    axis(f, chart, false, at.right - at.left);
    axis(f, chart, true, at.bottom - at.top);
    labels(f, chart);
    if (!seen(chart)) {
        fsnn_figure_remark(f, chart->empty ? chart->empty : "nothing to draw");
        fsnn_figure_empty(f);
        return;
    }
    legend(f, chart, at.right, at.top);
    for (int j = 0; j < chart->curves; j++) /* lines are to be seen under a reference */
        wide = wide || chart->curve[j].mark == FSNN_MARK_REFERENCE;
    for (int j = 0; j < chart->curves; j++)
        curve(f, &chart->curve[j], blocks[j], j == 0, wide);
    fputc('\n', f->script);
}

/* Room left of a panel: numbers, or names of rows. */
static int left_of(const fsnn_chart *chart, int width)
{
    enum { CHARACTER = 9 };
    size_t most = 0;
    for (int i = 0; i < chart->rows; i++) {
        char name[FSNN_TEXT];
        fsnn_text_clean(name, ROW_LONG, chart->row[i]);
        most = strlen(name) > most ? strlen(name) : most;
    }
    int left = LEFT + (most > ROW_SHORT ? (int)(most - ROW_SHORT) * CHARACTER : 0);
    return left < width / 2 ? left : width / 2;
}

/* Height of the row that begins with chart `first`, its axis label included. */
static int row_height(int columns, int charts, const fsnn_chart *chart, int first)
{
    int height = 0;

    for (int i = first; i < charts && i < first + columns; i++) {
        int one = chart[i].height + (chart[i].x_label ? LABEL : 0);
        height = one > height ? one : height;
    }
    return height;
}

fsnn_status fsnn_plot_charts(const char *title, const char *subtitle, int columns, int charts,
                             const fsnn_chart *chart, const char *path)
{
    int width = FSNN_FIGURE_WIDTH / (columns > 0 ? columns : 1);
    int top = FSNN_FIGURE_TOP + 36, height = top + BOTTOM;
    char text[FSNN_TEXT];
    fsnn_figure f;

    FSNN_TRY(check(columns, charts, chart, path));
    for (int i = 0; i < charts; i += columns)
        height += row_height(columns, charts, chart, i) + (i ? BETWEEN_ROWS : 0);
    FSNN_TRY(fsnn_figure_begin(&f, path, height, title));
    fsnn_text_clean(text, 150, subtitle);
    if (*text)
        fsnn_figure_subtitle(&f, text);
    for (int i = 0; i < charts; i++) {
        int left = i % columns * width;
        draw(&f, &chart[i],
             (place){left + left_of(&chart[i], width), left + width - RIGHT, top,
                     top + chart[i].height});
        if (i % columns == columns - 1)
            top += row_height(columns, charts, chart, i - columns + 1) + BETWEEN_ROWS;
    }
    return fsnn_figure_end(&f);
}

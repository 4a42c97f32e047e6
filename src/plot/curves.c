/* plot/curves.c: draws a panel of curves over epochs. A single epoch is a dot, a gap in the values
 * a gap in the line. */
#include "plot/curves.h"

#include <math.h>

#define MOST_DOTS 40 /* epochs up to which each gets its dot */
#define MOST_NAMED                                                                                 \
    8 /* curves up to which each has its own colour; beyond, colours run with their order */
/* An axis may turn logarithmic where a fifth of the values is below a hundredth of the largest, and
 * a single one not far below: the last values of a schedule that ends near 0 would take most of it.
 */
#define LOG_SPAN 100.0
#define LOG_SHARE 0.2
#define LOG_LEAST 1e-5
#define MOST_LETTERS 15 /* of a name beside its panel */

double fsnn_curves_value(const fsnn_curves *curves, int64_t row, int column)
{
    return curves->csv->values[row * curves->csv->columns + column];
}

static fsnn_range range_of(const fsnn_curves *curves, int column, double scale)
{
    fsnn_range range = fsnn_range_none();

    for (int64_t r = 0; r < curves->csv->rows; r++)
        fsnn_range_add(&range, scale * fsnn_curves_value(curves, r, column));
    return range;
}

fsnn_status fsnn_curves_begin(fsnn_curves *curves, const fsnn_csv *csv)
{
    *curves = (fsnn_curves){.csv = csv, .epoch = fsnn_csv_find(csv, "epoch")};
    curves->curve = fsnn_alloc((size_t)csv->columns * sizeof *curves->curve);
    return curves->curve ? FSNN_OK : FSNN_EMEMORY;
}

void fsnn_curves_free(fsnn_curves *curves)
{
    fsnn_free(curves->curve);
    *curves = (fsnn_curves){0};
}

void fsnn_curves_add(fsnn_curves *curves, int column, const char *name, int colour)
{
    if (column < 0)
        return;
    fsnn_range range = range_of(curves, column, 1.0);
    if (!fsnn_range_empty(&range))
        curves->curve[curves->count++] = (fsnn_curve_column){column, name, colour};
}

static void epochs(fsnn_figure *f, const fsnn_curves *curves)
{
    fsnn_range range = range_of(curves, curves->epoch, 1.0);
    double length = range.high - range.low;
    double capacity = length <= 12 ? 0.5 : 0.02 * length;
    double step = fmax(1.0, fsnn_axis_step(length + 1, 10));

    fprintf(f->script, "set xrange [%.9g:%.9g]\nset xtics 0,%.9g\nset xlabel 'epoch'\n",
            range.low - capacity, range.high + capacity, step);
}

static bool spans_decades(const fsnn_curves *curves, fsnn_range range)
{
    int64_t small = 0, finite = 0;

    for (int i = 0; i < curves->count; i++)
        for (int64_t r = 0; r < curves->csv->rows; r++) {
            double value = fsnn_curves_value(curves, r, curves->curve[i].column);
            finite += isfinite(value);
            small += value < range.high / LOG_SPAN;
        }
    return range.low > 0 && small > 0 && (double)small >= LOG_SHARE * (double)finite &&
           (small > 1 || range.low >= LOG_LEAST * range.high);
}

static void values(fsnn_figure *f, const fsnn_curves_panel *panel, const fsnn_curves *curves)
{
    fsnn_range range = fsnn_range_none();

    for (int i = 0; i < curves->count; i++) {
        fsnn_range one = range_of(curves, curves->curve[i].column, panel->scale);
        fsnn_range_add(&range, one.low);
        fsnn_range_add(&range, one.high);
    }
    if (panel->log && spans_decades(curves, range)) {
        range = (fsnn_range){range.low / 1.5, range.high * 1.5};
        fsnn_figure_log_axis(f, 'y', range);
        fprintf(f->script, "set format y '%%.0e'\nset yrange [%.9g:%.9g]\n", range.low, range.high);
        return;
    }
    bool positive = range.low >= 0;
    range = fsnn_range_padded(range);
    if (positive && (panel->from_zero || range.low < 0))
        range.low = 0;
    if (range.low < panel->ceiling && range.high > panel->ceiling)
        range.high = panel->ceiling;
    fprintf(f->script, "set yrange [%.9g:%.9g]\n", range.low, range.high);
}

/* Columns: epoch, value. */
static void data(fsnn_figure *f, const fsnn_curves *curves, int column, double scale)
{
    for (int64_t r = 0; r < curves->csv->rows; r++) {
        fsnn_figure_number(f, fsnn_curves_value(curves, r, curves->epoch), ' ');
        fsnn_figure_number(f, scale * fsnn_curves_value(curves, r, column), '\n');
    }
    fsnn_figure_block(f);
}

static void legend(fsnn_figure *f, const fsnn_curves_panel *panel)
{
    if (panel->beside)
        fprintf(f->script,
                "set key at screen %.5f,graph 1.02 left top Left reverse vertical samplen 1.5 "
                "spacing 1.3\n",
                (panel->right + 8.0) / f->width);
    else
        fprintf(f->script,
                "set key at screen %.5f,%.5f right center horizontal samplen 2 width -3\n",
                (double)panel->right / f->width, 1 - (panel->top - 14.0) / f->height);
}

/* Many curves: a colour bar from the first to the last in place of a legend. */
static void colour_bar(fsnn_figure *f, const fsnn_curves_panel *panel, const fsnn_curves *curves)
{
    int ends[] = {0, curves->count - 1};
    char name[FSNN_TEXT];

    fprintf(f->script,
            "set palette defined (0 '#00304D', 0.35 '#0072B2', 0.65 '#56B4E9', 1 '#E69F00')\n"
            "set cbrange [0:%d]\n"
            "set cbtics nomirror out scale 0.5 textcolor rgb '#303030'\n"
            "set colorbox user origin screen %.5f,graph 0 size screen 0.012,graph 1\nset cbtics (",
            curves->count - 1, (panel->right + 12.0) / f->width);
    for (int i = 0; i < 2; i++) {
        fsnn_text_clean(name, MOST_LETTERS, curves->curve[ends[i]].name);
        fsnn_text_quote_tic(f->script, name);
        fprintf(f->script, " %d%s", ends[i], i == 0 ? ", " : ")\n");
    }
}

static void curve(fsnn_figure *f, const fsnn_curves_panel *panel, const fsnn_curves *curves, int i,
                  int block)
{
    bool named = curves->count <= MOST_NAMED;
    char name[FSNN_TEXT];

    fsnn_text_clean(name, panel->beside ? MOST_LETTERS : 40, curves->curve[i].name);
    fprintf(f->script, "%s data index %d using 1:2 with %s ", i == 0 ? "plot" : ", \\\n    ", block,
            curves->csv->rows <= MOST_DOTS ? "linespoints" : "lines");
    if (named)
        fprintf(f->script, "lt %d title ", curves->curve[i].colour);
    else
        fprintf(f->script, "lt 1 lw 1.5 ps 0.5 lc palette cb %d notitle", i);
    if (named)
        fsnn_text_quote(f->script, name);
}

void fsnn_curves_draw(fsnn_figure *f, const fsnn_curves_panel *panel, const fsnn_curves *curves)
{
    int first = f->blocks;

    for (int i = 0; i < curves->count; i++)
        data(f, curves, curves->curve[i].column, panel->scale);
    fsnn_figure_panel(f, panel->left, panel->right, panel->top, panel->bottom, panel->heading);
    epochs(f, curves);
    fprintf(f->script, "set ylabel '%s' offset -away,0\n", panel->label);
    if (curves->count == 0) {
        fputs("set yrange [0:1]\nunset ytics\n", f->script);
        fsnn_figure_remark(f, panel->absent);
        fsnn_figure_empty(f);
        return;
    }
    values(f, panel, curves);
    if (curves->count > MOST_NAMED)
        colour_bar(f, panel, curves);
    else if (curves->count > 1 || panel->beside)
        legend(f, panel);
    for (int i = 0; i < curves->count; i++)
        curve(f, panel, curves, i, first + i);
    fputc('\n', f->script);
}

/* plot/confusion.c: the confusion matrix as a heat map: a row is a true class, its colours are
 * shares of that row, its numbers are samples. */
#include <fsnn/plot.h>

#include <math.h>
#include <string.h>

#include "plot/figure.h"

#define MOST_NUMBERED 24 /* classes up to which a cell has room for its number */
#define MOST_CELLS 48    /* classes up to which cells are rectangles; beyond, one image */
#define MOST_CLASSES 4096

static fsnn_status check(int64_t classes, const int64_t *confusion)
{
    if (classes < 1 || classes > MOST_CLASSES || !confusion)
        return fsnn_fail(FSNN_EARGUMENT,
                         "a confusion matrix needs 1 to %d classes and its counts, but got %lld%s",
                         MOST_CLASSES, (long long)classes, confusion ? "" : " and no counts");
    for (int64_t i = 0; i < classes * classes; i++)
        if (confusion[i] < 0)
            return fsnn_fail(FSNN_EARGUMENT,
                             "a confusion matrix counts samples, but row %lld, column %lld is %lld",
                             (long long)(i / classes), (long long)(i % classes),
                             (long long)confusion[i]);
    return FSNN_OK;
}

/* Columns: predicted class, true class, share of the true class's samples, samples, colour of the
 * number. */
static void data(fsnn_figure *f, int64_t classes, const int64_t *confusion)
{
    for (int64_t row = 0; row < classes; row++) {
        const int64_t *counts = confusion + row * classes;
        double total = 0;
        for (int64_t c = 0; c < classes; c++)
            total += (double)counts[c];
        for (int64_t c = 0; c < classes; c++) {
            double share = total > 0 ? (double)counts[c] / total : 0.0;
            int colour = share > 0.45 ? 0xffffff : counts[c] ? 0x202020 : 0xa8a8a8;
            fprintf(f->data, "%lld %lld %.6g %lld %d\n", (long long)c, (long long)row, share,
                    (long long)counts[c], colour);
        }
    }
}

static void accuracy(char *out, size_t size, int64_t classes, const int64_t *confusion)
{
    double right = 0, total = 0;

    for (int64_t i = 0; i < classes * classes; i++) {
        total += (double)confusion[i];
        right += i / classes == i % classes ? (double)confusion[i] : 0.0;
    }
    if (total > 0)
        snprintf(out, size, "accuracy %.2f %% (%.0f of %.0f samples wrong)", 100 * right / total,
                 total - right, total);
    else
        snprintf(out, size, "no samples");
}

/* A number must fit its cell: 12 points for short ones, fewer where the longest asks for it. */
static double letters(int64_t classes, const int64_t *confusion, double cell)
{
    int64_t largest = 0;

    for (int64_t i = 0; i < classes * classes; i++)
        largest = confusion[i] > largest ? confusion[i] : largest;
    int digits = largest > 0 ? (int)floor(log10((double)largest)) + 1 : 1;
    return fmin(12.0, fmax(4.0, 0.85 * cell / digits * 12.0 / 10.2));
}

/* Names in place of the numbers, cut to what the margin has room for; numbers for those without. */
static void tics(fsnn_figure *f, char axis, int64_t classes, const char *const *names)
{
    char text[FSNN_TEXT], number[24];
    fprintf(f->script, "set %ctics %s(", axis, axis == 'x' ? "rotate by 35 right " : "");
    for (int64_t c = 0; c < classes; c++) {
        snprintf(number, sizeof number, "%lld", (long long)c);
        fsnn_text_clean(text, 14, names[c] ? names[c] : number);
        fputs(c ? ", " : "", f->script);
        fsnn_text_quote_tic(f->script, text);
        fprintf(f->script, " %lld", (long long)c);
    }
    fputs(")\n", f->script);
}

static bool has_names(int64_t classes, const char *const *names)
{
    bool any = false;
    for (int64_t c = 0; names && c < classes; c++)
        any = any || names[c];
    return any && classes <= MOST_NUMBERED;
}

static void draw(fsnn_figure *f, int64_t classes, const char *const *names,
                 const int64_t *confusion, double cell)
{
    fprintf(f->script,
            "set palette defined (0 '#FFFFFF', 0.05 '#DCEDF7', 0.25 '#9CCBE6', 0.6 '#0072B2', 1 "
            "'#00304D')\n"
            "set cbrange [0:1]\n"
            "set colorbox user origin screen 0.9,graph 0 size screen 0.018,graph 1\n"
            "set cbtics nomirror out scale 0.5 textcolor rgb '#303030'\n"
            "set cbtics ('0 %%%%' 0, '25 %%%%' 0.25, '50 %%%%' 0.5, '75 %%%%' 0.75, '100 %%%%' 1)\n"
            "set cblabel 'share of the true class''s samples' offset away,0\n"
            "set xrange [-0.5:%lld.5]\nset yrange [%lld.5:-0.5]\n"
            "set xtics %lld\nset ytics %lld\nunset grid\nset border 15\n"
            "set xlabel 'predicted class'\nset ylabel 'true class' offset -away,0\n",
            (long long)(classes - 1), (long long)(classes - 1),
            (long long)fsnn_axis_whole_step(classes, MOST_NUMBERED),
            (long long)fsnn_axis_whole_step(classes, MOST_NUMBERED));
    for (int axis = 0; axis < 2 && has_names(classes, names); axis++)
        tics(f, "xy"[axis], classes, names);
    if (classes > MOST_CELLS) {
        fputs("plot data using 1:2:3 with image\n", f->script);
        return;
    }
    fputs("plot data using 1:2:(0.5):(0.5):3 with boxxyerror lc palette fs solid border lc rgb "
          "'#E4E4E4'",
          f->script);
    if (classes <= MOST_NUMBERED)
        fprintf(f->script,
                ", \\\n     data using 1:2:4:5 with labels font face.',%.1f' tc rgb variable",
                letters(classes, confusion, cell));
    fputc('\n', f->script);
}

fsnn_status fsnn_plot_confusion(const char *title, int64_t classes, const char *const *names,
                                const int64_t *confusion, const char *path)
{
    bool named = has_names(classes, names);
    const int top = FSNN_FIGURE_TOP + 8, left = named ? 220 : 110, right = 1040, size = 860;
    fsnn_figure f;
    char text[128];

    FSNN_TRY(check(classes, confusion));
    FSNN_TRY(fsnn_figure_begin(&f, path, top + size + (named ? 170 : 76), title));
    data(&f, classes, confusion);
    accuracy(text, sizeof text, classes, confusion);
    fsnn_figure_subtitle(&f, text);
    fsnn_figure_panel(&f, left, right, top, top + size, "");
    draw(&f, classes, names, confusion, (double)(right - left) / (double)classes);
    return fsnn_figure_end(&f);
}

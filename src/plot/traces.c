/* plot/traces.c: membrane potentials of a few neurons over time, one panel a neuron, with what the
 * spike test saw where that is another, the threshold dashed and the spikes as marks at the top. */
#include <fsnn/plot.h>

#include <math.h>

#include "plot/figure.h"

#define MOST_NEURONS 64
#define MOST_DOTS 60   /* steps up to which each value gets its dot */
#define MOST_MARKS 300 /* steps up to which a spike is a triangle, beyond a stroke */
#define LEFT 100
#define RIGHT (FSNN_FIGURE_WIDTH - 30)
#define TOP (FSNN_FIGURE_TOP + 44)
#define BETWEEN 44

static fsnn_status check(const fsnn_traces *t)
{
    FSNN_NEED(t);
    if (t->K < 1 || t->n < 1 || t->n > MOST_NEURONS || !t->index || !t->v)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "membrane traces need 1 to %d neurons with their numbers and potentials and "
            "at least one step, but got %lld neurons and %lld steps",
            MOST_NEURONS, (long long)t->n, (long long)t->K);
    if (!(t->step > 0) || !isfinite(t->step))
        return fsnn_fail(FSNN_EARGUMENT, "the step of membrane traces must be above 0, but is %g",
                         t->step);
    return FSNN_OK;
}

static bool near(float a, float b)
{
    return fabsf(a - b) <= 1e-4f * (1 + fabsf(b));
}

/* Whether neuron i is tested at other potentials than v: but for what a spike took from it since,
 * which is a threshold. */
static bool ahead(const fsnn_traces *t, int64_t i)
{
    for (int64_t k = 0; t->test && k < t->K; k++) {
        int64_t at = k * t->n + i;
        float v = t->v[at], took = t->threshold ? t->threshold[at] : (float)t->level;
        bool spike = t->spikes && t->spikes[at] != 0;
        if (!near(t->test[at], v) && !(spike && near(t->test[at], v + took)))
            return true;
    }
    return false;
}

/* Columns: time, potential, 1 where it spiked (NaN elsewhere); then what is tested and the
 * threshold, where there are such. */
static void data(fsnn_figure *f, const fsnn_traces *t, int64_t i, bool tested)
{
    for (int64_t k = 0; k < t->K; k++) {
        int64_t at = k * t->n + i;
        float s = t->spikes ? t->spikes[at] : 0.0f;
        fsnn_figure_number(f, (double)(k + 1) * t->step, ' ');
        fsnn_figure_number(f, t->v[at], ' ');
        fputs(s != 0.0f && !isnan(s) ? "1" : "NaN", f->data);
        if (tested || t->threshold) {
            fputc(' ', f->data);
            fsnn_figure_number(f, tested ? t->test[at] : NAN, ' ');
            fsnn_figure_number(f, t->threshold ? t->threshold[at] : t->level, '\n');
        } else {
            fputc('\n', f->data);
        }
    }
    fsnn_figure_block(f);
}

/* All that is drawn, with room at the top for the spikes. */
static fsnn_range range_of(const fsnn_traces *t, int64_t i, bool tested)
{
    fsnn_range range = fsnn_range_none();

    for (int64_t k = 0; k < t->K; k++) {
        fsnn_range_add(&range, t->v[k * t->n + i]);
        if (tested)
            fsnn_range_add(&range, t->test[k * t->n + i]);
        fsnn_range_add(&range, t->threshold ? t->threshold[k * t->n + i] : t->level);
    }
    range = fsnn_range_padded(range);
    range.high += 0.16 * (range.high - range.low);
    return range;
}

static bool seen(const fsnn_traces *t, int64_t i)
{
    for (int64_t k = 0; k < t->K; k++)
        if (isfinite(t->v[k * t->n + i]))
            return true;
    return false;
}

/* The first panel's curves have names. */
static void title_of(fsnn_figure *f, int64_t i, const char *name)
{
    if (i == 0)
        fprintf(f->script, "title '%s'", name);
    else
        fputs("notitle", f->script);
}

static void draw_threshold(fsnn_figure *f, const fsnn_traces *t, int64_t i)
{
    if (t->threshold)
        fprintf(f->script, ", \\\n     data index %lld using 1:5 with lines lt 2 lw 1.5 dt (12,8) ",
                (long long)i);
    else if (isfinite(t->level))
        fprintf(f->script, ", \\\n     %.9g with lines lt 2 lw 1.5 dt (12,8) ", t->level);
    else
        return;
    title_of(f, i, "threshold");
}

static void draw(fsnn_figure *f, const fsnn_traces *t, int64_t i, fsnn_range range, bool tested)
{
    char label[32];
    fprintf(
        f->script, "set yrange [%.9g:%.9g]\nset ytics %.9g\nset ylabel '%s' offset -away,0\n",
        range.low, range.high, fsnn_axis_step(range.high - range.low, 5),
        fsnn_units_label(&t->units, FSNN_QUANTITY_POTENTIAL, "potential v", label, sizeof label));
    if (i == 0)
        fprintf(f->script,
                "set key at screen %.5f,%.5f right center horizontal samplen 2.5 width -7\n",
                (double)RIGHT / f->width, 1 - (TOP - 16.0) / f->height);
    fprintf(f->script, "plot data index %lld using 1:2 with %s lt 1 ", (long long)i,
            t->K <= MOST_DOTS ? "linespoints" : "lines");
    title_of(f, i, "membrane potential");
    if (tested) {
        fprintf(f->script, ", \\\n     data index %lld using 1:4 with lines lt 8 lw 1 ",
                (long long)i);
        title_of(f, i, "tested");
    }
    draw_threshold(f, t, i);
    if (t->spikes) {
        fprintf(f->script,
                ", \\\n     data index %lld using 1:($3 == 1 ? %.9g : NaN) with points lt 7 %s ",
                (long long)i, range.high - 0.08 * (range.high - range.low),
                t->K <= MOST_MARKS ? "pt 11 ps 1.1" : "pt '|'");
        title_of(f, i, "spike");
    }
    fputc('\n', f->script);
}

fsnn_status fsnn_plot_traces(const char *title, const fsnn_traces *t, const char *path)
{
    fsnn_figure f;
    char text[64];
    bool tested = false;

    FSNN_TRY(check(t));
    for (int64_t i = 0; i < t->n; i++)
        tested = tested || ahead(t, i);
    int size = t->n == 1 ? 320 : t->n <= 3 ? 200 : t->n <= 8 ? 140 : 110;
    FSNN_TRY(fsnn_figure_begin(&f, path, TOP + (int)t->n * (size + BETWEEN) + 36, title));
    for (int64_t i = 0; i < t->n; i++) {
        int top = TOP + (int)i * (size + BETWEEN);
        data(&f, t, i, tested);
        snprintf(text, sizeof text, "neuron %lld", (long long)t->index[i]);
        fsnn_figure_panel(&f, LEFT, RIGHT, top, top + size, text);
        fsnn_figure_time(&f, t->K, t->step, i == t->n - 1, &t->units);
        if (!seen(t, i))
            fsnn_figure_remark(&f, "no finite potential");
        draw(&f, t, i, range_of(t, i, tested), tested);
    }
    return fsnn_figure_end(&f);
}

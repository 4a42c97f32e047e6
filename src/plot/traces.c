/* plot/traces.c: membrane potentials of a few neurons over time, one panel a neuron, with the
 * threshold dashed and the spikes as marks at the top. */
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

static fsnn_status check(int64_t K, int64_t n, double step, const int64_t *index, const float *v)
{
    if (K < 1 || n < 1 || n > MOST_NEURONS || !index || !v)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "membrane traces need 1 to %d neurons with their numbers and potentials and "
            "at least one step, but got %lld neurons and %lld steps",
            MOST_NEURONS, (long long)n, (long long)K);
    if (!(step > 0) || !isfinite(step))
        return fsnn_fail(FSNN_EARGUMENT, "the step of membrane traces must be above 0, but is %g",
                         step);
    return FSNN_OK;
}

/* Columns: time, potential, 1 where it spiked (NaN elsewhere). */
static void data(fsnn_figure *f, int64_t K, int64_t n, int64_t i, double step, const float *v,
                 const float *spikes)
{
    for (int64_t k = 0; k < K; k++) {
        float s = spikes ? spikes[k * n + i] : 0.0f;
        fsnn_figure_number(f, (double)(k + 1) * step, ' ');
        fsnn_figure_number(f, v[k * n + i], ' ');
        fputs(s != 0.0f && !isnan(s) ? "1\n" : "NaN\n", f->data);
    }
    fsnn_figure_block(f);
}

/* Values and threshold, with room at the top for the spikes. */
static fsnn_range range_of(int64_t K, int64_t n, int64_t i, double threshold, const float *v)
{
    fsnn_range range = fsnn_range_none();

    for (int64_t k = 0; k < K; k++)
        fsnn_range_add(&range, v[k * n + i]);
    fsnn_range_add(&range, threshold);
    range = fsnn_range_padded(range);
    range.high += 0.16 * (range.high - range.low);
    return range;
}

static bool seen(int64_t K, int64_t n, int64_t i, const float *v)
{
    for (int64_t k = 0; k < K; k++)
        if (isfinite(v[k * n + i]))
            return true;
    return false;
}

static void draw(fsnn_figure *f, int64_t i, int64_t K, fsnn_range range, double threshold,
                 bool spikes)
{
    fprintf(f->script,
            "set yrange [%.9g:%.9g]\nset ytics %.9g\nset ylabel 'potential v' offset -away,0\n",
            range.low, range.high, fsnn_axis_step(range.high - range.low, 5));
    if (i == 0)
        fprintf(f->script,
                "set key at screen %.5f,%.5f right center horizontal samplen 2.5 width -7\n",
                (double)RIGHT / f->width, 1 - (TOP - 16.0) / f->height);
    fprintf(f->script, "plot data index %lld using 1:2 with %s lt 1 %s", (long long)i,
            K <= MOST_DOTS ? "linespoints" : "lines",
            i == 0 ? "title 'membrane potential'" : "notitle");
    if (isfinite(threshold))
        fprintf(f->script, ", \\\n     %.9g with lines lt 2 lw 1.5 dt (12,8) %s", threshold,
                i == 0 ? "title 'threshold'" : "notitle");
    if (spikes)
        fprintf(f->script,
                ", \\\n     data index %lld using 1:($3 == 1 ? %.9g : NaN) with points lt 7 %s %s",
                (long long)i, range.high - 0.08 * (range.high - range.low),
                K <= MOST_MARKS ? "pt 11 ps 1.1" : "pt '|'", i == 0 ? "title 'spike'" : "notitle");
    fputc('\n', f->script);
}

fsnn_status fsnn_plot_traces(const char *title, int64_t K, int64_t n, double step, double threshold,
                             const int64_t *index, const float *v, const float *spikes,
                             const char *path)
{
    fsnn_figure f;
    char text[64];

    FSNN_TRY(check(K, n, step, index, v));
    int size = n == 1 ? 320 : n <= 3 ? 200 : n <= 8 ? 140 : 110;
    FSNN_TRY(fsnn_figure_begin(&f, path, TOP + (int)n * (size + BETWEEN) + 36, title));
    for (int64_t i = 0; i < n; i++) {
        int top = TOP + (int)i * (size + BETWEEN);
        data(&f, K, n, i, step, v, spikes);
        snprintf(text, sizeof text, "neuron %lld", (long long)index[i]);
        fsnn_figure_panel(&f, LEFT, RIGHT, top, top + size, text);
        fsnn_figure_time(&f, K, step, i == n - 1);
        if (!seen(K, n, i, v))
            fsnn_figure_remark(&f, "no finite potential");
        draw(&f, i, K, range_of(K, n, i, threshold, v), threshold, spikes != NULL);
    }
    return fsnn_figure_end(&f);
}

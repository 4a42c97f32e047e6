/* plot/rates.c: how much a network fires: a bar a layer and, beside it, how its neurons' rates are
 * spread. Counts of neurons are on a logarithmic axis, so that a few busy neurons among thousands
 * of silent ones can be seen. */
#include <fsnn/plot.h>

#include <math.h>

#include "plot/figure.h"

#define MOST_LAYERS 64
#define BINS 50
#define SATURATED 0.95 /* spikes per step from which a neuron cannot say much more */
#define SAID "silent: rate 0; saturated: at least 0.95 spikes per step"
#define LEFT 50
#define RIGHT (FSNN_FIGURE_WIDTH - 40)
#define TOP (FSNN_FIGURE_TOP + 30)
#define BETWEEN 46
#define BAR 30 /* thickness of a bar in pixels */

typedef struct spread {
    int64_t neurons, finite, silent, saturated; /* finite: whose rate is a number */
    double mean;
    int64_t bins[BINS];
} spread;

static fsnn_status check(int layers, const char *const *names, const int64_t *neurons,
                         const float *const *rate)
{
    if (layers < 1 || layers > MOST_LAYERS || !names || !rate)
        return fsnn_fail(FSNN_EARGUMENT,
                         "firing rates need 1 to %d layers with names and rates, but got %d layers",
                         MOST_LAYERS, layers);
    for (int l = 0; l < layers; l++)
        if (!names[l] || !rate[l] || (neurons && neurons[l] < 1))
            return fsnn_fail(
                FSNN_EARGUMENT,
                "layer %d (%s) of the firing rates needs a name, rates and at least one "
                "neuron, but has %lld",
                l, names[l] ? names[l] : "no name", (long long)(neurons ? neurons[l] : 1));
    return FSNN_OK;
}

static spread spread_of(const float *rate, int64_t N, double most)
{
    spread s = {.neurons = N};
    double sum = 0;

    for (int64_t i = 0; i < N; i++) {
        if (!isfinite(rate[i]))
            continue;
        double place = floor((double)rate[i] / most * BINS * (1 + 1e-6));
        s.finite++;
        s.silent += rate[i] == 0.0f;
        s.saturated += rate[i] >= (float)SATURATED;
        s.bins[place < 0 ? 0 : place >= BINS ? BINS - 1 : (int)place]++;
        sum += rate[i];
    }
    s.mean = s.finite ? sum / (double)s.finite : NAN;
    return s;
}

/* The rate axis of all panels: 0 to the largest rate, rounded up. */
static double most_of(int layers, const int64_t *neurons, const float *const *rate)
{
    double largest = 0;

    for (int l = 0; l < layers; l++)
        for (int64_t i = 0; i < (neurons ? neurons[l] : 1); i++)
            if (isfinite(rate[l][i]))
                largest = fmax(largest, rate[l][i]);
    if (largest <= 0)
        return 1.0;
    double step = fsnn_axis_step(largest, 5);
    return step * ceil(largest / step * (1 - 1e-6));
}

static void axis(fsnn_figure *f, double most, bool last)
{
    fprintf(f->script, "set xrange [0:%.9g]\nset xtics 0,%.9g\n", most, fsnn_axis_step(most, 5));
    if (last)
        fputs("set xlabel 'firing rate (spikes per step)'\n", f->script);
    else
        fputs("set format x ''\n", f->script);
}

/* One bar, with its number at its end or, where the bar is long, inside it. */
static void bar(fsnn_figure *f, int l, const spread *s, double most, int size)
{
    fputs("set yrange [-0.5:0.5]\nunset ytics\n", f->script);
    if (!s->finite) {
        fsnn_figure_remark(f, "no finite rate");
        fsnn_figure_empty(f);
        return;
    }
    bool inside = s->mean > 0.75 * most;
    fprintf(f->script,
            "set label 2 '%.3g' at %.9g,0 %s offset character %s,0 front textcolor rgb "
            "'%s'\n",
            s->mean, s->mean, inside ? "right" : "left", inside ? "-0.7" : "0.7",
            inside ? "#FFFFFF" : "#202020");
    fprintf(f->script,
            "plot data index %d every ::0::0 using ($1/2):(0):($1/2):(%.5g) with boxxyerror lt 1 "
            "notitle\n",
            l, 0.5 * BAR / size);
}

/* Columns of a block: first row the mean; then a row a bin: its middle, neurons in it. */
static void data(fsnn_figure *f, const spread *s, double most, bool bins)
{
    fsnn_figure_number(f, s->mean, '\n');
    for (int i = 0; bins && i < BINS; i++)
        fprintf(f->data, "%.6g %lld\n", (i + 0.5) * most / BINS, (long long)s->bins[i]);
    fsnn_figure_block(f);
}

static void histogram(fsnn_figure *f, int l, const spread *s, double most)
{
    int64_t largest = 1;

    for (int i = 0; i < BINS; i++)
        largest = s->bins[i] > largest ? s->bins[i] : largest;
    if (!s->finite)
        fsnn_figure_remark(f, "no finite rate");
    /* a bin of one neuron must stand above the axis: it begins at a half */
    fprintf(
        f->script,
        "set logscale y\nset yrange [0.5:%lld]\nset ytics 1,%d\nset ylabel 'neurons' offset "
        "-away,0\n"
        "plot data index %d every ::1 using 1:2:($1-%.6g):($1+%.6g):(0.5):2 with boxxyerror lt 6 "
        "notitle\n",
        (long long)(2 * largest),
        largest < 10     ? 2
        : largest < 1000 ? 10
                         : 100,
        l, 0.46 * most / BINS, 0.46 * most / BINS);
}

static void shares(char *out, size_t size, const spread *s)
{
    double all = s->finite ? (double)s->finite : 1.0;
    int used = snprintf(out, size, "%lld %s: %.3g %% silent, %.3g %% saturated",
                        (long long)s->neurons, s->neurons == 1 ? "neuron" : "neurons",
                        100 * (double)s->silent / all, 100 * (double)s->saturated / all);

    if (s->finite < s->neurons)
        snprintf(out + used, size - (size_t)used, ", %lld not a number",
                 (long long)(s->neurons - s->finite));
}

static void row(fsnn_figure *f, int l, const char *name, const spread *s, double most, int top,
                int size, bool spreads, bool last)
{
    int middle = spreads ? 430 : RIGHT;
    char text[FSNN_TEXT];

    data(f, s, most, spreads);
    fsnn_text_clean(text, spreads ? 36 : 100, name);
    fsnn_figure_panel(f, LEFT, middle, top, top + size, text);
    axis(f, most, last);
    bar(f, l, s, most, size);
    if (!spreads)
        return;
    shares(text, sizeof text, s);
    fsnn_figure_panel(f, middle + 130, RIGHT, top, top + size, text);
    axis(f, most, last);
    histogram(f, l, s, most);
}

fsnn_status fsnn_plot_rates(const char *title, int layers, const char *const *names,
                            const int64_t *neurons, const float *const *rate, const char *path)
{
    fsnn_figure f;

    FSNN_TRY(check(layers, names, neurons, rate));
    double most = most_of(layers, neurons, rate);
    int size = neurons ? (layers <= 4 ? 150 : 100) : 40;
    FSNN_TRY(fsnn_figure_begin(&f, path, TOP + layers * (size + BETWEEN) + 16, title));
    if (neurons)
        fsnn_figure_subtitle(&f, SAID);
    for (int l = 0; l < layers; l++) {
        spread s = spread_of(rate[l], neurons ? neurons[l] : 1, most);
        row(&f, l, names[l], &s, most, TOP + l * (size + BETWEEN), size, neurons != NULL,
            l == layers - 1);
    }
    return fsnn_figure_end(&f);
}

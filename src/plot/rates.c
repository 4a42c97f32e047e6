/* plot/rates.c: how much a network fires: a bar a layer with its mean rate, and below, for each
 * layer, how many of its neurons have which rate. Neurons that never fire are counted in words: as
 * a bar they would be the only one to be seen. */
#include <fsnn/plot.h>

#include <math.h>
#include <string.h>

#include "plot/figure.h"

#define BINS 50
#define LEFT 100
#define RIGHT (FSNN_FIGURE_WIDTH - 30)
#define TOP (FSNN_FIGURE_TOP + 34)
#define LABEL 56    /* pixels that the label of the rate axis takes */
#define HEADING 34  /* between panels */
#define BAR 22      /* height of a bar and of what parts it from the next */
#define LETTERS 40  /* of a layer's name beside its bar */
#define LETTER 8    /* pixels of one */
#define BETWEEN 110 /* pixels between columns of panels: an axis */

/* What rates are shown in: `one` is that of a spike in each step. */
typedef struct scale {
    double one;
    const char *label;
} scale;

typedef struct spread {
    int64_t neurons, finite, never, always; /* finite: whose rate is a number */
    double mean;
    int64_t bins[BINS]; /* of those that fire */
} spread;

/* Where the panels are. */
typedef struct layout {
    int left, bars; /* of the panel of bars; its height, 0: none */
    int columns, size;
    double most; /* end of all axes of rates */
    scale in;
} layout;

static fsnn_status check(double hertz, int layers, const char *const *names, const int64_t *neurons,
                         const float *const *rate)
{
    if (!(hertz >= 0) || !isfinite(hertz))
        return fsnn_fail(FSNN_EARGUMENT,
                         "the Hz of a spike in each step must be above 0, or 0 for rates in spikes "
                         "per step, but are %g",
                         hertz);
    if (layers < 1 || !names || !rate)
        return fsnn_fail(FSNN_EARGUMENT,
                         "firing rates need layers with names and rates, but got %d layers",
                         layers);
    for (int l = 0; l < layers; l++)
        if (!names[l] || !rate[l] || (neurons && neurons[l] < 1))
            return fsnn_fail(
                FSNN_EARGUMENT,
                "layer %d (%s) of the firing rates needs a name, rates and at least one "
                "neuron, but has %lld",
                l, names[l] ? names[l] : "no name", (long long)(neurons ? neurons[l] : 1));
    return FSNN_OK;
}

static spread spread_of(const float *rate, int64_t N, const layout *at)
{
    spread s = {.neurons = N};
    double sum = 0;

    for (int64_t i = 0; i < N; i++) {
        if (!isfinite(rate[i]))
            continue;
        double place = floor((double)rate[i] * at->in.one / at->most * BINS * (1 + 1e-6));
        s.finite++;
        s.never += rate[i] == 0.0f;
        s.always += rate[i] == 1.0f;
        if (rate[i] != 0.0f)
            s.bins[place < 0 ? 0 : place >= BINS ? BINS - 1 : (int)place]++;
        sum += rate[i];
    }
    s.mean = s.finite ? sum / (double)s.finite * at->in.one : NAN;
    return s;
}

/* The rate axis of all panels: 0 to the largest rate, rounded up. */
static double most_of(double one, int layers, const int64_t *neurons, const float *const *rate)
{
    double largest = 0;

    for (int l = 0; l < layers; l++)
        for (int64_t i = 0; i < (neurons ? neurons[l] : 1); i++)
            if (isfinite(rate[l][i]))
                largest = fmax(largest, rate[l][i]);
    if (largest <= 0)
        return one;
    largest *= one;
    double step = fsnn_axis_step(largest, 5);
    return step * ceil(largest / step * (1 - 1e-6));
}

static void axis(fsnn_figure *f, double most, const scale *in)
{
    fprintf(f->script, "set xrange [0:%.9g]\nset xtics 0,%.9g\nset xlabel 'firing rate (%s)'\n",
            most, fsnn_axis_step(most, 5), in->label);
}

/* ---- means ---- */

/* Columns: mean rate, layer. */
static int means(fsnn_figure *f, int layers, const spread *s)
{
    for (int l = 0; l < layers; l++) {
        fsnn_figure_number(f, s[l].mean, ' ');
        fprintf(f->data, "%d\n", l);
    }
    return fsnn_figure_block(f);
}

static void names_of(fsnn_figure *f, int layers, const char *const *names)
{
    char text[FSNN_TEXT];

    fputs("set ytics (", f->script);
    for (int l = 0; l < layers; l++) {
        fsnn_text_clean(text, LETTERS, names[l]);
        fputs(l ? ", " : "", f->script);
        fsnn_text_quote_tic(f->script, text);
        fprintf(f->script, " %d", l);
    }
    fprintf(f->script, ")\nset yrange [%d.5:-0.5]\n", layers - 1);
}

/* A bar a layer, from above, its number at its end. */
static void bars(fsnn_figure *f, const layout *at, int layers, const char *const *names,
                 const spread *s)
{
    int block = means(f, layers, s);
    bool any = false;

    fsnn_figure_panel(f, at->left, RIGHT, TOP, TOP + at->bars, "mean of each layer");
    axis(f, 1.08 * at->most, &at->in); /* room for the number behind the longest bar */
    names_of(f, layers, names);
    for (int l = 0; l < layers; l++)
        any = any || s[l].finite;
    if (!any) {
        fsnn_figure_remark(f, "no finite rate");
        fsnn_figure_empty(f);
        return;
    }
    fprintf(f->script,
            "plot data index %d using ($1/2):2:($1/2):(0.36) with boxxyerror lt 1, \\\n"
            "     data index %d using 1:2:(sprintf(' %%.3g', $1)) with labels left\n",
            block, block);
}

/* ---- distributions ---- */

/* Columns: middle of a bin, neurons in it. */
static int histogram_of(fsnn_figure *f, const spread *s, double most)
{
    for (int i = 0; i < BINS; i++)
        fprintf(f->data, "%.6g %lld\n", (i + 0.5) * most / BINS, (long long)s->bins[i]);
    return fsnn_figure_block(f);
}

static void heading_of(char *out, size_t size, const char *name, const spread *s, bool wide)
{
    char clean[FSNN_TEXT];
    int used;

    fsnn_text_clean(clean, wide ? 60 : 14, name);
    used = snprintf(out, size, "%s: %lld of %lld never fire, %lld at every step", clean,
                    (long long)s->never, (long long)s->neurons, (long long)s->always);
    if (s->finite < s->neurons)
        snprintf(out + used, size - (size_t)used, ", %lld not a number",
                 (long long)(s->neurons - s->finite));
}

static void histogram(fsnn_figure *f, const spread *s, const layout *at, int block)
{
    int64_t largest = 0;

    for (int i = 0; i < BINS; i++)
        largest = s->bins[i] > largest ? s->bins[i] : largest;
    axis(f, at->most, &at->in);
    fprintf(f->script, "set yrange [0:%.9g]\nset ytics %lld\nset ylabel 'neurons' offset -away,0\n",
            1.08 * (double)(largest ? largest : 1),
            (long long)fsnn_axis_whole_step(largest ? largest : 1, at->size / 36));
    if (!largest) {
        fsnn_figure_remark(f, s->finite ? "no neuron fires" : "no finite rate");
        fsnn_figure_empty(f);
        return;
    }
    fprintf(f->script,
            "set arrow 1 from %.9g, graph 0 to %.9g, graph 1 nohead front lt 2 lw 1.5 dt (12,8)\n"
            "plot data index %d using 1:($2/2):(%.6g):($2/2) with boxxyerror lt 6\n"
            "unset arrow 1\n",
            s->mean, s->mean, block, 0.46 * at->most / BINS);
}

static void distribution(fsnn_figure *f, const layout *at, int l, const char *name, const spread *s)
{
    char text[FSNN_TEXT + 128];
    int width = (RIGHT - LEFT + BETWEEN) / at->columns;
    int left = LEFT + l % at->columns * width;
    int top = TOP + (at->bars ? at->bars + LABEL + HEADING : 0) +
              l / at->columns * (at->size + LABEL + HEADING);
    int block = histogram_of(f, s, at->most);

    heading_of(text, sizeof text, name, s, at->columns == 1);
    fsnn_figure_panel(f, left, left + width - BETWEEN, top, top + at->size, text);
    histogram(f, s, at, block);
}

/* ---- all of it ---- */

static layout layout_of(int layers, const char *const *names, bool spreads, double most, scale in)
{
    layout at = {.left = LEFT,
                 .columns = layers == 1 ? 1 : 2,
                 .size = layers == 1 ? 320 : 150,
                 .most = most,
                 .in = in};

    if (layers > 1 || !spreads)
        at.bars = BAR * layers + 12;
    for (int l = 0; l < layers; l++) {
        char text[FSNN_TEXT];
        fsnn_text_clean(text, LETTERS, names[l]);
        int left = 20 + LETTER * (int)strlen(text);
        at.left = left > at.left ? left : at.left;
    }
    return at;
}

static int height_of(const layout *at, int layers, bool spreads)
{
    int rows = spreads ? (layers - 1) / at->columns + 1 : 0;
    int height = TOP + (at->bars ? at->bars + LABEL : 0) + rows * (at->size + LABEL + HEADING);

    return height - (at->bars || !rows ? 0 : HEADING) + 12;
}

static void draw(fsnn_figure *f, const layout *at, int layers, const char *const *names,
                 const spread *s, bool spreads)
{
    if (spreads)
        fsnn_figure_subtitle(f, "neurons that never fire are not in the bars of neurons; dashed: "
                                "mean of all");
    if (at->bars)
        bars(f, at, layers, names, s);
    for (int l = 0; spreads && l < layers; l++)
        distribution(f, at, l, names[l], &s[l]);
}

fsnn_status fsnn_plot_rates(const char *title, int layers, const char *const *names,
                            const int64_t *neurons, const float *const *rate, const char *path)
{
    return fsnn_plot_rates_in(0, title, layers, names, neurons, rate, path);
}

fsnn_status fsnn_plot_rates_in(double hertz, const char *title, int layers,
                               const char *const *names, const int64_t *neurons,
                               const float *const *rate, const char *path)
{
    const scale in = hertz > 0 ? (scale){hertz, "Hz"} : (scale){1, "spikes per step"};
    fsnn_figure f;

    FSNN_TRY(check(hertz, layers, names, neurons, rate));
    layout at =
        layout_of(layers, names, neurons != NULL, most_of(in.one, layers, neurons, rate), in);
    spread *s = fsnn_alloc((size_t)layers * sizeof *s);
    if (!s)
        return FSNN_EMEMORY;
    for (int l = 0; l < layers; l++)
        s[l] = spread_of(rate[l], neurons ? neurons[l] : 1, &at);
    fsnn_status status =
        fsnn_figure_begin(&f, path, height_of(&at, layers, neurons != NULL), title);
    if (status == FSNN_OK) {
        draw(&f, &at, layers, names, s, neurons != NULL);
        status = fsnn_figure_end(&f);
    }
    fsnn_free(s);
    return status;
}

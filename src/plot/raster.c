/* plot/raster.c: the spikes of one sample, one panel a layer: a tick where a neuron (up) spikes at
 * a time (right). */
#include <fsnn/plot.h>

#include <math.h>

#include "plot/figure.h"

#define MOST_ROWS 1024  /* rows of a pixel or, in the SVG, a bit less */
#define MOST_HEIGHT 400 /* of a panel whose rows have room; a pixel a row makes it higher */
#define FEWEST_ROWS 20
/* a panel with more takes fewer neurons: it would be black, and its SVG huge */
#define MOST_TICKS 60000
#define LEFT 100
#define RIGHT (FSNN_FIGURE_WIDTH - 30)
#define BETWEEN 44 /* pixels between panels: a heading */

/* How many neurons a panel shows, and which: row r is neuron r N / rows. */
static int64_t neuron_of(int64_t row, int64_t rows, int64_t N)
{
    return row * N / rows;
}

static bool spiked(float s)
{
    return s != 0.0f && !isnan(s);
}

static int64_t count(const float *spikes, int64_t K, int64_t N, int64_t rows)
{
    int64_t ticks = 0;

    for (int64_t k = 0; k < K; k++)
        for (int64_t r = 0; r < rows; r++)
            ticks += spiked(spikes[k * N + neuron_of(r, rows, N)]);
    return ticks;
}

static int64_t rows_of(const float *spikes, int64_t K, int64_t N)
{
    int64_t rows = N < MOST_ROWS ? N : MOST_ROWS;

    while (rows / 2 >= FEWEST_ROWS && count(spikes, K, N, rows) > MOST_TICKS)
        rows /= 2;
    return rows;
}

/* A whole number of pixels a row, so that all rows look the same. */
static int height_of(int64_t rows)
{
    int64_t each = MOST_HEIGHT / rows;
    int64_t height = (each > 12 ? 12 : each < 1 ? 1 : each) * rows;

    return height < 70 ? 70 : (int)height;
}

static fsnn_status check(int layers, const char *const *names, const int64_t *neurons, int64_t K,
                         double step, const float *const *spikes)
{
    if (layers < 1 || K < 1 || !names || !neurons || !spikes)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "a spike raster needs layers with names, neurons and spikes and at least one step, "
            "but got %d layers and %lld steps",
            layers, (long long)K);
    if (!(step > 0) || !isfinite(step))
        return fsnn_fail(FSNN_EARGUMENT, "the step of a spike raster must be above 0, but is %g",
                         step);
    for (int l = 0; l < layers; l++)
        if (neurons[l] < 1 || !names[l] || !spikes[l])
            return fsnn_fail(
                FSNN_EARGUMENT,
                "layer %d (%s) of a spike raster needs a name, spikes and at least one "
                "neuron, but has %lld",
                l, names[l] ? names[l] : "no name", (long long)neurons[l]);
    return FSNN_OK;
}

/* Columns: time, neuron. */
static void data(fsnn_figure *f, int64_t K, int64_t N, int64_t rows, double step,
                 const float *spikes)
{
    fputs("NaN NaN\n", f->data); /* a silent layer is a block too */
    for (int64_t r = 0; r < rows; r++) {
        int64_t neuron = neuron_of(r, rows, N);
        double place = (double)r * (double)N / (double)rows; /* rows stand at even distances */
        for (int64_t k = 0; k < K; k++)
            if (spiked(spikes[k * N + neuron]))
                fprintf(f->data, "%.9g %.9g\n", (double)(k + 1) * step, place);
    }
    fsnn_figure_block(f);
}

static void heading(char out[FSNN_TEXT + 128], const char *name, int64_t rows, int64_t N)
{
    char clean[FSNN_TEXT];

    fsnn_text_clean(clean, 70, name);
    if (rows < N)
        snprintf(out, FSNN_TEXT + 128, "%s (%lld of %lld neurons, evenly chosen)", clean,
                 (long long)rows, (long long)N);
    else
        snprintf(out, FSNN_TEXT + 128, "%s (%lld %s)", clean, (long long)N,
                 N == 1 ? "neuron" : "neurons");
}

/* Ticks are vertical lines, a bit shorter than the distance of rows; their width is that of a step
 * within reason. */
static void draw(fsnn_figure *f, int l, int64_t K, int64_t N, int64_t rows, int height)
{
    double distance = (double)N / (double)rows;
    double row_pixels = (double)height / (double)rows;
    double fill = row_pixels > 4 ? 0.7 : 1.0; /* a gap between rows only where it can be seen */
    double width = fmin(18.0, fmax(1.4, 0.6 * (RIGHT - LEFT) / (double)K));

    fprintf(f->script, "set yrange [%.9g:%.9g]\nset ylabel 'neuron' offset -away,0\n",
            -0.5 * distance, (double)N - 0.5 * distance);
    fprintf(f->script, "set ytics 0,%lld\n",
            (long long)fsnn_axis_whole_step(N, height < 100 ? 3 : 6));
    fprintf(f->script,
            "plot data index %d using 1:($2-%.9g):(0):(%.9g) with vectors nohead lt 1 lw %.3g\n", l,
            0.5 * fill * distance, fill * distance, width);
}

static fsnn_status draw_all(fsnn_figure *f, const fsnn_units *units, int layers,
                            const char *const *names, const int64_t *neurons, const int64_t *rows,
                            int64_t K, double step, const float *const *spikes)
{
    char text[FSNN_TEXT + 128];
    int top = FSNN_FIGURE_TOP + 30;

    for (int l = 0; l < layers; l++) {
        int height = height_of(rows[l]);
        data(f, K, neurons[l], rows[l], step, spikes[l]);
        heading(text, names[l], rows[l], neurons[l]);
        fsnn_figure_panel(f, LEFT, RIGHT, top, top + height, text);
        fsnn_figure_time(f, K, step, l == layers - 1, units);
        if (count(spikes[l], K, neurons[l], rows[l]) == 0)
            fsnn_figure_remark(f,
                               rows[l] < neurons[l] ? "no spikes in these neurons" : "no spikes");
        draw(f, l, K, neurons[l], rows[l], height);
        top += height + BETWEEN;
    }
    return fsnn_figure_end(f);
}

fsnn_status fsnn_plot_raster(const char *title, int layers, const char *const *names,
                             const int64_t *neurons, int64_t K, double step,
                             const float *const *spikes, const char *path)
{
    return fsnn_plot_raster_in(NULL, title, layers, names, neurons, K, step, spikes, path);
}

fsnn_status fsnn_plot_raster_in(const fsnn_units *units, const char *title, int layers,
                                const char *const *names, const int64_t *neurons, int64_t K,
                                double step, const float *const *spikes, const char *path)
{
    int64_t height = FSNN_FIGURE_TOP + 30 + 36;
    fsnn_figure f;

    FSNN_TRY(check(layers, names, neurons, K, step, spikes));
    int64_t *rows = fsnn_alloc((size_t)layers * sizeof *rows);
    if (!rows)
        return FSNN_EMEMORY;
    for (int l = 0; l < layers; l++) {
        rows[l] = rows_of(spikes[l], K, neurons[l]);
        height += height_of(rows[l]) + BETWEEN;
    }
    fsnn_status status =
        fsnn_figure_begin(&f, path, height < INT32_MAX ? (int)height : INT32_MAX, title);
    if (status == FSNN_OK)
        status = draw_all(&f, units, layers, names, neurons, rows, K, step, spikes);
    fsnn_free(rows);
    return status;
}

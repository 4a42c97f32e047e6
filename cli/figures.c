/* cli/figures.c: the pictures of a recorded run: raster of one sample, membrane traces, firing
 * rates. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

enum {
    TRACES = 4,  /* neurons in a picture when none are asked for */
    LAYERS = 24, /* most in one raster */
    BARS = 60,   /* and in one picture of rates */
};

void cli_recording_free(cli_recording *recording)
{
    for (int l = 0; l < recording->layers; l++) {
        free(recording->layer[l].name);
        free(recording->layer[l].v);
        free(recording->layer[l].spikes);
        free(recording->layer[l].test);
        free(recording->layer[l].moving);
    }
    free(recording->layer);
    memset(recording, 0, sizeof *recording);
}

/* One sample of [K, B, N] as [K, N]. */
static float *slice(const float *all, int64_t K, int64_t B, int64_t N, int64_t b)
{
    float *one = cli_allocate((size_t)(K * N), sizeof *one);
    for (int64_t k = 0; k < K; k++)
        memcpy(one + k * N, all + (k * B + b) * N, (size_t)N * sizeof *one);
    return one;
}

/* Mean over steps and samples, a number a neuron: 1 of a neuron that fired at every step. */
static float *rates(const cli_recording *r, const cli_layer *layer)
{
    int64_t rows = r->steps * r->batch, N = layer->neurons;
    float *rate = cli_allocate((size_t)N, sizeof *rate);
    for (int64_t n = 0; n < N; n++) {
        double sum = 0;
        for (int64_t i = 0; i < rows; i++)
            sum += layer->spikes[i * N + n];
        rate[n] = (float)(sum / (double)rows);
    }
    return rate;
}

/* Layers with spikes, as the plotting functions take them. */
typedef struct spiking {
    int layers;
    const char **name;
    int64_t *neurons;
    float **data;
} spiking;

static spiking collect(const cli_recording *r, int64_t sample, bool as_rates)
{
    size_t most = (size_t)r->layers;
    spiking s = {0, cli_allocate(most, sizeof *s.name), cli_allocate(most, sizeof *s.neurons),
                 cli_allocate(most, sizeof *s.data)};
    for (int l = 0; l < r->layers; l++) {
        const cli_layer *layer = &r->layer[l];
        if (!layer->spikes)
            continue;
        s.name[s.layers] = layer->name;
        s.neurons[s.layers] = layer->neurons;
        s.data[s.layers++] = as_rates
                                 ? rates(r, layer)
                                 : slice(layer->spikes, r->steps, r->batch, layer->neurons, sample);
    }
    return s;
}

static void release(spiking *s)
{
    for (int l = 0; l < s->layers; l++)
        free(s->data[l]);
    free(s->name);
    free(s->neurons);
    free(s->data);
}

/* "DIRECTORY/raster", "DIRECTORY/raster-2", .... */
static char *page_path(const char *directory, const char *name, int page)
{
    char *file = page ? cli_format("%s-%d", name, page + 1) : cli_format("%s", name);
    char *path = cli_path(directory, file);
    free(file);
    return path;
}

static char *page_title(const char *title, int from, int to, int layers)
{
    return to - from == layers
               ? cli_format("%s", title)
               : cli_format("%s (layers %d to %d of %d)", title, from + 1, to, layers);
}

/* Pictures of up to `most` layers each. */
static int pages(const spiking *s, const char *directory, const char *name, const char *subject,
                 int most,
                 fsnn_status (*draw)(const spiking *part, const char *title, const char *path,
                                     const void *how),
                 const void *how)
{
    int written = 0;
    for (int from = 0, page = 0; from < s->layers; from += most, page++) {
        int to = s->layers - from < most ? s->layers : from + most;
        const spiking part = {to - from, s->name + from, s->neurons + from, s->data + from};
        char *path = page_path(directory, name, page);
        char *title = page_title(subject, from, to, s->layers);
        written += cli_figure_done(draw(&part, title, path, how), path);
        free(title);
        free(path);
    }
    return written;
}

static fsnn_status draw_raster(const spiking *s, const char *title, const char *path,
                               const void *how)
{
    const cli_recording *r = how;
    return fsnn_plot_raster_in(&r->units, title, s->layers, s->name, s->neurons, r->steps, r->step,
                               (const float *const *)s->data, path);
}

static int raster(const cli_recording *r, const cli_figure_options *o)
{
    spiking s = collect(r, o->sample, false);
    char *title = cli_format("Spikes, %s", o->subject);
    int written = pages(&s, o->directory, "raster", title, LAYERS, draw_raster, r);
    free(title);
    release(&s);
    return written;
}

static fsnn_status draw_rates(const spiking *s, const char *title, const char *path,
                              const void *how)
{
    const double *hertz = how;
    return fsnn_plot_rates_in(*hertz, title, s->layers, s->name, s->neurons,
                              (const float *const *)s->data, path);
}

static int rate_bars(const cli_recording *r, const cli_figure_options *o)
{
    spiking s = collect(r, 0, true);
    char *title = cli_format("Firing rates, mean of %lld sample%s", (long long)r->batch,
                             r->batch == 1 ? "" : "s");
    double hertz = fsnn_units_hertz(&r->units, r->step);
    int written = pages(&s, o->directory, "rates", title, BARS, draw_rates, &hertz);
    free(title);
    release(&s);
    return written;
}

int cli_figures_rates(const cli_model *model, const fsnn_evaluation *e, const char *title,
                      const char *directory)
{
    double hertz = cli_model_hertz(model);
    const char **name = cli_allocate((size_t)e->layers, sizeof *name);
    for (int i = 0; i < e->layers; i++)
        name[i] = cli_layer_name(model->net, e->layer_node[i]);
    const spiking s = {e->layers, name, e->layer_neurons, e->neuron_rate};
    int written = pages(&s, directory, "rates", title, BARS, draw_rates, &hertz);
    free(name);
    return written;
}

/* Up to TRACES neurons: those that spike, spread over the layer; others where too few do. */
static int choose(const float *spikes, int64_t K, int64_t N, int64_t *index)
{
    int64_t *order = cli_allocate((size_t)N, sizeof *order), active = 0, silent = N;
    for (int64_t n = 0; n < N; n++) {
        bool fires = false;
        for (int64_t k = 0; spikes && k < K; k++)
            fires = fires || spikes[k * N + n] != 0;
        order[fires ? active++ : --silent] = n;
    }
    int count = N < TRACES ? (int)N : TRACES;
    int64_t from = active >= count ? active : N;
    for (int i = 0; i < count; i++)
        index[i] = order[i * from / count];
    for (int i = 1; i < count; i++) { /* in ascending order */
        for (int j = i; j > 0 && index[j] < index[j - 1]; j--) {
            int64_t swap = index[j];
            index[j] = index[j - 1];
            index[j - 1] = swap;
        }
    }
    free(order);
    return count;
}

/* Columns `index` of [K, N] as [K, n]. */
static float *pick(const float *all, int64_t K, int64_t N, const int64_t *index, int n)
{
    float *some = cli_allocate((size_t)(K * n), sizeof *some);
    for (int64_t k = 0; k < K; k++) {
        for (int i = 0; i < n; i++)
            some[k * n + i] = all[k * N + index[i]];
    }
    return some;
}

/* Columns `index` of sample b of [K, B, N] as [K, n]; NULL of NULL. */
static float *some(const cli_recording *r, const cli_layer *layer, const float *all, int64_t b,
                   const int64_t *index, int n)
{
    if (!all)
        return NULL;
    float *one = slice(all, r->steps, r->batch, layer->neurons, b);
    float *picked = pick(one, r->steps, layer->neurons, index, n);
    free(one);
    return picked;
}

static int traces(const cli_recording *r, const cli_layer *layer, const cli_figure_options *o)
{
    int64_t K = r->steps, N = layer->neurons, b = o->sample, chosen[TRACES];
    float *spikes = layer->spikes ? slice(layer->spikes, K, r->batch, N, b) : NULL;
    int n = o->neuron ? o->neurons : choose(spikes, K, N, chosen);
    const int64_t *index = o->neuron ? o->neuron : chosen;
    float *v = some(r, layer, layer->v, b, index, n);
    float *fired = some(r, layer, layer->spikes, b, index, n);
    float *test = some(r, layer, layer->test, b, index, n);
    float *moving = some(r, layer, layer->moving, b, index, n);
    const fsnn_traces shown = {K, n,     r->step, layer->threshold, index,
                               v, fired, test,    moving,           r->units};
    char *name = cli_file_name(layer->name), *file = cli_format("traces-%s", name),
         *path = cli_path(o->directory, file);
    char *title = cli_format("Membrane potentials of %s, %s", layer->name, o->subject);
    int written = cli_figure_done(fsnn_plot_traces(title, &shown, path), path);
    free(title);
    free(path);
    free(file);
    free(name);
    free(v);
    free(fired);
    free(test);
    free(moving);
    free(spikes);
    return written;
}

int cli_figures_recording(const cli_recording *r, const cli_figure_options *o)
{
    int written = raster(r, o);
    for (int l = 0; l < r->layers; l++) {
        const cli_layer *layer = &r->layer[l];
        if (layer->v && (!o->only || strcmp(o->only, layer->name) == 0))
            written += traces(r, layer, o);
    }
    return written + (o->rates ? rate_bars(r, o) : 0);
}

int cli_figures_end(int code)
{
    bool lost = code == CLI_GOOD && cli_figure_lost() && fsnn_plot_check(NULL) == FSNN_OK;
    return lost ? cli_error(CLI_FAILED, "not all figures could be written") : code;
}

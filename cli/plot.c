/* cli/plot.c: fsnn plot: pictures from what the other commands wrote. */
#include "graph.h"
#include "plot_events.h"
#include "series.h"

#include <stdlib.h>
#include <string.h>

#include <fsnn/events.h>

typedef struct options {
    cli_common common;
    const char *out, *layer, *neurons;
    cli_int sample, frames;
    cli_real step, threshold, from, to;
} options;

static const cli_option table[] = {
    {"out", 'o', CLI_TEXT, offsetof(options, out), "DIR",
     "where the pictures go (default: figures, in the run directory or beside the file)", 0, 0},
    {"sample", 0, CLI_INT, offsetof(options, sample), "B",
     "sample of the batch, or series of the file, from 0 (default 0)", 0, 1e9},
    {"layer", 0, CLI_TEXT, offsetof(options, layer), "NAME", "traces of this neuron layer only", 0,
     0},
    {"neurons", 0, CLI_TEXT, offsetof(options, neurons), "I,J,...",
     "neurons of the traces, from 0 (default: a few that spike); needs --layer", 0, 0},
    {"step", 0, CLI_REAL, offsetof(options, step), "H",
     "solver step, for the time axis (default: what the file says, else 1)", 1e-12, 1e12},
    {"threshold", 0, CLI_REAL, offsetof(options, threshold), "V",
     "threshold drawn into the traces (default 1)", -1e12, 1e12},
    {"frames", 0, CLI_INT, offsetof(options, frames), "N",
     "frames of a recording of events (default 8)", 1, 64},
    {"from", 0, CLI_REAL, offsetof(options, from), "S",
     "series: begin here, in seconds (steps where the rate is not known)", 0, 1e12},
    {"to", 0, CLI_REAL, offsetof(options, to), "S", "series: end here", 0, 1e12},
    CLI_ROWS_LAST,
};

enum { MOST_NEURONS = 16 };

/* ---- training curves ---- */

static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? cli_format("%.*s", (int)(slash - path), path) : cli_format(".");
}

static int written(int figures, const char *directory)
{
    if (figures == 0)
        return cli_error(CLI_FAILED, "no figure could be written to %s", directory);
    printf("%s/: %d figure%s, PNG and SVG\n", directory, figures, figures == 1 ? "" : "s");
    return CLI_GOOD;
}

static int plot_training(const char *metrics, const char *title, const char *directory)
{
    int code = cli_make_directory(directory);
    if (code != CLI_GOOD)
        return code;
    char *path = cli_path(directory, "training");
    int done = cli_figure_done(fsnn_plot_training(metrics, title, path), path);
    free(path);
    return written(done, directory);
}

/* ---- recordings ---- */

/* The layer called `name`, made if it is not there yet: spikes.lif1 and v.lif1 are one layer. */
static cli_layer *layer_of(cli_recording *r, const char *name)
{
    for (int l = 0; l < r->layers; l++) {
        if (strcmp(r->layer[l].name, name) == 0)
            return &r->layer[l];
    }
    cli_layer *layer = &r->layer[r->layers++];
    layer->name = cli_format("%s", name);
    return layer;
}

static int take_array(const options *o, const fsnn_array *array, cli_recording *r)
{
    bool spikes = strncmp(array->name, "spikes.", 7) == 0, v = strncmp(array->name, "v.", 2) == 0;
    const fsnn_shape *s = &array->shape;
    char text[96];
    if (!spikes && !v)
        return CLI_GOOD;
    bool first = r->layers == 0;
    if (first && s->rank >= 2) {
        r->steps = s->dim[0];
        r->batch = s->dim[1];
    }
    int64_t count = fsnn_shape_count(s);
    if (s->rank < 2 || s->dim[0] != r->steps || s->dim[1] != r->batch || count == 0)
        return cli_error(CLI_FAILED,
                         "%s: %s has shape %s: expected [T, B, ...], the same T and B for all",
                         o->common.operand[0], array->name, fsnn_shape_text(s, text, sizeof text));
    cli_layer *layer = layer_of(r, strchr(array->name, '.') + 1);
    float **to = spikes ? &layer->spikes : &layer->v;
    int64_t neurons = count / (r->steps * r->batch);
    if ((layer->v || layer->spikes) && layer->neurons != neurons)
        return cli_error(CLI_FAILED, "%s: v.%s and spikes.%s differ in shape", o->common.operand[0],
                         layer->name, layer->name);
    layer->neurons = neurons;
    layer->threshold = o->threshold.given ? o->threshold.value : 1;
    free(*to);
    *to = cli_allocate((size_t)count, sizeof **to);
    fsnn_array_to_f32(array, *to);
    return CLI_GOOD;
}

/* The time axis: --step, else the stamps of the sample or the step that fsnn run wrote beside the
 * records. Returns the time of the first sample. */
static double read_time(const options *o, const fsnn_arrays *arrays, cli_recording *r)
{
    const fsnn_array *times = fsnn_arrays_find(arrays, "times");
    const fsnn_array *step = fsnn_arrays_find(arrays, "step");
    bool each = times && times->shape.rank == 2 && times->shape.dim[1] == r->batch;
    bool stamped = times && times->dtype == FSNN_F64 && (each || times->shape.rank == 1) &&
                   times->shape.dim[0] == r->steps;
    double start = 0;
    r->step = 1;
    if (step && step->dtype == FSNN_F64 && fsnn_shape_count(&step->shape) == 1)
        r->step = *(const double *)step->data;
    if (stamped) {
        const double *t = times->data;
        int64_t columns = each ? r->batch : 1, column = each ? o->sample.value : 0;
        start = t[column];
        if (!step && r->steps > 1)
            r->step = (t[(r->steps - 1) * columns + column] - start) / (double)(r->steps - 1);
    }
    if (o->step.given || !(r->step > 0))
        r->step = o->step.given ? o->step.value : 1;
    return start;
}

static int read_recording(const options *o, const fsnn_arrays *arrays, cli_recording *r)
{
    int code = CLI_GOOD;
    r->layer = cli_allocate((size_t)arrays->count, sizeof *r->layer);
    for (int i = 0; i < arrays->count && code == CLI_GOOD; i++)
        code = take_array(o, &arrays->item[i], r);
    if (code == CLI_GOOD && r->layers == 0)
        code = cli_error(
            CLI_FAILED,
            "%s: no arrays spikes.NAME or v.NAME in it: write them with fsnn run --record v,spikes",
            o->common.operand[0]);
    if (code == CLI_GOOD && o->sample.value >= r->batch)
        code = cli_error(CLI_USAGE, "--sample %lld: there are %lld samples, counted from 0",
                         (long long)o->sample.value, (long long)r->batch);
    return code;
}

static int check_layer(const options *o, const cli_recording *r, int64_t *neurons)
{
    const char *known[256];
    int count = 0;
    for (int l = 0; l < r->layers && count < CLI_COUNT(known); l++) {
        if (strcmp(r->layer[l].name, o->layer) == 0) {
            *neurons = r->layer[l].neurons;
            if (r->layer[l].v)
                return CLI_GOOD;
            return cli_error(CLI_USAGE, "--layer %s: the potentials v.%s were not recorded",
                             o->layer, o->layer);
        }
        known[count++] = r->layer[l].name;
    }
    const char *near = cli_nearest(o->layer, known, count);
    return cli_error(CLI_USAGE, "--layer %s: there is no such layer; %s %s", o->layer,
                     near ? "did you mean" : "the first is", near ? near : known[0]);
}

static int read_neurons(const options *o, int64_t neurons, int64_t *index, int *count)
{
    const char *text = o->neurons;
    for (*count = 0; *text; (*count)++) {
        char *end;
        long long n = strtoll(text, &end, 10);
        if (end == text || (*end && *end != ',') || n < 0 || n >= neurons || *count == MOST_NEURONS)
            return cli_error(
                CLI_USAGE,
                "--neurons takes up to %d numbers from 0 to %lld, with commas between, not \"%s\"",
                MOST_NEURONS, (long long)neurons - 1, o->neurons);
        index[*count] = n;
        text = *end ? end + 1 : end;
    }
    return CLI_GOOD;
}

static int draw(const options *o, const cli_recording *r, double start, const char *directory)
{
    int64_t index[MOST_NEURONS], neurons = 0;
    int count = 0, code = CLI_GOOD;
    if (o->layer)
        code = check_layer(o, r, &neurons);
    if (code == CLI_GOOD && o->neurons)
        code = read_neurons(o, neurons, index, &count);
    if (code == CLI_GOOD)
        code = cli_make_directory(directory);
    if (code != CLI_GOOD)
        return code;
    char *subject = cli_format("sample %lld", (long long)o->sample.value);
    if (start != 0) {
        free(subject);
        subject = cli_format("sample %lld, time since %.6g", (long long)o->sample.value, start);
    }
    cli_figure_options how = {.directory = directory,
                              .subject = subject,
                              .sample = o->sample.value,
                              .only = o->layer,
                              .neuron = o->neurons ? index : NULL,
                              .neurons = count};
    int figures = cli_figures_recording(r, &how);
    free(subject);
    return written(figures, directory);
}

static int plot_recording(const options *o, const char *directory)
{
    fsnn_arrays arrays = {0};
    cli_recording recording = {0};
    fsnn_status status = fsnn_npz_read(o->common.operand[0], &arrays);
    int code = status < 0 ? cli_fail(status) : read_recording(o, &arrays, &recording);
    double start = code == CLI_GOOD ? read_time(o, &arrays, &recording) : 0;
    fsnn_arrays_free(&arrays);
    if (code == CLI_GOOD)
        code = draw(o, &recording, start, directory);
    cli_recording_free(&recording);
    return code;
}

/* ---- which ---- */

static bool is_npz(const char *path)
{
    char head[2] = "";
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    bool zip = fread(head, 1, 2, file) == 2 && head[0] == 'P' && head[1] == 'K';
    fclose(file);
    return zip;
}

static int plot_file(const options *o, const char *what, const char *given)
{
    char *beside = directory_of(what), *figures = cli_path(beside, "figures");
    const char *directory = given ? given : figures;
    series_kind kind = series_kind_of(what);
    const series_view view = {o->sample.value, o->from.value, o->to.value, directory};
    int code = kind != SERIES_NONE       ? plot_series(what, kind, &view)
               : fsnn_events_known(what) ? plot_events(what, (int)o->frames.value, directory)
               : is_npz(what)            ? plot_recording(o, directory)
                                         : plot_training(what, "Training", directory);
    free(figures);
    free(beside);
    return code;
}

static int plot_directory(const char *what, const char *given)
{
    char *metrics = cli_path(what, "metrics.csv"), *figures = cli_path(what, "figures"), *title;
    char *name = cli_format("%s", what);
    for (size_t n = strlen(name); n > 1 && name[n - 1] == '/'; n--)
        name[n - 1] = '\0';
    title = strrchr(name, '/') && strrchr(name, '/')[1] ? strrchr(name, '/') + 1 : name;
    int code;
    if (cli_exists(metrics))
        code = plot_training(metrics, title, given ? given : figures);
    else
        code =
            cli_error(CLI_FAILED, "%s: not a run directory: there is no metrics.csv in it", what);
    free(name);
    free(figures);
    free(metrics);
    return code;
}

static int run(void *given)
{
    const options *o = given;
    const char *what = o->common.operand[0];
    if (o->neurons && !o->layer)
        return cli_error(CLI_USAGE, "--neurons needs --layer NAME: which layer they are in");
    if (!cli_exists(what))
        return cli_error(CLI_FAILED, "%s: there is no such file or directory", what);
    if (cli_is_directory(what) && graph_is(what))
        return graph_plot(what, o->out ? o->out : "figures");
    if (cli_is_directory(what))
        return plot_directory(what, o->out);
    return plot_file(o, what, o->out);
}

const cli_command cli_plot = {
    .name = "plot",
    .summary = "pictures from what train and run wrote, and of recordings of events",
    .operands = "WHAT",
    .usage = "WHAT [options]",
    .details =
        "WHAT is a run directory or a metrics.csv (training curves), or an NPZ written by fsnn run "
        "--record v,spikes (spike raster of one sample, membrane traces, firing rates), or data: a recording "
        "of an event camera (a strip of frames), a .ts file, WAV, WFDB header (one series of it), HDF5 "
        "spike trains (raster of a sample), or the folder of a graph (degrees; into figures/ unless "
        "--out says otherwise). Each "
        "picture is "
        "written as PNG and SVG, with the gnuplot script and its data beside it.",
    .examples = "  fsnn plot runs/fashion-mlp\n"
                "  fsnn plot out.npz --layer lif1 --neurons 0,3,7 --step 0.5 --out pictures\n",
    .option = table,
    .min_operands = 1,
    .max_operands = 1,
    .size = sizeof(options),
    .run = run,
};

/* cli/look/plot.c: fsnn plot: pictures from what the other commands wrote. */
#include "cli/look/graph.h"
#include "cli/look/nir.h"
#include "cli/look/inspect.h"
#include "cli/look/plot_arrays.h"
#include "cli/look/plot_events.h"
#include "cli/look/runs.h"
#include "cli/look/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <fsnn/events.h>

typedef struct options {
    cli_common common;
    const char *out, *layer, *neurons, *camera;
    cli_int sample, frames;
    cli_real step, threshold, from, to;
} options;

static const cli_option table[] = {
    {"out", 'o', CLI_PATH, offsetof(options, out), "DIR",
     "directory of the figures (default: figures, in the run directory or beside the file)", 0, 0},
    {"sample", 0, CLI_INT, offsetof(options, sample), "B",
     "sample of the batch, series of the file, recording of the folder, first of the pictures; "
     "from 0 (default 0)",
     0, 1e9},
    {"layer", 0, CLI_TEXT, offsetof(options, layer), "NAME", "traces of this neuron layer only", 0,
     0},
    {"neurons", 0, CLI_TEXT, offsetof(options, neurons), "I,J,...",
     "neurons of the traces, from 0 (default: a few that spike); needs --layer", 0, 0},
    {"step", 0, CLI_REAL, offsetof(options, step), "H",
     "solver step, for the time axis (default: that in the file, else 1)", 1e-12, 1e12},
    {"threshold", 0, CLI_REAL, offsetof(options, threshold), "V",
     "threshold in the traces (default: those in the file)", -1e12, 1e12},
    {"frames", 0, CLI_INT, offsetof(options, frames), "N",
     "frames of a recording of events (default 8), pictures of a data set (default 16)", 1, 64},
    CLI_ROW_CAMERA(options, "of a recording of two cameras: which is drawn, default left"),
    {"from", 0, CLI_REAL, offsetof(options, from), "S",
     "series: begin here, in seconds (in steps if the rate is not known)", 0, 1e12},
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
    cli_out("%s/: %d figure%s, PNG and SVG\n", directory, figures, figures == 1 ? "" : "s");
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
static cli_layer *layer_of(const options *o, cli_recording *r, const char *name)
{
    for (int l = 0; l < r->layers; l++) {
        if (strcmp(r->layer[l].name, name) == 0)
            return &r->layer[l];
    }
    cli_layer *layer = &r->layer[r->layers++];
    layer->name = cli_format("%s", name);
    layer->threshold = o->threshold.given ? o->threshold.value : NAN;
    return layer;
}

/* A record by the beginning of its name: where a layer keeps it. */
static const struct {
    const char *begins;
    size_t place;
} records[] = {
    {"v.", offsetof(cli_layer, v)},
    {"spikes.", offsetof(cli_layer, spikes)},
    {"test.", offsetof(cli_layer, test)},
    {"threshold.", offsetof(cli_layer, moving)},
};
enum { DRAWN = 2, THRESHOLD = 3 }; /* v and spikes make pictures, the others belong to them */

static int record_of(const char *name)
{
    for (int i = 0; i < CLI_COUNT(records); i++)
        if (strncmp(name, records[i].begins, strlen(records[i].begins)) == 0)
            return i;
    return -1;
}

/* A threshold of each neuron that holds all the time. */
static void read_levels(const fsnn_array *array, const cli_recording *r, cli_layer *layer)
{
    int64_t N = layer->neurons, rows = r->steps * r->batch;
    float *level = cli_allocate((size_t)N, sizeof *level);
    bool same = true;
    fsnn_array_to_f32(array, level);
    for (int64_t n = 0; n < N; n++)
        same = same && level[n] == level[0];
    layer->threshold = (double)level[0];
    if (!same) {
        layer->moving = cli_allocate((size_t)(rows * N), sizeof *layer->moving);
        for (int64_t i = 0; i < rows; i++)
            memcpy(layer->moving + i * N, level, (size_t)N * sizeof *level);
    }
    free(level);
}

static int read_array(const options *o, const fsnn_array *array, cli_recording *r)
{
    int record = record_of(array->name);
    const fsnn_shape *s = &array->shape;
    char text[96];
    int64_t count = fsnn_shape_count(s);
    cli_layer *layer = layer_of(o, r, strchr(array->name, '.') + 1);
    if (record == THRESHOLD && o->threshold.given)
        return CLI_GOOD;
    if (record == THRESHOLD && layer->neurons > 0 && count == layer->neurons) {
        read_levels(array, r, layer);
        return CLI_GOOD;
    }
    if (r->steps == 0 && s->rank >= 2) {
        r->steps = s->dim[0];
        r->batch = s->dim[1];
    }
    if (s->rank < 2 || s->dim[0] != r->steps || s->dim[1] != r->batch || count == 0)
        return cli_error(CLI_FAILED,
                         "%s: %s has shape %s: expected [T, B, ...], the same T and B for all",
                         o->common.operand[0], array->name, fsnn_shape_text(s, text, sizeof text));
    float **to = (float **)((char *)layer + records[record].place);
    int64_t neurons = count / (r->steps * r->batch);
    if (layer->neurons && layer->neurons != neurons)
        return cli_error(CLI_FAILED, "%s: the records of %s differ in shape", o->common.operand[0],
                         layer->name);
    layer->neurons = neurons;
    free(*to);
    *to = cli_allocate((size_t)count, sizeof **to);
    fsnn_array_to_f32(array, *to);
    return CLI_GOOD;
}

/* Potentials and spikes first: what belongs to them is known by them. */
static int read_arrays(const options *o, const fsnn_arrays *arrays, cli_recording *r)
{
    int code = CLI_GOOD;
    for (int belongs = 0; belongs < 2; belongs++)
        for (int i = 0; i < arrays->count && code == CLI_GOOD; i++) {
            int record = record_of(arrays->item[i].name);
            if (record >= 0 && (record >= DRAWN) == belongs)
                code = read_array(o, &arrays->item[i], r);
        }
    return code;
}

/* The time axis: --step, else the stamps of the sample or the step that fsnn run wrote beside the
 * records. Returns the time of the first sample. */
static double read_time(const options *o, const fsnn_arrays *arrays, cli_recording *r)
{
    const fsnn_array *times = fsnn_arrays_find(arrays, "times");
    const fsnn_array *step = fsnn_arrays_find(arrays, "step");
    const fsnn_array *from = fsnn_arrays_find(arrays, "first_step");
    int64_t first = 0;
    if (from && from->dtype == FSNN_I64 && fsnn_shape_count(&from->shape) == 1)
        first = *(const int64_t *)from->data;
    bool each = times && times->shape.rank == 2 && times->shape.dim[1] == r->batch;
    bool stamped = times && times->dtype == FSNN_F64 && (each || times->shape.rank == 1) &&
                   first >= 0 && first <= times->shape.dim[0] - r->steps &&
                   (from || times->shape.dim[0] == r->steps);
    r->step = 1;
    if (step && step->dtype == FSNN_F64 && fsnn_shape_count(&step->shape) == 1)
        r->step = *(const double *)step->data;
    double start = 0;
    if (stamped) {
        const double *t = times->data;
        int64_t columns = each ? r->batch : 1, column = each ? o->sample.value : 0;
        t += first * columns + column;
        start = *t;
        if (!step && r->steps > 1)
            r->step = (t[(r->steps - 1) * columns] - start) / (double)(r->steps - 1);
    }
    if (o->step.given || !(r->step > 0))
        r->step = o->step.given ? o->step.value : 1;
    return stamped ? start : r->step * (double)first;
}

/* The units that fsnn run wrote beside the records, by their sizes. */
static void read_units(const fsnn_arrays *arrays, cli_recording *r)
{
    char name[CLI_NUMBER];
    for (int q = 0; q < FSNN_QUANTITIES; q++) {
        snprintf(name, sizeof name, "unit.%s", fsnn_quantity_name((fsnn_quantity)q));
        const fsnn_array *size = fsnn_arrays_find(arrays, name);
        if (size && size->dtype == FSNN_F64 && fsnn_shape_count(&size->shape) == 1)
            r->units.unit[q] = fsnn_unit_of_size((fsnn_quantity)q, *(const double *)size->data);
    }
}

static int read_recording(const options *o, const fsnn_arrays *arrays, cli_recording *r)
{
    read_units(arrays, r);
    r->layer = cli_allocate((size_t)arrays->count, sizeof *r->layer);
    int code = read_arrays(o, arrays, r);
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
    for (int l = 0; l < r->layers; l++) {
        if (strcmp(r->layer[l].name, o->layer) == 0) {
            *neurons = r->layer[l].neurons;
            if (r->layer[l].v)
                return CLI_GOOD;
            return cli_error(CLI_USAGE, "--layer %s: the potentials v.%s were not recorded",
                             o->layer, o->layer);
        }
    }
    const char **known = cli_allocate((size_t)r->layers, sizeof *known);
    for (int l = 0; l < r->layers; l++)
        known[l] = r->layer[l].name;
    const char *near = cli_nearest(o->layer, known, r->layers);
    int code = cli_error(CLI_USAGE, "--layer %s: there is no such layer; %s %s", o->layer,
                         near ? "did you mean" : "the first is", near ? near : known[0]);
    free(known);
    return code;
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

/* Under some resets spikes stand where v does not reach the threshold. */
static void hint_at_tests(const cli_recording *r)
{
    bool spikes = false, tests = false;
    for (int l = 0; l < r->layers; l++) {
        spikes = spikes || (r->layer[l].v && r->layer[l].spikes);
        tests = tests || r->layer[l].test;
    }
    if (spikes && !tests)
        cli_say("what the spike tests compared was not recorded: fsnn run --record "
                "v,spikes,test,threshold does");
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
                              .neurons = count,
                              .rates = true};
    hint_at_tests(r);
    int figures = cli_figures_recording(r, &how);
    free(subject);
    return written(figures, directory);
}

static bool is_recorded(const fsnn_arrays *arrays)
{
    for (int i = 0; i < arrays->count; i++)
        if (!strncmp(arrays->item[i].name, "spikes.", 7) || !strncmp(arrays->item[i].name, "v.", 2))
            return true;
    return false;
}

/* Options that say something about one kind of file alone are refused for others. `used`: those of
 * this kind, parted by blanks; `kind`: what it is. */
static int check_used(const options *o, const char *what, const char *kind, const char *used)
{
    static const char always[] = "out quiet help version";
    for (const cli_option *option = table; option->name; option++)
        if (cli_option_given(option, o) && !cli_has_word(always, option->name) &&
            !cli_has_word(used, option->name))
            return cli_error(CLI_USAGE, "--%s does nothing with %s, which %s is: leave it out",
                             option->name, kind, what);
    return CLI_GOOD;
}

static const char of_records[] = "sample layer neurons step threshold",
                  of_arrays[] = "sample frames";

/* Arrays that fsnn run recorded, or any others. */
static int plot_npz(const options *o, const char *what, const char *directory)
{
    fsnn_arrays arrays = {0};
    cli_recording recording = {0};
    fsnn_status status = fsnn_npz_read(what, &arrays);
    int code = status < 0 ? cli_fail(status) : CLI_GOOD;
    bool recorded = code == CLI_GOOD && is_recorded(&arrays);
    if (code == CLI_GOOD && !recorded && (o->layer || o->neurons))
        code = cli_error(
            CLI_FAILED,
            "%s: no arrays spikes.NAME or v.NAME in it: write them with fsnn run --record v,spikes",
            what);
    if (code == CLI_GOOD)
        code = recorded ? check_used(o, what, "records of fsnn run", of_records)
                        : check_used(o, what, "a file of arrays", of_arrays);
    if (code == CLI_GOOD && !recorded)
        code = plot_arrays(what, &arrays, o->sample.value, (int)o->frames.value, directory);
    if (recorded && code == CLI_GOOD)
        code = read_recording(o, &arrays, &recording);
    double start = recorded && code == CLI_GOOD ? read_time(o, &arrays, &recording) : 0;
    fsnn_arrays_free(&arrays);
    if (recorded && code == CLI_GOOD)
        code = draw(o, &recording, start, directory);
    cli_recording_free(&recording);
    return code;
}

/* ---- which: a row a kind of file, the first that knows it draws it ---- */

static const char drawable[] =
    "plot draws run directories and metrics.csv; recordings of events (.bin, .bs2, .aedat, "
    ".aedat4, .raw, .dat, .es, .h5, .npz), WAV (also folders of these two), .ts, WFDB headers "
    "(.hea), "
    "HDF5 spike trains, "
    "NIR graphs (.nir), graphs (folders, .npz), IDX pictures, arrays (.npz, .npy) and weights "
    "(.safetensors, .pt)";

static int as_series(const options *o, const char *what, const char *directory)
{
    const series_view view = {o->sample.value, o->from.value, o->to.value, directory};
    return plot_series(what, series_kind_of(what), &view);
}

static int as_events(const options *o, const char *what, const char *directory)
{
    fsnn_camera camera;
    int code = cli_camera_find(o->camera, &camera);
    if (code == CLI_GOOD && camera == FSNN_CAMERA_BOTH)
        code = cli_error(CLI_USAGE, "--camera both: a picture shows one camera: left or right");
    return code == CLI_GOOD ? plot_events(what, camera, (int)o->frames.value, directory) : code;
}

static int as_events_folder(const options *o, const char *what, const char *directory)
{
    char *path = NULL;
    int code = inspect_nth_events(what, o->sample.value, &path);
    if (code == CLI_GOOD)
        code = as_events(o, path, directory);
    free(path);
    return code;
}

static int as_graph(const options *o, const char *what, const char *directory)
{
    (void)o;
    return graph_plot(what, directory);
}

static int as_nir(const options *o, const char *what, const char *directory)
{
    (void)o;
    return nir_plot(what, directory);
}

static int as_idx(const options *o, const char *what, const char *directory)
{
    return plot_idx(what, o->sample.value, (int)o->frames.value, directory);
}

static int as_weights(const options *o, const char *what, const char *directory)
{
    (void)o;
    return plot_weights(what, directory);
}

static int as_metrics(const options *o, const char *what, const char *directory)
{
    (void)o;
    return plot_training(what, "Training", directory);
}

static int as_run(const options *o, const char *what, const char *directory)
{
    (void)o;
    char *metrics = cli_path(what, "metrics.csv"), *name = cli_format("%s", what);
    for (size_t n = strlen(name); n > 1 && name[n - 1] == '/'; n--)
        name[n - 1] = '\0';
    int code = plot_training(metrics, cli_base_name(name), directory);
    free(name);
    free(metrics);
    return code;
}

static bool is_series(const char *path)
{
    return series_kind_of(path) != SERIES_NONE;
}

static bool is_run(const char *path)
{
    char *metrics = cli_path(path, "metrics.csv");
    bool found = cli_exists(metrics);
    free(metrics);
    return found;
}

static bool is_events_folder(const char *path)
{
    return inspect_has_events(path, false);
}

static const struct {
    bool folder;
    bool (*is)(const char *path);
    int (*plot)(const options *o, const char *what, const char *directory);
    const char *kind; /* NULL: it looks at its options itself */
    const char *used; /* options that it has a use for */
} kinds[] = {
    {true, fsnn_graph_known, as_graph, "a graph", ""},
    {true, is_run, as_run, "a run", ""},
    {true, is_series, as_series, "a folder of series", "sample from to"},
    {true, is_events_folder, as_events_folder, "a folder of recordings", "sample frames camera"},
    {false, fsnn_nir_known, as_nir, "a NIR graph", ""},
    {false, is_series, as_series, "a file of series", "sample from to"},
    {false, fsnn_graph_known, as_graph, "a graph", ""},
    {false, fsnn_events_known, as_events, "a recording of events", "frames camera"},
    {false, inspect_is_weights, as_weights, "a file of weights", ""},
    {false, inspect_is_arrays, plot_npz, NULL, NULL},
    {false, inspect_is_idx, as_idx, "a file of IDX", of_arrays},
    {false, inspect_is_metrics, as_metrics, "metrics of a training", ""},
};

/* Where the pictures go: beside the file, in the run directory; beside other folders nothing is
 * written. */
static char *default_directory(const char *what)
{
    if (cli_is_directory(what))
        return is_run(what) ? cli_path(what, "figures") : cli_format("figures");
    char *beside = directory_of(what), *figures = cli_path(beside, "figures");
    free(beside);
    return figures;
}

/* Several runs are laid over one another. */
static int plot_runs(const options *o)
{
    runs r = {0};
    const char *directory = o->out ? o->out : "figures";
    int code = check_used(o, o->common.operand[0], "several runs", "");
    if (code == CLI_GOOD)
        code = runs_open(o->common.operand, o->common.operands, NULL, &r);
    if (code == CLI_GOOD)
        code = cli_make_directory(directory);
    if (code == CLI_GOOD) {
        char *path = cli_path(directory, "runs");
        code = written(runs_figure(&r, path), directory);
        free(path);
    }
    runs_close(&r);
    return code;
}

static int plot_as(const options *o, int kind, const char *what)
{
    int code =
        kinds[kind].kind ? check_used(o, what, kinds[kind].kind, kinds[kind].used) : CLI_GOOD;
    if (code != CLI_GOOD)
        return code;
    char *directory = o->out ? cli_format("%s", o->out) : default_directory(what);
    code = kinds[kind].plot(o, what, directory);
    free(directory);
    return cli_figures_end(code);
}

static int run(void *given)
{
    const options *o = given;
    const char *what = o->common.operand[0];
    if (o->common.operands > 1)
        return plot_runs(o);
    if (o->neurons && !o->layer)
        return cli_error(CLI_USAGE, "--neurons needs --layer NAME: which layer they are in");
    if (!cli_exists(what))
        return cli_error(CLI_FAILED, "%s: there is no such file or directory", what);
    int code = cli_check_file(what);
    if (code != CLI_GOOD)
        return code;
    bool folder = cli_is_directory(what);
    if (o->camera && !is_events_folder(what) && !fsnn_events_known(what))
        return cli_error(CLI_USAGE, "--camera is for recordings of events; %s is none", what);
    for (int i = 0; i < CLI_COUNT(kinds); i++)
        if (kinds[i].folder == folder && kinds[i].is(what))
            return plot_as(o, i, what);
    return inspect_unknown(what, drawable);
}

static const cli_values values[] = {{"camera", "left,right"}, {NULL, NULL}};

const cli_command cli_plot = {
    .name = "plot",
    .summary = "pictures from what train and run wrote, and of recordings of events",
    .operands = "WHAT",
    .usage = "WHAT [options] | RUN RUN ... [--out DIR]",
    .details =
        "WHAT is a run directory or a metrics.csv (training curves); an NPZ that fsnn run "
        "--record v,spikes or v,spikes,test,threshold wrote (spike raster of one sample, membrane "
        "traces, firing rates); or data: a recording of an event camera or a folder of recordings "
        "(a strip of frames of one), a .ts file, a WAV file or a folder of them, a WFDB header "
        "(one series), HDF5 spike trains (raster of a sample), a NIR graph (.nir; by "
        "Graphviz, or as text where it is not installed), a graph as folder or .npz (degrees), IDX "
        "images, NumPy arrays and weights (images, or histograms). Several runs are laid over one "
        "another, as fsnn compare --figure does.\n\n"
        "For a folder that is not a run directory, pictures go to ./figures unless you give "
        "--out. Each figure is written as PNG and SVG, with the gnuplot script and its data.",
    .examples = "  fsnn plot runs/fashion-mlp\n"
                "  fsnn plot out.npz --layer lif1 --neurons 0,3,7 --step 0.5 --out pictures\n",
    .option = table,
    .values = values,
    .min_operands = 1,
    .max_operands = CLI_OPERANDS,
    .size = sizeof(options),
    .run = run,
};

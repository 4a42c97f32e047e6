/* cli/look/inspect.c: fsnn inspect: finds out by its content what a file is, and shows what it
 * holds. */
#include "cli/look/inspect.h"
#include "cli/look/graph.h"
#include "cli/look/nir.h"
#include "cli/look/series.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct options {
    cli_common common;
    const char *camera;
} options;

static const cli_option table[] = {
    CLI_ROW_SET,
    CLI_ROW_THREADS,
    CLI_ROW_CAMERA(options, "of a recording of two cameras: whose events are read, default left"),
    CLI_ROWS_LAST,
};

static const char readable[] =
    "inspect reads descriptions (YAML), weights (.safetensors, .npz, .pt), arrays (.npy, .npz), "
    "IDX "
    "data (plain or gzip), recordings of events (.bin, .bs2, .aedat, .aedat4, .raw, .dat, .es, "
    ".h5, .npz, .npy) and folders of them, series (.ts, .tsv, ARFF, sound, EDF, CSV, WFDB .hea), "
    "HDF5 spike trains, NIR graphs (.nir), graphs (folders, .npz), metrics.csv, and run "
    "directories";

typedef struct head {
    unsigned char byte[513]; /* ended by a 0 */
    size_t count;
    bool text; /* no control characters in it */
} head;

static int read_head(const char *path, head *h)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return cli_error(CLI_FAILED, "cannot open %s: %s", path, strerror(errno));
    h->count = fread(h->byte, 1, sizeof h->byte - 1, file);
    h->byte[h->count] = 0;
    fclose(file);
    h->text = h->count > 0;
    for (size_t i = 0; i < h->count; i++) {
        unsigned char c = h->byte[i];
        h->text = h->text && (c >= 0x20 || c == '\t' || c == '\n' || c == '\r') && c != 0x7f;
    }
    return CLI_GOOD;
}

static bool begins(const head *h, const char *with, size_t count)
{
    return h->count >= count && memcmp(h->byte, with, count) == 0;
}

/* Eight bytes of header length, little-endian, then JSON. */
static bool is_safetensors(const head *h)
{
    uint64_t length = 0;
    for (int i = 7; i >= 0 && h->count > 8; i--)
        length = length << 8 | h->byte[i];
    return h->count > 8 && h->byte[8] == '{' && length >= 2 && length < (1u << 30);
}

static bool is_arrays(const head *h)
{
    return begins(h, "PK\003\004", 4) || begins(h, "PK\005\006", 4) || begins(h, "\223NUMPY", 6);
}

/* By its name, or by one of the keys that descriptions begin with. */
static bool is_description(const char *path, const head *h)
{
    static const char *const ending[] = {".yaml", ".yml", ".json"}, *const key[] = {
                                                                        "name:", "input:",
                                                                        "layers:", "\"input\"",
                                                                        "\"layers\""};
    const char *dot = strrchr(path, '.'), *text = (const char *)h->byte;
    for (int i = 0; dot && i < CLI_COUNT(ending); i++)
        if (!strcmp(dot, ending[i]))
            return true;
    for (int i = 0; h->text && i < CLI_COUNT(key); i++)
        for (const char *at = text; (at = strstr(at, key[i])) != NULL; at++)
            if (at == text || strchr("\n{, ", at[-1]))
                return true;
    return false;
}

static bool is_metrics(const head *h)
{
    return begins(h, "epoch,", 6);
}

static bool known(const char *path, bool (*is)(const head *h))
{
    head h;
    FILE *file = fopen(path, "rb");
    if (file)
        fclose(file);
    return file && read_head(path, &h) == CLI_GOOD && is(&h);
}

bool inspect_is_weights(const char *path)
{
    return fsnn_torch_known(path) || known(path, is_safetensors);
}

bool inspect_is_arrays(const char *path)
{
    return known(path, is_arrays);
}

bool inspect_is_metrics(const char *path)
{
    return known(path, is_metrics);
}

static bool is_empty_folder(const char *path)
{
    struct dirent *entry = NULL;
    DIR *folder = opendir(path);
    while (folder && (entry = readdir(folder)) && entry->d_name[0] == '.')
        ;
    if (folder)
        closedir(folder);
    return folder && !entry;
}

int inspect_unknown(const char *path, const char *possible)
{
    if (cli_is_directory(path))
        return cli_error(CLI_FAILED, "%s: %s; %s", path,
                         is_empty_folder(path)
                             ? "the directory is empty"
                             : "not a run directory, and no data that are known lie in it",
                         possible);
    head h;
    const char *advice, *kind = fsnn_file_kind(path, &advice);
    int code = read_head(path, &h);
    if (code != CLI_GOOD)
        return code;
    if (fsnn_file_check(path) < 0)
        return cli_fail(FSNN_EFORMAT);
    if (kind)
        return cli_error(CLI_FAILED, "%s: is %s%s%s; %s", path, kind, advice ? ": " : "",
                         advice ? advice : "", possible);
    if (h.text)
        return cli_error(CLI_FAILED,
                         "%s: not a kind of file that is known here (it begins with the text "
                         "\"%.*s\"); %s",
                         path, (int)strcspn((const char *)h.byte, "\r\n"), (const char *)h.byte,
                         possible);
    char *header = inspect_record_of(path);
    if (header)
        code = cli_error(CLI_FAILED,
                         "%s: a part of a WFDB record, which is opened by its header: give %s",
                         path, header);
    else
        code = cli_error(CLI_FAILED, "%s: %s; %s", path,
                         h.count ? "not a kind of file that is known here" : "the file is empty",
                         possible);
    free(header);
    return code;
}

/* One that is known: run() has looked. */
static fsnn_camera camera_of(const options *o)
{
    fsnn_camera camera = FSNN_CAMERA_LEFT;
    cli_camera_find(o->camera, &camera);
    return camera;
}

static int no_keys(const char *path)
{
    return cli_error(CLI_USAGE,
                     "--set overrides keys of a description, and %s is none: leave it out", path);
}

static int inspect_directory(const char *path, const options *o)
{
    char *description = cli_path(path, "description.yaml"),
         *metrics = cli_path(path, "metrics.csv");
    bool run = cli_exists(description) || cli_exists(metrics);
    free(description);
    free(metrics);
    if (run)
        return inspect_run(path, &o->common);
    if (o->common.set.count)
        return no_keys(path);
    return inspect_has_events(path, false) ? inspect_events_folder(path, camera_of(o))
                                           : inspect_unknown(path, readable);
}

/* ---- which: a row a kind, the first that knows it shows it ---- */

static bool is_nir(const char *path)
{
    return !cli_is_directory(path) && fsnn_nir_known(path);
}

static bool is_series(const char *path)
{
    return series_kind_of(path) != SERIES_NONE;
}

static bool is_numbers(const char *path)
{
    return inspect_is_arrays(path) || inspect_is_weights(path);
}

static bool is_written(const char *path)
{
    head h;
    return read_head(path, &h) == CLI_GOOD && is_description(path, &h);
}

static int as_nir(const char *path, const options *o)
{
    (void)o;
    return nir_inspect(path);
}

static int as_series(const char *path, const options *o)
{
    (void)o;
    return inspect_series(path, series_kind_of(path));
}

static int as_graph(const char *path, const options *o)
{
    (void)o;
    return graph_inspect(path);
}

static int as_events(const char *path, const options *o)
{
    return inspect_events(path, camera_of(o));
}

static int as_numbers(const char *path, const options *o)
{
    (void)o;
    return inspect_arrays(path);
}

static int as_idx(const char *path, const options *o)
{
    (void)o;
    return inspect_idx(path);
}

static int as_png(const char *path, const options *o)
{
    (void)o;
    return inspect_png(path);
}

static int as_description(const char *path, const options *o)
{
    return inspect_model(path, &o->common);
}

static int as_metrics(const char *path, const options *o)
{
    (void)o;
    return inspect_metrics(path);
}

static const struct {
    bool (*is)(const char *path);
    int (*show)(const char *path, const options *o);
    bool described; /* by keys, which --set can change */
} kinds[] = {
    {is_nir, as_nir, false},
    {is_series, as_series, false},
    {fsnn_graph_known, as_graph, false},
    {cli_is_directory, inspect_directory, true},
    {fsnn_events_known, as_events, false},
    {is_numbers, as_numbers, false},
    {inspect_is_idx, as_idx, false},
    {inspect_is_png, as_png, false},
    {inspect_is_metrics, as_metrics, false},
    {is_written, as_description, true},
};

static int run(void *given)
{
    const options *o = given;
    const char *path = o->common.operand[0];
    head h;
    fsnn_camera camera;
    int code = cli_camera_find(o->camera, &camera);
    if (code == CLI_GOOD && o->camera && !fsnn_events_known(path) &&
        !inspect_has_events(path, false))
        code = cli_error(CLI_USAGE, "--camera is for recordings of events; %s is none", path);
    if (code == CLI_GOOD)
        code = cli_check_file(path);
    if (code == CLI_GOOD && !cli_is_directory(path))
        code = read_head(path, &h);
    for (int i = 0; code == CLI_GOOD && i < CLI_COUNT(kinds); i++)
        if (kinds[i].is(path))
            return o->common.set.count && !kinds[i].described ? no_keys(path)
                                                              : kinds[i].show(path, o);
    return code == CLI_GOOD ? inspect_unknown(path, readable) : code;
}

static const cli_values values[] = {{"camera", "left,right,both"}, {NULL, NULL}};

const cli_command cli_inspect = {
    .name = "inspect",
    .summary = "what a model, weights, data file or run directory holds",
    .operands = "FILE",
    .usage = "FILE [options]",
    .details =
        "Shows what a file or folder holds: a description (nodes, shapes, parameters, operations, "
        "memory); weights or arrays (.safetensors, .pt, .npz, .npy: names, shapes, ranges); IDX "
        "data "
        "(plain or gzip); a recording of an event camera or a folder of recordings (events, "
        "duration, rate, polarity); series (UCR/UEA .ts, a file of sound or a folder of them, a "
        "WFDB "
        "record by its .hea); HDF5 spike trains; a NIR graph (.nir: nodes, parameters, edges, what "
        "is repaired); a metrics.csv; a run directory; a graph as "
        "folder or .npz (nodes, edges, degrees, classes, split). The content of FILE decides what "
        "it is, not its name.",
    .examples = "  fsnn inspect examples/fashion_mlp.yaml\n"
                "  fsnn inspect runs/fashion-mlp/best.safetensors\n",
    .option = table,
    .values = values,
    .min_operands = 1,
    .max_operands = 1,
    .size = sizeof(options),
    .run = run,
};

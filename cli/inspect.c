/* cli/inspect.c: fsnn inspect: finds out by its content what a file is, and shows what it holds. */
#include "inspect.h"
#include "graph.h"
#include "series.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <fsnn/events.h>

typedef struct options {
    cli_common common;
} options;

static const cli_option table[] = {
    CLI_ROW_SET,
    CLI_ROW_THREADS,
    CLI_ROWS_LAST,
};

static const char readable[] = "inspect reads descriptions (YAML), weights (.safetensors, .npz), "
                               "arrays (.npy, .npz), IDX data "
                               "(plain or gzip), recordings of events (.bin, .bs2, .aedat, "
                               ".aedat4, .npz) and folders of them, series (.ts, WAV, WFDB .hea), HDF5 "
                               "spike trains, folders of graphs, metrics.csv, and run directories";

typedef struct head {
    unsigned char byte[512];
    size_t count;
    bool text; /* no control characters in it */
} head;

static int read_head(const char *path, head *h)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return cli_error(CLI_FAILED, "cannot open %s: %s", path, strerror(errno));
    h->count = fread(h->byte, 1, sizeof h->byte, file);
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

static int inspect_directory(const char *path, const cli_common *common)
{
    char *description = cli_path(path, "description.yaml"), *metrics = cli_path(path, "metrics.csv");
    bool run = cli_exists(description) || cli_exists(metrics);
    free(description);
    free(metrics);
    if (!run && inspect_has_events(path, false))
        return inspect_events_folder(path);
    return inspect_run(path, common);
}

static int inspect(const char *path, const cli_common *common)
{
    head h;
    series_kind series = series_kind_of(path);
    if (series != SERIES_NONE)
        return inspect_series(path, series);
    if (cli_is_directory(path))
        return graph_is(path) ? graph_inspect(path) : inspect_directory(path, common);
    int code = read_head(path, &h);
    if (code != CLI_GOOD)
        return code;
    if (fsnn_events_known(path))
        return inspect_events(path);
    if (begins(&h, "PK\003\004", 4) || begins(&h, "PK\005\006", 4) || begins(&h, "\223NUMPY", 6))
        return inspect_arrays(path, false);
    if (is_safetensors(&h))
        return inspect_arrays(path, true);
    if (inspect_is_idx(path))
        return inspect_idx(path);
    if (begins(&h, "epoch,", 6))
        return inspect_metrics(path);
    if (h.text)
        return inspect_model(path, common);
    return cli_error(CLI_FAILED, "%s: %s: %s", path,
                     h.count ? "not a kind of file that is known here" : "the file is empty",
                     readable);
}

static int run(void *given)
{
    const options *o = given;
    return inspect(o->common.operand[0], &o->common);
}

const cli_command cli_inspect = {
    .name = "inspect",
    .summary = "what a model, weights, data file or run directory holds",
    .operands = "FILE",
    .usage = "FILE [options]",
    .details =
        "Shows a description (nodes, shapes, parameters, operations, memory), weights or arrays "
        "(.safetensors, .npz, .npy: names, shapes, ranges), IDX data (plain or gzip), a "
        "recording of an event camera or a folder of them (events, duration, rate, polarity), series "
        "(UCR/UEA .ts, WAV files or a folder of them, a WFDB record by its .hea), HDF5 spike trains, a "
        "metrics.csv, a run directory, or the folder of a graph (nodes, edges, degrees, classes, "
        "split). What FILE is is found by its content, not by its name.",
    .examples = "  fsnn inspect examples/fashion_mlp.yaml\n"
                "  fsnn inspect runs/fashion-mlp/best.safetensors\n",
    .option = table,
    .min_operands = 1,
    .max_operands = 1,
    .size = sizeof(options),
    .run = run,
};

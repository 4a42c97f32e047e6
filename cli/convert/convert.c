/* cli/convert/convert.c: fsnn convert: which conversion it is, by what the input is and where the
 * output goes. */
#include "cli/convert/convert.h"

#include <fsnn/events.h>

#include <stdlib.h>
#include <string.h>

static const cli_option table[] = {
    {"output", 'o', CLI_PATH, offsetof(convert_options, output), "PATH", "where the result goes", 0,
     0},
    {"weights", 'w', CLI_TEXT, offsetof(convert_options, weights), "FILE",
     "to NIR: .safetensors, .npz or .pt (PyTorch) with arrays named as the parameters, or a run "
     "directory for its best weights; default: those of RUN",
     0, 0},
    {"dt", 0, CLI_REAL, offsetof(convert_options, dt), "SECONDS",
     "seconds of a step. From NIR: must be given, for NIR does not say it; it becomes "
     "dynamics.step. To NIR: default dynamics.step, which is then in seconds",
     1e-30, 1e30},
    {"unit", 0, CLI_TEXT, offsetof(convert_options, unit), "UNIT",
     "from NIR: what times in the file are in, s (default), ms or us; or a number of seconds", 0,
     0},
    {"reset", 0, CLI_TEXT, offsetof(convert_options, reset), "KIND",
     "from NIR: what a spike does, for NIR does not say it: value sets the potential to v_reset, "
     "subtract takes the threshold from it",
     0, 0},
    CLI_ROW_PRECISION(
        convert_options,
        "from NIR: single (default) or double, what the network computes in and its "
        "weights are kept in; single rounds numbers of double precision, and says so"),
    {"expand-memory", 0, CLI_REAL, offsetof(convert_options, expand), "TOL",
     "to NIR: the memory of fractional neurons becomes LI nodes beside a Threshold, which any tool "
     "runs; TOL is the error of the weights of the past that is aimed at, a warning states what it "
     "is",
     1e-12, 0.1},
    {"web", 0, CLI_FLAG, offsetof(convert_options, web), NULL,
     "a model and its weights for the playground's page (docs/playground.md): a folder with "
     "net.json and net.safetensors",
     0, 0},
    CLI_ROW_CAMERA(convert_options,
                   "from events of two cameras: which are read, default left; of both, the array "
                   "`camera` is 1 for events of the right one"),
    CLI_ROWS_LAST,
};

static bool is_model(const char *path)
{
    const char *dot = strrchr(path, '.');
    return cli_is_directory(path) ||
           (dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml") || !strcmp(dot, ".json")));
}

/* The first row whose input and output are these. */
static const struct {
    bool (*is)(const char *input);
    const char *output; /* its ending; NULL: a folder */
    int (*convert)(const convert_options *o);
} kinds[] = {
    {fsnn_nir_known, NULL, convert_from_nir},
    {is_model, ".nir", convert_to_nir},
    {fsnn_events_known, ".npz", convert_events_to_npz},
};

static bool ends(const char *path, const char *ending)
{
    size_t length = strlen(path), n = ending ? strlen(ending) : 0;
    return !ending || (length > n && !strcmp(path + length - n, ending));
}

static const char possible[] =
    "convert makes NIR graphs of models, models of NIR graphs, and arrays of recordings of events: "
    "fsnn convert MODEL.yaml --weights W -o M.nir, fsnn convert M.nir -o DIR/, fsnn convert "
    "EVENTS -o F.npz, fsnn convert MODEL.yaml --weights W -o DIR --web";

static int run(void *given)
{
    const convert_options *o = given;
    const char *input = convert_input(o);
    bool known = false;
    if (!o->output)
        return cli_error(CLI_USAGE, "--output is missing: where the result goes");
    if (!cli_exists(input))
        return cli_error(CLI_FAILED, "%s: there is no such file or directory", input);
    const int code = cli_check_file(input);
    if (code != CLI_GOOD)
        return code;
    if (fsnn_file_check(input) < 0)
        return cli_fail(FSNN_EFORMAT);
    if (o->web)
        return is_model(input) ? convert_to_web(o)
                               : cli_error(CLI_USAGE,
                                           "--web is for a model and its weights: convert "
                                           "%s to a model first",
                                           input);
    for (int i = 0; i < CLI_COUNT(kinds); i++) {
        bool is = kinds[i].is(input);
        known = known || is;
        if (is && ends(o->output, kinds[i].output))
            return kinds[i].convert(o);
    }
    return cli_error(CLI_USAGE, "%s cannot become %s%s: %s", input, o->output,
                     known ? "" : ", for it is no file that convert knows", possible);
}

static const cli_values values[] = {
    {"unit", "s,ms,us"},
    {"reset", "value,subtract"},
    {"precision", "single,double"},
    {"camera", "left,right,both"},
    {NULL, NULL},
};

const cli_command cli_convert = {
    .name = "convert",
    .summary = "networks from and to files of other tools (NIR); events to NPZ",
    .operands = "FILE",
    .usage = "MODEL.yaml|RUN --weights W -o M.nir | M.nir -o DIR/ --dt SECONDS --reset "
             "value|subtract | MODEL.yaml --weights W -o DIR --web | EVENTS -o F.npz",
    .details =
        "To NIR, the exchange format of the field: a description and its weights become M.nir, "
        "which snnTorch, Norse, SpikingJelly and others read. Other tools read fractional neurons "
        "as neurons of order 1; the order is in the metadata, and converted back the network is "
        "the same, bit for bit. What NIR has no node for is an error that names it.\n\n"
        "From NIR to a folder with a description "
        "(NAME.yaml) and its weights (NAME.safetensors), which all other commands take. NIR says "
        "neither how long a step is, nor in what unit its times are, nor whether a spike sets the "
        "potential or takes the threshold from it: --dt and --reset say it, and without them the "
        "error shows what each choice would mean. What other readers refuse is repaired where it "
        "can be understood, and each repair is a warning.\n\n"
        "With --web a model and its weights become net.json and net.safetensors for the page \"A "
        "network learns\" of the playground.\n\n"
        "From a recording of an event camera (.raw, .dat, .es, .aedat, .aedat4, .bin, .bs2; "
        "NumPy's records) to an "
        "NPZ of arrays x, y (columns and rows from the upper left), t (microseconds), p (1 ON), "
        "one number an event in order of time, and width, height where the file tells the sensor.",
    .examples = "  fsnn convert runs/tiny -o tiny.nir\n"
                "  fsnn convert lif.nir -o lif/ --dt 1e-4 --reset value\n"
                "  fsnn run lif/lif.yaml -w lif/lif.safetensors --input x.npz --output y.npz\n"
                "  fsnn convert runs/tiny -o web/ --web\n"
                "  fsnn convert recording.raw -o recording.npz\n",
    .option = table,
    .values = values,
    .min_operands = 1,
    .max_operands = 1,
    .size = sizeof(convert_options),
    .run = run,
};

/* cli/export/export.c: fsnn export-c: a trained network as C that stands alone. */
#include "cli/export/export.h"

#include <stdlib.h>

static const cli_option table[] = {
    {"output", 'o', CLI_PATH, offsetof(export_options, output), "DIR",
     "folder for net.c, net.h, net_test.c, CMakeLists.txt and report.md", 0, 0},
    {"weights", 'w', CLI_TEXT, offsetof(export_options, weights), "FILE",
     ".safetensors, .npz or .pt (PyTorch) with arrays named as the parameters, or a run directory "
     "for its best weights; default: those of RUN, or the initial weights of the seed",
     0, 0},
    {"type", 0, CLI_TEXT, offsetof(export_options, type), "TYPE",
     "float; int8 or int4: weights of 8 or 4 bits, all else whole numbers of 32 "
     "(docs/fixed-point.md); default: training.quantise, or float",
     0, 0},
    {"range", 0, CLI_REAL, offsetof(export_options, range), "R",
     "int8, int4: largest input, beyond which inputs count as R; default: that of 256 samples of "
     "the training data, or of --test",
     0, 32767},
    {"memory", 0, CLI_TEXT, offsetof(export_options, memory), "TOL|full",
     "memory of the neurons: far states as exponentials whose weights are within this relative "
     "error (default 1e-5, where the description has a full memory), or full, every state of the "
     "last --horizon steps; a memory of a number of steps in the description stays as it is",
     0, 0},
    {"horizon", 0, CLI_INT, offsetof(export_options, horizon), "N",
     "steps that the memory holds for; default: the longest of those of the training, of --test "
     "and 100000",
     1, 1e12},
    {"test", 0, CLI_TEXT, offsetof(export_options, test), "FILE",
     "NPZ with the array x [T, B, ...] that net_test.c checks the C with; default: the first "
     "samples of the description's test data",
     0, 0},
    {"target", 0, CLI_TEXT, offsetof(export_options, target), "TARGET", NULL, 0, 0},
    {"samples", 0, CLI_INT, offsetof(export_options, samples), "B",
     "samples of the test; default: all of --test, 20 of the test data", 1, 1e6},
    CLI_ROW_SET,
    CLI_ROW_SEED("seed of the test's random encoding"),
    CLI_ROW_THREADS,
    CLI_ROWS_LAST,
};

static const cli_values values[] = {{"type", "float,int8,int4"}, {"memory", "full"}, {NULL, NULL}};

static int check_options(const export_options *o)
{
    if (o->type && fsnn_export_type_find(o->type) < 0)
        return cli_error(CLI_USAGE, "--type: %s", fsnn_error_text());
    if (o->target && fsnn_export_target_find(o->target) < 0)
        return cli_error(CLI_USAGE, "--target: %s", fsnn_error_text());
    if (!o->output)
        return cli_error(CLI_USAGE, "--output DIR is missing: the folder for the C");
    return CLI_GOOD;
}

static int open_model(export_work *w, cli_model *model, const cli_common *common)
{
    int code = cli_model_open(model, w->o->common.operand[0], common);
    if (code == CLI_GOOD && w->weights)
        code = cli_model_weights(model, w->weights);
    return code;
}

/* The network again, with one override more. */
static int open_bounded(export_work *w, char *override)
{
    cli_common common = w->o->common;
    const int count = common.set.count;
    const char **set = malloc((size_t)(count + 1) * sizeof *set);
    if (!set)
        return cli_error(CLI_FAILED, "out of memory for the network");
    for (int i = 0; i < count; i++)
        set[i] = w->o->common.set.item[i];
    set[count] = override;
    common.set.item = set;
    common.set.count = count + (override ? 1 : 0);
    int code = open_model(w, &w->bounded, &common);
    free(set);
    return code;
}

static int refused(fsnn_status status)
{
    if (status == FSNN_EUNSUPPORTED)
        return cli_error(CLI_USAGE, "%s", fsnn_error_text());
    return cli_fail(status);
}

/* Inputs of --test are the calibration where there are no training data. */
static int make_integers(export_work *w)
{
    fsnn_integer_options o = fsnn_integer_options_default();
    const bool data = fsnn_description_has_data(w->model.description);
    o.bits = fsnn_export_type_bits(w->type);
    o.range = w->o->range.given ? w->o->range.value : 0;
    o.x = data ? NULL : fsnn_arrays_find(&w->samples, "x");
    fsnn_status status = fsnn_session_integers(w->bounded.session, &o, &w->integers);
    return status < 0 ? refused(status) : CLI_GOOD;
}

static int write(export_work *w)
{
    fsnn_export_options options = fsnn_export_options_default();
    char *notes = NULL;
    const fsnn_plan plan = {.steps = 1, .batch = 1, .stream = true};
    int code = cli_model_wrap(&w->bounded, &plan, w->o->horizon.given ? w->o->horizon.value : 0);
    options.type = w->type;
    options.name = fsnn_description_name(w->model.description);
    options.x = fsnn_arrays_find(&w->samples, "x");
    options.expected = &w->expected;
    options.target = w->o->target;
    if (code == CLI_GOOD && w->type != FSNN_EXPORT_FLOAT)
        code = make_integers(w);
    options.integers = w->integers;
    options.notes = notes = code == CLI_GOOD ? export_notes(w) : NULL;
    if (code == CLI_GOOD)
        code = cli_make_directory(w->o->output);
    if (code == CLI_GOOD) {
        fsnn_status status = fsnn_export_c(w->bounded.net, &options, w->o->output);
        code = status < 0 ? refused(status) : CLI_GOOD;
    }
    free(notes);
    if (code == CLI_GOOD)
        cli_out("%s\n", w->o->output);
    return code;
}

/* The type that was named, or that the network was trained for. */
static int choose_type(export_work *w)
{
    int code = cli_model_type(&w->model, w->o->type, &w->type);
    if (code == CLI_GOOD && w->o->range.given && w->type == FSNN_EXPORT_FLOAT)
        code = cli_error(CLI_USAGE, "--range is for --type int8 and int4");
    return code;
}

static int execute(export_work *w)
{
    char *override = NULL;
    int code = open_model(w, &w->model, &w->o->common);
    if (code == CLI_GOOD)
        code = choose_type(w);
    if (code == CLI_GOOD && !w->weights)
        cli_say("no --weights: the initial weights of seed %llu are exported",
                (unsigned long long)fsnn_session_training(w->model.session)->seed);
    if (code == CLI_GOOD)
        code = export_samples(w);
    if (code == CLI_GOOD)
        code = export_memory(w, &override);
    if (code == CLI_GOOD)
        code = open_bounded(w, override);
    free(override);
    if (code == CLI_GOOD)
        cli_model_warnings(&w->bounded);
    if (code == CLI_GOOD)
        code = export_run(w, &w->model, &w->whole);
    if (code == CLI_GOOD)
        code = export_run(w, &w->bounded, &w->expected);
    if (code == CLI_GOOD)
        code = export_count(w);
    return code == CLI_GOOD ? write(w) : code;
}

static int run(void *given)
{
    const export_options *o = given;
    export_work w = {.o = o, .weights = o->weights};
    char *owned = NULL;
    /* the sums of the C are those of the plain instruction set */
    setenv("FSNN_ISA", "base", 0);
    int code = check_options(o);
    if (code == CLI_GOOD)
        code = cli_run_weights(o->common.operand[0], false, &w.weights, &owned);
    if (code == CLI_GOOD)
        code = execute(&w);
    fsnn_arrays_free(&w.input);
    fsnn_arrays_free(&w.samples);
    fsnn_arrays_free(&w.whole);
    fsnn_arrays_free(&w.expected);
    fsnn_integer_destroy(w.integers);
    cli_model_close(&w.model);
    cli_model_close(&w.bounded);
    free(owned);
    return code;
}

const cli_command cli_export_c = {
    .name = "export-c",
    .summary = "a trained network as C for microcontrollers",
    .operands = "MODEL.yaml",
    .usage = "MODEL.yaml|RUN --weights W -o DIR [options]",
    .details =
        "Writes the network as C99 that needs no library, no malloc and no operating system: net.c "
        "and net.h, whose state is a struct of the caller's; net_test.c, a program that compares "
        "the C with what the network gave here and exits with 0 if all spikes are equal; "
        "CMakeLists.txt; and report.md: what it needs (with --target flash and stack, as the "
        "target's "
        "compiler has them), and on the test input accuracy, certificate and energy "
        "(docs/deploy.md).\n\n"
        "A full memory becomes a bounded one: near states are summed one by one, far ones as "
        "exponentials, so that every step of an endless stream takes the same time and memory. "
        "report.md says what that changes on the test input. Spikes and potentials are those of "
        "`FSNN_ISA=base fsnn run`. What cannot become C is an error that says what would do.\n\n"
        "With --type int8 and int4 the C computes in whole numbers: weights of 8 or 4 bits, "
        "potentials and memories of 32, without an overflow whatever the inputs are. Samples of "
        "the training data are the calibration: the inputs' range is theirs, and where a bound of "
        "potentials cannot be proved there is room for four times theirs. report.md says which "
        "spikes differ. Networks that were trained with training.quantise are of that type "
        "without --type, and fsnn eval computes in the same integers.",
    .examples = "  fsnn export-c runs/tiny -o tiny/\n"
                "  fsnn export-c model.yaml -w best.safetensors -o c/ --test x.npz --memory 1e-6\n"
                "  fsnn export-c runs/tiny -o c/ --memory full --horizon 200\n"
                "  fsnn export-c runs/tiny -o c/ --type int8 --target cortex-m4\n",
    .option = table,
    .option_help = export_help,
    .values = values,
    .option_values = export_values,
    .min_operands = 1,
    .max_operands = 1,
    .size = sizeof(export_options),
    .run = run,
};

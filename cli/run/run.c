/* cli/run/run.c: fsnn run: numbers in, numbers out. Feeds an array through a network and writes
 * what comes out: outputs, recorded potentials, spikes and currents, the loss and its gradients. */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

static const cli_option table[] = {
    {"weights", 'w', CLI_TEXT, offsetof(run_options, weights), "FILE",
     ".safetensors, .npz or .pt (PyTorch) with arrays named as the parameters, or a run "
     "directory for its best weights; default: those of RUN; with MODEL.yaml alone the initial "
     "weights of the seed",
     0, 0},
    {"input", 'i', CLI_TEXT, offsetof(run_options, input), "FILE",
     "NPZ with the array x [T, B, ...] and, if wanted, times [T] or [T, B]", 0, 0},
    {"on", 0, CLI_TEXT, offsetof(run_options, on), "PART",
     "in place of --input a sample of the description's data, encoded: train, validation or test; "
     "the output has its class as label",
     0, 0},
    {"sample", 0, CLI_INT, offsetof(run_options, sample), "N",
     "with --on: which sample, from 0 (default 0)", 0, 1e15},
    {"output", 'o', CLI_PATH, offsetof(run_options, output), "FILE", "NPZ to write", 0, 0},
    {"record", 0, CLI_TEXT, offsetof(run_options, record), "WHAT",
     "any of v,spikes,current,test,threshold,states: the array WHAT.NEURON [T, B, ...] for each "
     "neuron layer; v is the membrane potential after each step; test is the potential that the "
     "spike test of each step saw, v + dv under resets current and none, and threshold what it was "
     "compared with, which with v alone is there as [...] where it does not move; readouts never "
     "spike and have no spikes, test and threshold; states gives v and the other states, w.NEURON "
     "for a state w; v:lif1 is v of the layer lif1 alone, spikes:enc* spikes of the layers whose "
     "names begin with enc (* any letters, ? one)",
     0, 0},
    {"record-steps", 0, CLI_TEXT, offsetof(run_options, record_steps), "FROM:TO",
     "the steps that --record keeps, counted from 0, TO not among them: 10:20 are ten steps, 10: "
     "from 10 on, :20 the first twenty; with it the array first_step (default: all)",
     0, 0},
    {"target", 0, CLI_TEXT, offsetof(run_options, target), "FILE",
     "NPZ with the array target: [B, ...] as the output of one step (ce_rate, ce_sum: class "
     "probabilities), or, but for mse_rate and mse_count, integer classes [B]; of a loss that "
     "answers at each step (training.loss.readout: each) also [B, T, ...], or classes [B, T], of "
     "which -1 does not count",
     0, 0},
    {"loss", 0, CLI_TEXT, offsetof(run_options, loss), "NAME",
     "mse_rate (default): mean of (mean over T of the output - target)^2; ce_rate: cross entropy "
     "of the mean over T; mse_count, ce_sum: of the sum over T; tet: cross entropy at each step",
     0, 0},
    {"grads", 0, CLI_FLAG, offsetof(run_options, grads), NULL,
     "also write grad.PARAMETER, the gradient of the loss, for every learnable parameter, with "
     "respect to the value itself; the network then runs as in training (dropout and batch "
     "statistics are active), all steps in one piece: training.checkpoint and truncate are "
     "those of train",
     0, 0},
    {"chunk", 0, CLI_INT, offsetof(run_options, chunk), "K",
     "feed K steps at a time with the state carried over (not with --grads)", 1, 1e9},
    {"stream", 0, CLI_TEXT, offsetof(run_options, stream), "FORM",
     "read steps of one sample from standard input and answer each on standard output at once: "
     "numbers: a line of numbers for each step, parted by blanks or commas; events: a line of the "
     "elements that are not 0, INDEX (for 1) or INDEX:VALUE, empty where there are none; raw: "
     "float32 of the machine (float64 in double precision)",
     0, 0},
    CLI_ROW_PRECISION(run_options,
                      "single or double, in place of dynamics.precision; bf16: products "
                      "of linear layers and convolutions in bfloat16; int8: of spikes with "
                      "weights of 8 bits"),
    CLI_ROW_SET,
    CLI_ROW_SEED("seed of the initial weights and of dropout"),
    CLI_ROW_THREADS,
    CLI_ROWS_LAST,
};

/* ---- options ---- */

static int read_loss(run_work *w)
{
    w->loss = FSNN_MSE_RATE;
    const char *name = w->o->loss;
    if (!name)
        return CLI_GOOD;
    int loss = fsnn_loss_find(name);
    if (loss < 0)
        return cli_error(CLI_USAGE, "--loss: %s", fsnn_error_text());
    w->loss = (fsnn_loss_kind)loss;
    return CLI_GOOD;
}

/* What is read is not written over. */
static int check_output(const run_options *o)
{
    char *description = cli_run_description(o->common.operand[0]);
    const struct {
        const char *what, *path;
    } read[] = {{"--input", o->input},
                {"--weights", o->weights},
                {"--target", o->target},
                {"the description", description}};
    int code = CLI_GOOD;
    for (int i = 0; i < CLI_COUNT(read) && code == CLI_GOOD; i++)
        if (read[i].path && cli_same_file(read[i].path, o->output))
            code = cli_error(CLI_USAGE,
                             "--output %s is %s itself, which would be lost: choose "
                             "another name",
                             o->output, read[i].what);
    free(description);
    return code;
}

static int check_options(run_work *w)
{
    const run_options *o = w->o;
    int sampled = run_sample_check(o);
    if (sampled != CLI_GOOD)
        return sampled;
    if (o->stream)
        return run_stream_check(o);
    if (!o->input && !o->on)
        return cli_error(CLI_USAGE, "--input FILE is missing: an NPZ with the array x [T, B, ...]; "
                                    "or --on PART for a sample of the data, --stream for standard "
                                    "input");
    if (!o->output)
        return cli_error(CLI_USAGE, "--output FILE is missing: the NPZ to write");
    if (o->grads && o->chunk.given)
        return cli_error(CLI_USAGE, "--grads needs all steps in one piece: leave --chunk out");
    if (o->grads && !o->target)
        return cli_error(CLI_USAGE, "--grads needs a loss: give its target with --target FILE");
    if (o->loss && !o->target)
        return cli_error(CLI_USAGE, "--loss needs a target: give it with --target FILE");
    int code = check_output(o);
    if (code == CLI_GOOD)
        code = cli_check_writable(o->output);
    if (code == CLI_GOOD)
        code = run_record_read(w);
    return code == CLI_GOOD ? read_loss(w) : code;
}

/* ---- the run ---- */

/* The array `name` of an NPZ file. */
static int read_array(const char *path, const char *name, fsnn_arrays *arrays,
                      const fsnn_array **array)
{
    fsnn_status status = fsnn_npz_read(path, arrays);
    if (status < 0)
        return cli_fail(status);
    *array = fsnn_arrays_find(arrays, name);
    if (*array)
        return CLI_GOOD;
    const char *unread = fsnn_arrays_unread(arrays, name);
    if (unread)
        return cli_error(CLI_FAILED, "%s: the array \"%s\" %s", path, name, unread);
    if (arrays->count == 0)
        return cli_error(CLI_FAILED, "%s: no array \"%s\": the file is empty", path, name);
    return cli_error(CLI_FAILED, "%s: no array \"%s\"; the first of the file's %d is \"%s\"", path,
                     name, arrays->count, arrays->item[0].name);
}

/* Whether parameters begin at numbers that are drawn: weights, and potentials v0. */
static bool begins_drawn(const fsnn_net *net)
{
    bool drawn = false;
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *param = fsnn_net_param(net, i);
        const char *dot = strrchr(param->name, '.');
        drawn = drawn || !param->neuron || (dot && strcmp(dot, ".v0") == 0);
    }
    return drawn;
}

/* A seed draws weights that no file replaces, an encoding, or, with gradients, dropout. */
static void warn_of_seed(const run_work *w)
{
    const fsnn_encoder *encoder = fsnn_description_encoder(w->model.description);
    bool encodes = w->o->on && encoder && encoder->kind == FSNN_ENCODE_RATE,
         begins = !w->o->weights && begins_drawn(w->model.net);
    if (w->o->common.seed.given && !w->o->grads && !encodes && !begins)
        cli_warn("--seed does nothing here: %s, and no encoding is random",
                 w->o->weights ? "the weights are those of a file" : "no parameter is drawn");
}

static int load_weights(run_work *w)
{
    fsnn_status status = fsnn_session_shapes(w->model.session, NULL, NULL);
    if (status < 0)
        return cli_fail_description(status);
    warn_of_seed(w);
    if (w->o->weights)
        return cli_model_weights(&w->model, w->o->weights);
    if (begins_drawn(w->model.net))
        cli_say("no --weights: running with the initial weights of seed %llu",
                (unsigned long long)fsnn_session_training(w->model.session)->seed);
    return CLI_GOOD;
}

/* The library's name of an option is here its own with dashes. */
static void say_result_warnings(run_work *w)
{
    const fsnn_session *session = w->model.session;
    int *said = &w->model.said[FSNN_TOPIC_RESULT];
    const char *text;
    for (; (text = fsnn_session_warning_on(session, FSNN_TOPIC_RESULT, *said)) != NULL; ++*said)
        cli_warn("%s%s", strncmp(text, "record ", strlen("record ")) ? "" : "--", text);
}

/* What is worth a word is said before the work. */
static int on_chunk(int64_t done, int64_t steps, void *user)
{
    run_work *w = user;
    (void)steps;
    if (!done) {
        cli_model_warnings(&w->model);
        say_result_warnings(w);
    }
    return *cli_stop();
}

/* The library knows arrays; here they are files. */
static int run_failed(const run_work *w, fsnn_status status)
{
    const run_options *o = w->o;
    const struct {
        const char *key, *path;
    } from[] = {{"x", o->input},
                {"times", o->input},
                {"target", o->target},
                {"dynamics.times", o->common.operand[0]}};
    fsnn_place place = fsnn_error_place();
    if (status == FSNN_EINTERRUPTED)
        return cli_error(CLI_INTERRUPTED, "interrupted: %s was not written", o->output);
    for (int i = 0; i < CLI_COUNT(from) && !*place.file; i++)
        if (from[i].path && strcmp(place.key, from[i].key) == 0)
            return cli_error(CLI_FAILED, "%s: %s", from[i].path, fsnn_error_text());
    return cli_fail(status);
}

static int feed(run_work *w, const fsnn_array *x, const fsnn_array *target)
{
    fsnn_array named = *x;
    named.name = w->o->on ? cli_format("sample %lld", (long long)w->o->sample.value)
                          : cli_format("x of %s", w->o->input);
    const fsnn_run_request request = {.x = &named,
                                      .times = fsnn_arrays_find(&w->input, "times"),
                                      .target = target,
                                      .loss = w->loss,
                                      .gradients = w->o->grads,
                                      .record = w->o->record,
                                      .record_first = w->record_first,
                                      .record_steps = w->record_steps,
                                      .chunk = w->o->chunk.given ? w->o->chunk.value : 0,
                                      .progress = on_chunk,
                                      .user = w};
    fsnn_status status = fsnn_session_run(w->model.session, &request, &w->result);
    free(named.name);
    return status < 0 ? run_failed(w, status) : CLI_GOOD;
}

static int write_results(run_work *w)
{
    const fsnn_array *loss = fsnn_arrays_find(&w->result, "loss");
    if (loss)
        cli_out("%s %.*g\n", fsnn_loss_name(w->loss),
                fsnn_net_precision(w->model.net) == FSNN_PRECISION_DOUBLE ? 17 : 9,
                *(const double *)loss->data);
    fsnn_status status = fsnn_npz_write(w->o->output, &w->result);
    if (status < 0)
        return cli_fail(status);
    char shape[128];
    cli_say("%s:", w->o->output);
    for (int i = 0; i < w->result.count; i++) {
        const fsnn_array *array = &w->result.item[i];
        cli_say("  %-24s %s %s", array->name, fsnn_dtype_name(array->dtype),
                fsnn_shape_text(&array->shape, shape, sizeof shape));
    }
    say_result_warnings(w);
    return CLI_GOOD;
}

static int execute(run_work *w)
{
    const fsnn_array *x = NULL, *target = NULL;
    int code = check_options(w);
    if (code == CLI_GOOD)
        code = cli_model_open(&w->model, w->o->common.operand[0], &w->o->common);
    if (code == CLI_GOOD)
        code = run_record_fits(w);
    if (code == CLI_GOOD)
        code = cli_model_products(&w->model, w->o->products);
    if (code == CLI_GOOD)
        code = load_weights(w);
    if (code == CLI_GOOD && w->o->stream)
        return run_stream(w);
    if (code == CLI_GOOD && w->o->on) {
        code = run_sample_read(w);
        x = code == CLI_GOOD ? fsnn_arrays_find(&w->input, "x") : NULL;
    } else if (code == CLI_GOOD) {
        code = read_array(w->o->input, "x", &w->input, &x);
    }
    if (code == CLI_GOOD && w->o->target)
        code = read_array(w->o->target, "target", &w->target, &target);
    cli_signals_keep();
    if (code == CLI_GOOD)
        code = feed(w, x, target);
    if (code == CLI_GOOD)
        code = run_certificates(w);
    if (code == CLI_GOOD && w->o->on)
        code = run_sample_tell(w);
    return code == CLI_GOOD ? write_results(w) : code;
}

static int run(void *given)
{
    run_options *o = given;
    char *weights = NULL;
    run_work w = {.o = o};
    if (!o->stream) /* every answer has left when a signal comes: it ends a stream at once */
        cli_signals_catch();
    int code = cli_precision(&o->common, o->precision, &o->products);
    if (code == CLI_GOOD)
        code = cli_run_weights(o->common.operand[0], false, &o->weights, &weights);
    if (code == CLI_GOOD)
        code = execute(&w);
    fsnn_arrays_free(&w.input);
    fsnn_arrays_free(&w.target);
    fsnn_arrays_free(&w.result);
    cli_model_close(&w.model);
    free(weights);
    return code;
}

static const cli_values values[] = {
    {"record", ",v,spikes,current,test,threshold,states"},
    {"stream", "numbers,events,raw"},
    {"on", "train,validation,test"},
    {"precision", "single,double,bf16,int8"},
    {NULL, NULL},
};

const cli_command cli_run = {
    .name = "run",
    .summary = "feed an array through a network and write what comes out",
    .operands = "MODEL.yaml",
    .usage = "MODEL.yaml|RUN --input X.npz|--on PART --output OUT.npz | --stream FORM [options]",
    .details =
        "Feeds the array x [T, B, ...] of an NPZ file (T steps, B samples, then the description's "
        "input shape) through the network. RUN is a run directory: it stands for its description "
        "and its best weights (its last weights if no epoch was best). Writes an NPZ with float32 "
        "arrays (float64 in double precision): output [T, B, ...], the arrays that --record names "
        "(with them the solver's step, "
        "a float64), and with --target the scalar loss (float64). The sections data: and "
        "training: of the description are not needed, but for --on.\n\n"
        "Time stamps are times [T] in the input, [T, B] for stamps of each sample, or "
        "dynamics.times in the description. The network then takes floor((last - first)/step + 1 "
        "+ 1e-9) steps; the input of step k is x at first + k step, interpolated by "
        "dynamics.interpolation. Samples that end before the longest keep their last value. "
        "Output and records have the same number of steps, and the array times (float64) holds "
        "their times. Without time stamps, sample k is the input of step k.\n\n"
        "--stream FORM runs for as long as standard input brings steps. An answer is as long as "
        "the output and of the same form, and is written before the next step is read. Bad input "
        "ends the stream with a sentence that names the step; what was answered stands. The memory "
        "should be bounded: dynamics.memory of a number of steps, or a tolerance.\n\n"
        "With a memory by tolerance (dynamics.memory: {tolerance: 1e-5}) a certificate for each "
        "layer says whether its spikes are proven to be those of the exact weights. "
        "certificate.NAME holds the smallest distance of a spike test from its threshold, the "
        "largest effect that the memory can have on it, and 1 if the distance is larger, in this "
        "layer and all layers before it.",
    .examples = "  fsnn run runs/tiny --input x.npz --output y.npz\n"
                "  fsnn run runs/tiny --on test --sample 7 --record v,spikes --output y.npz\n"
                "  fsnn run runs/tiny -i x.npz -o y.npz --record v:lif1 --record-steps 10:20\n"
                "  fsnn run model.yaml --weights best.safetensors --input x.npz --output y.npz \\\n"
                "           --record v,spikes\n"
                "  sensor | fsnn run runs/tiny --stream numbers --set dynamics.memory=64 | alarm\n"
                "  fsnn run model.yaml --weights w.npz --input x.npz --output g.npz \\\n"
                "           --target t.npz --loss mse_rate --grads --set dynamics.alpha=0.5\n",
    .option = table,
    .values = values,
    .min_operands = 1,
    .max_operands = 1,
    .size = sizeof(run_options),
    .run = run,
};

/* cli/run/run.c: fsnn run: numbers in, numbers out. Feeds an array through a network and writes
 * what comes out: outputs, recorded potentials, spikes and currents, the loss and its gradients. */
#include "cli/run/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const cli_option table[] = {
    {"weights", 'w', CLI_TEXT, offsetof(run_options, weights), "FILE",
     ".safetensors or .npz with arrays named as the parameters, or a run directory for its best "
     "weights; default: those of RUN; with MODEL.yaml alone the initial weights of the seed",
     0, 0},
    {"input", 'i', CLI_TEXT, offsetof(run_options, input), "FILE",
     "NPZ with the array x [T, B, ...] and, if wanted, times [T] or [T, B]", 0, 0},
    {"output", 'o', CLI_TEXT, offsetof(run_options, output), "FILE", "NPZ to write", 0, 0},
    {"record", 0, CLI_TEXT, offsetof(run_options, record), "WHAT",
     "any of v,spikes,current,test,threshold,states: the array WHAT.NEURON [T, B, ...] for each "
     "neuron layer; v is the membrane potential after each step; test is the potential that the "
     "spike test of each step saw, v + dv under resets current and none, and threshold what it was "
     "compared with, which with v alone is there as [...] where it does not move; readouts never "
     "spike and have no spikes, test and threshold; states gives v and the other states, w.NEURON "
     "for a state w",
     0, 0},
    {"target", 0, CLI_TEXT, offsetof(run_options, target), "FILE",
     "NPZ with the array target: [B, ...] as the output of one step (ce_rate, ce_sum: class "
     "probabilities), or, but for mse_rate and mse_count, integer classes [B]",
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
    CLI_ROW_SET,
    CLI_ROW_SEED("seed of the initial weights and of dropout"),
    CLI_ROW_THREADS,
    CLI_ROWS_LAST,
};

/* by fsnn_record, and states */
static const char *const record_name[] = {"v", "spikes", "current", "test", "threshold", "states"};
enum { STATES = FSNN_RECORD_THRESHOLD + 1 };

/* ---- options ---- */

static int read_record(run_work *w)
{
    const char *text = w->o->record;
    while (text && *text) {
        size_t length = strcspn(text, ",");
        int found = -1;
        for (int i = 0; i < CLI_COUNT(record_name); i++) {
            if (strlen(record_name[i]) == length && strncmp(text, record_name[i], length) == 0)
                found = i;
        }
        if (found < 0) {
            char *name = cli_format("%.*s", (int)length, text);
            const char *near = cli_nearest(name, record_name, CLI_COUNT(record_name));
            cli_error(CLI_USAGE,
                      "--record takes any of v,spikes,current,test,threshold,states, not "
                      "\"%s\"%s%s%s",
                      name, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
            free(name);
            return CLI_USAGE;
        }
        w->record[found] = true;
        if (found == STATES)
            w->record[FSNN_RECORD_V] = true;
        text += length;
        text += *text == ',';
    }
    return CLI_GOOD;
}

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
    if (!o->input)
        return cli_error(CLI_USAGE, "--input FILE is missing: an NPZ with the array x [T, B, ...]");
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
        code = read_record(w);
    return code == CLI_GOOD ? read_loss(w) : code;
}

/* ---- the run ---- */

static fsnn_shape with_time(const run_work *w, const fsnn_shape *shape)
{
    fsnn_shape full = {.rank = shape->rank + 2, .dim = {w->T, w->B}};
    for (int i = 0; i < shape->rank; i++)
        full.dim[i + 2] = shape->dim[i];
    return full;
}

static bool recording(const run_work *w)
{
    bool any = false;
    for (int r = 0; r < STATES; r++) /* states stand with v */
        any = any || w->record[r];
    return any;
}

static fsnn_plan plan_of(const run_work *w)
{
    return (fsnn_plan){.steps = w->chunk,
                       .batch = w->B,
                       .training = w->o->grads,
                       .record = recording(w),
                       .seed = fsnn_session_training(w->model.session)->seed};
}

float *run_add(run_work *w, const char *name, const fsnn_shape *shape, int *code)
{
    fsnn_array *array = fsnn_arrays_add(&w->result, name, FSNN_F32, shape);
    if (!array)
        *code = cli_error(CLI_FAILED, "out of memory for the array %s", name);
    return array ? array->data : NULL;
}

static int is_neuron(const fsnn_net *net, int node, fsnn_node_info *info)
{
    return fsnn_net_node(net, node, info) >= 0 && info->neuron;
}

/* "step", so that pictures of the records know their time. */
static int add_step(run_work *w)
{
    fsnn_shape scalar = {0};
    fsnn_array *array = fsnn_arrays_add(&w->result, "step", FSNN_F64, &scalar);
    if (!array)
        return cli_error(CLI_FAILED, "out of memory for the step");
    *(double *)array->data = fsnn_description_dynamics(w->model.description)->step;
    return CLI_GOOD;
}

/* The name of array i of record r of a node, to be freed; NULL: there is no such. States beside v
 * have one each. */
static char *record_array(const run_work *w, int r, int node, int i)
{
    fsnn_node_info info;
    if (!w->record[r] || !is_neuron(w->model.net, node, &info))
        return NULL;
    if ((r == FSNN_RECORD_SPIKES || r == FSNN_RECORD_TEST || r == FSNN_RECORD_THRESHOLD) &&
        !info.spiking)
        return NULL;
    const char *state = r == STATES ? fsnn_net_state_name(w->model.net, node, i + 1) : NULL;
    if (r == STATES ? !state : i > 0)
        return NULL;
    return cli_format("%s.%s", state ? state : record_name[r], info.name);
}

/* Goes through all arrays that are recorded. */
static int each_record(run_work *w, int64_t first,
                       int (*visit)(run_work *w, int r, int node, int i, const char *name,
                                    int64_t first))
{
    int code = CLI_GOOD;
    for (int r = 0; r < CLI_COUNT(record_name); r++)
        for (int n = 0; n < fsnn_net_node_count(w->model.net); n++) {
            char *name;
            for (int i = 0; code == CLI_GOOD && (name = record_array(w, r, n, i)); i++) {
                code = visit(w, r, n, i, name, first);
                free(name);
            }
        }
    return code;
}

static int add_record(run_work *w, int r, int node, int i, const char *name, int64_t first)
{
    (void)r, (void)i, (void)first;
    int code = CLI_GOOD;
    fsnn_node_info info;
    fsnn_net_node(w->model.net, node, &info);
    fsnn_shape shape = with_time(w, &info.shape);
    run_add(w, name, &shape, &code);
    return code;
}

static void warn_of_no_spikes(const run_work *w)
{
    bool any = false;
    fsnn_node_info info;
    for (int n = 0; n < fsnn_net_node_count(w->model.net); n++)
        any = any || (is_neuron(w->model.net, n, &info) && info.spiking);
    if (w->record[FSNN_RECORD_SPIKES] && !any)
        cli_warn("--record spikes: no layer of this network spikes, so there are none to write");
}

/* Makes the arrays for all T steps; chunks fill them piece by piece. */
static int add_results(run_work *w)
{
    int code = CLI_GOOD;
    fsnn_shape shape = with_time(w, &w->out);
    w->output = run_add(w, "output", &shape, &code);
    if (code == CLI_GOOD)
        code = each_record(w, 0, add_record);
    warn_of_no_spikes(w);
    if (code == CLI_GOOD && recording(w))
        code = add_step(w);
    if (code == CLI_GOOD) /* arrays may have moved while the list grew, their data not */
        w->output = fsnn_arrays_find(&w->result, "output")->data;
    return code;
}

static int collect_record(run_work *w, int r, int node, int i, const char *name, int64_t first)
{
    fsnn_node_info info;
    fsnn_net_node(w->model.net, node, &info);
    float *to = (float *)fsnn_arrays_find(&w->result, name)->data +
                first * w->B * fsnn_shape_count(&info.shape);
    fsnn_status status = r == STATES ? fsnn_net_read_state(w->model.net, node, i + 1, to)
                                     : fsnn_net_read(w->model.net, node, (fsnn_record)r, to);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

/* Copies what the neuron layers did in steps first, first+1, ... */
static int collect_records(run_work *w, int64_t first)
{
    return each_record(w, first, collect_record);
}

static int forward(run_work *w)
{
    int64_t in = w->B * fsnn_shape_count(&w->in), out = w->B * fsnn_shape_count(&w->out);
    fsnn_plan plan = plan_of(w);
    for (int64_t k = 0; k < w->T; k += plan.steps) {
        const float *y;
        fsnn_status status = FSNN_OK;
        if (w->T - k < plan.steps) {
            plan.steps = w->T - k;
            status = fsnn_net_replan(w->model.net, &plan);
        }
        if (status >= 0)
            status = fsnn_net_forward(w->model.net, w->x + k * in, &y);
        if (status < 0)
            return cli_fail(status);
        memcpy(w->output + k * out, y, (size_t)(plan.steps * out) * sizeof *y);
        int code = collect_records(w, k);
        if (code != CLI_GOOD)
            return code;
        if (*cli_stop())
            return cli_error(CLI_INTERRUPTED, "interrupted: %s was not written", w->o->output);
    }
    return CLI_GOOD;
}

/* ---- all of it ---- */

static int load_weights(run_work *w)
{
    if (!w->o->weights) {
        cli_say("no --weights: running with the initial weights of seed %llu",
                (unsigned long long)fsnn_session_training(w->model.session)->seed);
        return CLI_GOOD;
    }
    return cli_model_weights(&w->model, w->o->weights);
}

/* Shapes are known only to a wrapped net: wrapped first for one step of one sample, then for the
 * input. */
static int prepare(run_work *w)
{
    fsnn_plan small = {
        .steps = 1, .batch = 1, .seed = fsnn_session_training(w->model.session)->seed};
    int code = cli_model_wrap(&w->model, &small, 1);
    if (code == CLI_GOOD)
        code = load_weights(w);
    if (code == CLI_GOOD)
        code = run_read_input(w);
    if (code != CLI_GOOD)
        return code;
    w->chunk = w->o->chunk.given && w->o->chunk.value < w->T ? w->o->chunk.value : w->T;
    fsnn_plan plan = plan_of(w);
    code = cli_model_wrap(&w->model, &plan, w->T);
    if (code != CLI_GOOD)
        return code;
    cli_model_warnings(&w->model);
    fsnn_status status = fsnn_net_shapes(w->model.net, &w->in, &w->out);
    return status < 0 ? cli_fail(status) : add_results(w);
}

/* Numbers beyond float are an answer, but seldom the wanted one. */
static void warn_of_overflow(const fsnn_array *array)
{
    const float *x = array->data;
    int64_t count = 0;
    for (int64_t i = 0; array->dtype == FSNN_F32 && i < fsnn_shape_count(&array->shape); i++)
        count += !isfinite(x[i]);
    if (count)
        cli_warn("%s: %lld of %lld numbers are infinite or not a number", array->name,
                 (long long)count, (long long)fsnn_shape_count(&array->shape));
}

static int write_results(run_work *w)
{
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
    for (int i = 0; i < w->result.count; i++)
        warn_of_overflow(&w->result.item[i]);
    return CLI_GOOD;
}

static int execute(run_work *w)
{
    int code = check_options(w);
    if (code == CLI_GOOD)
        code = cli_model_open(&w->model, w->o->common.operand[0], &w->o->common);
    if (code == CLI_GOOD)
        code = prepare(w);
    if (code == CLI_GOOD)
        code = forward(w);
    if (code == CLI_GOOD)
        code = run_thresholds(w);
    if (code == CLI_GOOD)
        code = run_certificates(w);
    if (code == CLI_GOOD && w->o->target)
        code = run_loss(w);
    if (code == CLI_GOOD)
        code = write_results(w);
    return code;
}

static int run(void *given)
{
    run_options *o = given;
    char *weights;
    run_work w = {.o = o};
    cli_signals_catch();
    int code = cli_run_weights(o->common.operand[0], false, &o->weights, &weights);
    if (code == CLI_GOOD)
        code = execute(&w);
    fsnn_arrays_free(&w.input);
    fsnn_arrays_free(&w.target);
    fsnn_arrays_free(&w.result);
    free(w.x);
    cli_model_close(&w.model);
    free(weights);
    return code;
}

const cli_command cli_run = {
    .name = "run",
    .summary = "feed an array through a network and write what comes out",
    .operands = "MODEL.yaml",
    .usage = "MODEL.yaml|RUN --input X.npz --output OUT.npz [options]",
    .details =
        "RUN is the directory of a run: it stands for its description and its best weights, or its "
        "last where no epoch was best. "
        "Feeds the array x [T, B, ...] (T steps, B samples, then the description's input shape) of "
        "an NPZ file through the network and writes an NPZ with float32 arrays: output [T, B, "
        "...], what --record asks for (and then step, the solver's, a float64), and with --target "
        "the scalar loss (float64). Sections data: and training: of the description are not "
        "needed.\n\n"
        "With times [T] in the input, or [T, B] for stamps of each sample, or else with "
        "dynamics.times "
        "in the description, x is sampled at these times. The network then takes "
        "floor((last - first)/step + 1 + 1e-9) steps, step k with the input at first + k step, "
        "found "
        "by dynamics.interpolation; samples that end before the longest keep their last value. "
        "Output and records have as many steps, and the array times (float64) says when they are. "
        "Without times sample k is the input of step k.\n\n"
        "With a memory by tolerance (dynamics.memory: {tolerance: 1e-5}) each layer's certificate "
        "says whether its spikes are proven to be those of the exact weights: certificate.NAME "
        "holds the smallest distance of a spike test from its threshold, the largest effect that "
        "the memory can have on it, and 1 where the first is larger, in this layer and all before "
        "it.",
    .examples = "  fsnn run runs/tiny --input x.npz --output y.npz\n"
                "  fsnn run model.yaml --weights best.safetensors --input x.npz --output y.npz \\\n"
                "           --record v,spikes\n"
                "  fsnn run model.yaml --weights w.npz --input x.npz --output g.npz \\\n"
                "           --target t.npz --loss mse_rate --grads --set dynamics.alpha=0.5\n",
    .option = table,
    .min_operands = 1,
    .max_operands = 1,
    .size = sizeof(run_options),
    .run = run,
};

/* cli/run.c: fsnn run: numbers in, numbers out. Feeds an array through a network and writes what
 * comes out: outputs, recorded potentials, spikes and currents, the loss and its gradients. */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct options {
    cli_common common;
    const char *weights, *input, *output, *record, *target, *loss;
    bool grads;
    cli_int chunk;
} options;

static const cli_option table[] = {
    {"weights", 'w', CLI_TEXT, offsetof(options, weights), "FILE",
     ".safetensors or .npz with arrays named as the parameters; without it the initial weights of "
     "the seed are used",
     0, 0},
    {"input", 'i', CLI_TEXT, offsetof(options, input), "FILE",
     "NPZ with the array x [T, B, ...] and, if wanted, times [T]", 0, 0},
    {"output", 'o', CLI_TEXT, offsetof(options, output), "FILE", "NPZ to write", 0, 0},
    {"record", 0, CLI_TEXT, offsetof(options, record), "WHAT",
     "any of v,spikes,current: the array WHAT.NEURON [T, B, ...] for each neuron layer; v is the "
     "membrane potential after each step",
     0, 0},
    {"target", 0, CLI_TEXT, offsetof(options, target), "FILE",
     "NPZ with the array target: [B, ...] as the output of one step; for ce_rate class "
     "probabilities, or integer classes [B]",
     0, 0},
    {"loss", 0, CLI_TEXT, offsetof(options, loss), "NAME",
     "mse_rate (default): mean of (mean over T of the output - target)^2; ce_rate: cross entropy "
     "of the mean over T",
     0, 0},
    {"grads", 0, CLI_FLAG, offsetof(options, grads), NULL,
     "also write grad.PARAMETER, the gradient of the loss, for every learnable parameter, with "
     "respect to the value itself; the network then runs as in training (dropout and batch "
     "statistics are active)",
     0, 0},
    {"chunk", 0, CLI_INT, offsetof(options, chunk), "K",
     "feed K steps at a time with the state carried over (not with --grads)", 1, 1e9},
    CLI_ROW_SET,
    CLI_ROW_SEED("seed of the initial weights and of dropout"),
    CLI_ROW_THREADS,
    CLI_ROWS_LAST,
};

/* One run: what was read, and what will be written. */
typedef struct work {
    const options *o;
    cli_model model;
    fsnn_loss_kind loss;
    bool record[3]; /* by fsnn_record */
    fsnn_arrays input, target, result;
    fsnn_shape in, out; /* of one sample at one step */
    int64_t T, B, chunk;
    float *x, *output; /* [T, B, in], [T, B, out] */
} work;

static const char *const record_name[] = {"v", "spikes", "current"}; /* by fsnn_record */

/* ---- options ---- */

static int read_record(work *w)
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
            cli_error(CLI_USAGE, "--record takes any of v,spikes,current, not \"%s\"%s%s%s", name,
                      near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
            free(name);
            return CLI_USAGE;
        }
        w->record[found] = true;
        text += length;
        text += *text == ',';
    }
    return CLI_GOOD;
}

static int read_loss(work *w)
{
    w->loss = FSNN_MSE_RATE;
    const char *name = w->o->loss;
    if (!name)
        return CLI_GOOD;
    int loss = fsnn_loss_find(name);
    if (loss != FSNN_MSE_RATE && loss != FSNN_CE_RATE)
        return cli_error(CLI_USAGE, "--loss takes mse_rate or ce_rate, not \"%s\"", name);
    w->loss = (fsnn_loss_kind)loss;
    return CLI_GOOD;
}

static int check_options(work *w)
{
    const options *o = w->o;
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
    int code = read_record(w);
    return code == CLI_GOOD ? read_loss(w) : code;
}

/* ---- input ---- */

static int read_arrays(const char *path, const char *name, fsnn_arrays *arrays,
                       const fsnn_array **array)
{
    fsnn_status status = fsnn_npz_read(path, arrays);
    if (status < 0)
        return cli_fail(status);
    *array = fsnn_arrays_find(arrays, name);
    if (*array)
        return CLI_GOOD;
    if (arrays->count == 0)
        return cli_error(CLI_FAILED, "%s: no array \"%s\": the file is empty", path, name);
    return cli_error(CLI_FAILED, "%s: no array \"%s\"; the first of the file's %d is \"%s\"", path,
                     name, arrays->count, arrays->item[0].name);
}

/* The shape of one sample at one step: [T, B, ...] without the first `lead` dimensions. */
static fsnn_shape rest(const fsnn_shape *shape, int lead)
{
    fsnn_shape r = {.rank = shape->rank - lead};
    for (int i = 0; i < r.rank; i++)
        r.dim[i] = shape->dim[i + lead];
    return r;
}

static int check_finite(const char *path, const char *name, const float *x, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(x[i]))
            return cli_error(CLI_FAILED, "%s: %s holds %s at element %lld (counted from 0)", path,
                             name, isnan(x[i]) ? "NaN" : "an infinite number", (long long)i);
    }
    return CLI_GOOD;
}

/* Time stamps must be the solver's own grid. */
static int check_times(const work *w)
{
    const fsnn_array *times = fsnn_arrays_find(&w->input, "times");
    if (!times)
        return CLI_GOOD;
    const char *path = w->o->input;
    char text[128];
    if (times->shape.rank != 1 || times->shape.dim[0] != w->T)
        return cli_error(
            CLI_FAILED, "%s: times has shape %s, but x has %lld steps: expected [%lld]", path,
            fsnn_shape_text(&times->shape, text, sizeof text), (long long)w->T, (long long)w->T);
    double step = fsnn_description_dynamics(w->model.description)->step;
    double *t = cli_allocate((size_t)w->T, sizeof *t);
    double ulp = times->dtype == FSNN_F32 ? 1.2e-7 : 2.3e-16; /* stamps are rounded themselves */
    fsnn_array_to_f64(times, t);
    int code = CLI_GOOD;
    for (int64_t k = 1; k < w->T && code == CLI_GOOD; k++) {
        double gap = t[k] - t[k - 1];
        if (!(fabs(gap - step) <= 1e-6 * step + ulp * fabs(t[k])))
            code = cli_error(
                CLI_FAILED,
                "%s: times[%lld] - times[%lld] is %g, but the solver step is %g: samples must "
                "be one solver step apart (set dynamics.step, or resample x)",
                path, (long long)k, (long long)k - 1, gap, step);
    }
    free(t);
    return code;
}

static int read_input(work *w)
{
    const fsnn_array *x;
    int code = read_arrays(w->o->input, "x", &w->input, &x);
    if (code != CLI_GOOD)
        return code;
    fsnn_shape out, given = x->shape.rank >= 2 ? rest(&x->shape, 2) : (fsnn_shape){0};
    fsnn_status status = fsnn_net_shapes(w->model.net, &w->in, &out);
    if (status < 0)
        return cli_fail(status);
    char found[128], wanted[128];
    fsnn_shape_text(&x->shape, found, sizeof found);
    fsnn_shape_text(&w->in, wanted, sizeof wanted);
    if (x->shape.rank < 2 || !fsnn_shape_equal(&given, &w->in))
        return cli_error(
            CLI_FAILED, "%s: x has shape %s, but the network's input is %s: expected [T, B%s%s",
            w->o->input, found, wanted, w->in.rank ? ", " : "]", w->in.rank ? wanted + 1 : "");
    w->T = x->shape.dim[0];
    w->B = x->shape.dim[1];
    if (w->T < 1 || w->B < 1)
        return cli_error(CLI_FAILED, "%s: x has shape %s: nothing to run", w->o->input, found);
    int64_t count = fsnn_shape_count(&x->shape);
    w->x = cli_allocate((size_t)count, sizeof *w->x);
    fsnn_array_to_f32(x, w->x);
    code = check_finite(w->o->input, "x", w->x, count);
    return code == CLI_GOOD ? check_times(w) : code;
}

/* ---- the run ---- */

static fsnn_shape with_time(const work *w, const fsnn_shape *shape)
{
    fsnn_shape full = {.rank = shape->rank + 2, .dim = {w->T, w->B}};
    for (int i = 0; i < shape->rank; i++)
        full.dim[i + 2] = shape->dim[i];
    return full;
}

static bool recording(const work *w)
{
    return w->record[0] || w->record[1] || w->record[2];
}

static fsnn_plan plan_of(const work *w)
{
    return (fsnn_plan){.steps = w->chunk,
                       .batch = w->B,
                       .training = w->o->grads,
                       .record = recording(w),
                       .seed = w->model.training.seed};
}

static float *add(work *w, const char *name, const fsnn_shape *shape, int *code)
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

/* Makes the arrays for all T steps; chunks fill them piece by piece. */
static int add_results(work *w)
{
    int code = CLI_GOOD;
    fsnn_shape shape = with_time(w, &w->out);
    w->output = add(w, "output", &shape, &code);
    for (int r = 0; r < CLI_COUNT(record_name); r++) {
        for (int n = 0; w->record[r] && code == CLI_GOOD && n < fsnn_net_node_count(w->model.net);
             n++) {
            fsnn_node_info info;
            if (!is_neuron(w->model.net, n, &info))
                continue;
            shape = with_time(w, &info.shape);
            char *name = cli_format("%s.%s", record_name[r], info.name);
            add(w, name, &shape, &code);
            free(name);
        }
    }
    if (code == CLI_GOOD) /* arrays may have moved while the list grew, their data not */
        w->output = fsnn_arrays_find(&w->result, "output")->data;
    return code;
}

/* Copies what the neuron layers did in steps first, first+1, ... */
static int collect_records(work *w, int64_t first)
{
    for (int r = 0; r < CLI_COUNT(record_name); r++) {
        for (int n = 0; w->record[r] && n < fsnn_net_node_count(w->model.net); n++) {
            fsnn_node_info info;
            if (!is_neuron(w->model.net, n, &info))
                continue;
            char *name = cli_format("%s.%s", record_name[r], info.name);
            float *to = fsnn_arrays_find(&w->result, name)->data;
            free(name);
            int64_t row = w->B * fsnn_shape_count(&info.shape);
            fsnn_status status = fsnn_net_read(w->model.net, n, (fsnn_record)r, to + first * row);
            if (status < 0)
                return cli_fail(status);
        }
    }
    return CLI_GOOD;
}

static int forward(work *w)
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

/* ---- the loss ---- */

static bool whole(fsnn_dtype dtype)
{
    return dtype != FSNN_F32 && dtype != FSNN_F64 && dtype != FSNN_BOOL;
}

static int target_error(const work *w, const fsnn_array *target)
{
    char found[128], wanted[128];
    fsnn_shape full = {.rank = w->out.rank + 1, .dim = {w->B}};
    for (int i = 0; i < w->out.rank; i++)
        full.dim[i + 1] = w->out.dim[i];
    fsnn_shape_text(&target->shape, found, sizeof found);
    fsnn_shape_text(&full, wanted, sizeof wanted);
    if (w->loss == FSNN_CE_RATE)
        return cli_error(
            CLI_FAILED, "%s: target is %s %s; ce_rate takes %s, or integer classes [%lld]",
            w->o->target, fsnn_dtype_name(target->dtype), found, wanted, (long long)w->B);
    return cli_error(CLI_FAILED, "%s: target has shape %s; mse_rate takes %s", w->o->target, found,
                     wanted);
}

/* The target as floats [B, out], or for ce_rate as classes [B]. */
static int read_target(work *w, float **values, int32_t **labels)
{
    const fsnn_array *target;
    int code = read_arrays(w->o->target, "target", &w->target, &target);
    if (code != CLI_GOOD)
        return code;
    int64_t count = fsnn_shape_count(&target->shape);
    bool batch = target->shape.rank >= 1 && target->shape.dim[0] == w->B;
    fsnn_shape each = batch ? rest(&target->shape, 1) : (fsnn_shape){0};
    if (batch && fsnn_shape_equal(&each, &w->out)) {
        *values = cli_allocate((size_t)count, sizeof **values);
        fsnn_array_to_f32(target, *values);
        return check_finite(w->o->target, "target", *values, count);
    }
    if (!batch || target->shape.rank != 1 || w->loss != FSNN_CE_RATE || !whole(target->dtype))
        return target_error(w, target);
    double *number = cli_allocate((size_t)count, sizeof *number);
    *labels = cli_allocate((size_t)count, sizeof **labels);
    fsnn_array_to_f64(target, number);
    int64_t classes = fsnn_shape_count(&w->out);
    for (int64_t i = 0; i < count && code == CLI_GOOD; i++) {
        if (number[i] < 0 || number[i] >= (double)classes)
            code = cli_error(CLI_FAILED,
                             "%s: target[%lld] is class %.0f, but the output has classes 0 to %lld",
                             w->o->target, (long long)i, number[i], (long long)classes - 1);
        else
            (*labels)[i] = (int32_t)number[i];
    }
    free(number);
    return code;
}

static int add_gradients(work *w, const float *gradient)
{
    fsnn_net_zero_grad(w->model.net);
    fsnn_status status = fsnn_net_backward(w->model.net, gradient, NULL);
    if (status < 0)
        return cli_fail(status);
    int code = CLI_GOOD;
    for (int i = 0; code == CLI_GOOD && i < fsnn_net_param_count(w->model.net); i++) {
        const fsnn_param *param = fsnn_net_param(w->model.net, i);
        if (!param->learn)
            continue;
        char *name = cli_format("grad.%s", param->name);
        float *to = add(w, name, &param->shape, &code);
        free(name);
        if (to)
            memcpy(to, param->grad, (size_t)fsnn_shape_count(&param->shape) * sizeof *to);
    }
    return code;
}

static int loss(work *w)
{
    float *values = NULL, *gradient = NULL;
    int32_t *labels = NULL;
    int code = read_target(w, &values, &labels);
    int64_t C = fsnn_shape_count(&w->out);
    double value = NAN;
    if (code == CLI_GOOD) {
        fsnn_loss how = {.kind = w->loss};
        if (w->o->grads)
            gradient = cli_allocate((size_t)(w->T * w->B * C), sizeof *gradient);
        fsnn_status status = fsnn_loss_compute(&how, w->T, w->B, C, w->output, labels, values,
                                               gradient, &value, NULL);
        code = status < 0 ? cli_fail(status) : CLI_GOOD;
    }
    if (code == CLI_GOOD) {
        fsnn_shape scalar = {0};
        fsnn_array *array = fsnn_arrays_add(&w->result, "loss", FSNN_F64, &scalar);
        if (array)
            *(double *)array->data = value;
        else
            code = cli_error(CLI_FAILED, "out of memory for the loss");
    }
    if (code == CLI_GOOD && gradient)
        code = add_gradients(w, gradient);
    if (code == CLI_GOOD)
        printf("%s %.9g\n", fsnn_loss_name(w->loss), value);
    free(values);
    free(labels);
    free(gradient);
    return code;
}

/* ---- all of it ---- */

static int load_weights(work *w)
{
    if (!w->o->weights) {
        cli_say("no --weights: running with the initial weights of seed %llu",
                (unsigned long long)w->model.training.seed);
        return CLI_GOOD;
    }
    fsnn_status status = fsnn_weights_load(w->model.net, w->o->weights);
    return status < 0 ? cli_fail(status) : CLI_GOOD;
}

/* Shapes are known only to a wrapped net: wrapped first for one step of one sample, then for the
 * input. */
static int prepare(work *w)
{
    fsnn_plan small = {.steps = 1, .batch = 1, .seed = w->model.training.seed};
    int code = cli_model_wrap(&w->model, &small);
    if (code == CLI_GOOD)
        code = load_weights(w);
    if (code == CLI_GOOD)
        code = read_input(w);
    if (code != CLI_GOOD)
        return code;
    w->chunk = w->o->chunk.given && w->o->chunk.value < w->T ? w->o->chunk.value : w->T;
    fsnn_plan plan = plan_of(w);
    code = cli_model_wrap(&w->model, &plan);
    if (code != CLI_GOOD)
        return code;
    cli_model_warnings(&w->model);
    fsnn_status status = fsnn_net_shapes(w->model.net, &w->in, &w->out);
    return status < 0 ? cli_fail(status) : add_results(w);
}

static int write_results(work *w)
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
    return CLI_GOOD;
}

static int execute(work *w)
{
    int code = check_options(w);
    if (code == CLI_GOOD)
        code = cli_model_open(&w->model, w->o->common.operand[0], &w->o->common);
    if (code == CLI_GOOD)
        code = prepare(w);
    if (code == CLI_GOOD)
        code = forward(w);
    if (code == CLI_GOOD && w->o->target)
        code = loss(w);
    if (code == CLI_GOOD)
        code = write_results(w);
    return code;
}

static int run(void *given)
{
    work w = {.o = given};
    cli_signals_catch();
    int code = execute(&w);
    fsnn_arrays_free(&w.input);
    fsnn_arrays_free(&w.target);
    fsnn_arrays_free(&w.result);
    free(w.x);
    cli_model_close(&w.model);
    return code;
}

const cli_command cli_run = {
    .name = "run",
    .summary = "feed an array through a network and write what comes out",
    .operands = "MODEL.yaml",
    .usage = "MODEL.yaml --input X.npz --output OUT.npz [options]",
    .details =
        "Feeds the array x [T, B, ...] (T steps, B samples, then the description's input shape) "
        "of an NPZ file through the network and writes an NPZ with float32 arrays: output "
        "[T, B, ...], what --record asks for, and with --target the scalar loss (float64). "
        "Sections data: and training: of the description are not needed.\n\n"
        "With times [T] in the input the samples must be one solver step apart.",
    .examples = "  fsnn run model.yaml --weights best.safetensors --input x.npz --output y.npz \\\n"
                "           --record v,spikes\n"
                "  fsnn run model.yaml --weights w.npz --input x.npz --output g.npz \\\n"
                "           --target t.npz --loss mse_rate --grads --set dynamics.alpha=0.5\n",
    .option = table,
    .min_operands = 1,
    .max_operands = 1,
    .size = sizeof(options),
    .run = run,
};

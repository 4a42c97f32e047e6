/* cli/eval.c: fsnn eval: how good given weights are on a data set, and what they cost. */
#include "perturb.h"

#include <stdlib.h>
#include <string.h>

typedef struct options {
    cli_common common;
    const char *weights, *data, *out;
    cli_list perturb;
    bool confusion, json;
    cli_int batch;
} options;

static const cli_option table[] = {
    {"weights", 'w', CLI_TEXT, offsetof(options, weights), "FILE",
     ".safetensors or .npz with arrays named as the parameters (required)", 0, 0},
    {"data", 0, CLI_TEXT, offsetof(options, data), "WHICH", "test (default) or train", 0, 0},
    {"batch", 0, CLI_INT, offsetof(options, batch), "B",
     "samples at a time (default: as in training)", 1, 1e6},
    {"confusion", 0, CLI_FLAG, offsetof(options, confusion), NULL,
     "also print the confusion matrix (--json has it always)", 0, 0},
    {"json", 0, CLI_FLAG, offsetof(options, json), NULL, "print one JSON object", 0, 0},
    {"perturb", 0, CLI_LIST, offsetof(options, perturb), "KIND=S,...",
     "evaluate under disturbances too: noise, occlusion, jitter, truncate, frame_loss; several amounts with colons "
     "(noise=0.1:0.2); may be repeated",
     0, 0},
    {"out", 'o', CLI_TEXT, offsetof(options, out), "DIR", "draw accuracies over amounts of --perturb to DIR/robustness", 0, 0},
    CLI_ROW_SET,
    CLI_ROW_SEED("seed of a random encoding and of disturbances"),
    CLI_ROW_THREADS,
    CLI_ROWS_LAST,
};

typedef struct work {
    const options *o;
    cli_model model;
    fsnn_loader *loader; /* of the set asked for */
    fsnn_evaluation evaluation;
    cli_operations operations; /* of one sample */
    int64_t steps;
    cli_conditions conditions;
} work;

static const char *which(const options *o)
{
    return o->data ? o->data : "test";
}

static int64_t row_sum(const fsnn_evaluation *e, int64_t row)
{
    int64_t sum = 0;
    for (int64_t c = 0; c < e->classes; c++)
        sum += e->confusion[row * e->classes + c];
    return sum;
}

static double class_accuracy(const fsnn_evaluation *e, int64_t row)
{
    int64_t sum = row_sum(e, row);
    return sum ? (double)e->confusion[row * e->classes + row] / (double)sum : 0;
}

static double speed(const fsnn_evaluation *e)
{
    return e->seconds > 0 ? (double)e->samples / e->seconds : 0;
}

/* ---- as a table ---- */

static void print_layers(const work *w)
{
    int layer = 0;
    fsnn_node_info info;
    printf("\n%-24s %12s %12s %12s %12s\n", "neuron layer", "neurons", "firing rate", "never fire",
           "always fire");
    for (int n = 0; n < fsnn_net_node_count(w->model.net); n++) {
        if (fsnn_net_node(w->model.net, n, &info) < 0 || !info.neuron ||
            layer >= w->evaluation.layers)
            continue;
        const fsnn_evaluation *e = &w->evaluation;
        char neurons[CLI_NUMBER], dead[CLI_NUMBER], saturated[CLI_NUMBER];
        printf("%-24s %12s %12.4f %12s %12s\n", info.name, cli_count(neurons, e->layer_neurons[layer]),
               e->layer_rate[layer], cli_count(dead, e->layer_dead[layer]),
               cli_count(saturated, e->layer_saturated[layer]));
        layer++;
    }
    printf("(spikes a neuron and step, T = %lld)\n", (long long)w->steps);
    char *advice = cli_evaluation_advice(w->model.net, &w->evaluation);
    if (advice)
        printf("%s\n", advice);
    free(advice);
}

static void print_operations(const work *w)
{
    const cli_operations *o = &w->operations;
    double dense = CLI_PJ_MAC * o->dense, spiking = cli_operations_energy(o);
    char a[CLI_NUMBER], b[CLI_NUMBER];
    printf("\n%-24s %12s %12s\n", "operations a sample", "count", "energy");
    printf("%-24s %12s %12s\n", "dense multiply-adds", cli_short(a, o->dense),
           cli_energy(b, dense));
    printf("%-24s %12s %12s\n", "spiking: multiply-adds", cli_short(a, o->multiply),
           cli_energy(b, CLI_PJ_MAC * o->multiply));
    printf("%-24s %12s %12s\n", "spiking: additions", cli_short(a, o->add),
           cli_energy(b, CLI_PJ_AC * o->add));
    printf("%-24s %12s %12s", "spiking: sum", cli_short(a, o->multiply + o->add),
           cli_energy(b, spiking));
    if (dense > 0)
        printf("  (%.1f %% of dense)", 100 * spiking / dense);
    printf("\n(%.1f pJ a multiply-add, %.1f pJ an addition, 32 bits in 45 nm)\n", CLI_PJ_MAC,
           CLI_PJ_AC);
}

static void print_classes(const fsnn_evaluation *e)
{
    printf("\n%-24s %12s %12s\n", "class", "samples", "accuracy");
    for (int64_t c = 0; c < e->classes; c++) {
        char count[CLI_NUMBER];
        printf("%-24lld %12s %10.2f %%\n", (long long)c, cli_count(count, row_sum(e, c)),
               100 * class_accuracy(e, c));
    }
}

static void print_confusion(const fsnn_evaluation *e)
{
    printf("\nconfusion (row: true class, column: network's answer)\n     ");
    for (int64_t c = 0; c < e->classes; c++)
        printf(" %6lld", (long long)c);
    printf("\n");
    for (int64_t r = 0; r < e->classes; r++) {
        printf("%5lld", (long long)r);
        for (int64_t c = 0; c < e->classes; c++)
            printf(" %6lld", (long long)e->confusion[r * e->classes + c]);
        printf("\n");
    }
}

static void print_table(const work *w)
{
    const fsnn_evaluation *e = &w->evaluation;
    char samples[CLI_NUMBER], rate[CLI_NUMBER];
    printf("%-24s %s\n", "network", fsnn_description_name(w->model.description));
    printf("%-24s %s\n", "weights", w->o->weights);
    printf("%-24s %s (%s)\n", "samples", cli_count(samples, e->samples), which(w->o));
    printf("%-24s %.4f (%s)\n", "loss", e->loss, fsnn_loss_name(w->model.training.loss.kind));
    printf("%-24s %.2f %%\n", "accuracy", 100 * e->accuracy);
    printf("%-24s %s samples/s\n", "speed", cli_short(rate, speed(e)));
    print_layers(w);
    print_operations(w);
    cli_conditions_print(&w->conditions, e);
    if (e->classes > 0)
        print_classes(e);
    if (e->classes > 0 && w->o->confusion)
        print_confusion(e);
}

/* ---- as JSON ---- */

static void json_layers(cli_json *json, const work *w)
{
    int layer = 0;
    fsnn_node_info info;
    cli_json_open(json, "layers", '[');
    for (int n = 0; n < fsnn_net_node_count(w->model.net); n++) {
        if (fsnn_net_node(w->model.net, n, &info) < 0 || !info.neuron ||
            layer >= w->evaluation.layers)
            continue;
        cli_json_open(json, NULL, '{');
        cli_json_text(json, "name", info.name);
        cli_json_integer(json, "neurons", fsnn_shape_count(&info.shape));
        cli_json_number(json, "rate", w->evaluation.layer_rate[layer]);
        cli_json_integer(json, "dead", w->evaluation.layer_dead[layer]);
        cli_json_integer(json, "saturated", w->evaluation.layer_saturated[layer++]);
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}

static void json_operations(cli_json *json, const cli_operations *o)
{
    cli_json_open(json, "operations", '{');
    cli_json_number(json, "dense", o->dense);
    cli_json_number(json, "multiply_adds", o->multiply);
    cli_json_number(json, "additions", o->add);
    cli_json_number(json, "energy_dense_pj", CLI_PJ_MAC * o->dense);
    cli_json_number(json, "energy_pj", cli_operations_energy(o));
    cli_json_number(json, "pj_multiply_add", CLI_PJ_MAC);
    cli_json_number(json, "pj_addition", CLI_PJ_AC);
    cli_json_close(json, '}');
}

static void json_classes(cli_json *json, const fsnn_evaluation *e)
{
    cli_json_open(json, "class_accuracy", '[');
    for (int64_t c = 0; c < e->classes; c++)
        cli_json_number(json, NULL, class_accuracy(e, c));
    cli_json_close(json, ']');
    cli_json_open(json, "confusion", '[');
    for (int64_t r = 0; r < e->classes; r++) {
        cli_json_open(json, NULL, '[');
        for (int64_t c = 0; c < e->classes; c++)
            cli_json_integer(json, NULL, e->confusion[r * e->classes + c]);
        cli_json_close(json, ']');
    }
    cli_json_close(json, ']');
}

static void print_json(const work *w)
{
    const fsnn_evaluation *e = &w->evaluation;
    cli_json json = {.out = stdout};
    cli_json_open(&json, NULL, '{');
    cli_json_text(&json, "network", fsnn_description_name(w->model.description));
    cli_json_text(&json, "weights", w->o->weights);
    cli_json_text(&json, "data", which(w->o));
    cli_json_integer(&json, "samples", e->samples);
    cli_json_integer(&json, "steps", w->steps);
    cli_json_text(&json, "loss_kind", fsnn_loss_name(w->model.training.loss.kind));
    cli_json_number(&json, "loss", e->loss);
    cli_json_number(&json, "accuracy", e->accuracy);
    cli_json_number(&json, "seconds", e->seconds);
    cli_json_number(&json, "samples_per_second", speed(e));
    json_layers(&json, w);
    char *advice = cli_evaluation_advice(w->model.net, &w->evaluation);
    if (advice)
        cli_json_text(&json, "advice", advice);
    free(advice);
    json_operations(&json, &w->operations);
    cli_conditions_json(&json, &w->conditions);
    json_classes(&json, e);
    cli_json_close(&json, '}');
}

/* ---- all of it ---- */

static int choose_data(work *w)
{
    bool train = strcmp(which(w->o), "train") == 0;
    if (w->o->batch.given)
        w->model.training.batch = w->o->batch.value;
    int code = cli_model_data(&w->model, train);
    if (code != CLI_GOOD)
        return code;
    if (train && w->model.train) { /* in file order */
        fsnn_loader_destroy(w->model.train);
        w->model.train = NULL;
        code = cli_model_loader(&w->model, w->model.train_data, w->model.training.batch, false,
                                &w->model.train);
    }
    w->loader = train ? w->model.train : w->model.test;
    if (code == CLI_GOOD && !w->loader)
        code = cli_error(CLI_USAGE, "the description has no %s data; try --data %s", which(w->o),
                         train ? "test" : "train");
    return code;
}

static int evaluate(work *w)
{
    fsnn_shape shape;
    fsnn_loader_shape(w->loader, &w->steps, &shape);
    fsnn_plan plan = {
        .steps = w->steps,
        .batch = w->model.training.batch,
        .seed = w->model.training.seed,
        .checkpoint = w->model.training.checkpoint};
    int code = cli_model_wrap(&w->model, &plan, w->steps);
    if (code == CLI_GOOD)
        code = cli_model_fits(&w->model);
    if (code != CLI_GOOD)
        return code;
    cli_model_warnings(&w->model);
    fsnn_status status = fsnn_weights_load(w->model.net, w->o->weights);
    if (status >= 0)
        status = fsnn_evaluate(w->model.net, w->loader, &w->model.training.loss, &w->evaluation);
    if (status < 0)
        return cli_fail(status);
    cli_operations_count(&w->model, &w->o->common, w->loader, &w->evaluation, &w->operations);
    bool train = w->loader == w->model.train;
    return cli_conditions_run(&w->model, train ? w->model.train_data : w->model.test_data,
                              &w->conditions);
}

static int execute(work *w)
{
    const options *o = w->o;
    if (!o->weights)
        return cli_error(CLI_USAGE, "--weights FILE is missing: the weights to evaluate");
    if (strcmp(which(o), "test") != 0 && strcmp(which(o), "train") != 0)
        return cli_error(CLI_USAGE, "--data takes test or train, not \"%s\"", o->data);
    int code = cli_conditions_read(&o->perturb, &w->conditions);
    if (code == CLI_GOOD)
        code = cli_model_open(&w->model, o->common.operand[0], &o->common);
    if (code == CLI_GOOD)
        code = choose_data(w);
    if (code == CLI_GOOD)
        code = evaluate(w);
    if (code != CLI_GOOD)
        return code;
    if (o->json)
        print_json(w);
    else
        print_table(w);
    if (o->out)
        cli_conditions_figure(&w->conditions, &w->evaluation, fsnn_description_name(w->model.description),
                              o->out);
    return CLI_GOOD;
}

static int run(void *given)
{
    work w = {.o = given};
    int code = execute(&w);
    fsnn_evaluation_free(&w.evaluation);
    cli_conditions_free(&w.conditions);
    cli_model_close(&w.model);
    return code;
}

const cli_command cli_eval = {
    .name = "eval",
    .summary = "loss, accuracy, firing rates, operations and energy of given weights",
    .operands = "DESC.yaml",
    .usage = "DESC.yaml --weights FILE [options]",
    .details = "Evaluates weights on the test data of the description. Energy is an estimate after "
               "Horowitz (ISSCC "
               "2014) for 45 nm: 4.6 pJ a multiply-add, 0.9 pJ an addition. A layer fed by spikes "
               "adds, once for "
               "each spike that comes in and each weight it meets; a layer fed by analog numbers "
               "multiplies. --perturb evaluates under disturbances: noise=S adds a normal deviation S to every "
               "value, occlusion=S blanks a share S of the input at a random place, jitter=S shows a step of up to "
               "S steps before or after, truncate=S blanks the last share S of the steps, frame_loss=S each "
               "step with probability S.",
    .examples = "  fsnn eval examples/fashion_mlp.yaml -w runs/fashion-mlp/best.safetensors\n"
                "  fsnn eval model.yaml --weights w.npz --json\n"
                "  fsnn eval model.yaml -w w.npz --perturb noise=0.1:0.2:0.4 --out pictures\n",
    .option = table,
    .min_operands = 1,
    .max_operands = 1,
    .size = sizeof(options),
    .run = run,
};

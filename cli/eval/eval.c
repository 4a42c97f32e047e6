/* cli/eval/eval.c: fsnn eval: how good given weights are on a data set, and what they cost. */
#include "cli/eval/operations.h"
#include "cli/eval/perturb.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct options {
    cli_common common;
    const char *weights, *on, *energy, *figure, *prediction, *out, *precision, *type;
    cli_list perturb;
    bool confusion, json;
    cli_int batch, repeats;
    fsnn_products products;
} options;

static const cli_option table[] = {
    {"weights", 'w', CLI_TEXT, offsetof(options, weights), "FILE",
     ".safetensors, .npz or .pt (PyTorch) with arrays named as the parameters, or a run "
     "directory for its best weights (default: those of RUN)",
     0, 0},
    {"on", 0, CLI_TEXT, offsetof(options, on), "PART",
     "train, validation or test (default: test; validation where there is no test data)", 0, 0},
    {"data", 0, CLI_TEXT, offsetof(options, on), "PART", "another name of --on", 0, 0},
    {"repeats", 0, CLI_INT, offsetof(options, repeats), "N",
     "mean and spread over N draws of a random encoding and of disturbances", 1, 1e6},
    {"batch", 0, CLI_INT, offsetof(options, batch), "B",
     "samples at a time (default: as in training)", 1, 1e6},
    {"type", 0, CLI_TEXT, offsetof(options, type), "TYPE",
     "int8 or int4: answers are those of the whole numbers that export-c --type makes C of; rates "
     "and operations those of its weights in single precision; default: training.quantise, or "
     "float",
     0, 0},
    {"confusion", 0, CLI_FLAG, offsetof(options, confusion), NULL,
     "also print the confusion matrix (--json has it always)", 0, 0},
    {"energy", 0, CLI_TEXT, offsetof(options, energy), "MAC,AC",
     "picojoule of a multiply-add and of an addition (default 4.6,0.9)", 0, 0},
    {"prediction-figure", 0, CLI_PATH, offsetof(options, prediction), "PATH",
     "of a regression, also draw answers over the truth: PATH.png and PATH.svg", 0, 0},
    {"energy-figure", 0, CLI_PATH, offsetof(options, figure), "PATH",
     "also draw the energy of each node: PATH.png and PATH.svg", 0, 0},
    {"json", 0, CLI_FLAG, offsetof(options, json), NULL, "print one JSON object", 0, 0},
    {"perturb", 0, CLI_LIST, offsetof(options, perturb), "KIND=S,...",
     "also evaluate under disturbances: noise, occlusion, jitter, truncate, frame_loss; of graphs "
     "feature_mask, edge_drop; separate several amounts by colons (noise=0.1:0.2); may be repeated",
     0, 0},
    {"out", 'o', CLI_PATH, offsetof(options, out), "DIR",
     "draw accuracies over amounts of --perturb to DIR/robustness", 0, 0},
    CLI_ROW_PRECISION(options, "single or double: dynamics.precision; bf16: products of linear "
                               "layers and convolutions in bfloat16; int8: of spikes with weights "
                               "of 8 bits, all else in float32"),
    CLI_ROW_SET,
    CLI_ROW_SEED("seed of a random encoding and of disturbances"),
    CLI_ROW_THREADS,
    CLI_ROWS_LAST,
};

typedef struct work {
    const options *o;
    fsnn_export_type type;
    fsnn_integer *integers; /* NULL: answers are the network's own */
    cli_model model;
    int part;
    fsnn_assessment a;
    bool interrupted; /* `a` is what was known by then */
    cli_line line;
    fsnn_energy energy;
    cli_conditions conditions;
} work;

static const char *which(const work *w)
{
    return fsnn_part_name((fsnn_part)w->part);
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
    /* of no samples there is none */
    return sum ? (double)e->confusion[row * e->classes + row] / (double)sum : NAN;
}

static double speed(const fsnn_evaluation *e)
{
    return e->seconds > 0 ? (double)e->samples / e->seconds : 0;
}

/* ---- as a table ---- */

static void print_layers(const work *w)
{
    const fsnn_evaluation *e = &w->a.mean;
    const double hertz = cli_model_hertz(&w->model);
    cli_out("\n%-24s %12s %12s %12s %12s%s\n", "neuron layer", "neurons", "firing rate",
            "never fire", "every step", hertz > 0 ? "    rate [Hz]" : "");
    for (int i = 0; i < e->layers; i++) {
        char neurons[CLI_NUMBER], dead[CLI_NUMBER], saturated[CLI_NUMBER];
        cli_out("%-24s %12s %12.4f %12s %12s", cli_layer_name(w->model.net, e->layer_node[i]),
                cli_count(neurons, e->layer_neurons[i]), e->layer_rate[i],
                cli_count(dead, e->layer_dead[i]), cli_count(saturated, e->layer_saturated[i]));
        if (hertz > 0)
            cli_out(" %12.5g", e->layer_rate[i] * hertz);
        cli_out("\n");
    }
    cli_out("(spikes per neuron and step, T = %lld; neurons that never fire, in every step)\n",
            (long long)w->a.steps);
    char *advice = cli_evaluation_advice(w->model.net, e);
    if (advice)
        cli_print("%s\n", advice);
    free(advice);
}

/* The name of a class, or its number in `text`. */
static const char *class_name(const work *w, int64_t c, char text[CLI_NUMBER])
{
    const char *name = fsnn_data_class(fsnn_session_data(w->model.session, (fsnn_part)w->part), c);
    snprintf(text, CLI_NUMBER, "%lld", (long long)c);
    return name ? name : text;
}

static void print_classes(const work *w)
{
    const fsnn_evaluation *e = &w->a.mean;
    cli_out("\n%-24s %12s %12s\n", "class", "samples", "accuracy");
    for (int64_t c = 0; c < e->classes; c++) {
        char count[CLI_NUMBER], name[CLI_NUMBER], share[CLI_NUMBER] = "-";
        if (row_sum(e, c))
            snprintf(share, sizeof share, "%.2f %%", 100 * class_accuracy(e, c));
        cli_out("%-24s %12s %12s\n", class_name(w, c, name), cli_count(count, row_sum(e, c)),
                share);
    }
}

/* Columns are as wide as the longest name, within reason: rows have all of it. */
static void print_confusion(const work *w)
{
    enum { LEAST = 6, MOST = 12 };
    const fsnn_evaluation *e = &w->a.mean;
    char text[CLI_NUMBER];
    int width = LEAST;
    for (int64_t c = 0; c < e->classes; c++) {
        int length = (int)strlen(class_name(w, c, text));
        width = length > width ? length : width;
    }
    int column = width < MOST ? width : MOST, row = width > LEAST ? width : LEAST - 1;
    cli_out("\nconfusion (row: true class, column: network's answer)\n%-*s", row, "");
    for (int64_t c = 0; c < e->classes; c++)
        cli_out(" %*.*s", column, column, class_name(w, c, text));
    cli_out("\n");
    for (int64_t r = 0; r < e->classes; r++) {
        cli_out("%*s", row, class_name(w, r, text));
        for (int64_t c = 0; c < e->classes; c++)
            cli_out(" %*lld", column, (long long)e->confusion[r * e->classes + c]);
        cli_out("\n");
    }
}

/* Accuracy with its spread over draws. */
static void print_accuracy(const work *w)
{
    cli_out("%-24s %.2f", "accuracy", 100 * w->a.mean.accuracy);
    if (w->a.repeats > 1)
        cli_out(" +- %.2f %% (mean and spread of %lld encodings)\n",
                100 * w->a.score.spread_accuracy, (long long)w->a.repeats);
    else
        cli_out(" %%\n");
}

/* Without a number where as many answers count as there are: of a k that the description has. */
static void print_top_k(const work *w, double value)
{
    char text[CLI_NUMBER];
    int64_t k = fsnn_session_training(w->model.session)->top_k;
    if (isfinite(value))
        cli_out("%-24s %s (k = %lld)\n", "top_k", cli_decimal(text, value), (long long)k);
    else if (w->a.mean.classes && k != fsnn_training_default().top_k)
        cli_out("%-24s - (k = %lld of %lld outputs: every answer counts)\n", "top_k", (long long)k,
                (long long)w->a.mean.classes);
}

/* The other metrics that judge these targets. */
static void print_metrics(const work *w)
{
    char text[CLI_NUMBER];
    for (int i = FSNN_METRIC_ACCURACY + 1; i < FSNN_METRICS; i++) {
        double value = w->a.mean.metric[i];
        if (i == FSNN_METRIC_TOP_K)
            print_top_k(w, value);
        else if (isfinite(value))
            cli_out("%-24s %s\n", fsnn_metric_name((fsnn_metric)i), cli_decimal(text, value));
    }
}

static void print_table(const work *w)
{
    const fsnn_evaluation *e = &w->a.mean;
    char samples[CLI_NUMBER], rate[CLI_NUMBER], loss[CLI_NUMBER];
    cli_out("%-24s %s\n", "network", fsnn_description_name(w->model.description));
    cli_out("%-24s %s\n", "weights", w->o->weights);
    if (w->integers)
        cli_out("%-24s %s (rates and operations: its weights in single precision)\n", "type",
                fsnn_export_type_name(w->type));
    cli_out("%-24s %s (%s)%s\n", "samples", cli_count(samples, e->samples), which(w),
            w->interrupted ? ", interrupted" : "");
    cli_out("%-24s %s", "loss", cli_decimal(loss, e->loss));
    if (w->a.repeats > 1)
        cli_out(" +- %s", cli_decimal(loss, w->a.score.spread_loss));
    cli_out(" (%s)\n", fsnn_loss_name(fsnn_session_training(w->model.session)->loss.kind));
    if (isfinite(e->accuracy))
        print_accuracy(w);
    print_metrics(w);
    cli_out("%-24s %s samples/s\n", "speed", cli_short(rate, speed(e)));
    print_layers(w);
    cli_operations_print(w->model.net, e, &w->energy);
    cli_conditions_print(&w->conditions, &w->a);
    if (e->confusion)
        print_classes(w);
    if (e->confusion && w->o->confusion)
        print_confusion(w);
}

/* ---- as JSON ---- */

static void json_layers(cli_json *json, const work *w)
{
    const fsnn_evaluation *e = &w->a.mean;
    const double hertz = cli_model_hertz(&w->model);
    cli_json_open(json, "layers", '[');
    for (int i = 0; i < e->layers; i++) {
        cli_json_open(json, NULL, '{');
        cli_json_text(json, "name", cli_layer_name(w->model.net, e->layer_node[i]));
        cli_json_integer(json, "neurons", e->layer_neurons[i]);
        cli_json_number(json, "rate", e->layer_rate[i]);
        if (hertz > 0)
            cli_json_number(json, "rate_hz", e->layer_rate[i] * hertz);
        cli_json_integer(json, "dead", e->layer_dead[i]);
        cli_json_integer(json, "saturated", e->layer_saturated[i]);
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}

static void json_classes(cli_json *json, const work *w)
{
    const fsnn_evaluation *e = &w->a.mean;
    char name[CLI_NUMBER];
    cli_json_open(json, "classes", '[');
    for (int64_t c = 0; c < e->classes; c++)
        cli_json_text(json, NULL, class_name(w, c, name));
    cli_json_close(json, ']');
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

/* Those that judge these targets, by name. */
static void json_metrics(cli_json *json, const work *w)
{
    cli_json_open(json, "metrics", '{');
    for (int i = FSNN_METRIC_LOSS; i < FSNN_METRICS; i++)
        if (isfinite(w->a.mean.metric[i]))
            cli_json_number(json, fsnn_metric_name((fsnn_metric)i), w->a.mean.metric[i]);
    cli_json_close(json, '}');
}

static void json_repeats(cli_json *json, const work *w)
{
    cli_json_number(json, "loss_spread", w->a.score.spread_loss);
    cli_json_number(json, "accuracy_spread", w->a.score.spread_accuracy);
    cli_json_open(json, "accuracies", '[');
    for (int64_t r = 0; r < w->a.repeats; r++)
        cli_json_number(json, NULL, w->a.accuracy[r]);
    cli_json_close(json, ']');
}

static void print_json(const work *w)
{
    const fsnn_evaluation *e = &w->a.mean;
    cli_json json = {.out = stdout};
    cli_json_open(&json, NULL, '{');
    cli_json_text(&json, "network", fsnn_description_name(w->model.description));
    cli_json_text(&json, "weights", w->o->weights);
    cli_json_text(&json, "type", fsnn_export_type_name(w->type));
    cli_json_text(&json, "data", fsnn_part_key((fsnn_part)w->part));
    if (w->interrupted)
        cli_json_text(&json, "interrupted", "figures of what was evaluated by then");
    cli_json_integer(&json, "samples", e->samples);
    cli_json_integer(&json, "steps", w->a.steps);
    cli_json_text(&json, "loss_kind",
                  fsnn_loss_name(fsnn_session_training(w->model.session)->loss.kind));
    cli_json_number(&json, "loss", e->loss);
    cli_json_number(&json, "accuracy", e->accuracy);
    json_metrics(&json, w);
    if (w->a.repeats > 1)
        json_repeats(&json, w);
    cli_json_number(&json, "seconds", e->seconds);
    cli_json_number(&json, "samples_per_second", speed(e));
    cli_model_json_units(&w->model, &json);
    json_layers(&json, w);
    char *advice = cli_evaluation_advice(w->model.net, &w->a.mean);
    if (advice)
        cli_json_text(&json, "advice", advice);
    free(advice);
    cli_operations_json(&json, w->model.net, e, &w->energy);
    cli_conditions_json(&json, &w->conditions, &w->a);
    json_classes(&json, w);
    cli_json_close(&json, '}');
}

/* ---- all of it ---- */

/* The part that --on names; -1: none was named; -2 after a sentence. */
static int named_part(const char *name)
{
    if (!name)
        return -1;
    for (int p = 0; p < FSNN_PARTS; p++)
        if (strcmp(name, fsnn_part_key((fsnn_part)p)) == 0)
            return p;
    cli_error(CLI_USAGE, "--on takes train, validation or test, not \"%s\"", name);
    return -2;
}

static int choose_data(work *w)
{
    int part = named_part(w->o->on);
    if (w->o->batch.given)
        fsnn_session_batch(w->model.session, w->o->batch.value);
    w->part = fsnn_session_open_part(w->model.session, part);
    cli_model_warn(&w->model, FSNN_TOPIC_DATA);
    if (w->part == FSNN_ENOTFOUND)
        return cli_error(CLI_USAGE, "the description has no %s data; try --on %s",
                         part < 0 ? "test" : fsnn_part_name((fsnn_part)part),
                         part == FSNN_PART_TRAIN ? "test" : "train");
    return w->part < 0 ? cli_fail((fsnn_status)w->part) : CLI_GOOD;
}

static int on_samples(int64_t done, int64_t all, void *user)
{
    work *w = user;
    char now[CLI_NUMBER], end[CLI_NUMBER];
    cli_line_draw(&w->line, "%s of %s samples", cli_count(now, done), cli_count(end, all));
    return *cli_stop();
}

static int draw_prediction(const work *w)
{
    const fsnn_evaluation *e = &w->a.mean;
    if (!e->pairs)
        return cli_error(CLI_USAGE, "--prediction-figure draws a regression: the data have no "
                                    "values, or the loss takes them as classes");
    char r2[CLI_NUMBER];
    char *subtitle = cli_format("R2 %s", cli_decimal(r2, e->metric[FSNN_METRIC_R2]));
    cli_figure_done(fsnn_plot_scatter("Answers and truth", subtitle, e->pairs, e->truth, e->answer,
                                      w->o->prediction),
                    w->o->prediction);
    free(subtitle);
    return CLI_GOOD;
}

/* Of one that was interrupted, what is known is shown, too. */
static int evaluated(work *w, fsnn_status status)
{
    cli_line_end(&w->line);
    w->interrupted = status == FSNN_EINTERRUPTED;
    if (status < 0 && !w->a.mean.samples)
        return w->interrupted
                   ? cli_error(CLI_INTERRUPTED, "interrupted before anything was evaluated")
                   : cli_fail(status);
    if (w->o->figure && !w->interrupted)
        cli_operations_figure(w->model.net, &w->a.mean, &w->energy, w->o->figure);
    return w->o->prediction && !w->interrupted ? draw_prediction(w) : CLI_GOOD;
}

/* Type int8, int4: the network in whole numbers. */
static int make_integers(work *w)
{
    fsnn_integer_options o = fsnn_integer_options_default();
    int code = cli_model_type(&w->model, w->o->type, &w->type);
    if (code != CLI_GOOD || w->type == FSNN_EXPORT_FLOAT)
        return code;
    if (w->o->products)
        return cli_error(CLI_USAGE, "--precision %s is for --type float", w->o->precision);
    o.bits = fsnn_export_type_bits(w->type);
    fsnn_status status = fsnn_session_integers(w->model.session, &o, &w->integers);
    return status == FSNN_EUNSUPPORTED ? cli_error(CLI_USAGE, "%s", fsnn_error_text())
           : status < 0                ? cli_fail(status)
                                       : CLI_GOOD;
}

static int evaluate(work *w)
{
    fsnn_assess_options how = {.part = w->part,
                               .repeats = w->o->repeats.given ? w->o->repeats.value : 1,
                               .condition = w->conditions.item,
                               .conditions = w->conditions.count,
                               .progress = on_samples,
                               .user = w};
    int code = cli_model_prepare(&w->model, (fsnn_part)w->part, false);
    if (code != CLI_GOOD)
        return code;
    cli_model_warnings(&w->model);
    code = cli_model_weights(&w->model, w->o->weights);
    if (code != CLI_GOOD)
        return code;
    code = make_integers(w);
    if (code != CLI_GOOD)
        return code;
    how.integers = w->integers;
    w->line = cli_line_begin();
    cli_signals_keep();
    return evaluated(w, fsnn_session_evaluate(w->model.session, &how, &w->a));
}

/* Draws that cannot differ say nothing of a spread. */
static void warn_unused(const work *w)
{
    bool random = fsnn_description_encoder(w->model.description)->kind == FSNN_ENCODE_RATE ||
                  w->conditions.count;
    if (w->a.repeats > 1 && w->a.score.spread_loss == 0 && !random)
        cli_warn("--repeats %lld: all draws are the same, for nothing in them is random: the "
                 "encoder rate is, and disturbances by --perturb are",
                 (long long)w->a.repeats);
    if (w->o->common.seed.given && !random)
        cli_warn("--seed does nothing here: neither the encoding nor a disturbance is random");
    if (w->o->confusion && !w->a.mean.confusion)
        cli_warn("--confusion: there is no such matrix, for the targets are no classes");
}

/* What of it the figures are, and what was not drawn. */
static int say_interrupted(const work *w)
{
    const fsnn_assessment *a = &w->a;
    char some[CLI_NUMBER], all[CLI_NUMBER];
    int64_t samples =
        fsnn_loader_samples(fsnn_session_loader(w->model.session, (fsnn_part)w->part));
    if (!a->repeats)
        return cli_error(CLI_INTERRUPTED, "interrupted: the figures are of %s of %s samples",
                         cli_count(some, a->mean.samples), cli_count(all, samples));
    if (w->conditions.count)
        return cli_error(CLI_INTERRUPTED,
                         "interrupted: the figures are of %lld of %lld draws and %d of %d "
                         "disturbances",
                         (long long)a->repeats,
                         (long long)(w->o->repeats.given ? w->o->repeats.value : 1), a->conditions,
                         w->conditions.count);
    return cli_error(CLI_INTERRUPTED, "interrupted: the figures are of %lld of %lld draws",
                     (long long)a->repeats, (long long)w->o->repeats.value);
}

/* Evaluations may take long: what cannot be drawn is refused before them. */
static int check_figures(const work *w)
{
    const options *o = w->o;
    int code = CLI_GOOD;
    if (o->figure && fsnn_plot_check(o->figure) < 0)
        return cli_error(CLI_FAILED, "--energy-figure %s: %s", o->figure, fsnn_error_text());
    if (o->prediction && fsnn_plot_check(o->prediction) < 0)
        return cli_error(CLI_FAILED, "--prediction-figure %s: %s", o->prediction,
                         fsnn_error_text());
    if (o->out) {
        char *path = cli_path(o->out, "robustness");
        code = cli_make_directory(o->out);
        if (code == CLI_GOOD && fsnn_plot_check(path) < 0)
            code = cli_error(CLI_FAILED, "--out %s: %s", o->out, fsnn_error_text());
        free(path);
    }
    return code;
}

static int execute(work *w)
{
    const options *o = w->o;
    if (!o->weights && !cli_exists(o->common.operand[0]))
        return cli_error(CLI_USAGE, "%s: there is no such run directory or description",
                         o->common.operand[0]);
    if (!o->weights)
        return cli_error(CLI_USAGE, "--weights FILE is missing: the weights to evaluate");
    if (named_part(o->on) < -1)
        return CLI_USAGE;
    if (o->out && !o->perturb.count)
        return cli_error(CLI_USAGE, "--out DIR draws accuracies over the amounts of disturbances: "
                                    "give them with --perturb, like --perturb noise=0.1:0.2:0.4");
    cli_signals_catch();
    int code = cli_energy_parse(o->energy, &w->energy);
    if (code == CLI_GOOD)
        code = cli_conditions_read(&o->perturb, &w->conditions);
    if (code == CLI_GOOD)
        code = cli_model_open(&w->model, o->common.operand[0], &o->common);
    if (code == CLI_GOOD)
        code = cli_model_products(&w->model, o->products);
    if (code == CLI_GOOD)
        code = cli_conditions_check(&w->model, &w->conditions);
    if (code == CLI_GOOD)
        code = choose_data(w);
    if (code == CLI_GOOD)
        code = check_figures(w);
    if (code == CLI_GOOD)
        code = evaluate(w);
    if (code != CLI_GOOD)
        return code;
    if (o->json)
        print_json(w);
    else
        print_table(w);
    if (w->interrupted)
        return say_interrupted(w);
    warn_unused(w);
    if (o->out)
        cli_conditions_figure(&w->conditions, &w->a, fsnn_description_name(w->model.description),
                              o->out);
    return CLI_GOOD;
}

static int run(void *given)
{
    options *o = given;
    char *weights = NULL;
    work w = {.o = o};
    int code = cli_precision(&o->common, o->precision, &o->products);
    if (code == CLI_GOOD)
        code = cli_run_weights(o->common.operand[0], true, &o->weights, &weights);
    if (code == CLI_GOOD)
        code = execute(&w);
    fsnn_assessment_free(&w.a);
    fsnn_integer_destroy(w.integers);
    cli_conditions_free(&w.conditions);
    cli_model_close(&w.model);
    free(weights);
    return cli_figures_end(code);
}

static const cli_values values[] = {
    {"on", "train,validation,test"},
    {"data", "train,validation,test"},
    {"precision", "single,double,bf16,int8"},
    {"type", "float,int8,int4"},
    {NULL, NULL},
};

const cli_command cli_eval = {
    .name = "eval",
    .summary = "loss, accuracy, firing rates, operations and energy of given weights",
    .operands = "DESC.yaml",
    .usage = "RUN [options], or DESC.yaml --weights FILE [options]",
    .details =
        "Evaluates weights on the test data of the description. RUN is a run directory: it stands "
        "for its description and its best weights (its last weights if no epoch was best).\n\n"
        "Energy is an estimate after Horowitz (ISSCC 2014) for 45 nm: 4.6 pJ per multiply-add, "
        "0.9 pJ per addition. A layer that gets spikes adds, once for each incoming spike and "
        "each weight of it. A layer that gets analog numbers multiplies. A neuron with memory "
        "multiplies once for each earlier state in its sum.\n\n"
        "--perturb evaluates under disturbances. noise=S adds a normal random number of deviation "
        "S to every value; occlusion=S sets a share S of the input at a random place to 0; "
        "jitter=S replaces each step by one up to S steps earlier or later; truncate=S sets the "
        "last share S of the steps to 0; frame_loss=S sets each step to 0 with probability S. On "
        "graphs, feature_mask=S removes each entry of the features with probability S, and "
        "edge_drop=S each edge.\n\n"
        "Ctrl-C ends after the batch with the figures of what was evaluated by then and exit code "
        "130. A second Ctrl-C ends at once.",
    .examples = "  fsnn eval runs/fashion-mlp\n"
                "  fsnn eval examples/fashion_mlp.yaml -w runs/fashion-mlp/best.safetensors\n"
                "  fsnn eval model.yaml --weights w.npz --json\n"
                "  fsnn eval model.yaml -w w.npz --perturb noise=0.1:0.2:0.4 --out pictures\n"
                "  fsnn eval graph.yaml -w w.npz --perturb edge_drop=0.2:0.5 --repeats 20\n",
    .option = table,
    .values = values,
    .min_operands = 1,
    .max_operands = 1,
    .size = sizeof(options),
    .run = run,
};

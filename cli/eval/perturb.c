/* cli/eval/perturb.c: reads the disturbances of --perturb, evaluates under each, shows what they
 * cost. */
#include "cli/eval/perturb.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

static int usage(const char *text, const char *at)
{
    return cli_error(
        CLI_USAGE,
        "--perturb takes KIND=AMOUNT, several with commas between them, several amounts with "
        "colons, like noise=0.1:0.2,jitter=2; wrong is \"%s\" in \"%s\"",
        at, text);
}

/* Every condition from `first` on once for each amount of "0.1:0.2". */
static int multiply(cli_conditions *c, int first, int kind, const char *amounts, const char *text)
{
    int before = c->count - first;
    cli_condition old[CLI_CONDITIONS];
    memcpy(old, c->item + first, (size_t)before * sizeof *old);
    c->count = first;
    for (const char *at = amounts;; at++) {
        char *end;
        double amount = strtod(at, &end);
        fsnn_perturbation p = {(fsnn_perturb_kind)kind, amount};
        if (end == at || (*end && *end != ':'))
            return usage(text, at);
        fsnn_status status = fsnn_perturb_check(&p);
        if (status < 0)
            return cli_error(CLI_USAGE, "--perturb %s: %s", text, fsnn_error_text());
        if (c->count + before > CLI_CONDITIONS)
            return cli_error(CLI_USAGE, "--perturb: at most %d combinations can be evaluated",
                             CLI_CONDITIONS);
        for (int i = 0; i < before; i++) {
            cli_condition *fresh = &c->item[c->count++];
            *fresh = old[i];
            fresh->item[fresh->items++] = p;
        }
        at = end;
        if (!*at)
            return CLI_GOOD;
    }
}

static int read_one(const char *text, int sweep, cli_conditions *c)
{
    int first = c->count, code = CLI_GOOD;
    bool seen[FSNN_PERTURBS] = {false};
    if (c->count == CLI_CONDITIONS)
        return cli_error(CLI_USAGE, "--perturb: at most %d combinations can be evaluated",
                         CLI_CONDITIONS);
    c->item[c->count++] = (cli_condition){.sweep = sweep};
    char *copy = cli_format("%s", text), *save = NULL;
    for (char *part = strtok_r(copy, ",", &save); part && code == CLI_GOOD;
         part = strtok_r(NULL, ",", &save)) {
        char *equals = strchr(part, '=');
        if (!equals) {
            code = usage(text, part);
            break;
        }
        *equals = 0;
        int kind = fsnn_perturb_find(part);
        if (kind < 0)
            code = cli_error(CLI_USAGE, "--perturb %s: %s", text, fsnn_error_text());
        else if (seen[kind])
            code = cli_error(CLI_USAGE, "--perturb %s: %s is given twice", text, part);
        else
            code = multiply(c, first, kind, equals + 1, text);
        if (kind >= 0)
            seen[kind] = true;
    }
    free(copy);
    if (code == CLI_GOOD && c->item[first].items == 0)
        code = usage(text, text);
    return code;
}

int cli_conditions_read(const cli_list *texts, cli_conditions *out)
{
    int code = CLI_GOOD;
    *out = (cli_conditions){0};
    if (texts->count)
        out->item = cli_allocate(CLI_CONDITIONS, sizeof *out->item);
    for (int i = 0; i < texts->count && code == CLI_GOOD; i++)
        code = read_one(texts->item[i], i, out);
    return code;
}

void cli_conditions_free(cli_conditions *conditions)
{
    free(conditions->item);
    *conditions = (cli_conditions){0};
}

/* ---- running ---- */

int cli_conditions_check(cli_model *model, const cli_conditions *conditions)
{
    for (int i = 0; i < conditions->count; i++) {
        const cli_condition *c = &conditions->item[i];
        if (fsnn_description_perturb(model->description, c->item, c->items, 0) < 0)
            return cli_error(CLI_USAGE, "--perturb: %s", fsnn_error_text());
    }
    return fsnn_description_perturb(model->description, NULL, 0, 0) < 0 ? CLI_FAILED : CLI_GOOD;
}

/* One draw: the samples of `model` under the disturbances of samples. */
static int evaluate(const cli_model *model, int part, const cli_condition *condition, int64_t draw,
                    double *loss, double *accuracy)
{
    fsnn_loader *loader = NULL;
    fsnn_evaluation e = {0};
    fsnn_perturbation item[FSNN_PERTURBS];
    int items = 0;
    for (int i = 0; i < condition->items; i++)
        if (!fsnn_perturb_of_graph(condition->item[i].kind))
            item[items++] = condition->item[i];
    fsnn_loader_options options = {.encoder = *fsnn_description_encoder(model->description),
                                   .batch = model->training.batch,
                                   .seed = model->training.seed,
                                   .sampling = fsnn_description_sampling(model->description),
                                   .still = true,
                                   .perturb = item,
                                   .perturbs = items};
    fsnn_status status = fsnn_loader_create(model->data[part], &options, &loader);
    if (status >= 0)
        status = fsnn_evaluate_epoch(model->net, loader, &model->training.loss, draw, &e);
    fsnn_loader_destroy(loader);
    if (status < 0)
        return cli_fail(status);
    *loss = e.loss;
    *accuracy = e.accuracy;
    fsnn_evaluation_free(&e);
    return CLI_GOOD;
}

static bool of_graph(const cli_condition *condition)
{
    for (int i = 0; i < condition->items; i++)
        if (fsnn_perturb_of_graph(condition->item[i].kind))
            return true;
    return false;
}

/* Data and layers of the disturbed graph, beside those of the model. */
static int open_disturbed(const cli_perturbed *how, const cli_condition *condition, int64_t draw,
                          cli_model *other)
{
    bool wanted[FSNN_PARTS] = {false};
    wanted[how->part] = true;
    fsnn_status status = fsnn_description_perturb(other->description, condition->item,
                                                  condition->items, (uint64_t)draw);
    if (status >= 0)
        status = fsnn_description_parts(other->description, wanted, other->data);
    if (status >= 0)
        status = fsnn_description_net(other->description, &other->net);
    if (status < 0)
        return cli_fail(status);
    int code = cli_model_wrap(other, how->plan, how->plan->steps);
    if (code != CLI_GOOD)
        return code;
    return cli_model_weights(other, how->weights);
}

static int evaluate_graph(const cli_perturbed *how, const cli_condition *condition, int64_t draw,
                          double *loss, double *accuracy)
{
    cli_model other = {.path = how->model->path,
                       .set = how->model->set,
                       .description = how->model->description,
                       .training = how->model->training};
    int code = open_disturbed(how, condition, draw, &other);
    if (code == CLI_GOOD)
        code = evaluate(&other, how->part, condition, draw, loss, accuracy);
    fsnn_description_perturb(other.description, NULL, 0, 0);
    fsnn_data_destroy(other.data[how->part]);
    fsnn_net_destroy(other.net);
    return code;
}

int cli_conditions_run(const cli_perturbed *how, cli_conditions *conditions)
{
    int code = CLI_GOOD;
    size_t n = (size_t)how->repeats;
    double *loss = cli_allocate(n, sizeof *loss), *accuracy = cli_allocate(n, sizeof *accuracy);
    for (int i = 0; i < conditions->count && code == CLI_GOOD; i++) {
        cli_condition *c = &conditions->item[i];
        bool graph = of_graph(c);
        for (int64_t r = 0; r < how->repeats && code == CLI_GOOD; r++)
            code = graph ? evaluate_graph(how, c, r, &loss[r], &accuracy[r])
                         : evaluate(how->model, how->part, c, r, &loss[r], &accuracy[r]);
        c->loss = cli_mean(loss, how->repeats, NULL);
        c->accuracy = cli_mean(accuracy, how->repeats, &c->spread_accuracy);
    }
    free(loss);
    free(accuracy);
    return code;
}

/* ---- showing ---- */

static char *label(const cli_condition *condition)
{
    char *text = cli_format("%s", "");
    for (int i = 0; i < condition->items; i++) {
        char *longer =
            cli_format("%s%s%s=%g", text, i ? "," : "", fsnn_perturb_name(condition->item[i].kind),
                       condition->item[i].amount);
        free(text);
        text = longer;
    }
    return text;
}

void cli_conditions_print(const cli_conditions *conditions, const fsnn_evaluation *clean,
                          int64_t repeats)
{
    if (!conditions->count)
        return;
    char loss[CLI_NUMBER];
    bool many = repeats > 1;
    cli_out("\n%-36s %12s %12s %12s%s\n", "disturbed by", "loss", "accuracy", "change",
            many ? "       spread" : "");
    cli_out("%-36s %12s %10.2f %%\n", "nothing", cli_decimal(loss, clean->loss),
            100 * clean->accuracy);
    for (int i = 0; i < conditions->count; i++) {
        const cli_condition *c = &conditions->item[i];
        char *text = label(c);
        cli_out("%-36s %12s %10.2f %% %+10.2f %%", text, cli_decimal(loss, c->loss),
                100 * c->accuracy, 100 * (c->accuracy - clean->accuracy));
        if (many)
            cli_out(" %10.2f %%", 100 * c->spread_accuracy);
        cli_out("\n");
        free(text);
    }
    if (many)
        cli_out("(means and the spread of accuracy over %lld draws of encoding and disturbance)\n",
                (long long)repeats);
}

void cli_conditions_json(cli_json *json, const cli_conditions *conditions, int64_t repeats)
{
    if (!conditions->count)
        return;
    cli_json_open(json, "perturbed", '[');
    for (int i = 0; i < conditions->count; i++) {
        const cli_condition *c = &conditions->item[i];
        cli_json_open(json, NULL, '{');
        for (int p = 0; p < c->items; p++)
            cli_json_number(json, fsnn_perturb_name(c->item[p].kind), c->item[p].amount);
        cli_json_number(json, "loss", c->loss);
        cli_json_number(json, "accuracy", c->accuracy);
        if (repeats > 1)
            cli_json_number(json, "accuracy_spread", c->spread_accuracy);
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}

/* ---- figure ---- */

/* The conditions of one --perturb: the disturbance whose amounts differ, as points with the
 * undisturbed one where the others are none. */
typedef struct sweep {
    int kind;
    int64_t count;
    double x[CLI_CONDITIONS + 1], y[CLI_CONDITIONS + 1];
    char *heading;
    fsnn_curve curve;
} sweep;

/* The only place at which conditions differ, or -1. */
static int varied(const cli_condition *c, int count)
{
    int at = -1;
    for (int p = 0; p < c[0].items; p++)
        for (int i = 1; i < count; i++)
            if (c[i].item[p].amount != c[0].item[p].amount) {
                if (at >= 0 && at != p)
                    return -1;
                at = p;
            }
    return at;
}

static bool read_sweep(const cli_condition *c, int count, const fsnn_evaluation *clean, sweep *s)
{
    int at = varied(c, count);
    if (at < 0)
        return false;
    s->kind = (int)c[0].item[at].kind;
    s->count = 0;
    if (c[0].items == 1) {
        s->x[0] = 0;
        s->y[s->count++] = 100 * clean->accuracy;
    }
    for (int i = 0; i < count; i++) {
        s->x[s->count] = c[i].item[at].amount;
        s->y[s->count++] = 100 * c[i].accuracy;
    }
    s->heading = cli_format("%s (%s)", fsnn_perturb_name((fsnn_perturb_kind)s->kind),
                            fsnn_perturb_unit((fsnn_perturb_kind)s->kind));
    s->curve =
        (fsnn_curve){.mark = FSNN_MARK_DOTS, .colour = 1, .count = s->count, .x = s->x, .y = s->y};
    return true;
}

/* The same axis for all panels, around the values: they may differ by a few percent. */
static void axis_of(const sweep *s, int count, double ends[2])
{
    double low = 100, high = 0;
    for (int i = 0; i < count; i++)
        for (int64_t k = 0; k < s[i].count; k++) {
            low = fmin(low, s[i].y[k]);
            high = fmax(high, s[i].y[k]);
        }
    double around = fmax(0.1 * (high - low), 1);
    ends[0] = fmax(low - around, 0);
    ends[1] = fmin(high + around, 100 + 0.2 * around); /* a dot at 100 is whole */
}

static int draw(const sweep *s, int count, const char *title, const char *directory)
{
    enum { COLUMNS = 2 };
    double ends[2];
    axis_of(s, count, ends);
    fsnn_chart *chart = cli_allocate((size_t)count, sizeof *chart);
    for (int i = 0; i < count; i++)
        chart[i] = (fsnn_chart){.heading = s[i].heading,
                                .x_label = fsnn_perturb_name((fsnn_perturb_kind)s[i].kind),
                                .y_label = "accuracy (%)",
                                .y_low = ends[0],
                                .y_high = ends[1],
                                .height = 240,
                                .curves = 1,
                                .curve = &s[i].curve};
    char *path = cli_path(directory, "robustness");
    fsnn_status status =
        fsnn_plot_charts(title, NULL, count < COLUMNS ? count : COLUMNS, count, chart, path);
    int done = cli_figure_done(status, path);
    free(path);
    free(chart);
    return done;
}

int cli_conditions_figure(const cli_conditions *c, const fsnn_evaluation *clean, const char *title,
                          const char *directory)
{
    sweep *s = cli_allocate((size_t)c->count + 1, sizeof *s);
    int count = 0, written = 0;
    for (int i = 0, end; i < c->count; i = end) {
        for (end = i; end < c->count && c->item[end].sweep == c->item[i].sweep;)
            end++;
        count += read_sweep(c->item + i, end - i, clean, &s[count]);
    }
    if (!count)
        cli_warn("no picture: give several amounts of one disturbance, like --perturb "
                 "noise=0.1:0.2:0.4");
    else if (cli_make_directory(directory) == CLI_GOOD)
        written = draw(s, count, title, directory);
    for (int i = 0; i < count; i++)
        free(s[i].heading);
    free(s);
    return written;
}

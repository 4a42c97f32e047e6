/* cli/eval/perturb.c: reads the disturbances of --perturb, shows what they cost. */
#include "cli/eval/perturb.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int cli_conditions_read(const cli_list *texts, cli_conditions *out)
{
    *out = (cli_conditions){0};
    for (int i = 0; i < texts->count; i++) {
        fsnn_status status = fsnn_conditions_read(texts->item[i], i, &out->item, &out->count);
        if (status < 0)
            return status == FSNN_EMEMORY ? cli_fail(status)
                                          : cli_error(CLI_USAGE, "--%s", fsnn_error_text());
    }
    return CLI_GOOD;
}

void cli_conditions_free(cli_conditions *conditions)
{
    free(conditions->item);
    *conditions = (cli_conditions){0};
}

int cli_conditions_check(const cli_model *model, const cli_conditions *c)
{
    fsnn_status status = fsnn_session_check_conditions(model->session, c->item, c->count);
    return status < 0 ? cli_error(CLI_USAGE, "--perturb: %s", fsnn_error_text()) : CLI_GOOD;
}

/* ---- showing ---- */

static char *label(const fsnn_condition *condition)
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

static void print_accuracies(const cli_conditions *conditions, const fsnn_assessment *a)
{
    char loss[CLI_NUMBER];
    const fsnn_evaluation *clean = &a->mean;
    bool many = a->repeats > 1;
    cli_out("\n%-36s %12s %12s %12s%s\n", "disturbed by", "loss", "accuracy", "change",
            many ? "       spread" : "");
    cli_out("%-36s %12s %10.2f %%\n", "nothing", cli_decimal(loss, clean->loss),
            100 * clean->accuracy);
    for (int i = 0; i < a->conditions; i++) {
        const fsnn_score *c = &a->condition[i];
        char *text = label(&conditions->item[i]);
        cli_out("%-36s %12s %10.2f %% %+10.2f %%", text, cli_decimal(loss, c->loss),
                100 * c->accuracy, 100 * (c->accuracy - clean->accuracy));
        if (many)
            cli_out(" %10.2f %%", 100 * c->spread_accuracy);
        cli_out("\n");
        free(text);
    }
}

/* Of a regression. */
static void print_losses(const cli_conditions *conditions, const fsnn_assessment *a)
{
    char loss[CLI_NUMBER], change[CLI_NUMBER], spread[CLI_NUMBER];
    const fsnn_evaluation *clean = &a->mean;
    bool many = a->repeats > 1;
    cli_out("\n%-36s %12s %12s%s\n", "disturbed by", "loss", "change", many ? "       spread" : "");
    cli_out("%-36s %12s\n", "nothing", cli_decimal(loss, clean->loss));
    for (int i = 0; i < a->conditions; i++) {
        const fsnn_score *c = &a->condition[i];
        char *text = label(&conditions->item[i]);
        cli_out("%-36s %12s %12s", text, cli_decimal(loss, c->loss),
                cli_decimal(change, c->loss - clean->loss));
        if (many)
            cli_out(" %12s", cli_decimal(spread, c->spread_loss));
        cli_out("\n");
        free(text);
    }
}

void cli_conditions_print(const cli_conditions *conditions, const fsnn_assessment *a)
{
    if (!conditions->count)
        return;
    if (isfinite(a->mean.accuracy))
        print_accuracies(conditions, a);
    else
        print_losses(conditions, a);
    if (a->repeats > 1)
        cli_out("(means and the spread of %s over %lld draws of encoding and disturbance)\n",
                isfinite(a->mean.accuracy) ? "accuracy" : "the loss", (long long)a->repeats);
}

void cli_conditions_json(cli_json *json, const cli_conditions *conditions, const fsnn_assessment *a)
{
    if (!conditions->count)
        return;
    cli_json_open(json, "perturbed", '[');
    for (int i = 0; i < a->conditions; i++) {
        const fsnn_condition *c = &conditions->item[i];
        const fsnn_score *score = &a->condition[i];
        cli_json_open(json, NULL, '{');
        for (int p = 0; p < c->items; p++)
            cli_json_number(json, fsnn_perturb_name(c->item[p].kind), c->item[p].amount);
        cli_json_number(json, "loss", score->loss);
        cli_json_number(json, "accuracy", score->accuracy);
        if (a->repeats > 1)
            cli_json_number(json, "accuracy_spread", score->spread_accuracy);
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
    double *x, *y; /* [count] */
    char *heading;
    fsnn_curve curve;
} sweep;

/* The only place at which conditions differ, or -1. */
static int varied(const fsnn_condition *c, int count)
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

/* What is drawn: the accuracy in per cent, of a regression the loss. */
static double drawn(const fsnn_evaluation *clean, double accuracy, double loss)
{
    return isfinite(clean->accuracy) ? 100 * accuracy : loss;
}

static bool read_sweep(const fsnn_condition *c, const fsnn_score *score, int count,
                       const fsnn_evaluation *clean, sweep *s)
{
    int at = varied(c, count);
    if (at < 0)
        return false;
    s->kind = (int)c[0].item[at].kind;
    s->count = 0;
    s->x = cli_allocate((size_t)count + 1, sizeof *s->x);
    s->y = cli_allocate((size_t)count + 1, sizeof *s->y);
    if (c[0].items == 1) {
        s->x[0] = 0;
        s->y[s->count++] = drawn(clean, clean->accuracy, clean->loss);
    }
    for (int i = 0; i < count; i++) {
        s->x[s->count] = c[i].item[at].amount;
        s->y[s->count++] = drawn(clean, score[i].accuracy, score[i].loss);
    }
    s->heading = cli_format("%s (%s)", fsnn_perturb_name((fsnn_perturb_kind)s->kind),
                            fsnn_perturb_unit((fsnn_perturb_kind)s->kind));
    s->curve =
        (fsnn_curve){.mark = FSNN_MARK_DOTS, .colour = 1, .count = s->count, .x = s->x, .y = s->y};
    return true;
}

/* The same axis for all panels, around the values: they may differ by a few percent. */
static void axis_of(const sweep *s, int count, bool percent, double ends[2])
{
    double low = INFINITY, high = 0, whole = percent ? 100 : INFINITY;
    for (int i = 0; i < count; i++)
        for (int64_t k = 0; k < s[i].count; k++) {
            low = fmin(low, s[i].y[k]);
            high = fmax(high, s[i].y[k]);
        }
    double around = fmax(0.1 * (high - low), percent ? 1 : 1e-6 + 0.05 * high);
    ends[0] = fmax(low - around, 0);
    ends[1] = fmin(high + around, whole + 0.2 * around); /* a dot at 100 is whole */
}

static int draw(const sweep *s, int count, bool percent, const char *title, const char *directory)
{
    enum { COLUMNS = 2 };
    double ends[2];
    axis_of(s, count, percent, ends);
    fsnn_chart *chart = cli_allocate((size_t)count, sizeof *chart);
    for (int i = 0; i < count; i++)
        chart[i] = (fsnn_chart){.heading = s[i].heading,
                                .x_label = fsnn_perturb_name((fsnn_perturb_kind)s[i].kind),
                                .y_label = percent ? "accuracy (%)" : "loss",
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

int cli_conditions_figure(const cli_conditions *c, const fsnn_assessment *a, const char *title,
                          const char *directory)
{
    sweep *s = cli_allocate((size_t)c->count + 1, sizeof *s);
    int count = 0, written = 0;
    for (int i = 0, end; i < c->count; i = end) {
        for (end = i; end < c->count && c->item[end].sweep == c->item[i].sweep;)
            end++;
        count += read_sweep(c->item + i, a->condition + i, end - i, &a->mean, &s[count]);
    }
    if (!count)
        cli_warn("no picture: give several amounts of one disturbance, like --perturb "
                 "noise=0.1:0.2:0.4");
    else if (cli_make_directory(directory) == CLI_GOOD)
        written = draw(s, count, isfinite(a->mean.accuracy), title, directory);
    for (int i = 0; i < count; i++) {
        free(s[i].heading);
        free(s[i].x);
        free(s[i].y);
    }
    free(s);
    return written;
}

/* cli/eval/operations.c: operations and energy of one sample, as eval prints them. What is counted
 * is said at fsnn_account (fsnn/net.h). */
#include "cli/eval/operations.h"

#include <stdlib.h>
#include <string.h>

int cli_energy_parse(const char *text, fsnn_energy *energy)
{
    static const fsnn_energy usual = FSNN_ENERGY_45NM;
    *energy = usual;
    if (!text)
        return CLI_GOOD;
    char *end;
    energy->multiply_add = strtod(text, &end);
    bool good = end != text && *end == ',';
    const char *second = end + 1;
    if (good) {
        energy->addition = strtod(second, &end);
        good = end != second && *end == '\0';
    }
    good = good && energy->multiply_add >= 0 && energy->multiply_add < 1e12 &&
           energy->addition >= 0 && energy->addition < 1e12;
    return good ? CLI_GOOD
                : cli_error(CLI_USAGE,
                            "--energy takes two numbers of picojoule, for a multiply-add and an "
                            "addition, like 4.6,0.9, not \"%s\"",
                            text);
}

double cli_energy_spent(const fsnn_energy *e, const fsnn_account *a)
{
    return e->multiply_add * (a->multiply_adds + a->memory) + e->addition * a->additions;
}

static void row(const char *name, double count, double energy)
{
    char a[CLI_NUMBER], b[CLI_NUMBER];
    cli_out("%-24s %12s %12s\n", name, cli_short(a, count), cli_energy(b, energy));
}

/* ---- nodes ---- */

static fsnn_account of_sample(const fsnn_evaluation *e, int node)
{
    fsnn_account a = e->node[node];
    a.dense *= e->steps;
    a.multiply_adds *= e->steps;
    a.additions *= e->steps;
    a.memory *= e->steps;
    return a;
}

static void print_nodes(const fsnn_net *net, const fsnn_evaluation *e, const fsnn_energy *energy)
{
    cli_out("\n%-24s %12s %12s %12s %12s\n", "operations a sample", "dense", "input rate", "done",
            "energy");
    for (int n = 0; n < e->nodes; n++) {
        fsnn_node_info info;
        fsnn_account a = of_sample(e, n);
        double done = a.multiply_adds + a.additions + a.memory;
        char dense[CLI_NUMBER], rate[CLI_NUMBER], count[CLI_NUMBER], joule[CLI_NUMBER];
        if (done + a.dense <= 0 || fsnn_net_node(net, n, &info) < 0)
            continue;
        snprintf(rate, sizeof rate, "%.4f", a.rate);
        const char *input = a.dense <= 0 ? "" : a.spikes ? rate : "analog";
        cli_out("%-24s %12s %12s %12s %12s\n", info.name,
                a.dense > 0 ? cli_short(dense, a.dense) : "", input, cli_short(count, done),
                cli_energy(joule, cli_energy_spent(energy, &a)));
    }
}

void cli_operations_print(const fsnn_net *net, const fsnn_evaluation *evaluation,
                          const fsnn_energy *energy)
{
    fsnn_account a = fsnn_evaluation_account(evaluation);
    double dense = energy->multiply_add * a.dense, done = cli_energy_spent(energy, &a);
    print_nodes(net, evaluation, energy);
    cli_out("\n%-24s %12s %12s\n", "in all", "count", "energy");
    row("dense multiply-adds", a.dense, dense);
    row("spiking: multiply-adds", a.multiply_adds, energy->multiply_add * a.multiply_adds);
    row("spiking: additions", a.additions, energy->addition * a.additions);
    row("spiking: sums over past", a.memory, energy->multiply_add * a.memory);
    row("spiking: sum", a.multiply_adds + a.additions + a.memory, done);
    if (dense > 0)
        cli_out("%-24s %12s %10.1f %%\n", "of dense", "", 100 * done / dense);
    cli_out("(%g pJ a multiply-add, %g pJ an addition)\n", energy->multiply_add, energy->addition);
}

static void json_node(cli_json *json, const char *name, const fsnn_account *a,
                      const fsnn_energy *energy)
{
    cli_json_open(json, NULL, '{');
    cli_json_text(json, "name", name);
    cli_json_number(json, "dense", a->dense);
    if (a->dense > 0 && a->spikes)
        cli_json_number(json, "input_rate", a->rate);
    cli_json_number(json, "multiply_adds", a->multiply_adds);
    cli_json_number(json, "additions", a->additions);
    cli_json_number(json, "memory", a->memory);
    cli_json_number(json, "energy_pj", cli_energy_spent(energy, a));
    cli_json_close(json, '}');
}

void cli_operations_json(cli_json *json, const fsnn_net *net, const fsnn_evaluation *evaluation,
                         const fsnn_energy *energy)
{
    fsnn_account a = fsnn_evaluation_account(evaluation);
    cli_json_open(json, "operations", '{');
    cli_json_number(json, "dense", a.dense);
    cli_json_number(json, "multiply_adds", a.multiply_adds);
    cli_json_number(json, "additions", a.additions);
    cli_json_number(json, "memory", a.memory);
    cli_json_number(json, "energy_dense_pj", energy->multiply_add * a.dense);
    cli_json_number(json, "energy_pj", cli_energy_spent(energy, &a));
    cli_json_number(json, "pj_multiply_add", energy->multiply_add);
    cli_json_number(json, "pj_addition", energy->addition);
    cli_json_open(json, "nodes", '[');
    for (int n = 0; n < evaluation->nodes; n++) {
        fsnn_node_info info;
        fsnn_account node = of_sample(evaluation, n);
        if (node.dense + node.memory > 0 && fsnn_net_node(net, n, &info) >= 0)
            json_node(json, info.name, &node, energy);
    }
    cli_json_close(json, ']');
    cli_json_close(json, '}');
}

/* ---- as a picture ---- */

/* A point a node and kind of operation; nodes from above. */
int cli_operations_figure(const fsnn_net *net, const fsnn_evaluation *e, const fsnn_energy *energy,
                          const char *path)
{
    enum { DENSE, DONE, MEMORY, CURVES };
    static const char *const names[] = {"dense", "done", "sums over the past"};
    const char **row = cli_allocate((size_t)e->nodes, sizeof *row);
    double *at = cli_allocate((size_t)(2 * e->nodes * CURVES), sizeof *at);
    double *x[CURVES], *y[CURVES];
    int rows = 0;
    for (int c = 0; c < CURVES; c++) {
        x[c] = at + c * e->nodes;
        y[c] = at + (CURVES + c) * e->nodes;
    }
    for (int n = 0; n < e->nodes; n++) {
        fsnn_node_info info;
        fsnn_account a = of_sample(e, n);
        if (a.dense + a.memory <= 0 || fsnn_net_node(net, n, &info) < 0)
            continue;
        x[DENSE][rows] = energy->multiply_add * a.dense * 1e-3;
        x[DONE][rows] =
            (energy->multiply_add * a.multiply_adds + energy->addition * a.additions) * 1e-3;
        x[MEMORY][rows] = energy->multiply_add * a.memory * 1e-3;
        for (int c = 0; c < CURVES; c++) /* below each other: equal ones would hide each other */
            y[c][rows] = rows + 0.25 * (c - 1);
        row[rows++] = info.name;
    }
    fsnn_curve curve[CURVES];
    for (int c = 0; c < CURVES; c++)
        curve[c] = (fsnn_curve){names[c], FSNN_MARK_POINTS, c + 1, rows, x[c], y[c]};
    fsnn_chart chart = {.heading = "one sample, all its steps",
                        .x_label = "nJ",
                        .log_x = true,
                        .rows = rows,
                        .row = row,
                        .empty = "no operations",
                        .height = 60 + 40 * rows,
                        .curves = CURVES,
                        .curve = curve};
    char *subtitle = cli_format("%g pJ a multiply-add, %g pJ an addition", energy->multiply_add,
                                energy->addition);
    int written = cli_figure_done(
        fsnn_plot_charts("Energy of each node", subtitle, 1, 1, &chart, path), path);
    free(subtitle);
    free(at);
    free(row);
    return written;
}

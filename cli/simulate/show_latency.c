/* cli/simulate/show_latency.c: time of the first spike against alpha, beside the exact one. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>

enum {
    GRID = 19, /* orders when none are given: 0.1, 0.15, ..., 1 */
    CURRENTS = 4,
};

enum { ALPHA, CURRENT, TIME, EXACT, ERROR }; /* columns of the table */

static double exact(const sim_setup *s, double alpha, double I)
{
    sim_watch watch;
    const fsnn_simulation what = sim_simulation(s, &watch);
    return fsnn_latency_exact(&what, alpha, I);
}

/* The rows of one current. */
static void add_current(const sim_setup *s, const double *row, int rows, int columns, int colour,
                        sim_picture *p)
{
    char name[CLI_NUMBER];
    double I = row[CURRENT], least = rows > 1 ? row[ALPHA] : 0.1;
    snprintf(name, sizeof name, "I = %g", I);
    sim_points *measured = sim_picture_curve(p, name, FSNN_MARK_POINTS, colour);
    sim_points *line = sim_picture_curve(p, colour == 1 ? "exact" : NULL, FSNN_MARK_REFERENCE, 7);
    for (int i = 0; i < rows; i++, row += columns) {
        if (isfinite(row[TIME]))
            sim_points_add(measured, row[ALPHA], row[TIME]);
        for (int c = ALPHA; c <= ERROR; c++)
            sim_cell(row[c], c < ERROR ? "" : "\n");
        least = fmin(least, row[ALPHA]);
    }
    for (int i = 0; i <= 60; i++) {
        double a = least + (1 - least) * i / 60, e = exact(s, a, I);
        if (isfinite(e))
            sim_points_add(line, a, e);
    }
}

/* The table, or an exit code after a sentence. */
static int measure(const sim_setup *s, const sim_options *o, int currents, fsnn_table *table)
{
    static const double factor[CURRENTS] = {1, 1.25, 2, 4}; /* of the smallest current */
    double current[CURRENTS], grid[GRID];
    sim_watch watch;
    fsnn_simulation what = sim_simulation(s, &watch);
    for (int i = 0; i < CURRENTS; i++)
        current[i] = s->current.p[0] * factor[i];
    for (int i = 0; i < GRID; i++)
        grid[i] = (2 + i) / 20.0;
    if (!o->alpha) {
        what.alpha = watch.alpha = grid;
        what.alphas = GRID;
    }
    if (!o->step.given)
        what.dynamics.step = 0;
    return sim_done(&watch, fsnn_simulate_latency(&what, current, currents, table));
}

static int check(const sim_setup *s, const sim_options *o)
{
    int code = sim_need_current(s, o, SIM_CONSTANT, "constant:AMP");
    if (code == CLI_GOOD && s->neuron.v0 != s->rest)
        code = cli_error(CLI_USAGE, "--show latency starts at rest: leave --v0 out");
    if (code == CLI_GOOD && !isfinite(exact(s, 1, s->current.p[0])))
        code =
            cli_error(CLI_USAGE,
                      "--show latency: the current %.15g never reaches the threshold %.15g: take a "
                      "larger --current constant:AMP",
                      s->current.p[0], s->neuron.threshold.value);
    if (code == CLI_GOOD)
        code = sim_need_reset(s, o);
    return code;
}

/* "LIF, tau 1, threshold 1, method ml", with rest, resistance and units; to be freed. */
static char *neuron_text(const sim_setup *s)
{
    char shift[SIM_SHIFT],
        *units = sim_units_text(s),
        *text = cli_format("%s, tau %g, threshold %g%s, method %s%s", s->leaky ? "LIF" : "IF",
                           s->neuron.tau.value, s->neuron.threshold.value, sim_shift_text(s, shift),
                           fsnn_method_name(s->method), units);
    free(units);
    return text;
}

static int run(const sim_setup *given, const sim_options *o, const char *path)
{
    sim_setup s = *given;
    fsnn_table table;
    s.neurons = 1;
    int code = check(&s, o), currents = o->current ? 1 : CURRENTS;
    if (code == CLI_GOOD)
        code = measure(&s, o, currents, &table);
    if (code != CLI_GOOD)
        return code;
    sim_picture *p = cli_allocate(1, sizeof *p);
    char y[CLI_NUMBER], *neuron = neuron_text(&s);
    fsnn_chart *chart = sim_picture_chart(p, "Time of the first spike", "order alpha",
                                          sim_unit_label(&s, FSNN_QUANTITY_TIME, "first spike", y));
    chart->log_y = true;
    chart->height = 460;
    sim_print("%s\n\n%13s%13s%13s%13s%13s\n", neuron, "alpha", "current", "first spike", "exact",
              "rel. error");
    int rows = (int)table.rows / currents;
    for (int c = 0; c < currents; c++)
        add_current(&s, table.cell + c * rows * table.columns, rows, table.columns, c + 1, p);
    char *text = cli_format("%s, %s", neuron,
                            o->step.given ? "step as given" : "at least 250 steps up to the spike");
    code = sim_picture_draw(p, o, "First-spike latency against the order", text, 1, path);
    free(text);
    free(neuron);
    fsnn_table_free(&table);
    sim_picture_free(p);
    return code;
}

const sim_show show_latency = {
    .name = "latency",
    .neuron = "lif",
    .reset = "jump",
    .method = "ml",
    .alpha = "1",
    .current = "constant:1.2",
    .step = 0.01,
    .time = 1,
    .run = run,
    .unused = "time refractory",
};

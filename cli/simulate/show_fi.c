/* cli/simulate/show_fi.c: firing rate against current, mean over the whole time, beside the exact
 * one at alpha = 1, where it is known. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>

enum { CURRENTS = 91, LISTED = 10 };

static double current_of(const sim_setup *s, int64_t n)
{
    const double *p = s->current.p;
    return p[0] + (p[1] - p[0]) * (double)n / (CURRENTS - 1);
}

/* A column of the table as a curve against the first one. */
static void add_curve(sim_picture *p, const fsnn_table *t, int column, fsnn_mark mark, int colour)
{
    const char *name = t->name[column];
    sim_points *points = sim_picture_curve(p, name, mark, colour);
    for (int64_t n = 0; n < t->rows; n++)
        sim_points_add(points, t->cell[n * t->columns], t->cell[n * t->columns + column]);
}

static bool has_exact(const sim_setup *s, const fsnn_table *t)
{
    return t->columns > 1 + s->alphas;
}

static void add_curves(const sim_setup *s, const fsnn_table *t, sim_picture *p)
{
    for (int i = 0; i < s->alphas; i++)
        add_curve(p, t, 1 + i, FSNN_MARK_LINE, i + 1);
    if (has_exact(s, t))
        add_curve(p, t, 1 + s->alphas, FSNN_MARK_REFERENCE, 7);
}

static void print_table(const sim_setup *s, const fsnn_table *t)
{
    bool exact = has_exact(s, t);
    sim_print("%13s", "current");
    for (int i = 0; i < s->alphas; i++)
        sim_print("%13s", t->name[1 + i]);
    sim_print("%15s\n", exact ? t->name[1 + s->alphas] : "");
    for (int64_t l = 0; l < LISTED; l++) {
        const double *row = t->cell + l * (CURRENTS - 1) / (LISTED - 1) * t->columns;
        for (int i = 0; i <= s->alphas; i++)
            sim_cell(row[i], "");
        if (exact)
            sim_print("  ");
        sim_cell(exact ? row[1 + s->alphas] : NAN, "\n");
    }
}

/* Rates in the unit that they are shown in. */
static void convert(const sim_setup *s, fsnn_table *table)
{
    for (int64_t n = 0; n < table->rows; n++)
        for (int c = 1; c < table->columns; c++)
            table->cell[n * table->columns + c] *= sim_rate_unit(s);
}

/* The table, or an exit code after a sentence. */
static int measure(const sim_setup *s, fsnn_table *table)
{
    double current[CURRENTS];
    sim_watch watch;
    fsnn_simulation what = sim_simulation(s, &watch);
    for (int n = 0; n < CURRENTS; n++)
        current[n] = current_of(s, n);
    int code = sim_done(&watch, fsnn_simulate_rates(&what, current, CURRENTS, table));
    if (code == CLI_GOOD)
        convert(s, table);
    return code;
}

static int check(const sim_setup *s, const sim_options *o)
{
    int code = sim_need_current(s, o, SIM_RAMP, "ramp:FROM:TO, the range of currents");
    if (code == CLI_GOOD && !(s->current.p[0] < s->current.p[1]))
        code = cli_error(CLI_USAGE, "--show fi: the currents must go up, not from %.15g to %.15g",
                         s->current.p[0], s->current.p[1]);
    return code == CLI_GOOD ? sim_need_reset(s, o) : code;
}

static int run(const sim_setup *given, const sim_options *o, const char *path)
{
    sim_setup s = *given;
    s.neurons = CURRENTS;
    int code = check(&s, o);
    if (code == CLI_GOOD && s.steps > SIM_VALUES / s.neurons)
        code = cli_error(CLI_USAGE, "--show fi: %lld steps of %d currents are too many to record",
                         (long long)s.steps, CURRENTS);
    if (code != CLI_GOOD)
        return code;
    fsnn_table table;
    code = measure(&s, &table);
    if (code != CLI_GOOD)
        return code;
    sim_picture *p = cli_allocate(1, sizeof *p);
    char x[CLI_NUMBER];
    fsnn_chart *chart = sim_picture_chart(
        p, "Firing rate", sim_unit_label(&s, FSNN_QUANTITY_CURRENT, "current I", x),
        s.units.unit[FSNN_QUANTITY_TIME] ? "rate [Hz]" : "spikes per unit of time");
    chart->height = 460;
    add_curves(&s, &table, p);
    char *setup = sim_setup_text(&s), *units = sim_units_text(&s),
         *text = cli_format("%s; mean over time %g%s", setup, s.time, units);
    sim_print("%s\n\n", text);
    print_table(&s, &table);
    code = sim_picture_draw(p, o, "Firing rate against current", text, 1, path);
    free(text);
    free(setup);
    free(units);
    fsnn_table_free(&table);
    sim_picture_free(p);
    return code;
}

const sim_show show_fi = {
    .name = "fi",
    .neuron = "lif",
    .reset = "jump",
    .method = "ml",
    .alpha = "1,0.8,0.6,0.4",
    .current = "ramp:0.5:5",
    .step = 0.01,
    .time = 50,
    .run = run,
};

/* cli/simulate/show_relaxation.c: a leaky neuron on its way to the steady state, without spikes:
 * exponential for alpha = 1, a power law below. Exact: the distance is its first value times
 * E_alpha(-t^alpha/tau). */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>

enum { EXACT = 240 }; /* points of an exact curve */

/* The distance that a run has, and the exact one, by the table of the library. */
enum { TIME = 1, POTENTIAL, DISTANCE };

/* Row k of order number i. */
static const double *row_of(const sim_setup *s, const fsnn_table *t, int i, int64_t k)
{
    return t->cell + (i * s->steps + k) * t->columns;
}

/* The potential that a run goes to. */
static double steady(const sim_setup *s)
{
    return s->rest + sim_resistance(s) * s->current.p[0];
}

/* Where the precision ends: nothing is seen of a distance below it. */
static double floor_of(const sim_setup *s)
{
    double share = s->precision == FSNN_PRECISION_DOUBLE ? 3e-14 : 3e-6;
    return share * fmax(fabs(s->neuron.v0), fabs(steady(s)));
}

static void add_run(sim_picture *p, const sim_setup *s, int i, const fsnn_table *t)
{
    char name[CLI_NUMBER];
    double shown = fmin(s->time, 8 * fmax(1, s->neuron.tau.value)), least = floor_of(s);
    sim_label(name, s->alpha[i]);
    int chart = p->charts;
    p->charts = 1;
    sim_points *linear = sim_picture_curve(p, name, FSNN_MARK_LINE, i + 1);
    p->charts = chart;
    sim_points *distance = sim_picture_curve(p, name, FSNN_MARK_LINE, i + 1);
    sim_points_add(linear, 0, s->neuron.v0);
    double next = 0;
    for (int64_t k = 0; k < s->steps; k++) {
        const double *row = row_of(s, t, i, k);
        if (row[TIME] <= shown)
            sim_points_add(linear, row[TIME], row[POTENTIAL]);
        if (row[TIME] >= next && row[DISTANCE] > least) { /* evenly in the logarithm of time */
            sim_points_add(distance, row[TIME], row[DISTANCE]);
            next = row[TIME] * 1.01;
        }
    }
}

static void add_exact(sim_picture *p, const sim_setup *s, int i, const fsnn_simulation *what)
{
    sim_points *points = sim_picture_curve(p, i == 0 ? "exact" : NULL, FSNN_MARK_REFERENCE, 7);
    for (int k = 0; k <= EXACT; k++) {
        double t = s->step * pow((double)s->steps, (double)k / EXACT);
        double d = fsnn_relaxation_exact(what, s->alpha[i], t);
        if (d > floor_of(s))
            sim_points_add(points, t, d);
    }
}

/* Rows at 1, 3, 10, 30, ... steps. */
static void print_order(const sim_setup *s, int i, const fsnn_simulation *what, const fsnn_table *t)
{
    static const int digit[] = {1, 3};
    sim_print("\nalpha %g\n%13s%13s%13s%13s\n", s->alpha[i], "t", "distance", "exact", "error");
    for (int64_t power = 1; power <= s->steps; power *= 10) {
        for (int d = 0; d < CLI_COUNT(digit) && digit[d] * power <= s->steps; d++) {
            const double *row = row_of(s, t, i, digit[d] * power - 1);
            double e = fsnn_relaxation_exact(what, s->alpha[i], row[TIME]);
            sim_cell(row[TIME], "");
            sim_cell(row[DISTANCE], "");
            sim_cell(e, "");
            sim_cell(row[DISTANCE] - e, "\n");
        }
    }
}

static int check(const sim_setup *s, const sim_options *o)
{
    if (!s->leaky)
        return cli_error(CLI_USAGE, "--show relaxation needs a leaky neuron: --neuron lif");
    int code = sim_need_current(s, o, SIM_CONSTANT, "constant:AMP");
    if (code == CLI_GOOD && s->neuron.v0 == steady(s))
        code =
            cli_error(CLI_USAGE,
                      "--show relaxation: --v0 %.15g is the steady state already: give another v0 "
                      "or --current constant:AMP",
                      s->neuron.v0);
    return code;
}

/* Of the axes. */
typedef struct label {
    char time[CLI_NUMBER], potential[CLI_NUMBER], distance[CLI_NUMBER];
} label;

static void make_charts(const sim_setup *s, sim_picture *p, label *l)
{
    char shift[SIM_SHIFT];
    const char *away = *sim_shift_text(s, shift) ? "|v - rest - R I|" : "|v - I|";
    fsnn_chart *linear = sim_picture_chart(
        p, "Membrane potential", sim_unit_label(s, FSNN_QUANTITY_TIME, "time", l->time),
        sim_unit_label(s, FSNN_QUANTITY_POTENTIAL, "potential v", l->potential));
    linear->legend = steady(s) > s->neuron.v0 ? FSNN_LEGEND_LOWER_RIGHT : FSNN_LEGEND_UPPER_RIGHT;
    linear->x_high = fmin(s->time, 8 * fmax(1, s->neuron.tau.value));
    fsnn_chart *distance =
        sim_picture_chart(p, "Distance to the steady state", l->time,
                          sim_unit_label(s, FSNN_QUANTITY_POTENTIAL, away, l->distance));
    distance->legend = FSNN_LEGEND_LOWER_LEFT;
    distance->log_x = distance->log_y = true;
}

static int show(const sim_setup *s, const sim_options *o, const fsnn_simulation *what,
                const fsnn_table *table, const char *path)
{
    char shift[SIM_SHIFT];
    sim_picture *p = cli_allocate(1, sizeof *p);
    label labels = {0};
    const char *to = *sim_shift_text(s, shift) ? "rest + R I" : "I";
    char *units = sim_units_text(s);
    make_charts(s, p, &labels);
    sim_print(
        "LIF from v0 = %g to %s = %g, tau %g, method %s, step %g%s; exact: E_alpha(-t^alpha/tau) "
        "|v0 - %s|\n",
        s->neuron.v0, to, steady(s), s->neuron.tau.value, fsnn_method_name(s->method), s->step,
        units, to);
    free(units);
    for (int i = 0; i < s->alphas; i++) {
        add_run(p, s, i, table);
        print_order(s, i, what, table);
    }
    for (int i = 0; i < s->alphas; i++)
        add_exact(p, s, i, what);
    char *text = cli_format("LIF, tau %g, method %s, step %g; exact: Mittag-Leffler function, a "
                            "straight line here is a power law",
                            s->neuron.tau.value, fsnn_method_name(s->method), s->step);
    int code = sim_picture_draw(p, o, "Relaxation: power law and exponential", text, 2, path);
    free(text);
    sim_picture_free(p);
    return code;
}

static int run(const sim_setup *given, const sim_options *o, const char *path)
{
    sim_setup s = *given;
    fsnn_table table;
    sim_watch watch;
    s.neurons = 1;
    if (!o->v0.given && s.current.p[0] == 0)
        s.neuron.v0 = s.rest + 1;
    int code = check(&s, o);
    if (code != CLI_GOOD)
        return code;
    const fsnn_simulation what = sim_simulation(&s, &watch);
    code = sim_done(&watch, fsnn_simulate_relaxation(&what, &table));
    if (code == CLI_GOOD)
        code = show(&s, o, &what, &table, path);
    fsnn_table_free(&table);
    return code;
}

const sim_show show_relaxation = {
    .name = "relaxation",
    .neuron = "lif",
    .reset = "none",
    .method = "ml",
    .alpha = "1,0.8,0.6,0.4",
    .current = "constant:0",
    .step = 0.02,
    .time = 200,
    .run = run,
    .unused = "threshold reset refractory",
};

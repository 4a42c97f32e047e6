/* cli/simulate/show_relaxation.c: a leaky neuron on its way to the steady state, without spikes:
 * exponential for alpha = 1, a power law below. Exact: the distance is its first value times
 * E_alpha(-t^alpha/tau). */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>

enum { EXACT = 240 }; /* points of an exact curve */

static double exact(const sim_setup *s, double alpha, double t)
{
    double start = fabs(s->neuron.v0 - s->current.p[0]);
    return start * fsnn_mittag_leffler(alpha, 1, -pow(t, alpha) / s->neuron.tau.value);
}

/* Where the precision ends: nothing is seen of a distance below it. */
static double floor_of(const sim_setup *s)
{
    double share = s->precision == FSNN_PRECISION_DOUBLE ? 3e-14 : 3e-6;
    return share * fmax(fabs(s->neuron.v0), fabs(s->current.p[0]));
}

static void add_run(sim_picture *p, const sim_setup *s, int i, const double *v)
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
        double t = (double)(k + 1) * s->step, d = fabs(v[k] - s->current.p[0]);
        if (t <= shown)
            sim_points_add(linear, t, v[k]);
        if (t >= next && d > least) { /* evenly in the logarithm of time */
            sim_points_add(distance, t, d);
            next = t * 1.01;
        }
    }
}

static void add_exact(sim_picture *p, const sim_setup *s, int i)
{
    sim_points *points = sim_picture_curve(p, i == 0 ? "exact" : NULL, FSNN_MARK_REFERENCE, 7);
    for (int k = 0; k <= EXACT; k++) {
        double t = s->step * pow((double)s->steps, (double)k / EXACT);
        double d = exact(s, s->alpha[i], t);
        if (d > floor_of(s))
            sim_points_add(points, t, d);
    }
}

/* Rows at 1, 2, 5, 10, ... steps, and the largest error of all. */
static void table_of(const sim_setup *s, int i, const double *v)
{
    static const int digit[] = {1, 3};
    sim_print("\nalpha %g\n%13s%13s%13s%13s\n", s->alpha[i], "t", "distance", "exact", "error");
    for (int64_t power = 1; power <= s->steps; power *= 10) {
        for (int d = 0; d < CLI_COUNT(digit) && digit[d] * power <= s->steps; d++) {
            int64_t k = digit[d] * power;
            double t = (double)k * s->step, e = exact(s, s->alpha[i], t);
            double distance = fabs(v[k - 1] - s->current.p[0]);
            sim_cell(t, "");
            sim_cell(distance, "");
            sim_cell(e, "");
            sim_cell(distance - e, "\n");
        }
    }
}

static int check(const sim_setup *s, const sim_options *o)
{
    if (!s->leaky)
        return cli_error(CLI_USAGE, "--show relaxation needs a leaky neuron: --neuron lif");
    int code = sim_need_current(s, o, SIM_CONSTANT, "constant:AMP");
    if (code == CLI_GOOD && s->neuron.v0 == s->current.p[0])
        code =
            cli_error(CLI_USAGE,
                      "--show relaxation: --v0 %.15g is the steady state already: give another v0 "
                      "or --current constant:AMP",
                      s->neuron.v0);
    return code;
}

static int run(const sim_setup *given, const sim_options *o, const char *path)
{
    sim_setup s = *given;
    s.neuron.reset = FSNN_RESET_NONE;
    s.neuron.threshold.value = 1e30; /* out of reach: no spikes */
    s.neurons = 1;
    if (!o->v0.given && s.current.p[0] == 0)
        s.neuron.v0 = 1;
    int code = check(&s, o);
    if (code != CLI_GOOD)
        return code;
    sim_picture *p = cli_allocate(1, sizeof *p);
    fsnn_chart *linear = sim_picture_chart(p, "Membrane potential", "time", "potential v");
    linear->legend = FSNN_LEGEND_UPPER_RIGHT;
    linear->x_high = fmin(s.time, 8 * fmax(1, s.neuron.tau.value));
    fsnn_chart *distance = sim_picture_chart(p, "Distance to the steady state", "time", "|v - I|");
    distance->legend = FSNN_LEGEND_LOWER_LEFT;
    distance->log_x = distance->log_y = true;
    sim_print(
        "LIF from v0 = %g to I = %g, tau %g, method %s, step %g; exact: E_alpha(-t^alpha/tau) "
        "|v0 - I|\n",
        s.neuron.v0, s.current.p[0], s.neuron.tau.value, fsnn_method_name(s.method), s.step);
    for (int i = 0; i < s.alphas && code == CLI_GOOD; i++) {
        sim_trace trace;
        code = sim_trace_run(&s, i, &trace);
        if (code != CLI_GOOD)
            break;
        add_run(p, &s, i, trace.v);
        table_of(&s, i, trace.v);
        sim_trace_free(&trace);
    }
    for (int i = 0; i < s.alphas && code == CLI_GOOD; i++)
        add_exact(p, &s, i);
    char *text = cli_format("LIF, tau %g, method %s, step %g; exact: Mittag-Leffler function, a "
                            "straight line here is a power law",
                            s.neuron.tau.value, fsnn_method_name(s.method), s.step);
    if (code == CLI_GOOD)
        code = sim_picture_draw(p, o, "Relaxation: power law and exponential", text, 2, path);
    free(text);
    sim_picture_free(p);
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
};

/* cli/simulate/show_fi.c: firing rate against current, mean over the whole time. A population in
 * which each neuron has its own current gives a whole curve in one run. Exact at alpha = 1, r where
 * a spike puts v, plus the refractory period where v is held meanwhile: an interval of
 * tau log((I - r) / (I - threshold)) for lif, tau (threshold - r) / I for if. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>

enum { CURRENTS = 91, LISTED = 10 };

static double current_of(const sim_setup *s, int64_t n)
{
    const double *p = s->current.p;
    return p[0] + (p[1] - p[0]) * (double)n / (CURRENTS - 1);
}

static double *inputs(const sim_setup *s)
{
    double *x = cli_allocate((size_t)(s->steps * s->neurons), sizeof *x);
    for (int64_t k = 0; k < s->steps; k++) {
        for (int64_t n = 0; n < s->neurons; n++)
            x[k * s->neurons + n] = current_of(s, n);
    }
    return x;
}

/* Where a spike of the classic neuron puts v; NaN where it does not put it anywhere. */
static double landing(const sim_setup *s)
{
    const double lands[FSNN_RESETS] = {[FSNN_RESET_CURRENT] = NAN,
                                       [FSNN_RESET_NONE] = NAN,
                                       [FSNN_RESET_VALUE] = s->neuron.v_reset.value,
                                       [FSNN_RESET_RESTART] = s->neuron.v0};
    return lands[s->neuron.reset]; /* the others: from the threshold to 0 */
}

static bool has_exact(const sim_setup *s)
{
    return landing(s) < s->neuron.threshold.value;
}

/* value and restart hold v for the refractory period and begin then; with the others v goes on,
 * and where it is above the threshold at the end it spikes at once, and is there again after the
 * next. */
static double exact(const sim_setup *s, double I)
{
    double theta = s->neuron.threshold.value, tau = s->neuron.tau.value, from = landing(s);
    double rest = s->neuron.refractory, rise;
    if (s->leaky ? I <= theta : I <= 0)
        return 0;
    rise = s->leaky ? tau * log((I - from) / (I - theta)) : tau * (theta - from) / I;
    bool held = s->neuron.reset == FSNN_RESET_VALUE || s->neuron.reset == FSNN_RESET_RESTART;
    return 1 / (held ? rise + rest : fmax(rise, rest));
}

static void add_exact(sim_picture *p, const sim_setup *s)
{
    sim_points *line = sim_picture_curve(p, "exact, alpha 1", FSNN_MARK_REFERENCE, 7);
    for (int64_t n = 0; n < CURRENTS; n++)
        sim_points_add(line, current_of(s, n), exact(s, current_of(s, n)));
}

static int one_alpha(const sim_setup *s, const double *input, int i, sim_picture *p,
                     double rate[CURRENTS])
{
    char name[CLI_NUMBER];
    double *v, *spikes;
    int code = sim_run(s, s->alpha[i], input, &v, &spikes);
    if (code != CLI_GOOD)
        return code;
    sim_points *points = sim_picture_curve(p, sim_label(name, s->alpha[i]), FSNN_MARK_LINE, i + 1);
    for (int64_t n = 0; n < CURRENTS; n++) {
        int64_t count;
        free(sim_spike_times(s, spikes, n, &count));
        rate[n] = (double)count / ((double)s->steps * s->step);
        sim_points_add(points, current_of(s, n), rate[n]);
    }
    free(v);
    free(spikes);
    return CLI_GOOD;
}

static void table_of(const sim_setup *s, double rate[][CURRENTS])
{
    char name[CLI_NUMBER];
    sim_print("%13s", "current");
    for (int i = 0; i < s->alphas; i++)
        sim_print("%13s", sim_label(name, s->alpha[i]));
    sim_print("%17s\n", has_exact(s) ? "exact, alpha 1" : "");
    for (int64_t l = 0; l < LISTED; l++) {
        int64_t n = l * (CURRENTS - 1) / (LISTED - 1);
        sim_cell(current_of(s, n), "");
        for (int i = 0; i < s->alphas; i++)
            sim_cell(rate[i][n], "");
        if (has_exact(s))
            sim_print("    ");
        sim_cell(has_exact(s) ? exact(s, current_of(s, n)) : NAN, "\n");
    }
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
    double rate[SIM_ALPHAS][CURRENTS];
    s.neurons = CURRENTS;
    int code = check(&s, o);
    if (code == CLI_GOOD && s.steps > SIM_VALUES / s.neurons)
        code = cli_error(CLI_USAGE, "--show fi: %lld steps of %d currents are too many to record",
                         (long long)s.steps, CURRENTS);
    if (code != CLI_GOOD)
        return code;
    double *input = inputs(&s);
    sim_picture *p = cli_allocate(1, sizeof *p);
    fsnn_chart *chart = sim_picture_chart(p, "Firing rate", "current I", "spikes per unit of time");
    chart->height = 460;
    for (int i = 0; i < s.alphas && code == CLI_GOOD; i++)
        code = one_alpha(&s, input, i, p, rate[i]);
    char *setup = sim_setup_text(&s), *text = cli_format("%s; mean over time %g", setup, s.time);
    if (code == CLI_GOOD) {
        sim_print("%s\n\n", text);
        table_of(&s, rate);
        if (has_exact(&s))
            add_exact(p, &s);
        code = sim_picture_draw(p, o, "Firing rate against current", text, 1, path);
    }
    free(text);
    free(setup);
    free(input);
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

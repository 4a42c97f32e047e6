/* cli/simulate/show_latency.c: time of the first spike against alpha. Exact for a neuron at rest
 * under a constant current: lif where I (1 - E_alpha(-t^alpha/tau)) = threshold,
 * if where I t^alpha / (tau Gamma(1 + alpha)) = threshold. */
#include "cli/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>

enum {
    RESOLUTION = 250, /* steps up to the exact latency at least, when no step is given */
    MOST_STEPS = 200000,
    GRID = 19, /* orders when none are given: 0.1, 0.15, ..., 1 */
    CURRENTS = 4,
};

static double potential(const sim_setup *s, double alpha, double I, double t)
{
    double x = pow(t, alpha) / s->neuron.tau.value;
    return s->leaky ? I * (1 - fsnn_mittag_leffler(alpha, 1, -x)) : I * x / tgamma(1 + alpha);
}

/* Bisection in the logarithm of time; infinity when the threshold is never reached. */
static double exact(const sim_setup *s, double alpha, double I)
{
    double low = -100, high = 100, theta = s->neuron.threshold.value;
    if (!(I > 0) || (s->leaky && I <= theta) || potential(s, alpha, I, exp(high)) < theta)
        return INFINITY;
    for (int i = 0; i < 200 && high - low > 1e-14; i++) {
        double middle = 0.5 * (low + high);
        if (potential(s, alpha, I, exp(middle)) < theta)
            low = middle;
        else
            high = middle;
    }
    return exp(0.5 * (low + high));
}

/* 1, 2 or 5 times a power of ten, at most `step`. */
static double round_step(double step)
{
    double power = pow(10, floor(log10(step))), factor = step / power;
    return power * (factor < 2 ? 1 : factor < 5 ? 2 : 5);
}

/* The simulated latency; NaN when it would take too many steps. */
static int measure(const sim_setup *given, bool own_step, double alpha, double I, double expected,
                   double *latency)
{
    sim_setup s = *given;
    *latency = NAN;
    if (!isfinite(expected))
        return CLI_GOOD;
    if (!own_step)
        s.step = round_step(expected / RESOLUTION);
    double steps = ceil(1.2 * expected / s.step) + 10;
    if (!(steps <= MOST_STEPS))
        return CLI_GOOD;
    s.steps = (int64_t)steps;
    s.current.p[0] = I;
    double *input = sim_current_samples(&s), *v, *spikes;
    int code = sim_run(&s, alpha, input, &v, &spikes);
    if (code == CLI_GOOD) {
        int64_t count;
        double *t = sim_spike_times(&s, spikes, 0, &count);
        *latency = count ? t[0] : NAN;
        free(t);
        free(v);
        free(spikes);
    }
    free(input);
    return code;
}

static int one_current(const sim_setup *s, const sim_options *o, const double *alpha, int alphas,
                       double I, int colour, sim_picture *p)
{
    char name[CLI_NUMBER];
    int code = CLI_GOOD;
    snprintf(name, sizeof name, "I = %g", I);
    sim_points *measured = sim_picture_curve(p, name, FSNN_MARK_POINTS, colour);
    sim_points *line = sim_picture_curve(p, colour == 1 ? "exact" : NULL, FSNN_MARK_REFERENCE, 7);
    for (int i = 0; i < alphas && code == CLI_GOOD; i++) {
        double e = exact(s, alpha[i], I), t;
        code = measure(s, o->step.given, alpha[i], I, e, &t);
        if (code != CLI_GOOD)
            break;
        if (isfinite(t))
            sim_points_add(measured, alpha[i], t);
        sim_cell(alpha[i], "");
        sim_cell(I, "");
        sim_cell(t, "");
        sim_cell(e, "");
        sim_cell(t / e - 1, "\n");
    }
    double least = alphas > 1 ? alpha[0] : 0.1;
    for (int i = 0; i < alphas; i++)
        least = fmin(least, alpha[i]);
    for (int i = 0; i <= 60; i++) {
        double a = least + (1 - least) * i / 60, e = exact(s, a, I);
        if (isfinite(e))
            sim_points_add(line, a, e);
    }
    return code;
}

static int check(const sim_setup *s, const sim_options *o)
{
    int code = sim_need_current(s, o, SIM_CONSTANT, "constant:AMP");
    if (code == CLI_GOOD && s->neuron.v0 != 0)
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

static int run(const sim_setup *given, const sim_options *o, const char *path)
{
    static const double factor[CURRENTS] = {1, 1.25, 2, 4}; /* of the smallest current */
    sim_setup s = *given;
    double grid[GRID];
    const double *alpha = o->alpha ? s.alpha : grid;
    int alphas = o->alpha ? s.alphas : GRID;
    for (int i = 0; i < GRID; i++)
        grid[i] = (2 + i) / 20.0;
    s.neurons = 1;
    int code = check(&s, o);
    if (code != CLI_GOOD)
        return code;
    sim_picture *p = cli_allocate(1, sizeof *p);
    fsnn_chart *chart =
        sim_picture_chart(p, "Time of the first spike", "order alpha", "first spike");
    chart->log_y = true;
    chart->height = 460;
    sim_print("%s, tau %g, threshold %g, method %s\n\n%13s%13s%13s%13s%13s\n",
              s.leaky ? "LIF" : "IF", s.neuron.tau.value, s.neuron.threshold.value,
              fsnn_method_name(s.method), "alpha", "current", "first spike", "exact", "rel. error");
    int currents = o->current ? 1 : CURRENTS;
    for (int c = 0; c < currents && code == CLI_GOOD; c++)
        code = one_current(&s, o, alpha, alphas, s.current.p[0] * factor[c], c + 1, p);
    char *text =
        cli_format("%s, tau %g, threshold %g, method %s, %s", s.leaky ? "LIF" : "IF",
                   s.neuron.tau.value, s.neuron.threshold.value, fsnn_method_name(s.method),
                   o->step.given ? "step as given" : "at least 250 steps up to the spike");
    if (code == CLI_GOOD)
        code = sim_picture_draw(p, o, "First-spike latency against the order", text, 1, path);
    free(text);
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
};

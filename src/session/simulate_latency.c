/* Time of the first spike of a neuron at rest, beside the exact one. */
#include "session/simulate.h"

#include <fsnn/fde.h>
#include <math.h>
#include <string.h>

enum {
    RESOLUTION = 250, /* steps up to the exact latency at least, when no step is given */
    MOST_STEPS = 200000,
    COLUMNS = 5,
};

/* What is asked for, the neuron beside it, counted from rest. */
typedef struct latency {
    const fsnn_simulation *what;
    fsnn_neuron neuron;
    bool leaky;
} latency;

static latency latency_of(const fsnn_simulation *what)
{
    return (latency){.what = what,
                     .neuron = simulate_from_rest(what),
                     .leaky = strcmp(simulate_kind(what), "lif") == 0};
}

/* Under the drive I (simulate_drive). */
static double potential(const latency *l, double alpha, double I, double t)
{
    double x = pow(t, alpha) / l->neuron.tau.value;
    return l->leaky ? I * (1 - fsnn_mittag_leffler(alpha, 1, -x)) : I * x / tgamma(1 + alpha);
}

/* Bisection in the logarithm of time; infinity when the threshold is never reached. */
static double exact(const latency *l, double alpha, double current)
{
    double low = -100, high = 100, theta = l->neuron.threshold.value,
           I = simulate_drive(l->what, current);
    if (!(I > 0) || (l->leaky && I <= theta) || potential(l, alpha, I, exp(high)) < theta)
        return INFINITY;
    for (int i = 0; i < 200 && high - low > 1e-14; i++) {
        double middle = 0.5 * (low + high);
        if (potential(l, alpha, I, exp(middle)) < theta)
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

static double first_spike(const fsnn_simulation *s, const double *spikes)
{
    for (int64_t k = 0; k < s->steps; k++)
        if (spikes[k] != 0)
            return (double)(k + 1) * s->dynamics.step;
    return NAN;
}

/* The simulated latency; NaN when it would take too many steps. */
static fsnn_status measure(const latency *l, int order, double I, double expected, double *time)
{
    fsnn_simulation s = *l->what;
    *time = NAN;
    if (!isfinite(expected))
        return FSNN_OK;
    if (s.dynamics.step == 0)
        s.dynamics.step = round_step(expected / RESOLUTION);
    double steps = ceil(1.2 * expected / s.dynamics.step) + 10;
    if (!(steps <= MOST_STEPS))
        return FSNN_OK;
    s.steps = (int64_t)steps;
    s.neurons = 1;
    s.current = (fsnn_current){.kind = FSNN_CURRENT_CONSTANT, .p = {I}};
    double *input = fsnn_alloc((size_t)s.steps * sizeof *input),
           *spikes = fsnn_alloc((size_t)s.steps * sizeof *spikes);
    const simulate_trace t = {.spikes = spikes};
    fsnn_status status = input && spikes ? fsnn_simulation_current(&s, input) : FSNN_EMEMORY;
    if (status >= 0)
        status = simulate_run(&s, order, input, &t);
    if (status >= 0)
        *time = first_spike(&s, spikes);
    fsnn_free(input);
    fsnn_free(spikes);
    return status;
}

static fsnn_status check(const latency *l)
{
    fsnn_simulation s = *l->what;
    if (s.dynamics.step == 0)
        s.dynamics.step = 1; /* settled later */
    FSNN_TRY(simulate_check(&s));
    if (!simulate_known(&s))
        return fsnn_fail(FSNN_EARGUMENT,
                         "latencies stand beside exact ones, which are known for lif and if "
                         "without noise, not of %s%s",
                         simulate_kind(&s),
                         l->neuron.noise.mode == FSNN_NOISE_NONE ? "" : " with noise");
    if (l->neuron.v0 != 0)
        return fsnn_fail(FSNN_EARGUMENT,
                         "latencies are those of a neuron at rest: v0 is %g, not %g",
                         simulate_neuron(&s).v0, simulate_rest(&s));
    return simulate_need_events(&s);
}

double fsnn_latency_exact(const fsnn_simulation *what, double alpha, double current)
{
    if (!what || fsnn_kind_defaults(simulate_kind(what), NULL) < 0 || !simulate_known(what))
        return NAN;
    const latency l = latency_of(what);
    return alpha > 0 && alpha <= 1 && l.neuron.v0 == 0 ? exact(&l, alpha, current) : NAN;
}

static fsnn_status fill(const latency *l, const double *current, int currents, fsnn_table *table)
{
    int64_t capacity = 0;
    for (int c = 0; c < currents; c++)
        for (int i = 0; i < simulate_orders(l->what); i++) {
            double alpha = simulate_alpha(l->what, i), e = exact(l, alpha, current[c]), t;
            FSNN_TRY(measure(l, i, current[c], e, &t));
            const double row[COLUMNS] = {alpha, current[c], t, e, t / e - 1};
            FSNN_TRY(table_add(table, &capacity, row));
        }
    return FSNN_OK;
}

fsnn_status fsnn_simulate_latency(const fsnn_simulation *what, const double *current, int currents,
                                  fsnn_table *table)
{
    static const table_head head[COLUMNS] = {{"alpha", ""},
                                             {"current", "current"},
                                             {"first spike", "time"},
                                             {"exact", "time"},
                                             {"relative error", ""}};
    FSNN_NEED(table);
    *table = (fsnn_table){0};
    FSNN_NEED(what);
    FSNN_NEED(current);
    if (fsnn_kind_defaults(simulate_kind(what), NULL) < 0)
        return FSNN_EARGUMENT;
    const latency l = latency_of(what);
    FSNN_TRY(check(&l));
    fsnn_status status = table_create(table, head, COLUMNS);
    if (status >= 0)
        status = fill(&l, current, currents, table);
    if (status < 0)
        fsnn_table_free(table);
    return status;
}

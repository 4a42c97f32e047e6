/* A leaky neuron on its way to the steady state, without spikes: exponential for alpha = 1, a power
 * law below. */
#include "session/simulate.h"

#include <fsnn/fde.h>

#include <math.h>
#include <string.h>

enum { COLUMNS = 4 };

/* Out of reach: no spikes. */
static const double NEVER = 1e30;

static bool constant(const fsnn_simulation *what)
{
    return what->current.kind == FSNN_CURRENT_CONSTANT && !what->current.plus;
}

/* The steady state, counted from rest. */
static double steady(const fsnn_simulation *what)
{
    return simulate_drive(what, what->current.p[0]);
}

double fsnn_relaxation_exact(const fsnn_simulation *what, double alpha, double time)
{
    if (!what || strcmp(simulate_kind(what), "lif") != 0 || !constant(what) ||
        !(alpha > 0 && alpha <= 1) || !(time >= 0))
        return NAN;
    const fsnn_neuron neuron = simulate_from_rest(what);
    double start = fabs(neuron.v0 - steady(what));
    return start * fsnn_mittag_leffler(alpha, 1, -pow(time, alpha) / neuron.tau.value);
}

static fsnn_status check(const fsnn_simulation *what)
{
    if (strcmp(simulate_kind(what), "lif") != 0)
        return fsnn_fail(FSNN_EARGUMENT, "a relaxation is that of a leaky neuron, lif, not of %s",
                         simulate_kind(what));
    if (!constant(what))
        return fsnn_fail(FSNN_EARGUMENT, "a relaxation is that under a constant current");
    return FSNN_OK;
}

static fsnn_status fill(const fsnn_simulation *s, const double *input, double *v, fsnn_table *table)
{
    int64_t capacity = 0;
    const simulate_trace t = {.v = v};
    const double rest = simulate_rest(s), goal = steady(s);
    for (int i = 0; i < simulate_orders(s); i++) {
        FSNN_TRY(simulate_run(s, i, input, &t));
        for (int64_t k = 0; k < s->steps; k++) {
            const double row[COLUMNS] = {simulate_alpha(s, i), (double)(k + 1) * s->dynamics.step,
                                         v[k], fabs(v[k] - rest - goal)};
            FSNN_TRY(table_add(table, &capacity, row));
        }
    }
    return FSNN_OK;
}

fsnn_status fsnn_simulate_relaxation(const fsnn_simulation *what, fsnn_table *table)
{
    static const table_head head[COLUMNS] = {
        {"alpha", ""}, {"time", "time"}, {"potential", "potential"}, {"distance", "potential"}};
    FSNN_NEED(table);
    *table = (fsnn_table){0};
    FSNN_NEED(what);
    FSNN_TRY(simulate_check(what));
    FSNN_TRY(check(what));
    fsnn_simulation s = *what;
    fsnn_neuron neuron = simulate_neuron(what);
    neuron.reset = FSNN_RESET_NONE;
    neuron.threshold.value = NEVER;
    s.options = &neuron;
    s.neurons = 1;
    size_t count = (size_t)s.steps;
    double *input = fsnn_alloc(count * sizeof *input), *v = fsnn_alloc(count * sizeof *v);
    fsnn_status status = input && v ? fsnn_simulation_current(&s, input) : FSNN_EMEMORY;
    if (status >= 0)
        status = table_create(table, head, COLUMNS);
    if (status >= 0)
        status = fill(&s, input, v, table);
    fsnn_free(input);
    fsnn_free(v);
    if (status < 0)
        fsnn_table_free(table);
    return status;
}

/* Times of spikes and the intervals before them: how a neuron adapts. */
#include "session/simulate.h"

#include <math.h>
#include <string.h>

enum { COLUMNS = 6 };

static bool has_exact(const fsnn_simulation *s, const fsnn_neuron *neuron)
{
    return simulate_known(s) && strcmp(simulate_kind(s), "if") == 0 &&
           s->current.kind == FSNN_CURRENT_CONSTANT && !s->current.plus &&
           neuron->reset == FSNN_RESET_JUMP && neuron->v0 == 0 && neuron->refractory == 0;
}

static double exact(const fsnn_simulation *s, const fsnn_neuron *neuron, double alpha, double k)
{
    double drive = simulate_drive(s, s->current.p[0]) / neuron->tau.value / neuron->threshold.value;
    return pow(k * tgamma(1 + alpha) / drive, 1 / alpha);
}

static fsnn_status one_order(const fsnn_simulation *s, int order, const double *spikes,
                             int64_t *capacity, fsnn_table *table)
{
    const fsnn_neuron neuron = simulate_from_rest(s);
    bool known = has_exact(s, &neuron);
    double alpha = simulate_alpha(s, order), before = NAN, exact_before = NAN;
    int64_t count = 0;
    for (int64_t k = 0; k < s->steps; k++) {
        if (spikes[k * s->neurons] == 0)
            continue;
        double t = (double)(k + 1) * s->dynamics.step, number = (double)++count,
               e = known ? exact(s, &neuron, alpha, number) : NAN;
        const double row[COLUMNS] = {alpha, number, t, e, t - before, e - exact_before};
        FSNN_TRY(table_add(table, capacity, row));
        before = t;
        exact_before = e;
    }
    return FSNN_OK;
}

static fsnn_status fill(const fsnn_simulation *s, const double *input, double *spikes,
                        fsnn_table *table)
{
    int64_t capacity = 0;
    const simulate_trace t = {.spikes = spikes};
    for (int i = 0; i < simulate_orders(s); i++) {
        FSNN_TRY(simulate_run(s, i, input, &t));
        FSNN_TRY(one_order(s, i, spikes, &capacity, table));
    }
    return FSNN_OK;
}

fsnn_status fsnn_simulate_intervals(const fsnn_simulation *what, fsnn_table *table)
{
    static const table_head head[COLUMNS] = {{"alpha", ""},        {"spike", ""},
                                             {"time", "time"},     {"exact time", "time"},
                                             {"interval", "time"}, {"exact interval", "time"}};
    FSNN_NEED(table);
    *table = (fsnn_table){0};
    FSNN_NEED(what);
    FSNN_TRY(simulate_check(what));
    FSNN_TRY(simulate_need_events(what));
    size_t count = (size_t)(what->steps * what->neurons);
    double *input = fsnn_alloc(count * sizeof *input), *spikes = fsnn_alloc(count * sizeof *spikes);
    fsnn_status status = input && spikes ? fsnn_simulation_current(what, input) : FSNN_EMEMORY;
    if (status >= 0)
        status = table_create(table, head, COLUMNS);
    if (status >= 0)
        status = fill(what, input, spikes, table);
    fsnn_free(input);
    fsnn_free(spikes);
    if (status < 0)
        fsnn_table_free(table);
    return status;
}

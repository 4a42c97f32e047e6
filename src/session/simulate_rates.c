/* Firing rates against current. A population in which each neuron has its own current gives a whole
 * curve in one run. */
#include "session/simulate.h"

#include <math.h>
#include <string.h>

/* Where a spike of the classic neuron puts v, counted from rest; NaN where it does not put it
 * anywhere. */
static double landing(const fsnn_neuron *neuron)
{
    const double lands[FSNN_RESETS] = {[FSNN_RESET_CURRENT] = NAN,
                                       [FSNN_RESET_NONE] = NAN,
                                       [FSNN_RESET_VALUE] = neuron->v_reset.value,
                                       [FSNN_RESET_RESTART] = neuron->v0};
    return lands[neuron->reset]; /* the others: from the threshold to 0 */
}

/* Of a neuron counted from rest, under the drive I. value and restart hold v for the refractory
 * period and begin then; with the others v goes on, and where it is above the threshold at the end
 * it spikes at once, and is there again after the next. */
static double exact(const fsnn_neuron *neuron, bool leaky, double I)
{
    double theta = neuron->threshold.value, tau = neuron->tau.value, from = landing(neuron);
    double rest = neuron->refractory, rise;
    if (leaky ? I <= theta : I <= 0)
        return 0;
    rise = leaky ? tau * log((I - from) / (I - theta)) : tau * (theta - from) / I;
    bool held = neuron->reset == FSNN_RESET_VALUE || neuron->reset == FSNN_RESET_RESTART;
    return 1 / (held ? rise + rest : fmax(rise, rest));
}

/* rate [neurons] of one order. */
static fsnn_status one_order(const fsnn_simulation *s, int order, const double *input,
                             double *spikes, double *rate)
{
    const simulate_trace t = {.spikes = spikes};
    FSNN_TRY(simulate_run(s, order, input, &t));
    for (int64_t n = 0; n < s->neurons; n++) {
        int64_t count = 0;
        for (int64_t k = 0; k < s->steps; k++)
            count += spikes[k * s->neurons + n] != 0;
        rate[n] = (double)count / ((double)s->steps * s->dynamics.step);
    }
    return FSNN_OK;
}

/* Columns: current, orders, exact. */
static fsnn_status make_head(const fsnn_simulation *s, bool known, fsnn_table *table)
{
    enum { LABEL = 48 };
    int orders = simulate_orders(s), columns = 1 + orders + known;
    table_head *head = fsnn_alloc((size_t)columns * sizeof *head);
    char(*label)[LABEL] = fsnn_alloc((size_t)orders * sizeof *label);
    fsnn_status status = FSNN_EMEMORY;
    if (head && label) {
        head[0] = (table_head){"current", "current"};
        for (int i = 0; i < orders; i++) {
            snprintf(label[i], LABEL, "alpha %.6g", simulate_alpha(s, i));
            head[1 + i] = (table_head){label[i], "1/time"};
        }
        if (known)
            head[1 + orders] = (table_head){"exact, alpha 1", "1/time"};
        status = table_create(table, head, columns);
    }
    fsnn_free(head);
    fsnn_free(label);
    return status;
}

/* rate [orders][neurons] */
static fsnn_status fill(const fsnn_simulation *s, bool known, const double *rate, fsnn_table *table)
{
    const fsnn_neuron neuron = simulate_from_rest(s);
    bool leaky = strcmp(simulate_kind(s), "lif") == 0;
    int orders = simulate_orders(s);
    int64_t capacity = 0;
    double *row = fsnn_alloc((size_t)table->columns * sizeof *row);
    fsnn_status status = row ? FSNN_OK : FSNN_EMEMORY;
    for (int64_t n = 0; n < s->neurons && status >= 0; n++) {
        row[0] = s->current.sample[n];
        for (int i = 0; i < orders; i++)
            row[1 + i] = rate[i * s->neurons + n];
        if (known)
            row[1 + orders] = exact(&neuron, leaky, simulate_drive(s, row[0]));
        status = table_add(table, &capacity, row);
    }
    fsnn_free(row);
    return status;
}

fsnn_status fsnn_simulate_rates(const fsnn_simulation *what, const double *current, int currents,
                                fsnn_table *table)
{
    FSNN_NEED(table);
    *table = (fsnn_table){0};
    FSNN_NEED(what);
    FSNN_NEED(current);
    fsnn_simulation s = *what;
    s.neurons = currents;
    /* a row that holds: each neuron's own constant current */
    static const double beginning = 0;
    s.current = (fsnn_current){.kind = FSNN_CURRENT_SAMPLES,
                               .sample = current,
                               .time = &beginning,
                               .count = 1,
                               .neurons = currents};
    FSNN_TRY(simulate_check(&s));
    FSNN_TRY(simulate_need_events(&s));
    const fsnn_neuron neuron = simulate_from_rest(&s);
    bool known = simulate_known(&s) && landing(&neuron) < neuron.threshold.value;
    size_t count = (size_t)(s.steps * s.neurons), orders = (size_t)simulate_orders(&s);
    double *input = fsnn_alloc(count * sizeof *input), *spikes = fsnn_alloc(count * sizeof *spikes),
           *rate = fsnn_alloc(orders * (size_t)s.neurons * sizeof *rate);
    fsnn_status status =
        input && spikes && rate ? fsnn_simulation_current(&s, input) : FSNN_EMEMORY;
    for (int i = 0; i < (int)orders && status >= 0; i++)
        status = one_order(&s, i, input, spikes, rate + i * s.neurons);
    if (status >= 0)
        status = make_head(&s, known, table);
    if (status >= 0)
        status = fill(&s, known, rate, table);
    fsnn_free(input);
    fsnn_free(spikes);
    fsnn_free(rate);
    if (status < 0)
        fsnn_table_free(table);
    return status;
}

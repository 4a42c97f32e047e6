/* One neuron under the same current with every reset. */
#include "session/simulate.h"

#include <math.h>
#include <string.h>

enum { COLUMNS = 6 };

/* The spikes of one run. */
typedef struct train {
    int64_t count;
    double first, second, before, last; /* times; not a number: there is none */
} train;

static train spikes_of(const fsnn_simulation *s, const double *spikes)
{
    train t = {0, NAN, NAN, NAN, NAN};
    for (int64_t k = 0; k < s->steps; k++) {
        if (spikes[k] == 0)
            continue;
        double time = (double)(k + 1) * s->dynamics.step;
        t.count++;
        t.first = t.count == 1 ? time : t.first;
        t.second = t.count == 2 ? time : t.second;
        t.before = t.last;
        t.last = time;
    }
    return t;
}

static fsnn_status add_array(fsnn_arrays *result, const char *what, fsnn_reset reset, int64_t steps,
                             double **data)
{
    char name[64];
    const fsnn_shape shape = FSNN_SHAPE(steps);
    snprintf(name, sizeof name, "%s.%s", what, fsnn_reset_name(reset));
    fsnn_array *array = fsnn_arrays_add(result, name, FSNN_F64, &shape);
    if (!array)
        return fsnn_fail(FSNN_EMEMORY, "out of memory for the array %s", name);
    *data = array->data;
    return FSNN_OK;
}

static fsnn_status one(const fsnn_simulation *what, fsnn_reset reset, const double *input,
                       fsnn_arrays *result, fsnn_table *table, int64_t *capacity)
{
    fsnn_simulation s = *what;
    fsnn_user user; /* the largest options; they begin with those of all kinds */
    int size = fsnn_kind_defaults(simulate_kind(what), NULL);
    simulate_trace t = {0};
    if (size < 0 || size > (int)sizeof user)
        return fsnn_fail(FSNN_EUNSUPPORTED, "a neuron of kind %s cannot be simulated alone",
                         simulate_kind(what));
    fsnn_kind_defaults(simulate_kind(what), &user);
    if (what->options)
        memcpy(&user, what->options, (size_t)size);
    user.neuron.reset = reset;
    s.options = &user;
    FSNN_TRY(add_array(result, "v", reset, s.steps, &t.v));
    FSNN_TRY(add_array(result, "spikes", reset, s.steps, &t.spikes));
    FSNN_TRY(add_array(result, "test", reset, s.steps, &t.test));
    FSNN_TRY(simulate_run(&s, 0, input, &t));
    const train found = spikes_of(&s, t.spikes);
    const double row[COLUMNS] = {reset,
                                 (double)found.count,
                                 found.first,
                                 found.second - found.first,
                                 found.last - found.before,
                                 t.v[s.steps - 1]};
    return table_add(table, capacity, row);
}

static fsnn_status all(const fsnn_simulation *s, fsnn_arrays *result, fsnn_table *table)
{
    int64_t capacity = 0;
    double *input = fsnn_alloc((size_t)s->steps * sizeof *input);
    fsnn_status status = input ? fsnn_simulation_current(s, input) : FSNN_EMEMORY;
    for (int r = 0; r < FSNN_RESETS && status >= 0; r++)
        status = one(s, (fsnn_reset)r, input, result, table, &capacity);
    fsnn_free(input);
    return status;
}

fsnn_status fsnn_simulate_resets(const fsnn_simulation *what, fsnn_arrays *result,
                                 fsnn_table *table)
{
    static const table_head head[COLUMNS] = {{"reset", ""},
                                             {"spikes", ""},
                                             {"first spike", "time"},
                                             {"first interval", "time"},
                                             {"last interval", "time"},
                                             {"last potential", "potential"}};
    fsnn_arrays dropped = {0};
    FSNN_NEED(table);
    *table = (fsnn_table){0};
    FSNN_NEED(what);
    FSNN_TRY(simulate_check(what));
    if (fsnn_kind_is_readout(simulate_kind(what)))
        return fsnn_fail(FSNN_EARGUMENT, "a readout never spikes: it has no resets");
    fsnn_simulation s = *what;
    s.neurons = 1;
    fsnn_status status = table_create(table, head, COLUMNS);
    if (status >= 0)
        status = all(&s, result ? result : &dropped, table);
    fsnn_arrays_free(&dropped);
    if (status < 0)
        fsnn_table_free(table);
    return status;
}

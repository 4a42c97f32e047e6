/* What a neuron layer did and is: states, counts of spikes, rates, costs. */
#include "net/neuron_node.h"

typedef struct tally {
    neuron_layer *st;
    const real *spikes; /* [rows, N] */
    int64_t rows;
} tally;

static void tally_range(int64_t begin, int64_t end, void *user)
{
    const tally *t = user;
    int64_t *counts = t->st->counts, N = t->st->scan.N;
    for (int64_t r = 0; r < t->rows; r++)
        for (int64_t n = begin; n < end; n++)
            counts[n] += t->spikes[r * N + n] != 0;
}

bool neuron_spiking(const op_node *node)
{
    const neuron_model *model = neuron_model_find(node->op->kind); /* those of users have none */
    return !model || !model->readout;
}

/* Spikes are counted neuron by neuron. */
void neuron_tally(op_node *node, const real *spikes)
{
    neuron_layer *st = node->state;
    if (!st->counts || st->counted != st->scan.N)
        return;
    tally t = {st, spikes, node->K * st->scan.B};
    if (neuron_spiking(node))
        fsnn_parallel_range(st->scan.N, 256, tally_range, &t);
    st->tests += t.rows;
}

fsnn_status neuron_count(op_node *node, bool on)
{
    neuron_layer *st = node->state;
    fsnn_free(st->counts);
    st->counts = NULL;
    st->tests = 0;
    if (!on)
        return FSNN_OK;
    st->counted = st->scan.N;
    st->counts = fsnn_alloc(fsnn_bytes(st->counted + 1, sizeof *st->counts));
    return st->counts ? FSNN_OK : FSNN_EMEMORY;
}

const int64_t *neuron_counts(const op_node *node, int64_t *tests)
{
    const neuron_layer *st = node->state;
    *tests = st->tests;
    return st->counted == st->scan.N ? st->counts : NULL;
}

int neuron_states(const op_node *node)
{
    const neuron_layer *st = node->state;
    return 1 + st->scan.others;
}

const char *neuron_state_name(const op_node *node, int i)
{
    if (i < 0 || i >= neuron_states(node))
        return NULL;
    return i ? neuron_user_state(node->options, i) : "v";
}

void neuron_values(const op_node *node, int i, const real *spikes, real *out)
{
    const neuron_layer *st = node->state;
    if (i)
        scan_other_values(&st->scan, i - 1, out);
    else
        scan_potentials(&st->scan, spikes, out);
}

fsnn_status neuron_tested(const op_node *node, const real *I, const real *spikes, real *test,
                          real *threshold)
{
    const neuron_layer *st = node->state;
    const int64_t rows = (node->still_in ? 1 : st->scan.K) * st->scan.B;
    void *space = neuron_resists(node) ? fsnn_alloc(neuron_drive_bytes(node, rows)) : NULL;
    if (neuron_resists(node) && !space)
        return FSNN_EMEMORY;
    scan_tested(&st->scan, neuron_drive(node, rows, I, space), spikes, test, threshold);
    fsnn_free(space);
    return FSNN_OK;
}

bool neuron_is_readout(const op_node *node)
{
    const neuron_layer *st = node->state;
    return st->scan.model->readout;
}

const char *neuron_equations(const op_node *node)
{
    const neuron_layer *st = node->state;
    return st->user.equations ? st->user.equations : "";
}

double neuron_rate(const op_node *node)
{
    const neuron_layer *st = node->state;
    return scan_rate(&st->scan);
}

double neuron_memory_cost(const op_node *node)
{
    const neuron_layer *st = node->state;
    return scan_memory_cost(&st->scan);
}

fsnn_status neuron_certificate(const op_node *node, fsnn_certificate *certificate)
{
    const neuron_layer *st = node->state;
    return scan_certify(&st->scan, certificate);
}

void neuron_past_of(const op_node *node, int state, neuron_past *past)
{
    const neuron_layer *st = node->state;
    const frac_memory *m = state ? &st->scan.other[state - 1].memory : &st->scan.memory;
    *past = (neuron_past){.method = m->method,
                          .scheme = m->scheme,
                          .order = m->order,
                          .leak = m->leak,
                          .h = m->h,
                          .lags = m->compressed ? -1 : m->limit,
                          .fit = m->compressed ? &m->modes.fit : NULL};
}

fsnn_status neuron_hold(op_node *node, const scan_holds *holds)
{
    neuron_layer *st = node->state;
    return scan_hold(&st->scan, holds);
}

double neuron_held(const op_node *node, int hold)
{
    const neuron_layer *st = node->state;
    return scan_held(&st->scan, hold);
}

/* What a neuron layer remembers (op/memory.h): the state of its scan (scan/saved.c). At a border
 * between two pieces of a call a full history stays where it is; only its length is noted. */
#include "net/neuron_node.h"

#include <string.h>

static void reset(op_node *node)
{
    neuron_layer *st = node->state;
    scan_reset(&st->scan);
}

static size_t bytes(const op_node *node)
{
    const neuron_layer *st = node->state;
    return scan_state_bytes(&st->scan, true);
}

static void save(const op_node *node, bool whole, void *to)
{
    const neuron_layer *st = node->state;
    scan_state_save(&st->scan, whole, to);
}

static fsnn_status load(op_node *node, bool whole, const void *from)
{
    neuron_layer *st = node->state;
    return scan_state_load(&st->scan, whole, from);
}

static void chain(op_node *node, bool last, bool first)
{
    neuron_layer *st = node->state;
    st->scan.chain.begins = first;
    if (last)
        scan_chain(&st->scan);
}

static size_t most(const op_node *node)
{
    const neuron_layer *st = node->state;
    return scan_state_most(&st->scan);
}

static bool fits(const op_node *node, const void *from, int64_t count)
{
    const neuron_layer *st = node->state;
    return scan_state_fits(&st->scan, from, count);
}

/* Parameters may have been learned since: what counts is the form of the state. */
static void print_memory(const frac_memory *m, uint64_t *print)
{
    op_print_mix(print, m->method->name, strlen(m->method->name));
    op_print_mix(print, &m->h, sizeof m->h);
    op_print_mix(print, &m->keep, sizeof m->keep);
    op_print_mix(print, &m->compressed, sizeof m->compressed);
    if (m->compressed)
        op_print_mix(print, m->modes.fit.s, (size_t)m->modes.fit.modes * sizeof(double));
}

static void print(const op_node *node, uint64_t *sum)
{
    const neuron_layer *st = node->state;
    const scan *s = &st->scan;
    op_print_mix(sum, &s->N, sizeof s->N);
    op_print_mix(sum, &s->options.reset, sizeof s->options.reset);
    op_print_mix(sum, &s->rest, sizeof s->rest);
    print_memory(&s->memory, sum);
    for (int i = 0; i < s->others; i++)
        print_memory(&s->other[i].memory, sum);
}

static size_t held(const op_node *node)
{
    const neuron_layer *st = node->state;
    return scan_bytes(&st->scan);
}

const op_memory neuron_memory = {.reset = reset,
                                 .bytes = bytes,
                                 .save = save,
                                 .load = load,
                                 .chain = chain,
                                 .most = most,
                                 .fits = fits,
                                 .print = print,
                                 .held = held};

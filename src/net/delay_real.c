/* Delays: what a node was one step of time before, y_k = x_{k-1}, and zeros at time 0.
 *
 * A delay is two steps of the lowered graph that share a store of one time step: `delay` gives what
 * is in the store, and stands where the node does; `put` fills it and stands behind its source.
 * Backward goes through them in the other direction: put receives at step k what delay has left at
 * step k + 1. Cost: one copy of the source a step. */
#include "net/data.h"
#include "net/delay.h"
#include "op/memory.h"

#include <stddef.h>
#include <string.h>

static const fsnn_delay defaults;

static const fsnn_key keys[] = {
    {.name = "of",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(fsnn_delay, of),
     .required = true,
     .help = "the node whose output it gives a step later; it may stand behind this one"},
    {.name = "shape",
     .type = FSNN_KEY_SHAPE,
     .offset = offsetof(fsnn_delay, shape),
     .min = 1,
     .max = INT32_MAX,
     .otherwise = "that of its source",
     .help = "shape of one sample, for loops from which it does not follow"},
    {0},
};

typedef struct state {
    net_delay_head head;
    int64_t numbers; /* B * shape */
    real *value;     /* [B, shape], of the step before */
    real *gradient;  /* [B, shape], what the step after gives to this one */
    size_t capacity;
} state;

static fsnn_status create(op_node *node)
{
    fsnn_delay *o = node->options;
    state *st = node->state;
    if (!o->of || !*o->of)
        return fsnn_fail(FSNN_EARGUMENT,
                         "delay \"%s\": it does not say of which node: `of` is a name", node->name);
    st->head.of = fsnn_strdup(o->of);
    o->of = st->head.of;
    return st->head.of ? FSNN_OK : FSNN_EMEMORY;
}

static void destroy(op_node *node)
{
    state *st = node->state;
    fsnn_free(st->head.of);
    fsnn_free(st->value);
    fsnn_free(st->gradient);
}

static fsnn_status shape(op_node *node)
{
    const state *st = node->state;
    node->outputs = 1;
    node->out[0] = st->head.shape;
    node->out_last[0] = st->head.last;
    return FSNN_OK;
}

static fsnn_status plan(op_node *node)
{
    state *st = node->state;
    st->numbers = node->B * fsnn_shape_count(&st->head.shape);
    size_t need = (size_t)st->numbers * sizeof(real);
    if (need <= st->capacity)
        return FSNN_OK;
    fsnn_free(st->value);
    fsnn_free(st->gradient);
    st->capacity = 0;
    st->value = fsnn_alloc(need);
    st->gradient = fsnn_alloc(need);
    if (!st->value || !st->gradient)
        return FSNN_EMEMORY;
    st->capacity = need;
    return FSNN_OK;
}

static size_t bytes(const op_node *node)
{
    const state *st = node->state;
    return (size_t)st->numbers * sizeof(real);
}

static fsnn_status emit(op_node *node, const op_run *run)
{
    const state *st = node->state;
    memcpy(run->out[0], st->value, bytes(node));
    return FSNN_OK;
}

static fsnn_status emit_back(op_node *node, const op_run *run)
{
    const state *st = node->state;
    memcpy(st->gradient, run->gout[0], bytes(node));
    return FSNN_OK;
}

static fsnn_status nothing_out(op_node *node)
{
    node->outputs = 0;
    return FSNN_OK;
}

static fsnn_status put(op_node *node, const op_run *run)
{
    const state *st = node->state;
    memcpy(st->value, run->in[0], bytes(node));
    return FSNN_OK;
}

static fsnn_status put_back(op_node *node, const op_run *run)
{
    const state *st = node->state;
    if (run->gin[0])
        memcpy(run->gin[0], st->gradient, bytes(node));
    return FSNN_OK;
}

/* ---- memory: the store ---- */

static void reset(op_node *node)
{
    const state *st = node->state;
    memset(st->value, 0, bytes(node));
}

/* Behind the last step there is nothing that gives a gradient. */
static void chain(op_node *node, bool last, bool first)
{
    (void)first;
    const state *st = node->state;
    if (last)
        memset(st->gradient, 0, bytes(node));
}

static void save(const op_node *node, bool whole, void *to)
{
    (void)whole;
    const state *st = node->state;
    memcpy(to, st->value, bytes(node));
}

static fsnn_status load(op_node *node, bool whole, const void *from)
{
    (void)whole;
    const state *st = node->state;
    memcpy(st->value, from, bytes(node));
    return FSNN_OK;
}

static size_t held(const op_node *node)
{
    const state *st = node->state;
    return 2 * st->capacity;
}

static const op_memory memory = {
    .reset = reset, .bytes = bytes, .save = save, .load = load, .chain = chain, .held = held};

/* ---- the two operators ---- */

static const char *of(const void *options)
{
    const fsnn_delay *o = options;
    return o->of ? o->of : "";
}

static const fsnn_op delay_put = {
    .kind = "put",
    .min_in = 1,
    .max_in = 1,
    .flags = OP_LAST,
    .shape = nothing_out,
    .forward = put,
    .backward = put_back,
};

static const fsnn_op delay = {
    .kind = "delay",
    .help = "the output of another node one time step before, zeros at first: what closes a loop",
    .options_size = sizeof(fsnn_delay),
    .defaults = &defaults,
    .keys = keys,
    .flags = OP_LAST,
    .state_size = sizeof(state),
    .create = create,
    .shape = shape,
    .plan = plan,
    .forward = emit,
    .backward = emit_back,
    .memory = &memory,
    .of = of,
    .put = &delay_put,
    .destroy = destroy,
};

const fsnn_op *const net_delay_ops[] = {&delay, NULL};

/* Delays: what a node was whole steps of time before, y_k = x_{k-d}, and zeros until then; d is one
 * number, or one a channel or neuron.
 *
 * With one input a delay is an operator like others, which remembers d steps (op/memory.h).
 *
 * Without, it names its source, and closes loops. It is two steps of the lowered graph then that
 * share one past: `delay` gives what is in it, and stands where the node does; `put` fills it and
 * stands behind its source. Backward goes through them in the other direction: put receives at step
 * k what delay has left at step k + d. */
#include "base/error_key.h"
#include "net/data.h"
#include "net/delay.h"
#include "net/delay_ring.h"
#include "op/memory.h"

#include <stddef.h>
#include <string.h>

static const fsnn_delay defaults = {.steps = 1};

static const char *const per_names[] = {"layer", "channel", "neuron", NULL};

static const fsnn_key keys[] = {
    {.name = "of",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(fsnn_delay, of),
     .otherwise = "the node that it reads",
     .help = "the node whose output it gives later; it may stand behind this one: what closes a "
             "loop"},
    {.name = "steps",
     .type = FSNN_KEY_INTS,
     .offset = offsetof(fsnn_delay, steps),
     .size = offsetof(fsnn_delay, each),
     .count = offsetof(fsnn_delay, count),
     .min = 0,
     .max = INT32_MAX,
     .help = "whole steps by which it delays, with `of` at least 1; a list with `per: channel` or "
             "`per: neuron`: a number each, in the order of the shape"},
    {.name = "per",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_delay, per),
     .names = per_names,
     .help = "what each number of the list `steps` is of"},
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
    delay_ring ring;
    int64_t *given; /* copy of the list in options */
    int64_t *each;  /* [count] lags as the numbers lie */
} state;

/* ---- options ---- */

static fsnn_status check(const fsnn_op *op, const void *options, char key[OP_KEY])
{
    const fsnn_delay *o = options;
    (void)op;
    snprintf(key, OP_KEY, "per");
    if ((unsigned)o->per > FSNN_PER_NEURON)
        return fsnn_fail(FSNN_EARGUMENT, "there is no such unit as number %d", (int)o->per);
    if (!o->each && o->per != FSNN_PER_LAYER)
        return fsnn_fail(FSNN_EARGUMENT,
                         "steps is one number: give a list of them, a number a %s, or leave `per` "
                         "out",
                         per_names[o->per]);
    snprintf(key, OP_KEY, "steps");
    if (o->each && (o->per == FSNN_PER_LAYER || o->count < 1 || o->count > INT32_MAX))
        return fsnn_fail(FSNN_EARGUMENT,
                         "steps is a list of %lld numbers, but one for the layer: write `per: "
                         "neuron` or `per: channel` beside it",
                         (long long)o->count);
    const int64_t least = o->of && *o->of ? 1 : 0;
    for (int64_t i = 0; i < (o->each ? o->count : 1); i++) {
        int64_t steps = o->each ? o->each[i] : o->steps;
        if (steps < least || steps > INT32_MAX)
            return fsnn_fail(FSNN_EARGUMENT, "a delay of %lld steps: it must be from %d to %d%s",
                             (long long)steps, (int)least, INT32_MAX,
                             least ? ", for what closes a loop takes a step" : "");
    }
    key[0] = 0;
    return FSNN_OK;
}

/* The list's copy takes its place. */
static fsnn_status copy_list(state *st, fsnn_delay *o)
{
    if (!o->each)
        return FSNN_OK;
    st->given = fsnn_alloc((size_t)o->count * sizeof *st->given);
    if (!st->given)
        return FSNN_EMEMORY;
    memcpy(st->given, o->each, (size_t)o->count * sizeof *st->given);
    o->each = st->given;
    return FSNN_OK;
}

static fsnn_status named(const op_node *node, fsnn_status status, const char *key)
{
    if (!status || status == FSNN_EMEMORY)
        return status;
    char *why = fsnn_strdup(fsnn_error_text());
    fsnn_fail_key(status, key, "delay \"%s\": %s", node->name, why ? why : "");
    fsnn_free(why);
    return status;
}

static fsnn_status create(op_node *node)
{
    fsnn_delay *o = node->options;
    state *st = node->state;
    char key[OP_KEY];
    const bool names = o->of && *o->of;
    if (!node->inputs && !names)
        return fsnn_fail(FSNN_EARGUMENT,
                         "delay \"%s\": it does not say of which node: `of` is a name, or it has a "
                         "source",
                         node->name);
    if (node->inputs && names)
        return fsnn_fail(FSNN_EARGUMENT,
                         "delay \"%s\": it has a source, and is of \"%s\": one of them is enough",
                         node->name, o->of);
    FSNN_TRY(named(node, check(node->op, o, key), key));
    FSNN_TRY(copy_list(st, o));
    st->head.of = names ? fsnn_strdup(o->of) : NULL;
    o->of = st->head.of;
    return st->head.of || !names ? FSNN_OK : FSNN_EMEMORY;
}

static void destroy(op_node *node)
{
    state *st = node->state;
    fsnn_free(st->head.of);
    fsnn_free(st->given);
    fsnn_free(st->each);
    delay_ring_free(&st->ring);
}

/* ---- shape ---- */

static fsnn_status check_shape(const op_node *node)
{
    const fsnn_delay *o = node->options;
    char declared[128], is[128];
    if (!node->inputs || !o->shape.rank || fsnn_shape_equal(&o->shape, &node->in[0]))
        return FSNN_OK;
    return fsnn_fail_key(FSNN_ESHAPE, "shape",
                         "delay \"%s\": its shape is said to be %s, but its source is %s: leave it "
                         "out",
                         node->name, fsnn_shape_text(&o->shape, declared, sizeof declared),
                         fsnn_shape_text(&node->in[0], is, sizeof is));
}

static fsnn_status check_count(const op_node *node)
{
    const fsnn_delay *o = node->options;
    const fsnn_shape *shape = &node->out[0];
    char text[128];
    const int64_t numbers = fsnn_shape_count(shape),
                  wanted = o->per == FSNN_PER_CHANNEL ? shape->dim[0] : numbers;
    if (!o->each || o->count == wanted)
        return FSNN_OK;
    return fsnn_fail_key(
        FSNN_ESHAPE, "steps",
        "delay \"%s\": steps is a list of %lld numbers, one a %s, but the shape %s "
        "has %lld of these",
        node->name, (long long)o->count, per_names[o->per],
        fsnn_shape_text(shape, text, sizeof text), (long long)wanted);
}

static fsnn_status shape(op_node *node)
{
    const state *st = node->state;
    FSNN_TRY(check_shape(node));
    node->outputs = 1;
    node->out[0] = node->inputs ? node->in[0] : st->head.shape;
    node->out_last[0] = node->inputs ? node->in_last[0] : st->head.last;
    return check_count(node);
}

/* ---- plan ---- */

static fsnn_status settle_lags(op_node *node, int64_t count)
{
    const fsnn_delay *o = node->options;
    state *st = node->state;
    delay_ring *r = &st->ring;
    r->lag = o->steps;
    r->depth = net_delay_depth(node);
    if (!o->each)
        return FSNN_OK;
    fsnn_free(st->each);
    st->each = fsnn_alloc((size_t)count * sizeof *st->each);
    if (!st->each)
        return FSNN_EMEMORY;
    r->each = st->each;
    for (int64_t i = 0; i < count; i++)
        st->each[i] = net_delay_lag(node, i);
    return FSNN_OK;
}

static fsnn_status plan(op_node *node)
{
    state *st = node->state;
    const int64_t count = fsnn_shape_count(&node->out[0]);
    FSNN_TRY(settle_lags(node, count));
    return named(node, delay_ring_plan(&st->ring, node->B, count), "steps");
}

/* ---- an operator with an input: K steps in a call ---- */

static fsnn_status delay_steps(op_node *node, const op_run *run)
{
    state *st = node->state;
    for (int64_t k = 0; k < node->K; k++) {
        const real *in = run->in[0] + k * st->ring.numbers;
        delay_ring_read(&st->ring, in, run->out[0] + k * st->ring.numbers);
        delay_ring_put(&st->ring, in);
    }
    return FSNN_OK;
}

static fsnn_status delay_steps_back(op_node *node, const op_run *run)
{
    state *st = node->state;
    for (int64_t k = node->K - 1; k >= 0 && run->gin[0]; k--) {
        const real *gout = run->gout[0] + k * st->ring.numbers;
        delay_ring_take(&st->ring, gout, run->gin[0] + k * st->ring.numbers);
        delay_ring_leave(&st->ring, gout);
    }
    return FSNN_OK;
}

/* ---- the two steps of a delay that names its source ---- */

static fsnn_status emit(op_node *node, const op_run *run)
{
    const state *st = node->state;
    if (node->inputs)
        return delay_steps(node, run);
    delay_ring_read(&st->ring, NULL, run->out[0]);
    return FSNN_OK;
}

static fsnn_status emit_back(op_node *node, const op_run *run)
{
    state *st = node->state;
    if (node->inputs)
        return delay_steps_back(node, run);
    delay_ring_leave(&st->ring, run->gout[0]);
    return FSNN_OK;
}

static fsnn_status nothing_out(op_node *node)
{
    node->outputs = 0;
    return FSNN_OK;
}

static fsnn_status put(op_node *node, const op_run *run)
{
    state *st = node->state;
    delay_ring_put(&st->ring, run->in[0]);
    return FSNN_OK;
}

static fsnn_status put_back(op_node *node, const op_run *run)
{
    const state *st = node->state;
    if (run->gin[0])
        delay_ring_take(&st->ring, NULL, run->gin[0]);
    return FSNN_OK;
}

/* ---- memory: the ring ---- */

static void reset(op_node *node)
{
    state *st = node->state;
    delay_ring_reset(&st->ring);
}

static size_t bytes(const op_node *node)
{
    const state *st = node->state;
    return delay_ring_bytes(&st->ring);
}

/* Behind the last step there is nothing that gives a gradient. */
static void chain(op_node *node, bool last, bool first)
{
    (void)first;
    state *st = node->state;
    if (last)
        delay_ring_forget(&st->ring);
}

static void save(const op_node *node, bool whole, void *to)
{
    (void)whole;
    const state *st = node->state;
    delay_ring_save(&st->ring, to);
}

static fsnn_status load(op_node *node, bool whole, const void *from)
{
    (void)whole;
    state *st = node->state;
    delay_ring_load(&st->ring, from);
    return FSNN_OK;
}

static size_t held(const op_node *node)
{
    const state *st = node->state;
    return 2 * st->ring.bytes;
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
    .help = "its input, or the output of the node that `of` names, whole steps before, zeros at "
            "first; with `of` it closes a loop",
    .options_size = sizeof(fsnn_delay),
    .defaults = &defaults,
    .keys = keys,
    .max_in = 1,
    .flags = OP_LAST,
    .state_size = sizeof(state),
    .create = create,
    .check = check,
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

/* op/leak.c: a leaky accumulator over time, y_k = decay y_{k-1} + x_k with y_{-1} = 0 at time 0.
 * The gradient with respect to y_k is g_k = gout_k + decay g_{k+1}; that of the decay is the sum of
 * g_k y_{k-1}. What stood before the call is on the tape, [B, N]. */
#include "op/check.h"
#include "op/memory.h"

#include <stddef.h>
#include <string.h>

typedef struct options {
    double decay;
    bool learn;
} options;

static const options defaults = {.decay = 0.5};

static const fsnn_key keys[] = {
    {.name = "decay",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(options, decay),
     .min = 0,
     .max = 1,
     .above = true,
     .help = "share of the sum that is left a step later"},
    {.name = "learn",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(options, learn),
     .help = "learn the decay"},
    {0},
};

typedef struct state {
    float *y;     /* [B, N], after the last step */
    float *carry; /* [B, N], gradient of it that later steps gave */
    int64_t numbers, capacity;
} state;

static fsnn_status shape(op_node *node)
{
    const options *o = node->options;
    op_output(node, 0, node->in[0], node->in_last[0]);
    node->params = 1;
    node->param[0] = (op_param){.name = "decay",
                                .shape = FSNN_SHAPE(1),
                                .init = OP_CONSTANT,
                                .scale = o->decay,
                                .learn = o->learn,
                                .range = FSNN_UNIT};
    return FSNN_OK;
}

static size_t bytes(const op_node *node)
{
    const state *st = node->state;
    return (size_t)st->numbers * sizeof(float);
}

static fsnn_status plan(op_node *node)
{
    state *st = node->state;
    st->numbers = node->B * fsnn_shape_count(&node->in[0]);
    node->tape_bytes = node->training ? bytes(node) : 0;
    if (st->numbers <= st->capacity)
        return FSNN_OK;
    fsnn_free(st->y);
    fsnn_free(st->carry);
    st->capacity = 0;
    st->y = fsnn_alloc(bytes(node));
    st->carry = fsnn_alloc(bytes(node));
    if (!st->y || !st->carry)
        return FSNN_EMEMORY;
    st->capacity = st->numbers;
    return FSNN_OK;
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    state *st = node->state;
    const float decay = run->value[0][0];
    if (node->training)
        memcpy(run->tape, st->y, bytes(node));
    for (int64_t k = 0; k < node->K; k++)
        for (int64_t n = 0; n < st->numbers; n++) {
            int64_t at = k * st->numbers + n;
            st->y[n] = decay * st->y[n] + run->in[0][at];
            run->out[0][at] = st->y[n];
        }
    return FSNN_OK;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    state *st = node->state;
    const float decay = run->value[0][0];
    double sum = 0;
    for (int64_t k = node->K - 1; k >= 0; k--) {
        const float *before = k ? run->out[0] + (k - 1) * st->numbers : run->tape;
        for (int64_t n = 0; n < st->numbers; n++) {
            float g = run->gout[0][k * st->numbers + n] + decay * st->carry[n];
            st->carry[n] = g;
            sum += (double)g * (double)before[n];
            if (run->gin[0])
                run->gin[0][k * st->numbers + n] = g;
        }
    }
    if (run->grad[0])
        run->grad[0][0] += (float)sum;
    return FSNN_OK;
}

static void destroy(op_node *node)
{
    state *st = node->state;
    fsnn_free(st->y);
    fsnn_free(st->carry);
}

static void reset(op_node *node)
{
    state *st = node->state;
    memset(st->y, 0, bytes(node));
}

static void save(const op_node *node, bool whole, void *to)
{
    (void)whole;
    const state *st = node->state;
    memcpy(to, st->y, bytes(node));
}

static fsnn_status load(op_node *node, bool whole, const void *from)
{
    (void)whole;
    state *st = node->state;
    memcpy(st->y, from, bytes(node));
    return FSNN_OK;
}

static void chain(op_node *node, bool last, bool first)
{
    (void)first;
    state *st = node->state;
    if (last)
        memset(st->carry, 0, bytes(node));
}

static const op_memory memory = {
    .reset = reset, .bytes = bytes, .save = save, .load = load, .chain = chain};

const fsnn_op op_leak = {
    .kind = "leak",
    .help = "a leaky sum over time",
    .options_size = sizeof(options),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .flags = OP_LAST | OP_NEEDS_OUT,
    .state_size = sizeof(state),
    .shape = shape,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .memory = &memory,
    .destroy = destroy,
};

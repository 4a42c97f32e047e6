/* op/linear.c: y = x W^T + b over the last dimension; all others, time and batch among them, are
 * rows of one matrix product. Backward: gx = gy W, gW += gy^T x, gb += sum of gy over the rows.
 * Cost: in * out multiply-adds a row and product, one product forward and two backward. Input given
 * as lists of spikes costs out additions an event (op/events.h); dense input that turns out to be
 * few spikes is taken as lists too (op/spikes.h). Few rows of a stream have a way of their own
 * (op/few.h). The dense product forward is made for its sizes where that is faster
 * (dense_linear_create); dense products may have factors in bfloat16 (op/rounded.h); in inference
 * weights may have 8 bits (op/int8.h). A gradient gy that is mostly zeros is taken number by number
 * (op/sparse.h). */
#include "op/check.h"
#include "base/whole.h"
#include "op/events.h"
#include "op/few.h"
#include "op/int8.h"
#include "op/kernels.h"
#include "op/rounded.h"
#include "op/sparse.h"
#include "op/spikes.h"
#include "tensor/dense.h"

static const fsnn_linear defaults = {.bias = true};

static const fsnn_key keys[] = {
    {.name = "out",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_linear, out),
     .min = 1,
     .max = INT32_MAX,
     .required = true,
     .help = "size of the output's last dimension"},
    {.name = "bias",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_linear, bias),
     .help = "add a bias"},
    {0},
};

enum { WEIGHT, BIAS };

typedef struct linear_state {
    events_space events;
    few_weights few; /* where the plan is that of a stream, and the rows are few */
    rounded_products rounded;
    int8_product int8;
    dense_linear *made; /* of the rows of a forward call; NULL: dense_gemm */
    int64_t made_rows;  /* that it was asked for */
    int tasks;          /* of sparse products, that the plan has scratch for */
    sparse_wish wish;
} linear_state;

static int64_t inputs_of(const op_node *node)
{
    return node->in[0].dim[node->in[0].rank - 1];
}

/* Rows of one sample and step; times K*B of the whole product. */
static int64_t rows_of(const op_node *node)
{
    return fsnn_shape_count(&node->in[0]) / inputs_of(node);
}

static fsnn_status shape(op_node *node)
{
    const fsnn_linear *o = node->options;
    FSNN_TRY(op_check(node, "out", o->out, 1, INT32_MAX));
    if (node->in[0].rank < 1)
        return fsnn_fail(FSNN_ESHAPE,
                         "linear \"%s\": its input is a scalar: it takes at least one dimension",
                         node->name);
    int64_t in = inputs_of(node);
    fsnn_shape out = node->in[0];
    out.dim[out.rank - 1] = o->out;
    op_output(node, 0, out, false);
    node->params = 0;
    op_add_weight(node, FSNN_SHAPE(o->out, in), in);
    if (o->bias)
        op_add_bias(node, o->out, in, out.rank == 1);
    node->operations = op_product(op_product(rows_of(node), in), o->out);
    return FSNN_OK;
}

/* Rows of a call. */
static int64_t all_rows(const op_node *node)
{
    return node->K * node->B * rows_of(node);
}

static fsnn_status plan_few(op_node *node)
{
    const fsnn_linear *o = node->options;
    node->scratch_bytes = few_scratch(inputs_of(node));
    return few_plan(&((linear_state *)node->state)->few, inputs_of(node), o->out);
}

static sparse_sizes sizes_of(const op_node *node)
{
    return (sparse_sizes){all_rows(node), inputs_of(node),
                          ((const fsnn_linear *)node->options)->out,
                          ((const linear_state *)node->state)->tasks};
}

static fsnn_status plan_int8(op_node *node, size_t *scratch)
{
    int8_product *p = &((linear_state *)node->state)->int8;
    dense_conv_shape shape;
    int8_linear(inputs_of(node), ((const fsnn_linear *)node->options)->out, &shape);
    FSNN_TRY(int8_plan(p, &shape));
    *scratch = int8_scratch(p, all_rows(node));
    return dense_prepare();
}

static void close_made(linear_state *state)
{
    dense_linear_destroy(state->made);
    state->made = NULL;
}

/* In a loop, forward goes step by step. */
static fsnn_status plan_made(op_node *node, size_t *scratch)
{
    linear_state *state = node->state;
    int64_t rows = all_rows(node);
    if (node->looped && node->K > 1)
        return FSNN_OK;
    state->made_rows = rows;
    FSNN_TRY(dense_linear_create(rows, inputs_of(node), ((const fsnn_linear *)node->options)->out,
                                 &state->made));
    *scratch = dense_linear_scratch(state->made);
    return FSNN_OK;
}

/* Scratch of dense products. */
static fsnn_status plan_products(op_node *node, size_t *scratch)
{
    const fsnn_linear *o = node->options;
    linear_state *state = node->state;
    *scratch = 0;
    if (node->products == FSNN_PRODUCTS_INT8)
        return plan_int8(node, scratch);
    int8_close(&state->int8);
    if (node->products == FSNN_PRODUCTS_BF16)
        return rounded_plan(&state->rounded, node, all_rows(node), inputs_of(node), o->out,
                            scratch);
    rounded_close(&state->rounded);
    FSNN_TRY(plan_made(node, scratch));
    return dense_prepare();
}

static fsnn_status plan(op_node *node)
{
    const fsnn_linear *o = node->options;
    int64_t rows = all_rows(node);
    close_made(node->state);
    if (node->stream && rows <= FEW_ROWS && inputs_of(node) <= INT32_MAX - FEW_MORE)
        return plan_few(node);
    few_close(&((linear_state *)node->state)->few);
    ((linear_state *)node->state)->tasks = fsnn_threads();
    ((linear_state *)node->state)->wish = sparse_wished();
    bool sums = o->bias && node->training, look = spikes_worth(rows, inputs_of(node), o->out);
    size_t lists = look ? spikes_reserve(rows, inputs_of(node)) : 0; /* one after the other */
    size_t parts = sums ? (size_t)op_column_parts(rows, o->out) * sizeof(double) : 0, products;
    sparse_sizes sparse = sizes_of(node);
    FSNN_TRY(plan_products(node, &products));
    if (node->training && sparse_worth(&sparse))
        parts = whole_most_bytes(parts, sparse_scratch(&sparse));
    node->scratch_bytes = whole_most_bytes(whole_most_bytes(lists, parts), products);
    return FSNN_OK;
}

typedef struct biases {
    real *y;
    const real *b;
    int64_t out;
} biases;

static void add_bias(int64_t begin, int64_t end, void *user)
{
    const biases *s = user;
    for (int64_t r = begin; r < end; r++) {
        real *y = s->y + r * s->out;
#pragma omp simd
        for (int64_t c = 0; c < s->out; c++)
            y[c] += s->b[c];
    }
}

/* Products in bfloat16 take half the time, so lists win below half the share. */
static double share_of(const op_node *node, double share)
{
    return node->products == FSNN_PRODUCTS_BF16 ? share / 2 : share;
}

static const dense_linear *made_now(const op_node *node)
{
    const linear_state *state = node->state;
    return state->made_rows == all_rows(node) ? state->made : NULL;
}

/* The share of ones up to which lists are quicker forward. Beside a product made for its sizes it
 * is less for fewer rows, which do not pay for turning the weights: measured for
 * 784 -> 128, 784 -> 2,560 and 512 -> 512 of 64, 256 and 1,024 rows. */
static double share_forward(const op_node *node)
{
    const double cost = 30;
    int64_t rows = all_rows(node);
    return made_now(node) ? SPIKES_FORWARD - cost / (double)rows : spikes_forward(rows);
}

/* The input as lists: as it came, or as it turns out to be; else NULL. `space` holds them. */
static const fsnn_spikes *lists_of(const op_node *node, const op_run *run, double share,
                                   fsnn_spikes *space)
{
    const fsnn_linear *o = node->options;
    int64_t in = inputs_of(node), rows = all_rows(node);
    if (run->spikes[0])
        return run->spikes[0];
    if (share <= 0 || !spikes_worth(rows, in, o->out) ||
        !spikes_find(run->in[0], rows, in, share_of(node, share), run->scratch, space))
        return NULL;
    return space;
}

/* y = x W^T, gx = gy W, gW += gy^T x of dense numbers. */
static fsnn_status multiply(const op_node *node, const op_run *run, const real *w)
{
    const dense_bf16 *rounded = rounded_now(&((linear_state *)node->state)->rounded, node);
    const dense_linear *made = made_now(node);
    int64_t in = inputs_of(node), out = ((const fsnn_linear *)node->options)->out;
    const real *x = run->in[0];
    if (rounded)
        return dense_bf16_forward(rounded, x, w, run->out[0], run->scratch);
    if (made)
        return dense_linear_forward(made, x, w, run->out[0], run->scratch);
    return dense_gemm('N', 'T', all_rows(node), out, in, 1, x, in, w, in, 0, run->out[0], out);
}

static fsnn_status multiply_input(const op_node *node, const op_run *run)
{
    const dense_bf16 *rounded = rounded_now(&((linear_state *)node->state)->rounded, node);
    int64_t in = inputs_of(node), out = ((const fsnn_linear *)node->options)->out;
    const real *gy = run->gout[0], *w = run->value[WEIGHT];
    if (rounded)
        return dense_bf16_backward_data(rounded, gy, w, run->gin[0], run->scratch);
    return dense_gemm('N', 'N', all_rows(node), in, out, 1, gy, out, w, in, 0, run->gin[0], in);
}

static fsnn_status multiply_weights(const op_node *node, const op_run *run)
{
    const dense_bf16 *rounded = rounded_now(&((linear_state *)node->state)->rounded, node);
    int64_t in = inputs_of(node), out = ((const fsnn_linear *)node->options)->out;
    const real *gy = run->gout[0], *x = run->in[0];
    if (rounded)
        return dense_bf16_backward_weights(rounded, x, gy, run->grad[WEIGHT], run->scratch);
    return dense_gemm('T', 'N', out, in, all_rows(node), 1, gy, out, x, in, 1, run->grad[WEIGHT],
                      in);
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    fsnn_spikes space;
    linear_state *state = node->state;
    const fsnn_linear *o = node->options;
    int64_t out = o->out, rows = all_rows(node);
    const real *bias = o->bias ? run->value[BIAS] : NULL, *weight = run->value[WEIGHT];
    if (state->few.at) {
        few_forward(&state->few, run->in[0], run->spikes[0], rows, weight, bias, run->out[0],
                    run->scratch);
        return FSNN_OK;
    }
    if (state->int8.planned) {
        if (int8_forward(&state->int8, rows, run->in[0], run->spikes[0], weight, bias, run->out[0],
                         run->scratch))
            return FSNN_OK;
        weight = int8_rounded(&state->int8, weight);
    }
    const fsnn_spikes *lists = lists_of(node, run, share_forward(node), &space);
    if (lists)
        return events_forward(&state->events, lists, out, weight, bias, run->out[0]);
    FSNN_TRY(multiply(node, run, weight));
    if (bias) {
        biases s = {run->out[0], bias, out};
        fsnn_parallel_range(rows, 1 + 16384 / out, add_bias, &s);
    }
    return FSNN_OK;
}

/* Whether gy is so sparse that its zeros are skipped; found anew in each call. */
static bool skips_zeros(const op_node *node, const real *gy)
{
    sparse_wish wish = ((const linear_state *)node->state)->wish;
    const sparse_sizes s = sizes_of(node);
    if (wish == SPARSE_NEVER || !sparse_worth(&s))
        return false;
    return wish == SPARSE_ALWAYS || sparse_look(&s, gy) < share_of(node, SPARSE_SHARE);
}

/* Both products of a gradient that is mostly zeros, but for that of listed input. */
static fsnn_status skip_zeros(const op_run *run, const sparse_sizes *s, bool listed)
{
    return sparse_products(s, run->gout[0], run->in[0], listed ? NULL : run->grad[WEIGHT],
                           run->value[WEIGHT], run->gin[0], run->scratch);
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    const fsnn_linear *o = node->options;
    const real *gy = run->gout[0];
    fsnn_spikes space;
    const sparse_sizes s = sizes_of(node);
    const fsnn_spikes *lists =
        run->grad[WEIGHT] ? lists_of(node, run, spikes_weights(s.rows), &space) : NULL;
    bool left = run->gin[0] || (run->grad[WEIGHT] && !lists), skips = left && skips_zeros(node, gy);
    if (lists)
        FSNN_TRY(events_weights(&((linear_state *)node->state)->events, lists, s.out, gy,
                                run->grad[WEIGHT]));
    if (skips)
        FSNN_TRY(skip_zeros(run, &s, lists != NULL));
    if (!skips && !lists && run->grad[WEIGHT])
        FSNN_TRY(multiply_weights(node, run));
    if (!skips && run->gin[0])
        FSNN_TRY(multiply_input(node, run));
    if (o->bias && run->grad[BIAS])
        op_column_add(gy, s.rows, s.out, run->scratch, run->grad[BIAS]);
    return FSNN_OK;
}

static fsnn_status changed(op_node *node, real *const *value, bool *anew)
{
    (void)value;
    (void)anew;
    linear_state *state = node->state;
    few_changed(&state->few);
    int8_changed(&state->int8);
    return FSNN_OK;
}

static void destroy(op_node *node)
{
    linear_state *state = node->state;
    events_close(&state->events);
    few_close(&state->few);
    rounded_close(&state->rounded);
    int8_close(&state->int8);
    close_made(state);
}

const fsnn_op op_linear = {
    .kind = "linear",
    .help = "y = x W^T + b over the last dimension",
    .options_size = sizeof(fsnn_linear),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .flags = OP_NEEDS_IN | OP_LATER | OP_SPIKES,
    .state_size = sizeof(linear_state),
    .shape = shape,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .changed = changed,
    .destroy = destroy,
};

/* op/head.c: classification head: the mean over the tokens of each sample, then y = m W^T + b; the
 * mean over time is the loss's. Backward: gW += gy^T m, gb += sum gy, gm = gy W, spread evenly.
 * Cost: one pass over the input and D * out multiply-adds a sample and step. */
#include "op/check.h"
#include "op/kernels.h"
#include "op/reduce.h"
#include "op/tokens.h"
#include "tensor/dense.h"

static const fsnn_head defaults = {.bias = true};

static const fsnn_key keys[] = {
    {.name = "out",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_head, out),
     .min = 1,
     .max = INT32_MAX,
     .required = true,
     .help = "number of classes"},
    {.name = "bias",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_head, bias),
     .help = "add a bias"},
    {.name = "features",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_head, features),
     .names = tokens_features_names,
     .help = "axis of the features; the mean is over all others: first, [D, tokens] or [D, H, W]; "
             "last, [tokens, D]"},
    {0},
};

enum { WEIGHT, BIAS };

static int features_axis(const op_node *node)
{
    const fsnn_head *o = node->options;
    return o->features == FSNN_FEATURES_FIRST ? 0 : node->in[0].rank - 1;
}

static int64_t features_of(const op_node *node)
{
    return node->in[0].dim[features_axis(node)];
}

static fsnn_status shape(op_node *node)
{
    const fsnn_head *o = node->options;
    FSNN_TRY(op_check(node, "out", o->out, 1, INT32_MAX));
    if ((unsigned)o->features > FSNN_FEATURES_LAST)
        return fsnn_fail(FSNN_EARGUMENT, "head \"%s\": features %d is neither first nor last",
                         node->name, (int)o->features);
    if (node->in[0].rank < 1)
        return fsnn_fail(FSNN_ESHAPE,
                         "head \"%s\": its input is a scalar: it takes features and tokens",
                         node->name);
    int64_t D = features_of(node);
    op_output(node, 0, FSNN_SHAPE(o->out), false);
    node->params = 0;
    op_add_weight(node, FSNN_SHAPE(o->out, D), D);
    if (o->bias)
        op_add_bias(node, o->out, D, false);
    node->operations = fsnn_shape_count(&node->in[0]) + op_product(D, o->out);
    return FSNN_OK;
}

/* Means stay on the tape in training; the scratch holds partial sums, then gradients of means. */
typedef struct sizes {
    int64_t rows, D, out;
    size_t means, parts; /* bytes */
} sizes;

static sizes sizes_of(const op_node *node)
{
    const fsnn_head *o = node->options;
    sizes s = {.rows = node->K * node->B, .D = features_of(node), .out = o->out};
    s.means = (size_t)(s.rows * s.D) * sizeof(real);
    s.parts = o->bias ? (size_t)op_column_parts(s.rows, s.out) * sizeof(double) : 0;
    return s;
}

static fsnn_status plan(op_node *node)
{
    sizes s = sizes_of(node);
    node->scratch_bytes = s.means + (node->training ? s.parts : 0);
    node->tape_bytes = node->training ? s.means : 0;
    return dense_prepare();
}

static reduce_walk walk_of(const op_node *node)
{
    bool gone[FSNN_MAX_RANK];
    for (int d = 0; d < FSNN_MAX_RANK; d++)
        gone[d] = d != features_axis(node);
    return reduce_walk_of(&node->in[0], node->in_last[0], gone);
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    const fsnn_head *o = node->options;
    reduce_walk w = walk_of(node);
    sizes s = sizes_of(node);
    real *mean = node->training ? run->tape : run->scratch, *y = run->out[0];
    reduce_sums(&w, s.rows, 1 / (double)w.gone_count, run->in[0], mean);
    for (int64_t r = 0; o->bias && r < s.rows; r++)
        for (int64_t c = 0; c < s.out; c++)
            y[r * s.out + c] = run->value[BIAS][c];
    return dense_gemm('N', 'T', s.rows, s.out, s.D, 1, mean, s.D, run->value[WEIGHT], s.D,
                      o->bias ? 1 : 0, y, s.out);
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    const fsnn_head *o = node->options;
    sizes s = sizes_of(node);
    const real *gy = run->gout[0], *mean = run->tape;
    real *gmean = (real *)(void *)((char *)run->scratch + s.parts);
    if (run->grad[WEIGHT])
        FSNN_TRY(dense_gemm('T', 'N', s.out, s.D, s.rows, 1, gy, s.out, mean, s.D, 1,
                            run->grad[WEIGHT], s.D));
    if (o->bias && run->grad[BIAS])
        op_column_add(gy, s.rows, s.out, run->scratch, run->grad[BIAS]);
    if (!run->gin[0])
        return FSNN_OK;
    FSNN_TRY(dense_gemm('N', 'N', s.rows, s.D, s.out, 1, gy, s.out, run->value[WEIGHT], s.D, 0,
                        gmean, s.D));
    reduce_walk w = walk_of(node);
    reduce_spread(&w, s.rows, (real)(1 / (double)w.gone_count), gmean, run->gin[0]);
    return FSNN_OK;
}

const fsnn_op op_head = {
    .kind = "head",
    .help = "classification head: the mean over all tokens, then a linear layer",
    .options_size = sizeof(fsnn_head),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .flags = OP_LAST,
    .shape = shape,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};

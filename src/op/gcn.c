/* op/gcn.c: a graph convolution, y = S (x W^T) + b (T. Kipf and M. Welling 2017), one sample
 * [nodes, F] the whole graph. Backward: gz = S^T gy, gx = gz W, gW += gz^T x, gb += sum of gy over
 * nodes and rows. Cost: a matrix product over all nodes, and one multiply-add an entry of S and
 * output. */
#include "op/check.h"
#include "base/whole.h"
#include "op/kernels.h"
#include "op/propagate.h"
#include "tensor/dense.h"

static const fsnn_graph_layer defaults = {
    .bias = true, .self_loops = true, .loops_in_degree = true};

static const fsnn_key keys[] = {
    {.name = "out",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_graph_layer, out),
     .min = 1,
     .max = INT32_MAX,
     .required = true,
     .help = "features of a node in the output"},
    {.name = "bias",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_graph_layer, bias),
     .help = "add a bias"},
    PROPAGATE_KEYS,
    {0},
};

enum { WEIGHT, BIAS };

static int64_t rows_of(const op_node *node)
{
    return node->K * node->B * node->in[0].dim[0];
}

static fsnn_status shape(op_node *node)
{
    const fsnn_graph_layer *o = node->options;
    const propagate_state *st = node->state;
    FSNN_TRY(op_check(node, "out", o->out, 1, INT32_MAX));
    FSNN_TRY(propagate_check(node));
    int64_t nodes = node->in[0].dim[0], in = node->in[0].dim[1];
    op_output(node, 0, FSNN_SHAPE(nodes, o->out), false);
    node->params = 0;
    op_add_weight(node, FSNN_SHAPE(o->out, in), in);
    if (o->bias)
        op_add_bias(node, o->out, in, false);
    node->operations = op_product(op_product(nodes, in) + st->forward.start[nodes], o->out);
    return FSNN_OK;
}

/* z [rows, out], then the parts of the sum of the bias' gradient. */
static size_t product_bytes(const op_node *node)
{
    const fsnn_graph_layer *o = node->options;
    size_t bytes = (size_t)(rows_of(node) * o->out) * sizeof(real);
    return whole_lines(bytes);
}

static fsnn_status plan(op_node *node)
{
    const fsnn_graph_layer *o = node->options;
    bool sums = o->bias && node->training;
    node->scratch_bytes = product_bytes(node);
    if (sums)
        node->scratch_bytes += (size_t)op_column_parts(rows_of(node), o->out) * sizeof(double);
    return dense_prepare();
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    const fsnn_graph_layer *o = node->options;
    const propagate_state *st = node->state;
    int64_t in = node->in[0].dim[1];
    real *z = run->scratch;
    FSNN_TRY(dense_gemm('N', 'T', rows_of(node), o->out, in, 1, run->in[0], in, run->value[WEIGHT],
                        in, 0, z, o->out));
    propagate_multiply(&st->forward, node->K * node->B, o->out, z,
                       o->bias ? run->value[BIAS] : NULL, run->out[0]);
    return FSNN_OK;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    const fsnn_graph_layer *o = node->options;
    const propagate_state *st = node->state;
    int64_t in = node->in[0].dim[1], out = o->out, rows = rows_of(node);
    real *gz = run->scratch;
    propagate_multiply(&st->backward, node->K * node->B, out, run->gout[0], NULL, gz);
    if (run->grad[WEIGHT])
        FSNN_TRY(dense_gemm('T', 'N', out, in, rows, 1, gz, out, run->in[0], in, 1,
                            run->grad[WEIGHT], in));
    if (run->gin[0])
        FSNN_TRY(dense_gemm('N', 'N', rows, in, out, 1, gz, out, run->value[WEIGHT], in, 0,
                            run->gin[0], in));
    if (o->bias && run->grad[BIAS])
        op_column_add(run->gout[0], rows, out,
                      (double *)(void *)((char *)run->scratch + product_bytes(node)),
                      run->grad[BIAS]);
    return FSNN_OK;
}

const fsnn_op op_gcn = {
    .kind = "gcn",
    .help = "y = S (x W^T) + b: a linear layer, then the mean over neighbours, [nodes, F] -> "
            "[nodes, out]",
    .options_size = sizeof(fsnn_graph_layer),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .flags = OP_NEEDS_IN,
    .state_size = sizeof(propagate_state),
    .create = propagate_create,
    .lend = propagate_lend,
    .shape = shape,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .destroy = propagate_destroy,
};

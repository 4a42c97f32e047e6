/* Layout conversions: channels-last to plain and back, put between nodes when a net is wrapped.
 * Both are a transpose of [H*W, C] in each row; the gradient is the other one. Cost: one pass over
 * memory. */
#include "net/data.h"
#include "tensor/turn.h"

typedef struct job {
    const real *in;
    real *out;
    int64_t from, to;
} job;

static void one(int64_t row, int worker, void *user)
{
    (void)worker;
    const job *j = user;
    const real *in = j->in + row * j->from * j->to;
    real *out = j->out + row * j->from * j->to;
    turn(in, j->to, out, j->from, j->from, j->to);
}

void net_transpose(const real *in, real *out, int64_t rows, int64_t from, int64_t to)
{
    job j = {in, out, from, to};
    fsnn_parallel(rows, one, &j);
}

static fsnn_status shape(op_node *node)
{
    node->outputs = 1;
    node->out[0] = node->in[0];
    node->out_last[0] = !node->in_last[0];
    return FSNN_OK;
}

static void convert(const op_node *node, bool to_last, const real *in, real *out)
{
    int64_t C = node->in[0].dim[0], P = fsnn_shape_count(&node->in[0]) / C;
    net_transpose(in, out, node->K * node->B, to_last ? C : P, to_last ? P : C);
}

static fsnn_status last_forward(op_node *node, const op_run *run)
{
    convert(node, true, run->in[0], run->out[0]);
    return FSNN_OK;
}

static fsnn_status last_backward(op_node *node, const op_run *run)
{
    if (run->gin[0])
        convert(node, false, run->gout[0], run->gin[0]);
    return FSNN_OK;
}

static fsnn_status plain_forward(op_node *node, const op_run *run)
{
    convert(node, false, run->in[0], run->out[0]);
    return FSNN_OK;
}

static fsnn_status plain_backward(op_node *node, const op_run *run)
{
    if (run->gin[0])
        convert(node, true, run->gout[0], run->gin[0]);
    return FSNN_OK;
}

const fsnn_op net_to_last = {.kind = "to channels-last",
                             .min_in = 1,
                             .max_in = 1,
                             .flags = OP_LAST | OP_CHOOSES,
                             .shape = shape,
                             .forward = last_forward,
                             .backward = last_backward};
const fsnn_op net_to_plain = {.kind = "to plain",
                              .min_in = 1,
                              .max_in = 1,
                              .flags = OP_LAST | OP_CHOOSES,
                              .shape = shape,
                              .forward = plain_forward,
                              .backward = plain_backward};

/* op/matmul.c: products of matrices in the last two dimensions, for each of the leading ones, time
 * and batch among them. Backward of C = s A B: gA = s gC B^T, gB = s A^T gC, each as it lies.
 * Cost: M K N multiply-adds a product, once forward and twice backward. */
#include "op/check.h"
#include "tensor/dense.h"

#include <math.h>

static const fsnn_matmul defaults = {.scale = 1};

static const fsnn_key keys[] = {
    {.name = "transpose_a",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_matmul, transpose_a),
     .help = "the first input is [.., K, M] in place of [.., M, K]"},
    {.name = "transpose_b",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_matmul, transpose_b),
     .help = "the second input is [.., N, K] in place of [.., K, N]"},
    {.name = "scale",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_matmul, scale),
     .min = -INFINITY,
     .max = INFINITY,
     .help = "constant factor of the product"},
    {0},
};

/* Rows and columns of input i, as it is multiplied. */
typedef struct sides {
    int64_t rows, columns;
} sides;

static sides sides_of(const op_node *node, int i)
{
    const fsnn_matmul *o = node->options;
    const fsnn_shape *s = &node->in[i];
    int64_t a = s->dim[s->rank - 2], b = s->dim[s->rank - 1];
    return (i ? o->transpose_b : o->transpose_a) ? (sides){b, a} : (sides){a, b};
}

static fsnn_status misfit(const op_node *node, const char *why)
{
    const fsnn_matmul *o = node->options;
    char a[128], b[128];
    return fsnn_fail(
        FSNN_ESHAPE, "matmul \"%s\": %s%s times %s%s: %s", node->name,
        fsnn_shape_text(&node->in[0], a, sizeof a), o->transpose_a ? " transposed" : "",
        fsnn_shape_text(&node->in[1], b, sizeof b), o->transpose_b ? " transposed" : "", why);
}

static fsnn_status shape(op_node *node)
{
    const fsnn_matmul *o = node->options;
    fsnn_shape out = node->in[0];
    if (!isfinite(o->scale))
        return fsnn_fail(FSNN_EARGUMENT, "matmul \"%s\": scale is %g, it must be finite",
                         node->name, o->scale);
    if (out.rank < 2 || node->in[1].rank < 2)
        return misfit(node, "both must be matrices, [M, K] and [K, N] after leading dimensions");
    if (node->in[1].rank != out.rank)
        return misfit(node, "both must have as many dimensions");
    for (int d = 0; d < out.rank - 2; d++)
        if (node->in[1].dim[d] != out.dim[d])
            return misfit(node, "all dimensions but the last two must be the same");
    sides a = sides_of(node, 0), b = sides_of(node, 1);
    if (a.columns != b.rows)
        return misfit(node, "the columns of the first must be as many as the rows of the second");
    out.dim[out.rank - 2] = a.rows;
    out.dim[out.rank - 1] = b.columns;
    op_output(node, 0, out, false);
    node->operations = op_product(fsnn_shape_count(&out), a.columns);
    return FSNN_OK;
}

static dense_operand operand(int64_t rows, int64_t columns, bool turned)
{
    return (dense_operand){rows * columns, 0, turned ? rows : columns, turned};
}

typedef struct parts {
    dense_operand a, b, c;
    int64_t M, K, N, count;
    real scale;
} parts;

static parts parts_of(const op_node *node)
{
    const fsnn_matmul *o = node->options;
    sides a = sides_of(node, 0), b = sides_of(node, 1);
    int64_t each = fsnn_shape_count(&node->out[0]) / (a.rows * b.columns);
    return (parts){operand(a.rows, a.columns, o->transpose_a),
                   operand(b.rows, b.columns, o->transpose_b),
                   operand(a.rows, b.columns, false),
                   a.rows,
                   a.columns,
                   b.columns,
                   node->K * node->B * each,
                   (real)o->scale};
}

static fsnn_status plan(op_node *node)
{
    (void)node;
    return dense_prepare();
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    parts p = parts_of(node);
    dense_batch s = {p.count, 1, p.M, p.N, p.K, p.scale, p.a, p.b, p.c};
    return dense_gemm_batch(&s, run->in[0], run->in[1], run->out[0]);
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    parts p = parts_of(node);
    dense_batch a = {p.count, 1, p.M, p.K, p.N, p.scale, p.c, dense_turned(p.b), p.a};
    dense_batch b = {p.count, 1, p.K, p.N, p.M, p.scale, dense_turned(p.a), p.c, p.b};
    if (run->gin[0])
        FSNN_TRY(dense_gemm_batch(&a, run->gout[0], run->in[1], run->gin[0]));
    return run->gin[1] ? dense_gemm_batch(&b, run->in[0], run->gout[0], run->gin[1]) : FSNN_OK;
}

const fsnn_op op_matmul = {
    .kind = "matmul",
    .help = "the product of the matrices in the last two dimensions of two inputs",
    .options_size = sizeof(fsnn_matmul),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 2,
    .max_in = 2,
    .flags = OP_NEEDS_IN,
    .shape = shape,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};

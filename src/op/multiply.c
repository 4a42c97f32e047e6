/* op/multiply.c: the product of the inputs, element by element, times a constant: of one input, a
 * scaling. Backward: each input gets the output's gradient times the others. Cost: a
 * multiplication an input. */
#include "op/check.h"

#include <assert.h>
#include <math.h>

enum { PIECE = 16384 };

static const fsnn_multiply defaults = {.scale = 1};

static const fsnn_key keys[] = {
    {.name = "scale",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(fsnn_multiply, scale),
     .min = -INFINITY,
     .max = INFINITY,
     .help = "constant factor of the product"},
    {0},
};

static fsnn_status shape(op_node *node)
{
    const fsnn_multiply *o = node->options;
    char first[128], other[128];
    if (!isfinite(o->scale))
        return fsnn_fail(FSNN_EARGUMENT, "multiply \"%s\": scale is %g, it must be finite",
                         node->name, o->scale);
    for (int i = 1; i < node->inputs; i++) {
        assert(node->in_last[i] == node->in_last[0]);
        if (!fsnn_shape_equal(&node->in[i], &node->in[0]))
            return fsnn_fail(FSNN_ESHAPE,
                             "multiply \"%s\": input %d is %s but input 0 is %s: all must have one "
                             "shape",
                             node->name, i, fsnn_shape_text(&node->in[i], other, sizeof other),
                             fsnn_shape_text(&node->in[0], first, sizeof first));
    }
    op_output(node, 0, node->in[0], node->in_last[0]);
    node->operations = node->inputs * fsnn_shape_count(&node->in[0]);
    return FSNN_OK;
}

typedef struct job {
    const op_run *run;
    const real *from; /* what the product starts from */
    real *to;
    real scale;
    int first, inputs, left_out; /* factors: inputs first, ... but for one */
} job;

static void product(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    real *y = j->to;
#pragma omp simd
    for (int64_t i = begin; i < end; i++)
        y[i] = j->scale * j->from[i];
    for (int k = j->first; k < j->inputs; k++) {
        const real *x = j->run->in[k];
        if (k == j->left_out)
            continue;
#pragma omp simd
        for (int64_t i = begin; i < end; i++)
            y[i] *= x[i];
    }
}

static int64_t size_of(const op_node *node)
{
    return node->K * node->B * fsnn_shape_count(&node->in[0]);
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    const fsnn_multiply *o = node->options;
    job j = {run, run->in[0], run->out[0], (real)o->scale, 1, node->inputs, -1};
    fsnn_parallel_range(size_of(node), PIECE, product, &j);
    return FSNN_OK;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    const fsnn_multiply *o = node->options;
    for (int i = 0; i < node->inputs; i++) {
        job j = {run, run->gout[0], run->gin[i], (real)o->scale, 0, node->inputs, i};
        if (j.to)
            fsnn_parallel_range(size_of(node), PIECE, product, &j);
    }
    return FSNN_OK;
}

const fsnn_op op_multiply = {
    .kind = "multiply",
    .help = "a constant times the product of inputs of one shape, element by element",
    .options_size = sizeof(fsnn_multiply),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = OP_MAX_IN,
    .flags = OP_LAST | OP_NEEDS_IN,
    .shape = shape,
    .forward = forward,
    .backward = backward,
};

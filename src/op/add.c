/* op/add.c: the sum of two or more inputs of one shape; each gets the output's gradient. */
#include "op/check.h"

#include <assert.h>
#include <string.h>

enum { PIECE = 16384 };

static fsnn_status shape(op_node *node)
{
    char first[128], other[128];
    for (int i = 1; i < node->inputs; i++) {
        assert(node->in_last[i] == node->in_last[0]);
        if (!fsnn_shape_equal(&node->in[i], &node->in[0]))
            return fsnn_fail(FSNN_ESHAPE,
                             "add \"%s\": input %d is %s but input 0 is %s: all must have one "
                             "shape",
                             node->name, i, fsnn_shape_text(&node->in[i], other, sizeof other),
                             fsnn_shape_text(&node->in[0], first, sizeof first));
    }
    op_output(node, 0, node->in[0], node->in_last[0]);
    node->operations = (node->inputs - 1) * fsnn_shape_count(&node->in[0]);
    return FSNN_OK;
}

typedef struct job {
    const op_run *run;
    int inputs;
} job;

static void sum(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    real *y = j->run->out[0];
    memcpy(y + begin, j->run->in[0] + begin, (size_t)(end - begin) * sizeof *y);
    for (int k = 1; k < j->inputs; k++) {
        const real *x = j->run->in[k];
#pragma omp simd
        for (int64_t i = begin; i < end; i++)
            y[i] += x[i];
    }
}

static void copy(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    for (int k = 0; k < j->inputs; k++)
        if (j->run->gin[k])
            memcpy(j->run->gin[k] + begin, j->run->gout[0] + begin,
                   (size_t)(end - begin) * sizeof(real));
}

static int64_t size_of(const op_node *node)
{
    return node->K * node->B * fsnn_shape_count(&node->in[0]);
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    job j = {run, node->inputs};
    fsnn_parallel_range(size_of(node), PIECE, sum, &j);
    return FSNN_OK;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    job j = {run, node->inputs};
    fsnn_parallel_range(size_of(node), PIECE, copy, &j);
    return FSNN_OK;
}

const fsnn_op op_add = {
    .kind = "add",
    .help = "the sum of two or more inputs of one shape",
    .min_in = 2,
    .max_in = OP_MAX_IN,
    .flags = OP_LAST,
    .shape = shape,
    .forward = forward,
    .backward = backward,
};

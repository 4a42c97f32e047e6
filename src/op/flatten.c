/* op/flatten.c: all dimensions of a sample as one. A view: nothing moves. */
#include "op/check.h"

static fsnn_status shape(op_node *node)
{
    op_output(node, 0, FSNN_SHAPE(fsnn_shape_count(&node->in[0])), false);
    return FSNN_OK;
}

const fsnn_op op_flatten = {
    .kind = "flatten",
    .help = "all dimensions as one",
    .min_in = 1,
    .max_in = 1,
    .flags = OP_VIEW,
    .shape = shape,
};

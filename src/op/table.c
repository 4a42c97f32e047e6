/* op/table.c: all operators. A new one is a file beside this and a row here. */
#include "op/op.h"

extern const fsnn_op op_linear, op_conv2d, op_maxpool, op_avgpool, op_flatten, op_reshape,
    op_dropout, op_batchnorm, op_add, op_concat, op_split, op_voting, op_graph, op_gcn;

const fsnn_op *const fsnn_ops[] = {
    &op_linear,    &op_conv2d, &op_maxpool, &op_avgpool, &op_flatten, &op_reshape, &op_dropout,
    &op_batchnorm, &op_add,    &op_concat,  &op_split,   &op_voting,  &op_graph,  &op_gcn,     NULL,
};

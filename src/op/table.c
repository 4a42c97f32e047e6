/* op/table.c: all operators. A new one is a file beside this and a row here. */
#include "op/op.h"

extern const fsnn_op op_linear, op_conv1d, op_conv2d, op_convtranspose1d, op_convtranspose2d,
    op_upsample, op_maxpool, op_avgpool, op_sumpool, op_flatten, op_reshape, op_permute, op_dropout,
    op_batchnorm, op_layernorm, op_add, op_multiply, op_matmul, op_mean, op_sum, op_concat,
    op_split, op_attention, op_head, op_voting, op_graph, op_gcn, op_scale, op_tdbn, op_droppath,
    op_delayed_linear, op_learned_delay;

const fsnn_op *const fsnn_ops[] = {
    /* weights over space */
    &op_linear, &op_conv1d, &op_conv2d, &op_convtranspose1d, &op_convtranspose2d, &op_scale,
    /* windows */
    &op_maxpool, &op_avgpool, &op_sumpool, &op_upsample,
    /* the same numbers in another form */
    &op_flatten, &op_reshape, &op_permute,
    /* regularisation */
    &op_dropout, &op_droppath, &op_batchnorm, &op_tdbn, &op_layernorm,
    /* several inputs, several outputs */
    &op_add, &op_multiply, &op_matmul, &op_concat, &op_split,
    /* over axes and tokens */
    &op_mean, &op_sum, &op_attention, &op_head, &op_voting,
    /* over time */
    &op_learned_delay, &op_delayed_linear,
    /* along the edges of a graph */
    &op_graph, &op_gcn, NULL};

/* op/conv.h: convolution (cross-correlation, as networks have it) of lines [C, L] and images
 * [C, H, W], channels-last in memory; a line is an image of height 1. */
#ifndef FSNN_OP_CONV_H
#define FSNN_OP_CONV_H

#include "op/check.h"
#include "op/conv_choice.h"
#include "op/int8.h"

#define CONV_MAX_OUT (1 << 24)
#define CONV_MAX_SIDE 65536

/* What the kernels were made for; made anew only when something of it changes. */
typedef struct conv_build {
    dense_conv_shape shape;
    int64_t training, data, threads;
} conv_build;

typedef struct conv_state {
    fsnn_conv2d options; /* of a line: height 1 */
    dense_conv *conv;
    conv_build built;
    conv_events events; /* of the same sizes */
    conv_wish wish;
    bool by_events[2]; /* conv_way: whether that may be the way, for some input */
    int8_product int8;
} conv_state;

/* dims 1: a line, whose options stand in the second place of each pair; 2: an image. */
fsnn_status conv_shape(op_node *node, const fsnn_conv2d *options, int dims);
fsnn_status conv_plan(op_node *node);
fsnn_status conv_forward(op_node *node, const op_run *run);
fsnn_status conv_backward(op_node *node, const op_run *run);
/* As fsnn_op.changed. */
fsnn_status conv_changed(op_node *node, real *const *value, bool *anew);
void conv_destroy(op_node *node);

#endif

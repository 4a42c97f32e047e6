/* op/transposed.h: transposed convolution of lines [C, L] and images [C, H, W], channels-last in
 * memory; a line is an image of height 1. */
#ifndef FSNN_OP_TRANSPOSED_H
#define FSNN_OP_TRANSPOSED_H

#include "op/check.h"
#include "tensor/dense.h"

#define TRANSPOSED_MAX_OUT (1 << 24)
#define TRANSPOSED_MAX_SIDE 65536

/* What the kernels were made for; made anew only when something of it changes. */
typedef struct transposed_build {
    dense_conv_shape shape;
    int64_t threads;
} transposed_build;

typedef struct transposed_state {
    fsnn_convtranspose2d options; /* of a line: height 1 */
    dense_conv *adjoint;          /* the convolution that goes the other way */
    transposed_build built;
} transposed_state;

/* dims 1: a line, whose options stand in the second place of each pair; 2: an image. */
fsnn_status transposed_shape(op_node *node, const fsnn_convtranspose2d *options, int dims);
fsnn_status transposed_plan(op_node *node);
fsnn_status transposed_forward(op_node *node, const op_run *run);
fsnn_status transposed_backward(op_node *node, const op_run *run);
void transposed_destroy(op_node *node);

#endif

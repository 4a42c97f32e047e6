/* op/check.h: what the shape functions of the operators have in common. */
#ifndef FSNN_OP_CHECK_H
#define FSNN_OP_CHECK_H

#include "op/op.h"

/* `linear "fc1": out is 0, it must lie between 1 and 100` */
fsnn_status op_check(const op_node *node, const char *option, int64_t value, int64_t min,
                     int64_t max);
/* Input 0 is [C, H, W], and lies as the operator wants it. */
fsnn_status op_check_image(const op_node *node);
/* Both layouts of this shape are the same numbers in the same places. */
bool op_same_layouts(const fsnn_shape *shape);
/* One output of this shape, channels-last when `last` and that makes a difference. */
void op_output(op_node *node, int port, fsnn_shape shape, bool last);

/* Weight and bias as they start: U(-1/sqrt(fan_in), 1/sqrt(fan_in)). */
void op_add_weight(op_node *node, fsnn_shape shape, int64_t fan_in);
void op_add_bias(op_node *node, int64_t size, int64_t fan_in);

/* A window that slides over an image, pairs are (height, width). */
typedef struct op_window {
    const int64_t *kernel, *stride, *padding, *dilation;
} op_window;

/* Checks the options and how the window fits into image input 0; size of the output. */
fsnn_status op_check_window(const op_node *node, const op_window *window, int64_t out[2]);

#endif

/* op/check.h: what the shape functions of the operators have in common. */
#ifndef FSNN_OP_CHECK_H
#define FSNN_OP_CHECK_H

#include "op/op.h"

/* A product of sizes; INT64_MAX where it is that or more. */
static inline int64_t op_product(int64_t a, int64_t b)
{
    int64_t product;
    return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}

/* `linear "fc1": out is 0, it must lie between 1 and 100` */
fsnn_status op_check(const op_node *node, const char *option, int64_t value, int64_t min,
                     int64_t max);
/* That something is left out with this probability p: at least 0 and less than 1. */
fsnn_status op_check_probability(const op_node *node, double p);
/* The groups divide the channels of input 0, [C, ...], and `out`. */
fsnn_status op_check_groups(const op_node *node, int64_t groups, int64_t out);
/* Input 0 is a line [C, L] (dims 1) or an image [C, H, W] (dims 2; 0: either), and lies as an
 * operator with OP_WANTS_LAST has it. */
fsnn_status op_check_image(const op_node *node, int dims);
/* Both layouts of this shape are the same numbers in the same places. */
bool op_same_layouts(const fsnn_shape *shape);
/* One output of this shape, channels-last when `last` and that makes a difference. */
void op_output(op_node *node, int port, fsnn_shape shape, bool last);

/* Weight and bias as they start: U(-1/sqrt(fan_in), 1/sqrt(fan_in)). */
void op_add_weight(op_node *node, fsnn_shape shape, int64_t fan_in);
/* channel: added along the first dimension of the output (op_param). */
void op_add_bias(op_node *node, int64_t size, int64_t fan_in, bool channel);

/* A window that slides over a line (dims 1) or an image (dims 2, then (height, width)). */
typedef struct op_window {
    int dims;
    const int64_t *kernel, *stride, *padding, *dilation; /* [dims] */
} op_window;

/* Checks the options and how the window fits into input 0; size of the output, out [dims]. */
fsnn_status op_check_window(const op_node *node, const op_window *window, int64_t *out);

/* "3x2", or "3" for a line. */
enum { OP_SIZE_TEXT = 48 };
const char *op_size_text(const int64_t *size, int dims, char text[OP_SIZE_TEXT]);

#endif

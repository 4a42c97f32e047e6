/* op/max_pairs.h: max pooling over 2x2 windows side by side, the commonest, by kernels of our own;
 * every other window is the dense-kernel library's. Same numbers to the bit, a byte of tape an
 * output. */
#ifndef FSNN_OP_MAX_PAIRS_H
#define FSNN_OP_MAX_PAIRS_H

#include "tensor/dense.h"

bool max_pairs_fit(const dense_pool_shape *shape);
size_t max_pairs_tape(const dense_pool_shape *shape); /* bytes */
/* x [rows, H, W, C] -> y [rows, OH, OW, C]; tape NULL: backward will not come */
void max_pairs_forward(const dense_pool_shape *shape, const real *x, real *y, void *tape);
/* gx is written, zeros included */
void max_pairs_backward(const dense_pool_shape *shape, const real *gy, real *gx, const void *tape);

/* Images of even sides can be taken piece by piece: `count` numbers of two lines, x [2, count],
 * from number `from` of line `line` (even) of image `row` on, multiples of 2 C. */
bool max_pairs_even(const dense_pool_shape *s);
void max_pairs_forward_patch(const dense_pool_shape *s, int64_t row, int64_t line, int64_t from,
                             int64_t count, const real *x, real *y, void *tape);
void max_pairs_backward_patch(const dense_pool_shape *s, int64_t row, int64_t line, int64_t from,
                              int64_t count, const real *gy, real *gx, const void *tape);

#endif

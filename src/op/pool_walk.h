/* op/pool_walk.h: sums, means and maxima over windows that may differ in size, on channels-last
 * images: what the dense-kernel library has not, adaptive windows and sums that are exact for
 * spikes. */
#ifndef FSNN_OP_POOL_WALK_H
#define FSNN_OP_POOL_WALK_H

#include "op/op.h"

typedef enum pool_walk_kind { POOL_SUM, POOL_MEAN, POOL_MAX } pool_walk_kind;

/* One axis: `in` points to `out` windows, each `kernel` points every `stride` points, the first
 * `padding` before the border; kernel 0: adaptive, from floor(i in/out) to ceil((i + 1) in/out) -
 * 1. */
typedef struct pool_axis {
    int64_t in, out, kernel, stride, padding;
} pool_axis;

typedef struct pool_walk {
    pool_walk_kind kind;
    int64_t rows, C;
    pool_axis axis[2]; /* height, width */
} pool_walk;

/* Numbers of all windows of a channel together. */
int64_t pool_walk_points(const pool_walk *w);
size_t pool_walk_tape(const pool_walk *w); /* bytes: of maxima, where they were */
/* x [rows, H, W, C] -> y [rows, OH, OW, C]; tape NULL: backward will not come. A mean is over the
 * points inside of the image. Of equal maxima the first, row by row, wins; a NaN never does. */
void pool_walk_forward(const pool_walk *w, const real *x, real *y, void *tape);
/* gx is written, zeros included */
void pool_walk_backward(const pool_walk *w, const real *gy, real *gx, const void *tape);

#endif

/* tensor/dense_plain_conv.h: a convolution of the plain kernels, and its two ways: patches as a
 * side of a product (dense_plain_conv_pass_real.c), or channel by channel where every channel is a
 * group of its own (dense_plain_depthwise_real.c). */
#ifndef FSNN_DENSE_PLAIN_CONV_H
#define FSNN_DENSE_PLAIN_CONV_H

#include "tensor/dense.h"
#include "tensor/dense_plain_product.h"

/* The points of the input that have the same remainders by the stride: they see the output through
 * the same places of the kernel. */
typedef struct dense_phase {
    int64_t from[2], grid[2]; /* its first point, and how many it has */
    int64_t places;
    int64_t *place;       /* [places]: which of the kernel */
    int64_t (*offset)[2]; /* [places]: where in the output, from the point's number */
} dense_phase;

struct dense_conv {
    dense_conv_shape shape;
    int64_t places;       /* of the kernel */
    int64_t in, out;      /* channels of a group */
    int64_t pixels;       /* points of all outputs */
    int64_t (*offset)[2]; /* [places]: of a place of the kernel, from the patch's origin */
    int64_t phases;       /* with backward_data only */
    dense_phase *phase;
    int64_t chunk, chunks; /* of the pixels, whose sums for the weights stand apart */
    bool depthwise;
    size_t scratch;
};

/* What the output sees of the input, what a phase of the input sees of the output; all channels. */
product_patches dense_conv_patches(const dense_conv *conv, const real *x);
product_patches dense_phase_patches(const dense_conv *conv, const dense_phase *phase,
                                    const real *gy);
/* Where the output's points lie, and a phase's. */
product_rows dense_conv_rows(const dense_conv *conv);
product_rows dense_phase_rows(const dense_conv *conv, const dense_phase *phase);
/* Where a phase begins in the input. */
int64_t dense_phase_at(const dense_conv *conv, const dense_phase *phase);

/* Every point of the grid of all images: y [C] at `rows` = start [C] + the sum over the patch of x
 * times w [places, C]; start may be NULL. */
void dense_depthwise(const product_patches *p, int64_t images, const real *w, const real *start,
                     real *y, const product_rows *rows);
/* sums [chunks, places, C]: of x times gy over a chunk of the output's points. */
void dense_depthwise_weights(const dense_conv *conv, const real *x, const real *gy, real *sums);

#endif

/* op/int8.h: linear layers and convolutions with weights of 8 bits, for inference. A weight is a
 * whole number q in -127..127 times the scale of its output channel. Where the numbers of an input
 * are whole and in 0..127, as spikes and their sums are, the sums of q x are sums of whole numbers
 * in 32 bits: exact, and so the same whatever the instruction set, the threads, the rows of a call
 * and the way they are gone through. Any other input is left to the dense kernels, with q scale as
 * numbers. Cost: rows in out multiply-adds of bytes; rows of few events skip four zeros at a time.
 */
#ifndef FSNN_OP_INT8_H
#define FSNN_OP_INT8_H

#include "base/base.h"
#include "base/real.h"
#include "tensor/dense.h"
#include <fsnn/tensor.h>

/* INT8_ROWS: rows whose sums are taken together; INT8_SLICE: most columns of a slice. */
enum { INT8_MOST = 127, INT8_ROWS = 6, INT8_KINDS = 3, INT8_SLICE = 64 };

/* Sums of a few rows for a slice of columns. A row's bytes are `segments` stretches of `length`
 * bytes, a multiple of 4. */
typedef struct int8_block {
    const uint8_t *row[INT8_ROWS]; /* all may be read */
    const int64_t *offset;         /* [segments] of a stretch from the row */
    int64_t segments, length;
    const int32_t *index; /* listed sums: which fours of row[0], its only stretch, to take */
    int64_t count;
    const int8_t *weights;        /* [segments][length/4][width][4] */
    const real *scale, *bias;     /* [columns]; bias NULL: none */
    int64_t rows, columns, pitch; /* of y: rows to write, numbers from one to the next */
    real *y;                      /* sum * scale + bias, rounded twice */
    bool past;                    /* y may be written past the caches; its vectors are aligned */
} int8_block;

/* For slices of one, two and four vectors of columns. */
typedef struct int8_sums {
    void (*dense[INT8_KINDS])(const int8_block *b);
    void (*listed[INT8_KINDS])(const int8_block *b); /* of one row */
} int8_sums;

typedef struct int8_kernels {
    int lanes, kinds;      /* columns of a vector; kinds of slices: lanes << kind columns */
    int8_sums plain, vnni; /* vnni: by VNNI instructions; NULLs where they were not built */
    /* The bytes of x [n]; false: it has other numbers than whole ones in 0..127. */
    bool (*bytes)(const real *x, int64_t n, uint8_t *to);
    /* Which of the fours of x [4 n] are not all 0; room for n + 16. Returns how many. */
    int64_t (*list)(const uint8_t *x, int64_t n, int32_t *index);
} int8_kernels;

extern const int8_kernels int8_kernels_base, int8_kernels_avx2, int8_kernels_avx512;

/* Zeroed: none. */
typedef struct int8_product {
    dense_conv_shape shape; /* but for its rows */
    bool planned, exact;    /* whether it has sums of bytes */
    const int8_kernels *kernels;
    const int8_sums *sums;
    int kind;
    int64_t width, slices;
    int64_t segments, length, *offset;
    int64_t line, image; /* bytes of a line and of an image with its padding */
    int8_t *weights;     /* [slices] of int8_block.weights */
    real *scale;         /* [out] */
    real *rounded;       /* [out, C/groups, kernel] */
    const real *from;    /* the W that they were made of; NULL: they are to be made */
} int8_product;

/* Room for the weights of a convolution; they are made at the next call. The shape was zeroed
 * before it was filled in. A linear layer is one of images of one pixel. */
fsnn_status int8_plan(int8_product *product, const dense_conv_shape *shape);
/* The same by given kernels, with or without VNNI. */
fsnn_status int8_plan_by(int8_product *product, const dense_conv_shape *shape,
                         const int8_kernels *kernels, bool vnni);
void int8_linear(int64_t in, int64_t out, dense_conv_shape *shape);
/* Values were written: the next call makes the weights anew. */
void int8_changed(int8_product *product);
void int8_close(int8_product *product);
/* Bytes of scratch of int8_forward. */
size_t int8_scratch(const int8_product *product, int64_t rows);
/* y [rows, OH, OW, out] of x [rows, H, W, C], or of `lists` (linear layers) where it is not NULL;
 * W [out, C, kernel], bias [out] or NULL. False, and y is not written, where x has numbers that are
 * not whole or not in 0..127, or the product has no such sums. */
bool int8_forward(int8_product *product, int64_t rows, const real *x, const fsnn_spikes *lists,
                  const real *weight, const real *bias, real *y, void *scratch);
/* The weights as numbers, q scale, in the layout of W. */
const real *int8_rounded(int8_product *product, const real *weight);

/* ---- weights (op/int8_weights.c) ---- */

/* The scale of w [n] with the least squared error of q scale, among the one that holds all of them
 * and some that clamp the largest: 0 where all are 0, NaN where one is not finite. */
real int8_calibrate(const real *w, int64_t n);
/* Weights, scales and rounded numbers of W. */
void int8_make(int8_product *product, const real *weight);

#endif

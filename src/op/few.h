/* op/few.h: y = x W^T + b for a few rows of x, of weights that stay the same from call to call: the
 * step of a stream. W^T is laid out once, so that a number of x that is not 0 adds one stretch of
 * memory, and one that is 0 costs nothing. */
#ifndef FSNN_OP_FEW_H
#define FSNN_OP_FEW_H

#include "base/base.h"
#include "base/real.h"
#include <fsnn/tensor.h>

/* Rows up to which it is worth it: each goes through the weights by itself. */
enum { FEW_ROWS = 4 };
/* Columns are worked on in slices of 16, 32 or 64, whose sums stay in registers. */
enum { FEW_KINDS = 3, FEW_LEAST = 16, FEW_SLICE = 64 };
/* Entries that a list may write behind its last. */
enum { FEW_MORE = 16 };

/* A row of x: all its numbers, or a list of some. */
typedef struct few_row {
    const int32_t *index; /* increasing; NULL: 0 ... count - 1 */
    const real *value;    /* of each; NULL: ones */
    int64_t count;
    int64_t piece; /* of a sum, see dense_piece() */
} few_row;

typedef struct few_kernels {
    /* as list_row in op/list_kernel.h */
    int64_t (*list)(const real *x, int64_t n, int32_t *index, real *value);
    /* y [columns] = sum over the row of its numbers times rows of w [in, width], and then bias
     * [width], for widths of 16, 32, 64; columns at most the width */
    void (*sum[FEW_KINDS])(const few_row *row, const real *w, const real *bias, int64_t columns,
                           real *y);
} few_kernels;

extern const few_kernels few_kernels_base, few_kernels_avx2, few_kernels_avx512;

typedef struct few_weights {
    real *at; /* W^T [slices][in][width], bias [slices][width]; NULL: not planned */
    int64_t in, out, width, slices;
    int kind;         /* index of the kernels */
    const real *from; /* the W that it was made of; NULL: it is to be made */
} few_weights;

/* Room for weights [out, in]; they are made at the next call of few_forward. */
fsnn_status few_plan(few_weights *few, int64_t in, int64_t out);
/* Values were written: the next call makes them anew. */
void few_changed(few_weights *few);
void few_close(few_weights *few);
/* Bytes of scratch of few_forward. */
size_t few_scratch(int64_t in);
/* y [rows, out] of x [rows, in], or of `lists` where it is not NULL; W [out, in], bias [out] or
 * NULL. A sum is that of a large dense_gemm, bit for bit where the library sums as dense_piece()
 * says, whether numbers are skipped or not and whatever the threads. Cost: out multiply-adds a
 * number that is not 0. */
void few_forward(few_weights *few, const real *x, const fsnn_spikes *lists, int64_t rows,
                 const real *weight, const real *bias, real *y, void *scratch);

#endif

/* op/kernels.h: inner loops of reductions and scalings, one table for each instruction set. Sums
 * are in double, in the order of memory, each column by itself. */
#ifndef FSNN_OP_KERNELS_H
#define FSNN_OP_KERNELS_H

#include "base/base.h"
#include "base/real.h"

typedef struct op_kernels {
    /* sum[c] += sum of g[n, C] over n; rows stand `stride` apart */
    void (*column_sums)(const real *g, int64_t n, int64_t C, int64_t stride, double *sum);
    /* x [n, C]: s[c] += sum of x, q[c] += sum of x^2 */
    void (*column_moments)(const real *x, int64_t n, int64_t C, double *s, double *q);
    /* g, x [n, C]: s[c] += sum of g, q[c] += sum of g (x - mean[c]) */
    void (*column_products)(const real *g, const real *x, const double *mean, int64_t n, int64_t C,
                            double *s, double *q);
    /* the same for one channel, n numbers in a row */
    void (*run_moments)(const real *x, int64_t n, double *s, double *q);
    void (*run_products)(const real *g, const real *x, double mean, int64_t n, double *s,
                         double *q);
} op_kernels;

extern const op_kernels op_kernels_base, op_kernels_avx2, op_kernels_avx512;

const op_kernels *op_kernels_get(void);

/* Maximum over 2x2 windows side by side, one line of OW outputs of C channels. The window of output
 * w is x[2w], x[2w+1] of C numbers each, and the same `below` numbers further on. */
typedef struct op_pool_kernels {
    /* y [OW, C]; where [OW, C]: which of the four (row by row) it was; NULL: not kept */
    void (*max_pairs)(const real *x, int64_t below, int64_t OW, int64_t C, real *y, uint8_t *where);
    /* gx (laid out like x) from gy; large: the whole of gx is larger than the caches */
    void (*max_pairs_back)(const real *gy, const uint8_t *where, int64_t below, int64_t OW,
                           int64_t C, real *gx, bool large);
} op_pool_kernels;

extern const op_pool_kernels op_pool_kernels_base, op_pool_kernels_avx2, op_pool_kernels_avx512;

const op_pool_kernels *op_pool_kernels_get(void);

/* Points top..bottom-1 x left..right-1 of an image [H, W, C], channels side by side. */
typedef struct op_patch {
    int64_t top, bottom, left, right, W, C;
} op_patch;

typedef struct op_patch_kernels {
    /* y [C] = scale times the sum over the patch of x [H, W, C], row by row */
    void (*sum)(const op_patch *p, const real *x, real scale, real *y);
    /* gx [H, W, C] += scale gy [C] all over the patch */
    void (*spread)(const op_patch *p, const real *gy, real scale, real *gx);
    /* y [C] = the largest of the patch of x, of equal ones the first, never a NaN; where [C]:
     * number of its point in the image, row by row; NULL: not kept */
    void (*largest)(const op_patch *p, const real *x, real *y, int32_t *where);
} op_patch_kernels;

extern const op_patch_kernels op_patch_kernels_base, op_patch_kernels_avx2, op_patch_kernels_avx512;

const op_patch_kernels *op_patch_kernels_get(void);

/* out[c] += sum of g [n, C] over n, in chunks that depend on n and C only. */
int64_t op_column_parts(int64_t n, int64_t C); /* doubles that `part` holds */
void op_column_add(const real *g, int64_t n, int64_t C, double *part, real *out);

#endif

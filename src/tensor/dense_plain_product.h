/* tensor/dense_plain_product.h: the blocked matrix product that the plain dense kernels are made
 * of. C[M,N] = alpha A[M,K] B[K,N] + beta C, where A and B are whatever a function lays out as
 * panels: matrices, or the patches of images that a convolution sees.
 *
 * Panels (Goto and van de Geijn 2008): A is cut into strips of a few rows, B into strips of a few
 * columns, as many as there are registers for; a strip lies number k of all of them side by side.
 * The kernel keeps the sums of a strip by a strip in registers.
 *
 * A sum is one chain of multiply-adds in the order of k, in pieces of PRODUCT_DEPTH that are added
 * up in their order: it depends neither on threads nor on M and N, so a row gives the same bits
 * alone and among others. */
#ifndef FSNN_DENSE_PLAIN_PRODUCT_H
#define FSNN_DENSE_PLAIN_PRODUCT_H

#include "base/base.h"
#include "base/real.h"

enum {
    PRODUCT_DEPTH = 192,   /* k at a time: a strip of B stays in the first cache */
    PRODUCT_ROWS = 144,    /* of A at a time: what a piece of A takes of the second cache */
    PRODUCT_COLUMNS = 256, /* of B at a time */
    PRODUCT_MOST = 1024    /* sums that a kernel keeps at most */
};

/* One table for each instruction set. */
typedef struct product_kernels {
    int64_t rows, columns; /* of a strip of A and of B */
    /* sum [rows, columns] = a strip of A times a strip of B; `used`: rows that are wanted */
    void (*multiply)(int64_t used, int64_t depth, const real *a, const real *b, real *sum);
    /* C[m][n] = alpha sum[m][n] + start[n] + beta C[m][n] of m < M, n < N; start may be NULL;
     * beta 0: C is not read */
    void (*store)(const real *sum, int64_t M, int64_t N, real alpha, real beta, const real *start,
                  real *const *C);
    /* panel [depth, width] from x, which has number i of k at x[k apart + i]; i >= count are 0 */
    void (*pack)(const real *x, int64_t apart, int64_t count, int64_t depth, int64_t width,
                 real *panel);
    /* the same from x[i apart + k] */
    void (*pack_turned)(const real *x, int64_t apart, int64_t count, int64_t depth, int64_t width,
                        real *panel);
    /* y [n] += x [n] w [n] */
    void (*multiply_add)(int64_t n, const real *x, const real *w, real *y);
    /* sum [C] += g [n, C] over n */
    void (*column_sums)(const real *g, int64_t n, int64_t C, double *sum);
} product_kernels;

extern const product_kernels product_kernels_base, product_kernels_avx2, product_kernels_avx512;

const product_kernels *product_kernels_get(void);

/* A matrix: number (i, k) is x[k apart + i], or x[i apart + k] where it is `turned`. */
typedef struct product_matrix {
    const real *x;
    int64_t apart;
    bool turned;
} product_matrix;

/* Patches of channels-last images: what each point of a grid sees, `places` points of an image and
 * `count` channels of each, zeros outside of the image. Number (i, k) is number k = (place,
 * channel) of the patch of point i of all images; where they are `turned`, i and k change roles. */
typedef struct product_patches {
    const real *x; /* [images, side[0], side[1], C] */
    int64_t side[2], C;
    int64_t first, count; /* channels that are seen */
    int64_t grid[2],
        step[2]; /* points of an image; how far apart the patches of neighbours begin */
    int64_t places;
    const int64_t (*offset)[2]; /* [places]: of a place from the patch's beginning */
    int64_t begin;              /* point that number 0 is */
    bool turned;
} product_patches;

/* One side of a product: A, where i is a row m, or B, where i is a column n. */
typedef struct product_side {
    /* panel [depth, width] of numbers i..i+count-1 at k..k+depth-1; what is beyond `count` is 0 */
    void (*pack)(const struct product_side *side, int64_t i, int64_t count, int64_t k,
                 int64_t depth, int64_t width, real *panel);
    union {
        product_matrix matrix;
        product_patches patches;
    };
} product_side;

product_side product_side_matrix(const real *x, int64_t apart, bool turned);
product_side product_side_patches(const product_patches *patches);
/* The channels at a place of the patch of point i; NULL: outside of the image. */
const real *product_patch_at(const product_patches *patches, int64_t i, int64_t place);

/* Where row m of C begins: the rows are points of images of grid[0] x grid[1]. */
typedef struct product_rows {
    int64_t grid[2], image, line, point;
} product_rows;

static inline product_rows product_rows_of(int64_t apart)
{
    return (product_rows){.grid = {1, 1}, .image = apart};
}

typedef struct product {
    int64_t M, N, K;
    real alpha, beta;
    const real *start; /* [N], added to every row; NULL: nothing */
    product_side a, b;
    real *C;
    product_rows rows;
} product;

/* `count` products of the same M and N, number i as make(i) gives it, on all threads. */
fsnn_status product_many(int64_t count, int64_t M, int64_t N,
                         void (*make)(int64_t i, const void *user, product *p), const void *user);
/* One product, on all threads. */
fsnn_status product_run(const product *p);
/* One product, on the thread that calls. */
fsnn_status product_run_here(const product *p);
/* Makes room for every thread, so that no call need allocate. */
fsnn_status product_prepare(void);

#endif

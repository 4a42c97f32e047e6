/* op/sparse.h: the products of a backward pass with a gradient that is mostly 0. Surrogates of
 * bounded support give exact zeros to neurons that were far from their threshold; only these are
 * skipped. */
#ifndef FSNN_OP_SPARSE_H
#define FSNN_OP_SPARSE_H

#include "base/base.h"
#include "base/real.h"

/* gy [rows, out]; the other side of the layer has `in` numbers a row. */
typedef struct sparse_sizes {
    int64_t rows, in, out;
    int tasks; /* that the scratch is for: no more threads work at once */
} sparse_sizes;

/* ---- kernels ---- */

/* Columns of gy that are listed together, columns of the other side that are worked on. */
enum { SPARSE_GROUP = 64, SPARSE_WIDTH = 64 };

/* Numbers of a group that are not 0, row by row: row SPARSE_GROUP + column, and value. There are at
 * most `most`; the arrays have room for 16 more. */
typedef struct sparse_list {
    int32_t *place;
    real *value;
    int64_t most;
} sparse_list;

typedef struct sparse_kernels {
    /* of gy [rows, columns], whose rows stand `stride` apart; returns how many there are, -1: there
     * may be more than there is room for */
    int64_t (*list)(const real *gy, int64_t rows, int64_t columns, int64_t stride,
                    const sparse_list *to);
    /* tile [SPARSE_GROUP, SPARSE_WIDTH] += the entries' transpose times x [rows, SPARSE_WIDTH] */
    void (*spread)(const sparse_list *list, int64_t entries, const real *x, real *tile);
    /* y [rows, SPARSE_WIDTH] += the entries times a tile [SPARSE_GROUP, SPARSE_WIDTH] */
    void (*gather)(const sparse_list *list, int64_t entries, const real *tile, real *y);
} sparse_kernels;

extern const sparse_kernels sparse_kernels_base, sparse_kernels_avx2, sparse_kernels_avx512;

/* ---- products ---- */

/* What the environment variable FSNN_GRADIENTS asks for: "dense" or "sparse" whatever the gradient,
 * to compare and to measure the two; else its zeros decide. */
typedef enum sparse_wish { SPARSE_BY_SHARE, SPARSE_NEVER, SPARSE_ALWAYS } sparse_wish;
sparse_wish sparse_wished(void);

/* Share of numbers other than 0 up to which skipping zeros is quicker than the dense products, from
 * bench/bench_sparse.c. */
#define SPARSE_SHARE 0.15

/* Whether products of these sizes are worth a look at the gradient. */
bool sparse_worth(const sparse_sizes *s);
/* Bytes of scratch of the two products below. */
size_t sparse_scratch(const sparse_sizes *s);
/* Share of numbers of gy that are not 0, from a sample of rows that depends on the sizes only. */
double sparse_look(const sparse_sizes *s, const real *gy);
/* gw [out, in] += gy^T x, x [rows, in]; gx [rows, in] = gy W, W [out, in]; gw or gx NULL: not
 * wanted. Rows that turn out to have too many numbers are multiplied as they are. Sums of float32
 * differ from dense ones by rounding, and depend neither on threads nor on scratch. Cost: in
 * multiply-adds a number that is not 0, and product. */
fsnn_status sparse_products(const sparse_sizes *s, const real *gy, const real *x, real *gw,
                            const real *w, real *gx, void *scratch);

#endif

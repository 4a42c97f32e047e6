/* scan/fused_rows_kernel.h: rows of 32 as a few vectors, and sums over the past of a group
 * of tiles: what both directions of the fused scan share. */
#ifndef FSNN_SCAN_FUSED_ROWS_KERNEL_H
#define FSNN_SCAN_FUSED_ROWS_KERNEL_H

#include "base/isa_kernel.h"
#include "base/vec_kernel.h"
#include "scan/fused.h"

enum { VECS = ROW_LANES / VEC };

typedef struct row {
    vec v[VECS];
} row;

/* Constants among the arguments are to become constants: choices stand outside of the loops. */
#define ALWAYS inline __attribute__((always_inline))

#define EACH_VEC _Pragma("GCC unroll 8") for (int i = 0; i < VECS; i++)

static ALWAYS row row_load(const real *p)
{
    row r;
    EACH_VEC r.v[i] = vec_load(p + i * VEC);
    return r;
}

static ALWAYS void row_put(real *p, const row *r, bool past)
{
    EACH_VEC vec_put(p + i * VEC, r->v[i], past);
}

/* Both lines of a row. Harmless where there is no such row. */
static ALWAYS void row_ask(const real *p)
{
    __builtin_prefetch(p);
    __builtin_prefetch(p + 16);
}

/* a where the mask's lanes are -1, b where they are 0. */
static ALWAYS vec vec_choose(vec_int mask, vec a, vec b)
{
    return (vec)(((vec_int)a & mask) | ((vec_int)b & ~mask));
}

/* What gives the derivative: a line of the loop, with a leak or without, or the model, for a
 * band. */
typedef enum derivative { PLAIN, LEAKY, WIDE, DERIVATIVES } derivative;

/* When a spike is tested for: ahead of the step, at v + dv, or after it, at the new potential, from
 * which it takes the threshold (reset `subtract`). */
typedef enum test { AHEAD, AFTER } test;

/* Where the arguments of a tile's tests after the step are kept. */
static inline real *rows_tested(const scan *s, int64_t tile)
{
    return (real *)s->tape.arg.data + scan_tape_row(s, tile) * ROW_LANES;
}

/* sum + sum_{l=least}^{lags} w_l x_{-l}, oldest first: the chain of frac_kernels.near. x_{-l} is l
 * rows before `next`. */
static ALWAYS row row_lags(row sum, const real *w, const real *next, int64_t lags, int64_t least)
{
    for (int64_t l = lags; l >= least; l--) {
        vec weight = vec_all(w[l]);
        EACH_VEC sum.v[i] = vec_madd(weight, vec_load(next - l * ROW_LANES + i * VEC), sum.v[i]);
    }
    return sum;
}

static ALWAYS row row_past(row sum, const real *w, const real *next, int64_t lags)
{
    return row_lags(sum, w, next, lags, 1);
}

/* Whether one pass over the rows before a block, for all of its outputs, is less work than a pass
 * for each of its steps. */
static inline bool rows_whole(int64_t before, int64_t steps)
{
    return before > 4 && steps > FRAC_BLOCK / 2;
}

/* An array of so many rows is larger than the caches: it is written past them. */
static inline bool rows_large(int64_t rows)
{
    return rows * (int64_t)sizeof(lanes) >= 8 << 20;
}

#endif

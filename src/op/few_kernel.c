/* op/few_kernel.c: the inner loop of products of few rows. The sums of a slice of columns stay in
 * registers while the numbers of a row go by. */
#include "base/isa_kernel.h"
#include "op/few.h"
#include "op/list_kernel.h"

#include <string.h>

#define ALWAYS static inline __attribute__((always_inline))
enum { MOST = FEW_SLICE / VEC };

/* sum += number e of the row times its row of w. */
ALWAYS void add(const few_row *r, int64_t e, const real *w, vec *sum, int vectors, bool listed,
                bool valued)
{
    const real *from = w + (listed ? r->index[e] : e) * vectors * VEC;
    for (int i = 0; i < vectors; i++)
        sum[i] = valued ? vec_madd(vec_all(r->value[e]), vec_load(from + i * VEC), sum[i])
                        : sum[i] + vec_load(from + i * VEC);
}

/* Numbers from e on, as long as they are of one piece; returns the first behind it. */
ALWAYS int64_t add_piece(const few_row *r, int64_t e, const real *w, vec *sum, int vectors,
                         bool listed, bool valued)
{
    int64_t at = listed ? r->index[e] : e, end = (at / r->piece + 1) * r->piece;
    if (!listed)
        end = end < r->count ? end : r->count;
    for (; listed ? e < r->count && r->index[e] < end : e < end; e++)
        add(r, e, w, sum, vectors, listed, valued);
    return e;
}

ALWAYS void add_row(const few_row *r, const real *w, vec *total, int vectors, bool listed,
                    bool valued)
{
    for (int64_t e = 0; e < r->count;) {
        vec sum[MOST];
        for (int i = 0; i < vectors; i++)
            sum[i] = (vec){0};
        e = add_piece(r, e, w, sum, vectors, listed, valued);
        for (int i = 0; i < vectors; i++)
            total[i] += sum[i];
    }
}

ALWAYS void slice(const few_row *r, const real *w, const real *bias, int64_t columns, real *y,
                  int vectors)
{
    vec total[MOST];
    for (int i = 0; i < vectors; i++)
        total[i] = (vec){0};
    if (!r->index)
        add_row(r, w, total, vectors, false, true);
    else if (r->value)
        add_row(r, w, total, vectors, true, true);
    else
        add_row(r, w, total, vectors, true, false);
    real last[FEW_SLICE], *to = columns == vectors * VEC ? y : last;
    for (int i = 0; i < vectors; i++)
        vec_store(to + i * VEC, total[i] + vec_load(bias + i * VEC));
    if (to == last)
        memcpy(y, last, (size_t)columns * sizeof *y);
}

#define SUM(width)                                                                                 \
    static void sum_##width(const few_row *row, const real *w, const real *bias, int64_t columns,  \
                            real *y)                                                               \
    {                                                                                              \
        slice(row, w, bias, columns, y, width / VEC);                                              \
    }

SUM(16)
SUM(32)
SUM(64)

const few_kernels FSNN_K(few_kernels) = {
    .list = list_row,
    .sum = {sum_16, sum_32, sum_64},
};

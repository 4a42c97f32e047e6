/* op/sparse_kernel.c: the inner loops of products with a gradient that is mostly 0. What an entry
 * of a list touches, SPARSE_WIDTH numbers of either side, is in the first cache or on its way. */
#include "base/isa_kernel.h"
#include "op/list_kernel.h"
#include "op/sparse.h"

enum { VECTORS = SPARSE_WIDTH / VEC };

/* The row of an entry, and its column, times SPARSE_WIDTH. */
static inline int32_t row_at(int32_t place)
{
    return place & ~(SPARSE_GROUP - 1);
}

static inline int32_t column_at(int32_t place)
{
    return (place & (SPARSE_GROUP - 1)) * SPARSE_WIDTH;
}

static int64_t list(const real *gy, int64_t rows, int64_t columns, int64_t stride,
                    const sparse_list *to)
{
    enum { AHEAD = 8 };
    int64_t e = 0;
    for (int64_t r = 0; r < rows; r++) {
        const real *row = gy + r * stride, *later = row + (r + AHEAD < rows ? AHEAD : 0) * stride;
        for (int64_t i = 0; i < columns; i += 64 / (int64_t)sizeof(real))
            __builtin_prefetch(later + i);
        if (e + SPARSE_GROUP > to->most)
            return -1;
        e += list_from((int32_t)r * SPARSE_GROUP, row, columns, to->place + e, to->value + e);
    }
    return e;
}

/* The additions to one row of the tile follow one another in the order of rows. */
static void spread(const sparse_list *list, int64_t entries, const real *x, real *tile)
{
    for (int64_t e = 0; e < entries; e++) {
        const real *from = x + row_at(list->place[e]);
        real *to = tile + column_at(list->place[e]);
        vec v = vec_all(list->value[e]);
        for (int i = 0; i < VECTORS; i++)
            vec_store(to + i * VEC, vec_madd(v, vec_load(from + i * VEC), vec_load(to + i * VEC)));
    }
}

/* A row of y stays in registers while the entries of its row go by. */
static void gather(const sparse_list *list, int64_t entries, const real *tile, real *y)
{
    for (int64_t e = 0; e < entries;) {
        const int32_t at = row_at(list->place[e]);
        vec sum[VECTORS];
        for (int i = 0; i < VECTORS; i++)
            sum[i] = vec_load(y + at + i * VEC);
        do {
            const real *from = tile + column_at(list->place[e]);
            vec v = vec_all(list->value[e++]);
            for (int i = 0; i < VECTORS; i++)
                sum[i] = vec_madd(v, vec_load(from + i * VEC), sum[i]);
        } while (e < entries && row_at(list->place[e]) == at);
        for (int i = 0; i < VECTORS; i++)
            vec_store(y + at + i * VEC, sum[i]);
    }
}

const sparse_kernels FSNN_K(sparse_kernels) = {.list = list, .spread = spread, .gather = gather};

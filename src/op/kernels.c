/* op/kernels.c: which kernels run, and sums over columns in parallel: a grid of chunks, added up in
 * the order of rows, so that the number of threads changes nothing. */
#include "op/kernels.h"

#include "base/isa.h"
#include "base/whole.h"

const op_kernels *op_kernels_get(void)
{
    static const op_kernels *const level[] = FSNN_BY_ISA(&op_kernels);
    return level[fsnn_isa_level()];
}

const op_pool_kernels *op_pool_kernels_get(void)
{
    static const op_pool_kernels *const level[] = FSNN_BY_ISA(&op_pool_kernels);
    return level[fsnn_isa_level()];
}

const op_patch_kernels *op_patch_kernels_get(void)
{
    static const op_patch_kernels *const level[] = FSNN_BY_ISA(&op_patch_kernels);
    return level[fsnn_isa_level()];
}

enum { ROWS = 256, MAX_CHUNKS = 64, COLUMNS = 256, PORTION = 4096 };

typedef struct grid {
    const real *g;
    int64_t n, C, chunk, chunks, blocks;
    double *part; /* [chunks, C] */
} grid;

static grid grid_of(int64_t n, int64_t C)
{
    grid s = {.n = n, .C = C, .chunk = ROWS};
    if (n > (int64_t)ROWS * MAX_CHUNKS)
        s.chunk = (n + MAX_CHUNKS - 1) / MAX_CHUNKS;
    s.chunks = (n + s.chunk - 1) / s.chunk;
    s.blocks = (C + COLUMNS - 1) / COLUMNS;
    return s;
}

static void one(int64_t i, int worker, void *user)
{
    (void)worker;
    const grid *s = user;
    int64_t chunk = i / s->blocks, row = chunk * s->chunk, column = i % s->blocks * COLUMNS;
    int64_t width = whole_least(COLUMNS, s->C - column);
    double *sum = s->part + chunk * s->C + column;
    for (int64_t c = 0; c < width; c++)
        sum[c] = 0;
    /* a kernel's pass takes some of the columns: rows in portions that stay in the nearest cache */
    int64_t end = row + whole_least(s->chunk, s->n - row), portion = 1 + PORTION / width;
    for (; row < end; row += portion)
        op_kernels_get()->column_sums(s->g + row * s->C + column, whole_least(portion, end - row),
                                      width, s->C, sum);
}

int64_t op_column_parts(int64_t n, int64_t C)
{
    return grid_of(n, C).chunks * C;
}

void op_column_add(const real *g, int64_t n, int64_t C, double *part, real *out)
{
    grid s = grid_of(n, C);
    s.g = g;
    s.part = part;
    fsnn_parallel(s.chunks * s.blocks, one, &s);
    for (int64_t i = 1; i < s.chunks; i++)
        for (int64_t c = 0; c < C; c++)
            part[c] += part[i * C + c];
    for (int64_t c = 0; c < C; c++)
        out[c] += (real)part[c];
}

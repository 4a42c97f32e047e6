/* tensor/dense_plain_product_real.c: products in tiles that threads share. A tile packs what it
 * needs of A and B, a depth at a time, and multiplies strip by strip. Cost: M N K multiply-adds,
 * M K (N / tile) + K N (M / tile) numbers packed; memory: a block of dense_plain_space.h a
 * thread. */
#include "tensor/dense_plain_product.h"

#include "base/isa.h"
#include "base/whole.h"
#include "tensor/dense_plain_space.h"

#include <stdatomic.h>

_Static_assert((PRODUCT_ROWS + PRODUCT_COLUMNS) * PRODUCT_DEPTH * sizeof(real) <= DENSE_SPACE,
               "a block holds a piece of A and a piece of B");

const product_kernels *product_kernels_get(void)
{
    static const product_kernels *const level[] = FSNN_BY_ISA(&product_kernels);
    return level[fsnn_isa_level()];
}

static int64_t pieces(int64_t n, int64_t size)
{
    return n > 0 ? (n - 1) / size + 1 : 0;
}

static void pack_matrix(const product_side *side, int64_t i, int64_t count, int64_t k,
                        int64_t depth, int64_t width, real *panel)
{
    const product_matrix *m = &side->matrix;
    const product_kernels *kernels = product_kernels_get();
    if (m->turned)
        kernels->pack_turned(m->x + i * m->apart + k, m->apart, count, depth, width, panel);
    else
        kernels->pack(m->x + k * m->apart + i, m->apart, count, depth, width, panel);
}

product_side product_side_matrix(const real *x, int64_t apart, bool turned)
{
    return (product_side){.pack = pack_matrix, .matrix = {x, apart, turned}};
}

/* Rows top..top+M-1 and columns left..left+N-1 of C. */
typedef struct tile {
    int64_t top, M, left, N;
} tile;

static void pack_side(const product_side *side, int64_t i, int64_t count, int64_t k, int64_t depth,
                      int64_t width, real *to)
{
    for (int64_t done = 0; done < count; done += width, to += width * depth)
        side->pack(side, i + done, whole_least(width, count - done), k, depth, width, to);
}

static void find_rows(const product *p, const tile *t, real **row)
{
    const product_rows *r = &p->rows;
    for (int64_t i = 0; i < t->M; i++) {
        int64_t m = t->top + i, line = m / r->grid[1];
        row[i] = p->C + line / r->grid[0] * r->image + line % r->grid[0] * r->line +
                 m % r->grid[1] * r->point + t->left;
    }
}

/* The strips of A by those of B that lie packed. */
static void multiply_strips(const product *p, const tile *t, int64_t k, int64_t depth,
                            const real *a, const real *b, real *const *row)
{
    const product_kernels *kernels = product_kernels_get();
    int64_t R = kernels->rows, S = kernels->columns;
    real sum[PRODUCT_MOST] __attribute__((aligned(64)));
    real beta = k ? 1 : p->beta;
    for (int64_t n = 0; n < t->N; n += S) {
        const real *start = p->start && !k ? p->start + t->left + n : NULL;
        for (int64_t m = 0; m < t->M; m += R) {
            real *to[PRODUCT_ROWS];
            int64_t rows = whole_least(R, t->M - m);
            for (int64_t i = 0; i < rows; i++)
                to[i] = row[m + i] + n;
            kernels->multiply(rows, depth, a + m * depth, b + n * depth, sum);
            kernels->store(sum, rows, whole_least(S, t->N - n), p->alpha, beta, start, to);
        }
    }
}

static fsnn_status multiply_tile(const product *p, const tile *t)
{
    const product_kernels *kernels = product_kernels_get();
    real *a = dense_space_take(), *row[PRODUCT_ROWS];
    if (!a)
        return FSNN_EMEMORY;
    real *b = a + PRODUCT_ROWS * PRODUCT_DEPTH;
    int64_t k = 0;
    find_rows(p, t, row);
    do { /* once where K is 0, too */
        int64_t depth = whole_least(PRODUCT_DEPTH, p->K - k);
        pack_side(&p->a, t->top, t->M, k, depth, kernels->rows, a);
        pack_side(&p->b, t->left, t->N, k, depth, kernels->columns, b);
        multiply_strips(p, t, k, depth, a, b, row);
        k += depth;
    } while (k < p->K);
    dense_space_give(a);
    return FSNN_OK;
}

/* Products in tiles of rows x columns. */
typedef struct job {
    int64_t M, N, rows, columns, down, across;
    void (*make)(int64_t i, const void *user, product *p);
    const void *user;
    atomic_int status;
} job;

/* Tiles as large as the caches allow, but as many as there may be threads. */
static void cut(job *j, int64_t count)
{
    enum { WANTED = 32, LEAST_ROWS = PRODUCT_ROWS / 3, LEAST_COLUMNS = PRODUCT_COLUMNS / 4 };
    j->rows = PRODUCT_ROWS;
    j->columns = PRODUCT_COLUMNS;
    while (pieces(j->M, j->rows) * pieces(j->N, j->columns) * count < WANTED) {
        if (j->columns > LEAST_COLUMNS && j->columns / 2 < j->N)
            j->columns /= 2;
        else if (j->rows > LEAST_ROWS)
            j->rows = LEAST_ROWS;
        else
            break;
    }
    j->down = pieces(j->M, j->rows);
    j->across = pieces(j->N, j->columns);
}

static fsnn_status run_tile(const job *j, const product *p, int64_t i)
{
    tile t = {.top = i / j->across * j->rows, .left = i % j->across * j->columns};
    t.M = whole_least(j->rows, j->M - t.top);
    t.N = whole_least(j->columns, j->N - t.left);
    return multiply_tile(p, &t);
}

static void one(int64_t i, int worker, void *user)
{
    job *j = user;
    product p;
    (void)worker;
    int64_t tiles = j->down * j->across;
    j->make(i / tiles, j->user, &p);
    if (run_tile(j, &p, i % tiles) < 0)
        atomic_store(&j->status, FSNN_EMEMORY);
}

/* As fsnn_alloc says it, which a thread of the pool may have said to itself alone. */
static fsnn_status no_memory(void)
{
    return fsnn_fail(FSNN_EMEMORY, "out of memory: a matrix product needs %d bytes a thread",
                     (int)DENSE_SPACE);
}

fsnn_status product_prepare(void)
{
    return dense_space_reserve(fsnn_threads());
}

fsnn_status product_many(int64_t count, int64_t M, int64_t N,
                         void (*make)(int64_t i, const void *user, product *p), const void *user)
{
    job j = {.M = M, .N = N, .make = make, .user = user};
    FSNN_TRY(product_prepare());
    cut(&j, count);
    fsnn_parallel(count * j.down * j.across, one, &j);
    return atomic_load(&j.status) ? no_memory() : FSNN_OK;
}

static void copy(int64_t i, const void *user, product *p)
{
    (void)i;
    *p = *(const product *)user;
}

fsnn_status product_run(const product *p)
{
    return product_many(1, p->M, p->N, copy, p);
}

fsnn_status product_run_here(const product *p)
{
    job j = {.M = p->M, .N = p->N, .rows = PRODUCT_ROWS, .columns = PRODUCT_COLUMNS};
    j.down = pieces(j.M, j.rows);
    j.across = pieces(j.N, j.columns);
    for (int64_t i = 0; i < j.down * j.across; i++)
        if (run_tile(&j, p, i) < 0)
            return no_memory();
    return FSNN_OK;
}

/* op/sparse.c: products with a gradient that is mostly 0.
 *
 *   weights    gW_o += sum over the rows of gy_ro x_r    for gy_ro other than 0
 *   input      gx_r = sum over o of gy_ro W_o            for gy_ro other than 0
 *
 * Rows go by in chunks. gy is listed in groups of 64 columns, row by row. Then each stretch of 64
 * columns of the other side goes through all lists: a chunk of x, or of gx, is packed and stays in
 * the second cache, 64 rows of gW, or of W, in the first. A task takes one piece after the other;
 * there are as many tasks as there is scratch for, whatever threads come. Cost: in multiply-adds a
 * number that is not 0, and in / 64 passes over the lists. */
#include "op/sparse.h"

#include "base/isa.h"
#include "base/whole.h"
#include "base/wish.h"
#include "tensor/dense.h"

#include <stdatomic.h>
#include <string.h>

enum {
    CHUNK = 1024,         /* most rows that are listed together */
    LOOKED = 64,          /* rows of a sample */
    LEAST = 64,           /* columns on either side */
    LEAST_WORK = 1 << 22, /* multiply-adds of the dense product */
    TILE = SPARSE_GROUP * SPARSE_WIDTH,
    MORE = SPARSE_GROUP + 16 /* entries that a list has room for, behind those that count */
};

static const sparse_kernels *kernels(void)
{
    static const sparse_kernels *const level[] = FSNN_BY_ISA(&sparse_kernels);
    return level[fsnn_isa_level()];
}

sparse_wish sparse_wished(void)
{
    static const char *const name[] = {[SPARSE_NEVER] = "dense", [SPARSE_ALWAYS] = "sparse"};
    int wish = wish_of("FSNN_GRADIENTS", name, FSNN_COUNT(name));
    return wish < 0 ? SPARSE_BY_SHARE : (sparse_wish)wish;
}

bool sparse_worth(const sparse_sizes *s)
{
    return s->in >= LEAST && s->out >= LEAST && s->rows >= LOOKED &&
           s->rows * s->in >= LEAST_WORK / s->out;
}

double sparse_look(const sparse_sizes *s, const real *gy)
{
    int64_t found = 0, looked = whole_least(s->rows, LOOKED);
    for (int64_t i = 0; i < looked; i++) {
        const real *row = gy + i * s->rows / looked * s->out;
        int32_t here = 0;
        for (int64_t o = 0; o < s->out; o++)
            here += row[o] != 0;
        found += here;
    }
    return (double)found / (double)(looked * s->out);
}

/* ---- room ---- */

static int64_t chunk_of(const sparse_sizes *s)
{
    return whole_least(s->rows, CHUNK);
}

static int64_t groups_of(const sparse_sizes *s)
{
    return (s->out + SPARSE_GROUP - 1) / SPARSE_GROUP;
}

/* Entries of a group's list: of a third of its numbers. */
static int64_t entries_of(const sparse_sizes *s)
{
    return chunk_of(s) * SPARSE_GROUP / 3 + SPARSE_GROUP;
}

/* Numbers of a task: a tile, and a chunk of 64 columns. */
static int64_t space_of(const sparse_sizes *s)
{
    return TILE + chunk_of(s) * SPARSE_WIDTH;
}

size_t sparse_scratch(const sparse_sizes *s)
{
    size_t list = (size_t)(entries_of(s) + MORE) * (sizeof(int32_t) + sizeof(real));
    return (size_t)groups_of(s) * (list + sizeof(int64_t)) +
           (size_t)(s->tasks * space_of(s)) * sizeof(real);
}

/* ---- pieces ---- */

typedef struct job {
    const sparse_sizes *s;
    const real *gy, *x, *w;
    real *gw, *gx;
    int64_t row, rows; /* the chunk */
    real *space;       /* [tasks][space_of] */
    int64_t *count;    /* [groups] entries; -1: too many */
    real *value;       /* [groups][entries_of + MORE] */
    int32_t *place;
    void (*piece)(const struct job *j, real *space, int64_t number);
    int64_t pieces;
    _Atomic int64_t next; /* the piece that is to be taken */
} job;

static void task(int64_t number, int worker, void *user)
{
    job *j = user;
    (void)worker;
    for (;;) {
        int64_t piece = atomic_fetch_add_explicit(&j->next, 1, memory_order_relaxed);
        if (piece >= j->pieces)
            return;
        j->piece(j, j->space + number * space_of(j->s), piece);
    }
}

/* Does so many pieces, by tasks that take one after the other. */
static void share_out(job *j, int64_t pieces,
                      void (*piece)(const job *j, real *space, int64_t number))
{
    j->piece = piece;
    j->pieces = pieces;
    atomic_store(&j->next, 0);
    fsnn_parallel(whole_least(j->s->tasks, pieces), task, j);
}

static sparse_list list_of(const job *j, int64_t group)
{
    int64_t most = entries_of(j->s), at = group * (most + MORE);
    return (sparse_list){j->place + at, j->value + at, most};
}

static void list_group(const job *j, real *space, int64_t group)
{
    int64_t first = group * SPARSE_GROUP, out = j->s->out;
    const sparse_list list = list_of(j, group);
    (void)space;
    j->count[group] = kernels()->list(j->gy + j->row * out + first, j->rows,
                                      whole_least(out - first, SPARSE_GROUP), out, &list);
}

/* Lists the chunk; false: it has too many numbers. */
static bool list_chunk(job *j)
{
    bool fits = true;
    share_out(j, groups_of(j->s), list_group);
    for (int64_t g = 0; g < groups_of(j->s); g++)
        fits = fits && j->count[g] >= 0;
    return fits;
}

/* Rows of `columns` numbers `stride` apart, between themselves and a copy 64 apart; what is behind
 * them is 0 there. */
static void copy_out(const real *from, int64_t stride, int64_t n, int64_t columns, real *to)
{
    for (int64_t r = 0; r < n; r++, from += stride, to += SPARSE_WIDTH) {
        memcpy(to, from, (size_t)columns * sizeof *to);
        memset(to + columns, 0, (size_t)(SPARSE_WIDTH - columns) * sizeof *to);
    }
}

static void copy_back(const real *from, int64_t n, int64_t columns, real *to, int64_t stride)
{
    for (int64_t r = 0; r < n; r++, from += SPARSE_WIDTH, to += stride)
        memcpy(to, from, (size_t)columns * sizeof *to);
}

/* The stretch of gW's columns for all groups. */
static void weights_of(const job *j, real *space, int64_t number)
{
    int64_t in = j->s->in, from = number * SPARSE_WIDTH,
            columns = whole_least(in - from, SPARSE_WIDTH);
    real *tile = space, *x = space + TILE;
    copy_out(j->x + j->row * in + from, in, j->rows, columns, x);
    for (int64_t g = 0; g < groups_of(j->s); g++) {
        const sparse_list list = list_of(j, g);
        int64_t first = g * SPARSE_GROUP, n = whole_least(j->s->out - first, SPARSE_GROUP);
        real *gw = j->gw + first * in + from;
        if (j->count[g] == 0)
            continue;
        copy_out(gw, in, n, columns, tile);
        kernels()->spread(&list, j->count[g], x, tile);
        copy_back(tile, n, columns, gw, in);
    }
}

/* The stretch of gx's columns for the rows of the chunk. */
static void input_of(const job *j, real *space, int64_t number)
{
    int64_t in = j->s->in, from = number * SPARSE_WIDTH,
            columns = whole_least(in - from, SPARSE_WIDTH);
    real *tile = space, *y = space + TILE;
    memset(y, 0, (size_t)(j->rows * SPARSE_WIDTH) * sizeof *y);
    for (int64_t g = 0; g < groups_of(j->s); g++) {
        const sparse_list list = list_of(j, g);
        int64_t first = g * SPARSE_GROUP, n = whole_least(j->s->out - first, SPARSE_GROUP);
        if (j->count[g] == 0)
            continue;
        copy_out(j->w + first * in + from, in, n, columns, tile);
        kernels()->gather(&list, j->count[g], tile, y);
    }
    copy_back(y, j->rows, columns, j->gx + j->row * in + from, in);
}

/* ---- the products ---- */

static fsnn_status dense_chunk(const job *j)
{
    int64_t in = j->s->in, out = j->s->out;
    const real *gy = j->gy + j->row * out;
    if (j->gw)
        FSNN_TRY(dense_gemm('T', 'N', out, in, j->rows, 1, gy, out, j->x + j->row * in, in, 1,
                            j->gw, in));
    if (j->gx)
        FSNN_TRY(dense_gemm('N', 'N', j->rows, in, out, 1, gy, out, j->w, in, 0,
                            j->gx + j->row * in, in));
    return FSNN_OK;
}

static fsnn_status multiply_chunk(job *j)
{
    int64_t stretches = (j->s->in + SPARSE_WIDTH - 1) / SPARSE_WIDTH;
    if (!list_chunk(j))
        return dense_chunk(j);
    if (j->gw)
        share_out(j, stretches, weights_of);
    if (j->gx)
        share_out(j, stretches, input_of);
    return FSNN_OK;
}

fsnn_status sparse_products(const sparse_sizes *s, const real *gy, const real *x, real *gw,
                            const real *w, real *gx, void *scratch)
{
    job j = {.s = s, .gy = gy, .x = x, .w = w, .gw = gw, .gx = gx, .space = scratch};
    j.count = (int64_t *)(j.space + s->tasks * space_of(s));
    j.value = (real *)(j.count + groups_of(s));
    j.place = (int32_t *)(j.value + groups_of(s) * (entries_of(s) + MORE));
    for (; j.row < s->rows; j.row += j.rows) {
        j.rows = whole_least(s->rows - j.row, CHUNK);
        FSNN_TRY(multiply_chunk(&j));
    }
    return FSNN_OK;
}

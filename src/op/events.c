/* op/events.c: products with lists of spikes, in parallel.
 *
 *   forward    y_r = b + sum over the list of r of W^T[i]
 *   weights    gW^T[i] += gy_r for each row r and each i in its list
 *
 * W^T is packed in slices of columns, [slices][in][width], which stay in the caches: an event
 * touches `width` neighbours. Cost: events * out additions, and in * out for packing. The gradient
 * is summed in CHUNKS ranges of rows, each with its own gW^T, added up in order. */
#include "op/events.h"

#include "base/isa.h"
#include "base/whole.h"

#include <string.h>

enum { ROWS = 128, CHUNKS = 8, COLUMNS = 64, TILE = 16, PACKED = 32 };

static const events_kernels *kernels(void)
{
    static const events_kernels *const level[] = FSNN_BY_ISA(&events_kernels);
    return level[fsnn_isa_level()];
}

typedef struct job {
    const fsnn_spikes *x;
    int64_t in, out, rows;
    int64_t slices, width; /* width of all slices */
    int kind;              /* index of the kernels: width 8 << kind */
    int64_t chunks;
    real *packed; /* [chunks][slices][in][width] */
    real *bias;   /* [slices][width] */
    const real *weight, *given_bias, *gy;
    real *y, *gw;
} job;

static job job_of(const fsnn_spikes *x, int64_t out)
{
    job j = {.x = x, .in = x->width, .out = out, .rows = x->steps * x->batch};
    j.kind = out <= 8 ? 0 : out <= 16 ? 1 : out <= 32 ? 2 : 3;
    j.width = (int64_t)8 << j.kind;
    j.slices = (out + j.width - 1) / j.width;
    int64_t more = CHUNKS / j.slices, pieces = (j.rows + ROWS - 1) / ROWS;
    j.chunks = more < 1 ? 1 : more < pieces ? more : pieces;
    return j;
}

static fsnn_status capacity(events_space *space, size_t numbers)
{
    if (numbers <= space->numbers)
        return FSNN_OK;
    fsnn_free(space->at);
    space->numbers = 0;
    space->at = fsnn_alloc(numbers * sizeof(real));
    if (!space->at)
        return FSNN_EMEMORY;
    space->numbers = numbers;
    return FSNN_OK;
}

static events_slice slice_of(const job *j, int64_t slice, int64_t begin, int64_t end)
{
    int64_t left = j->out - slice * j->width;
    return (events_slice){j->x, begin, end, j->out, whole_least(left, j->width)};
}

/* ---- forward ---- */

/* n elements of a slice: W is read along its rows, and what is written stays in the first cache.
 * The rows are far from one another, so the next tile's parts of them are asked for early. */
static void pack_tile(const job *j, int64_t slice, int64_t begin, int64_t n)
{
    int64_t first = slice * j->width, width = j->width;
    real *to = j->packed + (slice * j->in + begin) * width;
    for (int64_t c = 0; c < width; c++) {
        const real *w = j->weight + (first + c) * j->in + begin;
        __builtin_prefetch(w + PACKED);
        __builtin_prefetch(w + PACKED + 16);
        for (int64_t i = 0; i < n; i++)
            to[i * width + c] = first + c < j->out ? w[i] : 0;
    }
}

/* Elements begin ... end - 1 of all slices. */
static void pack(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    for (int64_t s = 0; s < j->slices; s++)
        for (int64_t i = begin; i < end; i += PACKED)
            pack_tile(j, s, i, whole_least(end - i, PACKED));
}

static void forward(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    for (int64_t s = 0; s < j->slices; s++) {
        events_slice slice = slice_of(j, s, begin, end);
        kernels()->sum[j->kind](&slice, j->packed + s * j->in * j->width, j->bias + s * j->width,
                                j->y + s * j->width);
    }
}

fsnn_status events_forward(events_space *space, const fsnn_spikes *x, int64_t out,
                           const real *weight, const real *bias, real *y)
{
    job j = job_of(x, out);
    size_t columns = (size_t)(j.slices * j.width);
    FSNN_TRY(capacity(space, columns * (size_t)(j.in + 1)));
    j.packed = space->at;
    j.bias = space->at + columns * (size_t)j.in;
    j.weight = weight;
    j.y = y;
    memset(j.bias, 0, columns * sizeof *j.bias);
    if (bias)
        memcpy(j.bias, bias, (size_t)out * sizeof *bias);
    fsnn_parallel_range(j.in, COLUMNS, pack, &j);
    fsnn_parallel_range(j.rows, ROWS, forward, &j);
    return FSNN_OK;
}

/* ---- the gradient of the weights ---- */

static void chunk(int64_t number, int worker, void *user)
{
    (void)worker;
    const job *j = user;
    int64_t s = number % j->slices, c = number / j->slices;
    real *g = j->packed + number * j->in * j->width;
    memset(g, 0, (size_t)(j->in * j->width) * sizeof *g);
    events_slice slice = slice_of(j, s, c * j->rows / j->chunks, (c + 1) * j->rows / j->chunks);
    kernels()->spread[j->kind](&slice, j->gy + s * j->width, g);
}

/* Squares of TILE x TILE: the parts of W^T are read along its rows, W is written along its own. */
static void collect_tile(const job *j, int64_t slice, int64_t first, int64_t begin, int64_t n)
{
    int64_t size = j->in * j->width, out = j->out - slice * j->width;
    int64_t columns = whole_least(j->width - first, TILE);
    const real *from = j->packed + slice * size + begin * j->width + first;
    real sum[TILE][TILE] = {{0}};
    for (int64_t c = 0; c < j->chunks; c++, from += j->slices * size)
        for (int64_t i = 0; i < n; i++)
            for (int64_t k = 0; k < columns; k++)
                sum[i][k] += from[i * j->width + k];
    for (int64_t k = 0; k < columns && first + k < out; k++) {
        real *gw = j->gw + (slice * j->width + first + k) * j->in + begin;
        for (int64_t i = 0; i < n; i++)
            gw[i] += sum[i][k];
    }
}

static void collect(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    for (int64_t s = 0; s < j->slices; s++)
        for (int64_t k = 0; k < j->width && s * j->width + k < j->out; k += TILE)
            for (int64_t i = begin; i < end; i += TILE)
                collect_tile(j, s, k, i, whole_least(end - i, TILE));
}

fsnn_status events_weights(events_space *space, const fsnn_spikes *x, int64_t out, const real *gy,
                           real *gw)
{
    job j = job_of(x, out);
    FSNN_TRY(capacity(space, (size_t)(j.chunks * j.slices * j.width * j.in)));
    j.packed = space->at;
    j.gy = gy;
    j.gw = gw;
    fsnn_parallel(j.chunks * j.slices, chunk, &j);
    fsnn_parallel_range(j.in, COLUMNS, collect, &j);
    return FSNN_OK;
}

void events_close(events_space *space)
{
    fsnn_free(space->at);
    *space = (events_space){0};
}

/* State of the scan: planning, reset, reading. Memory: 4 bytes a neuron and remembered step. */
#include "neuron/scan.h"

#include <string.h>

static int64_t max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void scan_reset(scan *s)
{
    s->rows = 1;
    for (int64_t t = 0; t < s->tiles; t++)
        memset(s->u + t * s->capacity * FRAC_LANES, 0, sizeof(lanes));
}

/* Replaces *p by a block of `count` elements when it has not that many. */
static fsnn_status room(void *p, size_t *have, size_t bytes)
{
    void **block = p;
    if (bytes <= *have)
        return FSNN_OK;
    fsnn_free(*block);
    *have = 0;
    *block = fsnn_alloc(bytes);
    if (!*block)
        return FSNN_EMEMORY;
    *have = bytes;
    return FSNN_OK;
}

static fsnn_status plan_backward(scan *s, int64_t K)
{
    s->workers = fsnn_threads();
    int64_t tiles = max(s->tiles, 1);
    /* each worker: gradients of states in reversed time and derivatives f, [K][32] each */
    FSNN_TRY(room(&s->work, &s->bytes_work, sizeof(lanes) * (size_t)(2 * K * s->workers)));
    FSNN_TRY(room(&s->part, &s->bytes_part, sizeof(double) * (size_t)(tiles * SCAN_PARTS)));
    FSNN_TRY(room(&s->lane, &s->bytes_lane, sizeof(lanes) * (size_t)(tiles * NEURON_PARS)));
    if (neuron_kernels_get()->resets[s->options.reset].keeps_arg)
        FSNN_TRY(room(&s->arg, &s->bytes_arg, sizeof(lanes) * (size_t)(tiles * K)));
    s->arg_room = K;
    return FSNN_OK;
}

fsnn_status scan_plan_order(scan *s)
{
    s->dw_room = s->memory.room + FRAC_BLOCK + 1;
    size_t count = (size_t)(2 * s->memory.order.terms * s->dw_room);
    return room(&s->dw, &s->bytes_dw, count * sizeof(float));
}

fsnn_status scan_plan(scan *s, int64_t K)
{
    int64_t tiles = (s->B * s->N + FRAC_LANES - 1) / FRAC_LANES;
    int64_t capacity = max(s->capacity, K + 1 + max(s->memory.keep, 0));
    if (tiles != s->tiles || capacity != s->capacity) {
        s->tiles = tiles;
        s->capacity = capacity;
        FSNN_TRY(room(&s->u, &s->bytes_u, sizeof(lanes) * (size_t)(tiles * capacity)));
        scan_reset(s);
    }
    FSNN_TRY(room(&s->counts, &s->bytes_counts, sizeof(double) * (size_t)max(tiles, 1)));
    FSNN_TRY(frac_memory_settle(&s->memory, K, false));
    if (s->training)
        FSNN_TRY(plan_backward(s, K));
    return FSNN_OK;
}

/* Forgets what no later step will ask for. */
static void forget(scan *s)
{
    int64_t keep = max(s->memory.keep, 1), drop = s->rows - keep;
    if (s->memory.keep < 0 || drop <= 0)
        return;
    for (int64_t t = 0; t < s->tiles; t++) {
        float *u = s->u + t * s->capacity * FRAC_LANES;
        memmove(u, u + drop * FRAC_LANES, sizeof(lanes) * (size_t)keep);
    }
    s->rows = keep;
}

/* A longer history: twice the room, rows copied. */
static fsnn_status extend(scan *s, int64_t capacity)
{
    float *u = fsnn_alloc(sizeof(lanes) * (size_t)(s->tiles * capacity));
    if (!u)
        return FSNN_EMEMORY;
    for (int64_t t = 0; t < s->tiles; t++)
        memcpy(u + t * capacity * FRAC_LANES, s->u + t * s->capacity * FRAC_LANES,
               sizeof(lanes) * (size_t)s->rows);
    fsnn_free(s->u);
    s->u = u;
    s->bytes_u = sizeof(lanes) * (size_t)(s->tiles * capacity);
    s->capacity = capacity;
    return FSNN_OK;
}

fsnn_status scan_ready(scan *s, int64_t K)
{
    if (s->rows + K > s->capacity)
        forget(s);
    if (s->rows + K > s->capacity)
        FSNN_TRY(extend(s, max(s->rows + K, 2 * s->capacity)));
    int64_t lags = s->rows + K - 1;
    if (lags > s->memory.lags)
        FSNN_TRY(frac_memory_settle(&s->memory, s->K ? max(lags, 2 * s->memory.lags) : lags, false));
    if (s->training && K > s->arg_room)
        FSNN_TRY(plan_backward(s, K));
    return FSNN_OK;
}

void scan_tile_open(const scan *s, int64_t t, scan_tile *tile)
{
    int64_t total = s->B * s->N, first = t * FRAC_LANES;
    tile->first = first;
    tile->width = total - first < FRAC_LANES ? (int)(total - first) : FRAC_LANES;
    for (int p = 0; p < NEURON_PARS; p++)
        for (int i = 0; i < FRAC_LANES; i++) {
            /* lanes beyond the last neuron repeat it, so that no parameter is zero */
            int64_t n = first + (i < tile->width ? i : tile->width - 1);
            tile->par[p][i] = s->par[p].value[s->par[p].count == 1 ? 0 : scan_channel(s, n)];
        }
    s->model->prepare(tile->par, tile->row);
}

const float *scan_row(const scan *s, const scan_tile *tile, const float *x, int64_t k, lanes space)
{
    const float *row = x + k * s->B * s->N + tile->first;
    if (tile->width == FRAC_LANES)
        return row;
    memset(space, 0, sizeof(lanes));
    memcpy(space, row, sizeof(float) * (size_t)tile->width);
    return space;
}

void scan_potentials(const scan *s, float *v)
{
    int64_t total = s->B * s->N, first = s->rows - s->K;
    for (int64_t t = 0; t < s->tiles; t++) {
        int64_t n = t * FRAC_LANES, width = total - n < FRAC_LANES ? total - n : FRAC_LANES;
        for (int64_t k = 0; k < s->K; k++) {
            const float *u = s->u + (t * s->capacity + first + k) * FRAC_LANES;
            for (int64_t i = 0; i < width; i++)
                v[k * total + n + i] = u[i] + s->v0;
        }
    }
}

double scan_rate(const scan *s)
{
    double sum = 0, steps = (double)(s->K * s->B * s->N);
    for (int64_t t = 0; t < s->tiles; t++)
        sum += s->counts[t];
    return steps > 0 ? sum / steps : 0;
}

size_t scan_bytes(const scan *s)
{
    return s->bytes_u + s->bytes_dw + s->bytes_arg + s->bytes_counts + s->bytes_work + s->bytes_part +
           s->bytes_lane;
}

void scan_free(scan *s)
{
    fsnn_free(s->u);
    fsnn_free(s->arg);
    fsnn_free(s->counts);
    fsnn_free(s->work);
    fsnn_free(s->part);
    fsnn_free(s->dw);
    fsnn_free(s->lane);
    frac_memory_free(&s->memory);
    *s = (scan){0};
}

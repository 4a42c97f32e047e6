/* The histories of a scan: rows that grow, and the state of time 0. Memory: a number a neuron and
 * remembered step. */
#include "scan/history.h"
#include "base/whole.h"

#include "scan/front.h"

#include <math.h>
#include <string.h>

/* Empty rows; what an earlier plan took is used. */
static fsnn_status rows_reserve(scan_rows *r, int64_t tiles, int64_t capacity)
{
    fsnn_status status = scan_block_reserve(&r->block, fsnn_bytes(tiles * capacity, sizeof(lanes)));
    r->capacity = status ? 0 : capacity;
    return status;
}

/* Rows that are kept from call to call, as far as they can have come when the next call begins;
 * histories grow later. Where a call in training is the whole run there are none. */
static int64_t rows_kept(const scan *s, int64_t K)
{
    if (s->training && s->chain.total <= K)
        return 0;
    return scan_kept(s) < K || s->memory.compressed ? scan_kept(s) : K;
}

/* Rows with which no call has to grow a bounded history; see scan_rows_ready. */
static int64_t rows_enough(int64_t keep, int64_t K)
{
    return keep + whole_most(K, keep / 4 + 1);
}

/* Rows for calls of K steps and the state they begin with. What is in them stays unless they are
 * fresh. */
fsnn_status scan_rows_plan(const scan *s, scan_rows *r, int64_t K, bool fresh)
{
    int64_t few = s->training ? K : whole_most(K, FRAC_BLOCK), tiles = whole_most(s->tiles, 1);
    int64_t there = (int64_t)(r->block.bytes / sizeof(lanes)) / tiles,
            capacity = few + 1 + rows_kept(s, K);
    if (s->stream && s->memory.keep >= 0)
        capacity = whole_most(capacity, rows_enough(scan_kept(s), K));
    /* an evaluation between steps of training makes do with what these have */
    bool does = !s->stream && there > K && there < capacity;
    if (fresh)
        return rows_reserve(r, s->tiles, does ? there : capacity);
    return r->capacity > K && !s->stream ? FSNN_OK : scan_rows_reserve(s, r, capacity);
}

/* Forgets what no later step will ask for: all but the last `keep` rows. */
static void forget(const scan *s, scan_rows *r, int64_t keep)
{
    int64_t drop = r->rows - keep;
    if (drop <= 0)
        return;
    for (int64_t t = 0; t < s->tiles; t++) {
        real *row = scan_rows_of(r, t);
        memmove(row, row + drop * ROW_LANES, sizeof(lanes) * (size_t)keep);
    }
    r->rows = keep;
}

/* A longer history: rows copied. */
static fsnn_status extend(const scan *s, scan_rows *r, int64_t capacity)
{
    size_t bytes = fsnn_bytes(s->tiles * capacity, sizeof(lanes));
    scan_rows grown = {{fsnn_alloc(bytes), bytes}, capacity, r->rows};
    if (!grown.block.data)
        return FSNN_EMEMORY;
    for (int64_t t = 0; t < s->tiles; t++)
        memcpy(scan_rows_of(&grown, t), scan_rows_of(r, t), sizeof(lanes) * (size_t)r->rows);
    fsnn_free(r->block.data);
    *r = grown;
    return FSNN_OK;
}

fsnn_status scan_rows_reserve(const scan *s, scan_rows *r, int64_t rows)
{
    return rows > r->capacity ? extend(s, r, rows) : FSNN_OK;
}

/* Forgetting moves the rows that stay: with a quarter more room than these it is done so seldom
 * that it costs little. */
fsnn_status scan_rows_ready(const scan *s, scan_rows *r, int64_t K, int64_t keep)
{
    if (r->rows + K <= r->capacity)
        return FSNN_OK;
    int64_t more = whole_most(r->rows + K, 2 * r->capacity);
    if (keep < 0)
        return extend(s, r, more);
    int64_t enough = rows_enough(keep, K);
    more = more < enough ? more : enough;
    if (r->rows + K > more || r->capacity >= enough)
        forget(s, r, keep);
    return r->capacity < enough ? extend(s, r, more) : FSNN_OK;
}

void scan_reset(scan *s)
{
    FRONT_RETURN(s, front_reset(s));
    for (int i = 0; i < s->others; i++)
        scan_reset(&s->other[i]);
    /* while nothing is forgotten, the state of time 0 still stands first */
    bool stands = s->history.u.rows == s->history.time + 1;
    s->history.time = 0;
    s->history.u.rows = 1;
    s->history.x.rows = 0;
    for (int64_t t = 0; t < s->tiles && !stands; t++)
        memset(scan_rows_of(&s->history.u, t), 0, sizeof(lanes));
    if (s->history.count.data)
        memset(s->history.count.data, 0, s->history.count.bytes);
    if (s->history.wait.data)
        memset(s->history.wait.data, 0, s->history.wait.bytes);
    if (s->history.modes.data)
        memset(s->history.modes.data, 0, s->history.modes.bytes);
    /* there may be fewer than tiles, of an earlier plan with compressed memory */
    scan_extremes *seen = s->history.extremes.data;
    for (size_t t = 0; t < s->history.extremes.bytes / sizeof *seen; t++)
        seen[t] = (scan_extremes){INFINITY, 0};
}

/* scan/fused.h: the scan of the commonest neurons in one loop body: explicit schemes whose
 * history keeps states, resets `current`, `none` and `subtract`, one sum over the past, lag by lag
 * or, where no order is learned, backward too, by exponentials for what is far; if and lif,
 * and, but for `subtract`, models that are wide (neuron/model.h). The same numbers as the general
 * scan, bit for bit.
 *
 * Groups of neighbouring tiles go through time together, so that a step touches a stretch of memory
 * and not 128 bytes of it: rows of successive steps are far apart, and often by a multiple of what
 * a cache calls a set. The next stretch is asked for a step ahead. What is larger than the caches
 * is written past them.
 *
 * The derivative of if and lif is a line of the loop. Wide models are asked for it, a band of a
 * group's tiles at a time: long enough that calls cost little, short enough that its rows stay in
 * the first cache. */
#ifndef FSNN_SCAN_FUSED_H
#define FSNN_SCAN_FUSED_H

#include "scan/history.h"
#include "scan/tile.h"

enum {
    SCAN_GROUP = 32, /* most tiles of a group */
    SCAN_BAND = 8,   /* and of a band */
    SCAN_BANDS = SCAN_GROUP / SCAN_BAND
};

/* Room for calls of up to K steps. */
fsnn_status scan_fused_plan(scan *s, int64_t K);
/* Room for more threads than it was planned for. */
fsnn_status scan_fused_workers(scan *s);
/* The fused scan can do what this one asks. */
bool scan_fused_fits(const scan *s);
/* Whole tiles: what the fused scan does; the general one does the rest. */
static inline int64_t scan_fused_tiles(const scan *s)
{
    return s->B * s->N / ROW_LANES;
}

/* Rows of the band in work: potential, derivative and its gradient, gradients of v and I by it. */
typedef struct scan_band {
    lanes v[SCAN_BAND], dv[SCAN_BAND], gdv[SCAN_BAND], gv[SCAN_BAND], gI[SCAN_BAND];
} scan_band;

/* Rows of a tile in its group's space: states, or q, of a call; behind them, backward, what the
 * modes have taken in of q. */
static inline int64_t scan_fused_stride(const scan *s)
{
    return s->fused.rows + (s->memory.compressed ? s->memory.modes.padded : 0);
}

/* One group of tiles. */
typedef struct scan_group {
    int tiles;
    /* their numbers: neighbours, or the lines of a patch one after the other */
    int64_t tile[SCAN_GROUP];
    int64_t next; /* about as many tiles further on stand those of the next group */
    int64_t sample, line, from, count; /* the patch, where there is a sink */
    real *space;                       /* [tiles][scan_fused_stride][32], this worker's own */
    scan_band *band;                   /* this worker's own; NULL where the model is not wide */
    void *self[SCAN_BANDS];            /* the model's, of each band */
    lanes spikes[SCAN_GROUP]; /* of the step in work, or their gradients, where there is a sink */
    const lanes *row[SCAN_GROUP], *parameters[SCAN_GROUP]; /* [NEURON_ROWS], [scan_pars] of each */
    lanes own[SCAN_GROUP][NEURON_ROWS], par[SCAN_GROUP][SCAN_PARS]; /* what they point to */
} scan_group;

int64_t scan_fused_groups(const scan *s);
void scan_fused_open(const scan *s, int64_t number, int worker, scan_group *group);
static inline int scan_band_tiles(const scan_group *group, int band)
{
    int left = group->tiles - band * SCAN_BAND;
    return left < SCAN_BAND ? left : SCAN_BAND;
}

/* Both return the number of tiles done, from the first on; 0 where they do not fit. Arguments as
 * scan_forward and scan_backward; backward: order [orders]. */
typedef int64_t scan_fused_forward_fn(scan *s, int64_t K, const real *I, real *spikes);
typedef int64_t scan_fused_backward_fn(scan *s, const real *I, const real *gspikes,
                                       const scan_grads *grads, const scan_order *order,
                                       int orders);

#endif

/* neuron/scan_fused.h: the scan of the commonest neurons in one loop body: if and lif, explicit
 * schemes whose history keeps states, resets `current` and `none`, one sum over the past. The same
 * numbers as the general scan, bit for bit.
 *
 * Groups of neighbouring tiles go through time together, so that a step touches a stretch of memory
 * and not 128 bytes of it: rows of successive steps are far apart, and often by a multiple of what
 * a cache calls a set. The next stretch is asked for a step ahead. What is larger than the caches
 * is written past them. */
#ifndef FSNN_NEURON_SCAN_FUSED_H
#define FSNN_NEURON_SCAN_FUSED_H

#include "neuron/scan.h"

enum { SCAN_GROUP = 32 }; /* most tiles of a group */

/* Room for calls of up to K steps. */
fsnn_status scan_fused_plan(scan *s, int64_t K);
/* The fused scan can do what this one asks. */
bool scan_fused_fits(const scan *s);
/* Whole tiles: what the fused scan does; the general one does the rest. */
static inline int64_t scan_fused_tiles(const scan *s)
{
    return s->B * s->N / FRAC_LANES;
}

/* One group of tiles. */
typedef struct scan_group {
    int64_t first; /* tile */
    int tiles;
    float *space; /* [tiles][fused.rows][32], this worker's own */
    const lanes *row[SCAN_GROUP],
        *parameters[SCAN_GROUP]; /* [NEURON_ROWS], [NEURON_PARS] of each */
    lanes own[SCAN_GROUP][NEURON_ROWS], par[SCAN_GROUP][NEURON_PARS]; /* what they point to */
} scan_group;

int64_t scan_fused_groups(const scan *s);
void scan_fused_open(const scan *s, int64_t number, int worker, scan_group *group);

/* Both return the number of tiles done, from the first on; 0 where they do not fit. Arguments as
 * scan_forward and scan_backward; backward: `orders` learned parameters of the order. */
typedef int64_t scan_fused_forward_fn(scan *s, int64_t K, const float *I, float *spikes);
typedef int64_t scan_fused_backward_fn(scan *s, const float *I, const float *gspikes,
                                       const scan_grads *grads, int orders);

#endif

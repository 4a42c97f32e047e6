/* scan/hold_kernel.h: what the penalties of potentials (scan/hold.h) give the potentials of one
 * step of a tile, and their sums, in double, tile by tile. */
#ifndef FSNN_SCAN_HOLD_KERNEL_H
#define FSNN_SCAN_HOLD_KERNEL_H

#include "base/isa_kernel.h"
#include "scan/tile.h"

#include <string.h>

/* 1 for lanes whose sample has this step, 0 for the others and those behind the last neuron. */
static inline void hold_lanes(const scan *s, const scan_tile *tile, int64_t time, real *counts)
{
    const int64_t *steps = s->holds.steps;
    for (int i = 0; i < ROW_LANES; i++)
        counts[i] = i < tile->width && (!steps || time < steps[(tile->first + i) / s->N]) ? 1 : 0;
}

/* Step k, whose potential before the reset is p + off; `given` is written. */
static inline void hold_back(const scan *s, const scan_tile *tile, int64_t t, int64_t k,
                             const real *p, const real *off, real *given)
{
    double *sum = (double *)s->adjoint.held.data + t * SCAN_HOLDS;
    lanes counts;
    hold_lanes(s, tile, s->history.time - s->K + k, counts);
    memset(given, 0, sizeof(lanes));
    for (int h = 0; h < s->holds.count; h++) {
        const scan_bound *hold = &s->holds.hold[h];
        const real low = (real)hold->min, high = (real)hold->max, slope = (real)hold->slope;
        for (int i = 0; i < ROW_LANES; i++) {
            real v = p[i] + off[i] + tile->par[PAR_REST][i], beyond = v > high  ? v - high
                                                                      : v < low ? v - low
                                                                                : 0;
            beyond = counts[i] > 0 ? beyond : 0;
            given[i] += slope * beyond;
            sum[h] += (double)beyond * (double)beyond;
        }
    }
}

#endif

/* scan/spikes_kernel.h: what both forward scans do with the spikes of a tile. */
#ifndef FSNN_SCAN_SPIKES_KERNEL_H
#define FSNN_SCAN_SPIKES_KERNEL_H

#include "scan/scan.h"

#include <string.h>

/* The smooth primitive of the surrogate in place of the step. */
static inline void scan_smooth(const scan *s, const scan_kernels *kernels, const float *x,
                               float *spike)
{
    const fsnn_surrogate *surrogate = &s->options.surrogate;
    kernels->surrogates[surrogate->kind].smooth((float)surrogate->scale, x, spike);
}

/* Row k of those that are kept; NULL: they are not. */
static inline float *scan_kept(float *rows, int64_t k)
{
    return rows ? rows + k * ROW_LANES : NULL;
}

/* In the refractory period after a spike (hard, for smooth spikes too) there is no other. `land`:
 * where the reset lands the neuron, or holds it. `wait`: steps that are left; `resting`: 1 where
 * there were some, NULL: not kept. */
static inline void scan_refractory(const scan *s, float *wait, float *resting, const float *arg,
                                   float *spike, float *land)
{
    const float steps = (float)s->rest, holds = scan_resetting(s)->holds ? 1 : 0;
    lanes rest;
    EACH_LANE
    {
        rest[i] = wait[i] > 0 ? 1 : 0;
        spike[i] = wait[i] > 0 ? 0 : spike[i];
        land[i] = wait[i] > 0 ? holds : spike[i];
        wait[i] = wait[i] > 0 ? wait[i] - 1 : arg[i] >= 0 ? steps : 0;
    }
    if (resting)
        memcpy(resting, rest, sizeof rest);
}

/* What stands between a state and its potential: v0, less the jumps so far. */
static inline void scan_offset(const scan *s, const scan_tile *tile, const float *count, float *off)
{
    EACH_LANE off[i] = s->v0 - tile->row[ROW_THRESHOLD][i] * count[i];
}

#endif

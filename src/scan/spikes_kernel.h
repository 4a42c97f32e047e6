/* scan/spikes_kernel.h: what both forward scans do with the spikes of a tile. */
#ifndef FSNN_SCAN_SPIKES_KERNEL_H
#define FSNN_SCAN_SPIKES_KERNEL_H

#include "base/isa_kernel.h"
#include "scan/tile.h"

#include <math.h>
#include <string.h>

/* What the neurons of a tile carry from step to step beside their histories. */
typedef struct spikes {
    lanes count; /* spikes so far, for jumps */
    lanes wait;  /* steps left of the refractory period */
    lanes off;   /* potential less state: v0 less the jumps so far */
    lanes fired; /* spikes of the call */
    /* extremes that tell how far the spikes are from depending on the memory's error
     * (scan/certificate.c) */
    lanes margin, largest;
} spikes;

/* The smooth primitive of the surrogate in place of the step. */
static inline void spikes_smooth(const scan *s, const scan_kernels *kernels, const real *x,
                                 real *spike)
{
    const fsnn_surrogate *surrogate = &s->options.surrogate;
    kernels->surrogates[surrogate->kind].smooth((real)surrogate->scale, x, spike);
}

/* Row k of those that are kept; NULL: they are not. */
static inline real *tape_row(real *rows, int64_t k)
{
    return rows ? rows + k * ROW_LANES : NULL;
}

/* In the refractory period after a spike (hard, for smooth spikes too) there is no other. `land`:
 * where the reset lands the neuron, or holds it. `wait`: steps that are left; `resting`: 1 where
 * there were some, NULL: not kept. */
static inline void spikes_refractory(const scan *s, real *wait, real *resting, const real *arg,
                                     real *spike, real *land)
{
    const real steps = (real)s->rest, holds = scan_resetting(s)->holds ? 1 : 0;
    lanes rest;
    EACH_LANE
    {
        rest[i] = wait[i] > 0 ? 1 : 0;
        spike[i] = wait[i] > 0 ? 0 : spike[i];
        land[i] = wait[i] > 0 ? holds : spike[i];
        wait[i] = wait[i] > 0 ? wait[i] - 1 : arg[i] >= s->least ? steps : 0;
    }
    if (resting)
        memcpy(resting, rest, sizeof rest);
}

static inline void spikes_offset(const scan_tile *tile, spikes *p)
{
    const real *theta = tile->row[ROW_THRESHOLD], *v0 = tile->row[ROW_V0], *count = p->count;
    real *off = p->off;
    EACH_LANE off[i] = v0[i] - theta[i] * count[i];
}

static inline void spikes_open(const scan *s, const reset_rule *reset, const scan_tile *tile,
                               int64_t t, spikes *p)
{
    memset(p, 0, sizeof *p);
    for (int i = 0; i < ROW_LANES; i++)
        p->margin[i] = INFINITY;
    if (reset->counts)
        memcpy(p->count, (lanes *)s->history.count.data + t, sizeof p->count);
    if (s->rest)
        memcpy(p->wait, (lanes *)s->history.wait.data + t, sizeof p->wait);
    spikes_offset(tile, p);
}

/* Jumps: counts the spikes of a step. */
static inline void spikes_count(const scan_tile *tile, const real *spike, spikes *p)
{
    real *count = p->count;
    EACH_LANE count[i] += spike[i];
    spikes_offset(tile, p);
}

/* Adds the spikes of a step to those of the call. */
static inline void spikes_fired(const scan_tile *tile, const real *spike, spikes *p)
{
    for (int i = 0; i < tile->width; i++)
        p->fired[i] += spike[i];
}

/* Takes a step's argument of the spike and its history row into the extremes. */
static inline void spikes_watch(const real *arg, const real *x, spikes *p)
{
    real *margin = p->margin, *largest = p->largest;
    EACH_LANE
    {
        real a = arg[i] < 0 ? -arg[i] : arg[i], b = x[i] < 0 ? -x[i] : x[i];
        margin[i] = a < margin[i] ? a : margin[i];
        largest[i] = b > largest[i] ? b : largest[i];
    }
}

/* The last tile's lanes beyond the last neuron do not count. */
static inline void spikes_store_extremes(const scan *s, const scan_tile *tile, int64_t t,
                                         const spikes *p)
{
    scan_extremes *seen = (scan_extremes *)s->history.extremes.data + t;
    for (int i = 0; i < tile->width; i++) {
        seen->margin = p->margin[i] < seen->margin ? p->margin[i] : seen->margin;
        seen->largest = p->largest[i] > seen->largest ? p->largest[i] : seen->largest;
    }
}

static inline void spikes_close(const scan *s, const reset_rule *reset, const scan_tile *tile,
                                int64_t t, const spikes *p)
{
    if (s->memory.compressed)
        spikes_store_extremes(s, tile, t, p);
    if (reset->counts)
        memcpy((lanes *)s->history.count.data + t, p->count, sizeof p->count);
    if (s->rest)
        memcpy((lanes *)s->history.wait.data + t, p->wait, sizeof p->wait);
    double sum = 0;
    for (int i = 0; i < ROW_LANES; i++)
        sum += p->fired[i];
    ((double *)s->tape.fired.data)[t] = sum;
}

#endif

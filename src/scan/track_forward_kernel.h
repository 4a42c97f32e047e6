/* scan/track_forward_kernel.h: a track, the history of one state on its way through a tile, forward
 * in time. The general scan walks one track, of one sum over the past or of two; the scan of
 * several states walks one for each state, of one sum each.
 *
 * Steps come in blocks. track_begin sums the history from before the block for all of its outputs
 * in one pass; track_sum adds the rows of the block itself, output by output; track_end takes a
 * full block of rows into the modes. No bit depends on where blocks begin (frac/memory.h). */
#ifndef FSNN_SCAN_TRACK_FORWARD_KERNEL_H
#define FSNN_SCAN_TRACK_FORWARD_KERNEL_H

#include "base/isa_kernel.h"
#include "scan/track.h"

#include <string.h>

typedef struct track {
    const frac_memory *memory;
    const track_call *call;
    real *u, *x;            /* rows of states; rows of the history */
    int64_t rows_u, rows_x; /* filled before the call */
    real *modes;            /* [padded][32] state of the far past; NULL where there is none */
    int64_t output;         /* number of the block's first output */
    int64_t have;           /* history rows before the block */
    bool whole;             /* one pass has summed these for the whole block */
    /* what the block's outputs have so far of each sum: of the rows, and of the modes */
    lanes near[2][FRAC_BLOCK], far[2][FRAC_BLOCK];
} track;

static inline void track_open(track *h, const track_call *call, int64_t tile)
{
    const scan *state = call->state;
    const frac_memory *m = call->memory;
    h->call = call;
    h->memory = m;
    h->u = scan_rows_of(&state->history.u, tile);
    h->rows_u = state->history.u.rows;
    h->x = call->apart ? scan_rows_of(&state->history.x, tile) : h->u;
    h->rows_x = call->apart ? state->history.x.rows : state->history.u.rows;
    h->output = call->first;
    h->modes = NULL;
    if (!m->compressed)
        return;
    int64_t numbers = m->modes.padded * ROW_LANES;
    h->modes = (real *)state->history.modes.data + tile * numbers;
    if (state->training && scan_opens(state))
        memcpy((real *)state->tape.modes.data + tile * numbers, h->modes,
               (size_t)numbers * sizeof(real));
}

/* The state after step k of the call; -1: before the first. */
static inline real *track_state(const track *h, int64_t k)
{
    return h->u + (h->rows_u + k) * ROW_LANES;
}

/* The history row that step k leaves. */
static inline real *track_row(const track *h, int64_t k)
{
    return h->x + (h->rows_x + k) * ROW_LANES;
}

/* Keeps the history row of step k, where that is not the state itself: `drive` or `state` [32]. */
static inline void track_keep(const track *h, int64_t k, const real *drive, const real *state)
{
    if (h->call->apart)
        memcpy(track_row(h, k), h->memory->method->drive ? drive : state, sizeof(lanes));
}

/* Whether one of the K states of the call [32], of which `width` count, is not finite. The last one
 * tells, unless drives leave the memory and are forgotten. */
static inline bool track_strays(const track *h, int64_t K, int width)
{
    bool forgets = h->memory->method->drive && h->memory->limit >= 0;
    for (int64_t k = forgets ? 0 : K - 1; k < K; k++)
        if (width == ROW_LANES ? scan_strays(track_state(h, k), ROW_LANES)
                               : scan_strays(track_state(h, k), width))
            return true;
    return false;
}

/* Of `steps`, those that fit into one block. */
static inline int64_t track_steps(const track *h, int64_t steps)
{
    int64_t left = h->modes ? FRAC_SPAN - h->output % FRAC_SPAN : FRAC_BLOCK;
    left = left < FRAC_BLOCK ? left : FRAC_BLOCK;
    return steps < left ? steps : left;
}

/* Begins a block of `steps` at step k: sums what was before it. A pass for the whole block pays
 * from a few outputs on; either way the sums are the same. */
static inline void track_begin(track *h, int64_t k, int64_t steps)
{
    const frac_memory *m = h->memory;
    int64_t have = h->rows_x + k, near = frac_memory_near(m, h->output);
    int64_t past = near < have ? near : have;
    h->have = have;
    h->whole = steps > SCAN_FEW;
    for (int s = 0; s < m->sums; s++) {
        int64_t rows = past < m->sum[s].window ? past : m->sum[s].window;
        if (h->whole)
            h->call->lags->far(m->sum[s].w, h->x + (have - rows) * ROW_LANES, rows, h->near[s][0]);
        else
            memset(h->near[s], 0, (size_t)steps * sizeof(lanes));
        if (h->modes)
            h->call->modes->recall(&m->modes, m->modes.out[s] + h->output % FRAC_SPAN, h->modes,
                                   steps, h->far[s][0]);
    }
}

/* Sum s of the block's output number `at`: adds the rows that the pass before the block could not,
 * those within it, or all. */
static inline void track_sum(track *h, int s, int64_t at, real *out)
{
    const frac_memory *m = h->memory;
    int64_t near = frac_memory_near(m, h->output + at);
    int64_t rows = h->have + at < near ? h->have + at : near;
    rows = h->whole ? at : rows;
    rows = rows < m->sum[s].window ? rows : m->sum[s].window;
    h->call->lags->near(m->sum[s].w, h->x + (h->have + at - rows) * ROW_LANES, rows,
                        h->near[s][at]);
    const real *exact = h->near[s][at], *modes = h->far[s][at];
    if (h->modes) {
        EACH_LANE out[i] = exact[i] + modes[i];
    } else {
        memcpy(out, exact, sizeof(lanes));
    }
}

/* The spikes of output `at` of the block's `steps`, arg [32] >= least, clear the histories of their
 * neurons: rows so far, modes, and what they gave to later outputs of the block. (Only methods with
 * one sum allow it.) */
static inline void track_clear(track *h, const real *arg, real least, int64_t at, int64_t steps)
{
    const int64_t rows = h->have + at + 1;
    const int modes = h->modes ? h->memory->modes.padded : 0;
    for (int lane = 0; lane < ROW_LANES; lane++) {
        if (!(arg[lane] >= least))
            continue;
        for (int64_t r = 0; r < rows; r++)
            h->x[r * ROW_LANES + lane] = 0;
        for (int k = 0; k < modes; k++)
            h->modes[k * ROW_LANES + lane] = 0;
        for (int64_t o = at + 1; o < steps; o++)
            h->near[0][o][lane] = h->far[0][o][lane] = 0;
    }
}

/* Ends the block: the modes take in the rows before the last span, once it is full. */
static inline void track_end(track *h, int64_t steps)
{
    int64_t next = h->output + steps;
    if (h->modes && next % FRAC_SPAN == 0 && next >= 2 * FRAC_SPAN)
        h->call->modes->absorb(&h->memory->modes,
                               h->x + (h->have + steps - 2 * FRAC_SPAN) * ROW_LANES, 0, FRAC_SPAN,
                               h->modes);
    h->output = next;
}

#endif

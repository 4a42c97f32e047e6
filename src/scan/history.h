/* scan/history.h: rows of the history and of q, how many are kept, and room for them. */
#ifndef FSNN_SCAN_HISTORY_H
#define FSNN_SCAN_HISTORY_H

#include "scan/scan.h"

/* Steps of a block for which one pass over the past of all of them does not pay: each has its own,
 * with the same sums. */
enum { SCAN_FEW = 2 };

/* What the state before a call receives, a row each: of the state itself, of the spike count, of
 * the first drive. */
enum { CARRY_STATE, CARRY_COUNT, CARRY_FIRST, SCAN_CARRY };

/* Room for K more steps: forgets, extends, settles weights. */
fsnn_status scan_ready(scan *s, int64_t K);
/* Room for gradients neuron by neuron, which only parameters of channels ask for. */
fsnn_status scan_plan_lanes(scan *s);
fsnn_status scan_block_reserve(scan_block *block, size_t bytes);
/* Rows for calls of K steps and the state they begin with. What is in them stays unless they are
 * fresh. */
fsnn_status scan_rows_plan(const scan *s, scan_rows *r, int64_t K, bool fresh);
/* Room for `rows` rows a tile; those filled are kept. */
fsnn_status scan_rows_reserve(const scan *s, scan_rows *r, int64_t rows);
/* Room for K rows more; of those filled, all but the last `keep` may be forgotten (below 0: none).
 */
fsnn_status scan_rows_ready(const scan *s, scan_rows *r, int64_t K, int64_t keep);
static inline real *scan_rows_of(const scan_rows *r, int64_t t)
{
    return (real *)r->block.data + t * r->capacity * ROW_LANES;
}

/* Rows that a history keeps from call to call, where that is bounded. */
static inline int64_t scan_kept(const scan *s)
{
    return s->memory.keep > 1 ? s->memory.keep : 1;
}
/* Rows that later steps ask for; -1: all. */
static inline int64_t scan_keeps(const scan *s)
{
    return s->memory.keep < 0 ? -1 : scan_kept(s);
}
/* The history is kept apart from the states: of drives, or because spikes empty it. */
static inline bool scan_apart(const scan *s)
{
    return s->memory.method->drive || scan_resetting(s)->clears;
}
/* History rows and outputs are numbered from the reset: the output of the step at time 0. States
 * count from u_0, other histories from what the first step leaves. */
static inline int64_t scan_output(const scan *s, int64_t time)
{
    return time + (scan_apart(s) ? 0 : 1);
}
/* The first step of a call, or the call in one piece. */
static inline bool scan_opens(const scan *s)
{
    return !s->step.on || s->step.at == 0;
}
/* Backward: a step of the same call has been taken back before. */
static inline bool scan_goes_back(const scan *s)
{
    return s->step.on && s->step.at < s->step.of - 1;
}
/* Of the q there are now, those that calls before may need. Step by step none moves before the
 * first. */
static inline int64_t scan_q_kept(const scan *s, int64_t rows)
{
    int64_t keep = s->memory.keep;
    return keep >= 0 && keep < rows && scan_opens(s) ? keep : rows;
}

#endif

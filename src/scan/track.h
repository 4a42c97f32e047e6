/* scan/track.h: a track is the history of one state on its way through a tile. What it is given by
 * the call, in both directions (scan/track_forward_kernel.h, scan/track_backward_kernel.h). */
#ifndef FSNN_SCAN_TRACK_H
#define FSNN_SCAN_TRACK_H

#include "scan/history.h"
#include "scan/tile.h"

/* What a call knows of one state. */
typedef struct track_call {
    scan *state;
    const frac_memory *memory;
    const frac_kernels *lags;        /* sums over a history lag by lag */
    const frac_modes_kernels *modes; /* and by modes */
    bool apart;                      /* the history is not the states themselves */
    int64_t first;                   /* number of the call's first output */
    /* backward: number of the newest output that left a q: the last of the call, or, chained, the
     * last of the calls after it */
    int64_t top;
    int orders;
    const scan_order *order; /* [orders] the parameters of the order that are learned */
} track_call;

/* For steps from `time` on (steps since the reset). */
void track_call_open(track_call *c, scan *state, int64_t time);
/* The same for the last forward reversed: derives the weights by all parameters of the order that
 * `grads` asks for. */
fsnn_status track_call_open_back(track_call *c, scan *state, const scan_grads *grads);
/* Chained: notes what the call leaves to the one before it. */
void track_call_close_back(const track_call *c);
/* Adds what tiles have left for the parameters of the order to where it is wanted. */
void track_add_gradients(const track_call *calls, int states, const scan_grads *grads);

#endif

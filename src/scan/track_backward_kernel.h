/* scan/track_backward_kernel.h: a track, the history of one state on its way through a tile,
 * backward in time. The general scan walks one track, of one sum over the past or of two; the scan
 * of several states walks one for each state, of one sum each.
 *
 * With q_n the gradient of the sum that led to state n, the history row x_m receives
 *
 *   sum_{l>=1} w_l q_{m+l}
 *
 * which is the forward convolution in reversed time: q is laid out newest first and the same
 * kernels run on it. Where far lags are given by modes (frac/modes.h), a row of block c receives
 * from the outputs of blocks c and c + 1 lag by lag and from all later ones through the modes.
 *
 * Parameters of the order: dL/dp = sum_m x_m sum_l dw_l/dp q_{m+l} + dgain/dp * (what the schemes
 * give for the gain): the same convolution once more with the derivatives of the weights.
 *
 * Rows of q are numbered by `at`, 0 the newest output there is (track_call.top). Output o stands at
 * top - o, and so does, among the rows that receive, history row r: its gradient is the sum over
 * the q before it. The call's steps, from the last on, stand at `later`, later + 1, ...
 * (scan.h, chain). */
#ifndef FSNN_SCAN_TRACK_BACKWARD_KERNEL_H
#define FSNN_SCAN_TRACK_BACKWARD_KERNEL_H

#include "base/isa_kernel.h"
#include "scan/track.h"

#include <string.h>

/* Sets of weights: those of the sums, and their derivatives by each parameter of the order. */
enum { TRACK_SETS = 1 + SCAN_ORDERS };

typedef struct track {
    const track_call *call;
    const frac_memory *memory;
    int width;     /* neurons in the tile */
    const real *u; /* state before step 0; row k + 1 is the state after step k */
    real *q[2];    /* [q_capacity][32] of each sum, newest first */
    real *far[2];  /* [padded][32] what the modes have taken in of q; NULL: no modes */
    int64_t span;  /* far holds the outputs of spans >= span + 2 */
    int64_t at;    /* row of the block's first step */
    bool few;      /* the block has few steps: each sums all of its past by itself */
    lanes carry;   /* gradient of the state before the step at hand */
    lanes ggain;   /* gradient of the gain */
    /* of the parameters of the order: sums so far, and products lane by lane that are added to them
     * in the end; NULL: they are added row by row (the scans differ in this order of sums, and so
     * in bits) */
    double sum[SCAN_ORDERS], (*products)[ROW_LANES];
    /* what the history rows of the block receive, by each set of weights */
    lanes received[TRACK_SETS][FRAC_BLOCK];
} track;

/* ---- a tile ---- */

static inline void track_open(track *h, const track_call *call, const scan_tile *tile, int64_t t,
                              int worker)
{
    const scan *s = call->state;
    const frac_memory *m = &s->memory;
    int64_t slot = s->chain.on ? t : worker, numbers = m->modes.padded * ROW_LANES;
    h->call = call;
    h->memory = m;
    h->width = tile->width;
    h->u = scan_rows_of(&s->history.u, t) + (s->history.u.rows - s->K - 1) * ROW_LANES;
    for (int k = 0; k < 2; k++) { /* a lone sum has no second one */
        int64_t at = slot * m->sums + (k < m->sums ? k : 0);
        h->q[k] = (real *)s->adjoint.q.data + at * s->adjoint.q_capacity * ROW_LANES;
        h->far[k] = m->compressed ? (real *)s->adjoint.far.data + at * numbers : NULL;
    }
    h->span = call->top / FRAC_SPAN;
    memset(h->carry, 0, sizeof h->carry);
    memset(h->ggain, 0, sizeof h->ggain);
    memset(h->sum, 0, sizeof h->sum);
    h->products = NULL;
    if (s->chain.on && s->chain.handed) {
        h->span = s->chain.span;
        memcpy(h->carry, ((lanes *)s->chain.carry.data + t * SCAN_CARRY)[CARRY_STATE],
               sizeof h->carry);
    } else if (h->far[0]) {
        memset(h->far[0], 0, sizeof(real) * (size_t)(numbers * m->sums));
    }
}

/* Leaves for the call before this one what its state receives, and the q that its rows may still
 * need. */
static inline void track_store(const track *h, int64_t t)
{
    const scan *s = h->call->state;
    int64_t rows = s->chain.later + s->K, keep = scan_q_kept(s, rows);
    for (int k = 0; k < h->memory->sums && keep < rows; k++)
        memmove(h->q[k], h->q[k] + (rows - keep) * ROW_LANES, sizeof(lanes) * (size_t)keep);
    memcpy(((lanes *)s->chain.carry.data + t * SCAN_CARRY)[CARRY_STATE], h->carry, sizeof(lanes));
}

/* Adds to `part` (scan.h, adjoint) what the tile gives for the parameters of the order. */
static inline void track_store_orders(const track *h, double *part)
{
    double gain = 0;
    for (int i = 0; i < h->width; i++)
        gain += h->ggain[i];
    for (int o = 0; o < h->call->orders; o++) {
        const scan_order *order = &h->call->order[o];
        double sum = h->sum[o];
        for (int i = 0; i < h->width && h->products; i++)
            sum += h->products[o][i];
        part[SCAN_PARS + order->number] += sum + gain * (double)order->dgain;
    }
}

/* The q that step k leaves, of sum n. */
static inline real *track_q(const track *h, int64_t k, int n)
{
    return h->q[n] + (h->call->top - h->call->first - k) * ROW_LANES;
}

/* ---- sums over q ---- */

/* A set of weights: of lags and of modes, for each sum; lags that have one. */
typedef struct track_weights {
    const real *lags[2], *out[2];
    int64_t limit;
} track_weights;

static inline track_weights track_weights_of(const track *h, int set)
{
    const frac_memory *m = h->memory;
    const frac_sum *a = &m->sum[0], *b = &m->sum[1];
    if (set) {
        const scan_order *o = &h->call->order[set - 1];
        int64_t limit = m->limit >= 0 && m->limit < m->lags ? m->limit : m->lags;
        return (track_weights){{o->dw[0], o->dw[1]}, {o->dout[0], o->dout[1]}, limit};
    }
    int64_t window = m->sums > 1 && b->window > a->window ? b->window : a->window;
    return (track_weights){{a->w, b->w}, {m->modes.out[0], m->modes.out[1]}, window};
}

/* q before row `at` that are summed lag by lag. */
static inline int64_t track_lags(const track *h, int64_t at, int64_t limit)
{
    int64_t past = at, top = h->call->top;
    if (h->far[0]) {
        int64_t span = (top - at) / FRAC_SPAN, newest = top + 1 - (span + 2) * FRAC_SPAN;
        past = newest > 0 ? at - newest : at;
    }
    return past < limit ? past : limit;
}

static inline void track_add_block(lanes *sum, const lanes *more)
{
    for (int o = 0; o < FRAC_BLOCK; o++) {
        real *to = sum[o];
        const real *add = more[o];
        EACH_LANE to[i] += add[i];
    }
}

/* sum [FRAC_BLOCK] += what the modes give to rows at, at + 1, ... of one span */
static inline void track_add_modes(const track *h, const track_weights *w, int64_t at, lanes *sum)
{
    const frac_memory *m = h->memory;
    int64_t column = FRAC_SPAN - 1 - (h->call->top - at) % FRAC_SPAN;
    lanes more[FRAC_BLOCK];
    for (int k = 0; k < m->sums && h->far[0]; k++) {
        h->call->modes->recall(&m->modes, w->out[k] + column, h->far[k], FRAC_BLOCK, more[0]);
        track_add_block(sum, more);
    }
}

/* sum [FRAC_BLOCK] = what the `have` q there are, and the modes, give to rows at, at + 1, ... */
static inline void track_sum_block(const track *h, const track_weights *w, int64_t at, int64_t have,
                                   lanes *sum)
{
    lanes more[FRAC_BLOCK];
    int64_t from = at - track_lags(h, at, w->limit), rows = have - from > 0 ? have - from : 0;
    for (int k = 0; k < h->memory->sums; k++) {
        /* q end at have - 1, at - have before the row: the weights slide by as much */
        h->call->lags->far(w->lags[k] + (at - have), h->q[k] + from * ROW_LANES, rows,
                           k ? more[0] : sum[0]);
        if (k)
            track_add_block(sum, more);
    }
    track_add_modes(h, w, at, sum);
}

/* Adds to what step i of the block receives the q that the pass for the block could not: those of
 * the block's steps before it, or, where these are few, all. */
static inline void track_sum_step(const track *h, const track_weights *w, int64_t i, real *sum)
{
    int64_t at = h->at + i, rest = i < w->limit ? i : w->limit;
    int64_t lags = h->few ? track_lags(h, at, w->limit) : rest;
    for (int k = 0; k < h->memory->sums; k++)
        h->call->lags->near(w->lags[k], h->q[k] + (at - lags) * ROW_LANES, lags, sum);
}

/* Takes the modes on to the span of row `at`: the outputs of span b are taken in when rows of b - 2
 * come. Outputs older than the call's first have no q. */
static inline void track_absorb(track *h, int64_t at)
{
    const track_call *c = h->call;
    while (h->far[0] && h->span > (c->top - at < 0 ? -1 : (c->top - at) / FRAC_SPAN)) {
        int64_t newest = (h->span + 2) * FRAC_SPAN - 1; /* of span + 1, which is taken in */
        int64_t first = newest > c->top ? newest - c->top : 0;
        int64_t last = newest + 1 - c->first < FRAC_SPAN ? newest + 1 - c->first : FRAC_SPAN;
        for (int k = 0; k < h->memory->sums && first < last; k++)
            h->call->modes->absorb(&h->memory->modes,
                                   h->q[k] + (c->top - newest + first) * ROW_LANES, first, last,
                                   h->far[k]);
        h->span--;
    }
}

/* Rows from `at` on, before `end`, that can go into one block. */
static inline int64_t track_rows(const track *h, int64_t at, int64_t end)
{
    int64_t rows = end - at < FRAC_BLOCK ? end - at : FRAC_BLOCK;
    int64_t left = h->far[0] ? (h->call->top - at) % FRAC_SPAN + 1 : rows;
    return left < rows ? left : rows;
}

static inline double track_dot(const track *h, const real *a, const real *b)
{
    double sum = 0;
    for (int i = 0; i < h->width; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/* The history row x received `sum` by the derivatives of the weights by parameter o of the
 * order. */
static inline void track_add_order(track *h, int o, const real *x, const real *sum)
{
    if (h->products)
        scan_add_products(h->products[o], x, sum);
    else
        h->sum[o] += track_dot(h, x, sum);
}

/* ---- a block of steps ---- */

/* Steps, from the last but `done` of the call on, that can go into one block. */
static inline int64_t track_steps(const track *h, int64_t done)
{
    int64_t later = h->call->state->chain.later;
    return track_rows(h, later + done, later + h->call->state->K);
}

/* Begins a block of `steps`: what the q that there are give to the history rows of all of them. */
static inline void track_begin(track *h, int64_t done, int64_t steps)
{
    h->at = h->call->state->chain.later + done;
    h->few = steps <= SCAN_FEW;
    track_absorb(h, h->at);
    for (int set = 0; set < 1 + h->call->orders; set++) {
        const track_weights w = track_weights_of(h, set);
        if (!h->few) {
            track_sum_block(h, &w, h->at, h->at, h->received[set]);
            continue;
        }
        memset(h->received[set], 0, sizeof(lanes) * (h->far[0] ? FRAC_BLOCK : SCAN_FEW));
        track_add_modes(h, &w, h->at, h->received[set]);
    }
}

/* What the history row of the block's step i receives. */
static inline const real *track_receive(track *h, int64_t i)
{
    const track_weights w = track_weights_of(h, 0);
    track_sum_step(h, &w, i, h->received[0][i]);
    return h->received[0][i];
}

/* What that row, x, gives to the parameters of the order. */
static inline void track_add_orders(track *h, int64_t i, const real *x)
{
    for (int o = 0; o < h->call->orders; o++) {
        const track_weights w = track_weights_of(h, 1 + o);
        track_sum_step(h, &w, i, h->received[1 + o][i]);
        track_add_order(h, o, x, h->received[1 + o][i]);
    }
}

/* Neuron `lane`: nothing from after the block's step i of `steps` reaches what was before it. */
static inline void track_clear_lane(track *h, int lane, int64_t i, int64_t steps)
{
    real *q = h->q[0] + lane, *far = h->far[0];
    for (int64_t r = 0; r < h->at + i; r++)
        q[r * ROW_LANES] = 0;
    for (int k = 0; far && k < h->memory->modes.padded; k++)
        far[k * ROW_LANES + lane] = 0;
    for (int set = 0; set < 1 + h->call->orders; set++)
        for (int64_t o = i + 1; o < steps; o++)
            h->received[set][o][lane] = 0;
}

/* The spikes of the block's step i of `steps`, arg [32] >= least, cleared the histories of their
 * neurons. */
static inline void track_clear(track *h, const real *arg, real least, int64_t i, int64_t steps)
{
    for (int lane = 0; lane < ROW_LANES; lane++)
        if (arg[lane] >= least)
            track_clear_lane(h, lane, i, steps);
}

/* ---- history from before the call ---- */

/* What the modes held when the call began counts as a row of each mode. */
static inline void track_add_old_modes(track *h, int64_t t)
{
    const track_call *c = h->call;
    const frac_modes *modes = &h->memory->modes;
    const real *state = (real *)c->state->tape.modes.data + t * modes->padded * ROW_LANES;
    track_absorb(h, c->top - (c->first / FRAC_SPAN - 1) * FRAC_SPAN + 1);
    for (int o = 0; o < c->orders; o++)
        for (int k = 0; k < modes->fit.modes; k++)
            for (int n = 0; n < h->memory->sums; n++)
                h->sum[o] += (double)c->order[o].dout[n][k * modes->stride] *
                             track_dot(h, state + k * ROW_LANES, h->far[n] + k * ROW_LANES);
}

/* What the history from before the call gives to the parameters of the order: its rows are
 * constants, but the weights that reach back to them are not. */
static inline void track_add_old(track *h, int64_t t)
{
    const track_call *c = h->call;
    const scan *s = c->state;
    const scan_rows *rows = c->apart ? &s->history.x : &s->history.u;
    int64_t have = s->chain.later + s->K, old = rows->rows - s->K,
            limit = track_weights_of(h, 1).limit;
    int64_t near = frac_memory_near(h->memory, c->first);
    old = near < old ? near : old;
    const real *newest = scan_rows_of(rows, t) + (rows->rows - s->K - 1) * ROW_LANES;
    lanes sum[FRAC_BLOCK];
    for (int64_t at = have, steps; at < have + old && (at - have < limit || h->far[0]);
         at += steps) {
        steps = track_rows(h, at, have + old);
        track_absorb(h, at);
        for (int o = 0; o < c->orders; o++) {
            const track_weights w = track_weights_of(h, 1 + o);
            track_sum_block(h, &w, at, have, sum);
            for (int64_t i = 0; i < steps; i++)
                track_add_order(h, o, newest - (at + i - have) * ROW_LANES, sum[i]);
        }
    }
    if (h->far[0] && c->first >= 2 * FRAC_SPAN)
        track_add_old_modes(h, t);
}

#endif

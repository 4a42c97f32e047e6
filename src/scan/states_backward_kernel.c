/* The backward scan of neurons with several states: the exact gradient of the discrete forward scan
 * (scan/states.h).
 *
 * Each state has a track of its own with q, the gradients of its sums, newest first, and the same
 * two convolutions as in scan_backward_kernel.c: with G_i the gradient of state i after a step, and
 * gx_i that of the drive it left,
 *
 *   others     gF_i = gain_i G_i + gx_i,   q_i = G_i
 *   v          reset, spike and scheme backwards; the spike receives from the output, from the
 *              drives F of all other states and, where the reset is attached, from the reset
 *   equations  gF, g(arg), gD through AFTER, SPIKE and CHARGE backwards: they give each state
 *              before the step its gradient
 *
 * Gradients of alpha and of the coefficients are sums over the tracks of fractional order. */
#include "base/isa_kernel.h"

#include <string.h>

#include "scan/states.h"

/* A learned parameter of the order. */
typedef struct order_param {
    int number; /* frac/memory.h */
    float *dw, *dout;
    float dgain;
} order_param;

/* What a call knows of one state. */
typedef struct line {
    scan *s;
    const frac_memory *m;
    bool apart;
    int64_t first, top; /* numbers of the call's first output, and of the newest that left a q */
    int orders;
    order_param order[SCAN_ORDERS];
} line;

typedef struct job {
    scan *s;
    const equation *e;
    const scan_kernels *kernels;
    const frac_kernels *frac;
    const frac_modes_kernels *modes;
    const reset_rule *reset;
    const scan_scheme *scheme;
    const float *I, *spikes, *gspikes;
    const scan_grads *grads;
    int states;
    line line[EQUATION_STATES];
} job;

enum { SETS = 1 + SCAN_ORDERS };

/* One state's way back through a tile. */
typedef struct track {
    const job *j;
    const line *l;
    const frac_memory *m;
    const float *u; /* state before step 0; row k + 1 is the state after step k */
    float *q;       /* [q_capacity][32], newest first */
    float *far;     /* [padded][32] what the modes have taken in of q; NULL: no modes */
    int64_t block;  /* far holds the outputs of blocks >= block + 2 */
    lanes carry, ggain;
    double sum[SCAN_ORDERS]; /* parameters of the order */
    /* what the rows of a block receive, with the weights and with their derivatives */
    lanes acc[SETS][FRAC_BLOCK];
} track;

typedef struct walk {
    const job *j;
    scan_tile tile;
    int64_t t;
    float **slot;
    track track[EQUATION_STATES];
    const float *p, *resting; /* v before the reset, where it is kept */
    lanes count, gcount, none;
    lanes grow[NEURON_ROWS];
} walk;

/* ---- memory, a track at a time ---- */

static int64_t limit_of(const frac_memory *m)
{
    return m->limit >= 0 && m->limit < m->lags ? m->limit : m->lags;
}

/* q before row `at` that count lag by lag. */
static int64_t reach(const track *h, int64_t at, int64_t limit)
{
    int64_t past = at;
    if (h->far) {
        int64_t c = (h->l->top - at) / FRAC_SPAN, newest = h->l->top + 1 - (c + 2) * FRAC_SPAN;
        past = newest > 0 ? at - newest : at;
    }
    return past < limit ? past : limit;
}

/* acc [FRAC_BLOCK] += what the modes give to rows at, at + 1, ... of one block */
static void recalled(const track *h, const float *out, int64_t at, lanes *acc)
{
    lanes more[FRAC_BLOCK];
    int64_t column = FRAC_SPAN - 1 - (h->l->top - at) % FRAC_SPAN;
    h->j->modes->recall(&h->m->modes, out + column, h->far, FRAC_BLOCK, more[0]);
    for (int o = 0; o < FRAC_BLOCK; o++) {
        float *sum = acc[o];
        const float *add = more[o];
        EACH_LANE sum[i] += add[i];
    }
}

/* acc [FRAC_BLOCK] = what the `have` q there are, and the modes, give to rows at, at + 1, ... */
static void start(const track *h, const float *weights, const float *out, int64_t limit, int64_t at,
                  int64_t have, lanes *acc)
{
    int64_t from = at - reach(h, at, limit), rows = have - from > 0 ? have - from : 0;
    /* q end at have - 1, at - have before the row: the weights slide by as much */
    h->j->frac->far(weights + (at - have), h->q + from * ROW_LANES, rows, acc[0]);
    if (h->far)
        recalled(h, out, at, acc);
}

/* Only what the modes give: the rest comes row by row. */
static void start_few(const track *h, const float *out, int64_t at, lanes *acc)
{
    memset(acc, 0, sizeof(lanes) * (size_t)(h->far ? FRAC_BLOCK : SCAN_FEW));
    if (h->far)
        recalled(h, out, at, acc);
}

/* acc (row i of the block at row `at`, its far part done) += the q that are left: those of the
 * block before it, or, where there are few rows, all. */
static void finish(const track *h, const float *weights, int64_t limit, int64_t at, int64_t i,
                   bool few, float *acc)
{
    int64_t lags = few ? reach(h, at + i, limit) : i < limit ? i : limit;
    h->j->frac->near(weights, h->q + (at + i - lags) * ROW_LANES, lags, acc);
}

/* Takes the modes on to the block of row `at`: output block b is taken in when rows of b - 2 come.
 * Outputs older than the call's first have no q. */
static void advance(track *h, int64_t at)
{
    const line *l = h->l;
    while (h->far && h->block > (l->top - at < 0 ? -1 : (l->top - at) / FRAC_SPAN)) {
        int64_t newest = (h->block + 2) * FRAC_SPAN - 1; /* of block + 1, which is taken in */
        int64_t first = newest > l->top ? newest - l->top : 0;
        int64_t last = newest + 1 - l->first < FRAC_SPAN ? newest + 1 - l->first : FRAC_SPAN;
        if (first < last)
            h->j->modes->absorb(&h->m->modes, h->q + (l->top - newest + first) * ROW_LANES, first,
                                last, h->far);
        h->block--;
    }
}

/* Rows from `at` on that can be gone through together. */
static int64_t together(const track *h, int64_t at, int64_t end)
{
    int64_t rows = end - at < FRAC_BLOCK ? end - at : FRAC_BLOCK;
    int64_t left = h->far ? (h->l->top - at) % FRAC_SPAN + 1 : rows;
    return left < rows ? left : rows;
}

static void begin(track *h, int64_t at, bool few)
{
    const line *l = h->l;
    advance(h, at);
    for (int set = 0; set < 1 + l->orders; set++) {
        const order_param *order = set ? &l->order[set - 1] : NULL;
        const float *out = order ? order->dout : h->m->modes.out[0];
        if (few)
            start_few(h, out, at, h->acc[set]);
        else
            start(h, order ? order->dw : h->m->sum[0].w, out,
                  order ? limit_of(h->m) : h->m->sum[0].window, at, at, h->acc[set]);
    }
}

static double dot(const walk *w, const float *a, const float *b)
{
    double sum = 0;
    for (int i = 0; i < w->tile.width; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/* Row `i` of the block at row `at`, whose history row is x: what it receives is then in
 * acc[0][i]. */
static void receive(const walk *w, track *h, int64_t at, int64_t i, bool few, const float *x)
{
    const line *l = h->l;
    finish(h, h->m->sum[0].w, h->m->sum[0].window, at, i, few, h->acc[0][i]);
    for (int o = 0; o < l->orders; o++) {
        finish(h, l->order[o].dw, limit_of(h->m), at, i, few, h->acc[1 + o][i]);
        h->sum[o] += dot(w, x, h->acc[1 + o][i]);
    }
}

/* History from before the call: its rows are constants, but the weights that reach back to them are
 * not. What the modes held when the call began counts as a row of each mode. */
static void before(const walk *w, track *h)
{
    const line *l = h->l;
    const scan *s = l->s;
    const scan_rows *rows = l->apart ? &s->x : &s->u;
    int64_t have = s->later + s->K, limit = limit_of(h->m), old = rows->rows - s->K;
    old = frac_memory_near(h->m, l->first) < old ? frac_memory_near(h->m, l->first) : old;
    const float *newest = scan_rows_of(rows, w->t) + (rows->rows - s->K - 1) * ROW_LANES;
    lanes acc[FRAC_BLOCK];
    for (int64_t at = have, steps; at < have + old && (at - have < limit || h->far); at += steps) {
        steps = together(h, at, have + old);
        advance(h, at);
        for (int o = 0; o < l->orders; o++) {
            start(h, l->order[o].dw, l->order[o].dout, limit, at, have, acc);
            for (int64_t i = 0; i < steps; i++)
                h->sum[o] += dot(w, newest - (at + i - have) * ROW_LANES, acc[i]);
        }
    }
    if (!h->far || l->first < 2 * FRAC_SPAN)
        return;
    const frac_modes *modes = &h->m->modes;
    const float *state = (float *)s->before.data + w->t * modes->padded * ROW_LANES;
    advance(h, l->top - (l->first / FRAC_SPAN - 1) * FRAC_SPAN + 1);
    for (int o = 0; o < l->orders; o++)
        for (int k = 0; k < modes->fit.modes; k++)
            h->sum[o] += (double)l->order[o].dout[k * modes->stride] *
                         dot(w, state + k * ROW_LANES, h->far + k * ROW_LANES);
}

/* Where a spike emptied the history of v, nothing from after it reaches what was before. */
static void sever(track *h, int64_t at, int64_t i, int64_t steps, const float *arg)
{
    for (int lane = 0; lane < ROW_LANES; lane++) {
        if (!(arg[lane] >= 0))
            continue;
        for (int64_t r = 0; r < at + i; r++)
            h->q[r * ROW_LANES + lane] = 0;
        for (int k = 0; h->far && k < h->m->modes.padded; k++)
            h->far[k * ROW_LANES + lane] = 0;
        for (int set = 0; set < 1 + h->l->orders; set++)
            for (int64_t o = i + 1; o < steps; o++)
                h->acc[set][o][lane] = 0;
    }
}

/* ---- a step ---- */

/* What a step needs of the forward pass, again. */
typedef struct again {
    scan_step t;
    states_rows r;
    lanes off, c, arg, vp, p, slope, space[3], held;
    const float *s, *gs;
    const float *land, *rest; /* what the reset saw for s; the refractory period, NULL: none */
} again;

/* In the refractory period no spike depends on anything, nor does a potential that is held. */
static void rest(const walk *w, int64_t k, again *a)
{
    const float *rest = w->resting + k * ROW_LANES, holds = w->j->reset->holds ? 1 : 0, *s = a->s;
    EACH_LANE
    {
        a->slope[i] = rest[i] > 0 ? 0 : a->slope[i];
        a->held[i] = rest[i] > 0 ? holds : s[i];
    }
    a->rest = rest;
    a->land = a->held;
}

static void recall_states(walk *w, int64_t k, again *a)
{
    const float counts = w->j->reset->counts ? 1 : 0, v0 = w->j->s->v0, *s = a->s;
    const float *theta = w->tile.row[ROW_THRESHOLD];
    float *count = w->count;
    EACH_LANE
    {
        count[i] -= counts * s[i];
        a->off[i] = v0 - theta[i] * count[i];
    }
    for (int n = 0; n < w->j->states; n++) {
        const float *u = w->track[n].u + k * ROW_LANES, begins = w->track[n].l->s->v0;
        EACH_LANE a->r.X[n][i] = u[i] + (n ? begins : a->off[i]);
    }
}

static void recall(walk *w, int64_t k, again *a)
{
    const job *j = w->j;
    const scan *s = j->s;
    const float *u = w->track[0].u + k * ROW_LANES;
    a->s = scan_row(s, &w->tile, j->spikes, k, a->space[0]);
    a->gs = scan_row(s, &w->tile, j->gspikes, k, a->space[1]);
    a->t = (scan_step){.model = s->model,
                       .self = w->tile.self,
                       .arg = a->arg,
                       .row = w->tile.row,
                       .I = scan_current(s, &w->tile, j->I, k, a->space[2]),
                       .u = u,
                       .v = a->r.X[0],
                       .off = a->off,
                       .dv = a->r.D[0],
                       .c = a->c,
                       .gain = w->track[0].m->sum[0].gain,
                       .h = (float)w->track[0].m->h,
                       .v0 = s->v0,
                       .scheme = w->track[0].m->scheme};
    recall_states(w, k, a);
    states_charge(j->e, w->slot, a->t.I, &a->r);
    memcpy(a->p, w->p ? w->p + k * ROW_LANES : u + ROW_LANES, sizeof a->p);
    EACH_LANE a->vp[i] = a->p[i] + a->off[i];
    states_test(j->e, w->slot, &a->r, j->reset->ahead, a->vp, w->none, w->tile.row[ROW_THRESHOLD],
                a->arg);
    states_drive(j->e, w->slot, j->reset->reset_drive, w->tile.row[ROW_RESET_DRIVE], a->s, &a->r,
                 a->c);
    j->kernels->surrogates[s->options.surrogate.kind].slope((float)s->options.surrogate.scale,
                                                            a->arg, a->slope);
    a->land = a->s;
    a->rest = NULL;
    if (w->resting)
        rest(w, k, a);
}

/* The history row that step k made of state n. */
static const float *made(const walk *w, int64_t k, const again *a, int n, float *x)
{
    const track *h = &w->track[n];
    lanes u;
    if (!h->m->method->drive)
        return h->u + (k + 1) * ROW_LANES;
    if (n)
        return a->r.F[n];
    w->j->scheme->drive(&a->t, a->p, x);
    w->j->reset->apply(&a->t, a->p, a->land, u, x);
    return x;
}

/* Gradients of one step on their way, rows of 32. */
typedef struct grads {
    lanes G, gx, gp, greset, gu, goff, gc, gI, gtest, gIcharge;
    lanes gspike; /* through the reset current */
    lanes gseen;  /* through what other states see of the spike */
    lanes gX[EQUATION_STATES], gD[EQUATION_STATES], gF[EQUATION_STATES], gcharge[EQUATION_STATES];
    lanes unused;
} grads;

/* Of v and of the history row that the step made. */
static void arrive(const walk *w, const again *a, const float *gh, grads *g)
{
    const track *h = &w->track[0];
    const float drives = h->m->method->drive ? 1 : 0, states = 1 - drives, *arg = a->arg,
                *rests = a->rest;
    EACH_LANE
    {
        g->G[i] = h->carry[i] + states * gh[i];
        g->gx[i] = drives * gh[i];
    }
    if (w->j->reset->clears)
        EACH_LANE g->gx[i] = arg[i] >= 0 ? 0 : g->gx[i];
    if (w->j->reset->clears && rests)
        EACH_LANE g->gx[i] = rests[i] > 0 ? 0 : g->gx[i];
}

/* States beside v: their q, and the gradients of their drives. */
static void arrive_others(walk *w, int64_t k, const again *a, const float *const *gh, grads *g)
{
    for (int n = 1; n < w->j->states; n++) {
        track *h = &w->track[n];
        const float drives = h->m->method->drive ? 1 : 0, states = 1 - drives,
                    gain = h->m->sum[0].gain;
        const float *from = gh[n], *F = a->r.F[n];
        float *q = h->q + (h->l->top - h->l->first - k) * ROW_LANES, *gF = g->gF[n];
        EACH_LANE
        {
            q[i] = h->carry[i] + states * from[i];
            gF[i] = gain * q[i] + drives * from[i];
            h->ggain[i] += q[i] * F[i];
        }
    }
}

/* Where gradients of what parts read are added. */
static void point_gradients(const walk *w, grads *g, lanes *gD, float *gS)
{
    states_point_all(w->slot, EQUATION_G + EQUATION_X, g->gX, w->j->states);
    states_point_all(w->slot, EQUATION_G + EQUATION_D, gD, w->j->states);
    states_point(w->slot, EQUATION_G + EQUATION_I, g->gI);
    states_point(w->slot, EQUATION_G + EQUATION_S, gS);
}

/* Gradients gF through the drives after the spike, those of v apart from those of the others: only
 * these always pass the spike. */
static void drives_back(const walk *w, const again *a, grads *g)
{
    const equation *e = w->j->e;
    bool reset_drive = w->j->reset->reset_drive, own = reset_drive && !e->default_after[0],
         others = states_after(e, false);
    for (int n = 1; n < e->states; n++)
        if (e->default_after[n]) {
            const float *gF = g->gF[n];
            float *gD = g->gD[n];
            EACH_LANE gD[i] += gF[i];
        }
    states_point(w->slot, EQUATION_S, a->s);
    for (int v = 0; v < 2; v++) {
        if (!(v ? own : others))
            continue;
        for (int n = 0; n < e->states; n++)
            states_point(w->slot, EQUATION_G + EQUATION_F + n,
                         v ? (n ? w->none : g->gF[0])
                           : (n && !e->default_after[n] ? g->gF[n] : w->none));
        point_gradients(w, g, g->gD, v ? g->gspike : g->gseen);
        equation_run(e, EQUATION_AFTER_BACK, w->slot);
    }
}

/* The argument's gradient: to X, I, D where it is that of the step, to vp (gtest) where it is that
 * of the potential after it. */
static void argument_back(walk *w, const again *a, const float *garg, grads *g)
{
    const equation *e = w->j->e;
    const bool ahead = w->j->reset->ahead;
    float *gtheta = w->grow[ROW_THRESHOLD], *gdv = g->gD[0];
    lanes nowhere[EQUATION_STATES];
    if (e->default_spike) {
        const float direct = ahead ? 1 : 0;
        EACH_LANE
        {
            g->gtest[i] += garg[i];
            gdv[i] += direct * garg[i];
            gtheta[i] -= garg[i];
        }
        return;
    }
    memset(nowhere, 0, sizeof nowhere);
    point_gradients(w, g, ahead ? g->gD : nowhere, g->unused);
    states_point(w->slot, EQUATION_G + EQUATION_X, g->gtest);
    states_point(w->slot, EQUATION_G + EQUATION_ARG, garg);
    states_point(w->slot, EQUATION_X, ahead ? a->r.X[0] : a->vp);
    for (int n = 0; n < e->states; n++)
        states_point(w->slot, EQUATION_D + n, ahead ? a->r.D[n] : w->none);
    equation_run(e, EQUATION_SPIKE_BACK, w->slot);
    states_point(w->slot, EQUATION_X, a->r.X[0]);
    states_point_all(w->slot, EQUATION_D, a->r.D, e->states);
}

/* What the spike takes from the drive under reset current, the usual way. */
static void reset_drive_back(walk *w, const again *a, grads *g)
{
    const float *reset_drive = w->tile.row[ROW_RESET_DRIVE], *s = a->s, *gc = g->gc;
    float *greset_drive = w->grow[ROW_RESET_DRIVE];
    EACH_LANE
    {
        greset_drive[i] += gc[i] * s[i];
        g->gspike[i] += gc[i] * reset_drive[i];
    }
}

/* Reset, spike and scheme of v; adds to gX, gI, gD what they come to. */
static void back_v(walk *w, const again *a, scan_step_back *b, grads *g)
{
    const job *j = w->j;
    const float attach = j->s->options.detach_reset || j->reset->clears ? 0 : 1;
    const float *gs = a->gs, *slope = a->slope, *gcount = w->gcount;
    float *gdv = b->gdv, *gD = g->gD[0], *gF = g->gF[0];
    lanes garg;
    j->reset->back(&a->t, a->p, a->land, g->G, g->gx, g->gp, g->greset, w->grow, w->track[0].ggain);
    if (j->reset->ahead) {
        j->scheme->back(&a->t, b);
        bool own = j->reset->reset_drive && !j->e->default_after[0];
        EACH_LANE
        {
            gF[i] = -g->gc[i];         /* c = D - F */
            gD[i] += own ? 0 : gdv[i]; /* the drive is F, not D - c */
        }
        drives_back(w, a, g);
        if (j->reset->reset_drive && j->e->default_after[0])
            reset_drive_back(w, a, g);
        EACH_LANE garg[i] = (gs[i] + g->gseen[i] + attach * g->gspike[i]) * slope[i];
        argument_back(w, a, garg, g);
        return;
    }
    drives_back(w, a, g);
    EACH_LANE garg[i] = (gs[i] + g->gseen[i] + attach * (g->greset[i] + gcount[i])) * slope[i];
    argument_back(w, a, garg, g);
    EACH_LANE g->gp[i] += g->gtest[i];
    j->scheme->back(&a->t, b);
    EACH_LANE gD[i] += gdv[i];
}

/* The charge backwards, and what each state before the step receives. */
static void back_charge(walk *w, grads *g)
{
    const job *j = w->j;
    states_point_all(w->slot, EQUATION_G + EQUATION_D, g->gD, j->states);
    states_point_all(w->slot, EQUATION_G + EQUATION_X, g->gcharge, j->states);
    states_point(w->slot, EQUATION_G + EQUATION_I, g->gIcharge);
    equation_run(j->e, EQUATION_CHARGE_BACK, w->slot);
    const float *more = g->gIcharge;
    EACH_LANE g->gI[i] += more[i];
    for (int n = 0; n < j->states; n++) {
        const float *gX = g->gX[n], *gcharge = g->gcharge[n];
        float *carry = w->track[n].carry;
        EACH_LANE carry[i] = gX[i] + gcharge[i];
    }
}

/* Step k, given gh, what the history rows that it made receive. Leaves q, and in each track's
 * `carry` what the state before receives. */
static void step(walk *w, int64_t k, again *a, const float *const *gh)
{
    const job *j = w->j;
    const scan *s = j->s;
    track *h = &w->track[0];
    grads g;
    lanes gdv, none; /* explicit schemes give the current nothing */
    memset(&g, 0, sizeof g);
    const neuron_gradients more = {.v = g.unused, .I = g.unused};
    scan_step_back b = {.p = a->p,
                        .gp = g.gp,
                        .gx = g.gx,
                        .gS = {h->q + (h->l->top - h->l->first - k) * ROW_LANES, g.unused},
                        .gdv = gdv,
                        .gu = g.gu,
                        .goff = g.goff,
                        .gc = g.gc,
                        .gI = none,
                        .grow = w->grow,
                        .ggain = h->ggain};
    a->t.more = &more;
    arrive(w, a, gh[0], &g);
    arrive_others(w, k, a, gh, &g);
    back_v(w, a, &b, &g);
    back_charge(w, &g);
    /* v = u + off is seen by the test ahead and the charge; off = v0 - theta N */
    if (j->reset->ahead)
        EACH_LANE h->carry[i] += g.gtest[i];
    if (j->reset->counts) {
        const float *theta = w->tile.row[ROW_THRESHOLD];
        float *gtheta = w->grow[ROW_THRESHOLD];
        EACH_LANE
        {
            float goff = h->carry[i] + g.gtest[i];
            w->gcount[i] -= theta[i] * goff;
            gtheta[i] -= w->count[i] * goff;
        }
    }
    scan_give_current(s, &w->tile, j->grads->I, k, g.gI);
}

/* A block of steps backward in time, the i-th before the last on; returns their number. */
static int64_t block(walk *w, int64_t i)
{
    const job *j = w->j;
    int64_t K = j->s->K, steps = FRAC_BLOCK;
    for (int n = 0; n < j->states; n++) {
        int64_t later = w->track[n].l->s->later,
                rows = together(&w->track[n], later + i, later + K);
        steps = rows < steps ? rows : steps;
    }
    const bool few = steps <= SCAN_FEW;
    for (int n = 0; n < j->states; n++)
        begin(&w->track[n], w->track[n].l->s->later + i, few);
    for (int64_t o = 0; o < steps; o++) {
        int64_t k = K - 1 - (i + o);
        const float *gh[EQUATION_STATES];
        again a;
        lanes x;
        recall(w, k, &a);
        for (int n = 0; n < j->states; n++) {
            track *h = &w->track[n];
            receive(w, h, h->l->s->later + i, o, few, made(w, k, &a, n, x));
            gh[n] = h->acc[0][o];
        }
        if (j->reset->clears)
            sever(&w->track[0], w->track[0].l->s->later + i, o, steps, a.arg);
        step(w, k, &a, gh);
    }
    return steps;
}

/* ---- a tile ---- */

static void open_track(walk *w, int n, int worker)
{
    track *h = &w->track[n];
    const line *l = &w->j->line[n];
    const scan *s = l->s;
    int64_t slot = s->chained ? w->t : worker, state = s->memory.modes.padded * ROW_LANES;
    h->j = w->j;
    h->l = l;
    h->m = l->m;
    h->u = scan_rows_of(&s->u, w->t) + (s->u.rows - s->K - 1) * ROW_LANES;
    h->q = (float *)s->work.data + slot * s->q_capacity * ROW_LANES;
    h->far = l->m->compressed ? (float *)s->far.data + slot * state : NULL;
    h->block = l->top / FRAC_SPAN;
    memset(h->carry, 0, sizeof h->carry);
    memset(h->ggain, 0, sizeof h->ggain);
    memset(h->sum, 0, sizeof h->sum);
    if (s->chained && s->handed) {
        h->block = s->block;
        memcpy(h->carry, ((lanes *)s->carry.data + w->t * SCAN_CARRY)[CARRY_STATE],
               sizeof h->carry);
    } else if (h->far) {
        memset(h->far, 0, sizeof(float) * (size_t)state);
    }
}

static void open_tile(walk *w, int worker)
{
    const job *j = w->j;
    const scan *s = j->s;
    int64_t tape = (w->t * s->tape_capacity + (s->within ? s->at : 0)) * ROW_LANES;
    for (int n = 0; n < j->states; n++)
        open_track(w, n, worker);
    w->p = j->reset->keeps_arg ? (float *)s->arg.data + tape : NULL;
    w->resting = s->rest ? (float *)s->resting.data + tape : NULL;
    memset(w->count, 0, sizeof w->count);
    memset(w->gcount, 0, sizeof w->gcount);
    memset(w->none, 0, sizeof w->none);
    memset(w->grow, 0, sizeof w->grow);
    if (j->reset->counts) /* behind the step before, where that is not the end */
        memcpy(w->count, (lanes *)(scan_goes_back(s) ? s->recount : s->count).data + w->t,
               sizeof w->count);
    if (s->chained && s->handed)
        memcpy(w->gcount, ((lanes *)s->carry.data + w->t * SCAN_CARRY)[CARRY_COUNT],
               sizeof w->gcount);
    scan_tile_open(s, w->t, worker, &w->tile);
    w->slot = neuron_equation_slots(w->tile.self);
}

/* Leaves for the call before this one what a state receives, and the q that its rows may still
 * need. */
static void hand_on(const walk *w, int n)
{
    const track *h = &w->track[n];
    const scan *s = h->l->s;
    int64_t rows = s->later + s->K, keep = scan_q_kept(s, rows);
    if (keep < rows)
        memmove(h->q, h->q + (rows - keep) * ROW_LANES, sizeof(lanes) * (size_t)keep);
    lanes *carry = (lanes *)s->carry.data + w->t * SCAN_CARRY;
    memcpy(carry[CARRY_STATE], h->carry, sizeof(lanes));
    memcpy(carry[CARRY_COUNT], w->gcount, sizeof(lanes));
}

/* What a tile leaves for the parameters. */
static void leave(walk *w)
{
    const job *j = w->j;
    const scan *s = j->s;
    double *part = (double *)s->part.data + w->t * SCAN_PARTS;
    lanes own[SCAN_PARS], *gpar = scan_alike(s) ? own : (lanes *)s->lane.data + w->t * scan_pars(s);
    memset(part, 0, sizeof *part * SCAN_PARTS);
    memset(gpar, 0, (size_t)scan_pars(s) * sizeof(lanes));
    s->model->prepare_back(w->tile.self, w->tile.par, w->tile.row, w->grow, gpar);
    memcpy(gpar[PAR_V_RESET], w->grow[ROW_V_RESET], sizeof(lanes));
    for (int p = 0; p < scan_pars(s); p++)
        for (int i = 0; i < w->tile.width; i++)
            part[p] += gpar[p][i];
    for (int n = 0; n < j->states; n++) {
        const track *h = &w->track[n];
        double gain = 0;
        for (int i = 0; i < w->tile.width; i++)
            gain += h->ggain[i];
        for (int o = 0; o < h->l->orders; o++)
            part[SCAN_PARS + h->l->order[o].number] +=
                h->sum[o] + gain * (double)h->l->order[o].dgain;
    }
}

static void tile(int64_t t, int worker, void *user)
{
    walk w;
    w.j = user;
    w.t = t;
    const scan *s = w.j->s;
    open_tile(&w, worker);
    for (int64_t i = 0; i < s->K;)
        i += block(&w, i);
    for (int n = 0; n < w.j->states; n++) {
        if (w.track[n].l->orders && (!s->chained || s->begins))
            before(&w, &w.track[n]);
        if (s->chained)
            hand_on(&w, n);
    }
    if (s->chained && w.j->reset->counts)
        memcpy((lanes *)s->recount.data + t, w.count, sizeof w.count);
    leave(&w);
}

/* ---- a call ---- */

/* Where the gradient of the order's parameter p goes; NULL: it is not learned. */
static float *target(const scan_grads *g, int terms, int p)
{
    float *of = p < terms ? g->alpha : g->coefficient;
    return of ? of + p % terms : NULL;
}

/* Derivatives of the weights of a state that is of fractional order. */
static fsnn_status derive(line *l, const scan_grads *grads)
{
    scan *s = l->s;
    int terms = l->m->order.terms, count = l->m->method->integer ? 0 : frac_memory_params(l->m);
    l->orders = 0;
    for (int p = 0; p < count; p++)
        l->orders += target(grads, terms, p) != NULL;
    FSNN_TRY(scan_plan_order(s, l->orders));
    float *space = s->dw.data;
    for (int p = 0, o = 0; p < count; p++) {
        if (!target(grads, terms, p))
            continue;
        order_param *order = &l->order[o];
        order->number = p;
        order->dw = space;
        float *start_weights = space + s->memory.capacity +
                               FRAC_PAD; /* of a first drive: explicit methods have none */
        order->dout = start_weights + s->memory.starts;
        space += scan_order_floats(s);
        if (!scan_goes_back(s)) /* else later steps have them */
            FSNN_TRY(frac_memory_derive(l->m, 0, p, order->dw, start_weights, order->dout,
                                        &s->dgain[o]));
        order->dgain = s->dgain[o++];
    }
    return FSNN_OK;
}

static fsnn_status open_lines(job *j)
{
    for (int n = 0; n < j->states; n++) {
        line *l = &j->line[n];
        l->s = scan_state(j->s, n);
        l->m = &l->s->memory;
        l->apart = scan_apart(l->s);
        l->first = scan_output(l->s, l->s->time - l->s->K);
        l->top = l->first + l->s->K - 1 + l->s->later;
        FSNN_TRY(derive(l, j->grads));
    }
    return FSNN_OK;
}

static void close_lines(const job *j)
{
    for (int n = 0; n < j->states; n++) {
        scan *s = j->line[n].s;
        s->later = scan_q_kept(s, s->later + s->K);
        s->block = j->line[n].first / FRAC_SPAN;
        s->handed = true;
    }
}

fsnn_status FSNN_K(scan_states_backward)(scan *s, const float *I, const float *spikes,
                                         const float *gspikes, const scan_grads *grads)
{
    const scan_kernels *kernels = scan_kernels_get();
    job j = {.s = s,
             .e = neuron_equation_of(s->model),
             .kernels = kernels,
             .frac = frac_kernels_get(),
             .modes = frac_modes_kernels_get(),
             .reset = &kernels->resets[s->options.reset],
             .scheme = &kernels->schemes[FRAC_EXPLICIT],
             .I = I,
             .spikes = spikes,
             .gspikes = gspikes,
             .grads = grads,
             .states = 1 + s->others};
    FSNN_TRY(open_lines(&j));
    scan_each(s->tiles, s->K, tile, &j);
    if (s->chained)
        close_lines(&j);
    scan_add_pars(s, grads);
    int terms = s->memory.order.terms;
    for (int p = 0; p < 2 * terms; p++)
        if (target(grads, terms, p))
            scan_add_part(s, SCAN_PARS + p, target(grads, terms, p));
    return FSNN_OK;
}

/* The backward scan: the exact gradient of the discrete forward scan (its discrete adjoint).
 *
 * With q_n the gradient of the sum S that led to state n, the history row x_m receives
 *
 *   sum_{l>=1} w_l q_{m+l}
 *
 * which is the forward convolution in reversed time: q is laid out newest first and the same
 * kernels run on it. Each step then goes backwards through reset, spike, scheme and neuron. Nothing
 * of the forward pass is kept but states, currents and spikes (and the spike argument, or the
 * predicted state, where they cannot be had from these).
 *
 * Where far lags are given by modes (frac/modes.h), a row of block c receives from the outputs of
 * blocks c and c + 1 lag by lag and from all later ones through the modes: the same two products.
 *
 * Parameters of the order: dL/dp = sum_m x_m sum_l dw_l/dp q_{m+l} + dgain/dp * (what the schemes
 * give for the gain): the same convolution once more with the derivative weights. Sums over neurons
 * are taken tile by tile in double and added in tile order.
 *
 * Rows of q are numbered by `at`, 0 the newest output there is: the last of the call, or, chained,
 * the last that the calls after have left. Output o stands at top - o, and so does, among the rows
 * that receive, history row r: its gradient is the sum over the q before it. */
#include "base/isa_kernel.h"
#include "scan/fused.h"

#include <stddef.h>
#include <string.h>

/* A learned parameter of the order. */
typedef struct order_param {
    int number;                         /* frac/memory.h */
    float *dw[2], *dstart[2], *dout[2]; /* of each sum */
    float dgain;
} order_param;

typedef struct job {
    scan *s;
    const scan_kernels *kernels;
    const frac_kernels *frac;
    const frac_modes_kernels *modes;
    const reset_rule *reset;
    const scan_scheme *scheme;
    const float *I, *spikes, *gspikes;
    const scan_grads *grads;
    bool apart;
    int64_t first; /* number of the call's first output */
    int64_t top;   /* number of the newest output that left a q */
    int orders;
    order_param order[SCAN_ORDERS];
    int64_t done; /* tiles that the fused scan has done */
} job;

scan_fused_backward_fn FSNN_K(scan_fused_backward);

typedef struct walk {
    const job *j;
    int64_t t;
    const float *u; /* state before step 0; row k + 1 is the state after step k */
    const float *arg, *predicted, *first, *resting;
    float *q[2];   /* [q_capacity][32], newest first */
    float *far[2]; /* [padded][32] what the modes have taken in of q; NULL: no modes */
    int64_t block; /* far holds the outputs of blocks >= block + 2 */
    lanes count, carry, gfirst, ggain;
    lanes gcount; /* gradient of the spike count, for jumps */
    lanes grow[NEURON_ROWS];
    double sum[SCAN_ORDERS];   /* parameters of the order; most of it lane by lane */
    double (*wise)[ROW_LANES]; /* [orders] */
    /* what stands before begins as 0; this is large, and is written when it is opened */
    scan_tile tile;
} walk;

/* What a step needs of the forward pass, again. */
typedef struct again {
    scan_step t;
    lanes v, dv, off, c, arg, p, slope, space[3], S1, held;
    lanes vp;    /* potential that p is, where the model has a spike argument of its own */
    lanes still; /* the argument before noise moved it */
    const float *s, *gs;
    const float *land, *rest; /* what the reset saw for s; the refractory period, NULL: none */
} again;

/* The next tile's numbers of this step, asked for ahead. */
static inline void ahead(const float *row)
{
    __builtin_prefetch(row + ROW_LANES);
    __builtin_prefetch(row + ROW_LANES + 16);
}

/* Where the model has a spike argument of its own: p as it was. (Functions of such models stand
 * apart, so that the step of hand-written ones stays small.) */
static __attribute__((noinline)) void recall_own(const walk *w, const float *p, again *a)
{
    const neuron_model *model = w->j->s->model;
    lanes none;
    memcpy(a->p, p, sizeof a->p);
    lanes_zero(none);
    EACH_LANE a->vp[i] = a->p[i] + a->off[i];
    bool ahead = w->j->reset->ahead;
    model->spike(w->tile.self, ahead ? a->v : a->vp, a->t.I, ahead ? a->dv : none, a->arg);
}

/* Noise moves the argument again; what the slope is taken at. */
static __attribute__((noinline)) const float *recall_noise(const walk *w, int64_t k, again *a)
{
    const scan *s = w->j->s;
    const scan_noise *noise = &s->noise;
    memcpy(a->still, a->arg, sizeof a->still);
    w->j->kernels->noise(noise->seed, noise->run, s->time - s->K + k, w->t, noise->gamma, a->arg);
    return noise->seen ? a->arg : a->still;
}

/* In the refractory period no spike depends on anything, nor does a potential that is held. */
static void rest(const walk *w, int64_t k, again *a)
{
    const float *rest = w->resting + k * ROW_LANES, holds = w->j->reset->holds ? 1 : 0;
    const float *s = a->s;
    EACH_LANE
    {
        a->slope[i] = rest[i] > 0 ? 0 : a->slope[i];
        a->held[i] = rest[i] > 0 ? holds : s[i];
    }
    a->rest = rest;
    a->land = a->held;
}

static void recall(walk *w, int64_t k, again *a)
{
    const job *j = w->j;
    const scan *s = j->s;
    const float *u = w->u + k * ROW_LANES, *next = u + ROW_LANES;
    const float *theta = w->tile.row[ROW_THRESHOLD], *reset_drive = w->tile.row[ROW_RESET_DRIVE];
    a->s = scan_row(s, &w->tile, j->spikes, k, a->space[0]);
    a->gs = scan_row(s, &w->tile, j->gspikes, k, a->space[1]);
    a->t = (scan_step){.model = s->model,
                       .self = w->tile.self,
                       .arg = a->arg,
                       .row = w->tile.row,
                       .u = u,
                       .v = a->v,
                       .off = a->off,
                       .dv = a->dv,
                       .c = a->c,
                       .gain = s->memory.sum[0].gain,
                       .h = (float)s->memory.h,
                       .v0 = s->v0,
                       .scheme = s->memory.scheme};
    a->t.I = scan_current(s, &w->tile, j->I, k, a->space[2]);
    int64_t at = k * s->B * s->N + w->tile.first, at_current = k * scan_pitch(s) + w->tile.first;
    ahead(j->spikes + at);
    ahead(j->gspikes + at);
    ahead(j->I + at_current);
    if (j->grads->I)
        ahead(j->grads->I + at_current);
    /* choices are factors or stand outside of the loops, so that these stay vector operations */
    const float counts = j->reset->counts ? 1 : 0, resets_drive = j->reset->reset_drive ? 1 : 0,
                v0 = s->v0;
    const float *spike = a->s;
    float *count = w->count;
    EACH_LANE
    {
        count[i] -= counts * spike[i];
        a->off[i] = v0 - theta[i] * count[i];
        a->v[i] = u[i] + a->off[i];
        a->c[i] = resets_drive * spike[i] * reset_drive[i];
    }
    s->model->charge(a->t.self, a->v, a->t.I, a->t.row, a->dv);
    if (s->model->reset_drive && j->reset->reset_drive)
        s->model->reset_drive(a->t.self, a->v, a->t.I, a->dv, spike, a->c);
    if (s->model->spike) {
        recall_own(w, w->arg ? w->arg + k * ROW_LANES : next, a);
    } else if (w->arg) {
        const float *arg = w->arg + k * ROW_LANES;
        EACH_LANE
        {
            a->arg[i] = arg[i];
            a->p[i] = (arg[i] + theta[i]) - a->off[i];
        }
    } else {
        const float *from = j->reset->ahead ? a->v : next, *more = j->reset->ahead ? a->dv : a->off;
        EACH_LANE
        {
            a->arg[i] = (from[i] + more[i]) - theta[i];
            a->p[i] = next[i];
        }
    }
    if (w->predicted) {
        memcpy(a->S1, w->predicted + k * ROW_LANES, sizeof a->S1);
        a->t.S[1] = a->S1;
    }
    const float *seen = s->noise.drawn ? recall_noise(w, k, a) : a->arg;
    j->kernels->surrogates[s->options.surrogate.kind].slope((float)s->options.surrogate.scale, seen,
                                                            a->slope);
    if (s->model->readout)
        lanes_zero(a->slope);
    a->land = a->s;
    a->rest = NULL;
    if (w->resting)
        rest(w, k, a);
}

/* The first drive feeds every output with its own weight. */
static void first_back(walk *w, int64_t time, float *const *gS, float *gdv, float *gc)
{
    const frac_memory *m = &w->j->s->memory;
    for (int s = 0; s < m->sums; s++) {
        float weight = m->sum[s].start[time - m->from];
        double dot = 0;
        EACH_LANE
        w->gfirst[i] += weight * gS[s][i];
        for (int i = 0; i < w->tile.width; i++)
            dot += (double)w->first[i] * (double)gS[s][i];
        for (int o = 0; o < w->j->orders; o++)
            w->sum[o] += (double)w->j->order[o].dstart[s][time - m->from] * dot;
    }
    for (int i = 0; i < ROW_LANES && time == 0; i++) {
        gdv[i] += w->gfirst[i];
        gc[i] -= w->gfirst[i];
    }
}

/* Gradients of one step on their way, rows of 32. */
typedef struct grads {
    lanes G, gx, gp, greset, gdv, gu, goff, gc, gI, gv;
    lanes gItest; /* of the current, through test, kick and reset */
    lanes gvmore; /* of the potential, through the reset */
    lanes gtest;  /* of the potential, through the test (and the kick) */
} grads;

/* Of the state and of the history row that the step made, from `gh`, what that row received. */
static void arrive(const walk *w, const again *a, const float *gh, grads *g)
{
    const float drives = w->j->s->memory.method->drive ? 1 : 0, states = 1 - drives;
    EACH_LANE
    {
        g->G[i] = w->carry[i] + states * gh[i];
        g->gx[i] = drives * gh[i];
    }
    if (a->t.model->readout) { /* the output is the state, and no spike stands between */
        const float *gs = a->gs;
        EACH_LANE g->G[i] += gs[i];
    }
    if (w->j->reset->clears)
        EACH_LANE g->gx[i] = a->arg[i] >= 0 ? 0 : g->gx[i];
    if (w->j->reset->clears && a->rest)
        EACH_LANE g->gx[i] = a->rest[i] > 0 ? 0 : g->gx[i];
}

/* The same where the argument is the model's own. */
static __attribute__((noinline)) void test_after_own(walk *w, const again *a, float attach,
                                                     grads *g)
{
    const float *gs = a->gs, *slope = a->slope, *gcount = w->gcount;
    lanes garg, none, unused;
    const neuron_gradients to = {.v = g->gtest, .I = g->gItest, .dv = unused};
    lanes_zero(none);
    lanes_zero(unused);
    EACH_LANE
    {
        garg[i] = (gs[i] + attach * (g->greset[i] + gcount[i])) * slope[i];
        g->gtest[i] = 0;
    }
    a->t.model->spike_back(a->t.self, a->vp, a->t.I, none, garg, &to);
    EACH_LANE g->gp[i] += g->gtest[i];
}

/* The spike test after the charge: its argument is p + off - theta. */
static void test_after(walk *w, const again *a, float attach, grads *g)
{
    const float *gs = a->gs, *slope = a->slope, *gcount = w->gcount;
    float *gtheta = w->grow[ROW_THRESHOLD];
    if (w->j->s->model->spike) {
        test_after_own(w, a, attach, g);
        return;
    }
    EACH_LANE
    {
        g->gtest[i] = (gs[i] + attach * (g->greset[i] + gcount[i])) * slope[i];
        g->gp[i] += g->gtest[i];
        gtheta[i] -= g->gtest[i];
    }
}

/* The same where argument or kick are the model's own. */
static __attribute__((noinline)) void test_ahead_own(walk *w, const again *a, float attach,
                                                     grads *g)
{
    const neuron_model *model = a->t.model;
    const float *s = a->s, *gs = a->gs, *slope = a->slope,
                *reset_drive = w->tile.row[ROW_RESET_DRIVE];
    float *gtheta = w->grow[ROW_THRESHOLD], *greset_drive = w->grow[ROW_RESET_DRIVE];
    const float resets_drive = w->j->reset->reset_drive && !model->reset_drive ? 1 : 0;
    lanes gspike, garg;
    const neuron_gradients to = {.v = g->gtest, .I = g->gItest, .dv = g->gdv, .s = gspike};
    EACH_LANE
    {
        greset_drive[i] += resets_drive * g->gc[i] * s[i];
        gspike[i] = resets_drive * g->gc[i] * reset_drive[i];
        g->gtest[i] = 0;
    }
    if (w->j->reset->reset_drive && model->reset_drive)
        model->reset_drive_back(a->t.self, a->v, a->t.I, a->dv, s, g->gc, &to);
    EACH_LANE garg[i] = (gs[i] + attach * gspike[i]) * slope[i];
    if (model->spike) {
        model->spike_back(a->t.self, a->v, a->t.I, a->dv, garg, &to);
        return;
    }
    EACH_LANE
    {
        g->gtest[i] += garg[i];
        g->gdv[i] += garg[i];
        gtheta[i] -= garg[i];
    }
}

/* The spike test ahead: its argument is v + dv - theta; the spike may take c = s kick from the
 * drive. */
static void test_ahead(walk *w, const again *a, float attach, grads *g)
{
    if (a->t.model->spike || a->t.model->reset_drive) {
        test_ahead_own(w, a, attach, g);
        return;
    }
    const float resets_drive = w->j->reset->reset_drive ? 1 : 0,
                *reset_drive = w->tile.row[ROW_RESET_DRIVE];
    const float *s = a->s, *gs = a->gs, *slope = a->slope;
    float *gtheta = w->grow[ROW_THRESHOLD], *greset_drive = w->grow[ROW_RESET_DRIVE];
    EACH_LANE
    {
        greset_drive[i] += resets_drive * g->gc[i] * s[i];
        g->gtest[i] = (gs[i] + resets_drive * attach * g->gc[i] * reset_drive[i]) * slope[i];
        g->gdv[i] += g->gtest[i];
        gtheta[i] -= g->gtest[i];
    }
}

/* off = v0 - theta N */
static void offset_back(walk *w, const grads *g)
{
    const float *theta = w->tile.row[ROW_THRESHOLD], *count = w->count;
    float *gtheta = w->grow[ROW_THRESHOLD], *gcount = w->gcount;
    EACH_LANE
    {
        float goff = g->goff[i] + g->gv[i] + g->gtest[i];
        gcount[i] -= theta[i] * goff;
        gtheta[i] -= count[i] * goff;
    }
}

/* Step k, given gh, what the history row that it made receives. Leaves q, and in `carry` what the
 * state before receives. */
static void step(walk *w, int64_t k, again *a, const float *gh)
{
    const job *j = w->j;
    const scan *s = j->s;
    int64_t at = (j->top - j->first - k) * ROW_LANES;
    float attach = s->options.detach_reset || j->reset->clears ? 0 : 1;
    lanes gI2, unused;
    grads g;
    scan_step_back b = {.p = a->p,
                        .gp = g.gp,
                        .gx = g.gx,
                        .gS = {w->q[0] + at, s->memory.sums == 1 ? unused : w->q[1] + at},
                        .gdv = g.gdv,
                        .gu = g.gu,
                        .goff = g.goff,
                        .gc = g.gc,
                        .gI = g.gI,
                        .grow = w->grow,
                        .ggain = w->ggain};
    arrive(w, a, gh, &g);
    lanes_zero(g.greset);
    const bool own = s->model->of != NULL; /* of hand-written models nothing comes there */
    if (own) {
        lanes_zero(g.gItest);
        lanes_zero(g.gvmore);
    }
    const neuron_gradients more = {.v = g.gvmore, .I = g.gItest};
    a->t.more = &more;
    j->reset->back(&a->t, a->p, a->land, g.G, g.gx, g.gp, g.greset, w->grow, w->ggain);
    if (!j->reset->ahead)
        test_after(w, a, attach, &g);
    j->scheme->back(&a->t, &b);
    if (w->first)
        first_back(w, s->time - s->K + k, b.gS, g.gdv, g.gc);
    if (j->reset->ahead)
        test_ahead(w, a, attach, &g);
    s->model->charge_back(a->t.self, a->v, a->t.I, a->t.row, g.gdv, g.gv, gI2, w->grow);
    if (own)
        EACH_LANE
        {
            g.gI[i] += g.gItest[i];
            g.gv[i] += g.gvmore[i];
        }

    const float direct = j->reset->ahead ? 1 : 0; /* the test ahead sees v itself */
    float *carry = w->carry;
    EACH_LANE
    {
        g.gI[i] += gI2[i];
        carry[i] = g.gu[i] + g.gv[i] + direct * g.gtest[i];
    }
    if (j->reset->counts)
        offset_back(w, &g);
    scan_give_current(s, &w->tile, j->grads->I, k, g.gI);
}

/* acc (one row of a block, its far part done) += the `lags` q before it. */
static void finish(const walk *w, float *const *weights, int64_t at, int64_t lags, float *acc)
{
    const scan *s = w->j->s;
    for (int k = 0; k < s->memory.sums; k++)
        w->j->frac->near(weights[k], w->q[k] + (at - lags) * ROW_LANES, lags, acc);
}

/* q before row `at` that count lag by lag. */
static int64_t reach(const walk *w, int64_t at, int64_t limit)
{
    int64_t past = at;
    if (w->far[0]) {
        int64_t c = (w->j->top - at) / FRAC_SPAN, newest = w->j->top + 1 - (c + 2) * FRAC_SPAN;
        past = newest > 0 ? at - newest : at;
    }
    return past < limit ? past : limit;
}

/* acc [FRAC_BLOCK] += what the modes give to rows at, at + 1, ... of one block */
static void recalled(const walk *w, float *const *out, int64_t at, lanes *acc)
{
    const frac_memory *m = &w->j->s->memory;
    int64_t column = FRAC_SPAN - 1 - (w->j->top - at) % FRAC_SPAN;
    lanes more[FRAC_BLOCK];
    for (int k = 0; k < m->sums; k++) {
        w->j->modes->recall(&m->modes, out[k] + column, w->far[k], FRAC_BLOCK, more[0]);
        for (int o = 0; o < FRAC_BLOCK; o++) {
            float *sum = acc[o], *add = more[o];
            EACH_LANE
            sum[i] += add[i];
        }
    }
}

/* acc [FRAC_BLOCK] = what the `have` q there are, and the modes, give to rows at, at + 1, ... */
static void start(const walk *w, float *const *weights, float *const *out, int64_t limit,
                  int64_t at, int64_t have, lanes *acc)
{
    const scan *s = w->j->s;
    lanes more[FRAC_BLOCK];
    int64_t from = at - reach(w, at, limit), rows = have - from;
    if (rows < 0)
        rows = 0;
    for (int k = 0; k < s->memory.sums; k++) {
        /* q end at have - 1, at - have before the row: the weights slide by as much */
        w->j->frac->far(weights[k] + (at - have), w->q[k] + from * ROW_LANES, rows,
                        k ? more[0] : acc[0]);
        for (int o = 0; k && o < FRAC_BLOCK; o++) {
            float *sum = acc[o], *add = more[o];
            EACH_LANE
            sum[i] += add[i];
        }
    }
    if (w->far[0])
        recalled(w, out, at, acc);
}

static void start_all(const walk *w, float *const *weights, float *const *out, int64_t limit,
                      int64_t at, lanes *acc)
{
    start(w, weights, out, limit, at, at, acc);
}

/* Only what the modes give: the rest comes row by row. */
static void start_few(const walk *w, float *const *weights, float *const *out, int64_t limit,
                      int64_t at, lanes *acc)
{
    (void)weights;
    (void)limit;
    memset(acc, 0, sizeof(lanes) * (size_t)(w->far[0] ? FRAC_BLOCK : SCAN_FEW));
    if (w->far[0])
        recalled(w, out, at, acc);
}

/* Takes the modes on to the block of row `at`: output block b is taken in when rows of b - 2 come.
 * Outputs older than the call's first have no q. */
static void advance(walk *w, int64_t at)
{
    const job *j = w->j;
    const frac_memory *m = &j->s->memory;
    while (w->far[0] && w->block > (j->top - at < 0 ? -1 : (j->top - at) / FRAC_SPAN)) {
        int64_t newest = (w->block + 2) * FRAC_SPAN - 1; /* of block + 1, which is taken in */
        int64_t first = newest > j->top ? newest - j->top : 0;
        int64_t last = newest + 1 - j->first < FRAC_SPAN ? newest + 1 - j->first : FRAC_SPAN;
        for (int k = 0; k < m->sums && first < last; k++)
            j->modes->absorb(&m->modes, w->q[k] + (j->top - newest + first) * ROW_LANES, first,
                             last, w->far[k]);
        w->block--;
    }
}

static double dot(const walk *w, const float *a, const float *b)
{
    double sum = 0;
    for (int i = 0; i < w->tile.width; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/* The history row that step k made. */
static void made(const walk *w, int64_t k, const again *a, float *x)
{
    const job *j = w->j;
    lanes u;
    if (!j->s->memory.method->drive) {
        memcpy(x, w->u + (k + 1) * ROW_LANES, sizeof(lanes));
        return;
    }
    j->scheme->drive(&a->t, a->p, x);
    j->reset->apply(&a->t, a->p, a->land, u, x);
}

/* Where a spike emptied the history, nothing from after it reaches what was before. */
static void sever(const walk *w, int64_t at, const float *arg, lanes *later, int64_t outputs)
{
    for (int i = 0; i < ROW_LANES; i++) {
        if (!(arg[i] >= 0))
            continue;
        for (int64_t r = 0; r < at; r++)
            w->q[0][r * ROW_LANES + i] = 0;
        for (int k = 0; w->far[0] && k < w->j->s->memory.modes.padded; k++)
            w->far[0][k * ROW_LANES + i] = 0;
        for (int64_t o = 0; o < outputs; o++)
            later[o][i] = 0;
    }
}

static int64_t window_of(const walk *w)
{
    const frac_memory *m = &w->j->s->memory;
    return m->sums > 1 && m->sum[1].window > m->sum[0].window ? m->sum[1].window : m->sum[0].window;
}

static int64_t limit_of(const walk *w)
{
    const frac_memory *m = &w->j->s->memory;
    return m->limit >= 0 && m->limit < m->lags ? m->limit : m->lags;
}

enum { SETS = 1 + SCAN_ORDERS };

/* Rows from `at` on that can be gone through together. */
static int64_t together(const walk *w, int64_t at, int64_t end)
{
    int64_t rows = end - at < FRAC_BLOCK ? end - at : FRAC_BLOCK;
    int64_t left = w->far[0] ? (w->j->top - at) % FRAC_SPAN + 1 : rows;
    return left < rows ? left : rows;
}

/* q that are left to be added to row `at`: those of its block, or (-1) all. */
static int64_t lags_of(const walk *w, int64_t limit, int64_t at, int64_t block)
{
    if (block < 0)
        return reach(w, at, limit);
    return block < limit ? block : limit;
}

/* A block of steps from row `at` on, backward in time; returns their number. */
static int64_t block(walk *w, int64_t at, int64_t end)
{
    const job *j = w->j;
    const frac_memory *m = &j->s->memory;
    lanes acc[SETS][FRAC_BLOCK];
    float *weights[2] = {m->sum[0].w, m->sum[1].w};
    again a;
    int64_t steps = together(w, at, end);
    const bool each = steps <= SCAN_FEW;
    advance(w, at);
    (each ? start_few : start_all)(w, weights, m->modes.out, window_of(w), at, acc[0]);
    for (int o = 0; o < j->orders; o++)
        (each ? start_few : start_all)(w, j->order[o].dw, j->order[o].dout, limit_of(w), at,
                                       acc[1 + o]);
    for (int64_t i = 0; i < steps; i++) {
        int64_t k = j->top - j->first - (at + i);
        lanes x;
        recall(w, k, &a);
        finish(w, weights, at + i, lags_of(w, window_of(w), at + i, each ? -1 : i), acc[0][i]);
        if (j->orders)
            made(w, k, &a, x);
        for (int o = 0; o < j->orders; o++) {
            finish(w, j->order[o].dw, at + i, lags_of(w, limit_of(w), at + i, each ? -1 : i),
                   acc[1 + o][i]);
            scan_add_products(w->wise[o], x, acc[1 + o][i]);
        }
        if (j->reset->clears)
            for (int set = 0; set < 1 + j->orders; set++)
                sever(w, at + i, a.arg, acc[set] + i + 1, steps - i - 1);
        step(w, k, &a, acc[0][i]);
    }
    return steps;
}

/* History from before the call: its rows are constants, but the weights that reach back to them are
 * not. What the modes held when the call began counts as a row of each mode. */
static void before(walk *w)
{
    const job *j = w->j;
    const scan *s = j->s;
    const scan_rows *h = j->apart ? &s->x : &s->u;
    int64_t have = s->later + s->K, limit = limit_of(w), old = h->rows - s->K;
    old =
        frac_memory_near(&s->memory, j->first) < old ? frac_memory_near(&s->memory, j->first) : old;
    const float *newest = scan_rows_of(h, w->t) + (h->rows - s->K - 1) * ROW_LANES;
    lanes acc[FRAC_BLOCK];
    for (int64_t at = have, steps; at < have + old && (at - have < limit || w->far[0]);
         at += steps) {
        steps = together(w, at, have + old);
        advance(w, at);
        for (int o = 0; o < j->orders; o++) {
            start(w, j->order[o].dw, j->order[o].dout, limit, at, have, acc);
            for (int64_t i = 0; i < steps; i++)
                scan_add_products(w->wise[o], newest - (at + i - have) * ROW_LANES, acc[i]);
        }
    }
    if (!w->far[0] || j->first < 2 * FRAC_SPAN)
        return;
    const frac_modes *modes = &s->memory.modes;
    const float *state = (float *)s->before.data + w->t * modes->padded * ROW_LANES;
    advance(w, j->top - (j->first / FRAC_SPAN - 1) * FRAC_SPAN + 1);
    for (int o = 0; o < j->orders; o++)
        for (int k = 0; k < modes->fit.modes; k++)
            for (int n = 0; n < s->memory.sums; n++)
                w->sum[o] += (double)j->order[o].dout[n][k * modes->stride] *
                             dot(w, state + k * ROW_LANES, w->far[n] + k * ROW_LANES);
}

/* What a tile leaves for the parameters. */
static void leave(walk *w)
{
    const job *j = w->j;
    scan *s = j->s;
    double *part = (double *)s->part.data + w->t * SCAN_PARTS;
    lanes own[SCAN_PARS], *gpar = scan_alike(s) ? own : (lanes *)s->lane.data + w->t * scan_pars(s);
    memset(gpar, 0, (size_t)scan_pars(s) * sizeof(lanes));
    s->model->prepare_back(w->tile.self, w->tile.par, w->tile.row, w->grow, gpar);
    memcpy(gpar[PAR_V_RESET], w->grow[ROW_V_RESET], sizeof(lanes));
    for (int p = 0; p < scan_pars(s); p++) {
        part[p] = 0;
        for (int i = 0; i < w->tile.width; i++)
            part[p] += gpar[p][i];
    }
    double gain = 0;
    for (int i = 0; i < w->tile.width; i++)
        gain += w->ggain[i];
    for (int o = 0; o < j->orders; o++) {
        double sum = w->sum[o];
        for (int i = 0; i < w->tile.width; i++)
            sum += w->wise[o][i];
        part[SCAN_PARS + o] = sum + gain * (double)j->order[o].dgain;
    }
}

/* Places of q and of what the modes take of it; the gradients that the call after left. */
static void tile_buffers(walk *w, int worker)
{
    const scan *s = w->j->s;
    int64_t capacity = s->q_capacity * ROW_LANES, slot = s->chained ? w->t : worker;
    int64_t state = s->memory.modes.padded * ROW_LANES;
    int sums = s->memory.sums;
    for (int k = 0; k < 2; k++) { /* a lone sum has no second one */
        int64_t at = slot * sums + (k < sums ? k : 0);
        w->q[k] = (float *)s->work.data + at * capacity;
        w->far[k] = s->memory.compressed ? (float *)s->far.data + at * state : NULL;
    }
    w->block = w->j->top / FRAC_SPAN;
    if (!s->chained || !s->handed) {
        if (w->far[0])
            memset(w->far[0], 0, sizeof(float) * (size_t)(state * sums));
        return;
    }
    const lanes *carry = (lanes *)s->carry.data + w->t * SCAN_CARRY;
    w->block = s->block;
    memcpy(w->carry, carry[CARRY_STATE], sizeof(lanes));
    memcpy(w->gcount, carry[CARRY_COUNT], sizeof(lanes));
    memcpy(w->gfirst, carry[CARRY_FIRST], sizeof(lanes));
}

/* Leaves for the call before this one what its state receives, and the q that its rows may still
 * need. */
static void hand_on(walk *w)
{
    const scan *s = w->j->s;
    int64_t rows = s->later + s->K, keep = scan_q_kept(s, rows);
    if (w->j->reset->counts)
        memcpy((lanes *)s->recount.data + w->t, w->count, sizeof w->count);
    for (int k = 0; k < s->memory.sums && keep < rows; k++)
        memmove(w->q[k], w->q[k] + (rows - keep) * ROW_LANES, sizeof(lanes) * (size_t)keep);
    lanes *carry = (lanes *)s->carry.data + w->t * SCAN_CARRY;
    memcpy(carry[CARRY_STATE], w->carry, sizeof(lanes));
    memcpy(carry[CARRY_COUNT], w->gcount, sizeof(lanes));
    memcpy(carry[CARRY_FIRST], w->gfirst, sizeof(lanes));
}

static void tile(int64_t t, int worker, void *user)
{
    const job *j = user;
    scan *s = j->s;
    t += j->done;
    int64_t K = s->K, end = s->later + K;
    int64_t tape = (t * s->tape_capacity + (s->within ? s->at : 0)) * ROW_LANES;
    walk w;
    memset(&w, 0, offsetof(walk, tile));
    w.j = j;
    w.t = t;
    w.u = scan_rows_of(&s->u, t) + (s->u.rows - K - 1) * ROW_LANES;
    tile_buffers(&w, worker);
    if (j->reset->keeps_arg)
        w.arg = (float *)s->arg.data + tape;
    if (s->rest)
        w.resting = (float *)s->resting.data + tape;
    if (s->memory.scheme == FRAC_PECE)
        w.predicted = (float *)s->predicted.data + tape;
    if (s->memory.method->start)
        w.first = (float *)s->first.data + t * ROW_LANES;
    if (j->reset->counts) /* behind the step before, where that is not the end */
        memcpy(w.count, (lanes *)(scan_goes_back(s) ? s->recount : s->count).data + t,
               sizeof w.count);
    double wise[SCAN_ORDERS][ROW_LANES];
    memset(wise, 0, sizeof wise[0] * (size_t)j->orders);
    w.wise = wise;
    scan_tile_open(s, t, worker, &w.tile);
    for (int64_t at = s->later; at < end;)
        at += block(&w, at, end);
    if (j->orders && (!s->chained || s->begins))
        before(&w);
    if (s->chained)
        hand_on(&w);
    leave(&w);
}

/* Where the gradient of the order's parameter p goes; NULL: it is not learned. */
static float *target(const scan *s, const scan_grads *g, int p)
{
    int terms = s->memory.order.terms;
    if (p < terms)
        return g->alpha ? g->alpha + p : NULL;
    if (p < 2 * terms)
        return g->coefficient ? g->coefficient + (p - terms) : NULL;
    return g->par[PAR_TAU];
}

static fsnn_status derive(job *j)
{
    scan *s = j->s;
    int count = frac_memory_params(&s->memory);
    for (int p = 0; p < count; p++)
        j->orders += target(s, j->grads, p) != NULL;
    FSNN_TRY(scan_plan_order(s, j->orders));
    float *space = s->dw.data;
    for (int p = 0, o = 0; p < count; p++) {
        if (!target(s, j->grads, p))
            continue;
        order_param *order = &j->order[o++];
        order->number = p;
        for (int k = 0; k < s->memory.sums; k++, space += scan_order_floats(s)) {
            float none;
            order->dw[k] = space;
            order->dstart[k] = space + s->memory.capacity + FRAC_PAD;
            order->dout[k] = order->dstart[k] + s->memory.starts;
            if (scan_goes_back(s)) /* later steps have them */
                continue;
            FSNN_TRY(frac_memory_derive(&s->memory, k, p, order->dw[k], order->dstart[k],
                                        order->dout[k], k ? &none : &s->dgain[o - 1]));
        }
        order->dgain = s->dgain[o - 1];
    }
    return FSNN_OK;
}

fsnn_status FSNN_K(scan_backward)(scan *s, const float *I, const float *spikes,
                                  const float *gspikes, const scan_grads *grads)
{
    const scan_kernels *kernels = scan_kernels_get();
    job j = {.s = s,
             .kernels = kernels,
             .frac = frac_kernels_get(),
             .modes = frac_modes_kernels_get(),
             .reset = &kernels->resets[s->options.reset],
             .scheme = &kernels->schemes[s->memory.scheme],
             .I = I,
             .spikes = spikes,
             .gspikes = gspikes,
             .grads = grads,
             .apart = scan_apart(s),
             .first = scan_output(s, s->time - s->K)};
    j.top = j.first + s->K - 1 + s->later;
    FSNN_TRY(derive(&j));
    scan_order order[SCAN_ORDERS];
    for (int o = 0; o < j.orders; o++)
        order[o] = (scan_order){j.order[o].dw[0], j.order[o].dgain};
    j.done = FSNN_K(scan_fused_backward)(s, I, gspikes, grads, order, j.orders);
    scan_each(s->tiles - j.done, s->K, tile, &j);
    if (s->chained) {
        s->later = scan_q_kept(s, s->later + s->K);
        s->block = j.first / FRAC_SPAN;
        s->handed = true;
    }

    scan_add_pars(s, grads);
    for (int o = 0; o < j.orders; o++)
        scan_add_part(s, SCAN_PARS + o, target(s, grads, j.order[o].number));
    if (grads->sums)
        scan_add_sums(s, grads->sums);
    return FSNN_OK;
}

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
 * Parameters of the order: dL/dp = sum_m x_m sum_l dw_l/dp q_{m+l} + dgain/dp * (what the schemes
 * give for the gain): the same convolution once more with the derivative weights. Sums over neurons
 * are taken tile by tile in double and added in tile order. */
#include "base/isa_kernel.h"
#include "neuron/scan_fused.h"

#include <string.h>

/* A learned parameter of the order. */
typedef struct order_param {
    int number;               /* frac/memory.h */
    float *dw[2], *dstart[2]; /* of each sum */
    float dgain;
} order_param;

typedef struct job {
    scan *s;
    const neuron_kernels *kernels;
    const frac_kernels *frac;
    const neuron_reset *reset;
    const neuron_scheme *scheme;
    const float *I, *spikes, *gspikes;
    const scan_grads *grads;
    bool apart;
    int orders;
    order_param order[SCAN_ORDERS];
    int64_t done; /* tiles that the fused scan has done */
} job;

scan_fused_backward_fn FSNN_K(scan_fused_backward);

typedef struct walk {
    const job *j;
    scan_tile tile;
    int64_t t;
    const float *u; /* state before step 0; row k + 1 is the state after step k */
    const float *arg, *predicted, *first;
    float *q[2]; /* [K][32], newest first */
    lanes count, carry, gfirst, ggain;
    lanes gcount; /* gradient of the spike count, for jumps */
    lanes grow[NEURON_ROWS];
    double sum[SCAN_ORDERS]; /* parameters of the order */
} walk;

/* What a step needs of the forward pass, again. */
typedef struct again {
    neuron_step t;
    lanes v, dv, off, c, arg, p, slope, space[3], S1;
    const float *s, *gs;
} again;

/* The next tile's numbers of this step, asked for ahead. */
static inline void ahead(const float *row)
{
    __builtin_prefetch(row + FRAC_LANES);
    __builtin_prefetch(row + FRAC_LANES + 16);
}

static void recall(walk *w, int64_t k, again *a)
{
    const job *j = w->j;
    const scan *s = j->s;
    const float *u = w->u + k * FRAC_LANES, *next = u + FRAC_LANES;
    const float *theta = w->tile.row[ROW_THRESHOLD], *kick = w->tile.row[ROW_KICK];
    a->s = scan_row(s, &w->tile, j->spikes, k, a->space[0]);
    a->gs = scan_row(s, &w->tile, j->gspikes, k, a->space[1]);
    a->t = (neuron_step){.model = s->model,
                         .row = w->tile.row,
                         .u = u,
                         .v = a->v,
                         .off = a->off,
                         .dv = a->dv,
                         .c = a->c,
                         .gain = s->memory.sum[0].gain,
                         .h = (float)s->memory.h,
                         .v0 = s->v0,
                         .v_reset = (float)s->options.v_reset};
    a->t.I = scan_row(s, &w->tile, j->I, k, a->space[2]);
    int64_t at = k * s->B * s->N + w->tile.first;
    ahead(j->spikes + at);
    ahead(j->gspikes + at);
    ahead(j->I + at);
    if (j->grads->I)
        ahead(j->grads->I + at);
    /* choices are factors or stand outside of the loops, so that these stay vector operations */
    const float counts = j->reset->counts ? 1 : 0, kicks = j->reset->kick ? 1 : 0, v0 = s->v0;
    const float *spike = a->s;
    float *count = w->count;
    EACH_LANE
    {
        count[i] -= counts * spike[i];
        a->off[i] = v0 - theta[i] * count[i];
        a->v[i] = u[i] + a->off[i];
        a->c[i] = kicks * spike[i] * kick[i];
    }
    s->model->charge(a->v, a->t.I, a->t.row, a->dv);
    if (w->arg) {
        const float *arg = w->arg + k * FRAC_LANES;
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
        memcpy(a->S1, w->predicted + k * FRAC_LANES, sizeof a->S1);
        a->t.S[1] = a->S1;
    }
    j->kernels->surrogates[s->options.surrogate.kind].slope((float)s->options.surrogate.scale,
                                                            a->arg, a->slope);
}

/* The first drive feeds every output with its own weight. */
static void first_back(walk *w, int64_t time, float *const *gS, float *gdv, float *gc)
{
    const frac_memory *m = &w->j->s->memory;
    for (int s = 0; s < m->sums; s++) {
        float weight = m->sum[s].start[time + 1];
        double dot = 0;
        EACH_LANE
        w->gfirst[i] += weight * gS[s][i];
        for (int i = 0; i < w->tile.width; i++)
            dot += (double)w->first[i] * (double)gS[s][i];
        for (int o = 0; o < w->j->orders; o++)
            w->sum[o] += (double)w->j->order[o].dstart[s][time + 1] * dot;
    }
    for (int i = 0; i < FRAC_LANES && time == 0; i++) {
        gdv[i] += w->gfirst[i];
        gc[i] -= w->gfirst[i];
    }
}

/* Gradients of one step on their way, rows of 32. */
typedef struct grads {
    lanes G, gx, gp, greset, gdv, gu, goff, gc, gI, gv;
    lanes gtest; /* of the spike argument */
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
    if (w->j->reset->clears)
        EACH_LANE g->gx[i] = a->arg[i] >= 0 ? 0 : g->gx[i];
}

/* The spike test after the charge: its argument is p + off - theta. */
static void test_after(walk *w, const again *a, float attach, grads *g)
{
    const float *gs = a->gs, *slope = a->slope, *gcount = w->gcount;
    float *gtheta = w->grow[ROW_THRESHOLD];
    EACH_LANE
    {
        g->gtest[i] = (gs[i] + attach * (g->greset[i] + gcount[i])) * slope[i];
        g->gp[i] += g->gtest[i];
        gtheta[i] -= g->gtest[i];
    }
}

/* The spike test ahead: its argument is v + dv - theta; the spike may take c = s kick from the
 * drive. */
static void test_ahead(walk *w, const again *a, float attach, grads *g)
{
    const float kicks = w->j->reset->kick ? 1 : 0, *kick = w->tile.row[ROW_KICK];
    const float *s = a->s, *gs = a->gs, *slope = a->slope;
    float *gtheta = w->grow[ROW_THRESHOLD], *gkick = w->grow[ROW_KICK];
    EACH_LANE
    {
        gkick[i] += kicks * g->gc[i] * s[i];
        g->gtest[i] = (gs[i] + kicks * attach * g->gc[i] * kick[i]) * slope[i];
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
static void step(walk *w, int64_t k, const again *a, const float *gh)
{
    const job *j = w->j;
    const scan *s = j->s;
    int64_t at = (s->K - 1 - k) * FRAC_LANES;
    float attach = s->options.detach_reset || j->reset->clears ? 0 : 1;
    lanes gI2, unused;
    grads g;
    neuron_step_back b = {.p = a->p,
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
    j->reset->back(&a->t, a->p, a->s, g.G, g.gx, g.gp, g.greset, w->grow, w->ggain);
    if (!j->reset->ahead)
        test_after(w, a, attach, &g);
    j->scheme->back(&a->t, &b);
    if (w->first)
        first_back(w, s->time - s->K + k, b.gS, g.gdv, g.gc);
    if (j->reset->ahead)
        test_ahead(w, a, attach, &g);
    s->model->charge_back(a->v, a->t.I, a->t.row, g.gdv, g.gv, gI2, w->grow);

    const float direct = j->reset->ahead ? 1 : 0; /* the test ahead sees v itself */
    float *carry = w->carry;
    EACH_LANE
    {
        g.gI[i] += gI2[i];
        carry[i] = g.gu[i] + g.gv[i] + direct * g.gtest[i];
    }
    if (j->reset->counts)
        offset_back(w, &g);
    if (j->grads->I)
        memcpy(j->grads->I + k * s->B * s->N + w->tile.first, g.gI,
               sizeof(float) * (size_t)w->tile.width);
}

/* acc (one output of a block, its far part done) += the rows of the block before it. */
static void finish(const walk *w, float *const *weights, int64_t limit, int64_t at, int64_t i,
                   float *acc)
{
    const scan *s = w->j->s;
    int64_t lags = i < limit ? i : limit;
    for (int k = 0; k < s->memory.sums; k++)
        w->j->frac->near(weights[k], w->q[k] + (at - lags) * FRAC_LANES, lags, acc);
}

/* acc [FRAC_BLOCK] = what the `rows` newest q before row r give to the outputs r, r + 1, ... */
static void start(const walk *w, float *const *weights, int64_t limit, int64_t r, int64_t have,
                  lanes *acc)
{
    const scan *s = w->j->s;
    lanes more[FRAC_BLOCK];
    int64_t past = r < limit ? r : limit;        /* lags reach back to row r - past ... */
    int64_t from = r - past, rows = have - from; /* ... of which `have - from` exist */
    if (rows < 0)
        rows = 0;
    for (int k = 0; k < s->memory.sums; k++) {
        /* rows end at have - 1, r - have before the output: the weights slide by as much */
        w->j->frac->far(weights[k] + (r - have), w->q[k] + from * FRAC_LANES, rows,
                        k ? more[0] : acc[0]);
        for (int o = 0; k && o < FRAC_BLOCK; o++)
            EACH_LANE
        acc[o][i] += more[o][i];
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
        memcpy(x, w->u + (k + 1) * FRAC_LANES, sizeof(lanes));
        return;
    }
    j->scheme->drive(&a->t, a->p, x);
    j->reset->apply(&a->t, a->p, a->s, u, x);
}

/* Where a spike emptied the history, nothing from after it reaches what was before. */
static void sever(const walk *w, int64_t at, const float *arg, lanes *later, int64_t outputs)
{
    for (int i = 0; i < FRAC_LANES; i++) {
        if (!(arg[i] >= 0))
            continue;
        for (int64_t r = 0; r < at; r++)
            w->q[0][r * FRAC_LANES + i] = 0;
        for (int64_t o = 0; o < outputs; o++)
            later[o][i] = 0;
    }
}

static void weights_of(const walk *w, float **weights)
{
    for (int k = 0; k < w->j->s->memory.sums; k++)
        weights[k] = w->j->s->memory.sum[k].w;
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

static void block(walk *w, int64_t r, int64_t steps)
{
    const job *j = w->j;
    lanes acc[SETS][FRAC_BLOCK];
    float *weights[2];
    again a;
    weights_of(w, weights);
    start(w, weights, window_of(w), r, r, acc[0]);
    for (int o = 0; o < j->orders; o++)
        start(w, j->order[o].dw, limit_of(w), r, r, acc[1 + o]);
    for (int64_t i = 0; i < steps; i++) {
        int64_t at = r + i, k = j->s->K - 1 - at;
        lanes x;
        recall(w, k, &a);
        finish(w, weights, window_of(w), at, i, acc[0][i]);
        if (j->orders)
            made(w, k, &a, x);
        for (int o = 0; o < j->orders; o++) {
            finish(w, j->order[o].dw, limit_of(w), at, i, acc[1 + o][i]);
            w->sum[o] += dot(w, x, acc[1 + o][i]);
        }
        if (j->reset->clears)
            for (int set = 0; set < 1 + j->orders; set++)
                sever(w, at, a.arg, acc[set] + i + 1, steps - i - 1);
        step(w, k, &a, acc[0][i]);
    }
}

/* History from before the call: its rows are constants, but the weights that reach back to them are
 * not. */
static void before(walk *w)
{
    const job *j = w->j;
    const scan *s = j->s;
    const scan_rows *h = j->apart ? &s->x : &s->u;
    int64_t old = h->rows - s->K, limit = limit_of(w);
    const float *newest = scan_rows_of(h, w->t) + (old - 1) * FRAC_LANES;
    lanes acc[FRAC_BLOCK];
    for (int o = 0; o < j->orders; o++)
        for (int64_t r = s->K; r < s->K + old && r - s->K < limit; r += FRAC_BLOCK) {
            start(w, j->order[o].dw, limit, r, s->K, acc);
            for (int64_t i = 0; i < FRAC_BLOCK && r + i < s->K + old; i++)
                w->sum[o] += dot(w, newest - (r + i - s->K) * FRAC_LANES, acc[i]);
        }
}

/* What a tile leaves for the parameters. */
static void leave(walk *w)
{
    const job *j = w->j;
    scan *s = j->s;
    double *part = (double *)s->part.data + w->t * SCAN_PARTS;
    lanes *gpar = (lanes *)s->lane.data + w->t * NEURON_PARS;
    memset(gpar, 0, NEURON_PARS * sizeof(lanes));
    s->model->prepare_back(w->tile.par, w->tile.row, w->grow, gpar);
    for (int p = 0; p < NEURON_PARS; p++) {
        part[p] = 0;
        for (int i = 0; i < w->tile.width; i++)
            part[p] += gpar[p][i];
    }
    double gain = 0;
    for (int i = 0; i < w->tile.width; i++)
        gain += w->ggain[i];
    for (int o = 0; o < j->orders; o++)
        part[NEURON_PARS + o] = w->sum[o] + gain * (double)j->order[o].dgain;
}

static void tile(int64_t t, int worker, void *user)
{
    const job *j = user;
    scan *s = j->s;
    t += j->done;
    int64_t K = s->K, room = s->tape_room * FRAC_LANES;
    walk w = {.j = j, .t = t, .u = scan_rows_of(&s->u, t) + (s->u.rows - K - 1) * FRAC_LANES};
    w.q[0] = (float *)s->work.data + worker * s->memory.sums * room;
    w.q[1] = s->memory.sums > 1 ? w.q[0] + room : w.q[0];
    if (j->reset->keeps_arg)
        w.arg = (float *)s->arg.data + t * room;
    if (s->memory.scheme == FRAC_PECE)
        w.predicted = (float *)s->predicted.data + t * room;
    if (s->memory.method->start)
        w.first = (float *)s->first.data + t * FRAC_LANES;
    if (j->reset->counts)
        memcpy(w.count, (lanes *)s->count.data + t, sizeof w.count);
    scan_tile_open(s, t, &w.tile);
    for (int64_t r = 0; r < K; r += FRAC_BLOCK)
        block(&w, r, K - r < FRAC_BLOCK ? K - r : FRAC_BLOCK);
    if (j->orders)
        before(&w);
    leave(&w);
}

static void add_layer(const scan *s, int part, float *grad)
{
    double sum = 0;
    for (int64_t t = 0; t < s->tiles; t++)
        sum += ((double *)s->part.data)[t * SCAN_PARTS + part];
    *grad += (float)sum;
}

static void add_channels(const scan *s, int p, float *grad)
{
    int64_t total = s->B * s->N;
    const lanes *lane = s->lane.data;
    for (int64_t n = 0; n < total; n++)
        grad[scan_channel(s, n)] += lane[n / FRAC_LANES * NEURON_PARS + p][n % FRAC_LANES];
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
    int64_t one = s->memory.room + FRAC_PAD;
    for (int p = 0; p < count; p++)
        j->orders += target(s, j->grads, p) != NULL;
    FSNN_TRY(scan_plan_order(s, j->orders));
    float *space = s->dw.data;
    for (int p = 0, o = 0; p < count; p++) {
        if (!target(s, j->grads, p))
            continue;
        order_param *order = &j->order[o++];
        order->number = p;
        for (int k = 0; k < s->memory.sums; k++, space += 2 * one) {
            float none;
            order->dw[k] = space;
            order->dstart[k] = space + one;
            frac_memory_derive(&s->memory, k, p, order->dw[k], order->dstart[k],
                               k ? &none : &order->dgain);
        }
    }
    return FSNN_OK;
}

fsnn_status FSNN_K(scan_backward)(scan *s, const float *I, const float *spikes,
                                  const float *gspikes, const scan_grads *grads)
{
    const neuron_kernels *kernels = neuron_kernels_get();
    job j = {.s = s,
             .kernels = kernels,
             .frac = frac_kernels_get(),
             .reset = &kernels->resets[s->options.reset],
             .scheme = &kernels->schemes[s->memory.scheme],
             .I = I,
             .spikes = spikes,
             .gspikes = gspikes,
             .grads = grads,
             .apart = scan_apart(s)};
    FSNN_TRY(derive(&j));
    j.done = FSNN_K(scan_fused_backward)(s, I, gspikes, grads, j.orders);
    fsnn_parallel(s->tiles - j.done, tile, &j);

    for (int p = 0; p < NEURON_PARS; p++)
        if (grads->par[p])
            (s->par[p].count == 1 ? add_layer : add_channels)(s, p, grads->par[p]);
    for (int o = 0; o < j.orders; o++)
        add_layer(s, NEURON_PARS + o, target(s, grads, j.order[o].number));
    return FSNN_OK;
}

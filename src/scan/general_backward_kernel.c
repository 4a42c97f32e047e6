/* The backward scan: the exact gradient of the discrete forward scan (its discrete adjoint).
 *
 * What a step's history row receives from later steps is the track's part
 * (scan/track_backward_kernel.h). With it each step goes backwards through reset, spike, scheme and
 * neuron, and leaves q, the gradient of its sum over the past. Nothing of the forward pass is kept
 * but states, currents and spikes (and the spike argument, or the predicted state, where they
 * cannot be had from these).
 *
 * Sums over neurons are taken tile by tile in double and added in tile order. */
#include "base/isa_kernel.h"
#include "scan/fused.h"
#include "scan/hold_kernel.h"
#include "scan/parameters_kernel.h"
#include "scan/track_backward_kernel.h"

#include <string.h>

typedef struct job {
    scan *s;
    const scan_kernels *kernels;
    const reset_rule *reset;
    const scan_scheme *scheme;
    const real *I, *spikes, *gspikes;
    const scan_grads *grads;
    track_call call;
    int64_t done; /* tiles that the fused scan has done */
} job;

scan_fused_backward_fn FSNN_K(scan_fused_backward);

typedef struct walk {
    const job *j;
    int64_t t;
    const real *arg, *predicted, *first, *resting; /* NULL where not kept */
    lanes count, gfirst;
    lanes gcount; /* gradient of the spike count, for jumps */
    lanes grow[NEURON_ROWS];
    scan_tile tile;
    track track;
} walk;

/* What a step needs of the forward pass, computed again. */
typedef struct forward_step {
    scan_step t;
    lanes v, dv, off, c, arg, p, slope, space[3], S1, held;
    lanes vp;    /* potential that p is, where the model has a spike argument of its own */
    lanes still; /* the argument before noise moved it */
    const real *s, *gs;
    const real *land, *rest; /* what the reset saw for s; the refractory period, NULL: none */
} forward_step;

/* The next tile's numbers of this step, asked for ahead. */
static inline void ahead(const real *row)
{
    __builtin_prefetch(row + ROW_LANES);
    __builtin_prefetch(row + ROW_LANES + 16);
}

/* Where the model has a spike argument of its own: p as it was. (Functions of such models stand
 * apart, so that the step of hand-written ones stays small.) */
static __attribute__((noinline)) void recompute_own(const walk *w, const real *p, forward_step *f)
{
    const neuron_model *model = w->j->s->model;
    lanes none;
    memcpy(f->p, p, sizeof f->p);
    lanes_zero(none);
    EACH_LANE f->vp[i] = f->p[i] + f->off[i];
    bool ahead = w->j->reset->ahead;
    model->spike(w->tile.self, ahead ? f->v : f->vp, f->t.I, ahead ? f->dv : none, f->arg);
}

/* Noise moves the argument again; what the slope is taken at. */
static __attribute__((noinline)) const real *recompute_noise(const walk *w, int64_t k,
                                                             forward_step *f)
{
    const scan *s = w->j->s;
    const scan_noise *noise = &s->noise;
    memcpy(f->still, f->arg, sizeof f->still);
    w->j->kernels->noise(noise->seed, noise->run, s->history.time - s->K + k, w->t, noise->gamma,
                         f->arg);
    return noise->seen ? f->arg : f->still;
}

/* In the refractory period no spike depends on anything, nor does a potential that is held. */
static void recompute_rest(const walk *w, int64_t k, forward_step *f)
{
    const real *rest = w->resting + k * ROW_LANES, holds = w->j->reset->holds ? 1 : 0;
    const real *s = f->s;
    EACH_LANE
    {
        f->slope[i] = rest[i] > 0 ? 0 : f->slope[i];
        f->held[i] = rest[i] > 0 ? holds : s[i];
    }
    f->rest = rest;
    f->land = f->held;
}

static void recompute(walk *w, int64_t k, forward_step *f)
{
    const job *j = w->j;
    const scan *s = j->s;
    const real *u = w->track.u + k * ROW_LANES, *next = u + ROW_LANES;
    const real *theta = w->tile.row[ROW_THRESHOLD], *reset_drive = w->tile.row[ROW_RESET_DRIVE];
    f->s = scan_row(s, &w->tile, j->spikes, k, f->space[0]);
    f->gs = scan_row(s, &w->tile, j->gspikes, k, f->space[1]);
    f->t = (scan_step){.model = s->model,
                       .self = w->tile.self,
                       .arg = f->arg,
                       .row = w->tile.row,
                       .u = u,
                       .v = f->v,
                       .off = f->off,
                       .dv = f->dv,
                       .c = f->c,
                       .gain = s->memory.sum[0].gain,
                       .h = (real)s->memory.h,
                       .least = s->least,
                       .scheme = s->memory.scheme};
    f->t.I = scan_current(s, &w->tile, j->I, k, f->space[2]);
    int64_t at = k * s->B * s->N + w->tile.first, at_current = k * scan_pitch(s) + w->tile.first;
    ahead(j->spikes + at);
    ahead(j->gspikes + at);
    ahead(j->I + at_current);
    if (j->grads->I)
        ahead(j->grads->I + at_current);
    /* choices are factors or stand outside of the loops, so that these stay vector operations */
    const real counts = j->reset->counts ? 1 : 0, resets_drive = j->reset->reset_drive ? 1 : 0;
    const real *spike = f->s, *v0 = w->tile.row[ROW_V0];
    real *count = w->count;
    EACH_LANE
    {
        count[i] -= counts * spike[i];
        f->off[i] = v0[i] - theta[i] * count[i];
        f->v[i] = u[i] + f->off[i];
        f->c[i] = resets_drive * spike[i] * reset_drive[i];
    }
    s->model->charge(f->t.self, f->v, f->t.I, f->t.row, f->dv);
    if (s->model->reset_drive && j->reset->reset_drive)
        s->model->reset_drive(f->t.self, f->v, f->t.I, f->dv, spike, f->c);
    if (s->model->spike) {
        recompute_own(w, w->arg ? w->arg + k * ROW_LANES : next, f);
    } else if (w->arg) {
        const real *arg = w->arg + k * ROW_LANES;
        EACH_LANE
        {
            f->arg[i] = arg[i];
            f->p[i] = (arg[i] + theta[i]) - f->off[i];
        }
    } else {
        const real *from = j->reset->ahead ? f->v : next, *more = j->reset->ahead ? f->dv : f->off;
        EACH_LANE
        {
            f->arg[i] = (from[i] + more[i]) - theta[i];
            f->p[i] = next[i];
        }
    }
    if (w->predicted) {
        memcpy(f->S1, w->predicted + k * ROW_LANES, sizeof f->S1);
        f->t.S[1] = f->S1;
    }
    const real *seen = s->noise.drawn ? recompute_noise(w, k, f) : f->arg;
    j->kernels->surrogates[s->options.surrogate.kind].slope((real)s->options.surrogate.scale, seen,
                                                            f->slope);
    if (s->model->readout)
        lanes_zero(f->slope);
    f->land = f->s;
    f->rest = NULL;
    if (w->resting)
        recompute_rest(w, k, f);
}

/* The first drive feeds every output with its own weight. */
static void first_back(walk *w, int64_t time, real *const *gS, real *gdv, real *gc)
{
    const frac_memory *m = &w->j->s->memory;
    for (int s = 0; s < m->sums; s++) {
        real weight = m->sum[s].start[time - m->from];
        double dot = 0;
        EACH_LANE
        w->gfirst[i] += weight * gS[s][i];
        for (int i = 0; i < w->tile.width; i++)
            dot += (double)w->first[i] * (double)gS[s][i];
        for (int o = 0; o < w->j->call.orders; o++)
            w->track.sum[o] += (double)w->j->call.order[o].dstart[s][time - m->from] * dot;
    }
    for (int i = 0; i < ROW_LANES && time == 0; i++) {
        gdv[i] += w->gfirst[i];
        gc[i] -= w->gfirst[i];
    }
}

/* Gradients of one step on their way, rows of 32. */
typedef struct grads {
    lanes G, gx, gp, greset, gdv, gu, goff, gc, gI, gv;
    lanes gItest; /* of the current, through test, reset drive and reset */
    lanes gvmore; /* of the potential, through the reset */
    lanes gtest;  /* of the potential, through the test (and the reset drive) */
    lanes ghold;  /* of the potential, through its penalties */
} grads;

/* Of the state and of the history row that the step made, from `gh`, what that row received. */
static void receive(const walk *w, const forward_step *f, const real *gh, grads *g)
{
    const real drives = w->j->s->memory.method->drive ? 1 : 0, states = 1 - drives;
    const real *carry = w->track.carry;
    EACH_LANE
    {
        g->G[i] = carry[i] + states * gh[i];
        g->gx[i] = drives * gh[i];
    }
    if (f->t.model->readout) { /* the output is the state, and no spike stands between */
        const real *gs = f->gs;
        EACH_LANE g->G[i] += gs[i];
    }
    if (w->j->reset->clears)
        EACH_LANE g->gx[i] = f->arg[i] >= f->t.least ? 0 : g->gx[i];
    if (w->j->reset->clears && f->rest)
        EACH_LANE g->gx[i] = f->rest[i] > 0 ? 0 : g->gx[i];
}

/* The same where the argument is the model's own. */
static __attribute__((noinline)) void test_after_own(walk *w, const forward_step *f, real attach,
                                                     grads *g)
{
    const real *gs = f->gs, *slope = f->slope, *gcount = w->gcount;
    lanes garg, none, unused;
    const neuron_gradients to = {.v = g->gtest, .I = g->gItest, .dv = unused};
    lanes_zero(none);
    lanes_zero(unused);
    EACH_LANE
    {
        garg[i] = (gs[i] + attach * (g->greset[i] + gcount[i])) * slope[i];
        g->gtest[i] = 0;
    }
    f->t.model->spike_back(f->t.self, f->vp, f->t.I, none, garg, &to);
    EACH_LANE g->gp[i] += g->gtest[i];
}

/* The spike test after the charge: its argument is p + off - theta. */
static void test_after(walk *w, const forward_step *f, real attach, grads *g)
{
    const real *gs = f->gs, *slope = f->slope, *gcount = w->gcount;
    real *gtheta = w->grow[ROW_THRESHOLD];
    if (w->j->s->model->spike) {
        test_after_own(w, f, attach, g);
        return;
    }
    EACH_LANE
    {
        g->gtest[i] = (gs[i] + attach * (g->greset[i] + gcount[i])) * slope[i];
        g->gp[i] += g->gtest[i];
        gtheta[i] -= g->gtest[i];
    }
}

/* The same where argument or reset drive are the model's own. */
static __attribute__((noinline)) void test_ahead_own(walk *w, const forward_step *f, real attach,
                                                     grads *g)
{
    const neuron_model *model = f->t.model;
    const real *s = f->s, *gs = f->gs, *slope = f->slope,
               *reset_drive = w->tile.row[ROW_RESET_DRIVE];
    real *gtheta = w->grow[ROW_THRESHOLD], *greset_drive = w->grow[ROW_RESET_DRIVE];
    const real resets_drive = w->j->reset->reset_drive && !model->reset_drive ? 1 : 0;
    lanes gspike, garg;
    const neuron_gradients to = {.v = g->gtest, .I = g->gItest, .dv = g->gdv, .s = gspike};
    EACH_LANE
    {
        greset_drive[i] += resets_drive * g->gc[i] * s[i];
        gspike[i] = resets_drive * g->gc[i] * reset_drive[i];
        g->gtest[i] = 0;
    }
    if (w->j->reset->reset_drive && model->reset_drive)
        model->reset_drive_back(f->t.self, f->v, f->t.I, f->dv, s, g->gc, &to);
    EACH_LANE garg[i] = (gs[i] + attach * gspike[i]) * slope[i];
    if (model->spike) {
        model->spike_back(f->t.self, f->v, f->t.I, f->dv, garg, &to);
        return;
    }
    EACH_LANE
    {
        g->gtest[i] += garg[i];
        g->gdv[i] += garg[i];
        gtheta[i] -= garg[i];
    }
}

/* The spike test ahead: its argument is v + dv - theta; the spike may take c = s reset_drive from
 * the drive. */
static void test_ahead(walk *w, const forward_step *f, real attach, grads *g)
{
    if (f->t.model->spike || f->t.model->reset_drive) {
        test_ahead_own(w, f, attach, g);
        return;
    }
    const real resets_drive = w->j->reset->reset_drive ? 1 : 0,
               *reset_drive = w->tile.row[ROW_RESET_DRIVE];
    const real *s = f->s, *gs = f->gs, *slope = f->slope;
    real *gtheta = w->grow[ROW_THRESHOLD], *greset_drive = w->grow[ROW_RESET_DRIVE];
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
    const real *theta = w->tile.row[ROW_THRESHOLD], *count = w->count;
    real *gtheta = w->grow[ROW_THRESHOLD], *gcount = w->gcount;
    EACH_LANE
    {
        real goff = g->goff[i] + g->gv[i] + g->gtest[i] + g->ghold[i];
        gcount[i] -= theta[i] * goff;
        gtheta[i] -= count[i] * goff;
    }
}

static __attribute__((noinline)) void hold(walk *w, int64_t k, const forward_step *f, grads *g)
{
    real *grest = w->grow[ROW_REST];
    hold_back(w->j->s, &w->tile, w->t, k, f->p, f->off, g->ghold);
    EACH_LANE
    {
        g->gp[i] += g->ghold[i];
        grest[i] += g->ghold[i]; /* bounds do not count from rest */
    }
}

/* v0 in off, and in the output of a readout. */
static __attribute__((noinline)) void start_back(walk *w, const forward_step *f, const grads *g)
{
    const real reads = f->t.model->readout ? 1 : 0, *gs = f->gs;
    real *gstart = w->grow[ROW_V0];
    EACH_LANE gstart[i] += g->goff[i] + g->gv[i] + g->gtest[i] + g->ghold[i] + reads * gs[i];
}

/* Step k, given gh, what the history row that it made receives. Leaves q, and in `carry` what the
 * state before receives. */
static void step(walk *w, int64_t k, forward_step *f, const real *gh)
{
    const job *j = w->j;
    const scan *s = j->s;
    track *h = &w->track;
    real attach = s->options.detach_reset || j->reset->clears ? 0 : 1;
    lanes gI2, unused;
    grads g;
    scan_step_back b = {.p = f->p,
                        .gp = g.gp,
                        .gx = g.gx,
                        .gS = {track_q(h, k, 0), s->memory.sums == 1 ? unused : track_q(h, k, 1)},
                        .gdv = g.gdv,
                        .gu = g.gu,
                        .goff = g.goff,
                        .gc = g.gc,
                        .gI = g.gI,
                        .grow = w->grow,
                        .ggain = h->ggain};
    receive(w, f, gh, &g);
    lanes_zero(g.greset);
    const bool own = s->model->of != NULL; /* of hand-written models nothing comes there */
    if (own) {
        lanes_zero(g.gItest);
        lanes_zero(g.gvmore);
    }
    const neuron_gradients more = {.v = g.gvmore, .I = g.gItest};
    f->t.more = &more;
    j->reset->back(&f->t, f->p, f->land, g.G, g.gx, g.gp, g.greset, w->grow, h->ggain);
    lanes_zero(g.ghold);
    if (s->holds.count)
        hold(w, k, f, &g);
    if (!j->reset->ahead)
        test_after(w, f, attach, &g);
    j->scheme->back(&f->t, &b);
    if (w->first)
        first_back(w, s->history.time - s->K + k, b.gS, g.gdv, g.gc);
    if (j->reset->ahead)
        test_ahead(w, f, attach, &g);
    s->model->charge_back(f->t.self, f->v, f->t.I, f->t.row, g.gdv, g.gv, gI2, w->grow);
    if (own)
        EACH_LANE
        {
            g.gI[i] += g.gItest[i];
            g.gv[i] += g.gvmore[i];
        }

    const real direct = j->reset->ahead ? 1 : 0; /* the test ahead sees v itself */
    real *carry = h->carry;
    EACH_LANE
    {
        g.gI[i] += gI2[i];
        carry[i] = g.gu[i] + g.gv[i] + direct * g.gtest[i];
    }
    if (j->reset->counts)
        offset_back(w, &g);
    if (j->grads->par[PAR_V0] || j->grads->par[PAR_REST])
        start_back(w, f, &g);
    scan_write_current(s, &w->tile, j->grads->I, k, g.gI);
}

/* The history row that step k left, in place or in `space`. */
static const real *history_row(const walk *w, int64_t k, const forward_step *f, real *space)
{
    const job *j = w->j;
    lanes u;
    if (!j->s->memory.method->drive)
        return w->track.u + (k + 1) * ROW_LANES;
    j->scheme->drive(&f->t, f->p, space);
    j->reset->apply(&f->t, f->p, f->land, u, space);
    return space;
}

/* A block of steps backward in time, from the last but `done` on; returns their number. */
static int64_t block(walk *w, int64_t done)
{
    const job *j = w->j;
    track *h = &w->track;
    int64_t steps = track_steps(h, done);
    track_begin(h, done, steps);
    for (int64_t i = 0; i < steps; i++) {
        int64_t k = j->s->K - 1 - (done + i);
        forward_step f;
        lanes x;
        recompute(w, k, &f);
        const real *gh = track_receive(h, i);
        if (j->call.orders)
            track_add_orders(h, i, history_row(w, k, &f, x));
        if (j->reset->clears)
            track_clear(h, f.arg, f.t.least, i, steps);
        step(w, k, &f, gh);
    }
    return steps;
}

static void open_tape(walk *w)
{
    const job *j = w->j;
    const scan *s = j->s;
    int64_t tape = scan_tape_row(s, w->t) * ROW_LANES;
    bool pece = s->memory.scheme == FRAC_PECE;
    w->arg = j->reset->keeps_arg ? (real *)s->tape.arg.data + tape : NULL;
    w->resting = s->rest ? (real *)s->tape.resting.data + tape : NULL;
    w->predicted = pece ? (real *)s->tape.predicted.data + tape : NULL;
    w->first = s->memory.method->start ? (real *)s->history.first.data + w->t * ROW_LANES : NULL;
}

static void open_tile(walk *w, int worker)
{
    const job *j = w->j;
    const scan *s = j->s;
    scan_tile_open(s, w->t, worker, &w->tile);
    track_open(&w->track, &j->call, &w->tile, w->t, worker);
    open_tape(w);
    memset(w->count, 0, sizeof w->count);
    memset(w->gfirst, 0, sizeof w->gfirst);
    memset(w->gcount, 0, sizeof w->gcount);
    memset(w->grow, 0, sizeof w->grow);
    if (j->reset->counts) /* behind the step before, where that is not the end */
        memcpy(w->count,
               (lanes *)(scan_goes_back(s) ? s->chain.count : s->history.count).data + w->t,
               sizeof w->count);
    if (!s->chain.on || !s->chain.handed)
        return;
    const lanes *carry = (lanes *)s->chain.carry.data + w->t * SCAN_CARRY;
    memcpy(w->gcount, carry[CARRY_COUNT], sizeof(lanes));
    memcpy(w->gfirst, carry[CARRY_FIRST], sizeof(lanes));
}

/* Leaves for the call before this one what the state before it receives. */
static void store_chain(const walk *w)
{
    const scan *s = w->j->s;
    lanes *carry = (lanes *)s->chain.carry.data + w->t * SCAN_CARRY;
    track_store(&w->track, w->t);
    if (w->j->reset->counts)
        memcpy((lanes *)s->chain.count.data + w->t, w->count, sizeof w->count);
    memcpy(carry[CARRY_COUNT], w->gcount, sizeof(lanes));
    memcpy(carry[CARRY_FIRST], w->gfirst, sizeof(lanes));
}

static void tile(int64_t t, int worker, void *user)
{
    const job *j = user;
    const scan *s = j->s;
    const int orders = j->call.orders;
    double products[SCAN_ORDERS][ROW_LANES];
    walk w;
    w.j = j;
    w.t = t + j->done;
    open_tile(&w, worker);
    memset(products, 0, sizeof products[0] * (size_t)orders);
    w.track.products = products;
    for (int64_t done = 0; done < s->K;)
        done += block(&w, done);
    if (orders && (!s->chain.on || s->chain.begins))
        track_add_old(&w.track, w.t);
    if (s->chain.on)
        store_chain(&w);
    track_store_orders(&w.track, parameters_store(s, &w.tile, w.t, w.grow));
}

fsnn_status FSNN_K(scan_backward)(scan *s, const real *I, const real *spikes, const real *gspikes,
                                  const scan_grads *grads)
{
    const scan_kernels *kernels = scan_kernels_get();
    job j = {.s = s,
             .kernels = kernels,
             .reset = &kernels->resets[s->options.reset],
             .scheme = &kernels->schemes[s->memory.scheme],
             .I = I,
             .spikes = spikes,
             .gspikes = gspikes,
             .grads = grads};
    FSNN_TRY(track_call_open_back(&j.call, s, grads));
    j.done = FSNN_K(scan_fused_backward)(s, I, gspikes, grads, j.call.order, j.call.orders);
    scan_each(s->tiles - j.done, s->K, tile, &j);
    if (s->chain.on)
        track_call_close_back(&j.call);
    scan_add_pars(s, grads);
    track_add_gradients(&j.call, 1, grads);
    if (grads->sums)
        scan_add_sums(s, grads->sums);
    return FSNN_OK;
}

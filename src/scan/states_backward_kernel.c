/* The backward scan of neurons with several states: the exact gradient of the discrete forward scan
 * (scan/states.h).
 *
 * Each state has a track (scan/track_backward_kernel.h). With G_i the gradient of state i after a
 * step, and gx_i that of the drive it left,
 *
 *   others     gF_i = gain_i G_i + gx_i,   q_i = G_i
 *   v          reset, spike and scheme backwards; the spike receives from the output, from the
 *              drives F of all other states and, where the reset is attached, from the reset
 *   equations  gF, g(arg), gD through AFTER, SPIKE and CHARGE backwards: they give each state
 *              before the step its gradient
 *
 * Gradients of alpha and of the coefficients are sums over the tracks of fractional order. */
#include "scan/hold_kernel.h"
#include "scan/parameters_kernel.h"
#include "scan/states.h"
#include "scan/track_backward_kernel.h"

#include <string.h>

typedef struct job {
    scan *s;
    const equation *e;
    const scan_kernels *kernels;
    const reset_rule *reset;
    const scan_scheme *scheme;
    const real *I, *spikes, *gspikes;
    const scan_grads *grads;
    int states;
    track_call call[EQUATION_STATES];
} job;

typedef struct walk {
    const job *j;
    scan_tile tile;
    int64_t t;
    real **slot;
    track track[EQUATION_STATES];
    const real *p, *resting; /* v before the reset, where it is kept */
    lanes count, gcount, none;
    lanes grow[NEURON_ROWS];
} walk;

/* What a step needs of the forward pass, computed again. */
typedef struct forward_step {
    scan_step t;
    states_rows r;
    lanes off, c, arg, vp, p, slope, space[3], held;
    const real *s, *gs;
    const real *land, *rest; /* what the reset saw for s; the refractory period, NULL: none */
} forward_step;

/* In the refractory period no spike depends on anything, nor does a potential that is held. */
static void recompute_rest(const walk *w, int64_t k, forward_step *f)
{
    const real *rest = w->resting + k * ROW_LANES, holds = w->j->reset->holds ? 1 : 0, *s = f->s;
    EACH_LANE
    {
        f->slope[i] = rest[i] > 0 ? 0 : f->slope[i];
        f->held[i] = rest[i] > 0 ? holds : s[i];
    }
    f->rest = rest;
    f->land = f->held;
}

static void recompute_states(walk *w, int64_t k, forward_step *f)
{
    const real counts = w->j->reset->counts ? 1 : 0, *v0 = w->tile.row[ROW_V0], *s = f->s;
    const real *theta = w->tile.row[ROW_THRESHOLD];
    real *count = w->count;
    EACH_LANE
    {
        count[i] -= counts * s[i];
        f->off[i] = v0[i] - theta[i] * count[i];
    }
    for (int n = 0; n < w->j->states; n++) {
        const real *u = w->track[n].u + k * ROW_LANES, start = scan_state(w->j->s, n)->v0;
        EACH_LANE f->r.X[n][i] = u[i] + (n ? start : f->off[i]);
    }
}

static void recompute(walk *w, int64_t k, forward_step *f)
{
    const job *j = w->j;
    const scan *s = j->s;
    const real *u = w->track[0].u + k * ROW_LANES;
    f->s = scan_row(s, &w->tile, j->spikes, k, f->space[0]);
    f->gs = scan_row(s, &w->tile, j->gspikes, k, f->space[1]);
    f->t = (scan_step){.model = s->model,
                       .self = w->tile.self,
                       .arg = f->arg,
                       .row = w->tile.row,
                       .I = scan_current(s, &w->tile, j->I, k, f->space[2]),
                       .u = u,
                       .v = f->r.X[0],
                       .off = f->off,
                       .dv = f->r.D[0],
                       .c = f->c,
                       .gain = w->track[0].memory->sum[0].gain,
                       .h = (real)w->track[0].memory->h,
                       .least = s->least,
                       .scheme = w->track[0].memory->scheme};
    recompute_states(w, k, f);
    states_charge(j->e, w->slot, f->t.I, &f->r);
    memcpy(f->p, w->p ? w->p + k * ROW_LANES : u + ROW_LANES, sizeof f->p);
    EACH_LANE f->vp[i] = f->p[i] + f->off[i];
    states_test(j->e, w->slot, &f->r, j->reset->ahead, f->vp, w->none, w->tile.row[ROW_THRESHOLD],
                f->arg);
    states_drive(j->e, w->slot, j->reset->reset_drive, w->tile.row[ROW_RESET_DRIVE], f->s, &f->r,
                 f->c);
    j->kernels->surrogates[s->options.surrogate.kind].slope((real)s->options.surrogate.scale,
                                                            f->arg, f->slope);
    f->land = f->s;
    f->rest = NULL;
    if (w->resting)
        recompute_rest(w, k, f);
}

/* The history row that step k left of state n, in place or in `space`. */
static const real *history_row(const walk *w, int64_t k, const forward_step *f, int n, real *space)
{
    const track *h = &w->track[n];
    lanes u;
    if (!h->memory->method->drive)
        return h->u + (k + 1) * ROW_LANES;
    if (n)
        return f->r.F[n];
    w->j->scheme->drive(&f->t, f->p, space);
    w->j->reset->apply(&f->t, f->p, f->land, u, space);
    return space;
}

/* Gradients of one step on their way, rows of 32. */
typedef struct grads {
    lanes G, gx, gp, greset, gu, goff, gc, gI, gtest, gIcharge;
    lanes gspike; /* through the reset current */
    lanes ghold;  /* of v, through its penalties */
    lanes gseen;  /* through what other states see of the spike */
    lanes gX[EQUATION_STATES], gD[EQUATION_STATES], gF[EQUATION_STATES], gcharge[EQUATION_STATES];
    lanes unused;
} grads;

/* Of v and of the history row that the step made. */
static void receive(const walk *w, const forward_step *f, const real *gh, grads *g)
{
    const track *h = &w->track[0];
    const real drives = h->memory->method->drive ? 1 : 0, states = 1 - drives, *arg = f->arg,
               *rests = f->rest;
    EACH_LANE
    {
        g->G[i] = h->carry[i] + states * gh[i];
        g->gx[i] = drives * gh[i];
    }
    if (w->j->reset->clears)
        EACH_LANE g->gx[i] = arg[i] >= f->t.least ? 0 : g->gx[i];
    if (w->j->reset->clears && rests)
        EACH_LANE g->gx[i] = rests[i] > 0 ? 0 : g->gx[i];
}

/* States beside v: their q, and the gradients of their drives. */
static void receive_others(walk *w, int64_t k, const forward_step *f, const real *const *gh,
                           grads *g)
{
    for (int n = 1; n < w->j->states; n++) {
        track *h = &w->track[n];
        const real drives = h->memory->method->drive ? 1 : 0, states = 1 - drives,
                   gain = h->memory->sum[0].gain;
        const real *from = gh[n], *F = f->r.F[n];
        real *q = track_q(h, k, 0), *gF = g->gF[n];
        EACH_LANE
        {
            q[i] = h->carry[i] + states * from[i];
            gF[i] = gain * q[i] + drives * from[i];
            h->ggain[i] += q[i] * F[i];
        }
    }
}

/* Where gradients of what parts read are added. */
static void point_gradients(const walk *w, grads *g, lanes *gD, real *gS)
{
    states_point_all(w->slot, EQUATION_G + EQUATION_X, g->gX, w->j->states);
    states_point_all(w->slot, EQUATION_G + EQUATION_D, gD, w->j->states);
    states_point(w->slot, EQUATION_G + EQUATION_I, g->gI);
    states_point(w->slot, EQUATION_G + EQUATION_S, gS);
}

/* Gradients gF through the drives after the spike, those of v apart from those of the others: only
 * these always pass the spike. */
static void drives_back(const walk *w, const forward_step *f, grads *g)
{
    const equation *e = w->j->e;
    bool reset_drive = w->j->reset->reset_drive, own = reset_drive && !e->default_after[0],
         others = states_after(e, false);
    for (int n = 1; n < e->states; n++)
        if (e->default_after[n]) {
            const real *gF = g->gF[n];
            real *gD = g->gD[n];
            EACH_LANE gD[i] += gF[i];
        }
    states_point(w->slot, EQUATION_S, f->s);
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
static void argument_back(walk *w, const forward_step *f, const real *garg, grads *g)
{
    const equation *e = w->j->e;
    const bool ahead = w->j->reset->ahead;
    real *gtheta = w->grow[ROW_THRESHOLD], *gdv = g->gD[0];
    lanes nowhere[EQUATION_STATES];
    if (e->default_spike) {
        const real direct = ahead ? 1 : 0;
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
    states_point(w->slot, EQUATION_X, ahead ? f->r.X[0] : f->vp);
    for (int n = 0; n < e->states; n++)
        states_point(w->slot, EQUATION_D + n, ahead ? f->r.D[n] : w->none);
    equation_run(e, EQUATION_SPIKE_BACK, w->slot);
    states_point(w->slot, EQUATION_X, f->r.X[0]);
    states_point_all(w->slot, EQUATION_D, f->r.D, e->states);
}

/* What the spike takes from the drive under reset current, the usual way. */
static void reset_drive_back(walk *w, const forward_step *f, grads *g)
{
    const real *reset_drive = w->tile.row[ROW_RESET_DRIVE], *s = f->s, *gc = g->gc;
    real *greset_drive = w->grow[ROW_RESET_DRIVE];
    EACH_LANE
    {
        greset_drive[i] += gc[i] * s[i];
        g->gspike[i] += gc[i] * reset_drive[i];
    }
}

/* Reset, spike and scheme of v; adds to gX, gI, gD what they come to. */
static void back_v(walk *w, int64_t k, const forward_step *f, scan_step_back *b, grads *g)
{
    const job *j = w->j;
    const real attach = j->s->options.detach_reset || j->reset->clears ? 0 : 1;
    const real *gs = f->gs, *slope = f->slope, *gcount = w->gcount;
    real *gdv = b->gdv, *gD = g->gD[0], *gF = g->gF[0];
    lanes garg;
    j->reset->back(&f->t, f->p, f->land, g->G, g->gx, g->gp, g->greset, w->grow, w->track[0].ggain);
    if (j->s->holds.count) {
        real *gp = g->gp;
        const real *ghold = g->ghold;
        hold_back(j->s, &w->tile, w->t, k, f->p, f->off, g->ghold);
        EACH_LANE gp[i] += ghold[i];
    }
    if (j->reset->ahead) {
        j->scheme->back(&f->t, b);
        bool own = j->reset->reset_drive && !j->e->default_after[0];
        EACH_LANE
        {
            gF[i] = -g->gc[i];         /* c = D - F */
            gD[i] += own ? 0 : gdv[i]; /* the drive is F, not D - c */
        }
        drives_back(w, f, g);
        if (j->reset->reset_drive && j->e->default_after[0])
            reset_drive_back(w, f, g);
        EACH_LANE garg[i] = (gs[i] + g->gseen[i] + attach * g->gspike[i]) * slope[i];
        argument_back(w, f, garg, g);
        return;
    }
    drives_back(w, f, g);
    EACH_LANE garg[i] = (gs[i] + g->gseen[i] + attach * (g->greset[i] + gcount[i])) * slope[i];
    argument_back(w, f, garg, g);
    EACH_LANE g->gp[i] += g->gtest[i];
    j->scheme->back(&f->t, b);
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
    const real *more = g->gIcharge;
    EACH_LANE g->gI[i] += more[i];
    for (int n = 0; n < j->states; n++) {
        const real *gX = g->gX[n], *gcharge = g->gcharge[n];
        real *carry = w->track[n].carry;
        EACH_LANE carry[i] = gX[i] + gcharge[i];
    }
}

/* Step k, given gh, what the history rows that it made receive. Leaves q, and in each track's
 * `carry` what the state before receives. */
static void step(walk *w, int64_t k, forward_step *f, const real *const *gh)
{
    const job *j = w->j;
    const scan *s = j->s;
    track *h = &w->track[0];
    grads g;
    lanes gdv, none; /* explicit schemes give the current nothing */
    memset(&g, 0, sizeof g);
    const neuron_gradients more = {.v = g.unused, .I = g.unused};
    scan_step_back b = {.p = f->p,
                        .gp = g.gp,
                        .gx = g.gx,
                        .gS = {track_q(h, k, 0), g.unused},
                        .gdv = gdv,
                        .gu = g.gu,
                        .goff = g.goff,
                        .gc = g.gc,
                        .gI = none,
                        .grow = w->grow,
                        .ggain = h->ggain};
    f->t.more = &more;
    receive(w, f, gh[0], &g);
    receive_others(w, k, f, gh, &g);
    back_v(w, k, f, &b, &g);
    back_charge(w, &g);
    /* v = u + off is seen by the test ahead and the charge; off = v0 - theta N */
    if (j->reset->ahead)
        EACH_LANE h->carry[i] += g.gtest[i];
    if (j->reset->counts) {
        const real *theta = w->tile.row[ROW_THRESHOLD];
        real *gtheta = w->grow[ROW_THRESHOLD];
        EACH_LANE
        {
            real goff = h->carry[i] + g.gtest[i] + g.ghold[i];
            w->gcount[i] -= theta[i] * goff;
            gtheta[i] -= w->count[i] * goff;
        }
    }
    if (j->grads->par[PAR_V0]) {
        const real after = j->reset->ahead ? 0 : 1;
        real *gstart = w->grow[ROW_V0];
        EACH_LANE gstart[i] += h->carry[i] + after * g.gtest[i] + g.ghold[i];
    }
    scan_write_current(s, &w->tile, j->grads->I, k, g.gI);
}

/* A block of steps backward in time, from the last but `done` on; returns their number. */
static int64_t block(walk *w, int64_t done)
{
    const job *j = w->j;
    int64_t steps = FRAC_BLOCK;
    for (int n = 0; n < j->states; n++) {
        int64_t most = track_steps(&w->track[n], done);
        steps = most < steps ? most : steps;
    }
    for (int n = 0; n < j->states; n++)
        track_begin(&w->track[n], done, steps);
    for (int64_t i = 0; i < steps; i++) {
        int64_t k = j->s->K - 1 - (done + i);
        const real *gh[EQUATION_STATES];
        forward_step f;
        lanes x;
        recompute(w, k, &f);
        for (int n = 0; n < j->states; n++) {
            track *h = &w->track[n];
            gh[n] = track_receive(h, i);
            if (j->call[n].orders)
                track_add_orders(h, i, history_row(w, k, &f, n, x));
        }
        if (j->reset->clears)
            track_clear(&w->track[0], f.arg, f.t.least, i, steps);
        step(w, k, &f, gh);
    }
    return steps;
}

/* ---- a tile ---- */

static void open_tile(walk *w, int worker)
{
    const job *j = w->j;
    const scan *s = j->s;
    int64_t tape = scan_tape_row(s, w->t) * ROW_LANES;
    scan_tile_open(s, w->t, worker, &w->tile);
    w->slot = neuron_equation_slots(w->tile.self);
    for (int n = 0; n < j->states; n++)
        track_open(&w->track[n], &j->call[n], &w->tile, w->t, worker);
    w->p = j->reset->keeps_arg ? (real *)s->tape.arg.data + tape : NULL;
    w->resting = s->rest ? (real *)s->tape.resting.data + tape : NULL;
    memset(w->count, 0, sizeof w->count);
    memset(w->gcount, 0, sizeof w->gcount);
    memset(w->none, 0, sizeof w->none);
    memset(w->grow, 0, sizeof w->grow);
    if (j->reset->counts) /* behind the step before, where that is not the end */
        memcpy(w->count,
               (lanes *)(scan_goes_back(s) ? s->chain.count : s->history.count).data + w->t,
               sizeof w->count);
    if (s->chain.on && s->chain.handed)
        memcpy(w->gcount, ((lanes *)s->chain.carry.data + w->t * SCAN_CARRY)[CARRY_COUNT],
               sizeof w->gcount);
}

/* Leaves for the call before this one what the states before it receive. */
static void store_chain(const walk *w)
{
    const scan *s = w->j->s;
    for (int n = 0; n < w->j->states; n++)
        track_store(&w->track[n], w->t);
    if (w->j->reset->counts)
        memcpy((lanes *)s->chain.count.data + w->t, w->count, sizeof w->count);
    memcpy(((lanes *)s->chain.carry.data + w->t * SCAN_CARRY)[CARRY_COUNT], w->gcount,
           sizeof(lanes));
}

static void tile(int64_t t, int worker, void *user)
{
    walk w;
    w.j = user;
    w.t = t;
    const job *j = w.j;
    const scan *s = j->s;
    open_tile(&w, worker);
    for (int64_t done = 0; done < s->K;)
        done += block(&w, done);
    for (int n = 0; n < j->states; n++)
        if (j->call[n].orders && (!s->chain.on || s->chain.begins))
            track_add_old(&w.track[n], t);
    if (s->chain.on)
        store_chain(&w);
    double *part = parameters_store(s, &w.tile, t, w.grow);
    for (int n = 0; n < j->states; n++)
        track_store_orders(&w.track[n], part);
}

fsnn_status FSNN_K(scan_states_backward)(scan *s, const real *I, const real *spikes,
                                         const real *gspikes, const scan_grads *grads)
{
    const scan_kernels *kernels = scan_kernels_get();
    job j = {.s = s,
             .e = neuron_equation_of(s->model),
             .kernels = kernels,
             .reset = &kernels->resets[s->options.reset],
             .scheme = &kernels->schemes[FRAC_EXPLICIT],
             .I = I,
             .spikes = spikes,
             .gspikes = gspikes,
             .grads = grads,
             .states = 1 + s->others};
    for (int n = 0; n < j.states; n++)
        FSNN_TRY(track_call_open_back(&j.call[n], scan_state(s, n), grads));
    scan_each(s->tiles, s->K, tile, &j);
    for (int n = 0; n < j.states && s->chain.on; n++)
        track_call_close_back(&j.call[n]);
    scan_add_pars(s, grads);
    track_add_gradients(j.call, j.states, grads);
    return FSNN_OK;
}

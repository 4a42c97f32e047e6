/* The forward scan of neurons with several states (scan/states.h). For each tile of 32
 * neurons, in blocks of steps:
 *
 *   S_i = sums of the past before the block, of each state
 *   for each step:  S_i += sums of the past within the block
 *                   D = charge(v, w, ..., I);  spike test and reset of v;  F = drives after the
 *                                              spike
 *                   w_i = S_i + gain_i F_i
 */
#include "scan/spikes_kernel.h"
#include "scan/states.h"
#include "scan/track_forward_kernel.h"

typedef struct job {
    scan *s;
    const equation *e;
    const scan_kernels *kernels;
    const reset_rule *reset;
    const scan_scheme *scheme;
    int64_t K;
    const real *I;
    real *spikes;
    int states;
    track_call call[EQUATION_STATES];
} job;

typedef struct walk {
    const job *j;
    scan_tile tile;
    int64_t t;
    real **slot;
    track track[EQUATION_STATES];
    real *arg, *resting; /* NULL where not kept */
    spikes spikes;
    lanes none;
} walk;

static void fire(const job *j, const real *arg, real *s)
{
    if (j->s->smooth)
        spikes_smooth(j->s, j->kernels, arg, s);
    else
        j->kernels->fire(arg, j->s->least, s);
}

/* States beside v: S_i + gain_i F_i. */
static void move_others(walk *w, int64_t k, const lanes *S, const states_rows *r)
{
    for (int n = 1; n < w->j->states; n++) {
        const track *h = &w->track[n];
        const real gain = h->memory->sum[0].gain, *sum = S[n], *f = r->F[n];
        real *next = track_state(h, k);
        EACH_LANE next[i] = sum[i] + gain * f[i];
        track_keep(h, k, f, f);
    }
}

static void states_before(walk *w, int64_t k, states_rows *r)
{
    for (int n = 0; n < w->j->states; n++) {
        const real *u = track_state(&w->track[n], k - 1), v0 = scan_state(w->j->s, n)->v0,
                   *off = w->spikes.off;
        EACH_LANE r->X[n][i] = u[i] + (n ? v0 : off[i]);
    }
}

/* What later steps and backward need of the step. */
static void keep(walk *w, int64_t k, const real *arg, const real *spike, const real *p)
{
    const job *j = w->j;
    const track *h = &w->track[0];
    if (h->modes)
        spikes_watch(arg, track_row(h, k), &w->spikes);
    if (j->reset->counts)
        spikes_count(&w->tile, spike, &w->spikes);
    if (w->arg)
        memcpy(w->arg + k * ROW_LANES, p, sizeof(lanes));
    memcpy(j->spikes + k * j->s->B * j->s->N + w->tile.first, spike,
           sizeof(real) * (size_t)w->tile.width);
    spikes_fired(&w->tile, spike, &w->spikes);
}

/* Step `at` of the `steps` of a block that begins at step `begin` of the call, given each state's
 * sum S over its past. */
static void step(walk *w, int64_t begin, lanes *S, int64_t at, int64_t steps)
{
    const job *j = w->j;
    const scan *s = j->s;
    states_rows r;
    lanes arg, vp, spike, held, c, p, x, current;
    const int64_t k = begin + at;
    track *h = &w->track[0];
    real *next = track_state(h, k);
    const real *theta = w->tile.row[ROW_THRESHOLD], *land = spike, *off = w->spikes.off;
    scan_step t = {.model = s->model,
                   .self = w->tile.self,
                   .arg = arg,
                   .row = w->tile.row,
                   .I = scan_current(s, &w->tile, j->I, k, current),
                   .u = next - ROW_LANES,
                   .v = r.X[0],
                   .off = off,
                   .dv = r.D[0],
                   .c = c,
                   .S = {S[0], S[0]},
                   .gain = h->memory->sum[0].gain,
                   .h = (real)h->memory->h,
                   .least = s->least,
                   .scheme = h->memory->scheme};
    states_before(w, k, &r);
    states_charge(j->e, w->slot, t.I, &r);
    if (j->reset->ahead) {
        states_test(j->e, w->slot, &r, true, NULL, w->none, theta, arg);
        fire(j, arg, spike);
        if (s->rest)
            spikes_refractory(s, w->spikes.wait, tape_row(w->resting, k), arg, spike, held);
        states_drive(j->e, w->slot, j->reset->reset_drive, w->tile.row[ROW_RESET_DRIVE], spike, &r,
                     c);
        j->scheme->step(&t, p, x);
    } else {
        lanes_zero(c);
        j->scheme->step(&t, p, x);
        EACH_LANE vp[i] = p[i] + off[i];
        states_test(j->e, w->slot, &r, false, vp, w->none, theta, arg);
        fire(j, arg, spike);
        if (s->rest) {
            spikes_refractory(s, w->spikes.wait, tape_row(w->resting, k), arg, spike, held);
            land = held;
        }
        states_drive(j->e, w->slot, false, w->tile.row[ROW_RESET_DRIVE], spike, &r, c);
    }
    j->reset->apply(&t, p, land, next, x);
    track_keep(h, k, x, next);
    move_others(w, k, S, &r);
    keep(w, k, arg, spike, p);
    if (j->reset->clears)
        track_clear(h, arg, s->least, at, steps);
}

/* A block of at most FRAC_BLOCK steps; returns their number. */
static int64_t block(walk *w, int64_t k)
{
    const job *j = w->j;
    int64_t steps = j->K - k;
    for (int n = 0; n < j->states; n++)
        steps = track_steps(&w->track[n], steps);
    for (int n = 0; n < j->states; n++)
        track_begin(&w->track[n], k, steps);
    for (int64_t i = 0; i < steps; i++) {
        lanes S[EQUATION_STATES];
        for (int n = 0; n < j->states; n++)
            track_sum(&w->track[n], 0, i, S[n]);
        step(w, k, S, i, steps);
    }
    for (int n = 0; n < j->states; n++)
        track_end(&w->track[n], steps);
    return steps;
}

static void open_tile(walk *w, int worker)
{
    const job *j = w->j;
    scan *s = j->s;
    int64_t tape = scan_tape_row(s, w->t) * ROW_LANES;
    scan_tile_open(s, w->t, worker, &w->tile);
    w->slot = neuron_equation_slots(w->tile.self);
    for (int n = 0; n < j->states; n++)
        track_open(&w->track[n], &j->call[n], w->t);
    spikes_open(s, j->reset, &w->tile, w->t, &w->spikes);
    w->arg = s->training && j->reset->keeps_arg ? (real *)s->tape.arg.data + tape : NULL;
    w->resting = s->training && s->rest ? (real *)s->tape.resting.data + tape : NULL;
    memset(w->none, 0, sizeof w->none);
}

static void tile(int64_t t, int worker, void *user)
{
    walk w;
    w.j = user;
    w.t = t;
    open_tile(&w, worker);
    for (int64_t k = 0; k < w.j->K;)
        k += block(&w, k);
    spikes_close(w.j->s, w.j->reset, &w.tile, t, &w.spikes);
    for (int n = 0; n < w.j->states; n++)
        if (track_strays(&w.track[n], w.j->K, w.tile.width))
            scan_say_strayed(w.j->s);
}

fsnn_status FSNN_K(scan_states_forward)(scan *s, int64_t K, const real *I, real *spikes)
{
    FSNN_TRY(scan_ready(s, K));
    const scan_kernels *kernels = scan_kernels_get();
    job j = {.s = s,
             .e = neuron_equation_of(s->model),
             .kernels = kernels,
             .reset = &kernels->resets[s->options.reset],
             .scheme = &kernels->schemes[FRAC_EXPLICIT],
             .K = K,
             .I = I,
             .spikes = spikes,
             .states = 1 + s->others};
    for (int n = 0; n < j.states; n++) {
        scan *state = scan_state(s, n);
        track_call_open(&j.call[n], state, state->history.time);
    }
    scan_each(s->tiles, K, tile, &j);
    for (int n = 0; n < j.states; n++) {
        scan *state = scan_state(s, n);
        state->K = K;
        state->history.u.rows += K;
        state->history.time += K;
        if (j.call[n].apart)
            state->history.x.rows += K;
    }
    return FSNN_OK;
}

/* The forward scan. For each tile of 32 neurons, in blocks of FRAC_BLOCK steps:
 *
 *   S = sum of the past before the block (one pass over the history for the whole block)
 *   for each step:  S += sum of the past within the block
 *                   dv = charge(v, I);  spike test;  p, x = scheme(S, dv, ...);  u = reset(p, ...)
 *
 * Cost: 2 * lags flops a neuron and step, a number of history. Blocks change no bit
 * (frac/memory.h). */
#include "base/isa_kernel.h"
#include "scan/fused.h"
#include "scan/spikes_kernel.h"
#include "scan/track_forward_kernel.h"

#include <assert.h>
#include <string.h>

typedef struct job {
    scan *s;
    const scan_kernels *kernels;
    const reset_rule *reset;
    const scan_scheme *scheme;
    int64_t K;
    const real *I;
    real *spikes;
    track_call call;
    int64_t done; /* tiles that the fused scan has done */
} job;

scan_fused_forward_fn FSNN_K(scan_fused_forward);

typedef struct walk {
    const job *j;
    int64_t t;
    real *arg, *predicted, *first, *resting; /* NULL where not kept */
    scan_tile tile;
    spikes spikes;
    track track;
} walk;

/* Noise moves the argument; without it stands in `still`. */
static __attribute__((noinline)) void fire_noisy(const walk *w, int64_t k, real *arg, real *still,
                                                 real *s)
{
    const job *j = w->j;
    const scan_noise *noise = &j->s->noise;
    memcpy(still, arg, sizeof(lanes));
    if (noise->drawn)
        j->kernels->noise(noise->seed, noise->run, j->s->history.time + k, w->t, noise->gamma, arg);
    if (noise->soft || j->s->smooth)
        spikes_smooth(j->s, j->kernels, noise->seen ? arg : still, s);
    else
        j->kernels->fire(arg, j->s->least, s);
}

static void fire(const walk *w, int64_t k, real *arg, real *still, real *s)
{
    const job *j = w->j;
    if (j->s->noise.on)
        fire_noisy(w, k, arg, still, s);
    else if (j->s->smooth)
        spikes_smooth(j->s, j->kernels, arg, s);
    else
        j->kernels->fire(arg, j->s->least, s);
}

static void first_drive(walk *w, const scan_step *t, int64_t time, lanes *S)
{
    const frac_memory *m = &w->j->s->memory;
    if (time == 0) {
        EACH_LANE
        w->first[i] = t->dv[i] - t->c[i];
    }
    for (int s = 0; s < m->sums; s++) {
        const real weight = m->sum[s].start[time - m->from];
        EACH_LANE
        S[s][i] += weight * w->first[i];
    }
}

/* The next tile's numbers of this step are a page or more from any touched lately: asked ahead. */
static inline void ahead(const real *row)
{
    __builtin_prefetch(row + ROW_LANES);
    __builtin_prefetch(row + ROW_LANES + 16);
}

/* The argument of the spike at potential v and derivative dv: the model's own, or v + dv -
 * theta. */
static inline void test(const walk *w, const real *v, const real *I, const real *dv, real *arg)
{
    const neuron_model *model = w->j->s->model;
    const real *theta = w->tile.row[ROW_THRESHOLD];
    if (model->spike) {
        model->spike(w->tile.self, v, I, dv, arg);
        return;
    }
    EACH_LANE
    arg[i] = (v[i] + dv[i]) - theta[i];
}

/* What the spike takes from the drive. */
static inline void reset_drive(const walk *w, const scan_step *t, const real *spike, real *c)
{
    if (t->model->reset_drive) {
        t->model->reset_drive(t->self, t->v, t->I, t->dv, spike, c);
        return;
    }
    const real *amount = w->tile.row[ROW_RESET_DRIVE];
    EACH_LANE
    c[i] = spike[i] * amount[i];
}

/* Out of the way of hand-written models, whose step is to stay small. */
static __attribute__((noinline)) void test_after_own(const walk *w, const scan_step *t,
                                                     const real *p, real *arg)
{
    const real *off = w->spikes.off;
    lanes v, none;
    lanes_zero(none);
    EACH_LANE
    v[i] = p[i] + off[i];
    t->model->spike(t->self, v, t->I, none, arg);
}

/* The test of the new potential p, where nothing lies ahead: dv is 0. */
static inline void test_after(const walk *w, const scan_step *t, const real *p, real *arg)
{
    const real *off = w->spikes.off, *theta = w->tile.row[ROW_THRESHOLD];
    if (t->model->spike) {
        test_after_own(w, t, p, arg);
        return;
    }
    EACH_LANE
    arg[i] = (p[i] + off[i]) - theta[i];
}

/* Step `at` of the `steps` of a block that begins at step `begin` of the call. S: its sums over the
 * past (may be changed). */
static void step(walk *w, int64_t begin, lanes *S, int64_t at, int64_t steps)
{
    const job *j = w->j;
    const scan *s = j->s;
    lanes v, dv, arg, still, spike, held, c, p, x, current;
    const real *land = spike;
    const int64_t k = begin + at;
    track *h = &w->track;
    real *off = w->spikes.off, *next = track_state(h, k);
    const real *u = next - ROW_LANES;
    scan_step t = {.model = s->model,
                   .self = w->tile.self,
                   .arg = arg,
                   .row = w->tile.row,
                   .u = u,
                   .v = v,
                   .off = off,
                   .dv = dv,
                   .c = c,
                   .S = {S[0], S[1]},
                   .gain = s->memory.sum[0].gain,
                   .h = (real)s->memory.h,
                   .least = s->least,
                   .scheme = s->memory.scheme};
    t.I = scan_current(s, &w->tile, j->I, k, current);
    ahead(j->I + k * scan_pitch(s) + w->tile.first);
    ahead(j->spikes + k * s->B * s->N + w->tile.first);
    EACH_LANE
    v[i] = u[i] + off[i];
    s->model->charge(t.self, v, t.I, t.row, dv);

    lanes_zero(c);
    if (j->reset->ahead) {
        test(w, v, t.I, dv, arg);
        fire(w, k, arg, still, spike);
        if (s->rest)
            spikes_refractory(s, w->spikes.wait, tape_row(w->resting, k), arg, spike, held);
        if (j->reset->reset_drive)
            reset_drive(w, &t, spike, c);
    }
    if (w->first)
        first_drive(w, &t, s->history.time + k, S);
    j->scheme->step(&t, p, x);
    if (!j->reset->ahead) {
        test_after(w, &t, p, arg);
        fire(w, k, arg, still, spike);
        if (s->rest) {
            spikes_refractory(s, w->spikes.wait, tape_row(w->resting, k), arg, spike, held);
            land = held;
        }
    }
    j->reset->apply(&t, p, land, next, x);

    track_keep(h, k, x, next);
    if (h->modes)
        spikes_watch(arg, track_row(h, k), &w->spikes);
    if (j->reset->clears)
        track_clear(h, arg, s->least, at, steps);
    if (j->reset->counts)
        spikes_count(&w->tile, spike, &w->spikes);
    if (w->arg)
        memcpy(w->arg + k * ROW_LANES, s->model->spike ? p : s->noise.on ? still : arg, sizeof arg);
    if (w->predicted)
        memcpy(w->predicted + k * ROW_LANES, S[1], sizeof(lanes));
    if (s->model->readout) {
        lanes_zero(spike); /* none counts */
        EACH_LANE
        arg[i] = next[i] + off[i];
    }
    memcpy(j->spikes + k * s->B * s->N + w->tile.first, s->model->readout ? arg : spike,
           sizeof(real) * (size_t)w->tile.width);
    spikes_fired(&w->tile, spike, &w->spikes);
}

/* A block of at most FRAC_BLOCK steps; returns their number. */
static int64_t block(walk *w, int64_t k)
{
    track *h = &w->track;
    int64_t steps = track_steps(h, w->j->K - k);
    track_begin(h, k, steps);
    for (int64_t i = 0; i < steps; i++) {
        lanes S[2];
        for (int n = 0; n < h->memory->sums; n++)
            track_sum(h, n, i, S[n]);
        step(w, k, S, i, steps);
    }
    track_end(h, steps);
    return steps;
}

static void open_tape(walk *w)
{
    const job *j = w->j;
    const scan *s = j->s;
    int64_t tape = scan_tape_row(s, w->t) * ROW_LANES;
    bool pece = s->memory.scheme == FRAC_PECE;
    w->first = s->memory.method->start ? (real *)s->history.first.data + w->t * ROW_LANES : NULL;
    w->arg = s->training && j->reset->keeps_arg ? (real *)s->tape.arg.data + tape : NULL;
    w->resting = s->training && s->rest ? (real *)s->tape.resting.data + tape : NULL;
    w->predicted = s->training && pece ? (real *)s->tape.predicted.data + tape : NULL;
}

static void tile(int64_t t, int worker, void *user)
{
    const job *j = user;
    walk w;
    w.j = j;
    w.t = t + j->done;
    scan_tile_open(j->s, w.t, worker, &w.tile);
    track_open(&w.track, &j->call, w.t);
    spikes_open(j->s, j->reset, &w.tile, w.t, &w.spikes);
    open_tape(&w);
    for (int64_t k = 0; k < j->K;)
        k += block(&w, k);
    spikes_close(j->s, j->reset, &w.tile, w.t, &w.spikes);
    if (track_strays(&w.track, j->K, w.tile.width))
        scan_say_strayed(j->s);
}

fsnn_status FSNN_K(scan_forward)(scan *s, int64_t K, const real *I, real *spikes)
{
    FSNN_TRY(scan_ready(s, K));
    const scan_kernels *kernels = scan_kernels_get();
    job j = {.s = s,
             .kernels = kernels,
             .reset = &kernels->resets[s->options.reset],
             .scheme = &kernels->schemes[s->memory.scheme],
             .K = K,
             .I = I,
             .spikes = spikes};
    track_call_open(&j.call, s, s->history.time);
    s->K = K;
    j.done = FSNN_K(scan_fused_forward)(s, K, I, spikes);
    assert(j.done == s->tiles || !s->sink.lines);
    scan_each(s->tiles - j.done, K, tile, &j);
    s->history.u.rows += K;
    s->history.time += K;
    if (j.call.apart)
        s->history.x.rows += K;
    return FSNN_OK;
}

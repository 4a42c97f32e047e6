/* The forward scan. For each tile of 32 neurons, in blocks of FRAC_BLOCK steps:
 *
 *   S = sum of the past before the block (one pass over the history for the whole block)
 *   for each step:  S += sum of the past within the block
 *                   dv = charge(v, I);  spike test;  p, x = scheme(S, dv, ...);  u = reset(p, ...)
 *
 * Cost: 2 * lags flops a neuron and step, 4 bytes of history. Blocks change no bit (frac/memory.h).
 */
#include "base/isa_kernel.h"
#include "scan/fused.h"
#include "scan/spikes_kernel.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

typedef struct job {
    scan *s;
    const scan_kernels *kernels;
    const frac_kernels *frac;
    const reset_rule *reset;
    const scan_scheme *scheme;
    const frac_modes_kernels *far;
    int64_t K;
    const float *I;
    float *spikes;
    bool apart;
    int64_t done; /* tiles that the fused scan has done */
} job;

scan_fused_forward_fn FSNN_K(scan_fused_forward);

typedef struct walk {
    const job *j;
    int64_t t;
    float *u, *x;                   /* rows of states; rows of the history */
    int64_t rows_u, rows_x;         /* filled before the call */
    float *arg, *predicted, *first; /* NULL where not kept */
    float *modes;                   /* state of the far past; NULL where there is none */
    float *resting;                 /* NULL where not kept */
    lanes wait;                     /* steps left of the refractory period */
    lanes off, count, fired, margin, largest;
    /* what stands before begins as 0; this is large, and is written when it is opened */
    scan_tile tile;
} walk;

/* What the outputs of a block have of one sum so far: of the rows, and of the modes. */
typedef struct sums {
    lanes near[FRAC_BLOCK], far[FRAC_BLOCK];
} sums;

/* Noise moves the argument; without it stands in `still`. */
static __attribute__((noinline)) void fire_noisy(const walk *w, int64_t k, float *arg, float *still,
                                                 float *s)
{
    const job *j = w->j;
    const scan_noise *noise = &j->s->noise;
    memcpy(still, arg, sizeof(lanes));
    if (noise->drawn)
        j->kernels->noise(noise->seed, noise->run, j->s->time + k, w->t, noise->gamma, arg);
    if (noise->soft || j->s->smooth)
        scan_smooth(j->s, j->kernels, noise->seen ? arg : still, s);
    else
        j->kernels->fire(arg, s);
}

static void fire(const walk *w, int64_t k, float *arg, float *still, float *s)
{
    const job *j = w->j;
    if (j->s->noise.on)
        fire_noisy(w, k, arg, still, s);
    else if (j->s->smooth)
        scan_smooth(j->s, j->kernels, arg, s);
    else
        j->kernels->fire(arg, s);
}

/* A spike empties the history of its neuron: rows so far, modes, and what they gave to later
 * outputs of this block. */
static void empty(const walk *w, int64_t rows, const float *arg, sums *S, int64_t from, int64_t to)
{
    for (int i = 0; i < ROW_LANES; i++) {
        if (!(arg[i] >= 0))
            continue;
        for (int64_t r = 0; r < rows; r++)
            w->x[r * ROW_LANES + i] = 0;
        for (int k = 0; w->modes && k < w->j->s->memory.modes.padded; k++)
            w->modes[k * ROW_LANES + i] = 0;
        for (int64_t o = from; o < to; o++)
            S->near[o][i] = S->far[o][i] = 0;
    }
}

static void first_drive(walk *w, const scan_step *t, int64_t time, lanes *S)
{
    const frac_memory *m = &w->j->s->memory;
    if (time == 0) {
        EACH_LANE
        w->first[i] = t->dv[i] - t->c[i];
    }
    for (int s = 0; s < m->sums; s++) {
        const float weight = m->sum[s].start[time - m->from];
        EACH_LANE
        S[s][i] += weight * w->first[i];
    }
}

/* The next tile's numbers of this step are a page or more from any touched lately: asked ahead. */
static inline void ahead(const float *row)
{
    __builtin_prefetch(row + ROW_LANES);
    __builtin_prefetch(row + ROW_LANES + 16);
}

/* Extremes that tell how far the spikes are from depending on the memory's error
 * (scan/certificate.c). */
static void watch(walk *w, const float *arg, const float *x)
{
    float *margin = w->margin, *largest = w->largest;
    EACH_LANE
    {
        float a = arg[i] < 0 ? -arg[i] : arg[i], b = x[i] < 0 ? -x[i] : x[i];
        margin[i] = a < margin[i] ? a : margin[i];
        largest[i] = b > largest[i] ? b : largest[i];
    }
}

/* The argument of the spike at potential v and derivative dv: the model's own, or v + dv -
 * theta. */
static inline void test(const walk *w, const float *v, const float *I, const float *dv, float *arg)
{
    const neuron_model *model = w->j->s->model;
    const float *theta = w->tile.row[ROW_THRESHOLD];
    if (model->spike) {
        model->spike(w->tile.self, v, I, dv, arg);
        return;
    }
    EACH_LANE
    arg[i] = (v[i] + dv[i]) - theta[i];
}

/* What the spike takes from the drive. */
static inline void reset_drive(const walk *w, const scan_step *t, const float *spike, float *c)
{
    if (t->model->reset_drive) {
        t->model->reset_drive(t->self, t->v, t->I, t->dv, spike, c);
        return;
    }
    const float *amount = w->tile.row[ROW_RESET_DRIVE];
    EACH_LANE
    c[i] = spike[i] * amount[i];
}

/* Out of the way of hand-written models, whose step is to stay small. */
static __attribute__((noinline)) void test_after_own(const walk *w, const scan_step *t,
                                                     const float *p, float *arg)
{
    const float *off = w->off;
    lanes v, none;
    lanes_zero(none);
    EACH_LANE
    v[i] = p[i] + off[i];
    t->model->spike(t->self, v, t->I, none, arg);
}

/* The test of the new potential p, where nothing lies ahead: dv is 0. */
static inline void test_after(const walk *w, const scan_step *t, const float *p, float *arg)
{
    const float *off = w->off, *theta = w->tile.row[ROW_THRESHOLD];
    if (t->model->spike) {
        test_after_own(w, t, p, arg);
        return;
    }
    EACH_LANE
    arg[i] = (p[i] + off[i]) - theta[i];
}

/* Step k of the call. S: its sums over the past (may be changed). The block's next outputs,
 * from..to-1 of `block`, lose what a spike takes from them. */
static void step(walk *w, int64_t k, lanes *S, sums *block, int64_t from, int64_t to)
{
    const job *j = w->j;
    const scan *s = j->s;
    lanes v, dv, arg, still, spike, held, c, p, x, current;
    const float *land = spike;
    const float *u = w->u + (w->rows_u + k - 1) * ROW_LANES;
    float *next = w->u + (w->rows_u + k) * ROW_LANES;
    scan_step t = {.model = s->model,
                   .self = w->tile.self,
                   .arg = arg,
                   .row = w->tile.row,
                   .u = u,
                   .v = v,
                   .off = w->off,
                   .dv = dv,
                   .c = c,
                   .S = {S[0], S[1]},
                   .gain = s->memory.sum[0].gain,
                   .h = (float)s->memory.h,
                   .v0 = s->v0,
                   .scheme = s->memory.scheme};
    t.I = scan_current(s, &w->tile, j->I, k, current);
    ahead(j->I + k * scan_pitch(s) + w->tile.first);
    ahead(j->spikes + k * s->B * s->N + w->tile.first);
    EACH_LANE
    v[i] = u[i] + w->off[i];
    s->model->charge(t.self, v, t.I, t.row, dv);

    lanes_zero(c);
    if (j->reset->ahead) {
        test(w, v, t.I, dv, arg);
        fire(w, k, arg, still, spike);
        if (s->rest)
            scan_refractory(s, w->wait, scan_kept(w->resting, k), arg, spike, held);
        if (j->reset->reset_drive)
            reset_drive(w, &t, spike, c);
    }
    if (w->first)
        first_drive(w, &t, s->time + k, S);
    j->scheme->step(&t, p, x);
    if (!j->reset->ahead) {
        test_after(w, &t, p, arg);
        fire(w, k, arg, still, spike);
        if (s->rest) {
            scan_refractory(s, w->wait, scan_kept(w->resting, k), arg, spike, held);
            land = held;
        }
    }
    j->reset->apply(&t, p, land, next, x);

    if (j->apart)
        memcpy(w->x + (w->rows_x + k) * ROW_LANES, s->memory.method->drive ? x : next, sizeof x);
    if (w->modes)
        watch(w, arg, w->x + (w->rows_x + k) * ROW_LANES);
    if (j->reset->clears)
        empty(w, w->rows_x + k + 1, arg, block, from, to);
    if (j->reset->counts) {
        EACH_LANE
        w->count[i] += spike[i];
        scan_offset(s, &w->tile, w->count, w->off);
    }
    if (w->arg)
        memcpy(w->arg + k * ROW_LANES, s->model->spike ? p : s->noise.on ? still : arg, sizeof arg);
    if (w->predicted)
        memcpy(w->predicted + k * ROW_LANES, S[1], sizeof(lanes));
    if (s->model->readout) {
        lanes_zero(spike); /* none counts */
        EACH_LANE
        arg[i] = next[i] + w->off[i];
    }
    memcpy(j->spikes + k * s->B * s->N + w->tile.first, s->model->readout ? arg : spike,
           sizeof(float) * (size_t)w->tile.width);
    for (int i = 0; i < w->tile.width; i++)
        w->fired[i] += spike[i];
}

/* Sums of the outputs of a block over what was before it. A pass for the whole block pays from a
 * few outputs on; either way the sums are the same. */
static void begin(walk *w, int64_t have, int64_t o, int64_t steps, int s, sums *S)
{
    const frac_memory *m = &w->j->s->memory;
    const float *weights = m->sum[s].w;
    int64_t near = frac_memory_near(m, o), past = near < have ? near : have;
    past = past < m->sum[s].window ? past : m->sum[s].window;
    if (steps > SCAN_FEW)
        w->j->frac->far(weights, w->x + (have - past) * ROW_LANES, past, S->near[0]);
    else
        memset(S->near, 0, (size_t)steps * sizeof(lanes));
    if (w->modes)
        w->j->far->recall(&m->modes, m->modes.out[s] + o % FRAC_SPAN, w->modes, steps, S->far[0]);
}

/* Adds the rows that the pass before the block could not: those within it, or all. */
static void finish(walk *w, int64_t have, int64_t o, int64_t at, bool whole, int s, sums *S,
                   float *out)
{
    const frac_memory *m = &w->j->s->memory;
    int64_t near = frac_memory_near(m, o + at), rows = have + at < near ? have + at : near;
    rows = whole ? at : rows;
    rows = rows < m->sum[s].window ? rows : m->sum[s].window;
    w->j->frac->near(m->sum[s].w, w->x + (have + at - rows) * ROW_LANES, rows, S->near[at]);
    const float *exact = S->near[at], *modes = S->far[at];
    if (w->modes) {
        EACH_LANE
        out[i] = exact[i] + modes[i];
    } else {
        memcpy(out, exact, sizeof(lanes));
    }
}

/* A block of at most FRAC_BLOCK steps; returns their number. `o` numbers its first output. */
static int64_t block(walk *w, int64_t k, int64_t o)
{
    const frac_memory *m = &w->j->s->memory;
    sums S[2];
    int64_t have = w->rows_x + k; /* history rows before this block */
    int64_t steps = w->j->K - k < FRAC_BLOCK ? w->j->K - k : FRAC_BLOCK;
    if (w->modes) {
        int64_t left = FRAC_SPAN - o % FRAC_SPAN;
        steps = steps < left ? steps : left;
    }
    for (int s = 0; s < m->sums; s++)
        begin(w, have, o, steps, s, &S[s]);
    for (int64_t i = 0; i < steps; i++) {
        lanes now[2];
        for (int s = 0; s < m->sums; s++)
            finish(w, have, o, i, steps > SCAN_FEW, s, &S[s], now[s]);
        /* only methods with one sum empty histories */
        step(w, k + i, now, &S[0], i + 1, steps);
    }
    int64_t next = o + steps;
    if (w->modes && next % FRAC_SPAN == 0 && next >= 2 * FRAC_SPAN)
        w->j->far->absorb(&m->modes, w->x + (have + steps - 2 * FRAC_SPAN) * ROW_LANES, 0,
                          FRAC_SPAN, w->modes);
    return steps;
}

static void tile_buffers(walk *w)
{
    const job *j = w->j;
    const scan *s = j->s;
    w->u = scan_rows_of(&s->u, w->t);
    w->rows_u = s->u.rows;
    w->x = j->apart ? scan_rows_of(&s->x, w->t) : w->u;
    w->rows_x = j->apart ? s->x.rows : s->u.rows;
    if (s->memory.method->start)
        w->first = (float *)s->first.data + w->t * ROW_LANES;
    int64_t tape = (w->t * s->tape_capacity + (s->within ? s->at : 0)) * ROW_LANES;
    if (s->training && j->reset->keeps_arg)
        w->arg = (float *)s->arg.data + tape;
    if (s->training && s->rest)
        w->resting = (float *)s->resting.data + tape;
    if (s->training && s->memory.scheme == FRAC_PECE)
        w->predicted = (float *)s->predicted.data + tape;
    if (!s->memory.compressed)
        return;
    int64_t state = s->memory.modes.padded * ROW_LANES;
    w->modes = (float *)s->modes.data + w->t * state;
    if (s->training && scan_opens(s))
        memcpy((float *)s->before.data + w->t * state, w->modes, (size_t)state * sizeof(float));
    for (int i = 0; i < ROW_LANES; i++)
        w->margin[i] = INFINITY;
}

/* The last tile's lanes beyond the last neuron do not count. */
static void watched(const walk *w)
{
    scan_seen *seen = (scan_seen *)w->j->s->seen.data + w->t;
    for (int i = 0; i < w->tile.width; i++) {
        seen->margin = w->margin[i] < seen->margin ? w->margin[i] : seen->margin;
        seen->largest = w->largest[i] > seen->largest ? w->largest[i] : seen->largest;
    }
}

static void tile(int64_t t, int worker, void *user)
{
    const job *j = user;
    scan *s = j->s;
    t += j->done;
    walk w;
    memset(&w, 0, offsetof(walk, tile));
    w.j = j;
    w.t = t;
    tile_buffers(&w);
    scan_tile_open(s, t, worker, &w.tile);
    if (j->reset->counts)
        memcpy(w.count, (lanes *)s->count.data + t, sizeof w.count);
    if (s->rest)
        memcpy(w.wait, (lanes *)s->wait.data + t, sizeof w.wait);
    scan_offset(s, &w.tile, w.count, w.off);
    for (int64_t k = 0, o = scan_output(s, s->time); k < j->K;) {
        int64_t steps = block(&w, k, o);
        k += steps;
        o += steps;
    }
    if (w.modes)
        watched(&w);
    if (j->reset->counts)
        memcpy((lanes *)s->count.data + t, w.count, sizeof w.count);
    if (s->rest)
        memcpy((lanes *)s->wait.data + t, w.wait, sizeof w.wait);
    double sum = 0;
    for (int i = 0; i < ROW_LANES; i++)
        sum += w.fired[i];
    ((double *)s->fired.data)[t] = sum;
}

fsnn_status FSNN_K(scan_forward)(scan *s, int64_t K, const float *I, float *spikes)
{
    FSNN_TRY(scan_ready(s, K));
    const scan_kernels *kernels = scan_kernels_get();
    job j = {.s = s,
             .kernels = kernels,
             .frac = frac_kernels_get(),
             .far = frac_modes_kernels_get(),
             .reset = &kernels->resets[s->options.reset],
             .scheme = &kernels->schemes[s->memory.scheme],
             .K = K,
             .I = I,
             .spikes = spikes,
             .apart = scan_apart(s)};
    s->K = K;
    j.done = FSNN_K(scan_fused_forward)(s, K, I, spikes);
    assert(j.done == s->tiles || !s->sink.lines);
    scan_each(s->tiles - j.done, K, tile, &j);
    s->u.rows += K;
    s->time += K;
    if (j.apart)
        s->x.rows += K;
    return FSNN_OK;
}

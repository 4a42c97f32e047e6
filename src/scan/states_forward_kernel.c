/* The forward scan of neurons with several states (scan/states.h). For each tile of 32
 * neurons, in blocks of steps:
 *
 *   S_i = sums of the past before the block, of each state
 *   for each step:  S_i += sums of the past within the block
 *                   D = charge(v, w, ..., I);  spike test and reset of v;  F = drives after the
 *                                              spike
 *                   w_i = S_i + gain_i F_i
 */
#include "base/isa_kernel.h"

#include <math.h>
#include <string.h>

#include "scan/spikes_kernel.h"
#include "scan/states.h"

typedef struct job {
    scan *s;
    const equation *e;
    const scan_kernels *kernels;
    const frac_kernels *frac;
    const frac_modes_kernels *far;
    const reset_rule *reset;
    const scan_scheme *scheme;
    int64_t K;
    const float *I;
    float *spikes;
    int states;
} job;

/* One state's history on its way through a tile. */
typedef struct track {
    const frac_memory *m;
    float *u, *x;           /* rows of states; rows of the history */
    int64_t rows_u, rows_x; /* filled before the call */
    bool apart;
    float *modes;                            /* state of the far past; NULL where there is none */
    float start;                             /* the state at time 0 */
    int64_t o;                               /* number of the next output */
    int64_t have;                            /* history rows before the block */
    lanes near[FRAC_BLOCK], far[FRAC_BLOCK]; /* what the outputs of a block have so far */
} track;

typedef struct walk {
    const job *j;
    scan_tile tile;
    int64_t t;
    float **slot;
    track track[EQUATION_STATES];
    float *arg, *resting; /* NULL where not kept */
    lanes wait, off, count, fired, margin, largest, none;
} walk;

/* ---- memory, a track at a time ---- */

static void begin(const job *j, track *h, int64_t steps)
{
    int64_t near = frac_memory_near(h->m, h->o), past = near < h->have ? near : h->have;
    past = past < h->m->sum[0].window ? past : h->m->sum[0].window;
    if (steps > SCAN_FEW)
        j->frac->far(h->m->sum[0].w, h->x + (h->have - past) * ROW_LANES, past, h->near[0]);
    else
        memset(h->near, 0, (size_t)steps * sizeof(lanes));
    if (h->modes)
        j->far->recall(&h->m->modes, h->m->modes.out[0] + h->o % FRAC_SPAN, h->modes, steps,
                       h->far[0]);
}

/* The sum of output `at` of the block: adds the rows that the pass before it could not. */
static void finish(const job *j, track *h, int64_t at, bool whole, float *out)
{
    int64_t near = frac_memory_near(h->m, h->o + at),
            rows = h->have + at < near ? h->have + at : near;
    rows = whole ? at : rows;
    rows = rows < h->m->sum[0].window ? rows : h->m->sum[0].window;
    j->frac->near(h->m->sum[0].w, h->x + (h->have + at - rows) * ROW_LANES, rows, h->near[at]);
    memcpy(out, h->near[at], sizeof(lanes));
    if (h->modes) {
        const float *far = h->far[at];
        EACH_LANE out[i] += far[i];
    }
}

static void end(const job *j, track *h, int64_t steps)
{
    int64_t next = h->o + steps;
    if (h->modes && next % FRAC_SPAN == 0 && next >= 2 * FRAC_SPAN)
        j->far->absorb(&h->m->modes, h->x + (h->have + steps - 2 * FRAC_SPAN) * ROW_LANES, 0,
                       FRAC_SPAN, h->modes);
    h->o = next;
}

/* ---- a step ---- */

static void fire(const job *j, const float *arg, float *s)
{
    if (j->s->smooth)
        scan_smooth(j->s, j->kernels, arg, s);
    else
        j->kernels->fire(arg, s);
}

/* A spike empties the history of v: rows so far, modes, and what they gave to later outputs of this
 * block. */
static void empty(track *h, int64_t rows, const float *arg, int64_t from, int64_t to)
{
    for (int i = 0; i < ROW_LANES; i++) {
        if (!(arg[i] >= 0))
            continue;
        for (int64_t r = 0; r < rows; r++)
            h->x[r * ROW_LANES + i] = 0;
        for (int k = 0; h->modes && k < h->m->modes.padded; k++)
            h->modes[k * ROW_LANES + i] = 0;
        for (int64_t o = from; o < to; o++)
            h->near[o][i] = h->far[o][i] = 0;
    }
}

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

/* States beside v: S_i + gain_i F_i. */
static void move_others(walk *w, int64_t k, const lanes *S, const states_rows *r)
{
    for (int n = 1; n < w->j->states; n++) {
        track *h = &w->track[n];
        const float gain = h->m->sum[0].gain, *sum = S[n], *f = r->F[n];
        float *next = h->u + (h->rows_u + k) * ROW_LANES;
        EACH_LANE next[i] = sum[i] + gain * f[i];
        if (h->apart)
            memcpy(h->x + (h->rows_x + k) * ROW_LANES, f, sizeof(lanes));
    }
}

static void states_before(walk *w, int64_t k, states_rows *r)
{
    for (int n = 0; n < w->j->states; n++) {
        const track *h = &w->track[n];
        const float *u = h->u + (h->rows_u + k - 1) * ROW_LANES, start = h->start;
        EACH_LANE r->X[n][i] = u[i] + (n ? start : w->off[i]);
    }
}

/* What later steps and backward need of the step. */
static void keep(walk *w, int64_t k, const float *arg, const float *spike, const float *p)
{
    const job *j = w->j;
    track *h = &w->track[0];
    if (h->modes)
        watch(w, arg, h->x + (h->rows_x + k) * ROW_LANES);
    if (j->reset->counts) {
        EACH_LANE w->count[i] += spike[i];
        scan_offset(w->j->s, &w->tile, w->count, w->off);
    }
    if (w->arg)
        memcpy(w->arg + k * ROW_LANES, p, sizeof(lanes));
    memcpy(j->spikes + k * j->s->B * j->s->N + w->tile.first, spike,
           sizeof(float) * (size_t)w->tile.width);
    for (int i = 0; i < w->tile.width; i++)
        w->fired[i] += spike[i];
}

/* Step k of the call, given each state's sum S; v's next outputs in the block, from..to-1, lose
 * what a spike takes from them. */
static void step(walk *w, int64_t k, lanes *S, int64_t from, int64_t to)
{
    const job *j = w->j;
    const scan *s = j->s;
    states_rows r;
    lanes arg, vp, spike, held, c, p, x, current;
    track *h = &w->track[0];
    float *next = h->u + (h->rows_u + k) * ROW_LANES;
    const float *theta = w->tile.row[ROW_THRESHOLD], *land = spike, *off = w->off;
    scan_step t = {.model = s->model,
                   .self = w->tile.self,
                   .arg = arg,
                   .row = w->tile.row,
                   .I = scan_current(s, &w->tile, j->I, k, current),
                   .u = next - ROW_LANES,
                   .v = r.X[0],
                   .off = w->off,
                   .dv = r.D[0],
                   .c = c,
                   .S = {S[0], S[0]},
                   .gain = h->m->sum[0].gain,
                   .h = (float)h->m->h,
                   .v0 = s->v0,
                   .scheme = h->m->scheme};
    states_before(w, k, &r);
    states_charge(j->e, w->slot, t.I, &r);
    if (j->reset->ahead) {
        states_test(j->e, w->slot, &r, true, NULL, w->none, theta, arg);
        fire(j, arg, spike);
        if (s->rest)
            scan_refractory(s, w->wait, scan_kept(w->resting, k), arg, spike, held);
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
            scan_refractory(s, w->wait, scan_kept(w->resting, k), arg, spike, held);
            land = held;
        }
        states_drive(j->e, w->slot, false, w->tile.row[ROW_RESET_DRIVE], spike, &r, c);
    }
    j->reset->apply(&t, p, land, next, x);
    if (h->apart)
        memcpy(h->x + (h->rows_x + k) * ROW_LANES, h->m->method->drive ? x : next, sizeof x);
    move_others(w, k, S, &r);
    keep(w, k, arg, spike, p);
    if (j->reset->clears)
        empty(h, h->rows_x + k + 1, arg, from, to);
}

/* A block of at most FRAC_BLOCK steps; returns their number. */
static int64_t block(walk *w, int64_t k)
{
    const job *j = w->j;
    int64_t steps = j->K - k < FRAC_BLOCK ? j->K - k : FRAC_BLOCK;
    for (int n = 0; n < j->states; n++) {
        track *h = &w->track[n];
        int64_t left = h->modes ? FRAC_SPAN - h->o % FRAC_SPAN : steps;
        steps = steps < left ? steps : left;
        h->have = h->rows_x + k;
    }
    for (int n = 0; n < j->states; n++)
        begin(j, &w->track[n], steps);
    for (int64_t i = 0; i < steps; i++) {
        lanes S[EQUATION_STATES];
        for (int n = 0; n < j->states; n++)
            finish(j, &w->track[n], i, steps > SCAN_FEW, S[n]);
        step(w, k + i, S, i + 1, steps);
    }
    for (int n = 0; n < j->states; n++)
        end(j, &w->track[n], steps);
    return steps;
}

/* ---- a tile ---- */

static void open_track(walk *w, int n)
{
    scan *s = scan_state(w->j->s, n);
    track *h = &w->track[n];
    h->m = &s->memory;
    h->apart = scan_apart(s);
    h->u = scan_rows_of(&s->u, w->t);
    h->rows_u = s->u.rows;
    h->x = h->apart ? scan_rows_of(&s->x, w->t) : h->u;
    h->rows_x = h->apart ? s->x.rows : s->u.rows;
    h->start = s->v0;
    h->o = scan_output(s, s->time);
    h->modes = NULL;
    if (!h->m->compressed)
        return;
    int64_t state = h->m->modes.padded * ROW_LANES;
    h->modes = (float *)s->modes.data + w->t * state;
    if (s->training && scan_opens(s))
        memcpy((float *)s->before.data + w->t * state, h->modes, (size_t)state * sizeof(float));
}

static void open_tile(walk *w, int worker)
{
    const job *j = w->j;
    scan *s = j->s;
    int64_t tape = (w->t * s->tape_capacity + (s->within ? s->at : 0)) * ROW_LANES;
    scan_tile_open(s, w->t, worker, &w->tile);
    w->slot = neuron_equation_slots(w->tile.self);
    for (int n = 0; n < j->states; n++)
        open_track(w, n);
    w->arg = s->training && j->reset->keeps_arg ? (float *)s->arg.data + tape : NULL;
    w->resting = s->training && s->rest ? (float *)s->resting.data + tape : NULL;
    memset(w->count, 0, sizeof w->count);
    memset(w->fired, 0, sizeof w->fired);
    memset(w->largest, 0, sizeof w->largest);
    memset(w->none, 0, sizeof w->none);
    for (int i = 0; i < ROW_LANES; i++)
        w->margin[i] = INFINITY;
    if (j->reset->counts)
        memcpy(w->count, (lanes *)s->count.data + w->t, sizeof w->count);
    if (s->rest)
        memcpy(w->wait, (lanes *)s->wait.data + w->t, sizeof w->wait);
    scan_offset(s, &w->tile, w->count, w->off);
}

static void close_tile(const walk *w)
{
    scan *s = w->j->s;
    if (w->track[0].modes) {
        scan_seen *seen = (scan_seen *)s->seen.data + w->t;
        for (int i = 0; i < w->tile.width; i++) {
            seen->margin = w->margin[i] < seen->margin ? w->margin[i] : seen->margin;
            seen->largest = w->largest[i] > seen->largest ? w->largest[i] : seen->largest;
        }
    }
    if (w->j->reset->counts)
        memcpy((lanes *)s->count.data + w->t, w->count, sizeof w->count);
    if (s->rest)
        memcpy((lanes *)s->wait.data + w->t, w->wait, sizeof w->wait);
    double sum = 0;
    for (int i = 0; i < ROW_LANES; i++)
        sum += w->fired[i];
    ((double *)s->fired.data)[w->t] = sum;
}

static void tile(int64_t t, int worker, void *user)
{
    walk w;
    w.j = user;
    w.t = t;
    open_tile(&w, worker);
    for (int64_t k = 0; k < w.j->K;)
        k += block(&w, k);
    close_tile(&w);
}

fsnn_status FSNN_K(scan_states_forward)(scan *s, int64_t K, const float *I, float *spikes)
{
    FSNN_TRY(scan_ready(s, K));
    const scan_kernels *kernels = scan_kernels_get();
    job j = {.s = s,
             .e = neuron_equation_of(s->model),
             .kernels = kernels,
             .frac = frac_kernels_get(),
             .far = frac_modes_kernels_get(),
             .reset = &kernels->resets[s->options.reset],
             .scheme = &kernels->schemes[FRAC_EXPLICIT],
             .K = K,
             .I = I,
             .spikes = spikes,
             .states = 1 + s->others};
    s->K = K;
    scan_each(s->tiles, K, tile, &j);
    for (int n = 0; n < j.states; n++) {
        scan *state = scan_state(s, n);
        state->K = K;
        state->u.rows += K;
        state->time += K;
        if (scan_apart(state))
            state->x.rows += K;
    }
    return FSNN_OK;
}

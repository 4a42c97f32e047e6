/* The fused forward scan (scan/fused.h). For each step of a group, and each of its tiles:
 *
 *   S = sum_l w_l u_{n+1-l}
 *   dv = (I - v) / tau;  s = [v + dv - theta >= least];  u_{n+1} = S + gain (dv - s reset_drive)
 *
 * or, with reset `subtract`,
 *
 *   p = S + gain dv;  s = [p + v_0 - theta >= least];  u_{n+1} = p - s theta
 *
 * the lanes of a tile in registers throughout, or, where the model gives dv, in two parts around
 * it. The sums are the general scan's chains: what lies before a block of steps by one pass for the
 * block where that is long, the rest row by row; what is far by exponentials where the memory is
 * compressed (frac/modes.h). Its name has it compiled without contraction of
 * products and sums: they are joined where the general scan joins them and nowhere else. Cost: 2
 * lags flops, a number read and two written a neuron and step. */
#include "scan/fused_rows_kernel.h"

#include <math.h>

typedef struct job {
    scan *s;
    const frac_kernels *frac;
    const frac_modes_kernels *modes; /* NULL: all lags one by one */
    int64_t first;                   /* number of the call's first output */
    const real *w;
    int64_t window, K, pitch; /* pitch: from the current of one step to that of the next */
    const real *I;
    real *spikes;
    real gain;
    bool reset_drive, past; /* past: states and spikes pass the caches by */
    bool sink;
    test when;
    bool keeps; /* the arguments of tests after the step */
} job;

typedef struct walk {
    const job *j;
    scan_group group;
    bool aside;          /* the history is in the group's space, not in the states themselves */
    real *u[SCAN_GROUP]; /* first state of the call, of each tile */
    real *history[SCAN_GROUP]; /* the row behind those from before the call */
    int64_t have;              /* rows from before the call */
    lanes sum[SCAN_GROUP][FRAC_BLOCK];
    lanes fired;
    /* where the memory is compressed: states of the far past, what they give to a block, and the
     * extremes of spikes_watch */
    real *modes[SCAN_GROUP];
    lanes far[SCAN_GROUP][FRAC_BLOCK], margin[SCAN_GROUP], largest[SCAN_GROUP];
} walk;

static ALWAYS vec size_of(vec x)
{
    return vec_choose(x < 0, -x, x);
}

/* As spikes_watch. */
static ALWAYS void watch(walk *w, int t, const row *arg, const row *u)
{
    real *margin = w->margin[t], *largest = w->largest[t];
    EACH_VEC
    {
        int o = i * VEC;
        vec a = size_of(arg->v[i]), b = size_of(u->v[i]);
        vec least = vec_load(margin + o), most = vec_load(largest + o);
        vec_store(margin + o, vec_choose(a < least, a, least));
        vec_store(largest + o, vec_choose(b > most, b, most));
    }
}

/* The group's tile t at step k; S: the sum over its past; dv [32]: where the model gives it. */
static ALWAYS void step(walk *w, int t, int64_t k, row S, derivative kind, test when,
                        const real *given)
{
    const job *j = w->j;
    const lanes *par = w->group.row[t];
    real *next = w->history[t] + k * ROW_LANES, *fired = w->fired;
    int64_t at = k * j->s->B * j->s->N + w->group.tile[t] * ROW_LANES;
    const real *current = j->I + k * j->pitch + w->group.tile[t] * ROW_LANES;
    const vec v0 = vec_all(scan_start(j->s)), gain = vec_all(j->gain), one = vec_all(1),
              least = vec_all(j->s->least);
    row spike, u, arg;
    EACH_VEC
    {
        int o = i * VEC;
        vec v = vec_load(next - ROW_LANES + o) + v0, theta = vec_load(par[ROW_THRESHOLD] + o), dv;
        if (kind == WIDE) {
            dv = vec_load(given + o);
        } else {
            vec I = vec_load(current + o);
            dv = (kind == LEAKY ? I - v : I) * vec_load(par[ROW_RATE] + o);
        }
        vec p = vec_madd(gain, dv, S.v[i]);
        arg.v[i] = (when == AFTER ? p + v0 : v + dv) - theta;
        vec_int over = arg.v[i] >= least;
        vec reset_drive =
            j->reset_drive ? vec_where(over, vec_load(par[ROW_RESET_DRIVE] + o)) : (vec){0};
        spike.v[i] = vec_where(over, one);
        u.v[i] =
            when == AFTER ? p - vec_where(over, theta) : vec_madd(gain, dv - reset_drive, S.v[i]);
        vec_store(fired + o, vec_load(fired + o) + spike.v[i]);
    }
    row_put(next, &u, false);
    if (j->modes)
        watch(w, t, &arg, &u);
    if (when == AFTER && j->keeps)
        row_put(rows_tested(j->s, w->group.tile[t]) + k * ROW_LANES, &arg, j->past);
    if (w->aside)
        row_put(w->u[t] + k * ROW_LANES, &u, j->past);
    if (j->sink)
        row_put(w->group.spikes[t], &spike, false);
    else
        row_put(j->spikes + at, &spike, j->past);
}

/* (Inlined by force: a function of nothing but prefetches counts as one that does nothing.) */
static ALWAYS void ask(const walk *w, int t, int64_t k)
{
    const job *j = w->j;
    int64_t tile = w->group.tile[t];
    if (k + 1 < j->K)
        row_ask(j->I + (k + 1) * j->pitch + tile * ROW_LANES);
    else
        row_ask(j->I + (tile + w->group.next) * ROW_LANES);
}

/* The sum over the past of tile t at step k, the i-th of a block; `lags` of it are left. */
static ALWAYS row past_of(const walk *w, int t, int64_t k, int64_t i, int64_t lags, bool whole)
{
    row S = whole ? row_load(w->sum[t][i]) : (row){0};
    S = row_past(S, w->j->w, w->history[t] + k * ROW_LANES, lags);
    if (w->j->modes) {
        const real *far = w->far[t][i];
        EACH_VEC S.v[i] += vec_load(far + i * VEC);
    }
    return S;
}

/* A band's tiles at step k, the model's part of it for all of them at once. */
static void step_band(walk *w, int b, int64_t k, int64_t i, int64_t lags, bool whole)
{
    const job *j = w->j;
    scan_band *band = w->group.band;
    int first = b * SCAN_BAND, tiles = scan_band_tiles(&w->group, b);
    const vec v0 = vec_all(scan_start(j->s));
    for (int t = 0; t < tiles; t++) {
        const real *u = w->history[first + t] + (k - 1) * ROW_LANES;
        ask(w, first + t, k);
        row S = past_of(w, first + t, k, i, lags, whole);
        row_put(w->sum[first + t][i], &S, false);
        EACH_VEC vec_store(band->v[t] + i * VEC, vec_load(u + i * VEC) + v0);
    }
    const real *I = j->I + k * j->pitch + w->group.tile[first] * ROW_LANES;
    j->s->model->wide->charge(w->group.self[b], band->v[0], I, band->dv[0]);
    for (int t = 0; t < tiles; t++)
        step(w, first + t, k, row_load(w->sum[first + t][i]), WIDE, AHEAD, band->dv[t]);
}

static void hand_over(const walk *w, int64_t k)
{
    const scan *s = w->j->s;
    const scan_group *g = &w->group;
    s->sink.accept_spikes(&s->sink, k * s->B + g->sample, g->line, g->from, g->count, g->spikes[0]);
}

/* Rows before step k that are summed one by one. */
static ALWAYS int64_t rows_before(const walk *w, int64_t k)
{
    const job *j = w->j;
    int64_t have = w->have + k, near = have;
    if (j->modes)
        near = frac_memory_near(&j->s->memory, j->first + k);
    return near < have ? near : have;
}

/* What the modes give to a block of `steps` from step k on. */
static void recall(walk *w, int64_t k, int64_t steps)
{
    const job *j = w->j;
    const frac_modes *m = &j->s->memory.modes;
    for (int t = 0; t < w->group.tiles; t++)
        j->modes->recall(m, m->out[0] + (j->first + k) % FRAC_SPAN, w->modes[t], steps,
                         w->far[t][0]);
}

/* Before step k the modes take in the rows before the last span, where that is full. */
static void absorb(walk *w, int64_t k)
{
    const job *j = w->j;
    int64_t next = j->first + k;
    if (next % FRAC_SPAN || next < 2 * FRAC_SPAN)
        return;
    for (int t = 0; t < w->group.tiles; t++)
        j->modes->absorb(&j->s->memory.modes, w->history[t] + (k - 2 * FRAC_SPAN) * ROW_LANES, 0,
                         FRAC_SPAN, w->modes[t]);
}

/* Steps of the block that begins with step k. */
static int64_t block_steps(const job *j, int64_t k)
{
    int64_t left = j->modes ? FRAC_SPAN - (j->first + k) % FRAC_SPAN : FRAC_BLOCK;
    left = left < FRAC_BLOCK ? left : FRAC_BLOCK;
    return j->K - k < left ? j->K - k : left;
}

static ALWAYS void block(walk *w, int64_t k, int64_t steps, derivative kind, test when)
{
    const job *j = w->j;
    int64_t before = rows_before(w, k), past = before < j->window ? before : j->window;
    bool whole = rows_whole(before, steps);
    for (int t = 0; t < w->group.tiles && whole; t++)
        j->frac->far(j->w, w->history[t] + (k - past) * ROW_LANES, past, w->sum[t][0]);
    if (j->modes)
        recall(w, k, steps);
    for (int64_t i = 0; i < steps; i++) {
        int64_t rows = whole ? i : rows_before(w, k + i),
                lags = rows < j->window ? rows : j->window;
        for (int b = 0; kind == WIDE && b * SCAN_BAND < w->group.tiles; b++)
            step_band(w, b, k + i, i, lags, whole);
        for (int t = 0; kind != WIDE && t < w->group.tiles; t++) {
            ask(w, t, k + i);
            step(w, t, k + i, past_of(w, t, k + i, i, lags, whole), kind, when, NULL);
        }
        if (j->sink)
            hand_over(w, k + i);
    }
    if (j->modes)
        absorb(w, k + steps);
}

/* Steps of a group. */
#define WALK(name, kind, when)                                                                     \
    static void name(walk *w)                                                                      \
    {                                                                                              \
        for (int64_t k = 0, steps; k < w->j->K; k += steps) {                                      \
            steps = block_steps(w->j, k);                                                          \
            block(w, k, steps, kind, when);                                                        \
        }                                                                                          \
    }

WALK(walk_plain, PLAIN, AHEAD)
WALK(walk_leaky, LEAKY, AHEAD)
WALK(walk_wide, WIDE, AHEAD)
WALK(walk_plain_after, PLAIN, AFTER)
WALK(walk_leaky_after, LEAKY, AFTER)

/* The far past of the group's tile t. */
static void open_modes(walk *w, int t)
{
    const scan *s = w->j->s;
    int64_t numbers = s->memory.modes.padded * ROW_LANES, at = w->group.tile[t] * numbers;
    w->modes[t] = (real *)s->history.modes.data + at;
    if (s->training && scan_opens(s))
        memcpy((real *)s->tape.modes.data + at, w->modes[t], (size_t)numbers * sizeof(real));
    for (int i = 0; i < ROW_LANES; i++) {
        w->margin[t][i] = INFINITY;
        w->largest[t][i] = 0;
    }
}

static void store_extremes(const walk *w, int t)
{
    scan_extremes *seen = (scan_extremes *)w->j->s->history.extremes.data + w->group.tile[t];
    for (int i = 0; i < ROW_LANES; i++) {
        seen->margin = w->margin[t][i] < seen->margin ? w->margin[t][i] : seen->margin;
        seen->largest = w->largest[t][i] > seen->largest ? w->largest[t][i] : seen->largest;
    }
}

/* States that are written past the caches are kept aside as well, to be read as history. */
static void open_group(walk *w, int64_t number, int worker)
{
    const job *j = w->j;
    const scan *s = j->s;
    scan_fused_open(s, number, worker, &w->group);
    memset(w->fired, 0, sizeof w->fired);
    w->have = s->history.u.rows;
    w->aside = j->past && w->have == 1 && j->K < s->fused.rows;
    for (int t = 0; t < w->group.tiles; t++) {
        w->u[t] = scan_rows_of(&s->history.u, w->group.tile[t]) + w->have * ROW_LANES;
        w->history[t] = w->u[t];
        if (j->modes)
            open_modes(w, t);
        if (!w->aside)
            continue;
        w->history[t] = w->group.space + (t * scan_fused_stride(s) + 1) * ROW_LANES;
        row before = row_load(w->u[t] - ROW_LANES);
        row_put(w->history[t] - ROW_LANES, &before, false);
    }
}

/* Whether a last state of the group is not finite: 0 times it is not 0 then. */
static bool strays(const walk *w)
{
    const vec zero = {0};
    vec sum = {0};
    lanes all;
    for (int t = 0; t < w->group.tiles; t++)
        EACH_VEC sum =
            vec_madd(zero, vec_load(w->history[t] + (w->j->K - 1) * ROW_LANES + i * VEC), sum);
    vec_store(all, sum);
    return scan_strays(all, VEC);
}

static void one(int64_t number, int worker, void *user)
{
    static void (*const walks[][DERIVATIVES])(walk *) = {
        [AHEAD] = {walk_plain, walk_leaky, walk_wide},
        [AFTER] = {walk_plain_after, walk_leaky_after}};
    const job *j = user;
    const neuron_model *model = j->s->model;
    walk w;
    w.j = j;
    open_group(&w, number, worker);
    walks[j->when][model->wide ? WIDE : model->leaky ? LEAKY : PLAIN](&w);
    if (j->past)
        vec_settle();
    /* counts are exact in any order: the group's stand at its first tile */
    double *fired = j->s->tape.fired.data, sum = 0;
    for (int i = 0; i < ROW_LANES; i++)
        sum += (double)w.fired[i];
    for (int t = 0; t < w.group.tiles; t++)
        fired[w.group.tile[t]] = t ? 0 : sum;
    for (int t = 0; j->modes && t < w.group.tiles; t++)
        store_extremes(&w, t);
    if (strays(&w))
        scan_say_strayed(j->s);
}

int64_t FSNN_K(scan_fused_forward)(scan *s, int64_t K, const real *I, real *spikes)
{
    int64_t tiles = scan_fused_tiles(s);
    if (!scan_fused_fits(s) || tiles == 0)
        return 0;
    job j = {.s = s,
             .frac = frac_kernels_get(),
             .modes = s->memory.compressed ? frac_modes_kernels_get() : NULL,
             .first = scan_output(s, s->history.time),
             .w = s->memory.sum[0].w,
             .window = s->memory.sum[0].window,
             .K = K,
             .pitch = scan_pitch(s),
             .I = I,
             .spikes = spikes,
             .gain = s->memory.sum[0].gain,
             .reset_drive = scan_resetting(s)->reset_drive,
             .sink = s->sink.lines > 0,
             .when = scan_resetting(s)->subtracts ? AFTER : AHEAD,
             .keeps = s->training};
    j.past = rows_large(K * tiles) && (j.sink || vec_aligned(spikes)) && s->B * s->N % VEC == 0;
    scan_groups(scan_fused_groups(s), tiles, K, one, &j);
    return tiles;
}

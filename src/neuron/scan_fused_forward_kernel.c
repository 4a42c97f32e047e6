/* The fused forward scan (neuron/scan_fused.h). For each step of a group, and each of its tiles:
 *
 *   S = sum_l w_l u_{n+1-l}
 *   dv = (I - v) / tau;  s = H(v + dv - theta);  u_{n+1} = S + gain (dv - s kick)
 *
 * the lanes of a tile in registers throughout. The sums are the general scan's chains: what lies
 * before a block of steps by one pass for the block where that is long, the rest row by row. This
 * file is compiled without contraction of products and sums: they are joined where the general scan
 * joins them and nowhere else. Cost: 2 lags flops, 4 bytes read and 8 written a neuron and step. */
#include "neuron/scan_fused_rows_kernel.h"

typedef struct job {
    scan *s;
    const frac_kernels *frac;
    const float *w;
    int64_t window, K;
    const float *I;
    float *spikes;
    float gain;
    bool kick, past; /* past: states and spikes pass the caches by */
} job;

typedef struct walk {
    const job *j;
    scan_group group;
    bool aside;           /* the history is in the group's space, not in the states themselves */
    float *u[SCAN_GROUP]; /* first state of the call, of each tile */
    float *history[SCAN_GROUP]; /* the row behind those from before the call */
    int64_t have;               /* rows from before the call */
    lanes sum[SCAN_GROUP][FRAC_BLOCK];
    lanes fired;
} walk;

/* The group's tile t at step k; S: what came before the block, `lags` rows are left. */
static ALWAYS void step(walk *w, int t, int64_t k, row S, int64_t lags, bool leaky)
{
    const job *j = w->j;
    const lanes *par = w->group.row[t];
    float *next = w->history[t] + k * FRAC_LANES, *fired = w->fired;
    int64_t at = k * j->s->B * j->s->N + (w->group.first + t) * FRAC_LANES;
    const vec v0 = vec_all(j->s->v0), gain = vec_all(j->gain), one = vec_all(1);
    row spike, u;
    S = row_past(S, j->w, next, lags);
    EACH_VEC
    {
        int o = i * VEC;
        vec v = vec_load(next - FRAC_LANES + o) + v0, I = vec_load(j->I + at + o);
        vec dv = (leaky ? I - v : I) * vec_load(par[ROW_RATE] + o);
        vec_int over = (v + dv) - vec_load(par[ROW_THRESHOLD] + o) >= 0;
        vec taken = j->kick ? vec_where(over, vec_load(par[ROW_KICK] + o)) : (vec){0};
        spike.v[i] = vec_where(over, one);
        u.v[i] = vec_madd(gain, dv - taken, S.v[i]);
        vec_store(fired + o, vec_load(fired + o) + spike.v[i]);
    }
    row_put(next, &u, false);
    if (w->aside)
        row_put(w->u[t] + k * FRAC_LANES, &u, j->past);
    row_put(j->spikes + at, &spike, j->past);
}

static inline void ask(const walk *w, int t, int64_t k)
{
    const job *j = w->j;
    int64_t tile = w->group.first + t, total = j->s->B * j->s->N;
    if (k + 1 < j->K)
        row_ask(j->I + (k + 1) * total + tile * FRAC_LANES);
    else
        row_ask(j->I + (tile + j->s->fused.group) * FRAC_LANES);
}

static ALWAYS void block(walk *w, int64_t k, int64_t steps, bool leaky)
{
    const job *j = w->j;
    int64_t have = w->have + k, past = have < j->window ? have : j->window;
    bool whole = rows_whole(have, steps);
    for (int t = 0; t < w->group.tiles && whole; t++)
        j->frac->far(j->w, w->history[t] + (k - past) * FRAC_LANES, past, w->sum[t][0]);
    for (int64_t i = 0; i < steps; i++) {
        int64_t rows = whole ? i : have + i, lags = rows < j->window ? rows : j->window;
        for (int t = 0; t < w->group.tiles; t++) {
            ask(w, t, k + i);
            step(w, t, k + i, whole ? row_load(w->sum[t][i]) : (row){0}, lags, leaky);
        }
    }
}

/* Steps of a group. The only difference between models is the leak. */
static void walk_leaky(walk *w)
{
    for (int64_t k = 0; k < w->j->K; k += FRAC_BLOCK)
        block(w, k, w->j->K - k < FRAC_BLOCK ? w->j->K - k : FRAC_BLOCK, true);
}

static void walk_plain(walk *w)
{
    for (int64_t k = 0; k < w->j->K; k += FRAC_BLOCK)
        block(w, k, w->j->K - k < FRAC_BLOCK ? w->j->K - k : FRAC_BLOCK, false);
}

/* States that are written past the caches are kept aside as well, to be read as history. */
static void open_group(walk *w, int64_t number, int worker)
{
    const job *j = w->j;
    const scan *s = j->s;
    scan_fused_open(s, number, worker, &w->group);
    memset(w->fired, 0, sizeof w->fired);
    w->have = s->u.rows;
    w->aside = j->past && w->have == 1 && j->K < s->fused.rows;
    for (int t = 0; t < w->group.tiles; t++) {
        w->u[t] = scan_rows_of(&s->u, w->group.first + t) + w->have * FRAC_LANES;
        w->history[t] = w->u[t];
        if (!w->aside)
            continue;
        w->history[t] = w->group.space + (t * s->fused.rows + 1) * FRAC_LANES;
        row before = row_load(w->u[t] - FRAC_LANES);
        row_put(w->history[t] - FRAC_LANES, &before, false);
    }
}

static void one(int64_t number, int worker, void *user)
{
    const job *j = user;
    walk w;
    w.j = j;
    open_group(&w, number, worker);
    (j->s->model->leaky ? walk_leaky : walk_plain)(&w);
    if (j->past)
        vec_settle();
    /* counts are exact in any order: the group's stand at its first tile */
    double *fired = (double *)j->s->fired.data + w.group.first, sum = 0;
    for (int i = 0; i < FRAC_LANES; i++)
        sum += (double)w.fired[i];
    for (int t = 0; t < w.group.tiles; t++)
        fired[t] = t ? 0 : sum;
}

int64_t FSNN_K(scan_fused_forward)(scan *s, int64_t K, const float *I, float *spikes)
{
    int64_t tiles = scan_fused_tiles(s);
    if (!scan_fused_fits(s) || tiles == 0)
        return 0;
    job j = {.s = s,
             .frac = frac_kernels_get(),
             .w = s->memory.sum[0].w,
             .window = s->memory.sum[0].window,
             .K = K,
             .I = I,
             .spikes = spikes,
             .gain = s->memory.sum[0].gain,
             .kick = scan_resetting(s)->kick};
    j.past = rows_large(K * tiles) && vec_aligned(spikes) && s->B * s->N % VEC == 0;
    fsnn_parallel(scan_fused_groups(s), one, &j);
    return tiles;
}

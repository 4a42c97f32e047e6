/* The fused backward scan (neuron/scan_fused.h): the discrete adjoint of the fused forward scan,
 * steps in reversed order. With q the gradient of the new state and everything of the forward step
 * computed again from its state and current:
 *
 *   q = carry + sum_l w_l q_{m+l};   gf = gain q
 *   gtest = (gs - [attached] gf kick) surrogate'(v + dv - theta)
 *   gI = (gf + gtest) / tau;   carry = gtest - gI (without a leak: gtest)
 *
 * The spikes need not be read: they are where v + dv >= theta. Gradients of tau and threshold are
 * summed where they are learned. Compiled without contraction, as the forward scan is. Cost: 2 lags
 * flops, 12 bytes read and 4 written a neuron and step.
 *
 * Chained calls leave q and carry where the general scan leaves them, tile by tile. */
#include "neuron/scan_fused_rows_kernel.h"

typedef struct job {
    scan *s;
    const neuron_kernels *kernels;
    const frac_kernels *frac;
    const float *w;
    int64_t window;
    const float *I, *gspikes;
    float *gI; /* NULL: not wanted */
    float gain, scale;
    int64_t later; /* rows of q that calls after this one have left */
    float pull;    /* 1: the spike inside the reset carries a gradient */
    bool kick, learns, past;
    void (*slope)(float scale, const float *x, float *d); /* NULL: arctan, done here */
} job;

typedef struct walk {
    const job *j;
    scan_group group;
    const float *u[SCAN_GROUP]; /* state before step 0, of each tile */
    float *q[SCAN_GROUP];       /* [later + K][32], newest first */
    lanes sum[SCAN_GROUP][FRAC_BLOCK];
    lanes carry[SCAN_GROUP];
    lanes grow[SCAN_GROUP][NEURON_ROWS];
} walk;

static ALWAYS row slope_of(const job *j, const row *arg)
{
    row d;
    if (j->slope) {
        lanes x, y;
        row_put(x, arg, false);
        j->slope(j->scale, x, y);
        return row_load(y);
    }
    const float half_pi = 3.14159265358979f / 2; /* as neuron/surrogate_kernel.c has it */
    const vec k = vec_all(half_pi * j->scale), top = vec_all(j->scale / 2), one = vec_all(1);
    EACH_VEC
    {
        vec y = k * arg->v[i];
        d.v[i] = top / vec_madd(y, y, one);
    }
    return d;
}

/* What a step needs of the forward pass, again. */
typedef struct again {
    row drive; /* I - v, without a leak I */
    row arg, slope;
} again;

static ALWAYS again recall(const walk *w, int t, int64_t k, int64_t at, bool leaky)
{
    const job *j = w->j;
    const lanes *par = w->group.row[t];
    const float *u = w->u[t] + k * FRAC_LANES;
    const vec v0 = vec_all(j->s->v0);
    again a;
    EACH_VEC
    {
        int o = i * VEC;
        vec v = vec_load(u + o) + v0, I = vec_load(j->I + at + o);
        a.drive.v[i] = leaky ? I - v : I;
        a.arg.v[i] =
            (v + a.drive.v[i] * vec_load(par[ROW_RATE] + o)) - vec_load(par[ROW_THRESHOLD] + o);
    }
    a.slope = slope_of(j, &a.arg);
    return a;
}

static inline void add_to(float *p, vec v)
{
    vec_store(p, vec_load(p) + v);
}

/* The group's tile t at step k, row r of the reversed time; gh: what the state that the step made
 * gave to later ones. */
static ALWAYS void step(walk *w, int t, int64_t k, int64_t r, row gh, bool leaky, bool learns)
{
    const job *j = w->j;
    const lanes *par = w->group.row[t];
    lanes *grow = w->grow[t];
    float *q = w->q[t] + r * FRAC_LANES, *carry = w->carry[t];
    int64_t at = k * j->s->B * j->s->N + (w->group.first + t) * FRAC_LANES;
    const vec gain = vec_all(j->gain), zero = {0}, one = vec_all(1), pull = vec_all(j->pull);
    again a = recall(w, t, k, at, leaky);
    row out;
    EACH_VEC
    {
        int o = i * VEC;
        vec gp = vec_load(carry + o) + gh.v[i];
        vec gf = vec_madd(gain, gp, zero * gh.v[i]), gc = -gf;
        vec kick = vec_load(par[ROW_KICK] + o);
        vec gtest = vec_madd(pull * gc, kick, vec_load(j->gspikes + at + o)) * a.slope.v[i];
        vec gdv = gf + gtest, gI = gdv * vec_load(par[ROW_RATE] + o);
        vec_store(q + o, gp);
        out.v[i] = zero + gI;
        vec_store(carry + o, (zero + (leaky ? -gI : zero)) + gtest);
        if (learns) {
            vec spike = vec_where(a.arg.v[i] >= 0, one);
            vec taken = j->kick ? gc : zero * gc;
            float *to = grow[ROW_KICK] + o, *rate = grow[ROW_RATE] + o;
            vec_store(to, vec_madd(taken, spike, vec_load(to)));
            vec_store(rate, vec_madd(gdv, a.drive.v[i], vec_load(rate)));
            add_to(grow[ROW_THRESHOLD] + o, -gtest);
        }
    }
    if (j->gI)
        row_put(j->gI + at, &out, j->past);
}

static inline void ask(const walk *w, int t, int64_t k)
{
    const job *j = w->j;
    int64_t tile = w->group.first + t, total = j->s->B * j->s->N;
    int64_t at = (k - 1) * total + tile * FRAC_LANES;
    row_ask(w->u[t] + (k - 1) * FRAC_LANES);
    if (k == 0) {
        tile += j->s->fused.group;
        at = (j->s->K - 1) * total + tile * FRAC_LANES;
        row_ask(w->u[t] + (j->s->fused.group * j->s->u.capacity + j->s->K - 1) * FRAC_LANES);
    }
    row_ask(j->I + at);
    row_ask(j->gspikes + at);
}

static ALWAYS void block(walk *w, int64_t r, int64_t steps, bool leaky, bool learns)
{
    const job *j = w->j;
    int64_t past = r < j->window ? r : j->window;
    bool whole = rows_whole(r, steps);
    for (int t = 0; t < w->group.tiles && whole; t++)
        j->frac->far(j->w, w->q[t] + (r - past) * FRAC_LANES, past, w->sum[t][0]);
    for (int64_t i = 0; i < steps; i++) {
        int64_t rows = whole ? i : r + i, lags = rows < j->window ? rows : j->window;
        int64_t k = j->later + j->s->K - 1 - (r + i);
        for (int t = 0; t < w->group.tiles; t++) {
            ask(w, t, k);
            row gh = whole ? row_load(w->sum[t][i]) : (row){0};
            gh = row_past(gh, j->w, w->q[t] + (r + i) * FRAC_LANES, lags);
            step(w, t, k, r + i, gh, leaky, learns);
        }
    }
}

#define WALK(name, leaky, learns)                                                                  \
    static void name(walk *w)                                                                      \
    {                                                                                              \
        int64_t end = w->j->later + w->j->s->K;                                                    \
        for (int64_t r = w->j->later; r < end; r += FRAC_BLOCK)                                    \
            block(w, r, end - r < FRAC_BLOCK ? end - r : FRAC_BLOCK, leaky, learns);               \
    }

WALK(walk_plain, false, false)
WALK(walk_plain_learns, false, true)
WALK(walk_leaky, true, false)
WALK(walk_leaky_learns, true, true)

/* What a tile leaves for the parameters. */
static void leave(const walk *w, int t)
{
    scan *s = w->j->s;
    int64_t tile = w->group.first + t;
    double *part = (double *)s->part.data + tile * SCAN_PARTS;
    lanes *gpar = (lanes *)s->lane.data + tile * NEURON_PARS;
    memset(gpar, 0, NEURON_PARS * sizeof(lanes));
    s->model->prepare_back(NULL, w->group.parameters[t], w->group.row[t], w->grow[t], gpar);
    for (int p = 0; p < NEURON_PARS; p++) {
        part[p] = 0;
        for (int i = 0; i < FRAC_LANES; i++)
            part[p] += (double)gpar[p][i];
    }
}

/* Where a tile of a chain keeps what its state receives. */
static float *carry_of(const scan *s, int64_t tile)
{
    return ((lanes *)s->carry.data)[tile * SCAN_CARRY + CARRY_STATE];
}

static void open_group(walk *w, int64_t number, int worker)
{
    const scan *s = w->j->s;
    scan_fused_open(s, number, worker, &w->group);
    if (!w->j->later)
        memset(w->carry, 0, sizeof *w->carry * (size_t)w->group.tiles);
    if (w->j->learns)
        memset(w->grow, 0, sizeof *w->grow * (size_t)w->group.tiles);
    for (int t = 0; t < w->group.tiles; t++) {
        w->u[t] = scan_rows_of(&s->u, w->group.first + t) + (s->u.rows - s->K - 1) * FRAC_LANES;
        w->q[t] = w->group.space + t * s->fused.rows * FRAC_LANES;
        if (!s->chained)
            continue;
        w->q[t] = (float *)s->work.data + (w->group.first + t) * s->q_room * FRAC_LANES;
        if (w->j->later)
            memcpy(w->carry[t], carry_of(s, w->group.first + t), sizeof(lanes));
    }
}

/* For the call before this one. */
static void hand_on(const walk *w, int t)
{
    const scan *s = w->j->s;
    int64_t rows = w->j->later + s->K, keep = scan_q_kept(s, rows);
    if (keep < rows)
        memmove(w->q[t], w->q[t] + (rows - keep) * FRAC_LANES, sizeof(lanes) * (size_t)keep);
    memcpy(carry_of(s, w->group.first + t), w->carry[t], sizeof(lanes));
}

static void one(int64_t number, int worker, void *user)
{
    static void (*const walks[2][2])(walk *) = {{walk_plain, walk_plain_learns},
                                                {walk_leaky, walk_leaky_learns}};
    const job *j = user;
    walk w;
    w.j = j;
    open_group(&w, number, worker);
    walks[j->s->model->leaky][j->learns](&w);
    if (j->past)
        vec_settle();
    for (int t = 0; t < w.group.tiles && j->learns; t++)
        leave(&w, t);
    for (int t = 0; t < w.group.tiles && j->s->chained; t++)
        hand_on(&w, t);
}

static bool learns(const scan_grads *grads)
{
    for (int p = 0; p < NEURON_PARS; p++)
        if (grads->par[p])
            return true;
    return false;
}

int64_t FSNN_K(scan_fused_backward)(scan *s, const float *I, const float *gspikes,
                                    const scan_grads *grads, int orders)
{
    int64_t tiles = scan_fused_tiles(s);
    if (!scan_fused_fits(s) || tiles == 0 || orders || (!s->chained && s->K >= s->fused.rows))
        return 0;
    const fsnn_surrogate *surrogate = &s->options.surrogate;
    const neuron_kernels *kernels = neuron_kernels_get();
    bool attached = !s->options.detach_reset && scan_resetting(s)->kick;
    job j = {.s = s,
             .kernels = kernels,
             .frac = frac_kernels_get(),
             .w = s->memory.sum[0].w,
             .window = s->memory.sum[0].window,
             .I = I,
             .gspikes = gspikes,
             .gI = grads->I,
             .gain = s->memory.sum[0].gain,
             .later = s->chained ? s->later : 0,
             .scale = (float)surrogate->scale,
             .pull = attached ? 1 : 0,
             .kick = scan_resetting(s)->kick,
             .learns = learns(grads)};
    if (surrogate->kind != FSNN_ARCTAN)
        j.slope = kernels->surrogates[surrogate->kind].slope;
    j.past = rows_large(s->K * tiles) && vec_aligned(grads->I) && s->B * s->N % VEC == 0;
    fsnn_parallel(scan_fused_groups(s), one, &j);
    return tiles;
}

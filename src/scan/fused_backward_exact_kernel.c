/* The fused backward scan (scan/fused.h): the discrete adjoint of the fused forward scan,
 * steps in reversed order. With q the gradient of the new state and everything of the forward step
 * computed again from its state and current:
 *
 *   q = carry + sum_l w_l q_{m+l};   gf = gain q
 *   gtest = (gs - [attached] gf reset_drive) surrogate'(v + dv - theta)
 *   gI = (gf + gtest) / tau;   carry = gtest - gI (without a leak: gtest)
 *
 * or, with reset `subtract`, of which the arguments p + v_0 - theta were kept,
 *
 *   G = carry + sum_l w_l q_{m+l};   gtest = (gs - [attached] G theta) surrogate'(argument)
 *   q = G + gtest;   gI = gain q / tau;   carry = -gI
 *
 * where a wide model says what gI and the leak's part of the carry are from gf + gtest. The spikes
 * need not be read: they are where v + dv - theta >= least. Gradients of tau and threshold are
 * summed where they are learned. Those of the order come from the rows of q, once a group has them
 * all; only what they have through the gain is summed on the way. Where the memory is compressed,
 * rows receive from outputs that are far through modes, as scan/track_backward_kernel.h has it;
 * learned orders are left to the general scan then. Compiled without contraction, as
 * the forward scan is. Cost: 2 lags flops, three numbers read and one written a neuron and step.
 *
 * Chained calls leave q and carry where the general scan leaves them, tile by tile. */
#include "scan/fused_rows_kernel.h"

/* What is summed for parameters: nothing, for those of the neuron, for the gain too. */
enum { LEARNS_NONE, LEARNS_NEURON, LEARNS_ORDER, LEARNS };

typedef struct job {
    scan *s;
    const scan_kernels *kernels;
    const frac_kernels *frac;
    const frac_modes_kernels *modes; /* NULL: all lags one by one */
    int64_t first, top; /* numbers of the call's first output, of the newest that left a q */
    const real *w;
    int64_t window;
    const real *I, *gspikes;
    real *gI; /* NULL: not wanted */
    real gain, scale;
    int64_t later; /* rows of q that calls after this one have left */
    real pull;     /* 1: the spike inside the reset carries a gradient */
    bool reset_drive, past, sink;
    bool sums;               /* gradients of I are added up over the steps */
    bool channels;           /* and go on to those of the channels */
    int64_t pitch;           /* from the current of one step to that of the next */
    int learns;              /* LEARNS_ */
    const scan_order *order; /* [orders] */
    int orders;
    test when;
    void (*slope)(real scale, const real *x, real *d); /* NULL: arctan, done here */
} job;

typedef struct walk {
    const job *j;
    scan_group group;
    const real *u[SCAN_GROUP]; /* state before step 0, of each tile */
    real *q[SCAN_GROUP];       /* [later + K][32], newest first */
    lanes sum[SCAN_GROUP][FRAC_BLOCK];
    lanes carry[SCAN_GROUP];
    lanes grow[SCAN_GROUP][NEURON_ROWS];
    lanes ggain[SCAN_GROUP];
    lanes sum_I[SCAN_GROUP]; /* of its gradients over the steps */
    /* where the memory is compressed: what the modes have taken in of q, the outputs of spans >=
     * span + 2 */
    real *far[SCAN_GROUP];
    int64_t span;
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
    const real half_pi = REAL(3.14159265358979323846) / 2; /* as neuron/surrogate_kernel.c has it */
    const vec k = vec_all(half_pi * j->scale), top = vec_all(j->scale / 2), one = vec_all(1);
    EACH_VEC
    {
        vec y = k * arg->v[i];
        d.v[i] = top / vec_madd(y, y, one);
    }
    return d;
}

/* What a step needs of the forward pass, computed again. */
typedef struct forward_step {
    row drive; /* I - v, without a leak I; not where the model is wide */
    row dv, arg, slope;
} forward_step;

static ALWAYS forward_step recompute(const walk *w, int t, int64_t k, derivative kind, test when,
                                     const real *given)
{
    const job *j = w->j;
    const lanes *par = w->group.row[t];
    const real *u = w->u[t] + k * ROW_LANES,
               *current = j->I + k * j->pitch + w->group.tile[t] * ROW_LANES;
    const vec v0 = vec_all(scan_start(j->s));
    forward_step f;
    EACH_VEC
    {
        int o = i * VEC;
        vec v = vec_load(u + o) + v0;
        if (kind == WIDE) {
            f.dv.v[i] = vec_load(given + o);
        } else {
            vec I = vec_load(current + o);
            f.drive.v[i] = kind == LEAKY ? I - v : I;
            f.dv.v[i] = f.drive.v[i] * vec_load(par[ROW_RATE] + o);
        }
        f.arg.v[i] = (v + f.dv.v[i]) - vec_load(par[ROW_THRESHOLD] + o);
    }
    if (when == AFTER)
        f.arg = row_load(rows_tested(j->s, w->group.tile[t]) + k * ROW_LANES);
    f.slope = slope_of(j, &f.arg);
    return f;
}

static inline void add_to(real *p, vec v)
{
    vec_store(p, vec_load(p) + v);
}

/* What reaches a spike after the step, from the output and from the potential that it lowers. */
static ALWAYS vec after(vec G, vec theta, vec pull, vec gspike)
{
    return vec_madd(pull, -(G * theta), gspike);
}

/* The group's tile t at step k, row r of the reversed time; gh: what the state that the step
 * made gave to later ones. Wide: dv [32] is given, gdv [32] is left, and gtest where the carry
 * will be. */
static ALWAYS void step(walk *w, int t, int64_t k, int64_t r, row gh, derivative kind, test when,
                        int learns, const real *dv, real *left)
{
    const job *j = w->j;
    const lanes *par = w->group.row[t];
    lanes *grow = w->grow[t];
    real *q = w->q[t] + r * ROW_LANES, *carry = w->carry[t], *ggain = w->ggain[t];
    int64_t at = k * j->s->B * j->s->N + w->group.tile[t] * ROW_LANES;
    const real *gspikes = j->sink ? w->group.spikes[t] : j->gspikes + at;
    const vec gain = vec_all(j->gain), zero = {0}, one = vec_all(1), pull = vec_all(j->pull),
              least = vec_all(j->s->least);
    forward_step f = recompute(w, t, k, kind, when, dv);
    row out;
    EACH_VEC
    {
        int o = i * VEC;
        vec G = vec_load(carry + o) + gh.v[i], theta = vec_load(par[ROW_THRESHOLD] + o);
        vec late =
            when == AFTER ? after(G, theta, pull, vec_load(gspikes + o)) * f.slope.v[i] : zero;
        vec gp = when == AFTER ? G + late : G;
        vec gf = vec_madd(gain, gp, zero * gh.v[i]), gc = -gf;
        vec reset_drive = vec_load(par[ROW_RESET_DRIVE] + o);
        vec gtest = vec_madd(pull * gc, reset_drive, vec_load(gspikes + o)) * f.slope.v[i];
        gtest = when == AFTER ? late : gtest;
        vec gdv = when == AFTER ? gf : gf + gtest;
        vec_store(q + o, gp);
        if (kind == WIDE) {
            vec_store(left + o, gdv);
            vec_store(carry + o, gtest);
        } else {
            vec gI = gdv * vec_load(par[ROW_RATE] + o);
            out.v[i] = zero + gI;
            vec_store(carry + o, (zero + (kind == LEAKY ? -gI : zero)) +
                                     (when == AFTER ? zero * gtest : gtest));
            if (j->sums)
                add_to(w->sum_I[t] + o, gI);
        }
        if (learns) {
            vec spike = vec_where(f.arg.v[i] >= least, one);
            vec greset_drive = j->reset_drive ? gc : zero * gc;
            real *to = grow[ROW_RESET_DRIVE] + o, *rate = grow[ROW_RATE] + o;
            if (when == AFTER)
                add_to(grow[ROW_THRESHOLD] + o, -(G * spike));
            else
                vec_store(to, vec_madd(greset_drive, spike, vec_load(to)));
            if (kind != WIDE)
                vec_store(rate, vec_madd(gdv, f.drive.v[i], vec_load(rate)));
            add_to(grow[ROW_THRESHOLD] + o, -gtest);
            if (learns == LEARNS_ORDER) {
                vec c = j->reset_drive ? vec_where(f.arg.v[i] >= least, reset_drive) : zero;
                vec_store(ggain + o, vec_madd(gp, f.dv.v[i] - c, vec_load(ggain + o)));
            }
        }
    }
    if (kind != WIDE && j->gI && j->pitch)
        row_put(j->gI + at, &out, j->past);
}

/* What the model leaves of a tile of a band. */
static ALWAYS void step_end(walk *w, int t, int64_t k, const real *gv, const real *gI)
{
    const job *j = w->j;
    real *carry = w->carry[t];
    int64_t at = k * j->s->B * j->s->N + w->group.tile[t] * ROW_LANES;
    const vec zero = {0};
    row out;
    EACH_VEC
    {
        int o = i * VEC;
        out.v[i] = zero + vec_load(gI + o);
        if (j->sums)
            add_to(w->sum_I[t] + o, out.v[i]);
        vec_store(carry + o, (zero + vec_load(gv + o)) + vec_load(carry + o));
    }
    if (j->gI && j->pitch)
        row_put(j->gI + at, &out, j->past);
}

/* (Inlined by force: a function of nothing but prefetches counts as one that does nothing.) */
static ALWAYS void ask(const walk *w, int t, int64_t k)
{
    const job *j = w->j;
    int64_t tile = w->group.tile[t], total = j->s->B * j->s->N;
    int64_t at = (k - 1) * total + tile * ROW_LANES,
            current = (k - 1) * j->pitch + tile * ROW_LANES;
    row_ask(w->u[t] + (k - 1) * ROW_LANES);
    if (k == 0) {
        tile += w->group.next;
        at = (j->s->K - 1) * total + tile * ROW_LANES;
        current = (j->s->K - 1) * j->pitch + tile * ROW_LANES;
        row_ask(w->u[t] + (w->group.next * j->s->history.u.capacity + j->s->K - 1) * ROW_LANES);
    }
    row_ask(j->I + current);
    if (!j->sink)
        row_ask(j->gspikes + at);
}

/* What tile t's state of row r, the i-th of a block, gave to later ones; `lags` of it are left. */
static ALWAYS row given_of(const walk *w, int t, int64_t r, int64_t i, int64_t lags, bool whole)
{
    row gh = whole || w->j->modes ? row_load(w->sum[t][i]) : (row){0};
    return row_past(gh, w->j->w, w->q[t] + r * ROW_LANES, lags);
}

/* A band's tiles at row r, the model's part of it for all of them at once. */
static ALWAYS void step_band(walk *w, int b, int64_t r, int64_t i, int64_t lags, bool whole,
                             int learns)
{
    const job *j = w->j;
    const neuron_wide *wide = j->s->model->wide;
    scan_band *band = w->group.band;
    int first = b * SCAN_BAND, tiles = scan_band_tiles(&w->group, b);
    int64_t k = j->later + j->s->K - 1 - r;
    const real *I = j->I + k * j->pitch + w->group.tile[first] * ROW_LANES;
    const vec v0 = vec_all(scan_start(j->s));
    for (int t = 0; t < tiles; t++) {
        const real *u = w->u[first + t] + k * ROW_LANES;
        ask(w, first + t, k);
        EACH_VEC vec_store(band->v[t] + i * VEC, vec_load(u + i * VEC) + v0);
    }
    wide->charge(w->group.self[b], band->v[0], I, band->dv[0]);
    for (int t = 0; t < tiles; t++) {
        row gh = given_of(w, first + t, r, i, lags, whole);
        step(w, first + t, k, r, gh, WIDE, AHEAD, learns, band->dv[t], band->gdv[t]);
    }
    wide->charge_back(w->group.self[b], band->v[0], I, band->gdv[0], band->gv[0], band->gI[0]);
    for (int t = 0; t < tiles; t++)
        step_end(w, first + t, k, band->gv[t], band->gI[t]);
}

static void fetch(walk *w, int64_t k)
{
    const scan *s = w->j->s;
    scan_group *g = &w->group;
    s->sink.return_gradients(&s->sink, k * s->B + g->sample, g->line, g->from, g->count,
                             g->spikes[0]);
}

/* Rows of q before row r that are summed one by one. */
static ALWAYS int64_t lags_of(const job *j, int64_t r)
{
    int64_t past = r;
    if (j->modes) {
        int64_t newest = j->top + 1 - ((j->top - r) / FRAC_SPAN + 2) * FRAC_SPAN;
        past = newest > 0 ? r - newest : r;
    }
    return past < j->window ? past : j->window;
}

/* Takes the modes on to the span of row r: the outputs of span b are taken in when rows of b - 2
 * come. Outputs older than the call's first have no q. */
static void absorb(walk *w, int64_t r)
{
    const job *j = w->j;
    for (; w->span > (j->top - r) / FRAC_SPAN; w->span--) {
        int64_t newest = (w->span + 2) * FRAC_SPAN - 1; /* of span + 1, which is taken in */
        int64_t first = newest > j->top ? newest - j->top : 0;
        int64_t last = newest + 1 - j->first < FRAC_SPAN ? newest + 1 - j->first : FRAC_SPAN;
        for (int t = 0; t < w->group.tiles && first < last; t++)
            j->modes->absorb(&j->s->memory.modes, w->q[t] + (j->top - newest + first) * ROW_LANES,
                             first, last, w->far[t]);
    }
}

/* Adds what the modes give to rows r, r + 1, ... of one span to the sums of the block. */
static void recall(walk *w, int64_t r, bool whole)
{
    const job *j = w->j;
    const frac_modes *m = &j->s->memory.modes;
    const real *out = m->out[0] + FRAC_SPAN - 1 - (j->top - r) % FRAC_SPAN;
    for (int t = 0; t < w->group.tiles; t++) {
        lanes more[FRAC_BLOCK];
        if (!whole)
            memset(w->sum[t], 0, sizeof w->sum[t]);
        j->modes->recall(m, out, w->far[t], FRAC_BLOCK, more[0]);
        for (int o = 0; o < FRAC_BLOCK; o++)
            EACH_VEC add_to(w->sum[t][o] + i * VEC, vec_load(more[o] + i * VEC));
    }
}

/* Rows of the block that begins with row r; `end`: behind the last one. */
static int64_t block_rows(const job *j, int64_t r, int64_t end)
{
    int64_t left = j->modes ? (j->top - r) % FRAC_SPAN + 1 : FRAC_BLOCK;
    left = left < FRAC_BLOCK ? left : FRAC_BLOCK;
    return end - r < left ? end - r : left;
}

static ALWAYS void block(walk *w, int64_t r, int64_t steps, derivative kind, test when, int learns)
{
    const job *j = w->j;
    int64_t past = lags_of(j, r);
    bool whole = j->modes ? steps > SCAN_FEW : rows_whole(r, steps);
    if (j->modes)
        absorb(w, r);
    for (int t = 0; t < w->group.tiles && whole; t++)
        j->frac->far(j->w, w->q[t] + (r - past) * ROW_LANES, past, w->sum[t][0]);
    if (j->modes)
        recall(w, r, whole);
    for (int64_t i = 0; i < steps; i++) {
        int64_t within = i < j->window ? i : j->window, lags = whole ? within : lags_of(j, r + i);
        int64_t k = j->later + j->s->K - 1 - (r + i);
        if (j->sink)
            fetch(w, k);
        for (int b = 0; kind == WIDE && b * SCAN_BAND < w->group.tiles; b++)
            step_band(w, b, r + i, i, lags, whole, learns);
        for (int t = 0; kind != WIDE && t < w->group.tiles; t++) {
            ask(w, t, k);
            if (when == AFTER)
                row_ask(rows_tested(j->s, w->group.tile[t]) + (k - 1) * ROW_LANES);
            row gh = given_of(w, t, r + i, i, lags, whole);
            step(w, t, k, r + i, gh, kind, when, learns, NULL, NULL);
        }
    }
}

#define WALK(name, kind, when, learns)                                                             \
    static void name(walk *w)                                                                      \
    {                                                                                              \
        int64_t end = w->j->later + w->j->s->K;                                                    \
        for (int64_t r = w->j->later, rows; r < end; r += rows) {                                  \
            rows = block_rows(w->j, r, end);                                                       \
            block(w, r, rows, kind, when, learns);                                                 \
        }                                                                                          \
    }
#define WALKS(kind, when)                                                                          \
    WALK(walk_##kind##_##when##_none, kind, when, LEARNS_NONE)                                     \
    WALK(walk_##kind##_##when##_neuron, kind, when, LEARNS_NEURON)                                 \
    WALK(walk_##kind##_##when##_order, kind, when, LEARNS_ORDER)

WALKS(PLAIN, AHEAD)
WALKS(LEAKY, AHEAD)
WALKS(WIDE, AHEAD)
WALKS(PLAIN, AFTER)
WALKS(LEAKY, AFTER)

/* ---- parameters ---- */

/* Sums of rows at, at + 1, ..., `rows` of them, by the derivatives of the weights: what each
 * history row receives through them. Rows from `have` on are those from before the call, which left
 * no q. */
static void order_block(const real *dw, const frac_kernels *frac, const real *q, int64_t at,
                        int64_t have, int64_t limit, int64_t rows, lanes *acc)
{
    int64_t end = at < have ? at : have, from = at < limit ? 0 : at - limit;
    frac->far(dw + (at - end), q + from * ROW_LANES, end > from ? end - from : 0, acc[0]);
    for (int64_t i = 1; i < rows && at < have; i++) {
        int64_t n = at + i < have ? i : have - at, least = i - n + 1, lags = i < limit ? i : limit;
        row sum = row_lags(row_load(acc[i]), dw, q + (at + i) * ROW_LANES, lags, least);
        row_put(acc[i], &sum, false);
    }
}

/* dL/dp = sum_m x_m sum_l dw_l/dp q_{m+l} + dgain/dp ggain, of a tile. */
static double order_gradient(const walk *w, int t, const scan_order *order)
{
    const job *j = w->j;
    const scan *s = j->s;
    const frac_memory *m = &s->memory;
    int64_t limit = m->limit >= 0 && m->limit < m->lags ? m->limit : m->lags, K = s->K;
    int64_t old = s->history.u.rows - K, outputs = scan_output(s, s->history.time - K);
    int64_t rows = K + (old < outputs ? old : outputs);
    double products[ROW_LANES] = {0}, sum = 0, gain = 0;
    rows = rows < K + limit ? rows : K + limit;
    for (int64_t at = 0; at < rows; at += FRAC_BLOCK) {
        lanes acc[FRAC_BLOCK];
        int64_t count = rows - at < FRAC_BLOCK ? rows - at : FRAC_BLOCK;
        order_block(order->dw[0], j->frac, w->q[t], at, K, limit, count, acc);
        for (int64_t i = 0; i < count; i++)
            scan_add_products(products, w->u[t] + (K - at - i) * ROW_LANES, acc[i]);
    }
    for (int i = 0; i < ROW_LANES; i++) {
        sum += products[i];
        gain += (double)w->ggain[t][i];
    }
    return sum + gain * (double)order->dgain;
}

/* What tiles begin ... end - 1 of the group, a band, leave for the parameters: rows of gpar, tile
 * by tile, and their sums. */
static void store_band(const walk *w, int begin, int end)
{
    scan *s = w->j->s;
    const scan_group *group = &w->group;
    int pars = scan_pars(s);
    bool alike = scan_alike(s);
    const lanes *grow[SCAN_BAND];
    lanes own[SCAN_BAND][SCAN_PARS], *gpar[SCAN_BAND];
    for (int t = begin; t < end; t++) {
        lanes *to = alike ? own[t - begin] : (lanes *)s->adjoint.lane.data + group->tile[t] * pars;
        memset(to, 0, (size_t)pars * sizeof(lanes));
        gpar[t - begin] = to;
        grow[t - begin] = w->grow[t];
        if (!s->model->wide)
            s->model->prepare_back(NULL, group->parameters[t], group->row[t], w->grow[t], to);
    }
    if (s->model->wide)
        s->model->wide->close(group->self[begin / SCAN_BAND], group->parameters + begin, grow,
                              gpar);
    for (int t = begin; t < end; t++) {
        double *part = (double *)s->adjoint.part.data + group->tile[t] * SCAN_PARTS;
        for (int p = 0; p < pars; p++) {
            part[p] = 0;
            for (int i = 0; i < ROW_LANES; i++)
                part[p] += (double)gpar[t - begin][p][i];
        }
        for (int o = 0; o < w->j->orders; o++)
            part[SCAN_PARS + w->j->order[o].number] = order_gradient(w, t, &w->j->order[o]);
    }
}

static void store_parameters(const walk *w)
{
    for (int t = 0; t < w->group.tiles; t += SCAN_BAND)
        store_band(w, t, t + SCAN_BAND < w->group.tiles ? t + SCAN_BAND : w->group.tiles);
}

/* Where a tile of a chain keeps what its state receives. */
static real *carry_of(const scan *s, int64_t tile)
{
    return ((lanes *)s->chain.carry.data)[tile * SCAN_CARRY + CARRY_STATE];
}

/* What the modes of the group's tile t have taken in so far. */
static void open_modes(walk *w, int t, bool handed)
{
    const scan *s = w->j->s;
    int64_t padded = s->memory.modes.padded;
    w->far[t] = w->group.space + (t * scan_fused_stride(s) + s->fused.rows) * ROW_LANES;
    if (s->chain.on)
        w->far[t] = (real *)s->adjoint.far.data + w->group.tile[t] * padded * ROW_LANES;
    if (!handed)
        memset(w->far[t], 0, sizeof(lanes) * (size_t)padded);
}

static void open_group(walk *w, int64_t number, int worker)
{
    const scan *s = w->j->s;
    scan_fused_open(s, number, worker, &w->group);
    bool handed = s->chain.on && s->chain.handed;
    w->span = handed ? s->chain.span : w->j->top / FRAC_SPAN;
    if (!handed)
        memset(w->carry, 0, sizeof *w->carry * (size_t)w->group.tiles);
    if (w->j->sums)
        memset(w->sum_I, 0, sizeof *w->sum_I * (size_t)w->group.tiles);
    if (w->j->learns) {
        memset(w->grow, 0, sizeof *w->grow * (size_t)w->group.tiles);
        memset(w->ggain, 0, sizeof *w->ggain * (size_t)w->group.tiles);
    }
    for (int t = 0; t < w->group.tiles; t++) {
        w->u[t] = scan_rows_of(&s->history.u, w->group.tile[t]) +
                  (s->history.u.rows - s->K - 1) * ROW_LANES;
        w->q[t] = w->group.space + t * scan_fused_stride(s) * ROW_LANES;
        if (w->j->modes)
            open_modes(w, t, handed);
        if (!s->chain.on)
            continue;
        w->q[t] = (real *)s->adjoint.q.data + w->group.tile[t] * s->adjoint.q_capacity * ROW_LANES;
        if (handed)
            memcpy(w->carry[t], carry_of(s, w->group.tile[t]), sizeof(lanes));
    }
}

/* For the call before this one. */
static void store_chain(const walk *w, int t)
{
    const scan *s = w->j->s;
    int64_t rows = w->j->later + s->K, keep = scan_q_kept(s, rows);
    if (keep < rows)
        memmove(w->q[t], w->q[t] + (rows - keep) * ROW_LANES, sizeof(lanes) * (size_t)keep);
    memcpy(carry_of(s, w->group.tile[t]), w->carry[t], sizeof(lanes));
}

/* Of I: for the sums of channels, and where there is one for all steps, as its gradient. */
static void store_current(const walk *w, int t)
{
    const job *j = w->j;
    int64_t tile = w->group.tile[t];
    if (j->channels)
        memcpy((lanes *)j->s->adjoint.sums.data + tile, w->sum_I[t], sizeof(lanes));
    if (j->gI && !j->pitch)
        memcpy(j->gI + tile * ROW_LANES, w->sum_I[t], sizeof(lanes));
}

#define WALK_ROW(kind, when)                                                                       \
    [kind] = {walk_##kind##_##when##_none, walk_##kind##_##when##_neuron,                          \
              walk_##kind##_##when##_order}

static void one(int64_t number, int worker, void *user)
{
    static void (*const walks[][DERIVATIVES][LEARNS])(walk *) = {
        [AHEAD] = {WALK_ROW(PLAIN, AHEAD), WALK_ROW(LEAKY, AHEAD), WALK_ROW(WIDE, AHEAD)},
        [AFTER] = {WALK_ROW(PLAIN, AFTER), WALK_ROW(LEAKY, AFTER)}};
    const job *j = user;
    const neuron_model *model = j->s->model;
    walk w;
    w.j = j;
    open_group(&w, number, worker);
    walks[j->when][model->wide ? WIDE : model->leaky ? LEAKY : PLAIN][j->learns](&w);
    if (j->past)
        vec_settle();
    if (j->learns)
        store_parameters(&w);
    for (int t = 0; j->sums && t < w.group.tiles; t++)
        store_current(&w, t);
    for (int t = 0; t < w.group.tiles && j->s->chain.on; t++)
        store_chain(&w, t);
}

static int learns(const scan *s, const scan_grads *grads, int orders)
{
    for (int p = 0; p < scan_pars(s); p++)
        if (grads->par[p] && !orders)
            return LEARNS_NEURON;
    return orders ? LEARNS_ORDER : LEARNS_NONE;
}

int64_t FSNN_K(scan_fused_backward)(scan *s, const real *I, const real *gspikes,
                                    const scan_grads *grads, const scan_order *order, int orders)
{
    int64_t tiles = scan_fused_tiles(s);
    if (!scan_fused_fits(s) || tiles == 0 || ((s->chain.on || s->memory.compressed) && orders) ||
        (!s->chain.on && s->K >= s->fused.rows))
        return 0;
    const fsnn_surrogate *surrogate = &s->options.surrogate;
    const scan_kernels *kernels = scan_kernels_get();
    const reset_rule *reset = scan_resetting(s);
    int64_t first = scan_output(s, s->history.time - s->K);
    bool attached = !s->options.detach_reset && (reset->reset_drive || reset->subtracts);
    job j = {.s = s,
             .kernels = kernels,
             .frac = frac_kernels_get(),
             .modes = s->memory.compressed ? frac_modes_kernels_get() : NULL,
             .first = first,
             .top = first + s->K - 1 + (s->chain.on ? s->chain.later : 0),
             .w = s->memory.sum[0].w,
             .window = s->memory.sum[0].window,
             .I = I,
             .gspikes = gspikes,
             .gI = grads->I,
             .gain = s->memory.sum[0].gain,
             .later = s->chain.on ? s->chain.later : 0,
             .scale = (real)surrogate->scale,
             .pull = attached ? 1 : 0,
             .reset_drive = reset->reset_drive,
             .when = reset->subtracts ? AFTER : AHEAD,
             .sink = s->sink.lines > 0,
             .channels = grads->sums != NULL,
             .sums = grads->sums || (grads->I && s->still),
             .pitch = scan_pitch(s),
             .learns = learns(s, grads, orders),
             .order = order,
             .orders = orders};
    if (surrogate->kind != FSNN_ARCTAN)
        j.slope = kernels->surrogates[surrogate->kind].slope;
    /* what was just read is in the first cache, and written there */
    j.past = rows_large(s->K * tiles) && grads->I != gspikes && vec_aligned(grads->I) &&
             s->B * s->N % VEC == 0;
    fsnn_parallel(scan_fused_groups(s), one, &j);
    return tiles;
}

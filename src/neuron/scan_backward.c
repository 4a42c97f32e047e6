/* The backward scan: the exact gradient of the discrete forward scan (its discrete adjoint).
 *
 * With q_m the gradient of the solver's sum that gave state u_m,
 *
 *   G_m = sum_{j>=1} w_j q_{m+j} + (what f_m and the spike test give to v_m)      gradient of state u_m
 *   q_m, gradient of dv  <- reset, surrogate
 *   dL/dI = gdv d(dv)/dI, ...
 *
 * The history term is the forward convolution in reversed time: q is laid out newest first and the same kernels run on it.
 * Parameters of the order: dL/dp = sum_m q_m (dgain/dp f_{m-1} + sum_j dw_j/dp u_{m-j}), a second pass over the states with the
 * derivative weights. Sums over neurons are taken tile by tile in double and added in tile order. */
#include "neuron/scan.h"

#include <string.h>

typedef struct job {
    scan *s;
    const neuron_kernels *kernels;
    const frac_kernels *frac;
    const neuron_reset *reset;
    const float *I, *spikes, *gspikes;
    const scan_grads *grads;
    int orders;                       /* parameters of the order that are learned */
    int order[2 * FSNN_MAX_TERMS];    /* their numbers (frac/method.h) */
    float *dw[2 * FSNN_MAX_TERMS];    /* [lags + pad] */
    float dgain[2 * FSNN_MAX_TERMS];
} job;

typedef struct walk {
    const job *j;
    scan_tile tile;
    const float *u;   /* state before step 0, [K + 1][32] on; older rows stand before it */
    const float *arg; /* [K][32] or NULL */
    float *q;         /* [K][32], newest first */
    float *f;         /* [K][32], as q; only for the order's gradients */
    lanes carry;      /* gradient of the state's v through dv and the spike test of the step after it */
    lanes grow[NEURON_ROWS];
} walk;

/* Step k given G of the state it made; fills q and f, leaves `carry` for the state before. */
static void step(walk *w, int64_t k, const float *G, float *q, float *f)
{
    const job *j = w->j;
    const scan *s = j->s;
    lanes v, dv, arg, slope, gdv, gv_test, gv, gI, space[3];
    const float *I = scan_row(s, &w->tile, j->I, k, space[0]);
    const float *spike = scan_row(s, &w->tile, j->spikes, k, space[1]);
    const float *gs = scan_row(s, &w->tile, j->gspikes, k, space[2]);
    const float *u = w->u + k * FRAC_LANES;
    for (int i = 0; i < FRAC_LANES; i++)
        v[i] = u[i] + s->v0;
    s->model->charge(v, I, w->tile.row, dv);

    neuron_step t = {.v = v, .dv = dv, .row = w->tile.row, .gain = s->memory.gain, .v0 = s->v0};
    if (w->arg)
        memcpy(arg, w->arg + k * FRAC_LANES, sizeof arg);
    else
        j->reset->argument(&t, arg);
    j->kernels->surrogates[s->options.surrogate.kind].slope((float)s->options.surrogate.scale, arg,
                                                            slope);
    neuron_step_back b = {.s = spike, .arg = arg, .slope = slope, .gs = gs, .G = G,
                          .gain = s->memory.gain, .v0 = s->v0,
                          .v_reset = (float)s->options.v_reset,
                          .detach = s->options.detach_reset};
    j->reset->back(&b, w->tile.row, q, gdv, gv_test, w->grow);
    s->model->charge_back(v, I, w->tile.row, gdv, gv, gI, w->grow);
    for (int i = 0; i < FRAC_LANES; i++)
        w->carry[i] = gv[i] + gv_test[i];
    if (j->orders)
        j->reset->derivative(&t, spike, f);
    if (j->grads->I)
        memcpy(j->grads->I + k * s->B * s->N + w->tile.first, gI,
               sizeof(float) * (size_t)w->tile.width);
}

static void block(walk *w, int64_t r, int64_t steps)
{
    const job *j = w->j;
    const frac_memory *m = &j->s->memory;
    int64_t past = r < m->window ? r : m->window;
    lanes acc[FRAC_BLOCK], G;
    j->frac->far(m->w, w->q + (r - past) * FRAC_LANES, past, acc[0]);
    for (int64_t i = 0; i < steps; i++) {
        int64_t lags = i < m->window ? i : m->window, at = r + i;
        j->frac->near(m->w, w->q + (at - lags) * FRAC_LANES, lags, acc[i]);
        for (int l = 0; l < FRAC_LANES; l++)
            G[l] = acc[i][l] + w->carry[l];
        step(w, j->s->K - 1 - at, G, w->q + at * FRAC_LANES, w->f + at * FRAC_LANES);
    }
}

/* sum over the tile's steps of q_m (dgain f_{m-1} + sum_j dw_j u_{m-j}) */
static double order_gradient(const walk *w, const float *dw, float dgain)
{
    const job *j = w->j;
    const scan *s = j->s;
    int64_t before = s->rows - s->K, K = s->K; /* rows up to and with the state before step 0 */
    int64_t limit = s->memory.limit >= 0 ? s->memory.limit : s->memory.lags;
    lanes acc[FRAC_BLOCK];
    double sum = 0;
    for (int64_t k = 0; k < K; k += FRAC_BLOCK) {
        int64_t have = before + k, past = have < limit ? have : limit;
        j->frac->far(dw, w->u + (k + 1 - past) * FRAC_LANES, past, acc[0]);
        for (int64_t i = 0; i < FRAC_BLOCK && k + i < K; i++) {
            int64_t lags = i < limit ? i : limit, at = K - 1 - (k + i);
            j->frac->near(dw, w->u + (k + i + 1 - lags) * FRAC_LANES, lags, acc[i]);
            const float *q = w->q + at * FRAC_LANES, *f = w->f + at * FRAC_LANES;
            for (int l = 0; l < w->tile.width; l++)
                sum += (double)q[l] * (double)(dgain * f[l] + acc[i][l]);
        }
    }
    return sum;
}

/* What a tile leaves for the parameters. */
static void leave(const walk *w, int64_t t)
{
    const job *j = w->j;
    scan *s = j->s;
    double *part = s->part + t * SCAN_PARTS;
    lanes *gpar = (lanes *)(s->lane + t * NEURON_PARS * FRAC_LANES);
    memset(gpar, 0, NEURON_PARS * sizeof(lanes));
    s->model->prepare_back(w->tile.par, w->tile.row, w->grow, gpar);
    for (int p = 0; p < NEURON_PARS; p++) {
        part[p] = 0;
        for (int i = 0; i < w->tile.width; i++)
            part[p] += gpar[p][i];
    }
    for (int i = 0; i < j->orders; i++)
        part[SCAN_ORDER + i] = order_gradient(w, j->dw[i], j->dgain[i]);
}

static void tile(int64_t t, int worker, void *user)
{
    const job *j = user;
    scan *s = j->s;
    int64_t K = s->K;
    walk w = {.j = j,
              .u = s->u + (t * s->capacity + s->rows - K - 1) * FRAC_LANES,
              .q = s->work + 2 * worker * s->arg_room * FRAC_LANES};
    w.f = w.q + s->arg_room * FRAC_LANES;
    if (j->reset->keeps_arg)
        w.arg = s->arg + t * s->arg_room * FRAC_LANES;
    scan_tile_open(s, t, &w.tile);
    for (int64_t r = 0; r < K; r += FRAC_BLOCK)
        block(&w, r, K - r < FRAC_BLOCK ? K - r : FRAC_BLOCK);
    leave(&w, t);
}

static void add_layer(const scan *s, int part, float *grad)
{
    double sum = 0;
    for (int64_t t = 0; t < s->tiles; t++)
        sum += s->part[t * SCAN_PARTS + part];
    *grad += (float)sum;
}

static void add_channels(const scan *s, int p, float *grad)
{
    int64_t total = s->B * s->N;
    for (int64_t n = 0; n < total; n++)
        grad[scan_channel(s, n)] +=
            s->lane[(n / FRAC_LANES * NEURON_PARS + p) * FRAC_LANES + n % FRAC_LANES];
}

/* Derivative weights of the learned parameters of the order, into s->dw. */
static void derive(job *j)
{
    scan *s = j->s;
    int terms = s->memory.order.terms;
    for (int p = 0; p < 2 * terms; p++) {
        if (!(p < terms ? j->grads->alpha : j->grads->coefficient))
            continue;
        j->dw[j->orders] = s->dw + j->orders * s->dw_room;
        frac_memory_derive(&s->memory, p, j->dw[j->orders], &j->dgain[j->orders]);
        j->order[j->orders++] = p;
    }
}

fsnn_status scan_backward(scan *s, const float *I, const float *spikes, const float *gspikes,
                          const scan_grads *grads)
{
    const neuron_kernels *kernels = neuron_kernels_get();
    job j = {.s = s,
             .kernels = kernels,
             .frac = frac_kernels_get(),
             .reset = &kernels->resets[s->options.reset],
             .I = I,
             .spikes = spikes,
             .gspikes = gspikes,
             .grads = grads};
    if (fsnn_threads() > s->workers) /* raised since the plan */
        FSNN_TRY(scan_plan(s, s->arg_room));
    if (grads->alpha || grads->coefficient)
        FSNN_TRY(scan_plan_order(s));
    derive(&j);
    fsnn_parallel(s->tiles, tile, &j);

    for (int p = 0; p < NEURON_PARS; p++)
        if (grads->par[p])
            (s->par[p].count == 1 ? add_layer : add_channels)(s, p, grads->par[p]);
    int terms = s->memory.order.terms;
    for (int i = 0; i < j.orders; i++) {
        int p = j.order[i];
        add_layer(s, SCAN_ORDER + i,
                  p < terms ? grads->alpha + p : grads->coefficient + (p - terms));
    }
    return FSNN_OK;
}

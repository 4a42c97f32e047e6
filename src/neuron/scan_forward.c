/* The forward scan. For each tile of 32 neurons, in blocks of FRAC_BLOCK steps:
 *
 *   acc = sum of the past before the block (one pass over the history for the whole block)
 *   for each step:  acc += sum of the past within the block
 *                   dv = charge(v, I);  s = H(argument);  f, u = reset(...)
 *
 * Cost: 2 * lags flops a neuron and step, 4 bytes of history. Blocks change no bit (frac/memory.h). */
#include "neuron/scan.h"

#include <string.h>

typedef struct job {
    scan *s;
    const neuron_kernels *kernels;
    const frac_kernels *frac;
    const neuron_reset *reset;
    int64_t K;
    const float *I;
    float *spikes;
} job;

typedef struct walk {
    const job *j;
    scan_tile tile;
    float *u; /* [capacity][32] */
    float *arg;
    lanes count;
} walk;

static void fire(const job *j, const float *arg, float *s)
{
    if (j->s->smooth)
        j->kernels->surrogates[j->s->options.surrogate.kind].smooth(
            (float)j->s->options.surrogate.scale, arg, s);
    else
        j->kernels->fire(arg, s);
}

/* One step: state row `now` -> `now + 1`. */
static void step(walk *w, int64_t k, int64_t now, const float *acc)
{
    const job *j = w->j;
    const scan *s = j->s;
    lanes v, dv, arg, f, spike, current;
    const float *I = scan_row(s, &w->tile, j->I, k, current);
    const float *u = w->u + now * FRAC_LANES;
    for (int i = 0; i < FRAC_LANES; i++)
        v[i] = u[i] + s->v0;
    s->model->charge(v, I, w->tile.row, dv);

    neuron_step t = {.v = v, .acc = acc, .dv = dv, .row = w->tile.row, .gain = s->memory.gain,
                     .v0 = s->v0, .v_reset = (float)s->options.v_reset};
    j->reset->argument(&t, arg);
    fire(j, arg, spike);
    j->reset->apply(&t, arg, spike, f, w->u + (now + 1) * FRAC_LANES);

    if (w->arg)
        memcpy(w->arg + k * FRAC_LANES, arg, sizeof arg);
    memcpy(j->spikes + k * s->B * s->N + w->tile.first, spike,
           sizeof(float) * (size_t)w->tile.width);
    for (int i = 0; i < w->tile.width; i++)
        w->count[i] += spike[i];
}

static void block(walk *w, int64_t k, int64_t steps)
{
    const frac_memory *m = &w->j->s->memory;
    int64_t have = w->j->s->rows + k; /* rows filled before this block */
    int64_t past = have < m->window ? have : m->window;
    lanes acc[FRAC_BLOCK];
    /* A pass for the whole block pays from a few outputs on; either way the sums are the same. */
    bool whole = steps > 2;
    if (whole)
        w->j->frac->far(m->w, w->u + (have - past) * FRAC_LANES, past, acc[0]);
    else
        memset(acc, 0, sizeof acc);
    for (int64_t i = 0; i < steps; i++) {
        int64_t lags = i < m->window ? i : m->window;
        if (!whole)
            lags = have + i < m->window ? have + i : m->window;
        w->j->frac->near(m->w, w->u + (have + i - lags) * FRAC_LANES, lags, acc[i]);
        step(w, k + i, have + i - 1, acc[i]);
    }
}

static void tile(int64_t t, int worker, void *user)
{
    (void)worker;
    const job *j = user;
    scan *s = j->s;
    walk w = {.j = j, .u = s->u + t * s->capacity * FRAC_LANES};
    if (s->training && j->reset->keeps_arg)
        w.arg = s->arg + t * s->arg_room * FRAC_LANES;
    scan_tile_open(s, t, &w.tile);
    for (int64_t k = 0; k < j->K; k += FRAC_BLOCK)
        block(&w, k, j->K - k < FRAC_BLOCK ? j->K - k : FRAC_BLOCK);
    double sum = 0;
    for (int i = 0; i < FRAC_LANES; i++)
        sum += w.count[i];
    s->counts[t] = sum;
}

fsnn_status scan_forward(scan *s, int64_t K, const float *I, float *spikes)
{
    FSNN_TRY(scan_ready(s, K));
    const neuron_kernels *kernels = neuron_kernels_get();
    job j = {.s = s,
             .kernels = kernels,
             .frac = frac_kernels_get(),
             .reset = &kernels->resets[s->options.reset],
             .K = K,
             .I = I,
             .spikes = spikes};
    s->K = K;
    fsnn_parallel(s->tiles, tile, &j);
    s->rows += K;
    return FSNN_OK;
}

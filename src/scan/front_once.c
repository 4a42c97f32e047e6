/* A scan in single precision that hands over to its twin (scan/twin.h). */
#include "scan/front.h"

#if SCAN_FRONT

/* The state grows under this reset, and histories of states, not drives, keep it. Callbacks are
 * functions of floats. */
bool front_wanted(const scan *s)
{
    const neuron_model *m = s->model;
    const equation *e = m->of;
    if (!scan_resetting(s)->counts || s->memory.method->drive)
        return false;
    return m->linear || (e && !m->trouble && e->twin);
}

static twin_state state_of(const scan *s)
{
    const frac_memory *m = &s->memory;
    return (twin_state){
        m->method, m->scheme != m->method->scheme, m->order, m->leak, m->h, (double)s->v0, m->what};
}

static twin_layer layer_of(scan *s)
{
    const equation *e = s->model->linear ? NULL : s->model->of;
    twin_layer o = {.kind = s->model->leaky ? "lif" : "if",
                    .equation = e ? e->twin : NULL,
                    .own = s->model->own,
                    .options = s->options,
                    .rest = s->rest,
                    .B = s->B,
                    .N = s->N,
                    .channels = s->channels,
                    .stride = s->stride,
                    .smooth = s->smooth,
                    .training = s->training,
                    .stream = s->stream,
                    .still = s->still,
                    .chained = s->chain.on,
                    .linked = s->chain.linked,
                    .begins = s->chain.begins,
                    .total = s->chain.total,
                    .seed = s->noise.seed,
                    .run = s->noise.run,
                    .states = 1 + s->others,
                    .pars = scan_pars(s),
                    .holds = s->holds};
    for (int i = 0; i < o.states; i++)
        o.state[i] = state_of(scan_state(s, i));
    for (int p = 0; p < o.pars; p++) {
        o.par[p] = s->par[p].value;
        o.count[p] = s->par[p].count;
    }
    return o;
}

/* What the owner reads in the scan itself. */
static void follow(scan *s, int64_t K)
{
    s->K = K;
    s->history.time = twin_time(s->twin);
}

/* The memories of the front say how they stand (order, nodes), and are used for nothing else. */
fsnn_status front_plan(scan *s, int64_t K)
{
    twin_layer o = layer_of(s);
    o.anew = !s->twin || s->memory.lags == 0;
    FSNN_TRY(twin_plan(&s->twin, &o, K));
    for (int i = 0; i <= s->others; i++)
        FSNN_TRY(frac_memory_settle(&scan_state(s, i)->memory, 1, false));
    follow(s, s->K);
    return FSNN_OK;
}

fsnn_status front_forward(scan *s, int64_t step, int64_t K, const float *I, float *spikes)
{
    const twin_layer o = layer_of(s);
    FSNN_TRY(twin_forward(s->twin, &o, step, K, I, spikes));
    follow(s, step < 0 ? K : step + 1);
    return FSNN_OK;
}

fsnn_status front_backward(scan *s, int64_t step, const float *I, const float *spikes,
                           const float *gspikes, const scan_grads *grads)
{
    const twin_layer o = layer_of(s);
    twin_grads g = {.I = grads->I, .alpha = grads->alpha, .coefficient = grads->coefficient};
    for (int p = 0; p < o.pars; p++)
        g.par[p] = grads->par[p];
    return twin_backward(s->twin, &o, step, I, spikes, gspikes, &g);
}

void front_reset(scan *s)
{
    twin_reset(s->twin);
    s->history.time = 0;
}

fsnn_status front_state_load(scan *s, bool whole, const void *bytes)
{
    FSNN_TRY(twin_state_load(s->twin, whole, bytes));
    s->noise.run = twin_run(s->twin);
    s->history.time = twin_time(s->twin);
    return FSNN_OK;
}

scan_stray front_first_stray(const scan *s)
{
    const twin_stray f = twin_first_stray(s->twin);
    return (scan_stray){f.state, f.step, f.time, f.neuron, (float)f.value};
}

#endif

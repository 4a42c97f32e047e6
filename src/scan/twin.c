/* The twin (scan/twin.h): a scan in double precision that takes and gives floats. */
#ifdef FSNN_DOUBLE

#include "scan/twin.h"

#include "neuron/user.h"
#include "scan/history.h"

#include <string.h>

struct scan_twin {
    scan s;
    neuron_model model;
    scan_block par, grad; /* values and gradients of the parameters, one after the other */
    scan_block x[4];      /* of a call: I, spikes, and two that go with them */
};
enum { X_I, X_SPIKES, X_FIRST, X_SECOND, XS };

static double *numbers(const scan_twin *t, int x)
{
    return t->x[x].data;
}

static fsnn_status reserve(scan_twin *t, int64_t K)
{
    for (int i = 0; i < XS; i++)
        FSNN_TRY(scan_block_reserve(
            &t->x[i], fsnn_bytes((K > 0 ? K : 1) * (t->s.B * t->s.N + 1), sizeof(double))));
    return FSNN_OK;
}

static const double *widen(const float *from, int64_t count, double *to)
{
    for (int64_t i = 0; i < count; i++)
        to[i] = from[i];
    return to;
}

static void narrow(const double *from, int64_t count, float *to)
{
    for (int64_t i = 0; i < count; i++)
        to[i] = (float)from[i];
}

static void add(const double *from, int64_t count, float *to)
{
    for (int64_t i = 0; i < count; i++)
        to[i] += (float)from[i];
}

/* ---- what the owner has set ---- */

static void set_model(scan_twin *t, const twin_layer *o)
{
    if (o->equation) {
        t->model = neuron_interpreted_model(o->equation);
    } else {
        t->model = *neuron_model_find(o->kind);
        t->model.own = o->own;
    }
    t->s.model = &t->model;
}

static void set_options(scan_twin *t, const twin_layer *o)
{
    scan *s = &t->s;
    s->options = o->options;
    s->rest = o->rest;
    s->B = o->B;
    s->N = o->N;
    s->channels = o->channels;
    s->stride = o->stride;
    s->smooth = o->smooth;
    s->training = o->training;
    s->stream = o->stream;
    s->still = o->still;
    s->chain.on = o->chained;
    s->chain.linked = o->linked;
    s->chain.begins = o->begins;
    s->chain.total = o->total;
    s->noise.seed = o->seed;
    s->noise.run = o->run;
    s->holds = o->holds;
    scan_settle_noise(s);
}

static fsnn_status set_values(scan_twin *t, const twin_layer *o)
{
    int64_t count = 0;
    for (int p = 0; p < o->pars; p++)
        count += o->count[p];
    count += 2 * FSNN_MAX_TERMS; /* gradients of the order */
    FSNN_TRY(scan_block_reserve(&t->par, fsnn_bytes(count, sizeof(double))));
    FSNN_TRY(scan_block_reserve(&t->grad, fsnn_bytes(count, sizeof(double))));
    double *at = t->par.data;
    for (int p = 0; p < o->pars; at += o->count[p], p++)
        t->s.par[p] =
            (scan_param){o->par[p] ? widen(o->par[p], o->count[p], at) : NULL, o->count[p]};
    return FSNN_OK;
}

static bool same_order(const frac_memory *m, const twin_state *o)
{
    bool same = m->leak.tau == o->leak.tau && m->order.terms == o->order.terms;
    for (int i = 0; i < o->order.terms && same; i++)
        same = m->order.alpha[i] == o->order.alpha[i] &&
               m->order.coefficient[i] == o->order.coefficient[i];
    return same;
}

/* Orders may have been learned. */
static fsnn_status set_orders(scan_twin *t, const twin_layer *o)
{
    for (int i = 0; i < o->states; i++) {
        frac_memory *m = &scan_state(&t->s, i)->memory;
        const twin_state *state = &o->state[i];
        if (o->anew) {
            frac_memory_init(m, state->method, state->implicit, &state->order, state->h,
                             &state->what);
            m->leak = state->leak;
        } else if (!same_order(m, state)) {
            m->order = state->order;
            m->leak = state->leak;
            FSNN_TRY(frac_memory_settle(m, m->lags, true));
        }
        scan_state(&t->s, i)->v0 = state->v0;
    }
    return FSNN_OK;
}

static fsnn_status settle(scan_twin *t, const twin_layer *o)
{
    set_options(t, o);
    FSNN_TRY(set_values(t, o));
    return set_orders(t, o);
}

fsnn_status twin_plan(scan_twin **twin, const twin_layer *o, int64_t K)
{
    if (!*twin) {
        *twin = fsnn_alloc(sizeof **twin);
        if (!*twin)
            return FSNN_EMEMORY;
        memset(*twin, 0, sizeof **twin);
    }
    scan_twin *t = *twin;
    if (!t->s.other)
        FSNN_TRY(scan_others(&t->s, o->states - 1));
    set_model(t, o);
    FSNN_TRY(settle(t, o));
    FSNN_TRY(reserve(t, K));
    return scan_plan(&t->s, K);
}

/* ---- calls ---- */

fsnn_status twin_forward(scan_twin *t, const twin_layer *o, int64_t step, int64_t K, const float *I,
                         float *spikes)
{
    const int64_t steps = step < 0 ? K : 1;
    FSNN_TRY(settle(t, o));
    FSNN_TRY(reserve(t, steps));
    const int64_t one = o->B * o->N, count = one * steps;
    const double *current = widen(I, o->still ? one : count, numbers(t, X_I));
    double *out = numbers(t, X_SPIKES);
    FSNN_TRY(step < 0 ? scan_forward(&t->s, K, current, out)
                      : scan_step_forward(&t->s, step, K, current, out));
    narrow(out, count, spikes);
    return FSNN_OK;
}

/* Room for the gradients that are wanted, 0. */
static scan_grads open_grads(scan_twin *t, const twin_layer *o, const twin_grads *grads)
{
    double *at = t->grad.data;
    scan_grads g = {.I = grads->I ? numbers(t, X_SECOND) : NULL};
    memset(at, 0, t->grad.bytes);
    for (int p = 0; p < o->pars; at += o->count[p], p++)
        g.par[p] = grads->par[p] ? at : NULL;
    g.alpha = grads->alpha ? at : NULL;
    g.coefficient = grads->coefficient ? at + FSNN_MAX_TERMS : NULL;
    return g;
}

static void give_grads(const twin_layer *o, const scan_grads *g, const twin_grads *to)
{
    for (int p = 0; p < o->pars; p++)
        if (g->par[p])
            add(g->par[p], o->count[p], to->par[p]);
    if (g->alpha)
        add(g->alpha, o->state[0].order.terms, to->alpha);
    if (g->coefficient)
        add(g->coefficient, o->state[0].order.terms, to->coefficient);
}

fsnn_status twin_backward(scan_twin *t, const twin_layer *o, int64_t step, const float *I,
                          const float *spikes, const float *gspikes, const twin_grads *grads)
{
    const int64_t steps = step < 0 ? t->s.K : 1, one = o->B * o->N, count = one * steps;
    FSNN_TRY(settle(t, o));
    FSNN_TRY(reserve(t, steps));
    const double *current = widen(I, o->still ? one : count, numbers(t, X_I)),
                 *fired = widen(spikes, count, numbers(t, X_SPIKES)),
                 *gfired = widen(gspikes, count, numbers(t, X_FIRST));
    const scan_grads g = open_grads(t, o, grads);
    FSNN_TRY(step < 0 ? scan_backward(&t->s, current, fired, gfired, &g)
                      : scan_step_backward(&t->s, step, current, fired, gfired, &g));
    if (g.I)
        narrow(g.I, o->still ? one : count, grads->I);
    give_grads(o, &g, grads);
    return FSNN_OK;
}

fsnn_status twin_hold(scan_twin *t, const scan_holds *holds)
{
    return scan_hold(&t->s, holds);
}

double twin_held(const scan_twin *t, int hold)
{
    return scan_held(&t->s, hold);
}

void twin_chain(scan_twin *t)
{
    scan_chain(&t->s);
}

/* ---- the state ---- */

void twin_reset(scan_twin *t)
{
    scan_reset(&t->s);
}

int64_t twin_time(const scan_twin *t)
{
    return t->s.history.time;
}

uint64_t twin_run(const scan_twin *t)
{
    return t->s.noise.run;
}

size_t twin_state_bytes(const scan_twin *t, bool whole)
{
    return scan_state_bytes(&t->s, whole);
}

size_t twin_state_most(const scan_twin *t)
{
    return scan_state_most(&t->s);
}

bool twin_state_fits(const scan_twin *t, const void *bytes, int64_t count)
{
    return scan_state_fits(&t->s, bytes, count);
}

void twin_state_save(const scan_twin *t, bool whole, void *bytes)
{
    scan_state_save(&t->s, whole, bytes);
}

fsnn_status twin_state_load(scan_twin *t, bool whole, const void *bytes)
{
    return scan_state_load(&t->s, whole, bytes);
}

/* ---- what can be read; room for it is that of the forward before ---- */

void twin_potentials(scan_twin *t, const float *spikes, float *v)
{
    const int64_t count = t->s.K * t->s.B * t->s.N;
    scan_potentials(&t->s, widen(spikes, count, numbers(t, X_SPIKES)), numbers(t, X_FIRST));
    narrow(numbers(t, X_FIRST), count, v);
}

void twin_other_values(scan_twin *t, int other, float *out)
{
    scan_other_values(&t->s, other, numbers(t, X_FIRST));
    narrow(numbers(t, X_FIRST), t->s.K * t->s.B * t->s.N, out);
}

void twin_tested(scan_twin *t, const float *I, const float *spikes, float *test, float *threshold)
{
    const int64_t one = t->s.B * t->s.N, count = t->s.K * one;
    scan_tested(&t->s, widen(I, t->s.still ? one : count, numbers(t, X_I)),
                widen(spikes, count, numbers(t, X_SPIKES)), numbers(t, X_FIRST),
                numbers(t, X_SECOND));
    narrow(numbers(t, X_FIRST), count, test);
    narrow(numbers(t, X_SECOND), count, threshold);
}

double twin_fired(const scan_twin *t)
{
    return scan_fired(&t->s);
}

double twin_rate(const scan_twin *t)
{
    return scan_rate(&t->s);
}

bool twin_finite(const scan_twin *t)
{
    return scan_finite(&t->s);
}

twin_stray twin_first_stray(const scan_twin *t)
{
    const scan_stray f = scan_first_stray(&t->s);
    return (twin_stray){f.state, f.step, f.time, f.neuron, f.value};
}

double twin_memory_cost(const scan_twin *t)
{
    return scan_memory_cost(&t->s);
}

size_t twin_bytes(const scan_twin *t)
{
    size_t sum = scan_bytes(&t->s) + t->par.bytes + t->grad.bytes;
    for (int i = 0; i < XS; i++)
        sum += t->x[i].bytes;
    return sum;
}

fsnn_status twin_certify(const scan_twin *t, fsnn_certificate *certificate)
{
    return scan_certify(&t->s, certificate);
}

void twin_free(scan_twin *t)
{
    if (!t)
        return;
    scan_free(&t->s);
    fsnn_free(t->par.data);
    fsnn_free(t->grad.data);
    for (int i = 0; i < XS; i++)
        fsnn_free(t->x[i].data);
    fsnn_free(t);
}

#endif

/* exchange/export_expand.c: a fractional neuron as plain nodes. An explicit method that keeps
 * states makes a step
 *
 *     u_n = gain dv + sum_l w_l y_{n-l},   dv = (I_n - y_{n-1})/tau   (if: I_n/tau)
 *
 * from the states y of before, as they were after resets. With w_l = first [l = 1] + sum_k a_k
 * d_k^(l-1) the sum is that of nodes LI, m_k <- d_k m_k + y, which a cycle brings a step later:
 *
 *     NAME_drive  Scale   what comes in, times gain/tau
 *     NAME_u      Scale   of ones: the sum of all that makes u
 *     NAME        Threshold of u (of a readout: Scale of ones)
 *     NAME_reset  Scale   of spikes: what a spike takes from u; y is u and it, as two edges
 *     NAME_self   Scale   y of the step before, times first - gain/tau
 *     NAME_m1 ..  LI      of y, tau = dt/(1 - d), r = 1/(1 - d); NAME_a1 .. Scale of it, by a
 *
 * Resets current and none test v + dv, before the step: NAME_test adds I_n/tau and (1 - 1/tau)
 * y_{n-1}, and u gets its drive from there, so that nothing enters the cycle elsewhere. */
#include "exchange/export.h"
#include "exchange/export_bank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct expansion {
    exporter *ex;
    int node;
    const char *name;
    int64_t n; /* neurons */
    const fsnn_neuron *o;
    bool leaky, ahead; /* a reset that tests v + dv */
    double gain;
    double *tau, *threshold; /* [n] */
    bank bank;
} expansion;

bool export_expands(const exporter *ex, int node)
{
    const fsnn_order *order = export_order(ex, node);
    return ex->options.expand > 0 && ex->entry[node].info.neuron &&
           ex->dynamics->integrator == FSNN_FDEINT && (order->terms > 1 || order->alpha[0] != 1);
}

/* ---- nodes and edges ---- */

static char *name_of(expansion *e, const char *word, int number)
{
    char *name = number  ? fsnn_format("%s_%s%d", e->name, word, number)
                 : *word ? fsnn_format("%s_%s", e->name, word)
                         : fsnn_strdup(e->name);
    if (!name)
        e->ex->failed = FSNN_EMEMORY;
    return name;
}

static void edge(expansion *e, const char *from, const char *to)
{
    char *a = name_of(e, from, 0), *b = name_of(e, to, 0);
    if (a && b && !e->ex->failed)
        e->ex->failed = export_edge(e->ex, a, b);
    fsnn_free(a);
    fsnn_free(b);
}

static int begin_node(expansion *e, const char *word, const char *type)
{
    char *name = name_of(e, word, 0);
    int group = name ? export_group(e->ex, e->ex->nodes_group, name) : 0;
    fsnn_free(name);
    if (!e->ex->failed)
        export_text(e->ex, group, "type", type);
    return group;
}

/* An array whose values are factor + slope/tau + kick threshold/tau + level threshold. */
typedef struct line {
    double factor, slope, kick, level;
} line;

static void array(expansion *e, int group, const char *field, line k)
{
    double *x = fsnn_alloc((size_t)e->n * sizeof *x);
    if (!x)
        e->ex->failed = FSNN_EMEMORY;
    for (int64_t i = 0; x && i < e->n; i++)
        x[i] = k.factor + k.slope / e->tau[i] + k.kick * e->threshold[i] / e->tau[i] +
               k.level * e->threshold[i];
    if (!e->ex->failed)
        export_array(e->ex, group, field, &e->ex->entry[e->node].info.shape, x);
    else
        fsnn_free(x);
}

static void scale(expansion *e, const char *word, line k)
{
    array(e, begin_node(e, word, "Scale"), "scale", k);
}

/* y, the state that the history keeps, is u and what a spike takes: both lead to `to`. */
static void from_state(expansion *e, const char *to)
{
    edge(e, "u", to);
    if (e->ex->entry[e->node].info.spiking && !e->ahead)
        edge(e, "reset", to);
}

static void memory(expansion *e)
{
    const double dt = e->ex->dynamics->step * e->ex->unit;
    for (int k = 0; k < e->bank.modes && !e->ex->failed; k++) {
        char m[16], a[16];
        const double left = 1 - e->bank.decay[k];
        snprintf(m, sizeof m, "m%d", k + 1);
        snprintf(a, sizeof a, "a%d", k + 1);
        int group = begin_node(e, m, "LI");
        array(e, group, "tau", (line){.factor = dt / left});
        array(e, group, "r", (line){.factor = 1 / left});
        array(e, group, "v_leak", (line){0});
        scale(e, a, (line){.factor = e->bank.weight[k]});
        from_state(e, m);
        edge(e, m, a);
        edge(e, a, "u");
    }
}

/* u from what comes in, tested after the step. */
static void tested_after(expansion *e)
{
    const bool spikes = e->ex->entry[e->node].info.spiking;
    const double fall = e->o->reset == FSNN_RESET_DELTA ? e->gain / e->ex->dynamics->step : 1;
    scale(e, "drive", (line){.slope = e->gain});
    edge(e, "drive", "u");
    if (spikes) {
        array(e, begin_node(e, "", "Threshold"), "threshold", (line){.level = 1});
        scale(e, "reset", (line){.level = -fall});
        edge(e, "", "reset");
    } else {
        scale(e, "", (line){.factor = 1});
    }
    edge(e, "u", "");
    scale(e, "self", (line){.factor = e->bank.first, .slope = e->leaky ? -e->gain : 0});
}

/* v + dv is tested, and u is gain times it and less. */
static void tested_before(expansion *e)
{
    scale(e, "drive", (line){.slope = 1});
    scale(e, "test", (line){.factor = 1});
    scale(e, "leak", (line){.factor = 1, .slope = e->leaky ? -1 : 0});
    scale(e, "step", (line){.factor = e->gain});
    array(e, begin_node(e, "", "Threshold"), "threshold", (line){.level = 1});
    edge(e, "drive", "test");
    edge(e, "leak", "test");
    edge(e, "u", "leak");
    edge(e, "test", "step");
    edge(e, "step", "u");
    edge(e, "test", "");
    if (e->o->reset == FSNN_RESET_CURRENT) {
        scale(e, "reset", (line){.kick = -e->gain});
        edge(e, "", "reset");
        edge(e, "reset", "u");
    }
    scale(e, "self", (line){.factor = e->bank.first - e->gain});
}

/* ---- the weights ---- */

static fsnn_status fit(expansion *e)
{
    enum { LAGS = 10000 };
    const fsnn_net *net = e->ex->bank;
    fsnn_memory_form form;
    FSNN_TRY(fsnn_net_memory_form(net, e->node, 0, &form));
    if (form.drives || form.implicit || form.sums != 1) {
        export_refuse(e->ex, e->node,
                      "method %s does not keep states step by step: gl and l1, explicit, can be "
                      "expanded",
                      form.method);
        return e->ex->failed;
    }
    double *w = fsnn_alloc(LAGS * sizeof *w);
    double *rate = fsnn_alloc((size_t)(form.exponentials + 1) * 2 * sizeof *rate),
           *weight = rate + form.exponentials + 1;
    fsnn_status status = w && rate ? FSNN_OK : FSNN_EMEMORY;
    e->gain = form.gain;
    if (!status)
        status = fsnn_net_memory_weights(net, e->node, 0, 0, LAGS, w, NULL);
    if (!status && form.exponentials)
        status = fsnn_net_memory_exponentials(net, e->node, 0, 0, rate, weight);
    if (!status)
        status = bank_fit(w, LAGS, rate, weight, form.exponentials, form.near,
                          e->ex->options.expand, &e->bank);
    if (!status)
        status =
            texts_add(&e->ex->nir->remark,
                      "%s \"%s\": its memory is %d nodes LI; the weights of the last %d steps "
                      "are wrong by %.2g in sum",
                      e->ex->entry[e->node].info.kind, e->name, e->bank.modes, LAGS, e->bank.error);
    fsnn_free(w);
    fsnn_free(rate);
    return status;
}

/* Learned, or several numbers, which the net may have set to anything. */
static bool is_more(const fsnn_value *v)
{
    return v->learn || v->values || v->per != FSNN_PER_LAYER;
}

static bool rests(const expansion *e)
{
    const fsnn_value *rest = &e->o->rest, *resistance = &e->o->resistance;
    return rest->value != 0 || is_more(rest) ||
           (resistance->value != 1 && resistance->value != 0) || is_more(resistance);
}

static void check(expansion *e)
{
    static const char *const kinds[] = {"lif", "if", "noisy", "readout", "integrator"};
    const fsnn_reset reset = e->o->reset;
    const bool starts = export_starts(e->ex, e->node, e->o);
    bool known = false;
    for (int i = 0; i < FSNN_COUNT(kinds); i++)
        known = known || !strcmp(e->ex->entry[e->node].info.kind, kinds[i]);
    if (!known)
        export_refuse(e->ex, e->node, "its memory cannot be expanded: lif, if and readouts can");
    else if (e->ex->entry[e->node].info.spiking &&
             (reset == FSNN_RESET_VALUE || reset == FSNN_RESET_JUMP || reset == FSNN_RESET_RESTART))
        export_refuse(
            e->ex, e->node,
            "reset %s is no sum of what NIR has: current, subtract, delta and none can be "
            "expanded",
            fsnn_reset_name(reset));
    else if (rests(e) || starts || e->o->refractory > 0 || e->ex->dynamics->memory)
        export_refuse(e->ex, e->node, "%s cannot be expanded",
                      rests(e)               ? "a rest or a resistance"
                      : starts               ? "v0 other than 0"
                      : e->o->refractory > 0 ? "a refractory period"
                                             : "a memory that ends after some steps");
}

void export_expanded(exporter *ex, int node)
{
    const char *kind = ex->entry[node].info.kind;
    expansion e = {.ex = ex,
                   .node = node,
                   .name = ex->entry[node].name,
                   .n = fsnn_shape_count(&ex->entry[node].info.shape),
                   .o = fsnn_net_options(ex->net, node)};
    e.leaky = strcmp(kind, "if") != 0 && strcmp(kind, "integrator") != 0;
    e.ahead = ex->entry[node].info.spiking &&
              (e.o->reset == FSNN_RESET_CURRENT || e.o->reset == FSNN_RESET_NONE);
    check(&e);
    if (!ex->failed)
        ex->failed = fit(&e);
    e.tau = export_each(ex, node, "tau", e.o->tau.value);
    e.threshold = export_each(ex, node, "threshold", e.o->threshold.value);
    if (!ex->failed) {
        scale(&e, "u", (line){.factor = 1});
        if (e.ahead)
            tested_before(&e);
        else
            tested_after(&e);
        from_state(&e, "self");
        edge(&e, "self", "u");
        memory(&e);
    }
    fsnn_free(e.tau);
    fsnn_free(e.threshold);
}

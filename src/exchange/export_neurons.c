/* exchange/export_neurons.c: neuron layers as nodes of NIR. Every parameter has the full shape of
 * the neurons. What NIR cannot say, the fractional order above all, is in the metadata of the node:
 * other tools read a neuron of order 1. */
#include "exchange/export.h"

#include <string.h>

const fsnn_order *export_order(const exporter *ex, int node)
{
    int before = 0;
    for (int i = 1; i < node; i++)
        before += ex->entry[i].info.neuron;
    return ex->dynamics->orders == 1 ? ex->dynamics->order : &ex->dynamics->order[before];
}

/* ---- metadata ---- */

static void add_list(exporter *ex, int group, const char *name, int terms, const double *value)
{
    const int64_t count = terms;
    if (terms == 1)
        export_number(ex, group, name, value[0]);
    else if (hdf_add_reals(&ex->nir->tree, group, name, 1, &count, value, false) < 0)
        ex->failed = FSNN_EMEMORY;
}

static void add_order(exporter *ex, int node, int group)
{
    const fsnn_dynamics *d = ex->dynamics;
    const fsnn_order *order = d->integrator == FSNN_FDEINT ? export_order(ex, node) : NULL;
    int64_t count = 0;
    if (!order)
        return;
    double alpha[FSNN_MAX_TERMS];
    double *learned = order->learn_alpha ? export_param(ex, node, "alpha", &count) : NULL;
    for (int m = 0; m < order->terms; m++)
        alpha[m] = learned && m < count ? learned[m] : order->alpha[m];
    fsnn_free(learned);
    add_list(ex, group, "frac_alpha", order->terms, alpha);
    if (order->terms > 1)
        add_list(ex, group, "frac_coefficient", order->terms, order->coefficient);
    fsnn_memory_form form;
    export_text(ex, group, "frac_method",
                fsnn_net_memory_form(ex->net, node, 0, &form) < 0 ? fsnn_method_name(d->method)
                                                                  : form.method);
    if (d->memory)
        export_size(ex, group, "frac_memory", d->memory);
    else
        export_text(ex, group, "frac_memory", "full");
}

static void add_metadata(exporter *ex, int node, int group, const fsnn_neuron *o)
{
    int at = export_group(ex, group, "metadata");
    add_order(ex, node, at);
    export_number(ex, at, "dt", ex->dynamics->step * ex->unit);
    if (!ex->entry[node].info.spiking)
        return;
    export_text(ex, at, "reset", fsnn_reset_name(o->reset));
    export_text(ex, at, "surrogate", fsnn_surrogate_name(o->surrogate.kind));
    export_number(ex, at, "surrogate_scale",
                  o->surrogate.scale > 0 ? o->surrogate.scale
                                         : fsnn_surrogate_default_scale(o->surrogate.kind));
    export_text(ex, at, "equality", o->equality == FSNN_EXCEEDS ? ">" : ">=");
}

/* ---- fields ---- */

static void field(exporter *ex, int node, int group, const char *name, double *value)
{
    export_array(ex, group, name, &ex->entry[node].info.shape, value);
}

/* A parameter of a layer that is a part of the neuron, or 1 and 0. */
static double *part_values(exporter *ex, int node, int part, const char *name, double otherwise)
{
    return part < 0 ? export_each(ex, node, "", otherwise) : export_each(ex, part, name, otherwise);
}

static double *times(exporter *ex, int node, const char *name, double otherwise)
{
    const int64_t n = fsnn_shape_count(&ex->entry[node].info.shape);
    double *time = export_each(ex, node, name, otherwise);
    for (int64_t i = 0; time && i < n; i++)
        time[i] *= ex->unit;
    return time;
}

/* Potentials x [N] counted from rest: neurons of other tools begin at 0, and so do these then. */
static double *from_rest(exporter *ex, int node, const fsnn_neuron *o, double *x)
{
    const int64_t n = fsnn_shape_count(&ex->entry[node].info.shape);
    double *rest = export_each(ex, node, "rest", o->rest.value);
    bool any = false;
    for (int64_t i = 0; x && rest && i < n; i++) {
        any = any || rest[i] != 0;
        x[i] -= rest[i];
    }
    fsnn_free(rest);
    if (any && !ex->failed)
        ex->failed = texts_add(&ex->nir->remark, "%s \"%s\": potentials are counted from its rest",
                               ex->entry[node].info.kind, ex->entry[node].info.name);
    return x;
}

static void spiking(exporter *ex, int node, int group, const fsnn_neuron *o)
{
    field(ex, node, group, "v_threshold",
          from_rest(ex, node, o, export_each(ex, node, "threshold", o->threshold.value)));
    field(ex, node, group, "v_reset",
          o->reset == FSNN_RESET_VALUE
              ? from_rest(ex, node, o, export_each(ex, node, "v_reset", o->v_reset.value))
              : export_each(ex, node, "", 0));
}

/* x [N] times the neurons' resistance. */
static void times_resistance(exporter *ex, int node, const fsnn_neuron *o, double *x)
{
    const int64_t n = fsnn_shape_count(&ex->entry[node].info.shape);
    double *by = export_each(ex, node, "resistance", o->resistance.value ? o->resistance.value : 1);
    for (int64_t i = 0; x && by && i < n; i++)
        x[i] *= by[i];
    fsnn_free(by);
}

/* v' = r I with r = 1/tau, behind a scale of it. */
static void integrating(exporter *ex, int node, int group, const fsnn_neuron *o)
{
    const int64_t n = fsnn_shape_count(&ex->entry[node].info.shape);
    const export_parts *parts = &ex->entry[node].parts;
    double *r = part_values(ex, node, parts->current, "weight", 1),
           *tau = times(ex, node, "tau", o->tau.value);
    times_resistance(ex, node, o, r);
    for (int64_t i = 0; r && tau && i < n; i++)
        r[i] /= tau[i];
    fsnn_free(tau);
    field(ex, node, group, "r", r);
}

/* tau v' = -v + resistance (weight I + bias), v counted from rest. */
static void leaking(exporter *ex, int node, int group, const char *tau, const fsnn_neuron *o)
{
    const export_parts *parts = &ex->entry[node].parts;
    double *r = part_values(ex, node, parts->current, "weight", 1),
           *leak = part_values(ex, node, parts->current, "bias", 0);
    times_resistance(ex, node, o, r);
    times_resistance(ex, node, o, leak);
    field(ex, node, group, tau, times(ex, node, "tau", o->tau.value));
    field(ex, node, group, "r", r);
    field(ex, node, group, "v_leak", leak);
}

static void synapse(exporter *ex, int node, int group)
{
    const export_parts *parts = &ex->entry[node].parts;
    const fsnn_neuron *o = fsnn_net_options(ex->net, parts->synapse);
    field(ex, node, group, "tau_syn", times(ex, parts->synapse, "tau", o->tau.value));
    field(ex, node, group, "w_in", part_values(ex, node, parts->input, "weight", 1));
}

/* The kind cuba has the synapse in itself; its membrane sees the current of the step before. */
static void own_synapse(exporter *ex, int node, int group)
{
    const fsnn_user *o = fsnn_net_options(ex->net, node);
    double tau = 2;
    for (int i = 0; i < o->params; i++)
        if (!strcmp(o->param[i].name, "tau_syn"))
            tau = o->param[i].value.value;
    field(ex, node, group, "tau_syn", times(ex, node, "tau_syn", tau));
    field(ex, node, group, "w_in", export_each(ex, node, "", 1));
    if (!ex->failed)
        ex->failed = texts_add(&ex->nir->remark,
                               "cuba \"%s\": its membrane sees the synapse's current of the step "
                               "before, in other tools that of the same step",
                               ex->entry[node].info.name);
}

void export_neuron(exporter *ex, int node, int group)
{
    const fsnn_neuron *o = fsnn_net_options(ex->net, node);
    const export_entry *e = &ex->entry[node];
    bool spikes = e->info.spiking, cuba = !strcmp(e->info.kind, "cuba");
    bool integrates = !strcmp(e->info.kind, "if") || !strcmp(e->info.kind, "integrator");
    if (integrates) {
        export_text(ex, group, "type", spikes ? "IF" : "I");
        integrating(ex, node, group, o);
    } else if (cuba || e->parts.synapse >= 0) {
        export_text(ex, group, "type", spikes ? "CubaLIF" : "CubaLI");
        leaking(ex, node, group, "tau_mem", o);
        if (cuba)
            own_synapse(ex, node, group);
        else
            synapse(ex, node, group);
    } else {
        export_text(ex, group, "type", spikes ? "LIF" : "LI");
        leaking(ex, node, group, "tau", o);
    }
    if (spikes)
        spiking(ex, node, group, o);
    add_metadata(ex, node, group, o);
}

/* The equations that import makes of Threshold; NIR has no others. */
void export_user(exporter *ex, int node, int group)
{
    const fsnn_user *o = fsnn_net_options(ex->net, node);
    bool step = o->spike && !strcmp(o->spike, "I - level") && o->params == 1 && !o->states &&
                o->neuron.reset == FSNN_RESET_NONE;
    if (!step) {
        export_refuse(ex, node, "NIR has no neurons of one's own equations");
        return;
    }
    export_text(ex, group, "type", "Threshold");
    field(ex, node, group, "threshold", export_each(ex, node, "level", o->param[0].value.value));
}

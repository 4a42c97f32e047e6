/* exchange/export_remarks.c: what NIR cannot say of a network. It is in the metadata, which other
 * tools do not read, so each of it is a remark. */
#include "exchange/export.h"

#include <string.h>

static const fsnn_neuron *neuron_of(const exporter *ex, int node)
{
    const void *options = fsnn_net_options(ex->net, node);
    bool user = !strcmp(ex->entry[node].info.kind, "user");
    return user ? &((const fsnn_user *)options)->neuron : options;
}

/* Whether it is a neuron in the file: not a part of another, nor many nodes. */
static bool is_neuron(const exporter *ex, int node)
{
    const export_entry *e = &ex->entry[node];
    return e->role == EXPORT_NODE && e->info.neuron && !export_expands(ex, node);
}

static bool is_fractional(const exporter *ex, int node)
{
    if (ex->dynamics->integrator != FSNN_FDEINT)
        return false;
    const fsnn_order *order = export_order(ex, node);
    return order->terms > 1 || order->alpha[0] != 1;
}

static fsnn_status remark(exporter *ex, int node, const char *what)
{
    return texts_add(&ex->nir->remark, "%s \"%s\": %s", ex->entry[node].info.kind,
                     ex->entry[node].info.name, what);
}

/* ---- of a neuron ---- */

static fsnn_status remark_reset(exporter *ex, int node)
{
    const fsnn_neuron *o = neuron_of(ex, node);
    if (!ex->entry[node].info.spiking || !strcmp(ex->entry[node].info.kind, "user") ||
        o->reset == FSNN_RESET_VALUE || o->reset == FSNN_RESET_SUBTRACT)
        return FSNN_OK;
    return texts_add(&ex->nir->remark,
                     "%s \"%s\": reset %s is in the metadata; other tools take v_threshold "
                     "from the potential or set it to v_reset",
                     ex->entry[node].info.kind, ex->entry[node].info.name,
                     fsnn_reset_name(o->reset));
}

static fsnn_status remark_rest(exporter *ex, int node)
{
    const fsnn_neuron *o = neuron_of(ex, node);
    if (export_starts(ex, node, o))
        FSNN_TRY(remark(ex, node, "v0 is in the metadata alone, other tools do not know it"));
    if (o->refractory > 0)
        FSNN_TRY(remark(ex, node,
                        "the refractory period is in the metadata alone, other tools do not know "
                        "it"));
    return is_fractional(ex, node) ? remark(ex, node,
                                            "its order is in the metadata, other tools read a "
                                            "neuron of order 1")
                                   : FSNN_OK;
}

/* ---- of all ---- */

static fsnn_status add_name(const exporter *ex, int node, text *list)
{
    text_add(list, "%s%s", list->length ? ", " : "", ex->entry[node].info.name);
    return list->failed ? FSNN_EMEMORY : FSNN_OK;
}

/* Other tools ask for one reset, as fsnn does when it reads files of theirs. */
static fsnn_status remark_mixed(exporter *ex)
{
    text value = {0}, subtract = {0};
    fsnn_status status = FSNN_OK;
    for (int i = 1; i < ex->count && !status; i++) {
        if (!is_neuron(ex, i) || !ex->entry[i].info.spiking)
            continue;
        const fsnn_reset reset = neuron_of(ex, i)->reset;
        if (reset == FSNN_RESET_VALUE || reset == FSNN_RESET_SUBTRACT)
            status = add_name(ex, i, reset == FSNN_RESET_VALUE ? &value : &subtract);
    }
    if (!status && value.length && subtract.length)
        status = texts_add(&ex->nir->remark,
                           "layers reset in two ways, by value (%s) and by subtraction (%s): which "
                           "of them is in the metadata, other tools have one for all",
                           value.bytes, subtract.bytes);
    text_free(&value);
    text_free(&subtract);
    return status;
}

/* At order 1 these are forward Euler, as other tools have it. */
static bool steps_by_euler(const fsnn_dynamics *d)
{
    static const fsnn_method same[] = {FSNN_METHOD_DEFAULT, FSNN_EULER, FSNN_GL, FSNN_L1, FSNN_AB};
    bool euler = false;
    for (int i = 0; i < FSNN_COUNT(same); i++)
        euler = euler || d->method == same[i];
    return euler && !d->implicit;
}

static fsnn_status remark_method(exporter *ex)
{
    bool whole = false; /* fractional layers have a remark of their own */
    for (int i = 1; i < ex->count; i++)
        whole = whole || (is_neuron(ex, i) && !is_fractional(ex, i) &&
                          strcmp(ex->entry[i].info.kind, "user") != 0);
    if (!whole || steps_by_euler(ex->dynamics))
        return FSNN_OK;
    return texts_add(&ex->nir->remark,
                     "the method, %s%s, is in the metadata: other tools make steps of their own, "
                     "most of them forward Euler",
                     ex->dynamics->implicit ? "implicit " : "",
                     fsnn_method_name(ex->dynamics->method));
}

static fsnn_status remark_equality(exporter *ex)
{
    bool reaches = false;
    for (int i = 1; i < ex->count; i++)
        reaches =
            reaches || (ex->entry[i].role == EXPORT_NODE && ex->entry[i].info.neuron &&
                        ex->entry[i].info.spiking && neuron_of(ex, i)->equality == FSNN_REACHES);
    return reaches ? texts_add(&ex->nir->remark,
                               "a potential exactly at the threshold spikes here, in NIR it does "
                               "not: with `equality: '>'` neurons are the same")
                   : FSNN_OK;
}

fsnn_status export_remarks(exporter *ex)
{
    for (int i = 1; i < ex->count; i++)
        if (is_neuron(ex, i)) {
            FSNN_TRY(remark_reset(ex, i));
            FSNN_TRY(remark_rest(ex, i));
        }
    FSNN_TRY(remark_mixed(ex));
    FSNN_TRY(remark_method(ex));
    return remark_equality(ex);
}

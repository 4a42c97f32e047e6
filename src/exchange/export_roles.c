/* exchange/export_roles.c: which nodes of a network become nodes of a graph. Layers that an import
 * made for r, v_leak, w_in and a synapse, by their names, become fields of their neuron again;
 * sums, and what does nothing outside of training, are left out: edges lead past them. */
#include "exchange/export.h"

#include <stdio.h>
#include <string.h>

int export_source(const exporter *ex, int node, int k)
{
    int port = 0;
    int at = fsnn_net_source(ex->net, node, k, &port);
    return at < 0 ? -1 : at;
}

static int readers(const exporter *ex, int node)
{
    int count = 0;
    for (int i = 0; i < ex->count; i++)
        for (int k = 0, at; (at = export_source(ex, i, k)) >= 0; k++)
            count += at == node;
    return count;
}

/* The source of `node` where it is a `kind` named like the neuron and is there for it alone. */
static int part(const exporter *ex, int node, int neuron, const char *word, const char *kind)
{
    char wanted[512];
    int at = export_source(ex, node, 0);
    snprintf(wanted, sizeof wanted, "%s_%s", ex->entry[neuron].info.name, word);
    return at > 0 && !strcmp(ex->entry[at].info.kind, kind) &&
                   !strcmp(ex->entry[at].info.name, wanted) && readers(ex, at) == 1 &&
                   fsnn_shape_equal(&ex->entry[at].info.shape, &ex->entry[neuron].info.shape)
               ? at
               : -1;
}

static void take(exporter *ex, int part_of, int *first)
{
    if (part_of >= 0) {
        ex->entry[part_of].role = EXPORT_MERGED;
        *first = part_of;
    }
}

static void find_parts(exporter *ex, int node)
{
    export_entry *e = &ex->entry[node];
    bool membrane = !strcmp(e->info.kind, "lif") || !strcmp(e->info.kind, "readout");
    e->parts.current = part(ex, node, node, "current", "scale");
    take(ex, e->parts.current, &e->first);
    e->parts.synapse = membrane ? part(ex, e->first, node, "syn", "readout") : -1;
    take(ex, e->parts.synapse, &e->first);
    if (e->parts.synapse < 0)
        return;
    e->parts.input = part(ex, e->first, node, "input", "scale");
    take(ex, e->parts.input, &e->first);
}

/* A walk against the edges, from a delay back to it. */
typedef struct walk {
    const exporter *ex;
    int delay;     /* where it begins and ends */
    bool *on_path; /* [count] */
    int left;      /* steps that it may still take */
    int delays;    /* others on the path */
    int most;      /* most of them of any way round, -1: there is none */
} walk;

/* Those that may close a cycle name their source; the others are delays and nothing more. */
static bool is_delay(const exporter *ex, int node)
{
    const fsnn_delay *o = fsnn_net_options(ex->net, node);
    return !strcmp(ex->entry[node].info.kind, "delay") && o->of && *o->of;
}

static bool is_of_one_step(const fsnn_delay *o)
{
    bool one = o->each || o->steps == 1;
    for (int64_t i = 0; o->each && i < o->count; i++)
        one = one && o->each[i] == 1;
    return one;
}

static void go_back(walk *w, int node)
{
    for (int k = 0, at; w->left > 0 && (at = export_source(w->ex, node, k)) >= 0; k++) {
        w->left--;
        if (at == w->delay)
            w->most = w->delays > w->most ? w->delays : w->most;
        if (at == w->delay || w->on_path[at])
            continue;
        w->on_path[at] = true;
        w->delays += is_delay(w->ex, at);
        go_back(w, at);
        w->delays -= is_delay(w->ex, at);
        w->on_path[at] = false;
    }
}

static bool closes_cycle(exporter *ex, int node)
{
    enum { STEPS = 1 << 20 };
    walk w = {.ex = ex, .delay = node, .left = STEPS, .most = -1};
    if (!is_delay(ex, node))
        return false;
    w.on_path = fsnn_alloc((size_t)ex->count * sizeof *w.on_path);
    if (w.on_path)
        go_back(&w, node);
    else
        ex->failed = FSNN_EMEMORY;
    fsnn_free(w.on_path);
    if (w.most > 0 || w.left == 0)
        export_refuse(ex, node,
                      "it is in a cycle with another delay; a cycle of NIR costs one step");
    return w.most >= 0;
}

/* Sums are edges; the same numbers in the same shape are nothing. */
static bool has_no_effect(const exporter *ex, int node)
{
    const export_entry *e = &ex->entry[node];
    if (!strcmp(e->info.kind, "add"))
        return true;
    return (!strcmp(e->info.kind, "flatten") || !strcmp(e->info.kind, "reshape")) &&
           fsnn_shape_equal(&e->in, &e->info.shape);
}

/* Whether `node` is reached from itself past aliases alone: it then has to be a node. */
static bool only_aliases(const exporter *ex, int at, int node, int depth)
{
    if (ex->entry[at].role != EXPORT_ALIAS || depth > ex->count)
        return false;
    for (int k = 0, s; (s = export_source(ex, at, k)) >= 0; k++)
        if (s == node || only_aliases(ex, s, node, depth + 1))
            return true;
    return false;
}

static fsnn_status describe(exporter *ex, int node)
{
    export_entry *e = &ex->entry[node];
    FSNN_TRY(fsnn_net_node(ex->net, node, &e->info));
    e->parts = (export_parts){-1, -1, -1};
    e->first = node;
    e->name = fsnn_strdup(e->info.name);
    return e->name ? FSNN_OK : FSNN_EMEMORY;
}

static void give_role(exporter *ex, int node)
{
    export_entry *e = &ex->entry[node];
    int source = export_source(ex, node, 0);
    if (source >= 0)
        e->in = ex->entry[source].info.shape;
    const export_kind *kind = export_kind_of(e->info.kind);
    if (node > 0 && !kind)
        export_refuse(ex, node,
                      "NIR has no node for it; NIR has affine maps, scales, convolutions, sum and "
                      "average pools, delays and IF, LIF, LI neurons, also with a synapse");
    e->cycle = closes_cycle(ex, node);
    e->many = export_is_many(ex, node);
    /* a cycle costs a step anyway */
    bool nothing = e->cycle ? is_of_one_step(fsnn_net_options(ex->net, node))
                            : kind && (!kind->write || has_no_effect(ex, node));
    if (node > 0 && nothing)
        e->role = EXPORT_ALIAS;
}

fsnn_status export_roles(exporter *ex)
{
    for (int i = 0; i < ex->count; i++)
        FSNN_TRY(describe(ex, i));
    /* what is asked of the network after an error would set a sentence of its own */
    for (int i = 0; i < ex->count && !ex->failed; i++)
        give_role(ex, i);
    FSNN_TRY(ex->failed);
    for (int i = 1; i < ex->count; i++)
        if (ex->entry[i].info.neuron && ex->entry[i].role == EXPORT_NODE && !export_expands(ex, i))
            find_parts(ex, i);
    for (int i = 1; i < ex->count; i++)
        if (!strcmp(ex->entry[i].info.kind, "add") && only_aliases(ex, i, i, 0))
            ex->entry[i].role = EXPORT_NODE;
    return ex->failed;
}

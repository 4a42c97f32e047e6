/* exchange/export_delays.c: layers with learned delays, y_k = sum over whole lags j of w_j x_{k-j}
 * (op/lags.h), as nodes that every tool has:
 *
 *     NAME_in    Scale   of ones: what comes in
 *     NAME_lagJ  Delay   of it, by J steps; none where J is 0
 *     NAME_partJ         of what lag J has: Scale by w_J (learned_delay); Linear by W w_J, in one
 *                        of them with the bias (delayed_linear)
 *     NAME       Scale   of ones: the sum of the parts
 *
 * Where each delay is one whole lag, learned_delay is a node Delay. */
#include "exchange/export.h"

#include <string.h>

#define LEAST 1e-9 /* a lag whose weights are all smaller is left out */

typedef struct parts {
    exporter *ex;
    int node;
    const char *name;
    bool linear; /* delayed_linear */
    const fsnn_lags *lags;
    fsnn_shape in, out;
    int64_t n;     /* delays */
    double *delay; /* [n] */
    double *w;     /* [n, max + 1] */
    bool biased;   /* a part has the bias */
} parts;

static bool is_linear(const exporter *ex, int node)
{
    return !strcmp(ex->entry[node].info.kind, "delayed_linear");
}

static const fsnn_lags *lags_of(const exporter *ex, int node)
{
    const void *options = fsnn_net_options(ex->net, node);
    return is_linear(ex, node) ? &((const fsnn_delayed_linear *)options)->lags
                               : &((const fsnn_learned_delay *)options)->lags;
}

/* ---- weights ---- */

static void close_parts(parts *p)
{
    fsnn_free(p->delay);
    fsnn_free(p->w);
}

static bool open_parts(exporter *ex, int node, parts *p)
{
    const export_entry *e = &ex->entry[node];
    *p = (parts){.ex = ex,
                 .node = node,
                 .name = e->name,
                 .linear = is_linear(ex, node),
                 .lags = lags_of(ex, node),
                 .in = e->in,
                 .out = e->info.shape};
    const size_t row = (size_t)p->lags->max + 1;
    p->delay = export_param(ex, node, "delay", &p->n);
    p->w = p->delay ? fsnn_alloc((size_t)p->n * row * sizeof *p->w) : NULL;
    if (!p->w)
        ex->failed = FSNN_EMEMORY;
    for (int64_t i = 0; i < p->n && !ex->failed; i++)
        ex->failed = fsnn_lags_weights(p->lags, p->delay[i], p->w + (size_t)i * row);
    return !ex->failed;
}

static double weight_of(const parts *p, int64_t i, int64_t lag)
{
    return p->w[i * (p->lags->max + 1) + lag];
}

/* The lag that delay i is, where one has all of the weight; -1: there are several. */
static int64_t lag_of(const parts *p, int64_t i)
{
    for (int64_t lag = 0; lag <= p->lags->max; lag++)
        if (weight_of(p, i, lag) == 1)
            return lag;
    return -1;
}

bool export_is_many(exporter *ex, int node)
{
    parts p;
    const char *kind = ex->entry[node].info.kind;
    if (strcmp(kind, "learned_delay") != 0 && strcmp(kind, "delayed_linear") != 0)
        return false;
    bool many = !open_parts(ex, node, &p) || p.linear;
    for (int64_t i = 0; i < p.n && !many; i++)
        many = lag_of(&p, i) < 0;
    close_parts(&p);
    return many;
}

/* ---- nodes ---- */

/* The name of the layer, the word and, where it is 0 or above, the lag; to be freed. */
static char *name_of(const parts *p, const char *word, int64_t lag)
{
    return lag < 0 ? fsnn_format("%s%s", p->name, word)
                   : fsnn_format("%s%s%lld", p->name, word, (long long)lag);
}

/* A node so named; its group. */
static int begin(parts *p, const char *word, int64_t lag, const char *type)
{
    char *name = name_of(p, word, lag);
    int group = name ? export_group(p->ex, p->ex->nodes_group, name) : 0;
    if (!name)
        p->ex->failed = FSNN_EMEMORY;
    fsnn_free(name);
    if (!p->ex->failed)
        export_text(p->ex, group, "type", type);
    return group;
}

static void edge(parts *p, const char *from, int64_t lag, const char *to, int64_t to_lag)
{
    char *x = name_of(p, from, lag), *y = name_of(p, to, to_lag);
    if (!x || !y)
        p->ex->failed = FSNN_EMEMORY;
    else if (!p->ex->failed)
        p->ex->failed = export_edge(p->ex, x, y);
    fsnn_free(x);
    fsnn_free(y);
}

static void write_times(parts *p, int group, double *steps)
{
    for (int64_t i = 0; steps && i < fsnn_shape_count(&p->in); i++)
        steps[i] *= p->ex->dynamics->step * p->ex->unit;
    export_array(p->ex, group, "delay", &p->in, steps);
}

static void scale(parts *p, const char *word, int64_t lag, const fsnn_shape *shape, double *factor)
{
    export_array(p->ex, begin(p, word, lag, "Scale"), "scale", shape, factor);
}

/* w_lag of each number of a sample. */
static void write_scale(parts *p, int64_t lag)
{
    const int64_t n = fsnn_shape_count(&p->in), share = n / p->n;
    double *factor = export_filled(p->ex, n, 0);
    for (int64_t i = 0; factor && i < n; i++)
        factor[i] = weight_of(p, i / share, lag);
    scale(p, "_part", lag, &p->in, factor);
}

/* W w_lag, the first of the parts with the bias. */
static void write_linear(parts *p, int64_t lag)
{
    const fsnn_delayed_linear *o = fsnn_net_options(p->ex->net, p->node);
    int64_t count = 0;
    double *weight = export_param(p->ex, p->node, "weight", &count);
    bool bias = o->bias && !p->biased;
    for (int64_t i = 0; weight && i < count; i++)
        weight[i] *= weight_of(p, i, lag);
    int group = begin(p, "_part", lag, bias ? "Affine" : "Linear");
    export_array(p->ex, group, "weight", &FSNN_SHAPE(o->out, p->in.dim[p->in.rank - 1]), weight);
    if (bias)
        export_array(p->ex, group, "bias", &FSNN_SHAPE(o->out),
                     export_param(p->ex, p->node, "bias", &count));
    p->biased = true;
}

static void write_part(parts *p, int64_t lag)
{
    if (lag) {
        write_times(p, begin(p, "_lag", lag, "Delay"),
                    export_filled(p->ex, fsnn_shape_count(&p->in), (double)lag));
        edge(p, "_in", -1, "_lag", lag);
        edge(p, "_lag", lag, "_part", lag);
    } else {
        edge(p, "_in", -1, "_part", lag);
    }
    if (p->linear)
        write_linear(p, lag);
    else
        write_scale(p, lag);
    edge(p, "_part", lag, "", -1);
}

static bool is_used(const parts *p, int64_t lag)
{
    for (int64_t i = 0; i < p->n; i++)
        if (weight_of(p, i, lag) > LEAST)
            return true;
    return false;
}

void export_delays(exporter *ex, int node, int group)
{
    parts p;
    if (open_parts(ex, node, &p) && ex->entry[node].many) {
        scale(&p, "_in", -1, &p.in, export_filled(ex, fsnn_shape_count(&p.in), 1));
        scale(&p, "", -1, &p.out, export_filled(ex, fsnn_shape_count(&p.out), 1));
        for (int64_t lag = 0; lag <= p.lags->max && !ex->failed; lag++)
            if (is_used(&p, lag))
                write_part(&p, lag);
    } else if (!ex->failed) {
        const int64_t n = fsnn_shape_count(&p.in), share = n / p.n;
        double *steps = export_filled(ex, n, 0);
        for (int64_t i = 0; steps && i < n; i++)
            steps[i] = (double)lag_of(&p, i / share);
        export_text(ex, group, "type", "Delay");
        write_times(&p, group, steps);
    }
    close_parts(&p);
}

/* What is known of the layers of a run: thresholds beside recorded potentials, one number a neuron
 * where they do not move; and what a memory by tolerance can have done to their spikes. */
#include "net/net.h"
#include "session/run.h"

#include <math.h>

/* Whether the argument of the spike is the neuron's own: then what it is compared with moves. */
static bool moves(const fsnn_net *net, int node, const fsnn_node_info *info)
{
    const fsnn_user *user = fsnn_net_options(net, node);
    return fsnn_kind_defaults(info->kind, NULL) == (int)sizeof *user &&
           (user->spike || user->callback);
}

/* Of the layer or its channels: the learned or set parameter, which a shared layer has
 * elsewhere. */
static fsnn_status fill(const fsnn_net *net, int node, const fsnn_node_info *info, const run *w,
                        void *to)
{
    const fsnn_neuron *neuron = fsnn_net_options(net, node);
    char *name = fsnn_format("%s.threshold", *info->shares ? info->shares : info->name);
    if (!name)
        return FSNN_EMEMORY;
    const fsnn_param *param = fsnn_net_param_find(net, name);
    int64_t N = fsnn_shape_count(&info->shape),
            values = param ? fsnn_shape_count(&param->shape) : 0;
    fsnn_free(name);
    for (int64_t n = 0; n < N; n++) {
        double value = values ? net_param_value(param, n * values / N) : neuron->threshold.value;
        if (w->wide)
            ((double *)to)[n] = value;
        else
            ((float *)to)[n] = (float)value;
    }
    return FSNN_OK;
}

static fsnn_status add_threshold(run *w, int node, const fsnn_node_info *info)
{
    void *to = run_add(w, run_type(w), &info->shape, "threshold.%s", info->name);
    return to ? fill(w->s->net, node, info, w, to) : FSNN_EMEMORY;
}

/* A horizon within the exact lags needs no exponentials, and no word. */
static fsnn_status add_certificate(run *w, int node, const fsnn_node_info *info, bool *all)
{
    const fsnn_shape shape = FSNN_SHAPE(3);
    fsnn_certificate c;
    FSNN_TRY(fsnn_net_certificate(w->s->net, node, &c));
    if (!c.modes && !(c.margin < INFINITY))
        return FSNN_OK;
    double *to = run_add(w, FSNN_F64, &shape, "certificate.%s", info->name);
    if (!to)
        return FSNN_EMEMORY;
    to[0] = c.margin;
    to[1] = c.bound;
    to[2] = *all = *all && c.proven;
    return FSNN_OK;
}

static bool wants_threshold(int keep)
{
    return keep & (FSNN_KEEP_V | FSNN_KEEP_STATES) && !(keep & FSNN_KEEP_THRESHOLD);
}

fsnn_status run_layers(run *w)
{
    const fsnn_net *net = w->s->net;
    int nodes = fsnn_net_node_count(net);
    bool all = true;
    fsnn_node_info info;
    for (int n = 0; n < nodes; n++)
        if (wants_threshold(w->keep[n]) && fsnn_net_node(net, n, &info) >= 0 && info.spiking &&
            !moves(net, n, &info))
            FSNN_TRY(add_threshold(w, n, &info));
    for (int n = 0; n < nodes; n++)
        if (fsnn_net_node(net, n, &info) >= 0 && info.neuron)
            FSNN_TRY(add_certificate(w, n, &info, &all));
    return FSNN_OK;
}

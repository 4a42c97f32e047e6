/* Neuron layers: which nodes they are, their firing rates, the mean over all neurons. */
#include "train/layers.h"

fsnn_status layers_find(const fsnn_net *net, layers *out)
{
    size_t nodes = (size_t)fsnn_net_node_count(net);
    *out = (layers){.node = fsnn_alloc(nodes * sizeof(int)),
                    .name = fsnn_alloc(nodes * sizeof(char *)),
                    .neurons = fsnn_alloc(nodes * sizeof(double))};
    if (!out->node || !out->name || !out->neurons)
        return FSNN_EMEMORY;
    for (int i = 0; i < (int)nodes; i++) {
        fsnn_node_info info;
        FSNN_TRY(fsnn_net_node(net, i, &info));
        if (!info.spiking)
            continue;
        out->node[out->count] = i;
        out->name[out->count] = info.name;
        out->neurons[out->count++] = (double)fsnn_shape_count(&info.shape);
    }
    return FSNN_OK;
}

void layers_free(layers *l)
{
    fsnn_free(l->node);
    fsnn_free(l->name);
    fsnn_free(l->neurons);
    *l = (layers){0};
}

/* Neuron layers among the nodes before `end`. */
static int64_t neurons_before(const fsnn_net *net, int end)
{
    int64_t count = 0;
    fsnn_node_info info;
    for (int i = 0; i < end; i++)
        count += fsnn_net_node(net, i, &info) == FSNN_OK && info.neuron;
    return count;
}

int64_t layers_kept(const fsnn_net *net)
{
    enum { MOST = 64 };
    int64_t all = neurons_before(net, fsnn_net_node_count(net));
    return all < MOST ? all : MOST;
}

int64_t layers_place(const fsnn_net *net, const layers *l, int i)
{
    return neurons_before(net, l->node[i]);
}

void layers_add_rates(const layers *l, const fsnn_net *net, double weight, double *sum)
{
    for (int i = 0; i < l->count; i++)
        sum[i] += weight * fsnn_net_rate(net, l->node[i]);
}

double layers_mean(const layers *l, const double *sum, double total, double *rate)
{
    double spikes = 0, neurons = 0;
    for (int i = 0; i < l->count; i++) {
        rate[i] = total > 0 ? sum[i] / total : 0;
        spikes += rate[i] * l->neurons[i];
        neurons += l->neurons[i];
    }
    return neurons > 0 ? spikes / neurons : 0;
}

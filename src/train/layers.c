/* Neuron layers: which nodes they are, their firing rates, the mean over all neurons. */
#include "train/layers.h"

fsnn_status layers_find(const fsnn_net *net, layers *out)
{
    *out = (layers){0};
    for (int i = 0; i < fsnn_net_node_count(net); i++) {
        fsnn_node_info info;
        FSNN_TRY(fsnn_net_node(net, i, &info));
        if (!info.neuron || out->count == FSNN_MAX_NEURON_NODES)
            continue;
        out->node[out->count] = i;
        out->name[out->count] = info.name;
        out->neurons[out->count++] = (double)fsnn_shape_count(&info.shape);
    }
    return FSNN_OK;
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

/* train/layers.h: the neuron layers of a net and their firing rates. */
#ifndef FSNN_TRAIN_LAYERS_H
#define FSNN_TRAIN_LAYERS_H

#include "base/base.h"
#include <fsnn/train.h>

typedef struct layers {
    int count; /* at most FSNN_MAX_NEURON_NODES: further layers are not counted */
    int node[FSNN_MAX_NEURON_NODES];
    const char *name[FSNN_MAX_NEURON_NODES]; /* the net's */
    double neurons[FSNN_MAX_NEURON_NODES];
} layers;

fsnn_status layers_find(const fsnn_net *net, layers *out);
/* sum[layer] += weight times the layer's rate over the last forward. */
void layers_add_rates(const layers *l, const fsnn_net *net, double weight, double *sum);
/* rate[layer] = sum[layer] / total; returns the mean over all neurons. */
double layers_mean(const layers *l, const double *sum, double total, double *rate);

#endif

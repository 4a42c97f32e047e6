/* train/layers.h: the neuron layers of a net that spike, and their firing rates. Readouts never
 * spike: they have no place here. */
#ifndef FSNN_TRAIN_LAYERS_H
#define FSNN_TRAIN_LAYERS_H

#include "base/base.h"
#include <fsnn/train.h>

typedef struct layers {
    int count;
    int *node;         /* [count] */
    const char **name; /* [count], the net's */
    double *neurons;   /* [count] */
} layers;

/* Of a wrapped net; to be released, after an error too. */
fsnn_status layers_find(const fsnn_net *net, layers *out);
void layers_free(layers *l);
/* States of earlier versions kept the first 64 neuron layers, readouts among them: how many of the
 * net's that were, and the place of layer i in them. */
int64_t layers_kept(const fsnn_net *net);
int64_t layers_place(const fsnn_net *net, const layers *l, int i);
/* sum[layer] += weight times the layer's rate over the last forward. */
void layers_add_rates(const layers *l, const fsnn_net *net, double weight, double *sum);
/* rate[layer] = sum[layer] / total; returns the mean over all neurons, 0 where none spikes. */
double layers_mean(const layers *l, const double *sum, double total, double *rate);

#endif

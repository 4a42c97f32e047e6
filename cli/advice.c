/* cli/advice.c: neurons that never fire, or at every step of every sample: whose they are and what
 * may help. */
#include "cli/cli.h"

#include <stdlib.h>

static const double WORTH = 0.1; /* of a layer */

/* The layer with the largest share, -1 where none is worth a word. */
static int worst(int layers, const double *share)
{
    int found = -1;
    for (int i = 0; i < layers; i++) {
        if (share[i] >= WORTH && (found < 0 || share[i] > share[found]))
            found = i;
    }
    return found;
}

char *cli_neuron_advice(int layers, const char *const *names, const double *dead,
                        const double *saturated)
{
    int never = worst(layers, dead), always = worst(layers, saturated);
    if (never >= 0 && (always < 0 || dead[never] >= saturated[always]))
        return cli_format("%s: %.0f %% of the neurons never fire: a lower threshold, larger "
                          "weights or a wider surrogate may wake them",
                          names[never], 100 * dead[never]);
    if (always >= 0)
        return cli_format("%s: %.0f %% of the neurons fire at every step: a higher threshold, a "
                          "larger tau or smaller weights may let them tell samples apart",
                          names[always], 100 * saturated[always]);
    return NULL;
}

char *cli_evaluation_advice(const fsnn_net *net, const fsnn_evaluation *e)
{
    size_t count = (size_t)e->layers;
    const char **name = cli_allocate(count, sizeof *name);
    double *dead = cli_allocate(count, sizeof *dead),
           *saturated = cli_allocate(count, sizeof *saturated);
    for (int i = 0; i < e->layers; i++) {
        double neurons = (double)e->layer_neurons[i];
        name[i] = cli_layer_name(net, e->layer_node[i]);
        dead[i] = (double)e->layer_dead[i] / neurons;
        saturated[i] = (double)e->layer_saturated[i] / neurons;
    }
    char *advice = cli_neuron_advice(e->layers, name, dead, saturated);
    free(name);
    free(dead);
    free(saturated);
    return advice;
}

const char *cli_layer_name(const fsnn_net *net, int node)
{
    fsnn_node_info info;
    return fsnn_net_node(net, node, &info) < 0 ? "" : info.name;
}

/* cli/advice.c: neurons that never fire, or at every step of every sample: whose they are and what
 * may help. */
#include "cli/cli.h"

#include <string.h>

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
    const char *name[FSNN_MAX_NEURON_NODES];
    double dead[FSNN_MAX_NEURON_NODES], saturated[FSNN_MAX_NEURON_NODES];
    int layers = 0;
    fsnn_node_info info;
    for (int n = 0; n < fsnn_net_node_count(net) && layers < e->layers; n++) {
        if (fsnn_net_node(net, n, &info) < 0 || !info.neuron)
            continue;
        double neurons = (double)e->layer_neurons[layers];
        name[layers] = info.name;
        dead[layers] = (double)e->layer_dead[layers] / neurons;
        saturated[layers] = (double)e->layer_saturated[layers] / neurons;
        layers++;
    }
    return cli_neuron_advice(layers, name, dead, saturated);
}

/* cli/run/run_threshold.c: thresholds beside recorded potentials, so that pictures have them: one
 * number a neuron, where they do not move. */
#include "cli/run/run.h"

#include <stdlib.h>

/* Whether the argument of the spike is the neuron's own: then what it is compared with moves. */
static bool moves(const fsnn_net *net, int node, const fsnn_node_info *info)
{
    const fsnn_user *user = fsnn_net_options(net, node);
    return fsnn_kind_defaults(info->kind, NULL) == (int)sizeof *user &&
           (user->spike || user->callback);
}

/* Of the layer or its channels: the learned or set parameter, which a shared layer has
 * elsewhere. */
static void fill(const fsnn_net *net, int node, const fsnn_node_info *info, float *to)
{
    const fsnn_neuron *neuron = fsnn_net_options(net, node);
    char *name = cli_format("%s.threshold", *info->shares ? info->shares : info->name);
    const fsnn_param *param = fsnn_net_param_find(net, name);
    int64_t N = fsnn_shape_count(&info->shape),
            values = param ? fsnn_shape_count(&param->shape) : 0;
    free(name);
    for (int64_t n = 0; n < N; n++)
        to[n] = values ? param->value[n * values / N] : (float)neuron->threshold.value;
}

int run_thresholds(run_work *w)
{
    int code = CLI_GOOD;
    if (!w->record[FSNN_RECORD_V] || w->record[FSNN_RECORD_THRESHOLD])
        return CLI_GOOD;
    for (int n = 0; n < fsnn_net_node_count(w->model.net) && code == CLI_GOOD; n++) {
        fsnn_node_info info;
        if (fsnn_net_node(w->model.net, n, &info) < 0 || !info.spiking ||
            moves(w->model.net, n, &info))
            continue;
        char *name = cli_format("threshold.%s", info.name);
        float *to = run_add(w, name, &info.shape, &code);
        if (to)
            fill(w->model.net, n, &info, to);
        free(name);
    }
    return code;
}

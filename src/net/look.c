/* Looking at a net: nodes, shapes, memory, firing rates, and what neuron layers did. */
#include "net/net.h"
#include "net/neuron_ops.h"
#include "op/memory.h"

#include <string.h>

int fsnn_net_node_count(const fsnn_net *net)
{
    FSNN_NEED(net);
    return net->nodes;
}

/* Loops are counted in the order in which they run. */
static int loop_of(const fsnn_net *net, int node)
{
    int loops = 0;
    for (int i = 0; i < net->steps; i = net->step[i].last + 1) {
        loops += net_looped(&net->step[i]);
        for (int k = i; k <= net->step[i].last; k++)
            if (net->step[k].node == node)
                return net_looped(&net->step[i]) ? loops : 0;
    }
    return 0;
}

const void *fsnn_net_options(const fsnn_net *net, int index)
{
    return index > 0 && index < net->nodes ? net->node[index]->op.options : NULL;
}

/* What a node's steps write: its own, and the conversions of layout that were put before it are the
 * net's. */
static int64_t node_memory(const fsnn_net *net, int index)
{
    const op_node *op = &net->node[index]->op;
    int64_t numbers = 0, bytes = (int64_t)op_memory_held(op);
    for (int v = 0; v < net->values; v++) {
        const net_value *value = &net->value[v];
        int64_t count = net_numbers(net, v);
        if (value->step < 0 || net->step[value->step].node != index)
            continue;
        numbers += value->place >= 0 ? count : 0;
        numbers += value->grad_root == v && value->grad_place >= 0 ? count : 0;
    }
    if (net->plan.training)
        bytes += (int64_t)op->tape_bytes * (op->looped ? op->span : 1);
    return numbers * (int64_t)net->plane->size + bytes;
}

fsnn_status fsnn_net_node(const fsnn_net *net, int index, fsnn_node_info *info)
{
    FSNN_NEED(net);
    FSNN_NEED(info);
    if (index < 0 || index >= net->nodes)
        return fsnn_fail(FSNN_EARGUMENT, "there is no node %d: the net has %d", index, net->nodes);
    const net_node *node = net->node[index];
    *info = (fsnn_node_info){.name = node->name,
                             .kind = "input",
                             .sources = node->sources,
                             .equations = "",
                             .shares = ""};
    if (index == 0) {
        info->shape = net->input_shape;
        return FSNN_OK;
    }
    info->kind = node->op.op->kind;
    info->neuron = net_neuron(net, index) != NULL;
    info->spiking = info->neuron && neuron_node_spiking(&node->op);
    if (info->neuron) {
        info->equations = neuron_node_equations(&node->op);
        info->states = neuron_node_states(&node->op);
    }
    if (node->shares >= 0)
        info->shares = net->node[node->shares]->name;
    if (!net->wrapped)
        return FSNN_OK;
    info->shape = node->op.out[0];
    info->operations = node->op.operations;
    info->memory = node_memory(net, index);
    info->loop = loop_of(net, index);
    for (int p = 0; node->shares < 0 && p < node->op.params; p++)
        info->params += fsnn_shape_count(&node->op.param[p].shape);
    return FSNN_OK;
}

int fsnn_net_source(const fsnn_net *net, int node, int k, int *port)
{
    FSNN_NEED(net);
    if (node < 0 || node >= net->nodes)
        return fsnn_fail(FSNN_EARGUMENT, "there is no node %d: the net has %d", node, net->nodes);
    const net_node *at = net->node[node];
    int sources = node == 0 ? 0 : net_delay(net, node) ? net->wrapped : at->op.inputs;
    if (k < 0 || k >= sources)
        return fsnn_fail(FSNN_ENOTFOUND, "\"%s\" has no source %d: it has %d", at->name, k,
                         sources);
    if (port)
        *port = at->from[k] % NET_PORTS;
    return at->from[k] / NET_PORTS;
}

int fsnn_net_output_node(const fsnn_net *net, int *port)
{
    FSNN_NEED(net);
    if (net->nodes < 2)
        return fsnn_fail(FSNN_ENOTFOUND, "the net has no nodes but its input");
    const int handle = net->output >= 0 ? net->output : (net->nodes - 1) * NET_PORTS;
    if (port)
        *port = handle % NET_PORTS;
    return handle / NET_PORTS;
}

fsnn_status fsnn_net_shapes(const fsnn_net *net, fsnn_shape *input, fsnn_shape *output)
{
    FSNN_NEED(net);
    if (!net->wrapped)
        return fsnn_fail(FSNN_ESTATE, "shapes are settled by fsnn_net_wrap");
    if (input)
        *input = net->input_shape;
    if (output)
        *output = net->value[net->out_value].shape;
    return FSNN_OK;
}

fsnn_status fsnn_net_memory(const fsnn_net *net, int64_t *activations, int64_t *histories,
                            int64_t *parameters)
{
    FSNN_NEED(net);
    if (!net->wrapped)
        return fsnn_fail(FSNN_ESTATE, "memory is planned by fsnn_net_wrap");
    if (activations)
        *activations =
            (int64_t)net->arena_need + net_still_numbers(net) * (int64_t)net->plane->size;
    if (parameters)
        *parameters = 2 * net->flat * (int64_t)net->flat_size;
    if (histories) {
        *histories = (int64_t)net_segments_bytes(net);
        for (int i = 1; i < net->nodes; i++)
            *histories += (int64_t)op_memory_held(&net->node[i]->op);
    }
    return FSNN_OK;
}

op_node *net_neuron(const fsnn_net *net, int node)
{
    bool neuron = node >= 1 && node < net->nodes && (net->node[node]->op.op->flags & OP_NEURON);
    return neuron ? &net->node[node]->op : NULL;
}

double fsnn_net_rate(const fsnn_net *net, int node)
{
    const op_node *op = net && net->wrapped ? net_neuron(net, node) : NULL;
    if (op && net_segmented(net))
        return net_segments_rate(net, node);
    return op ? neuron_node_rate(op) : 0;
}

fsnn_status fsnn_net_progress(fsnn_net *net, double done)
{
    FSNN_NEED(net);
    if (!net->wrapped)
        return fsnn_fail(FSNN_ESTATE,
                         "the progress of a training is told to a net that is wrapped");
    if (!(done >= 0 && done <= 1))
        return fsnn_fail(FSNN_EARGUMENT, "the progress is %g: it is a share, from 0 to 1", done);
    net->done = done;
    for (int i = 1; i < net->nodes; i++)
        if (net_neuron(net, i))
            neuron_node_progress(net_neuron(net, i), done);
    return FSNN_OK;
}

fsnn_status fsnn_net_spike_counts(const fsnn_net *net, int node, int64_t *counts, int64_t *most)
{
    FSNN_NEED(net);
    const op_node *op = net->wrapped ? net_neuron(net, node) : NULL;
    if (!op)
        return fsnn_fail(FSNN_EARGUMENT, "node %d is no neuron layer of a wrapped net", node);
    int64_t tests, N = fsnn_shape_count(&op->out[0]), C = op->out[0].rank ? op->out[0].dim[0] : 1;
    const int64_t *held = neuron_node_counts(op, &tests);
    if (!held)
        return fsnn_fail(FSNN_ESTATE,
                         "the spikes of \"%s\" are not counted: fsnn_net_count_spikes "
                         "begins it",
                         op->name);
    if (most)
        *most = tests;
    for (int64_t n = 0; counts && n < N; n++) /* channels may lie last in memory */
        counts[n] = held[op->out_last[0] ? n % (N / C) * C + n / (N / C) : n];
    return FSNN_OK;
}

fsnn_status fsnn_net_certificate(const fsnn_net *net, int node, fsnn_certificate *certificate)
{
    FSNN_NEED(net);
    FSNN_NEED(certificate);
    const op_node *op = net->wrapped ? net_neuron(net, node) : NULL;
    if (!op)
        return fsnn_fail(FSNN_EARGUMENT, "node %d is no neuron layer of a wrapped net", node);
    return neuron_node_certificate(op, certificate);
}

const char *fsnn_net_state_name(const fsnn_net *net, int node, int state)
{
    const op_node *op = net ? net_neuron(net, node) : NULL;
    return op ? neuron_node_state_name(op, state) : NULL;
}

/* net/copy.c: a second net that computes what a first one does, on the same weights, at the same
 * time: the shards of a batch by several threads. */
#include "net/net.h"

#include <string.h>

static fsnn_status copy_node(const fsnn_net *net, int index, net_node *to)
{
    net_node *from = net->node[index];
    to->name = fsnn_strdup(from->name);
    to->sources = fsnn_strdup(from->sources);
    to->shares = from->shares;
    memcpy(to->from, from->from, sizeof to->from);
    if (!to->name || !to->sources)
        return FSNN_EMEMORY;
    fsnn_status status = from->op.op ? net_make_node(from, from->op.op, &to->op) : FSNN_OK;
    to->op.name = to->name;
    return status;
}

static fsnn_status copy_graph(const fsnn_net *net, fsnn_net *copy)
{
    copy->plane = net->plane;
    copy->input = net->input;
    copy->output = net->output;
    copy->input_shape = net->input_shape;
    copy->packs_from = net->packs_from;
    copy->together.samples = net->together.samples;
    copy->node = fsnn_alloc((size_t)net->nodes * sizeof(net_node *));
    if (!copy->node)
        return FSNN_EMEMORY;
    copy->node_capacity = net->nodes;
    for (int i = 0; i < net->nodes; i++) {
        net_node *node = fsnn_alloc(sizeof *node);
        if (!node)
            return FSNN_EMEMORY;
        copy->node[copy->nodes++] = node;
        FSNN_TRY(copy_node(net, i, node));
    }
    return FSNN_OK;
}

static fsnn_status copy_penalties(const fsnn_net *net, fsnn_net *copy)
{
    const net_penalties *from = &net->penalty;
    if (!from->count)
        return FSNN_OK;
    fsnn_penalty *list = fsnn_alloc((size_t)from->count * sizeof *list);
    if (!list)
        return FSNN_EMEMORY;
    for (int i = 0; i < from->count; i++)
        list[i] = from->list[i].what;
    fsnn_status status = fsnn_net_penalize(copy, list, from->count);
    fsnn_free(list);
    return status ? status : fsnn_net_lengths(copy, from->steps, from->lengths);
}

static fsnn_status wrap(const fsnn_net *net, fsnn_net *copy)
{
    fsnn_dynamics dynamics = net->dynamics;
    dynamics.order = net->order;
    dynamics.orders = net->layers;
    FSNN_TRY(fsnn_net_wrap(copy, &dynamics, &net->plan));
    for (int i = 0; i < net->params; i++) {
        const fsnn_param *p = &net->param[i];
        if (p->learn || p->neuron)
            FSNN_TRY(fsnn_net_bind(copy, i, net->place[i].value, copy->place[i].grad));
        else
            memcpy(net_param_data(&copy->param[i]), net_param_data(p), net_param_bytes(p));
    }
    FSNN_TRY(fsnn_net_params_changed(copy));
    fsnn_net_zero_grad(copy);
    copy->hook = net->hook;
    copy->hook_user = net->hook_user;
    return copy_penalties(net, copy);
}

fsnn_status net_copy(const fsnn_net *net, fsnn_net **copy)
{
    *copy = NULL;
    fsnn_net *made;
    FSNN_TRY(fsnn_net_create(&made));
    fsnn_status status = copy_graph(net, made);
    if (!status)
        status = wrap(net, made);
    if (status)
        fsnn_net_destroy(made);
    else
        *copy = made;
    return status;
}

/* Delays as the structure of a net sees them, of either precision (net/delay_real.c). */
#include "net/delay.h"
#include "net/net.h"

void net_delay_settle(op_node *node, const fsnn_shape *shape, bool last)
{
    net_delay_head *st = node->state;
    st->shape = *shape;
    st->last = last;
}

const fsnn_shape *net_delay_shape(const op_node *node)
{
    const net_delay_head *st = node->state;
    return &st->shape;
}

bool net_delay_last(const op_node *node)
{
    const net_delay_head *st = node->state;
    return st->last;
}

int64_t net_delay_lag(const op_node *node, int64_t i)
{
    const fsnn_delay *o = node->options;
    const fsnn_shape *shape = &node->out[0];
    if (!o->each)
        return o->steps;
    const int64_t n = net_plain(shape, node->out_last[0], i);
    return o->each[o->per == FSNN_PER_CHANNEL ? n / (fsnn_shape_count(shape) / shape->dim[0]) : n];
}

int64_t net_delay_depth(const op_node *node)
{
    const fsnn_delay *o = node->options;
    int64_t depth = 1;
    for (int64_t i = 0; i < (o->each ? o->count : 1); i++) {
        const int64_t lag = o->each ? o->each[i] : o->steps;
        depth = lag > depth ? lag : depth;
    }
    return depth;
}

op_node *net_delay(const fsnn_net *net, int node)
{
    op_node *op = node >= 1 ? &net->node[node]->op : NULL;
    return op && op->op->put && !op->inputs ? op : NULL;
}

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

op_node *net_delay(const fsnn_net *net, int node)
{
    op_node *op = node >= 1 ? &net->node[node]->op : NULL;
    return op && op->op->put && !op->inputs ? op : NULL;
}

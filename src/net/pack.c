/* Spikes that nobody reads between the last step forward that does and the first one backward are
 * kept as bits meanwhile: a thirty-second of the memory. Which values that pays for is settled with
 * the places (net/place.c). */
#include "net/net.h"

static bool makes_bits(const fsnn_net *net, const net_step *s)
{
    if (net_looped(s))
        return false;
    if (s->op->op->binary)
        return s->op->op->binary(s->op);
    bool bits = s->op->op->flags & (OP_VIEW | OP_CHOOSES);
    for (int k = 0; k < s->op->inputs; k++)
        bits = bits && net->value[s->in[k]].binary;
    return bits;
}

void net_find_bits(fsnn_net *net)
{
    net->value[0].binary = false;
    for (int i = 0; i < net->steps; i++)
        for (int p = 0; p < net->step[i].op->outputs; p++)
            net->value[net->step[i].out[p]].binary = makes_bits(net, &net->step[i]);
}

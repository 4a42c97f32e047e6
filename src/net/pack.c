/* Spikes that nobody reads between the last step forward that does and the first one backward are
 * kept as bits meanwhile: a thirty-second of the memory. Which values that pays for is settled with
 * the places (net/place.c). */
#include "net/net.h"
#include "tensor/bits.h"

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

static uint32_t *bits_of(const fsnn_net *net, int value)
{
    return (uint32_t *)(void *)(net->arena + net->value[value].bits);
}

void net_pack(fsnn_net *net, int step)
{
    for (int v = 0; v < net->values && net->packs; v++)
        if (net->value[v].packed && net->value[v].pack_after == step)
            bits_pack(net->arena + net->value[v].place, net_numbers(net, v), bits_of(net, v));
}

void net_unpack(fsnn_net *net, int step)
{
    for (int v = 0; v < net->values && net->packs; v++)
        if (net->value[v].packed && net->value[v].unpack_before == step)
            bits_unpack(bits_of(net, v), net_numbers(net, v), net->arena + net->value[v].again);
}

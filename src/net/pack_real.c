/* Values that wait as bits (net/pack.c): numbers to bits after their last reader forward, and back
 * before their first one backward. */
#include "net/data.h"
#include "tensor/bits.h"

static uint32_t *bits_of(const fsnn_net *net, int value)
{
    return (uint32_t *)(void *)net_at(net, net->value[value].bits);
}

void net_pack(fsnn_net *net, int step)
{
    for (int v = 0; v < net->values && net->packs; v++)
        if (net->value[v].packed && net->value[v].pack_after == step)
            bits_pack(net_at(net, net->value[v].place), net_numbers(net, v), bits_of(net, v));
}

void net_unpack(fsnn_net *net, int step)
{
    for (int v = 0; v < net->values && net->packs; v++)
        if (net->value[v].packed && net->value[v].unpack_before == step)
            bits_unpack(bits_of(net, v), net_numbers(net, v), net_at(net, net->value[v].again));
}

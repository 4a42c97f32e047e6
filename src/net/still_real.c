/* An input that is the same at every step (net/still.c), where nodes need it at each, and the sum
 * of its gradients. */
#include "net/data.h"

#include <string.h>

fsnn_status net_still_input(fsnn_net *net, const real *x)
{
    net->x = x;
    if (!net_still_numbers(net))
        return FSNN_OK;
    int64_t size = net_input_numbers(net);
    real *rows = net->dense;
    for (int64_t k = 0; k < net->K; k++)
        memcpy(rows + k * size, x, (size_t)size * sizeof *x);
    net->x = net->dense;
    return FSNN_OK;
}

typedef struct sum {
    real *to;
    int64_t steps, size;
} sum;

static void sum_range(int64_t begin, int64_t end, void *user)
{
    const sum *s = user;
    for (int64_t k = 1; k < s->steps; k++)
        for (int64_t i = begin; i < end; i++)
            s->to[i] += s->to[k * s->size + i];
}

const real *net_input_gradient(const fsnn_net *net)
{
    sum s = {net_grad(net, 0), net->K, net_input_numbers(net)};
    if (s.to && net_still_numbers(net))
        fsnn_parallel_range(s.size, 1 << 12, sum_range, &s);
    return s.to;
}

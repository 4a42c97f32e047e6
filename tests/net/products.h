/* Networks of one layer, for tests of products. */
#ifndef TESTS_NET_PRODUCTS_H
#define TESTS_NET_PRODUCTS_H

#include "nets.h"

/* For any layers; the seed is the same for all. */
static inline fsnn_status wrap(fsnn_net *net, fsnn_plan plan, fsnn_products products)
{
    static fsnn_order order;
    order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    plan.seed = 3;
    plan.products = products;
    return fsnn_net_wrap(net, &d, &plan);
}

typedef struct layer {
    const char *what;
    int (*add)(fsnn_net *net, int from); /* the layer "one" */
    fsnn_shape input;
} layer;

/* Not wrapped yet. */
static inline fsnn_net *net_of_layer(const layer *l)
{
    fsnn_net *net = net_new();
    VALID(l->add(net, fsnn_net_input(net, l->input)));
    return net;
}

static inline int image(fsnn_net *net, int from)
{
    fsnn_conv2d o = square_conv(9, 3, 1);
    o.stride[0] = 2;
    return fsnn_net_conv2d(net, "one", from, &o);
}

static inline int groups(fsnn_net *net, int from)
{
    fsnn_conv2d o = square_conv(8, 3, 0);
    o.groups = 4;
    o.bias = false;
    return fsnn_net_conv2d(net, "one", from, &o);
}

static inline int line(fsnn_net *net, int from)
{
    fsnn_conv1d o;
    VALID(fsnn_kind_defaults("conv1d", &o));
    o.out = 5;
    o.kernel = 3;
    return fsnn_net_conv1d(net, "one", from, &o);
}

#endif

/* bench/suite/suite_networks.c: the networks of several workloads, and their dense kernels. */
#include "bench/suite/suite_networks.h"

static fsnn_neuron neuron(void)
{
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = 2;
    return lif;
}

static fsnn_net *fresh(void)
{
    fsnn_net *net;
    bench_try(fsnn_net_create(&net));
    return net;
}

fsnn_net *bench_net_layer(int64_t n, bool neurons)
{
    fsnn_net *net = fresh();
    fsnn_neuron lif = neuron();
    int x = fsnn_net_linear(net, NULL, fsnn_net_input(net, FSNN_SHAPE(n)), n, true);
    bench_try(neurons ? fsnn_net_lif(net, NULL, x, &lif) : x);
    return net;
}

enum { CLASSES = BENCH_CLASSES };

fsnn_net *bench_net_mlp(fsnn_surrogate_kind surrogate)
{
    fsnn_net *net = fresh();
    fsnn_neuron lif = neuron();
    lif.surrogate.kind = surrogate;
    int x = fsnn_net_flatten(net, NULL, fsnn_net_input(net, FSNN_SHAPE(1, 28, 28)));
    x = fsnn_net_lif(net, NULL, fsnn_net_linear(net, NULL, x, 2560, false), &lif);
    bench_try(fsnn_net_lif(net, NULL, fsnn_net_linear(net, NULL, x, CLASSES, false), &lif));
    return net;
}

fsnn_net *bench_build_mlp(void)
{
    return bench_net_mlp(neuron().surrogate.kind);
}

static void mlp_floor(floor_list *f, int64_t first, int64_t rows)
{
    floor_product(f, first, 2560, 784, false);
    floor_product(f, rows, CLASSES, 2560, true);
}

fsnn_net *bench_build_cnn(void)
{
    fsnn_net *net = fresh();
    fsnn_neuron lif = neuron();
    fsnn_conv2d conv;
    bench_try(fsnn_kind_defaults("conv2d", &conv));
    conv.kernel[0] = conv.kernel[1] = 3;
    conv.padding[0] = conv.padding[1] = 1;
    conv.out = 32;
    int x = fsnn_net_input(net, FSNN_SHAPE(1, 28, 28));
    x = fsnn_net_lif(net, NULL, fsnn_net_conv2d(net, NULL, x, &conv), &lif);
    x = fsnn_net_maxpool(net, NULL, x, 2);
    conv.out = 64;
    x = fsnn_net_lif(net, NULL, fsnn_net_conv2d(net, NULL, x, &conv), &lif);
    x = fsnn_net_flatten(net, NULL, fsnn_net_maxpool(net, NULL, x, 2));
    x = fsnn_net_lif(net, NULL, fsnn_net_linear(net, NULL, x, 128, true), &lif);
    bench_try(fsnn_net_lif(net, NULL, fsnn_net_linear(net, NULL, x, CLASSES, true), &lif));
    return net;
}

static void cnn_floor(floor_list *f, int64_t first, int64_t rows)
{
    floor_convolution(f, first, 1, 28, 32, false);
    floor_convolution(f, rows, 32, 14, 64, true);
    floor_product(f, rows, 128, 64 * 49, true);
    floor_product(f, rows, CLASSES, 128, true);
}

const bench_network bench_mlp_network = {"mlp", bench_build_mlp, mlp_floor, 2570};
const bench_network bench_cnn_network = {"cnn", bench_build_cnn, cnn_floor,
                                         32 * 784 + 64 * 196 + 138};

void bench_floor_forward(void *of)
{
    floor_forward(of);
}

void bench_floor_both(void *of)
{
    floor_forward(of);
    floor_backward(of);
}

/* bench/suite/suite_dense.c: workloads whose floor is dense kernels alone: the layer of the public
 * benchmarks of SNN libraries, an MLP, a CNN. */
#include "bench/suite/suite.h"
#include "bench/floor.h"

#include <stdlib.h>
#include <string.h>

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

static void run_floor_forward(void *of)
{
    floor_forward(of);
}

static void run_floor(void *of)
{
    floor_forward(of);
    floor_backward(of);
}

/* floor NULL: there is none. */
static void put(const bench *b, const char *workload, const char *what, const bench_net *n,
                int64_t neurons, int rounds, const bench_part *part, const bench_part *floor,
                const char *against, double aim)
{
    bench_row row = {.steps = n->T,
                     .batch = n->batch,
                     .neurons = neurons,
                     .rounds = rounds,
                     .median = part->median,
                     .least = part->least,
                     .most = part->most,
                     .floor = floor ? floor->median : 0,
                     .aim = floor ? aim : 0,
                     .ratio = floor ? bench_paired(part, floor, rounds) : 0};
    snprintf(row.workload, sizeof row.workload, "%s", workload);
    snprintf(row.what, sizeof row.what, "%s", what);
    snprintf(row.against, sizeof row.against, "%s", floor ? against : "no floor");
    bench_put(b, &row);
}

/* ---- Linear(n, n) and LIF ---- */

static fsnn_net *layer(int64_t n, bool neurons)
{
    fsnn_net *net = fresh();
    fsnn_neuron lif = neuron();
    int x = fsnn_net_linear(net, NULL, fsnn_net_input(net, FSNN_SHAPE(n)), n, true);
    bench_try(neurons ? fsnn_net_lif(net, NULL, x, &lif) : x);
    return net;
}

static void layer_of(const bench *b, int64_t n, double alpha, double aim)
{
    enum { T = 500, BATCH = 16 };
    bench_net with, without;
    char what[72];
    bench_net_open(&with, layer(n, true), alpha, T, BATCH, true, BENCH_NUMBERS);
    bench_net_open(&without, layer(n, false), alpha, T, BATCH, true, BENCH_NUMBERS);
    bench_part part[] = {{.run = bench_net_forward, .of = &with},
                         {.run = bench_net_forward, .of = &without},
                         {.run = bench_net_both, .of = &with},
                         {.run = bench_net_both, .of = &without}};
    int rounds = bench_measure(b, part, CLI_COUNT(part));
    snprintf(what, sizeof what, "n %lld, alpha %g, forward", (long long)n, alpha);
    put(b, "layer", what, &with, n, rounds, &part[0], &part[1], "linear alone", 0);
    snprintf(what, sizeof what, "n %lld, alpha %g, forward + backward", (long long)n, alpha);
    put(b, "layer", what, &with, n, rounds, &part[2], &part[3], "linear alone", aim);
    bench_net_close(&with);
    bench_net_close(&without);
}

static void run_layer(bench *b)
{
    static const struct {
        int64_t n;
        double aim; /* at alpha 0.5 */
    } size[] = {{256, 0}, {512, 1.5}, {1024, 0}, {4096, 1.1}};
    for (int i = 0; i < CLI_COUNT(size) - (b->quick ? 2 : 0); i++) {
        layer_of(b, size[i].n, 1, 0);
        layer_of(b, size[i].n, 0.5, size[i].aim);
    }
}

const bench_workload bench_layer = {
    "layer", "Linear(n, n) and LIF, 16 samples, 500 steps, full memory, beside the Linear alone",
    run_layer};

/* ---- networks beside their dense kernels ---- */

enum { BATCH = 64, CLASSES = 10 };

static fsnn_net *mlp(void)
{
    fsnn_net *net = fresh();
    fsnn_neuron lif = neuron();
    int x = fsnn_net_flatten(net, NULL, fsnn_net_input(net, FSNN_SHAPE(1, 28, 28)));
    x = fsnn_net_lif(net, NULL, fsnn_net_linear(net, NULL, x, 2560, false), &lif);
    bench_try(fsnn_net_lif(net, NULL, fsnn_net_linear(net, NULL, x, CLASSES, false), &lif));
    return net;
}

static void mlp_floor(floor_list *f, int64_t first, int64_t rows)
{
    floor_product(f, first, 2560, 784, false);
    floor_product(f, rows, CLASSES, 2560, true);
}

static fsnn_net *cnn(void)
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

typedef struct network {
    const char *name;
    fsnn_net *(*build)(void);
    /* rows of the first layer, of the others */
    void (*floor)(floor_list *f, int64_t first, int64_t rows);
    int64_t neurons;
} network;

static const network mlp_network = {"mlp", mlp, mlp_floor, 2570};
static const network cnn_network = {"cnn", cnn, cnn_floor, 32 * 784 + 64 * 196 + 138};

static void step_of(const bench *b, const network *w, int64_t T, bench_input input, double aim)
{
    static const struct {
        const char *name, *floor;
    } of[BENCH_INPUTS] = {[BENCH_NUMBERS] = {"", "dense kernels"},
                          [BENCH_SPIKES] = {", spikes in", "dense kernels"},
                          [BENCH_STILL] = {", still picture", "dense kernels, first once"}};
    bench_net n;
    floor_list floor = {0};
    char what[72];
    bench_net_open(&n, w->build(), 0.5, T, BATCH, false, input);
    w->floor(&floor, input == BENCH_STILL ? BATCH : T * BATCH, T * BATCH);
    bench_part part[] = {{.run = bench_net_forward, .of = &n},
                         {.run = run_floor_forward, .of = &floor},
                         {.run = bench_net_step, .of = &n},
                         {.run = run_floor, .of = &floor}};
    int rounds = bench_measure(b, part, CLI_COUNT(part));
    snprintf(what, sizeof what, "T %lld, forward%s", (long long)T, of[input].name);
    put(b, w->name, what, &n, w->neurons, rounds, &part[0], floor_there ? &part[1] : NULL,
        of[input].floor, 0);
    snprintf(what, sizeof what, "T %lld, training step%s", (long long)T, of[input].name);
    put(b, w->name, what, &n, w->neurons, rounds, &part[2], floor_there ? &part[3] : NULL,
        of[input].floor, aim);
    floor_free(&floor);
    bench_net_close(&n);
}

static void run_mlp(bench *b)
{
    static const int64_t steps[] = {4, 16, 64, 256, 1024};
    for (int i = 0; i < CLI_COUNT(steps) - (b->quick ? 3 : 0); i++)
        step_of(b, &mlp_network, steps[i], BENCH_NUMBERS, steps[i] == 16 ? 1.25 : 0);
    step_of(b, &mlp_network, 16, BENCH_SPIKES, 1.0);
    step_of(b, &mlp_network, 16, BENCH_STILL, 0);
}

const bench_workload bench_mlp = {"mlp",
                                  "784-2560-10, batches of 64, alpha 0.5, beside its matrix "
                                  "products alone; grey values, a tenth spikes, still pictures",
                                  run_mlp};

static void run_cnn(bench *b)
{
    step_of(b, &cnn_network, 4, BENCH_NUMBERS, 0);
    if (!b->quick)
        step_of(b, &cnn_network, 16, BENCH_NUMBERS, 1.3);
    step_of(b, &cnn_network, b->quick ? 4 : 16, BENCH_SPIKES, 0);
    step_of(b, &cnn_network, b->quick ? 4 : 16, BENCH_STILL, 0);
}

const bench_workload bench_cnn = {
    "cnn",
    "conv 32 - pool - conv 64 - pool - 128 - 10, batches of 64, beside its dense kernels alone; "
    "grey values, a tenth spikes, still pictures",
    run_cnn};

/* bench/suite/suite_dense.c: workloads whose floor is dense kernels alone: the layer of the public
 * benchmarks of SNN libraries, an MLP, a CNN. */
#include "bench/suite/suite_networks.h"

#include <stdlib.h>

/* ---- Linear(n, n) and LIF ---- */

static void layer_of(const bench *b, int64_t n, double alpha, double aim)
{
    enum { T = 500, BATCH = 16 };
    bench_net with, without;
    char what[72];
    bench_net_open(&with, bench_net_layer(n, true), alpha, T, BATCH, true, BENCH_NUMBERS);
    bench_net_open(&without, bench_net_layer(n, false), alpha, T, BATCH, true, BENCH_NUMBERS);
    bench_part part[] = {{.run = bench_net_forward, .of = &with},
                         {.run = bench_net_forward, .of = &without},
                         {.run = bench_net_both, .of = &with},
                         {.run = bench_net_both, .of = &without}};
    int rounds = bench_measure(b, part, CLI_COUNT(part));
    snprintf(what, sizeof what, "n %lld, alpha %g, forward", (long long)n, alpha);
    bench_put_parts(b, "layer", what, &with, n, rounds, &part[0], &part[1], "linear alone", 0);
    snprintf(what, sizeof what, "n %lld, alpha %g, forward + backward", (long long)n, alpha);
    bench_put_parts(b, "layer", what, &with, n, rounds, &part[2], &part[3], "linear alone", aim);
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
    run_layer, false};

/* ---- networks beside their dense kernels ---- */

static void step_of(const bench *b, const bench_network *w, int64_t T, bench_input input,
                    double aim)
{
    static const struct {
        const char *name, *floor;
    } of[BENCH_INPUTS] = {[BENCH_NUMBERS] = {"", "dense kernels"},
                          [BENCH_SPIKES] = {", spikes in", "dense kernels"},
                          [BENCH_STILL] = {", still picture", "dense kernels, first once"}};
    bench_net n;
    floor_list floor = {0};
    char what[72];
    bench_net_open(&n, w->build(), 0.5, T, BENCH_BATCH, false, input);
    w->floor(&floor, input == BENCH_STILL ? BENCH_BATCH : T * BENCH_BATCH, T * BENCH_BATCH);
    bench_part part[] = {{.run = bench_net_forward, .of = &n},
                         {.run = bench_floor_forward, .of = &floor},
                         {.run = bench_net_step, .of = &n},
                         {.run = bench_floor_both, .of = &floor}};
    int rounds = bench_measure(b, part, CLI_COUNT(part));
    snprintf(what, sizeof what, "T %lld, forward%s", (long long)T, of[input].name);
    bench_put_parts(b, w->name, what, &n, w->neurons, rounds, &part[0],
                    floor_there ? &part[1] : NULL, of[input].floor, 0);
    snprintf(what, sizeof what, "T %lld, training step%s", (long long)T, of[input].name);
    bench_put_parts(b, w->name, what, &n, w->neurons, rounds, &part[2],
                    floor_there ? &part[3] : NULL, of[input].floor, aim);
    floor_free(&floor);
    bench_net_close(&n);
}

/* A step whose gradients are mostly zeros, beside the same with dense products. */
static void bounded_support(const bench *b, fsnn_surrogate_kind surrogate, double aim)
{
    enum { T = 16 };
    bench_net chosen, dense;
    char what[72];
    bench_net_open(&chosen, bench_net_mlp(surrogate), 0.5, T, BENCH_BATCH, false, BENCH_NUMBERS);
    setenv("FSNN_GRADIENTS", "dense", 1); /* read when a net is wrapped */
    bench_net_open(&dense, bench_net_mlp(surrogate), 0.5, T, BENCH_BATCH, false, BENCH_NUMBERS);
    unsetenv("FSNN_GRADIENTS");
    bench_part part[] = {{.run = bench_net_step, .of = &chosen},
                         {.run = bench_net_step, .of = &dense}};
    int rounds = bench_measure(b, part, CLI_COUNT(part));
    snprintf(what, sizeof what, "T %d, training step, %s", T, fsnn_surrogate_name(surrogate));
    bench_put_parts(b, "mlp", what, &chosen, bench_mlp_network.neurons, rounds, &part[0], &part[1],
                    "zeros multiplied", aim);
    bench_net_close(&chosen);
    bench_net_close(&dense);
}

static void run_mlp(bench *b)
{
    static const int64_t steps[] = {4, 16, 64, 256, 1024};
    for (int i = 0; i < CLI_COUNT(steps) - (b->quick ? 3 : 0); i++)
        step_of(b, &bench_mlp_network, steps[i], BENCH_NUMBERS, steps[i] == 16 ? 1.25 : 0);
    step_of(b, &bench_mlp_network, 16, BENCH_SPIKES, 1.0);
    step_of(b, &bench_mlp_network, 16, BENCH_STILL, 0);
    bounded_support(b, FSNN_TRIANGLE, 0);
    bounded_support(b, FSNN_RECTANGLE, 0.85);
}

const bench_workload bench_mlp = {"mlp",
                                  "784-2560-10, batches of 64, alpha 0.5, beside its matrix "
                                  "products alone; grey values, a tenth spikes, still pictures",
                                  run_mlp, false};

static void run_cnn(bench *b)
{
    step_of(b, &bench_cnn_network, 4, BENCH_NUMBERS, 0);
    if (!b->quick)
        step_of(b, &bench_cnn_network, 16, BENCH_NUMBERS, 1.3);
    step_of(b, &bench_cnn_network, b->quick ? 4 : 16, BENCH_SPIKES, 0);
    step_of(b, &bench_cnn_network, b->quick ? 4 : 16, BENCH_STILL, 0);
}

const bench_workload bench_cnn = {
    "cnn",
    "conv 32 - pool - conv 64 - pool - 128 - 10, batches of 64, beside its dense kernels alone; "
    "grey values, a tenth spikes, still pictures",
    run_cnn, false};

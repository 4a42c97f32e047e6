/* bench/suite/suite_dense.c: workloads whose floor is dense kernels alone: the layer of the public
 * benchmarks of SNN libraries, an MLP, a CNN. */
#include "bench/suite/suite_networks.h"

#include <math.h>
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

typedef struct step_row {
    int64_t T;
    bench_input input;
    double tolerance, aim; /* aim: of the training step */
    bool slow;             /* not with --quick */
} step_row;

static void open_step(bench_net *n, fsnn_net *net, const step_row *row)
{
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.tolerance = row->tolerance;
    bench_net_open_of(n, net, &dynamics, row->T, BENCH_BATCH, false, row->input);
}

static void put_step(const bench *b, const bench_network *w, const step_row *row,
                     const bench_net *n, int rounds, const bench_part *part, bool training)
{
    static const struct {
        const char *name, *floor;
    } of[BENCH_INPUTS] = {[BENCH_NUMBERS] = {"", "dense kernels"},
                          [BENCH_SPIKES] = {", spikes in", "dense kernels"},
                          [BENCH_STILL] = {", still picture", "dense kernels, first once"}};
    char what[72], tolerance[24] = "";
    if (row->tolerance > 0)
        snprintf(tolerance, sizeof tolerance, ", tolerance 1e%ld", lround(log10(row->tolerance)));
    snprintf(what, sizeof what, "T %lld, %s%s%s", (long long)row->T,
             training ? "training step" : "forward", of[row->input].name, tolerance);
    bench_put_parts(b, w->name, what, n, w->neurons, rounds, &part[0],
                    floor_there ? &part[1] : NULL, of[row->input].floor, training ? row->aim : 0);
}

static void step_of(const bench *b, const bench_network *w, const step_row *row)
{
    bench_net n;
    floor_list floor = {0};
    int64_t rows = row->T * BENCH_BATCH;
    if (b->quick && row->slow)
        return;
    open_step(&n, w->build(), row);
    w->floor(&floor, row->input == BENCH_STILL ? BENCH_BATCH : rows, rows);
    bench_part part[] = {{.run = bench_net_forward, .of = &n},
                         {.run = bench_floor_forward, .of = &floor},
                         {.run = bench_net_step, .of = &n},
                         {.run = bench_floor_both, .of = &floor}};
    int rounds = bench_measure(b, part, CLI_COUNT(part));
    put_step(b, w, row, &n, rounds, &part[0], false);
    put_step(b, w, row, &n, rounds, &part[2], true);
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
    static const step_row row[] = {{.T = 4, .aim = 1.08},
                                   {.T = 16, .aim = 1.25},
                                   {.T = 64, .slow = true},
                                   {.T = 256, .slow = true},
                                   {.T = 1024, .aim = 1.6, .slow = true},
                                   {.T = 1024, .tolerance = 1e-5, .aim = 1.4, .slow = true},
                                   {.T = 16, .input = BENCH_SPIKES, .aim = 1},
                                   {.T = 16, .input = BENCH_STILL, .aim = 1.8}};
    for (int i = 0; i < CLI_COUNT(row); i++)
        step_of(b, &bench_mlp_network, &row[i]);
    bounded_support(b, FSNN_TRIANGLE, 0);
    bounded_support(b, FSNN_RECTANGLE, 0.85);
}

const bench_workload bench_mlp = {"mlp",
                                  "784-2560-10, batches of 64, alpha 0.5, beside its matrix "
                                  "products alone; grey values, a tenth spikes, still pictures",
                                  run_mlp, false};

static void run_cnn(bench *b)
{
    const int64_t T = b->quick ? 4 : 16;
    const step_row row[] = {{.T = 4},
                            {.T = 16, .aim = 1.3, .slow = true},
                            {.T = T, .input = BENCH_SPIKES},
                            {.T = T, .input = BENCH_STILL}};
    for (int i = 0; i < CLI_COUNT(row); i++)
        step_of(b, &bench_cnn_network, &row[i]);
}

const bench_workload bench_cnn = {
    "cnn",
    "conv 32 - pool - conv 64 - pool - 128 - 10, batches of 64, beside its dense kernels alone; "
    "grey values, a tenth spikes, still pictures",
    run_cnn, false};

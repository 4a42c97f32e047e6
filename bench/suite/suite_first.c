/* bench/suite/suite_first.c: the first training step of a network that was just wrapped, beside the
 * steps after it: what is made, and which pages are touched, for the first time. */
#include "bench/suite/suite_networks.h"

enum { LATER = 5 };

static double step(bench_net *n)
{
    double start = bench_now();
    bench_net_step(n);
    return bench_now() - start;
}

static fsnn_net *narrow(void)
{
    fsnn_net *net;
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    bench_try(fsnn_net_create(&net));
    int x = fsnn_net_linear(net, NULL, fsnn_net_input(net, FSNN_SHAPE(784)), 128, false);
    x = fsnn_net_lif(net, NULL, x, &lif);
    bench_try(fsnn_net_lif(net, NULL, fsnn_net_linear(net, NULL, x, 10, false), &lif));
    return net;
}

typedef struct first_case {
    const char *name;
    fsnn_net *(*build)(void);
    int64_t T;
} first_case;

/* A round is a network of its own. */
static void watch(const bench *b, const first_case *of)
{
    double first[BENCH_ROUNDS], later[BENCH_ROUNDS], ratio[BENCH_ROUNDS], some[LATER];
    int rounds = of->T > 64 && b->rounds > 5 ? 5 : b->rounds;
    bench_row row = {.workload = "first",
                     .steps = of->T,
                     .batch = BENCH_BATCH,
                     .rounds = rounds,
                     .against = "a later one",
                     .aim = 2};
    for (int r = 0; r < rounds; r++) {
        bench_net n;
        bench_net_open(&n, of->build(), 0.5, of->T, BENCH_BATCH, false, BENCH_NUMBERS);
        first[r] = step(&n);
        for (int i = 0; i < LATER; i++)
            some[i] = step(&n);
        later[r] = bench_median(some, LATER);
        ratio[r] = first[r] / later[r];
        bench_net_close(&n);
    }
    row.median = bench_median(first, rounds);
    row.least = first[0];
    row.most = first[rounds - 1];
    row.floor = bench_median(later, rounds);
    row.ratio = bench_median(ratio, rounds);
    snprintf(row.what, sizeof row.what, "%s, T %lld, first training step", of->name,
             (long long)of->T);
    bench_put(b, &row);
}

static void run_first(bench *b)
{
    static const first_case of[] = {{"mlp", bench_build_mlp, 16},
                                    {"cnn", bench_build_cnn, 4},
                                    {"784-128-10", narrow, 64},
                                    {"784-128-10", narrow, 1024},
                                    {"mlp", bench_build_mlp, 256}};
    for (int i = 0; i < CLI_COUNT(of) - (b->quick ? 2 : 0); i++)
        watch(b, &of[i]);
}

const bench_workload bench_first = {
    "first", "the first training step of a network beside a later one", run_first, false};

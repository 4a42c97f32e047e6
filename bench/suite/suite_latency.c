/* bench/suite/suite_latency.c: how long single steps take: one sample, one step a call, in a plan
 * for streams beside a plain one. Percentiles of all steps of some seconds, in blocks in turn. */
#include "bench/suite/suite.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

enum { IN = 784, HIDDEN = 256, OUT = 10, ROWS = 64 };

/* Counts of times by their logarithm: bins of 1/BINS of an octave, from a nanosecond on. */
enum { BINS = 64, OCTAVES = 40 };

typedef struct histogram {
    int64_t count[BINS * OCTAVES], total;
} histogram;

static void add(histogram *h, double seconds)
{
    double at = log2(fmax(seconds * 1e9, 1)) * BINS;
    h->count[(int)fmin(at, BINS * OCTAVES - 1)]++;
    h->total++;
}

/* The time that `share` of all stay below, to a bin. */
static double percentile(const histogram *h, double share)
{
    int64_t seen = 0;
    int bin = 0;
    while (bin < BINS * OCTAVES - 1 && (seen += h->count[bin]) < share * (double)h->total)
        bin++;
    return exp2((bin + 0.5) / BINS) * 1e-9;
}

static fsnn_net *make(bool stream)
{
    fsnn_net *net;
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.tolerance = 1e-5;
    bench_try(fsnn_net_create(&net));
    int x = fsnn_net_linear(net, "fc1", fsnn_net_input(net, FSNN_SHAPE(IN)), HIDDEN, true);
    x = fsnn_net_lif(net, "lif1", x, &lif);
    x = fsnn_net_linear(net, "fc2", x, OUT, true);
    bench_try(fsnn_net_lif(net, "lif2", x, &lif));
    bench_try(fsnn_net_wrap(net, &dynamics,
                            &(fsnn_plan){.steps = 1, .batch = 1, .seed = 1, .stream = stream}));
    return net;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ROWS steps; h NULL: to warm up. */
static void block(fsnn_net *net, const float *x, histogram *h)
{
    for (int r = 0; r < ROWS; r++) {
        double start = now();
        bench_try(fsnn_net_forward(net, x + r * IN, NULL));
        double took = now() - start;
        if (h)
            add(h, took);
    }
}

static void put(const bench *b, const char *input, const char *name, double share,
                const histogram h[2], double limit)
{
    bench_row row = {.workload = "latency",
                     .steps = 1,
                     .batch = 1,
                     .neurons = HIDDEN + OUT,
                     .rounds = 1,
                     .median = percentile(&h[1], share),
                     .floor = percentile(&h[0], share),
                     .against = "without plan.stream",
                     .limit = limit};
    row.least = row.most = row.median;
    snprintf(row.what, sizeof row.what, "%d-%d-%d, a step, %s, %s", IN, HIDDEN, OUT, input, name);
    bench_put(b, &row);
}

static void watch(const bench *b, const char *input, const float *x, double limit)
{
    static const struct {
        const char *name;
        double share;
    } of[] = {{"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}};
    enum { WARM = 40 }; /* blocks, in which the memory reaches its length */
    fsnn_net *net[2] = {make(false), make(true)};
    histogram *h = cli_allocate(2, sizeof *h);
    double end = 0;
    for (int i = 0; i < WARM || now() < end; i++) {
        for (int s = 0; s < 2; s++)
            block(net[s], x, i < WARM ? NULL : &h[s]);
        if (i < WARM)
            end = now() + b->seconds;
    }
    for (int i = 0; i < CLI_COUNT(of); i++)
        put(b, input, of[i].name, of[i].share, h, i ? 0 : limit);
    free(h);
    fsnn_net_destroy(net[0]);
    fsnn_net_destroy(net[1]);
}

static void run_latency(bench *b)
{
    float *dense = bench_numbers(ROWS * IN), *spikes = bench_spikes(ROWS * IN, 0.1);
    watch(b, "dense", dense, 10e-6);
    watch(b, "10 % spikes", spikes, 5e-6);
    fsnn_free_array(dense);
    fsnn_free_array(spikes);
}

const bench_workload bench_latency = {
    "latency",
    "one step of one sample through 784-256-10, dense and of 10 % spikes: percentiles of all steps "
    "of --seconds, beside the same in a plan that is none for streams",
    run_latency, false};

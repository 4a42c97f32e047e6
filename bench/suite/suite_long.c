/* bench/suite/suite_long.c: workloads of long runs: streaming step by step, and cost against the
 * number of steps. */
#include "bench/suite/suite.h"

#include <stdlib.h>
#include <string.h>

enum { HORIZON = 100000 };

static fsnn_net *layer(int64_t neurons, int64_t chunk)
{
    fsnn_net *net;
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = 2;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.tolerance = 1e-5;
    dynamics.horizon = HORIZON;
    bench_try(fsnn_net_create(&net));
    bench_try(fsnn_net_lif(net, NULL, fsnn_net_input(net, FSNN_SHAPE(neurons)), &lif));
    bench_try(fsnn_net_wrap(net, &dynamics, &(fsnn_plan){.steps = chunk, .batch = 1}));
    return net;
}

/* `steps` steps in pieces of `chunk`; the input begins again after each. */
typedef struct stream {
    fsnn_net *net;
    const float *x;
    int64_t chunk, steps;
    bool fresh;    /* begins at time 0 */
    int64_t times; /* so often in a row */
} stream;

static void feed(void *of)
{
    stream *s = of;
    for (int64_t i = 0; i < s->times; i++) {
        if (s->fresh)
            bench_try(fsnn_net_reset(s->net));
        for (int64_t k = 0; k + s->chunk <= s->steps; k += s->chunk)
            bench_try(fsnn_net_forward(s->net, s->x, NULL));
    }
}

/* A step at a time, in the steady state: the state of a neuron has to be read, and its current and
 * spike moved. */
static void streaming_of(bench *b, int64_t neurons)
{
    enum { BLOCK = 24 }; /* the far past moves on once in so many steps: rounds hold whole ones */
    int64_t histories, steps = neurons > 100000 ? BLOCK : 10 * BLOCK;
    float *x = bench_numbers(neurons);
    stream s = {layer(neurons, 1), x, 1, steps, false, 1};
    bench_part part = {.run = feed, .of = &s};
    feed(&s);
    int rounds = bench_measure(b, &part, 1);
    bench_try(fsnn_net_memory(s.net, NULL, &histories, NULL));
    double bytes = (double)histories + 2 * sizeof(float) * (double)neurons;
    bench_row row = {.workload = "stream",
                     .steps = 1,
                     .batch = 1,
                     .neurons = neurons,
                     .rounds = rounds,
                     .median = part.median / (double)steps,
                     .least = part.least / (double)steps,
                     .most = part.most / (double)steps,
                     .floor = bytes / bench_bandwidth(b),
                     .against = "reading the state once"};
    snprintf(row.what, sizeof row.what, "%lld neurons, a step, tolerance 1e-5", (long long)neurons);
    bench_put(b, &row);
    fsnn_net_destroy(s.net);
    fsnn_free_array(x);
}

static void run_stream(bench *b)
{
    streaming_of(b, 10000);
    if (!b->quick)
        streaming_of(b, 1000000);
}

const bench_workload bench_stream = {"stream",
                                     "a step of a layer that has run long, memory by a tolerance "
                                     "of 1e-5, beside reading its state once",
                                     run_stream, false};

/* Rows of growing T, each beside the first one times the growth of T. Short runs are timed several
 * in a row, as long as the longest: what else the machine does would meet long ones only. */
static void run_length(bench *b)
{
    enum { NEURONS = 2000, CHUNK = 50, SHORT = 1000 };
    static const int64_t length[] = {SHORT, 10000, 100000};
    int lengths = CLI_COUNT(length) - (b->quick ? 1 : 0);
    float *x = bench_numbers(NEURONS * CHUNK);
    fsnn_net *net = layer(NEURONS, CHUNK);
    stream s[CLI_COUNT(length)];
    bench_part part[CLI_COUNT(length)];
    for (int i = 0; i < lengths; i++) {
        s[i] = (stream){net, x, CHUNK, length[i], true, length[lengths - 1] / length[i]};
        part[i] = (bench_part){.run = feed, .of = &s[i]};
    }
    int rounds = bench_measure(b, part, lengths);
    for (int i = 0; i < lengths; i++) {
        double times = (double)length[i] / SHORT, runs = (double)s[i].times;
        bench_row row = {.workload = "length",
                         .steps = length[i],
                         .batch = 1,
                         .neurons = NEURONS,
                         .rounds = rounds,
                         .median = part[i].median / runs,
                         .least = part[i].least / runs,
                         .most = part[i].most / runs,
                         .ratio = i ? bench_paired(&part[i], &part[0], rounds) : 0,
                         .floor = i ? part[0].median / (double)s[0].times * times : 0,
                         .against = "T 1000, in proportion",
                         .aim = i ? 1.1 : 0};
        snprintf(row.what, sizeof row.what, "T %lld, tolerance 1e-5, forward",
                 (long long)length[i]);
        bench_put(b, &row);
    }
    fsnn_net_destroy(net);
    fsnn_free_array(x);
}

const bench_workload bench_length = {
    "length",
    "2,000 neurons over 1,000 to 100,000 steps, memory by a tolerance of 1e-5, beside the shortest",
    run_length, false};

/* What the process and the network hold after a short and after a long run, fed in pieces. */
static void run_memory(bench *b)
{
    enum { NEURONS = 2000, CHUNK = 50, SHORT = 1000, LONG = 100000 };
    float *x = bench_numbers(NEURONS * CHUNK);
    fsnn_net *net = layer(NEURONS, CHUNK);
    double process[2], own[2];
    for (int i = 0; i < 2; i++) {
        int64_t activations, histories, parameters;
        stream s = {net, x, CHUNK, i ? LONG - SHORT : SHORT, false, 1};
        feed(&s);
        bench_try(fsnn_net_memory(net, &activations, &histories, &parameters));
        process[i] = bench_peak();
        own[i] = (double)(activations + histories + parameters);
    }
    const struct {
        const char *what;
        const double *held;
    } row[] = {{"T 100000, tolerance 1e-5, process", process},
               {"T 100000, tolerance 1e-5, network", own}};
    for (int i = 0; i < CLI_COUNT(row); i++) {
        const double *held = row[i].held;
        bench_row r = {.workload = "memory",
                       .steps = LONG,
                       .batch = 1,
                       .neurons = NEURONS,
                       .rounds = 1,
                       .memory = true,
                       .median = held[1],
                       .least = held[1],
                       .most = held[1],
                       .floor = held[0],
                       .against = "after T 1000",
                       .aim = 1.01};
        snprintf(r.what, sizeof r.what, "%s", row[i].what);
        bench_put(b, &r);
    }
    fsnn_net_destroy(net);
    fsnn_free_array(x);
}

const bench_workload bench_memory = {"memory",
                                     "bytes held after 100,000 steps of 2,000 neurons, memory by a "
                                     "tolerance of 1e-5, beside those after 1,000",
                                     run_memory, false};

/* The sum over the past beside a matrix product of this machine.
 *
 * A network of one layer, 64 samples of 2560 LIF neurons (Gruenwald-Letnikov, alpha 0.5), runs T
 * steps forward. Its sums over the full past are T(T+1) flops a neuron. `history_gflops` is their
 * rate over the time of the whole forward pass, currents, spikes, resets and storing of the history
 * included; `sum_gflops` over what they add to the pass: its time less that of the same pass
 * without a past (memory 1). Beside them, in turn in the same run, the rate of one large product of
 * square matrices by the dense-kernel library, where fsnn is built with it. One JSON object a
 * line, medians.
 *
 *   bench_history [--threads N] [--rounds N] [T ...]       without --threads: one, then all
 */
#include "floor.h"
#include "measure.h"

enum { NEURONS = 2560, BATCH = 64, SIDE = 1536 };

static const int64_t lengths[] = {16, 64, 256, 1024};

typedef struct square {
    float *a, *b, *c; /* [SIDE, SIDE] */
} square;

static double multiply(const square *s)
{
    double start = now();
    floor_multiply(SIDE, s->a, s->b, s->c);
    return now() - start;
}

static double forward(fsnn_net *net, const float *x)
{
    const float *out;
    TRY(fsnn_net_reset(net));
    double start = now();
    TRY(fsnn_net_forward(net, x, &out));
    return now() - start;
}

static fsnn_net *layer(int64_t T, int64_t memory)
{
    fsnn_net *net;
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = 2;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.memory = memory;
    TRY(fsnn_net_create(&net));
    TRY(fsnn_net_lif(net, NULL, fsnn_net_input(net, FSNN_SHAPE(NEURONS)), &lif));
    TRY(fsnn_net_wrap(net, &dynamics, &(fsnn_plan){.steps = T, .batch = BATCH}));
    return net;
}

/* The rates beside that of the product. */
static void print_product(double seconds, double rate, double sum)
{
    double sgemm = 2.0 * SIDE * SIDE * SIDE / seconds * 1e-9;
    printf(", \"sgemm_gflops\": %.1f, \"ratio\": %.3f, \"sum_ratio\": %.3f", sgemm, rate / sgemm,
           sum / sgemm);
}

static void measure(int64_t T, int rounds, const square *s)
{
    static double scan[MAX_ROUNDS], rest[MAX_ROUNDS], gemm[MAX_ROUNDS];
    fsnn_net *net = layer(T, 0), *without = layer(T, 1);
    float *x = numbers(T * BATCH * NEURONS);
    for (int i = -1; i < rounds; i++) { /* one round to warm up */
        double product = multiply(s), pass = forward(net, x), none = forward(without, x);
        if (i >= 0) {
            gemm[i] = product;
            scan[i] = pass;
            rest[i] = none;
        }
    }
    double neurons = (double)BATCH * NEURONS, steps = (double)T;
    double pass = median(scan, rounds), none = median(rest, rounds);
    double flops = neurons * steps * (steps + 1), rate = flops / pass * 1e-9;
    double sum = flops / (pass - none) * 1e-9; /* noise where the past is short */
    printf("{\"bench\": \"history\", \"neurons\": %.0f, \"T\": %lld, \"threads\": %d, \"isa\": "
           "\"%s\", "
           "\"rounds\": %d, \"forward_ms\": %.3f, \"ns_per_neuron_step\": %.3f, "
           "\"without_ns_per_neuron_step\": %.3f, \"history_gflops\": %.1f, \"sum_gflops\": %.1f",
           neurons, (long long)T, fsnn_threads(), fsnn_isa(), rounds, pass * 1e3,
           pass / (neurons * steps) * 1e9, none / (neurons * steps) * 1e9, rate, sum);
    if (floor_there)
        print_product(median(gemm, rounds), rate, sum);
    printf("}\n");
    fflush(stdout);
    fsnn_free_array(x);
    fsnn_net_destroy(net);
    fsnn_net_destroy(without);
}

int main(int argc, char **argv)
{
    bench_options o =
        bench_read(argc, argv, 7, "bench_history [--threads N] [--rounds 1..101] [T ...]");
    int most = fsnn_threads(), least = o.threads ? o.threads : 1;
    square s = {floor_numbers(SIDE * SIDE), floor_numbers(SIDE * SIDE), floor_numbers(SIDE * SIDE)};
    for (int threads = least; threads <= most; threads += most > least ? most - least : 1) {
        TRY(fsnn_threads_set(threads));
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            char name[32];
            snprintf(name, sizeof name, "%lld", (long long)lengths[i]);
            if (bench_wanted(argc, argv, &o, name))
                measure(lengths[i], o.rounds, &s);
        }
    }
    fsnn_free_array(s.a);
    fsnn_free_array(s.b);
    fsnn_free_array(s.c);
    return 0;
}

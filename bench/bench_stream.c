/* A long recording, streamed: time a neuron and step, and bytes, as the run grows.
 *
 * One LIF layer of 10,000 neurons (Gruenwald-Letnikov, alpha 0.5) is fed T steps in chunks of 1 and
 * of 64. Each row of `variants` is one way to remember: how, and the longest run it is asked for (a
 * full memory works T(T+1)/2 and keeps T numbers a neuron). Time is that of the last 256 steps,
 * where the history is longest, and of the whole run. Bytes are those of the histories. One JSON
 * object a line.
 *
 *   bench_stream [--threads N] [name ...]        names: those of the variants
 */
#include "measure.h"

enum { NEURONS = 10000, LAST = 256, CYCLE = 64 };

typedef struct variant {
    const char *name;
    int64_t memory;   /* as fsnn_dynamics.memory */
    int64_t longest;  /* steps of the longest run */
    double tolerance; /* as fsnn_dynamics.tolerance */
} variant;

static const variant variants[] = {
    {"full", 0, 1000, 0},
    {"last 64", 64, 100000, 0},
    {"tolerance 1e-3", 0, 100000, 1e-3},
    {"tolerance 1e-5", 0, 100000, 1e-5},
    {"tolerance 1e-7", 0, 100000, 1e-7},
};

static const int64_t lengths[] = {1000, 10000, 100000}, chunks[] = {1, 64};

static fsnn_net *layer(const variant *v, int64_t chunk)
{
    fsnn_net *net;
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = 2;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.memory = v->memory;
    dynamics.tolerance = v->tolerance;
    TRY(fsnn_net_create(&net));
    TRY(fsnn_net_lif(net, NULL, fsnn_net_input(net, FSNN_SHAPE(NEURONS)), &lif));
    TRY(fsnn_net_wrap(net, &dynamics, &(fsnn_plan){.steps = chunk, .batch = 1}));
    return net;
}

/* `steps` more steps; the input repeats after CYCLE. */
static double feed(fsnn_net *net, const float *x, int64_t chunk, int64_t steps)
{
    double start = now();
    for (int64_t k = 0; k < steps; k += chunk) {
        const float *out;
        if (steps - k < chunk)
            TRY(fsnn_net_replan(net, &(fsnn_plan){.steps = steps - k, .batch = 1}));
        TRY(fsnn_net_forward(net, x + k % CYCLE * NEURONS, &out));
    }
    return now() - start;
}

static void measure(const variant *v, int64_t T, int64_t chunk, const float *x)
{
    int64_t activations, histories, parameters;
    fsnn_net *net = layer(v, chunk);
    double first = feed(net, x, chunk, (T - LAST) / chunk * chunk),
           late = feed(net, x, chunk, LAST);
    int64_t steps = (T - LAST) / chunk * chunk + LAST;
    TRY(fsnn_net_memory(net, &activations, &histories, &parameters));
    printf("{\"bench\": \"stream\", \"memory\": \"%s\", \"neurons\": %d, \"T\": %lld, \"chunk\": "
           "%lld, "
           "\"threads\": %d, \"isa\": \"%s\", \"ns_per_neuron_step\": %.3f, "
           "\"late_ns_per_neuron_step\": %.3f, \"history_bytes_per_neuron\": %.1f, \"seconds\": "
           "%.3f}\n",
           v->name, NEURONS, (long long)T, (long long)chunk, fsnn_threads(), fsnn_isa(),
           (first + late) / ((double)steps * NEURONS) * 1e9, late / ((double)LAST * NEURONS) * 1e9,
           (double)histories / NEURONS, first + late);
    fflush(stdout);
    fsnn_net_destroy(net);
}

int main(int argc, char **argv)
{
    bench_options o = bench_read(argc, argv, 1, "bench_stream [--threads N] [name ...]");
    float *x = numbers(CYCLE * NEURONS);
    for (size_t v = 0; v < sizeof variants / sizeof *variants; v++)
        for (size_t t = 0; t < sizeof lengths / sizeof *lengths; t++)
            for (size_t c = 0; c < sizeof chunks / sizeof *chunks; c++)
                if (lengths[t] <= variants[v].longest &&
                    bench_wanted(argc, argv, &o, variants[v].name))
                    measure(&variants[v], lengths[t], chunks[c], x);
    fsnn_free_array(x);
    return 0;
}

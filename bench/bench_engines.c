/* What sums the past quicker: lag by lag, or exponentials for what is far. A layer of 1,024 LIF
 * neurons, one forward in evaluation and one forward and backward in training, for run lengths T
 * and tolerances, by each engine and by `auto` in turns (frac/engine.c chooses). One JSON object a
 * line: medians in nanoseconds a neuron and step, and the ratio of `auto` to the better of the two.
 *
 *   bench_engines [--threads N] [--rounds N] [--clock processor] */
#include "measure.h"

enum { NEURONS = 1024, WAYS = 3 };
static const fsnn_engine engines[WAYS] = {FSNN_ENGINE_DIRECT, FSNN_ENGINE_EXPONENTIALS,
                                          FSNN_ENGINE_AUTO};
static const int64_t lengths[] = {64, 128, 192, 256, 320, 384, 512, 768, 1024, 2048, 4096};
static const double tolerances[] = {1e-3, 1e-5, 1e-7};

typedef struct layer {
    fsnn_net *training, *evaluation;
} layer;

static fsnn_net *wrapped(fsnn_engine engine, double tolerance, int64_t T, bool training)
{
    fsnn_net *net;
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = 2;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.tolerance = tolerance;
    dynamics.horizon = T;
    dynamics.engine = engine;
    TRY(fsnn_net_create(&net));
    TRY(fsnn_net_lif(net, NULL, fsnn_net_input(net, FSNN_SHAPE(NEURONS)), &lif));
    TRY(fsnn_net_wrap(
        net, &dynamics,
        &(fsnn_plan){
            .steps = T, .batch = 1, .training = training, .input_gradient = training, .seed = 1}));
    return net;
}

/* Seconds. */
static double run(const layer *l, const float *x, const float *g)
{
    double start = now();
    TRY(fsnn_net_reset(l->evaluation));
    TRY(fsnn_net_forward(l->evaluation, x, NULL));
    TRY(fsnn_net_reset(l->training));
    TRY(fsnn_net_forward(l->training, x, NULL));
    TRY(fsnn_net_backward(l->training, g, NULL));
    return now() - start;
}

static void measure(int64_t T, double tolerance, int rounds, const float *x, const float *g)
{
    static double time[WAYS][MAX_ROUNDS], ratio[MAX_ROUNDS];
    layer l[WAYS];
    fsnn_memory_form form;
    for (int way = 0; way < WAYS; way++)
        l[way] = (layer){wrapped(engines[way], tolerance, T, true),
                         wrapped(engines[way], tolerance, T, false)};
    TRY(fsnn_net_memory_form(l[WAYS - 1].training, 1, 0, &form));
    for (int i = -2; i < rounds; i++) {
        double t[WAYS];
        for (int way = 0; way < WAYS; way++)
            t[way] = run(&l[way], x, g);
        for (int way = 0; way < WAYS && i >= 0; way++)
            time[way][i] = t[way];
        if (i >= 0)
            ratio[i] = t[2] / (t[0] < t[1] ? t[0] : t[1]);
    }
    double scale = 1e9 / (double)(NEURONS * T), middle = median(ratio, rounds);
    printf("{\"bench\": \"engines\", \"T\": %lld, \"tolerance\": %g, \"threads\": %d, \"isa\": "
           "\"%s\", \"clock\": \"%s\", \"direct_ns\": %.3f, \"exponentials_ns\": %.3f, "
           "\"auto_ns\": %.3f, \"auto\": \"%s\", \"ratio\": %.3f, \"least_ratio\": %.3f, "
           "\"most_ratio\": %.3f}\n",
           (long long)T, tolerance, fsnn_threads(), fsnn_isa(), bench_clock_name(),
           median(time[0], rounds) * scale, median(time[1], rounds) * scale,
           median(time[2], rounds) * scale, form.exponentials ? "exponentials" : "direct", middle,
           ratio[0], ratio[rounds - 1]);
    fflush(stdout);
    for (int way = 0; way < WAYS; way++) {
        fsnn_net_destroy(l[way].training);
        fsnn_net_destroy(l[way].evaluation);
    }
}

int main(int argc, char **argv)
{
    bench_options o = bench_read(argc, argv, 7,
                                 "bench_engines [--threads N] [--rounds 1..101] [--clock "
                                 "wall|processor]");
    const int64_t longest = lengths[sizeof lengths / sizeof *lengths - 1];
    float *x = numbers(longest * NEURONS), *g = numbers(longest * NEURONS);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (size_t e = 0; e < sizeof tolerances / sizeof *tolerances; e++)
            measure(lengths[i], tolerances[e], o.rounds, x, g);
    fsnn_free_array(x);
    fsnn_free_array(g);
    return 0;
}

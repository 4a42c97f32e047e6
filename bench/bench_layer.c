/* What a full memory costs beside the layer that feeds it.
 *
 * Linear(n, n) -> LIF (Gruenwald-Letnikov, alpha 0.5, full memory), 16 samples, T = 500, forward
 * and backward (gradients of the weights and of the input), beside the same Linear alone and beside
 * its three bare matrix products, in turn in the same run. One JSON object a line, medians.
 *
 *   bench_layer [--threads N] [--rounds N] [n ...] */
#include "floor.h"
#include "measure.h"

enum { BATCH = 16, STEPS = 500 };

static const int64_t sizes[] = {256, 512, 1024};

static fsnn_net *network(int64_t n, int with_neurons)
{
    fsnn_net *net;
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = 2;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    TRY(fsnn_net_create(&net));
    int x = fsnn_net_linear(net, NULL, fsnn_net_input(net, FSNN_SHAPE(n)), n, true);
    TRY(with_neurons ? fsnn_net_lif(net, NULL, x, &lif) : x);
    TRY(fsnn_net_wrap(
        net, &dynamics,
        &(fsnn_plan){
            .steps = STEPS, .batch = BATCH, .training = true, .input_gradient = true, .seed = 1}));
    return net;
}

/* Seconds of forward and of backward. */
static void run(fsnn_net *net, const float *x, const float *gradient, double *seconds)
{
    const float *out, *gx;
    TRY(fsnn_net_reset(net));
    fsnn_net_zero_grad(net);
    double start = now();
    TRY(fsnn_net_forward(net, x, &out));
    double middle = now();
    TRY(fsnn_net_backward(net, gradient, &gx));
    seconds[0] = middle - start;
    seconds[1] = now() - middle;
}

static void measure(int64_t n, int rounds)
{
    static double time[6][MAX_ROUNDS]; /* layer, linear, bare: forward, backward */
    fsnn_net *layer = network(n, 1), *linear = network(n, 0);
    floor_list bare = {0};
    floor_product(&bare, STEPS * BATCH, n, n, 1);
    float *x = numbers(STEPS * BATCH * n), *gradient = numbers(STEPS * BATCH * n);
    for (int i = -1; i < rounds; i++) { /* one round to warm up */
        double t[6];
        run(layer, x, gradient, t);
        run(linear, x, gradient, t + 2);
        double start = now();
        floor_forward(&bare);
        t[4] = now() - start;
        floor_backward(&bare);
        t[5] = now() - start - t[4];
        for (int k = 0; k < 6 && i >= 0; k++)
            time[k][i] = t[k];
    }
    double m[6];
    for (int k = 0; k < 6; k++)
        m[k] = median(time[k], rounds);
    double both = m[0] + m[1], alone = m[2] + m[3], floor = m[4] + m[5];
    printf("{\"bench\": \"layer\", \"n\": %lld, \"T\": %d, \"batch\": %d, \"threads\": %d, "
           "\"isa\": \"%s\", \"rounds\": %d, \"forward_ms\": %.3f, \"backward_ms\": %.3f, "
           "\"linear_forward_ms\": %.3f, \"linear_backward_ms\": %.3f, \"bare_ms\": %.3f, "
           "\"forward_ratio\": %.3f, \"backward_ratio\": %.3f, \"ratio\": %.3f, \"bare_ratio\": "
           "%.3f}\n",
           (long long)n, STEPS, BATCH, fsnn_threads(), fsnn_isa(), rounds, m[0] * 1e3, m[1] * 1e3,
           m[2] * 1e3, m[3] * 1e3, floor * 1e3, m[0] / m[2], m[1] / m[3], both / alone,
           both / floor);
    fflush(stdout);
    free(x);
    free(gradient);
    floor_free(&bare);
    fsnn_net_destroy(layer);
    fsnn_net_destroy(linear);
}

int main(int argc, char **argv)
{
    bench_options o =
        bench_read(argc, argv, 11, "bench_layer [--threads N] [--rounds 1..101] [n ...]");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char name[32];
        snprintf(name, sizeof name, "%lld", (long long)sizes[i]);
        if (bench_wanted(argc, argv, &o, name))
            measure(sizes[i], o.rounds);
    }
    return 0;
}

/* What a recurrent layer costs beyond its products.
 *
 * N LIF neurons whose current is x_t + W s_{t-1}, batch 64, T = 100, forward and backward with all
 * gradients. Beside it: the same products made step by step by a network of one linear layer that
 * is called T times ("products"), and the layer without feedback behind that linear layer, all
 * steps at once ("no loop"). Rounds take turns, and the ratio is the median of the rounds' own. One
 * JSON object a line.
 *
 *   bench_loops [--threads N] [--rounds N] [--clock wall|processor] [name ...]
 *               names: euler full last16
 */
#include "measure.h"

enum { B = 64, T = 100 };

static const int64_t sizes[] = {128, 256, 512};

typedef struct variant {
    const char *name;
    double alpha;
    int64_t memory;
} variant;

static const variant variants[] = {{"euler", 1, 1}, {"last16", 0.7, 16}, {"full", 0.7, 0}};

typedef enum what { LOOP, PRODUCTS, NO_LOOP, WHATS } what;

static fsnn_net *make(what w, const variant *v, int64_t N)
{
    fsnn_net *net;
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = 2;
    fsnn_order order = fsnn_order_of(v->alpha);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.memory = v->memory;
    TRY(fsnn_net_create(&net));
    int x = fsnn_net_input(net, FSNN_SHAPE(N));
    if (w == LOOP)
        x = fsnn_net_add(
            net, "add", NULL,
            (int[]){x, fsnn_net_linear(net, "w", fsnn_net_delay(net, NULL, "s"), N, true)}, 2,
            NULL);
    else
        x = fsnn_net_linear(net, "w", x, N, true);
    if (w != PRODUCTS)
        x = fsnn_net_lif(net, "s", x, &lif);
    TRY(x);
    TRY(fsnn_net_wrap(
        net, &dynamics,
        &(fsnn_plan){
            .steps = w == PRODUCTS ? 1 : T, .batch = B, .training = true, .input_gradient = true}));
    return net;
}

static double run(fsnn_net *net, what w, int64_t N, const float *x)
{
    double start = now();
    int64_t steps = w == PRODUCTS ? 1 : T;
    TRY(fsnn_net_reset(net));
    for (int64_t k = 0; k < T; k += steps) {
        TRY(fsnn_net_forward(net, x + k * B * N, NULL));
        TRY(fsnn_net_backward(net, x + k * B * N, NULL));
    }
    return now() - start;
}

static void measure(const variant *v, int64_t N, int rounds)
{
    double time[WHATS][MAX_ROUNDS], ratio[MAX_ROUNDS];
    float *x = numbers((int64_t)T * B * N);
    fsnn_net *net[WHATS];
    for (int w = 0; w < WHATS; w++) {
        net[w] = make((what)w, v, N);
        run(net[w], (what)w, N, x);
    }
    for (int r = 0; r < rounds; r++) {
        for (int w = 0; w < WHATS; w++)
            time[w][r] = run(net[w], (what)w, N, x);
        ratio[r] = time[LOOP][r] / time[PRODUCTS][r];
    }
    printf(
        "{\"bench\": \"loops\", \"memory\": \"%s\", \"neurons\": %lld, \"batch\": %d, \"T\": %d, "
        "\"threads\": %d, \"isa\": \"%s\", \"clock\": \"%s\", \"loop_ms\": %.2f, \"products_ms\": "
        "%.2f, "
        "\"no_loop_ms\": %.2f, \"loop_to_products\": %.2f}\n",
        v->name, (long long)N, B, T, fsnn_threads(), fsnn_isa(), bench_clock_name(),
        1e3 * median(time[LOOP], rounds), 1e3 * median(time[PRODUCTS], rounds),
        1e3 * median(time[NO_LOOP], rounds), median(ratio, rounds));
    fflush(stdout);
    for (int w = 0; w < WHATS; w++)
        fsnn_net_destroy(net[w]);
    fsnn_free_array(x);
}

int main(int argc, char **argv)
{
    bench_options o =
        bench_read(argc, argv, 11,
                   "bench_loops [--threads N] [--rounds N] [--clock wall|processor] [name ...]");
    for (size_t v = 0; v < sizeof variants / sizeof *variants; v++)
        for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++)
            if (bench_wanted(argc, argv, &o, variants[v].name))
                measure(&variants[v], sizes[n], o.rounds);
    return 0;
}

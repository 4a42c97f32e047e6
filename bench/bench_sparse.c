/* Where adding event by event overtakes the dense product: Linear(in, out), forward and the
 * gradient of its weights, of many rows and few, for inputs of zeros and ones of several densities,
 * given as lists and as dense numbers that are no spikes. And where skipping the zeros of a
 * gradient does: both products backward, for gradients of several densities, by
 * FSNN_GRADIENTS=dense and sparse in turns. One JSON object a line, medians.
 *
 *   bench_sparse [--threads N] [--rounds N] [--clock processor] [spikes] [gradients] */
#include "measure.h"

enum { ROWS = 1024 };
static const int64_t rows_of[] = {4, 16, 32, 64, 128, ROWS};

static const struct {
    int64_t in, out;
} sizes[] = {{784, 10}, {784, 128}, {784, 512}, {784, 2560}, {2560, 10}, {2560, 512}};
static const double densities[] = {0.01, 0.05, 0.1, 0.2, 0.3, 0.5};

static void lists_of(const float *x, int64_t rows, int64_t in, int64_t *start, int32_t *count,
                     int32_t *index)
{
    int64_t total = 0;
    for (int64_t r = 0; r < rows; r++) {
        start[r] = total;
        for (int64_t i = 0; i < in; i++)
            if (x[r * in + i] != 0)
                index[total++] = (int32_t)i;
        count[r] = (int32_t)(total - start[r]);
    }
}

static void measure(int64_t rows, int64_t in, int64_t out, double density, int rounds)
{
    fsnn_net *net;
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    TRY(fsnn_net_create(&net));
    TRY(fsnn_net_linear(net, NULL, fsnn_net_input(net, FSNN_SHAPE(in)), out, true));
    TRY(fsnn_net_wrap(net, &dynamics,
                      &(fsnn_plan){.steps = 1, .batch = rows, .training = true, .seed = 1}));
    float *x = numbers(rows * in), *g = numbers(rows * out);
    for (int64_t i = 0; i < rows * in; i++)
        x[i] = x[i] < density ? 0.5f : 0; /* ones would be found, and added event by event */
    int64_t *start = malloc((size_t)rows * sizeof *start);
    int32_t *count = malloc((size_t)rows * sizeof *count),
            *index = malloc((size_t)(rows * in) * sizeof *index);
    static double time[4][MAX_ROUNDS];
    fsnn_spikes lists = {1, rows, in, start, count, index, NULL};
    lists_of(x, rows, in, start, count, index);
    for (int i = -2; i < rounds; i++) {
        double t[5];
        t[0] = now();
        TRY(fsnn_net_forward(net, x, NULL));
        t[1] = now();
        TRY(fsnn_net_backward(net, g, NULL));
        t[2] = now();
        TRY(fsnn_net_forward_spikes(net, &lists, NULL));
        t[3] = now();
        TRY(fsnn_net_backward(net, g, NULL));
        t[4] = now();
        for (int k = 0; k < 4 && i >= 0; k++)
            time[k][i] = t[k + 1] - t[k];
    }
    double m[4];
    for (int k = 0; k < 4; k++)
        m[k] = median(time[k], rounds);
    printf("{\"bench\": \"sparse\", \"in\": %lld, \"out\": %lld, \"rows\": %lld, \"density\": %g, "
           "\"threads\": %d, \"isa\": \"%s\", \"dense_forward_ms\": %.3f, \"dense_backward_ms\": "
           "%.3f, \"lists_forward_ms\": %.3f, \"lists_backward_ms\": %.3f, \"forward_ratio\": "
           "%.3f, \"backward_ratio\": %.3f}\n",
           (long long)in, (long long)out, (long long)rows, density, fsnn_threads(), fsnn_isa(),
           m[0] * 1e3, m[1] * 1e3, m[2] * 1e3, m[3] * 1e3, m[2] / m[0], m[3] / m[1]);
    fflush(stdout);
    fsnn_net_destroy(net);
    fsnn_free_array(x);
    fsnn_free_array(g);
    free(start);
    free(count);
    free(index);
}

/* ---- zeros of gradients ---- */

enum { DENSE, SPARSE, WAYS };
static const char *const ways[WAYS] = {"dense", "sparse"};

static fsnn_net *way_of(int64_t in, int64_t out, bool input, int way)
{
    fsnn_net *net;
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    TRY(fsnn_net_create(&net));
    TRY(fsnn_net_linear(net, NULL, fsnn_net_input(net, FSNN_SHAPE(in)), out, true));
    setenv("FSNN_GRADIENTS", ways[way], 1);
    TRY(fsnn_net_wrap(
        net, &dynamics,
        &(fsnn_plan){
            .steps = 1, .batch = ROWS, .training = true, .input_gradient = input, .seed = 1}));
    unsetenv("FSNN_GRADIENTS");
    return net;
}

static void measure_gradient(int64_t in, int64_t out, double density, bool input, int rounds)
{
    static double time[WAYS][MAX_ROUNDS], ratio[MAX_ROUNDS];
    fsnn_net *net[WAYS];
    float *x = numbers(ROWS * in), *g = numbers(ROWS * out);
    for (int64_t i = 0; i < ROWS * out; i++)
        g[i] = g[i] < density ? g[i] - 0.5f * (float)density : 0;
    for (int way = 0; way < WAYS; way++)
        net[way] = way_of(in, out, input, way);
    for (int i = -2; i < rounds; i++) {
        double t[WAYS];
        for (int way = 0; way < WAYS; way++) {
            TRY(fsnn_net_forward(net[way], x, NULL));
            double start = now();
            TRY(fsnn_net_backward(net[way], g, NULL));
            t[way] = now() - start;
        }
        for (int way = 0; way < WAYS && i >= 0; way++)
            time[way][i] = t[way];
        if (i >= 0)
            ratio[i] = t[SPARSE] / t[DENSE];
    }
    double middle = median(ratio, rounds);
    printf("{\"bench\": \"sparse\", \"gradients\": \"%s\", \"in\": %lld, \"out\": %lld, \"rows\": "
           "%d, \"density\": %g, \"threads\": %d, \"isa\": \"%s\", \"dense_ms\": %.3f, "
           "\"sparse_ms\": %.3f, \"ratio\": %.3f, \"least_ratio\": %.3f, \"most_ratio\": %.3f}\n",
           input ? "weights and input" : "weights", (long long)in, (long long)out, ROWS, density,
           fsnn_threads(), fsnn_isa(), median(time[DENSE], rounds) * 1e3,
           median(time[SPARSE], rounds) * 1e3, middle, ratio[0], ratio[rounds - 1]);
    fflush(stdout);
    for (int way = 0; way < WAYS; way++)
        fsnn_net_destroy(net[way]);
    fsnn_free_array(x);
    fsnn_free_array(g);
}

int main(int argc, char **argv)
{
    bench_options o =
        bench_read(argc, argv, 7,
                   "bench_sparse [--threads N] [--rounds 1..101] [--clock wall|processor] "
                   "[spikes] [gradients]");
    bool spikes = bench_wanted(argc, argv, &o, "spikes"),
         gradients = bench_wanted(argc, argv, &o, "gradients");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t d = 0; d < sizeof densities / sizeof *densities; d++) {
            for (size_t r = 0; spikes && r < sizeof rows_of / sizeof *rows_of; r++)
                measure(rows_of[r], sizes[i].in, sizes[i].out, densities[d], o.rounds);
            for (int input = 0; input < 2 && gradients && sizes[i].out >= 64; input++)
                measure_gradient(sizes[i].in, sizes[i].out, densities[d], input, o.rounds);
        }
    return 0;
}

/* Where adding event by event overtakes the dense convolution: conv1d and conv2d, forward and the
 * gradient of their weights, for inputs of zeros and ones of several densities. Each is measured
 * three times in turn: dense kernels alone, events alone (what FSNN_CONVOLUTION asks for), and as
 * it is chosen for the input. One JSON object a line, medians. In all three the input is brought
 * channels-last, and means over places follow, as the output of a network would be brought back.
 *
 *   bench_sparse_conv [--threads N] [--rounds N] [--clock processor] */
#include "measure.h"

static const struct {
    int64_t C, H, W, out, kernel, stride; /* H 1: a line */
} sizes[] = {
    {1, 28, 28, 32, 3, 1},  {2, 34, 34, 16, 3, 1},   {2, 34, 34, 32, 5, 1},
    {2, 64, 64, 32, 3, 1},  {1, 28, 28, 6, 5, 1},    {3, 32, 32, 64, 3, 1},
    {2, 32, 32, 64, 7, 2},  {2, 34, 34, 12, 5, 1},   {4, 16, 16, 32, 3, 1},
    {8, 16, 16, 16, 3, 1},  {8, 16, 16, 64, 3, 1},   {16, 17, 17, 32, 3, 1},
    {16, 16, 16, 64, 5, 1}, {32, 14, 14, 64, 3, 1},  {32, 14, 14, 64, 1, 1},
    {64, 8, 8, 128, 3, 1},  {64, 16, 16, 128, 1, 1}, {64, 16, 16, 64, 3, 2},
    {128, 8, 8, 128, 3, 1}, {32, 14, 14, 32, 5, 1},  {32, 28, 28, 32, 3, 1},
    {64, 7, 7, 10, 3, 1},   {6, 14, 14, 16, 5, 1},   {128, 8, 8, 256, 3, 2},
    {32, 28, 28, 64, 3, 2}, {1, 1, 128, 32, 5, 1},   {16, 1, 128, 32, 5, 1},
    {64, 1, 100, 64, 3, 1}, {12, 1, 250, 64, 7, 2},  {128, 1, 50, 128, 5, 1},
    {64, 1, 100, 64, 9, 1},
};
static const double densities[] = {0.01, 0.05, 0.1, 0.2, 0.35, 0.5};

enum { DENSE, EVENTS, CHOSEN, NETS, LEAST_ROWS = 64 };
static const char *const way[NETS] = {"dense", "events", NULL};

/* Images of a call: enough for some milliseconds, not more than 64 MiB of outputs. */
static int64_t rows_of(double work, double outputs)
{
    double rows = 6e8 / work < 16e6 / outputs ? 6e8 / work : 16e6 / outputs;
    return rows < LEAST_ROWS ? LEAST_ROWS : (int64_t)rows / LEAST_ROWS * LEAST_ROWS;
}

static fsnn_net *convolution(size_t i, int64_t *rows, int64_t *outputs)
{
    fsnn_net *net;
    int64_t k = sizes[i].kernel, s = sizes[i].stride;
    bool line = sizes[i].H == 1;
    TRY(fsnn_net_create(&net));
    fsnn_conv2d image = {sizes[i].out, {k, k}, {s, s}, {k / 2, k / 2}, {1, 1}, 1, true};
    fsnn_conv1d row = {sizes[i].out, k, s, k / 2, 1, 1, true};
    int x = line ? fsnn_net_input(net, FSNN_SHAPE(sizes[i].C, sizes[i].W))
                 : fsnn_net_input(net, FSNN_SHAPE(sizes[i].C, sizes[i].H, sizes[i].W));
    x = line ? fsnn_net_conv1d(net, NULL, x, &row) : fsnn_net_conv2d(net, NULL, x, &image);
    TRY(fsnn_net_mean(net, NULL, x, line ? FSNN_SHAPE(1) : FSNN_SHAPE(1, 2)));
    int64_t points = ((sizes[i].W - 1) / s + 1) * (line ? 1 : (sizes[i].H - 1) / s + 1);
    *outputs = points * sizes[i].out;
    *rows = rows_of((double)(*outputs * sizes[i].C * k * (line ? 1 : k)), (double)*outputs);
    return net;
}

static void measure(size_t i, double density, int rounds)
{
    fsnn_net *net[NETS];
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    int64_t rows = 0, outputs = 0, inputs = sizes[i].C * sizes[i].H * sizes[i].W, C = sizes[i].C,
            pixels = 0;
    for (int n = 0; n < NETS; n++) {
        net[n] = convolution(i, &rows, &outputs);
        if (way[n])
            setenv("FSNN_CONVOLUTION", way[n], 1);
        else
            unsetenv("FSNN_CONVOLUTION");
        TRY(fsnn_net_wrap(net[n], &dynamics,
                          &(fsnn_plan){.steps = 1, .batch = rows, .training = true, .seed = 1}));
    }
    float *x = numbers(rows * inputs), *g = numbers(rows * sizes[i].out);
    /* channels of a point are far apart in a plain image: any will do */
    for (int64_t p = 0; p < rows * inputs; p += C) {
        int busy = 0;
        for (int64_t c = 0; c < C; c++) {
            x[p + c] = x[p + c] < density ? 1 : 0;
            busy |= x[p + c] != 0;
        }
        pixels += busy;
    }
    static double time[2 * NETS][MAX_ROUNDS];
    for (int r = -1; r < rounds; r++)
        for (int n = 0; n < NETS; n++) {
            double start = now();
            TRY(fsnn_net_forward(net[n], x, NULL));
            double middle = now();
            TRY(fsnn_net_backward(net[n], g, NULL));
            if (r >= 0) {
                time[2 * n][r] = middle - start;
                time[2 * n + 1][r] = now() - middle;
            }
        }
    double m[2 * NETS];
    for (int k = 0; k < 2 * NETS; k++)
        m[k] = median(time[k], rounds) * 1e3;
    printf("{\"bench\": \"sparse_conv\", \"channels\": %lld, \"height\": %lld, \"width\": %lld, "
           "\"out\": %lld, \"kernel\": %lld, \"stride\": %lld, \"rows\": %lld, \"density\": %g, "
           "\"busy\": %.4f, \"threads\": %d, \"isa\": \"%s\", \"dense_forward_ms\": %.3f, "
           "\"dense_backward_ms\": %.3f, \"events_forward_ms\": %.3f, \"events_backward_ms\": "
           "%.3f, \"forward_ratio\": %.3f, \"backward_ratio\": %.3f, \"chosen_forward_ratio\": "
           "%.3f, \"chosen_backward_ratio\": %.3f}\n",
           (long long)C, (long long)sizes[i].H, (long long)sizes[i].W, (long long)sizes[i].out,
           (long long)sizes[i].kernel, (long long)sizes[i].stride, (long long)rows, density,
           (double)pixels * (double)C / (double)(rows * inputs), fsnn_threads(), fsnn_isa(), m[0],
           m[1], m[2], m[3], m[2] / m[0], m[3] / m[1], m[4] / m[0], m[5] / m[1]);
    fflush(stdout);
    for (int n = 0; n < NETS; n++)
        fsnn_net_destroy(net[n]);
    fsnn_free_array(x);
    fsnn_free_array(g);
}

int main(int argc, char **argv)
{
    bench_options o =
        bench_read(argc, argv, 5,
                   "bench_sparse_conv [--threads N] [--rounds 1..101] [--clock wall|processor]");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t d = 0; d < sizeof densities / sizeof *densities; d++)
            measure(i, densities[d], o.rounds);
    return 0;
}

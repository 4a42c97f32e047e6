/* Throughput of training steps beside the bare dense kernels.
 *
 * For each network and T: forward, forward+backward and the full step (loss and optimiser included)
 * of fsnn, and in the same run the floor: the matrix products or convolutions of the same shapes
 * alone, through the dense-kernel library, each in the layout it likes best. Rounds of all of them
 * are taken in turn and medians printed, one JSON object a line.
 *
 *   bench_step [--threads N] [--rounds N] [--clock wall|processor] [name ...]        names: mlp cnn */
#include "floor.h"
#include "measure.h"

enum { BATCH = 64, CLASSES = 10 };

/* ---- networks ---- */

static fsnn_neuron neuron(void)
{
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = 2.0;
    return lif;
}

static void mlp(fsnn_net *net)
{
    fsnn_neuron lif = neuron();
    int x = fsnn_net_flatten(net, NULL, fsnn_net_input(net, FSNN_SHAPE(1, 28, 28)));
    x = fsnn_net_lif(net, NULL, fsnn_net_linear(net, NULL, x, 2560, false), &lif);
    TRY(fsnn_net_lif(net, NULL, fsnn_net_linear(net, NULL, x, CLASSES, false), &lif));
}

static void mlp_floor(floor_list *f, int64_t rows)
{
    floor_product(f, rows, 2560, 784, false);
    floor_product(f, rows, CLASSES, 2560, true);
}

static void cnn(fsnn_net *net)
{
    fsnn_neuron lif = neuron();
    fsnn_conv2d conv;
    TRY(fsnn_kind_defaults("conv2d", &conv));
    conv.kernel[0] = conv.kernel[1] = 3;
    conv.padding[0] = conv.padding[1] = 1;
    conv.out = 32;
    int x = fsnn_net_input(net, FSNN_SHAPE(1, 28, 28));
    x = fsnn_net_lif(net, NULL, fsnn_net_conv2d(net, NULL, x, &conv), &lif);
    x = fsnn_net_maxpool(net, NULL, x, 2);
    conv.out = 64;
    x = fsnn_net_lif(net, NULL, fsnn_net_conv2d(net, NULL, x, &conv), &lif);
    x = fsnn_net_flatten(net, NULL, fsnn_net_maxpool(net, NULL, x, 2));
    x = fsnn_net_lif(net, NULL, fsnn_net_linear(net, NULL, x, 128, true), &lif);
    TRY(fsnn_net_lif(net, NULL, fsnn_net_linear(net, NULL, x, CLASSES, true), &lif));
}

static void cnn_floor(floor_list *f, int64_t rows)
{
    floor_convolution(f, rows, 1, 28, 32, false);
    floor_convolution(f, rows, 32, 14, 64, true);
    floor_product(f, rows, 128, 64 * 49, true);
    floor_product(f, rows, CLASSES, 128, true);
}

typedef struct workload {
    const char *name;
    void (*build)(fsnn_net *net);
    void (*floor)(floor_list *f, int64_t rows);
    int64_t steps[4]; /* ended by 0 */
} workload;

static const workload workloads[] = {
    {"mlp", mlp, mlp_floor, {4, 16, 64}},
    {"cnn", cnn, cnn_floor, {4, 16}},
};

/* ---- measurement ---- */

typedef struct run {
    fsnn_net *net;
    fsnn_optimizer *optimizer;
    fsnn_training training;
    int64_t T;
    float *x, *gradient;
    int32_t labels[BATCH];
} run;

static void forward(run *r, const float **out)
{
    TRY(fsnn_net_reset(r->net));
    TRY(fsnn_net_forward(r->net, r->x, out));
}

static void forward_backward(run *r)
{
    const float *out;
    double value;
    forward(r, &out);
    TRY(fsnn_loss_compute(&r->training.loss, r->T, BATCH, CLASSES, out, r->labels, NULL,
                          r->gradient, &value, NULL));
    fsnn_net_zero_grad(r->net);
    TRY(fsnn_net_backward(r->net, r->gradient, NULL));
}

static void open_run(run *r, const workload *w, int64_t T)
{
    memset(r, 0, sizeof *r);
    r->T = T;
    r->training = fsnn_training_default();
    TRY(fsnn_net_create(&r->net));
    w->build(r->net);
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    TRY(fsnn_net_wrap(r->net, &dynamics,
                      &(fsnn_plan){.steps = T, .batch = BATCH, .training = true, .seed = 1}));
    TRY(fsnn_optimizer_create(r->net, &r->training.optimizer, &r->optimizer));
    int64_t n = T * BATCH * 784;
    r->x = malloc((size_t)n * sizeof(float));
    r->gradient = malloc((size_t)(T * BATCH * CLASSES) * sizeof(float));
    srand(1);
    for (int64_t i = 0; i < n; i++)
        r->x[i] = (float)rand() / (float)RAND_MAX;
    for (int i = 0; i < BATCH; i++)
        r->labels[i] = rand() % CLASSES;
}

static void close_run(run *r)
{
    fsnn_optimizer_destroy(r->optimizer);
    fsnn_net_destroy(r->net);
    free(r->x);
    free(r->gradient);
}

static void measure(const workload *w, int64_t T, int rounds)
{
    run r;
    floor_list f = {0};
    const float *out;
    static double time[5][MAX_ROUNDS];
    open_run(&r, w, T);
    w->floor(&f, T * BATCH);
    for (int i = -2; i < rounds; i++) { /* two rounds to warm up */
        double t[6];
        t[0] = now();
        forward(&r, &out);
        t[1] = now();
        forward_backward(&r);
        t[2] = now();
        forward_backward(&r);
        TRY(fsnn_optimizer_step(r.optimizer, 1e-3, 0, NULL));
        t[3] = now();
        floor_forward(&f);
        t[4] = now();
        floor_backward(&f);
        t[5] = now();
        for (int k = 0; k < 5 && i >= 0; k++)
            time[k][i] = t[k + 1] - t[k];
    }
    double fwd = median(time[0], rounds), both = median(time[1], rounds),
           step = median(time[2], rounds);
    double bare_fwd = median(time[3], rounds), bare = bare_fwd + median(time[4], rounds);
    printf("{\"bench\": \"step\", \"net\": \"%s\", \"T\": %lld, \"batch\": %d, \"threads\": %d, "
           "\"isa\": \"%s\", \"rounds\": %d, \"clock\": \"%s\", \"forward_ms\": %.3f, "
           "\"forward_backward_ms\": %.3f, "
           "\"step_ms\": %.3f, \"bare_forward_ms\": %.3f, \"bare_ms\": %.3f, "
           "\"forward_ratio\": %.3f, \"forward_backward_ratio\": %.3f, \"step_ratio\": %.3f, "
           "\"bare_gflops\": %.0f, \"samples_per_second\": %.0f}\n",
           w->name, (long long)T, BATCH, fsnn_threads(), fsnn_isa(), rounds, bench_clock_name(),
           fwd * 1e3, both * 1e3, step * 1e3, bare_fwd * 1e3, bare * 1e3, fwd / bare_fwd,
           both / bare, step / bare, f.flops / bare * 1e-9, BATCH / step);
    fflush(stdout);
    floor_free(&f);
    close_run(&r);
}

int main(int argc, char **argv)
{
    bench_options o = bench_read(
        argc, argv, 21,
        "bench_step [--threads N] [--rounds 1..101] [--clock wall|processor] [mlp] [cnn]");
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++)
        for (int t = 0; workloads[i].steps[t] && bench_wanted(argc, argv, &o, workloads[i].name);
             t++)
            measure(&workloads[i], workloads[i].steps[t], o.rounds);
    return 0;
}

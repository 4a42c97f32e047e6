/* bench/suite/suite_precision.c: products in bfloat16 and of 8 bits, beside float32. */
#include "bench/suite/suite_networks.h"

/* The step of a network in bfloat16 beside its float32 dense kernels, and beside itself in
 * float32. */
static void step_of(const bench *b, const bench_network *w, int64_t T, double aim)
{
    bench_net low, full;
    floor_list floor = {0};
    char what[72];
    bench_net_open(&low, w->build(), 0.5, T, BENCH_BATCH, false, BENCH_NUMBERS);
    bench_net_open(&full, w->build(), 0.5, T, BENCH_BATCH, false, BENCH_NUMBERS);
    bench_net_products(&low, FSNN_PRODUCTS_BF16);
    w->floor(&floor, T * BENCH_BATCH, T * BENCH_BATCH);
    bench_part part[] = {{.run = bench_net_step, .of = &low},
                         {.run = bench_floor_both, .of = &floor},
                         {.run = bench_net_step, .of = &full}};
    int rounds = bench_measure(b, part, CLI_COUNT(part));
    snprintf(what, sizeof what, "%s, T %lld, training step, bf16", w->name, (long long)T);
    bench_put_parts(b, "precision", what, &low, w->neurons, rounds, &part[0],
                    floor_there ? &part[1] : NULL, "dense kernels", aim);
    bench_put_parts(b, "precision", what, &low, w->neurons, rounds, &part[0], &part[2],
                    "the same in float32", 0);
    floor_free(&floor);
    bench_net_close(&low);
    bench_net_close(&full);
}

static void layer_of(const bench *b, int64_t n, double aim)
{
    enum { T = 500, BATCH = 16 };
    bench_net low, alone, full;
    char what[72];
    bench_net_open(&low, bench_net_layer(n, true), 0.5, T, BATCH, true, BENCH_NUMBERS);
    bench_net_open(&full, bench_net_layer(n, true), 0.5, T, BATCH, true, BENCH_NUMBERS);
    bench_net_open(&alone, bench_net_layer(n, false), 0.5, T, BATCH, true, BENCH_NUMBERS);
    bench_net_products(&low, FSNN_PRODUCTS_BF16);
    bench_part part[] = {{.run = bench_net_both, .of = &low},
                         {.run = bench_net_both, .of = &alone},
                         {.run = bench_net_both, .of = &full}};
    int rounds = bench_measure(b, part, CLI_COUNT(part));
    snprintf(what, sizeof what, "layer, n %lld, forward + backward, bf16", (long long)n);
    bench_put_parts(b, "precision", what, &low, n, rounds, &part[0], &part[1], "linear alone", aim);
    bench_put_parts(b, "precision", what, &low, n, rounds, &part[0], &part[2],
                    "the same in float32", 0);
    bench_net_close(&low);
    bench_net_close(&full);
    bench_net_close(&alone);
}

static void run_bf16(const bench *b)
{
    if (fsnn_products_check(FSNN_PRODUCTS_BF16) < 0) {
        cli_warn("no rows of bf16: %s", fsnn_error_text());
        return;
    }
    step_of(b, &bench_mlp_network, 16, 0.7);
    step_of(b, &bench_cnn_network, b->quick ? 4 : 16, 0.95);
    layer_of(b, 256, 1.3);
}

/* ---- int8 ---- */

static fsnn_net *one_linear(void)
{
    fsnn_net *net;
    bench_try(fsnn_net_create(&net));
    bench_try(fsnn_net_linear(net, NULL, fsnn_net_input(net, FSNN_SHAPE(784)), 2560, true));
    return net;
}

static fsnn_net *one_convolution(void)
{
    fsnn_net *net;
    fsnn_conv2d o;
    bench_try(fsnn_kind_defaults("conv2d", &o));
    o.out = 64;
    o.kernel[0] = o.kernel[1] = 3;
    o.padding[0] = o.padding[1] = 1;
    bench_try(fsnn_net_create(&net));
    bench_try(fsnn_net_conv2d(net, NULL, fsnn_net_input(net, FSNN_SHAPE(32, 14, 14)), &o));
    return net;
}

typedef struct int8_case {
    const char *what;
    fsnn_net *(*build)(void);
    double share, aim; /* of spikes in the input */
} int8_case;

static void int8_of(const bench *b, const int8_case *of)
{
    enum { T = 16 };
    bench_net low, full;
    char what[72];
    bench_net_open_forward(&low, of->build(), T, of->share, FSNN_PRODUCTS_INT8);
    bench_net_open_forward(&full, of->build(), T, of->share, FSNN_PRODUCTS_FULL);
    bench_part part[] = {{.run = bench_net_forward, .of = &low},
                         {.run = bench_net_forward, .of = &full}};
    int rounds = bench_measure(b, part, CLI_COUNT(part));
    snprintf(what, sizeof what, "%s, %g %% spikes, int8", of->what, 100 * of->share);
    bench_put_parts(b, "precision", what, &low, 0, rounds, &part[0], &part[1],
                    "the same in float32", of->aim);
    bench_net_close(&low);
    bench_net_close(&full);
}

static void run_precision(bench *b)
{
    static const int8_case of[] = {{"linear 784 -> 2560", one_linear, 0.5, 0.35},
                                   {"linear 784 -> 2560", one_linear, 0.1, 0},
                                   {"linear 784 -> 2560", one_linear, 0.02, 0},
                                   {"conv 32 -> 64 of 14 x 14", one_convolution, 0.5, 0.35},
                                   {"conv 32 -> 64 of 14 x 14", one_convolution, 0.1, 0},
                                   {"mlp, T 16, forward", bench_build_mlp, 0.1, 0},
                                   {"cnn, T 16, forward", bench_build_cnn, 0.1, 0}};
    run_bf16(b);
    for (int i = 0; i < CLI_COUNT(of); i++)
        int8_of(b, &of[i]);
}

const bench_workload bench_precision = {
    "precision",
    "training steps in bf16 beside their dense kernels and float32; spikes through layers and "
    "networks in int8 beside float32",
    run_precision, false};

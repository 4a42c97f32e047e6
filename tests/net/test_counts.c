/* Spike counts of each neuron are the sums of the recorded spikes, images with channels last in
 * memory included. */
#include "nets.h"

enum { K = 9, B = 2, C = 5, SIDE = 6, N = C * SIDE * SIDE, FLAT = 7 };

static fsnn_net *build(void)
{
    fsnn_net *net = net_new();
    fsnn_conv2d conv = square_conv(C, 3, 1);
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_neuron cell = FSNN_NEURON_DEFAULT;
    cell.threshold.value = 0.1;
    cell.tau.value = 2;
    int x = fsnn_net_conv2d(net, "conv", fsnn_net_input(net, FSNN_SHAPE(2, SIDE, SIDE)), &conv);
    x = fsnn_net_lif(net, "images", x, &cell);
    x = fsnn_net_linear(net, "fc", fsnn_net_flatten(net, NULL, x), FLAT, true);
    VALID(fsnn_net_lif(net, "flat", x, &cell));
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = K, .batch = B, .record = true, .seed = 3}));
    return net;
}

static void counts_are_sums(void **state)
{
    (void)state;
    static const char *const layer[] = {"images", "flat"};
    static float x[K * B * 2 * SIDE * SIDE], spikes[K * B * N];
    int64_t sum[2][N] = {0}, got[N], most;
    fsnn_net *net = build();
    GOOD(fsnn_net_forward(net, x, NULL)); /* not counted */
    GOOD(fsnn_net_count_spikes(net, true));
    for (int call = 0; call < 3; call++) {
        for (int i = 0; i < (int)(sizeof x / sizeof *x); i++)
            x[i] = (float)fsnn_random_normal(4, (uint64_t)call, (uint64_t)i);
        GOOD(fsnn_net_forward(net, x, NULL));
        for (int l = 0; l < 2; l++) {
            int n = l ? FLAT : N;
            GOOD(fsnn_net_read(net, fsnn_net_node_find(net, layer[l]), FSNN_RECORD_SPIKES, spikes));
            for (int i = 0; i < K * B * n; i++)
                sum[l][i % n] += spikes[i] != 0;
        }
    }
    for (int l = 0; l < 2; l++) {
        int64_t total = 0;
        int n = l ? FLAT : N, node = fsnn_net_node_find(net, layer[l]);
        GOOD(fsnn_net_spike_counts(net, node, got, &most));
        assert_int_equal(most, 3 * K * B);
        assert_memory_equal(got, sum[l], sizeof(int64_t) * (size_t)n);
        for (int i = 0; i < n; i++)
            total += got[i];
        assert_true(total > 0 && total < most * n);
    }
    FAILS(fsnn_net_spike_counts(net, 0, got, NULL), FSNN_EARGUMENT);
    GOOD(fsnn_net_count_spikes(net, false));
    FAILS(fsnn_net_spike_counts(net, fsnn_net_node_find(net, "flat"), got, NULL), FSNN_ESTATE);
    fsnn_net_destroy(net);
    GOOD(fsnn_net_create(&net));
    FAILS(fsnn_net_count_spikes(net, true), FSNN_ESTATE);
    fsnn_net_destroy(net);
}

/* What each node costs, against what the recorded spikes and the lengths of the sums say. */
static void accounts(void **state)
{
    (void)state;
    static float x[K * B * 2 * SIDE * SIDE], spikes[K * B * N];
    fsnn_net *net = build();
    fsnn_account conv, images, fc, flat;
    FAILS(fsnn_net_account(net, 1, &conv), FSNN_ESTATE);
    GOOD(fsnn_net_count_spikes(net, true));
    double ones = 0;
    for (int call = 0; call < 2; call++) {
        GOOD(fsnn_net_reset(net));
        for (int i = 0; i < (int)(sizeof x / sizeof *x); i++)
            x[i] = (float)fsnn_random_normal(5, (uint64_t)call, (uint64_t)i);
        GOOD(fsnn_net_forward(net, x, NULL));
        GOOD(fsnn_net_read(net, fsnn_net_node_find(net, "images"), FSNN_RECORD_SPIKES, spikes));
        for (int i = 0; i < K * B * N; i++)
            ones += spikes[i] == 1;
    }
    GOOD(fsnn_net_account(net, fsnn_net_node_find(net, "conv"), &conv));
    GOOD(fsnn_net_account(net, fsnn_net_node_find(net, "images"), &images));
    GOOD(fsnn_net_account(net, fsnn_net_node_find(net, "fc"), &fc));
    GOOD(fsnn_net_account(net, fsnn_net_node_find(net, "flat"), &flat));
    assert_false(conv.spikes);
    assert_true(conv.dense > 0 && conv.multiply_adds == conv.dense && conv.additions == 0);
    assert_true(fc.spikes && fc.dense == (double)N * FLAT && fc.multiply_adds == 0);
    assert_float_equal(fc.rate, ones / (2.0 * K * B * N), 1e-12);
    assert_float_equal(fc.additions, ones / (2.0 * K * B) * FLAT, 1e-9 * fc.dense);
    /* full memory: output o sums over the o states before it */
    assert_float_equal(images.memory, (double)N * (K + 1) / 2, 1e-9);
    assert_float_equal(flat.memory, (double)FLAT * (K + 1) / 2, 1e-9);
    assert_true(images.dense == 0 && images.additions == 0);
    FAILS(fsnn_net_account(net, 99, &conv), FSNN_EARGUMENT);
    fsnn_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts_are_sums),
                                       cmocka_unit_test(accounts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

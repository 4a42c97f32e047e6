/* Input as lists of spikes: the numbers that dense input gives, but for rounding, in outputs and
 * all gradients, whatever reads the input; in segments of time; the same bits for any number of
 * threads. */
#include "nets.h"

enum { T = 20, B = 13, N = 90, ROWS = T * B };

/* Lists in the order of samples, not of rows, as loaders make them; some are empty. */
typedef struct lists {
    int64_t start[ROWS];
    int32_t count[ROWS], index[ROWS * N];
    float value[ROWS * N], dense[ROWS * N];
    fsnn_spikes s;
} lists;

static void fill(lists *l, bool values, double rate)
{
    int64_t used = 0;
    memset(l, 0, sizeof *l);
    for (int b = 0; b < B; b++)
        for (int k = 0; k < T; k++) {
            int r = k * B + b;
            l->start[r] = used;
            for (int i = 0; i < N; i++) {
                if (fsnn_random_uniform(5, 1, (uint64_t)(r * N + i)) >= (r % 7 == 3 ? 0 : rate))
                    continue;
                l->index[used] = i;
                l->value[used] = values ? (float)fsnn_random_normal(5, 2, (uint64_t)used) : 1;
                l->dense[r * N + i] = l->value[used++];
            }
            l->count[r] = (int32_t)(used - l->start[r]);
        }
    l->s = (fsnn_spikes){T, B, N, l->start, l->count, l->index, values ? l->value : NULL};
    GOOD(fsnn_spikes_check(&l->s));
    assert_int_equal(fsnn_spikes_total(&l->s), used);
}

/* What reads the input: linear alone; an image made flat; two layers that take lists and one that
 * cannot; a neuron. */
typedef enum reader { LINEAR, FLAT, MIXED, NEURON, READERS } reader;

static fsnn_net *build(reader kind, int64_t out)
{
    fsnn_net *net = net_new();
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau = (fsnn_value){.value = 3, .learn = true};
    int x = fsnn_net_input(net, kind == FLAT ? FSNN_SHAPE(2, 5, 9) : FSNN_SHAPE(N)), y = x;
    if (kind == FLAT)
        y = fsnn_net_flatten(net, NULL, x);
    if (kind == NEURON)
        y = fsnn_net_lif(net, NULL, x, &lif);
    y = fsnn_net_linear(net, "a", y, out, true);
    if (kind == MIXED) {
        int other = fsnn_net_linear(net, "b", x, out, false);
        fsnn_batchnorm o;
        fsnn_kind_defaults("batchnorm", &o);
        o.per_step = true;
        int norm = fsnn_net_add(net, "batchnorm", "bn", &x, 1, &o);
        norm = fsnn_net_linear(net, "c", norm, out, false);
        y = fsnn_net_add(net, "add", NULL, (int[]){y, other, norm}, 3, NULL);
    }
    VALID(fsnn_net_lif(net, "lif", y, &lif));
    return net;
}

typedef struct result {
    float out[ROWS * 520], gradient[520 * (N + 1) * 3 + N * 2 + 8], input[ROWS * N];
    int64_t count;
} result;

static void run(const lists *l, reader kind, int64_t out, int64_t segment, bool sparse, result *r)
{
    static float g[ROWS * 520];
    const float *y, *gx;
    fsnn_net *net = build(kind, out);
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = T,
                      .batch = B,
                      .training = true,
                      .smooth = true,
                      .input_gradient = true,
                      .checkpoint = segment,
                      .seed = 4};
    GOOD(fsnn_net_wrap(net, &d, &plan));
    for (int64_t i = 0; i < ROWS * out; i++)
        g[i] = (float)fsnn_random_normal(5, 3, (uint64_t)i);
    GOOD(sparse ? fsnn_net_forward_spikes(net, &l->s, &y) : fsnn_net_forward(net, l->dense, &y));
    memset(r, 0, sizeof *r);
    memcpy(r->out, y, (size_t)(ROWS * out) * sizeof *y);
    GOOD(fsnn_net_backward(net, g, &gx));
    memcpy(r->input, gx, sizeof r->input);
    for (int p = 0; p < fsnn_net_param_count(net); p++) {
        const fsnn_param *param = fsnn_net_param(net, p);
        int64_t n = fsnn_shape_count(&param->shape);
        if (param->learn)
            memcpy(r->gradient + r->count, param->grad, (size_t)n * sizeof(float));
        r->count += param->learn ? n : 0;
    }
    assert_true(r->count <= FSNN_COUNT(r->gradient));
    fsnn_net_destroy(net);
}

static result one, other;
static lists l;

static void compare(reader kind, int64_t out, int64_t segment)
{
    run(&l, kind, out, segment, true, &one);
    run(&l, kind, out, segment, false, &other);
    assert_int_equal(one.count, other.count);
    CLOSE("output", one.out, other.out, ROWS * out, 2e-5);
    CLOSE("gradient", one.gradient, other.gradient, one.count, 1e-4);
    CLOSE("input gradient", one.input, other.input, ROWS * N, 1e-4);
}

static void widths(void **state)
{
    (void)state;
    static const int64_t out[] = {1, 7, 8, 9, 16, 31, 33, 64, 70, 130, 512};
    for (int values = 0; values < 2; values++) {
        fill(&l, values, 0.15);
        for (int i = 0; i < FSNN_COUNT(out); i++)
            compare(LINEAR, out[i], 0);
    }
}

static void readers(void **state)
{
    (void)state;
    fill(&l, false, 0.3);
    for (reader kind = LINEAR; kind < READERS; kind++)
        for (int64_t segment = 0; segment <= 7; segment += 7) /* 20 steps in 7, 7 and 6 */
            compare(kind, 11, segment);
}

static void threads(void **state)
{
    (void)state;
    int before = fsnn_threads();
    fill(&l, true, 0.2);
    GOOD(fsnn_threads_set(1));
    run(&l, LINEAR, 70, 0, true, &one);
    GOOD(fsnn_threads_set(3));
    run(&l, LINEAR, 70, 0, true, &other);
    GOOD(fsnn_threads_set(before));
    assert_memory_equal(one.out, other.out, sizeof one.out);
    assert_memory_equal(one.gradient, other.gradient, sizeof one.gradient);
}

static void what_is_refused(void **state)
{
    (void)state;
    fsnn_net *net = build(LINEAR, 3);
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = T, .batch = B};
    const float *y;
    fill(&l, false, 0.2);
    FAILS(fsnn_net_forward_spikes(net, &l.s, &y), FSNN_ESTATE);
    GOOD(fsnn_net_wrap(net, &d, &plan));
    FAILS(fsnn_net_forward_spikes(net, NULL, &y), FSNN_EARGUMENT);
    l.s.width = N - 1;
    REFUSED(fsnn_net_forward_spikes(net, &l.s, &y), FSNN_ESHAPE,
            "89 elements, but the net is planned for 20, 13 and 90");
    l.s.width = 5;
    REFUSED(fsnn_spikes_check(&l.s), FSNN_EARGUMENT, "elements are 0 to 4 and increase");
    l.count[4] = -1;
    FAILS(fsnn_spikes_check(&l.s), FSNN_EARGUMENT);
    FAILS(fsnn_spikes_check(NULL), FSNN_EARGUMENT);
    fsnn_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths),
        cmocka_unit_test(readers),
        cmocka_unit_test(threads),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests_name("net/spikes", tests, NULL, NULL);
}

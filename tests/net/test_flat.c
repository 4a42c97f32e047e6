/* Parameters as one array, in the caller's memory, and results there. */
#include "nets.h"

enum { K = 6, B = 4, IN = 5, OUT = 3 };

/* conv -> layernorm -> lif -> linear -> lif: images channels-last inside, plain outside. */
static fsnn_net *image_net(fsnn_precision precision, const fsnn_plan *plan)
{
    fsnn_net *net = net_new();
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.learn = true;
    fsnn_conv2d conv = square_conv(2, 3, 1);
    int x = (int)VALID(fsnn_net_input(net, FSNN_SHAPE(1, IN, IN)));
    x = fsnn_net_conv2d(net, "conv", x, &conv);
    x = fsnn_net_layernorm(net, "norm", x, 0);
    x = fsnn_net_lif(net, "lif1", x, &lif);
    x = fsnn_net_linear(net, "fc", fsnn_net_flatten(net, NULL, x), OUT, true);
    VALID(fsnn_net_lif(net, "lif2", x, &lif));
    fsnn_order order = fsnn_order_of(0.6);
    order.learn_alpha = true;
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.precision = precision;
    GOOD(fsnn_net_wrap(net, &d, plan));
    return net;
}

static const fsnn_plan training = {
    .steps = K, .batch = B, .training = true, .input_gradient = true, .seed = 4};

static void noise(float *x, int n, uint64_t seed)
{
    for (int i = 0; i < n; i++)
        x[i] = 3 * fsnn_random_uniform(seed, 0, (uint64_t)i) - 0.5f;
}

/* Every number of every parameter lies in the array, what is left over is 0; clearing it clears
 * all. */
static void one_array(void **state)
{
    (void)state;
#ifdef FSNN_HAVE_DOUBLE
    const int precisions = 2;
#else
    const int precisions = 1;
#endif
    for (int wide = 0; wide < precisions; wide++) {
        CASE("%s", wide ? "double" : "single");
        fsnn_net *net = image_net(wide ? FSNN_PRECISION_DOUBLE : FSNN_PRECISION_SINGLE, &training);
        fsnn_flat flat;
        GOOD(fsnn_net_flat(net, &flat));
        assert_int_equal(!flat.value, wide);
        assert_int_equal(!flat.value64, !wide);
        bool *seen = calloc((size_t)flat.count, 1);
        assert_non_null(seen);
        for (int i = 0; i < fsnn_net_param_count(net); i++) {
            const fsnn_param *p = fsnn_net_param(net, i);
            int64_t at = wide ? p->value64 - flat.value64 : p->value - flat.value;
            assert_int_equal(wide ? p->grad64 - flat.grad64 : p->grad - flat.grad, at);
            assert_int_equal(at % (wide ? 8 : 16), 0);
            for (int64_t n = 0; n < fsnn_shape_count(&p->shape); n++) {
                assert_true(at + n < flat.count && !seen[at + n]);
                seen[at + n] = true;
            }
        }
        for (int64_t n = 0; n < flat.count; n++)
            if (!seen[n]) {
                assert_true((wide ? flat.value64[n] : flat.value[n]) == 0);
                assert_true((wide ? flat.grad64[n] : flat.grad[n]) == 0);
            }
        free(seen);
        fsnn_net_destroy(net);
    }
    fsnn_net *net = net_new();
    fsnn_flat flat;
    REFUSED(fsnn_net_flat(net, &flat), FSNN_ESTATE, "fsnn_net_wrap");
    fsnn_net_destroy(net);
}

enum { X = K * B * IN * IN, Y = K * B * OUT };

/* The same bits as without, whatever the plan. */
static void results_in_place(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t checkpoint;
        bool still;
    } plans[] = {{"plain", 0, false}, {"segments", 2, false}, {"still", 0, true}};
    static float x[X], gy[Y], y[Y], gx[X];
    noise(x, X, 1);
    noise(gy, Y, 2);
    for (int i = 0; i < (int)FSNN_COUNT(plans); i++) {
        CASE("%s", plans[i].name);
        fsnn_plan plan = training;
        plan.checkpoint = plans[i].checkpoint;
        plan.still = plans[i].still;
        size_t in = sizeof x / (plan.still ? K : 1);
        fsnn_net *a = image_net(FSNN_PRECISION_SINGLE, &plan);
        fsnn_net *b = image_net(FSNN_PRECISION_SINGLE, &plan);
        const float *out, *back;
        for (int round = 0; round < 2; round++) {
            GOOD(fsnn_net_forward(a, x, &out));
            GOOD(fsnn_net_forward_into(b, x, y));
            assert_memory_equal(y, out, sizeof y);
            GOOD(fsnn_net_backward(a, gy, &back));
            GOOD(fsnn_net_backward_into(b, gy, gx));
            assert_memory_equal(gx, back, in);
        }
        for (int p = 0; p < fsnn_net_param_count(a); p++) {
            const fsnn_param *pa = fsnn_net_param(a, p), *pb = fsnn_net_param(b, p);
            CASE("%s", pa->name);
            size_t bytes = (size_t)fsnn_shape_count(&pa->shape) * sizeof(float);
            assert_memory_equal(pa->value, pb->value, bytes);
            assert_memory_equal(pa->grad, pb->grad, bytes);
        }
        REFUSED(fsnn_net_forward_into(b, x, NULL), FSNN_EARGUMENT, "no place for the output");
        REFUSED(fsnn_net_forward_into(b, x, x), FSNN_EARGUMENT, "overlap");
        REFUSED(fsnn_net_forward_into(b, x, x + in / sizeof *x - 1), FSNN_EARGUMENT, "overlap");
        GOOD(fsnn_net_forward_into(b, x, y));
        REFUSED(fsnn_net_backward_into(b, gy, gy), FSNN_EARGUMENT, "overlap");
        REFUSED(fsnn_net_backward_into(b, gy, x), FSNN_EARGUMENT, "overlap");
        REFUSED(fsnn_net_backward_into(b, gy, x + in / sizeof *x - 1), FSNN_EARGUMENT, "overlap");
        if (!plan.checkpoint) /* whose output is copied */
            REFUSED(fsnn_net_backward_into(b, gy, y), FSNN_EARGUMENT, "overlap");
        GOOD(fsnn_net_backward_into(b, gy, gx));
        fsnn_net_destroy(a);
        fsnn_net_destroy(b);
    }
}

/* What backward and reads take of the last forward is gone after a reset, and of other parameters
 * after a change. */
static void stale(void **state)
{
    (void)state;
    static float x[X], gy[Y], y[Y], v[K * B * 2 * IN * IN];
    fsnn_plan plan = training;
    plan.record = true;
    noise(x, X, 1);
    noise(gy, Y, 2);
    fsnn_net *net = image_net(FSNN_PRECISION_SINGLE, &plan);
    int lif = (int)VALID(fsnn_net_node_find(net, "lif1"));
    GOOD(fsnn_net_forward_into(net, x, y));
    GOOD(fsnn_net_read(net, lif, FSNN_RECORD_V, v));
    GOOD(fsnn_net_reset(net));
    REFUSED(fsnn_net_read(net, lif, FSNN_RECORD_V, v), FSNN_ESTATE, "since the last reset");
    REFUSED(fsnn_net_backward(net, gy, NULL), FSNN_ESTATE, "no reset between");
    GOOD(fsnn_net_forward_into(net, x, y));
    fsnn_net_param_find(net, "lif1.tau")->value[0] = 5;
    GOOD(fsnn_net_params_changed(net));
    REFUSED(fsnn_net_backward(net, gy, NULL), FSNN_ESTATE, "parameters changed");
    GOOD(fsnn_net_read(net, lif, FSNN_RECORD_V, v));
    GOOD(fsnn_net_forward_into(net, x, y));
    GOOD(fsnn_net_backward(net, gy, NULL));
    fsnn_net_destroy(net);
}

/* A net whose output is its input, too. */
static void nothing_to_do(void **state)
{
    (void)state;
    fsnn_net *net = net_new();
    VALID(fsnn_net_flatten(net, "f", (int)VALID(fsnn_net_input(net, FSNN_SHAPE(2, 2)))));
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    GOOD(fsnn_net_wrap(
        net, &d, &(fsnn_plan){.steps = 1, .batch = 1, .training = true, .input_gradient = true}));
    float x[4] = {1, 2, 3, 4}, y[4] = {0}, gx[4] = {0};
    GOOD(fsnn_net_forward_into(net, x, y));
    assert_memory_equal(x, y, sizeof x);
    GOOD(fsnn_net_backward_into(net, x, gx));
    assert_memory_equal(x, gx, sizeof x);
    fsnn_net_destroy(net);
}

/* Bound parameters give the same bits, stay bound when the net is planned or wrapped anew, and come
 * back with the values that they have. */
static void bound(void **state)
{
    (void)state;
    static float x[X], gy[Y], y[Y];
    noise(x, X, 1);
    noise(gy, Y, 2);
    fsnn_net *a = image_net(FSNN_PRECISION_SINGLE, &training);
    fsnn_net *b = image_net(FSNN_PRECISION_SINGLE, &training);
    int count = fsnn_net_param_count(b);
    float *value[32], *grad[32];
    assert_true(count <= 32);
    for (int p = 0; p < count; p++) {
        size_t n = (size_t)fsnn_shape_count(&fsnn_net_param(b, p)->shape);
        value[p] = calloc(n, sizeof(float));
        grad[p] = calloc(n, sizeof(float));
        assert_true(value[p] && grad[p]);
        memcpy(value[p], fsnn_net_param(b, p)->value, n * sizeof(float));
        GOOD(fsnn_net_bind(b, p, value[p], grad[p]));
        assert_ptr_equal(fsnn_net_param(b, p)->value, value[p]);
    }
    REFUSED(fsnn_net_bind(b, 0, value[0], value[0]), FSNN_EARGUMENT, "overlap");
    fsnn_flat flat;
    REFUSED(fsnn_net_flat(b, &flat), FSNN_ESTATE, "fsnn_net_bind");
    GOOD(fsnn_net_params_changed(b));
    const float *out;
    for (int round = 0; round < 2; round++) {
        if (round) { /* another plan */
            fsnn_plan more = training;
            more.steps = K - 1;
            GOOD(fsnn_net_replan(a, &more));
            GOOD(fsnn_net_replan(b, &more));
        }
        fsnn_net_zero_grad(a);
        fsnn_net_zero_grad(b);
        GOOD(fsnn_net_forward(a, x, &out));
        GOOD(fsnn_net_forward_into(b, x, y));
        assert_memory_equal(y, out, sizeof y * (size_t)(K - round) / K);
        GOOD(fsnn_net_backward(a, gy, NULL));
        GOOD(fsnn_net_backward(b, gy, NULL));
        for (int p = 0; p < count; p++) {
            const fsnn_param *pa = fsnn_net_param(a, p), *pb = fsnn_net_param(b, p);
            CASE("round %d, %s", round, pa->name);
            assert_ptr_equal(pb->value, value[p]);
            size_t bytes = (size_t)fsnn_shape_count(&pa->shape) * sizeof(float);
            assert_memory_equal(pa->value, value[p], bytes);
            if (pa->learn)
                assert_memory_equal(pa->grad, grad[p], bytes);
        }
    }
    for (int p = 0; p < count; p++) {
        size_t bytes = (size_t)fsnn_shape_count(&fsnn_net_param(b, p)->shape) * sizeof(float);
        GOOD(fsnn_net_bind(b, p, NULL, NULL));
        assert_ptr_not_equal(fsnn_net_param(b, p)->value, value[p]);
        assert_memory_equal(fsnn_net_param(b, p)->value, value[p], bytes);
        free(value[p]);
        free(grad[p]);
    }
    GOOD(fsnn_net_flat(b, &flat));
    fsnn_net_destroy(a);
    fsnn_net_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_array), cmocka_unit_test(results_in_place),
        cmocka_unit_test(stale),     cmocka_unit_test(nothing_to_do),
        cmocka_unit_test(bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

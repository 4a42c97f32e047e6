/* Products in int8: those of the rounded weights, whatever the input is; spikes give the same bits
 * in one call, in pieces and with any threads; weights that change; what is refused. */
#include "net/products.h"

#include "op/int8.h"

enum { STEPS = 6, BATCH = 4, MOST = 40000 };

static float x[MOST], want[MOST];

/* `share` of them ones; 1: grey values. */
static void draw(int64_t n, float share)
{
    assert_true(n <= MOST);
    for (int64_t i = 0; i < n; i++) {
        float u = fsnn_random_uniform(7, 1, (uint64_t)i);
        x[i] = share == 1 ? u : (float)(u < share);
    }
}

/* ---- one layer ---- */

static int linear(fsnn_net *net, int from)
{
    return fsnn_net_linear(net, "one", from, 70, true);
}

static const layer layers[] = {
    {"linear", linear, {1, {90}}},     {"linear of rows", linear, {2, {3, 80}}},
    {"conv2d", image, {3, {3, 8, 7}}}, {"conv2d in groups", groups, {3, {8, 6, 6}}},
    {"conv1d", line, {2, {4, 30}}},
};

static fsnn_net *net_of(const layer *l, fsnn_products products)
{
    fsnn_net *net = net_of_layer(l);
    GOOD(wrap(net, (fsnn_plan){.steps = STEPS, .batch = BATCH}, products));
    return net;
}

/* The weights of the layer as numbers of 8 bits. */
static void round_weights(fsnn_net *net)
{
    const fsnn_param *w = fsnn_net_param_find(net, "one.weight");
    int64_t out = w->shape.dim[0], n = fsnn_shape_count(&w->shape) / out;
    for (int64_t o = 0; o < out; o++) {
        double scale = (double)int8_calibrate(w->value + o * n, n);
        for (int64_t i = 0; i < n; i++) {
            float *v = &w->value[o * n + i];
            *v = (float)(fmax(-127, fmin(127, nearbyint((double)*v / scale))) * scale);
        }
    }
    GOOD(fsnn_net_params_changed(net));
}

static void weights_are_rounded(void **state)
{
    (void)state;
    static const float share[] = {0.02f, 0.5f, 1};
    for (int i = 0; i < FSNN_COUNT(layers); i++)
        for (int k = 0; k < FSNN_COUNT(share); k++) {
            CASE("%s, share %g", layers[i].what, (double)share[k]);
            fsnn_net *full = net_of(&layers[i], FSNN_PRODUCTS_FULL),
                     *low = net_of(&layers[i], FSNN_PRODUCTS_INT8);
            fsnn_shape out;
            const float *y, *first;
            GOOD(fsnn_net_shapes(low, NULL, &out));
            int64_t n = STEPS * BATCH * fsnn_shape_count(&out);
            draw(STEPS * BATCH * fsnn_shape_count(&layers[i].input), share[k]);
            GOOD(fsnn_net_forward(full, x, &first));
            memcpy(want, first, (size_t)n * sizeof *want);
            GOOD(fsnn_net_forward(low, x, &y));
            assert_memory_not_equal(y, want, (size_t)n * sizeof *y);
            CLOSE("beside float32", y, want, n, 0.03);
            round_weights(full);
            GOOD(fsnn_net_forward(full, x, &first));
            CLOSE("output", y, first, n, 1e-5);
            fsnn_net_destroy(full);
            fsnn_net_destroy(low);
        }
}

/* ---- whole networks ---- */

static fsnn_net *network(bool loop)
{
    fsnn_net *net = net_new();
    fsnn_neuron o;
    VALID(fsnn_kind_defaults("lif", &o));
    fsnn_conv2d conv = square_conv(6, 3, 1);
    int at = fsnn_net_conv2d(net, "conv", fsnn_net_input(net, FSNN_SHAPE(2, 6, 6)), &conv);
    at = fsnn_net_maxpool(net, "pool", fsnn_net_lif(net, "lif1", at, &o), 2);
    at = fsnn_net_linear(net, "fc", fsnn_net_flatten(net, "flat", at), 80, true);
    if (loop) {
        int back = fsnn_net_linear(net, "back", fsnn_net_delay(net, "before", "lif2"), 80, false);
        at = fsnn_net_add(net, "add", "sum", (int[]){at, back}, 2, NULL);
    }
    at = fsnn_net_lif(net, "lif2", at, &o);
    VALID(fsnn_net_linear(net, "out", at, 10, true));
    return net;
}

/* Sums of spikes are exact, so nothing depends on how they are gone through. */
static void pieces_and_threads(void **state)
{
    (void)state;
    int threads = fsnn_threads();
    for (int loop = 0; loop < 2; loop++) {
        CASE("%s", loop ? "a loop" : "no loop");
        fsnn_net *net = network(loop);
        const float *y;
        enum { IN = 72 * BATCH, OUT = 10 * BATCH };
        draw(STEPS * IN, 0.4f);
        GOOD(wrap(net, (fsnn_plan){.steps = STEPS, .batch = BATCH}, FSNN_PRODUCTS_INT8));
        GOOD(fsnn_net_forward(net, x, &y));
        memcpy(want, y, sizeof(float) * STEPS * OUT);
        for (int n = 1; n <= 3; n++) {
            CASE("%d threads", n);
            GOOD(fsnn_threads_set(n));
            GOOD(wrap(net, (fsnn_plan){.steps = STEPS, .batch = BATCH}, FSNN_PRODUCTS_INT8));
            GOOD(fsnn_net_forward(net, x, &y));
            assert_memory_equal(y, want, sizeof(float) * STEPS * OUT);
        }
        for (int64_t k = 1; k < STEPS; k++) {
            CASE("pieces of %lld steps", (long long)k);
            GOOD(wrap(net, (fsnn_plan){.steps = k, .batch = BATCH}, FSNN_PRODUCTS_INT8));
            for (int64_t t = 0; t + k <= STEPS; t += k) {
                GOOD(fsnn_net_forward(net, x + t * IN, &y));
                assert_memory_equal(y, want + t * OUT, sizeof(float) * (size_t)(k * OUT));
            }
        }
        GOOD(fsnn_threads_set(threads));
        fsnn_net_destroy(net);
    }
}

/* Lists of spikes give the bits of the same in full. */
static void spikes_as_lists(void **state)
{
    (void)state;
    enum { ROWS = STEPS * BATCH, IN = 90 };
    fsnn_net *net = net_of(&layers[0], FSNN_PRODUCTS_INT8);
    int64_t start[ROWS];
    int32_t count[ROWS], index[ROWS * IN], n = 0;
    const float *y;
    draw(ROWS * IN, 0.1f);
    for (int r = 0; r < ROWS; r++) {
        start[r] = n;
        for (int32_t i = 0; i < IN; i++)
            if (x[r * IN + i] != 0)
                index[n++] = i;
        count[r] = (int32_t)(n - start[r]);
    }
    GOOD(fsnn_net_forward(net, x, &y));
    memcpy(want, y, sizeof(float) * ROWS * 70);
    fsnn_spikes lists = {STEPS, BATCH, IN, start, count, index, NULL};
    GOOD(fsnn_net_forward_spikes(net, &lists, &y));
    assert_memory_equal(y, want, sizeof(float) * ROWS * 70);
    fsnn_net_destroy(net);
}

/* Written weights count from fsnn_net_params_changed on, and from a new plan on. */
static void weights_change(void **state)
{
    (void)state;
    fsnn_net *net = net_of(&layers[0], FSNN_PRODUCTS_INT8);
    fsnn_plan plan = {.steps = STEPS, .batch = BATCH, .products = FSNN_PRODUCTS_INT8};
    const fsnn_param *w = fsnn_net_param_find(net, "one.weight"),
                     *b = fsnn_net_param_find(net, "one.bias");
    enum { N = STEPS * BATCH * 70 };
    const float *y;
    draw(STEPS * BATCH * 90, 0.4f);
    memset(b->value, 0, 70 * sizeof(float));
    GOOD(fsnn_net_forward(net, x, &y));
    memcpy(want, y, sizeof(float) * N);
    for (int way = 0; way < 2; way++) {
        CASE("%s", way ? "a new plan" : "params_changed");
        for (int64_t i = 0; i < fsnn_shape_count(&w->shape); i++)
            w->value[i] *= 2;
        for (int i = 0; i < N; i++)
            want[i] *= 2;
        GOOD(way ? fsnn_net_replan(net, &plan) : fsnn_net_params_changed(net));
        GOOD(fsnn_net_forward(net, x, &y));
        assert_memory_equal(y, want, sizeof(float) * N);
    }
    plan.products = FSNN_PRODUCTS_FULL;
    GOOD(fsnn_net_replan(net, &plan));
    GOOD(fsnn_net_forward(net, x, &y));
    assert_memory_not_equal(y, want, sizeof(float) * N);
    CLOSE("full products", y, want, N, 0.03);
    fsnn_net_destroy(net);
}

static void what_is_refused(void **state)
{
    (void)state;
    fsnn_net *net = network(false);
    const fsnn_plan one = {.steps = 1, .batch = 1};
    fsnn_plan plan = one;
    assert_int_equal(fsnn_products_find("int8"), FSNN_PRODUCTS_INT8);
    GOOD(fsnn_products_check(FSNN_PRODUCTS_INT8));
    plan.training = true;
    REFUSED(wrap(net, plan, FSNN_PRODUCTS_INT8), FSNN_EUNSUPPORTED, "training.quantise");
    plan.training = false;
    plan.stream = true;
    REFUSED(wrap(net, plan, FSNN_PRODUCTS_INT8), FSNN_EUNSUPPORTED, "have no int8: leave it");
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.precision = FSNN_PRECISION_DOUBLE;
    plan = one;
    plan.products = FSNN_PRODUCTS_INT8;
    REFUSED(fsnn_net_wrap(net, &d, &plan), FSNN_EUNSUPPORTED, "take precision single");
    fsnn_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_rounded), cmocka_unit_test(pieces_and_threads),
        cmocka_unit_test(spikes_as_lists),     cmocka_unit_test(weights_change),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

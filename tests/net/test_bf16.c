/* Products in bfloat16: they are those of rounded factors, summed in float32, in both directions;
 * gradients of whole networks are those of float32 within the rounding. Skipped where the machine
 * has none; what is refused is tested everywhere. */
#include "net/products.h"

enum { IN = 70, OUT = 50, STEPS = 6, BATCH = 4, MOST = 20000 };

static bool here(void)
{
    if (fsnn_products_check(FSNN_PRODUCTS_BF16) == FSNN_OK)
        return true;
    print_message("skipped: %s\n", fsnn_error_text());
    return false;
}

#define NEEDS_BF16()                                                                               \
    do {                                                                                           \
        if (!here())                                                                               \
            skip();                                                                                \
    } while (0)

/* To the nearest number of 8 significant bits, ties to even. */
static float rounded(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void round_all(float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = rounded(x[i]);
}

static void draw(float *x, int64_t n, uint64_t stream)
{
    assert_true(n <= MOST);
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)fsnn_random_normal(7, stream, (uint64_t)i);
}

/* ---- one layer ---- */

static int linear(fsnn_net *net, int from)
{
    return fsnn_net_linear(net, "one", from, OUT, true);
}

static int transposed(fsnn_net *net, int from)
{
    fsnn_convtranspose2d o;
    VALID(fsnn_kind_defaults("convtranspose2d", &o));
    o.out = 4;
    o.kernel[0] = o.kernel[1] = 3;
    o.stride[0] = 2;
    return fsnn_net_add(net, "convtranspose2d", "one", &from, 1, &o);
}

static const layer layers[] = {
    {"linear", linear, {1, {IN}}},     {"linear of rows", linear, {2, {3, IN}}},
    {"conv2d", image, {3, {3, 8, 7}}}, {"conv2d in groups", groups, {3, {8, 6, 6}}},
    {"conv1d", line, {2, {4, 30}}},    {"convtranspose2d", transposed, {3, {3, 6, 5}}},
};

static float x[MOST], gy[MOST], want[MOST], want_gx[MOST];

static int64_t count_of(const fsnn_param *param)
{
    return fsnn_shape_count(&param->shape);
}

static const float *weight(const fsnn_net *net)
{
    return fsnn_net_param_find(net, "one.weight")->value;
}

/* Forward and backward; the gradients were 0 before. */
static void both_ways(fsnn_net *net, const float **y, const float **gx)
{
    fsnn_net_zero_grad(net);
    GOOD(fsnn_net_forward(net, x, y));
    GOOD(fsnn_net_backward(net, gy, gx));
}

/* Biases, and their gradients, are sums of numbers that are not rounded. */
static void compare_with_rounded(const layer *l)
{
    static float want_w[MOST];
    fsnn_net *net[2];
    const float *y[2], *gx[2];
    fsnn_shape out;
    const fsnn_plan plan = {
        .steps = STEPS, .batch = BATCH, .training = true, .input_gradient = true};
    for (int i = 0; i < 2; i++) {
        net[i] = net_of_layer(l);
        GOOD(wrap(net[i], plan, i ? FSNN_PRODUCTS_BF16 : FSNN_PRODUCTS_FULL));
    }
    GOOD(fsnn_net_shapes(net[0], NULL, &out));
    int64_t rows = STEPS * BATCH, n = rows * fsnn_shape_count(&out),
            in = rows * fsnn_shape_count(&l->input);
    const fsnn_param *w = fsnn_net_param_find(net[0], "one.weight"),
                     *w16 = fsnn_net_param_find(net[1], "one.weight");
    draw(x, in, 1);
    draw(gy, n, 2);
    both_ways(net[1], &y[1], &gx[1]);
    assert_memory_equal(w->value, weight(net[1]), (size_t)count_of(w) * sizeof(float));

    round_all(x, in);
    round_all(w->value, count_of(w));
    GOOD(fsnn_net_params_changed(net[0]));
    both_ways(net[0], &y[0], &gx[0]);
    CLOSE("output", y[1], y[0], n, 1e-5);
    round_all(gy, n);
    both_ways(net[0], &y[0], &gx[0]);
    CLOSE("gradient of the input", gx[1], gx[0], in, 1e-5);
    memcpy(want_w, w->grad, (size_t)count_of(w) * sizeof *want_w);
    CLOSE("gradient of the weights", w16->grad, want_w, count_of(w), 1e-5);
    for (int i = 0; i < 2; i++)
        fsnn_net_destroy(net[i]);
}

static void factors_are_rounded(void **state)
{
    (void)state;
    NEEDS_BF16();
    for (int i = 0; i < FSNN_COUNT(layers); i++) {
        CASE("%s", layers[i].what);
        compare_with_rounded(&layers[i]);
    }
}

/* Spikes times weights of few bits: every sum is exact, in any order. */
static void spikes_are_exact(void **state)
{
    (void)state;
    NEEDS_BF16();
    const float *y;
    fsnn_net *net = net_new();
    const fsnn_plan plan = {.steps = STEPS, .batch = BATCH};
    VALID(fsnn_net_linear(net, "one", fsnn_net_input(net, FSNN_SHAPE(IN)), OUT, false));
    GOOD(wrap(net, plan, FSNN_PRODUCTS_FULL));
    const fsnn_param *w = fsnn_net_param_find(net, "one.weight");
    for (int64_t i = 0; i < count_of(w); i++)
        w->value[i] = (float)(i * 37 % 129 - 64) / 64;
    for (int64_t i = 0; i < STEPS * BATCH * IN; i++)
        x[i] = (float)(i * 11 % 7 < 4);
    GOOD(fsnn_net_forward(net, x, &y));
    memcpy(want, y, sizeof(float) * STEPS * BATCH * OUT);
    GOOD(wrap(net, plan, FSNN_PRODUCTS_BF16));
    GOOD(fsnn_net_forward(net, x, &y));
    assert_memory_equal(y, want, sizeof(float) * STEPS * BATCH * OUT);
    fsnn_net_destroy(net);
}

/* ---- whole networks ---- */

/* |a - b| / |b| */
static double distance(const float *a, const float *b, int64_t n)
{
    double far = 0, size = 0;
    for (int64_t i = 0; i < n; i++) {
        far += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
        size += (double)b[i] * (double)b[i];
    }
    return sqrt(far / size);
}

static fsnn_net *picture(bool loop)
{
    fsnn_net *net = net_new();
    fsnn_neuron o;
    VALID(fsnn_kind_defaults("lif", &o));
    fsnn_conv2d conv = square_conv(6, 3, 1);
    int at = fsnn_net_conv2d(net, "conv", fsnn_net_input(net, FSNN_SHAPE(2, 6, 6)), &conv);
    at = fsnn_net_flatten(net, "flat", fsnn_net_lif(net, "lif1", at, &o));
    at = fsnn_net_linear(net, "fc", at, 40, true);
    if (loop) {
        int back = fsnn_net_linear(net, "back", fsnn_net_delay(net, "before", "lif2"), 40, false);
        at = fsnn_net_add(net, "add", "sum", (int[]){at, back}, 2, NULL);
    }
    at = fsnn_net_lif(net, "lif2", at, &o);
    VALID(fsnn_net_linear(net, "out", at, 10, true));
    return net;
}

/* The smooth primitive in place of spikes: no rounding flips one. */
static void gradients(bool loop, int64_t checkpoint)
{
    fsnn_net *net = picture(loop);
    const fsnn_plan plan = {.steps = STEPS,
                            .batch = BATCH,
                            .training = true,
                            .input_gradient = true,
                            .smooth = true,
                            .checkpoint = checkpoint};
    int64_t in = STEPS * BATCH * 72;
    const float *y, *gx;
    draw(x, in, 5);
    draw(gy, STEPS * BATCH * 10, 6);
    GOOD(wrap(net, plan, FSNN_PRODUCTS_FULL));
    both_ways(net, &y, &gx);
    memcpy(want_gx, gx, (size_t)in * sizeof *gx);
    int params = fsnn_net_param_count(net);
    float *full[32];
    for (int p = 0; p < params; p++) {
        const fsnn_param *param = fsnn_net_param(net, p);
        full[p] = malloc((size_t)count_of(param) * sizeof(float));
        memcpy(full[p], param->grad, (size_t)count_of(param) * sizeof(float));
    }
    GOOD(wrap(net, plan, FSNN_PRODUCTS_BF16));
    both_ways(net, &y, &gx);
    double far = distance(gx, want_gx, in);
    WITHIN("gradient of the input", far, 0, 0.02);
    assert_true(far > 1e-6);
    for (int p = 0; p < params; p++) {
        const fsnn_param *param = fsnn_net_param(net, p);
        CASE("%s", param->name);
        if (param->learn)
            WITHIN("gradient", distance(param->grad, full[p], count_of(param)), 0, 0.03);
        free(full[p]);
    }
    fsnn_net_destroy(net);
}

static void gradients_are_near(void **state)
{
    (void)state;
    NEEDS_BF16();
    for (int i = 0; i < 4; i++) {
        CASE("%s, %s", i % 2 ? "a loop" : "no loop", i / 2 ? "segments" : "in one piece");
        gradients(i % 2, i / 2 ? 2 : 0);
    }
}

/* Other steps and batches, and back to full products: what is kept for one size serves no other. */
static void plans_change(void **state)
{
    (void)state;
    NEEDS_BF16();
    static const struct {
        int64_t steps, batch;
        fsnn_products products;
    } plans[] = {{2, 3, FSNN_PRODUCTS_BF16},
                 {5, 3, FSNN_PRODUCTS_BF16},
                 {5, 3, FSNN_PRODUCTS_FULL},
                 {2, 3, FSNN_PRODUCTS_BF16},
                 {2, 3, FSNN_PRODUCTS_FULL}};
    fsnn_net *net = picture(false);
    const float *y;
    static float first[2][MOST];
    draw(x, 5 * 3 * 72, 9);
    GOOD(wrap(net, (fsnn_plan){.steps = 1, .batch = 3}, FSNN_PRODUCTS_FULL));
    for (int i = 0; i < FSNN_COUNT(plans); i++) {
        CASE("plan %d", i);
        const fsnn_plan plan = {.steps = plans[i].steps,
                                .batch = plans[i].batch,
                                .seed = 3,
                                .products = plans[i].products};
        GOOD(fsnn_net_replan(net, &plan));
        GOOD(fsnn_net_reset(net));
        GOOD(fsnn_net_forward(net, x, &y));
        if (i < 1 || i == 2)
            memcpy(first[plan.products == FSNN_PRODUCTS_FULL], y, sizeof(float) * 2 * 3 * 10);
        else
            CLOSE("output", y, first[plan.products == FSNN_PRODUCTS_FULL], 2 * 3 * 10, 1e-6);
    }
    fsnn_net_destroy(net);
}

static void what_is_refused(void **state)
{
    (void)state;
    fsnn_net *net = picture(false);
    REFUSED(fsnn_products_check((fsnn_products)99), FSNN_EARGUMENT, "number 99");
    REFUSED(fsnn_products_find("bf17"), FSNN_ENOTFOUND,
            "no kind of products \"bf17\": known are full, bf16, int8");
    assert_int_equal(fsnn_products_find("bf16"), FSNN_PRODUCTS_BF16);
    assert_null(fsnn_products_name(FSNN_PRODUCTS_KINDS));
    REFUSED(wrap(net, (fsnn_plan){.steps = 1, .batch = 1}, (fsnn_products)-1), FSNN_EARGUMENT,
            "no kind of products");
    if (fsnn_products_check(FSNN_PRODUCTS_BF16) < 0) {
        REFUSED(wrap(net, (fsnn_plan){.steps = 1, .batch = 1}, FSNN_PRODUCTS_BF16),
                FSNN_EUNSUPPORTED, "bf16: ");
    } else {
        REFUSED(wrap(net, (fsnn_plan){.steps = 1, .batch = 1, .stream = true}, FSNN_PRODUCTS_BF16),
                FSNN_EUNSUPPORTED, "leave it or the stream out");
        fsnn_order order = fsnn_order_of(0.6);
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        d.precision = FSNN_PRECISION_DOUBLE;
        const fsnn_plan plan = {.steps = 1, .batch = 1, .products = FSNN_PRODUCTS_BF16};
        REFUSED(fsnn_net_wrap(net, &d, &plan), FSNN_EUNSUPPORTED, "take precision single");
    }
    fsnn_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factors_are_rounded), cmocka_unit_test(spikes_are_exact),
        cmocka_unit_test(gradients_are_near),  cmocka_unit_test(plans_change),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

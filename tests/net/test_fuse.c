/* Spikes that go straight into a pooling operator: the numbers are those of the two apart, bit for
 * bit, and less memory is held. */
#include "nets.h"

enum { T = 7, B = 3, OUT = 4, LEARNED = 4096 };

/* A picture [1, height, width], two convolutions of so many channels with neurons and pooling
 * behind each. */
typedef struct design {
    int64_t height, width, first, second;
    bool fuses; /* the first pair: the second is too small in some */
    fsnn_reset reset;
    fsnn_method method;
    bool learns, attached;
    int64_t checkpoint;
} design;

static int layer(fsnn_net *net, int from, const design *d)
{
    fsnn_neuron o = FSNN_NEURON_DEFAULT;
    o.tau = (fsnn_value){.value = 1.5, .learn = d->learns, .per = FSNN_PER_CHANNEL};
    o.threshold = (fsnn_value){.value = 0.2, .learn = d->learns};
    o.reset = d->reset;
    o.detach_reset = !d->attached;
    fsnn_pool pool = {.kernel = {2, 2}};
    int spikes = VALID(fsnn_net_lif(net, NULL, from, &o));
    return VALID(fsnn_net_add(net, "maxpool", NULL, &spikes, 1, &pool));
}

static int convolution(fsnn_net *net, const char *name, int from, int64_t out)
{
    fsnn_conv2d o = square_conv(out, 3, 1);
    return VALID(fsnn_net_add(net, "conv2d", name, &from, 1, &o));
}

static fsnn_net *build(const design *d, bool training, bool record)
{
    fsnn_net *net = net_new();
    int x = fsnn_net_input(net, FSNN_SHAPE(1, d->height, d->width));
    x = layer(net, convolution(net, "a", x, d->first), d);
    x = layer(net, convolution(net, "b", x, d->second), d);
    x = VALID(fsnn_net_add(net, "flatten", NULL, &x, 1, NULL));
    VALID(fsnn_net_linear(net, "c", x, OUT, true));
    fsnn_order order = fsnn_order_of(0.6);
    order.learn_alpha = d->learns;
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    dynamics.method = d->method;
    fsnn_plan plan = {.steps = T,
                      .batch = B,
                      .training = training,
                      .record = record,
                      .input_gradient = training,
                      .checkpoint = record ? 0 : d->checkpoint,
                      .seed = 5};
    GOOD(fsnn_net_wrap(net, &dynamics, &plan));
    return net;
}

typedef struct result {
    float out[T * B * OUT], grad[LEARNED], rate[2];
    float *in;
} result;

static float number(int64_t i)
{
    return (float)(i * 7919 % 1000) / 400 - 0.5f;
}

/* Two calls, the second of which goes on from the first, and the gradients of the second. */
static void run(fsnn_net *net, const design *d, bool training, result *r)
{
    int64_t pixels = T * B * d->height * d->width, at = 0;
    const float *out, *gx;
    float *x = malloc((size_t)pixels * sizeof *x), g[T * B * OUT];
    for (int64_t i = 0; i < pixels; i++)
        x[i] = number(i);
    for (int i = 0; i < T * B * OUT; i++)
        g[i] = number(i + 3);
    GOOD(fsnn_net_forward(net, x, &out));
    GOOD(fsnn_net_forward(net, x, &out));
    memcpy(r->out, out, sizeof r->out);
    r->rate[0] = (float)fsnn_net_rate(net, 2);
    r->rate[1] = (float)fsnn_net_rate(net, 5);
    r->in = calloc((size_t)pixels, sizeof *r->in);
    memset(r->grad, 0, sizeof r->grad);
    if (training) {
        fsnn_net_zero_grad(net);
        GOOD(fsnn_net_backward(net, g, &gx));
        memcpy(r->in, gx, (size_t)pixels * sizeof *gx);
        for (int p = 0; p < fsnn_net_param_count(net); p++) {
            const fsnn_param *param = fsnn_net_param(net, p);
            int64_t count = fsnn_shape_count(&param->shape);
            for (int64_t i = 0; param->learn && i < count && at < LEARNED; i++)
                r->grad[at++] = param->grad[i];
        }
    }
    free(x);
}

static int64_t activations(const fsnn_net *net)
{
    int64_t bytes;
    GOOD(fsnn_net_memory(net, &bytes, NULL, NULL));
    return bytes;
}

static void close_by(const float *a, const float *b, int count)
{
    for (int i = 0; i < count; i++)
        assert_true(a[i] - b[i] < 1e-4f && b[i] - a[i] < 1e-4f);
}

static void compare(const design *d, bool training)
{
    result apart, fused;
    fsnn_net *a = build(d, training, true), *b = build(d, training, false);
    run(a, d, training, &apart);
    run(b, d, training, &fused);
    assert_true(apart.rate[0] > 0.05f && apart.rate[0] < 0.95f);
    assert_memory_equal(apart.rate, fused.rate, sizeof apart.rate);
    close_by(apart.out, fused.out, T * B * OUT);
    close_by(apart.grad, fused.grad, LEARNED);
    if (!d->checkpoint) { /* whose products over pieces of time are rounded otherwise */
        assert_memory_equal(apart.out, fused.out, sizeof apart.out);
        assert_memory_equal(apart.grad, fused.grad, sizeof apart.grad);
        assert_memory_equal(apart.in, fused.in,
                            (size_t)(T * B * d->height * d->width) * sizeof(float));
    }
    /* spikes of the first layer are not held, nor their gradients */
    int64_t spikes = T * B * d->first * d->height * d->width * 4;
    if (d->fuses && !d->checkpoint)
        assert_true(activations(b) + spikes / 2 < activations(a));
    free(apart.in);
    free(fused.in);
    fsnn_net_destroy(a);
    fsnn_net_destroy(b);
}

static const design designs[] = {
    {8, 12, 32, 64, true, FSNN_RESET_CURRENT, FSNN_GL, false, false, 0},
    {8, 12, 32, 32, true, FSNN_RESET_CURRENT, FSNN_L1, true, true, 0},
    {8, 16, 16, 24, true, FSNN_RESET_CURRENT, FSNN_GL, true, false, 0}, /* a tile of two pixels */
    /* lines in several stretches */
    {4, 128, 8, 8, true, FSNN_RESET_NONE, FSNN_GL, true, false, 0},
    {8, 8, 96, 8, true, FSNN_RESET_CURRENT, FSNN_GL, false, false, 0},
    /* these go their two ways apart */
    {7, 12, 32, 32, false, FSNN_RESET_CURRENT, FSNN_GL, false, false, 0}, /* odd sides */
    {8, 7, 32, 32, false, FSNN_RESET_CURRENT, FSNN_GL, false, false, 0},
    /* lines that are no whole tiles */
    {8, 10, 5, 6, false, FSNN_RESET_CURRENT, FSNN_GL, true, false, 0},
    {8, 12, 32, 32, false, FSNN_RESET_JUMP, FSNN_GL, false, false, 0}, /* the general scan */
    {8, 12, 32, 32, false, FSNN_RESET_CURRENT, FSNN_AB, false, false, 0},
    {8, 12, 32, 32, true, FSNN_RESET_CURRENT, FSNN_GL, false, false, 3},
    {8, 12, 32, 32, true, FSNN_RESET_CURRENT, FSNN_GL, true, false, 2},
};

static void same_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof designs / sizeof *designs; i++) {
        compare(&designs[i], true);
        if (!designs[i].checkpoint)
            compare(&designs[i], false);
    }
}

/* Counting looks at every spike: the two are taken apart for it, and joined again. */
static void counted(void **state)
{
    (void)state;
    const design *d = &designs[0];
    result before, during, after;
    fsnn_net *net = build(d, false, false);
    int64_t little = activations(net), most, sum = 0;
    int64_t neurons = d->first * d->height * d->width,
            *counts = calloc((size_t)neurons, sizeof *counts);
    run(net, d, false, &before);
    GOOD(fsnn_net_count_spikes(net, true));
    GOOD(fsnn_net_reset(net));
    assert_true(activations(net) > little);
    run(net, d, false, &during);
    GOOD(fsnn_net_spike_counts(net, 2, counts, &most));
    for (int64_t i = 0; i < neurons; i++)
        sum += counts[i];
    assert_int_equal(most, 2 * T * B);
    assert_true(sum > 0 && sum < neurons * most);
    GOOD(fsnn_net_count_spikes(net, false));
    GOOD(fsnn_net_reset(net));
    assert_int_equal(activations(net), little);
    run(net, d, false, &after);
    assert_memory_equal(before.out, during.out, sizeof before.out);
    assert_memory_equal(before.out, after.out, sizeof before.out);
    free(counts);
    free(before.in);
    free(during.in);
    free(after.in);
    fsnn_net_destroy(net);
}

/* More threads than the net was planned for. */
static void threads(void **state)
{
    (void)state;
    const design *d = &designs[1];
    result few, many;
    GOOD(fsnn_threads_set(1));
    fsnn_net *a = build(d, true, true), *b = build(d, true, false);
    GOOD(fsnn_threads_set(3));
    run(a, d, true, &few);
    run(b, d, true, &many);
    assert_memory_equal(few.out, many.out, sizeof few.out);
    assert_memory_equal(few.grad, many.grad, sizeof few.grad);
    GOOD(fsnn_threads_set(0));
    free(few.in);
    free(many.in);
    fsnn_net_destroy(a);
    fsnn_net_destroy(b);
}

/* A layer with a bias and neurons behind it; with a reshape between, the bias gets its gradient by
 * itself. */
static fsnn_net *biased(bool image, bool between, bool learns, int64_t batch, int64_t checkpoint)
{
    fsnn_net *net = net_new();
    fsnn_shape inner = image ? FSNN_SHAPE(16, 4, 6) : FSNN_SHAPE(32);
    int x = fsnn_net_input(net, image ? FSNN_SHAPE(2, 4, 6) : FSNN_SHAPE(10));
    x = image ? convolution(net, "a", x, 16) : VALID(fsnn_net_linear(net, "a", x, 32, true));
    fsnn_reshape shape = {.shape = inner};
    if (between)
        x = VALID(fsnn_net_add(net, "reshape", NULL, &x, 1, &shape));
    fsnn_neuron o = FSNN_NEURON_DEFAULT;
    o.tau = (fsnn_value){.value = 1.5, .learn = learns, .per = FSNN_PER_CHANNEL};
    o.threshold.value = 0.2;
    VALID(fsnn_net_lif(net, "n", x, &o));
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    fsnn_plan plan = {
        .steps = T, .batch = batch, .training = true, .checkpoint = checkpoint, .seed = 5};
    GOOD(fsnn_net_wrap(net, &dynamics, &plan));
    return net;
}

static void bias_gradient(fsnn_net *net, int64_t inputs, int64_t outputs, float *gradient)
{
    const float *out;
    float *x = calloc((size_t)inputs, sizeof *x), *g = calloc((size_t)outputs, sizeof *g);
    for (int64_t i = 0; i < inputs; i++)
        x[i] = number(i);
    for (int64_t i = 0; i < outputs; i++)
        g[i] = number(i + 3);
    fsnn_net_zero_grad(net);
    for (int twice = 0; twice < 2; twice++) { /* gradients are added to */
        GOOD(fsnn_net_reset(net));
        GOOD(fsnn_net_forward(net, x, &out));
        GOOD(fsnn_net_backward(net, g, NULL));
    }
    const fsnn_param *bias = fsnn_net_param_find(net, "a.bias");
    memcpy(gradient, bias->grad, (size_t)fsnn_shape_count(&bias->shape) * sizeof(float));
    free(x);
    free(g);
}

static void biases(void **state)
{
    (void)state;
    for (int i = 0; i < 16; i++) {
        bool image = i & 1, learns = i & 2;
        int64_t batch = i & 4 ? 4 : 3, checkpoint = i & 8 ? 2 : 0, out = image ? 16 : 32;
        float apart[32], passing[32], largest = 0;
        fsnn_net *a = biased(image, true, learns, batch, checkpoint),
                 *b = biased(image, false, learns, batch, checkpoint);
        int64_t rows = T * batch, inputs = rows * (image ? 48 : 10),
                outputs = rows * (image ? 384 : 32);
        bias_gradient(a, inputs, outputs, apart);
        bias_gradient(b, inputs, outputs, passing);
        for (int64_t c = 0; c < out; c++)
            largest = apart[c] > largest ? apart[c] : -apart[c] > largest ? -apart[c] : largest;
        assert_true(largest > 0.1f);
        for (int64_t c = 0; c < out; c++)
            assert_true(apart[c] - passing[c] < 1e-5f * largest &&
                        passing[c] - apart[c] < 1e-5f * largest);
        fsnn_net_destroy(a);
        fsnn_net_destroy(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_numbers), cmocka_unit_test(counted),
                                       cmocka_unit_test(threads), cmocka_unit_test(biases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

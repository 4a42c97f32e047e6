/* Whole networks: gradient checks over graphs of every form, shapes and their errors, state,
 * chunks, replanning, parameters. */
#include "double.h"
#include "nets.h"

static fsnn_neuron gentle(void)
{
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau = (fsnn_value){.value = 2.0, .learn = true};
    lif.threshold.learn = true;
    lif.surrogate.scale = 1.5;
    lif.detach_reset = false; /* the smooth model has no detached part */
    return lif;
}

static int lif(fsnn_net *net, int from)
{
    fsnn_neuron o = gentle();
    return fsnn_net_lif(net, NULL, from, &o);
}

/* ---- graphs: each function builds one and returns the input shape ---- */

static fsnn_shape chain(fsnn_net *net)
{
    int x = fsnn_net_input(net, FSNN_SHAPE(6));
    x = lif(net, fsnn_net_linear(net, "a", x, 9, true));
    VALID(lif(net, fsnn_net_linear(net, "b", x, 4, false)));
    return FSNN_SHAPE(6);
}

static fsnn_shape image(fsnn_net *net)
{
    fsnn_conv2d conv = square_conv(4, 3, 1);
    int x = fsnn_net_input(net, FSNN_SHAPE(2, 6, 6));
    x = lif(net, fsnn_net_conv2d(net, NULL, x, &conv));
    int pool[] = {x};
    fsnn_pool p;
    fsnn_kind_defaults("avgpool", &p);
    p.kernel[0] = p.kernel[1] = 2;
    x = fsnn_net_add(net, "avgpool", NULL, pool, 1, &p);
    x = fsnn_net_add(net, "batchnorm", NULL, &x, 1, NULL);
    x = fsnn_net_flatten(net, NULL, x);
    VALID(lif(net, fsnn_net_linear(net, NULL, x, 5, true)));
    return FSNN_SHAPE(2, 6, 6);
}

/* A value with several readers, one of them through a view; skips from the input; the same value
 * twice. */
static fsnn_shape branches(fsnn_net *net)
{
    int in = fsnn_net_input(net, FSNN_SHAPE(2, 4));
    int flat = fsnn_net_flatten(net, "flat", in);
    int a = lif(net, fsnn_net_linear(net, "a", flat, 8, true));
    int b = lif(net, fsnn_net_linear(net, "b", a, 8, true));
    int sum = fsnn_net_add(net, "add", "sum", (int[]){a, b, flat, a}, 4, NULL);
    int cat = fsnn_net_add(net, "concat", "cat", (int[]){sum, a, sum}, 3, NULL);
    fsnn_split parts = {0, 3};
    int split = fsnn_net_add(net, "split", "split", &cat, 1, &parts);
    int first = fsnn_net_linear(net, "c", split, 5, true);
    int last = fsnn_net_linear(net, "d", fsnn_net_port(net, split, 2), 5, true);
    VALID(lif(net, fsnn_net_add(net, "add", "end", (int[]){first, last}, 2, NULL)));
    return FSNN_SHAPE(2, 4);
}

/* Branches in channels-last images, dropout, voting. */
static fsnn_shape residual(fsnn_net *net)
{
    fsnn_conv2d conv = square_conv(3, 3, 1);
    int in = fsnn_net_input(net, FSNN_SHAPE(3, 4, 4));
    int a = lif(net, fsnn_net_conv2d(net, NULL, in, &conv));
    int b = fsnn_net_conv2d(net, NULL, a, &conv);
    int sum = fsnn_net_add(net, "add", NULL, (int[]){b, in}, 2, NULL); /* layouts differ */
    int c = lif(net, sum);
    int cat = fsnn_net_add(net, "concat", NULL, (int[]){c, a}, 2, NULL);
    fsnn_dropout drop = {0.3, true};
    int d = fsnn_net_add(net, "dropout", NULL, &cat, 1, &drop);
    int f = fsnn_net_linear(net, NULL, fsnn_net_flatten(net, NULL, d), 12, true);
    int l = lif(net, f);
    fsnn_voting v = {3};
    VALID(fsnn_net_add(net, "voting", NULL, &l, 1, &v));
    return FSNN_SHAPE(3, 4, 4);
}

/* An output in channels-last, with a reader besides. */
static fsnn_shape image_out(fsnn_net *net)
{
    fsnn_conv2d conv = square_conv(3, 2, 0);
    int x = fsnn_net_input(net, FSNN_SHAPE(2, 4, 3));
    int a = lif(net, fsnn_net_conv2d(net, NULL, x, &conv));
    GOOD(fsnn_net_output(net, a));
    VALID(fsnn_net_flatten(net, NULL, a)); /* leads nowhere */
    return FSNN_SHAPE(2, 4, 3);
}

typedef fsnn_shape (*graph)(fsnn_net *net);
static const graph graphs[] = {chain, image, branches, residual, image_out};

static fsnn_net *make(graph build, const fsnn_dynamics *d, const fsnn_plan *plan, fsnn_shape *in)
{
    fsnn_net *net = net_new();
    *in = build(net);
    GOOD(fsnn_net_wrap(net, d, plan));
    return net;
}

static void gradients(void **state)
{
    (void)state;
    fsnn_order orders[] = {fsnn_order_of(0.6),
                           {.terms = 2, .alpha = {0.4, 0.8}, .coefficient = {1, 0.6}}};
    static const struct {
        fsnn_method method;
        bool integer, implicit, one_term;
    } methods[] = {{FSNN_EULER, .integer = true}, {FSNN_HEUN, .integer = true},
                   {FSNN_RK4, .integer = true},   {FSNN_GL, .implicit = false},
                   {FSNN_L1, .implicit = false},  {FSNN_GL, .implicit = true},
                   {FSNN_AB, .one_term = true},   {FSNN_TRAP, .one_term = true},
                   {FSNN_ABM, .one_term = true},  {FSNN_ML, .one_term = true}};
    for (int g = 0; g < FSNN_COUNT(graphs); g++)
        for (int m = 0; m < FSNN_COUNT(methods); m++)
            for (int o = 0; o < (methods[m].one_term ? 1 : 2); o++) {
                if (!check_turn())
                    continue;
                CASE("graphs[%d], methods[%d], o %d", g, m, o);
                orders[o].learn_alpha = orders[o].learn_coefficient = true;
                fsnn_dynamics d = fsnn_dynamics_default(&orders[o]);
                d.method = methods[m].method;
                d.implicit = methods[m].implicit;
                d.integrator = methods[m].integer ? FSNN_ODEINT : FSNN_FDEINT;
                d.memory = o ? 4 : 0;
                fsnn_plan plan = {.steps = 5,
                                  .batch = 3,
                                  .training = true,
                                  .smooth = true,
                                  .input_gradient = true,
                                  .seed = 11};
                fsnn_shape in;
                fsnn_net *net = make(graphs[g], &d, &plan, &in);
                float *x = malloc((size_t)(15 * fsnn_shape_count(&in)) * sizeof *x);
                fill_normal(x, 15 * fsnn_shape_count(&in), 0.7, 1, (uint64_t)g);
                double worst;
                const char *where;
                GOOD(fsnn_net_gradcheck(net, x, 3, &worst, &where));
                if (!(worst < 5e-3))
                    fail_msg("graph %d method %d orders %d: %.2e at %s", g, m, o, worst, where);
                gradcheck_double(net, x, 2);
                free(x);
                fsnn_net_destroy(net);
            }
}

/* The gradient check itself must be able to fail: a detached reset is not the smooth model's
 * gradient. */
static void gradcheck_can_fail(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_net *net = net_new();
    fsnn_neuron o = gentle();
    o.detach_reset = true;
    VALID(fsnn_net_lif(net, NULL, fsnn_net_input(net, FSNN_SHAPE(5)), &o));
    fsnn_plan plan = {
        .steps = 6, .batch = 2, .training = true, .smooth = true, .input_gradient = true};
    GOOD(fsnn_net_wrap(net, &d, &plan));
    float x[60];
    fill_normal(x, 60, 0.7, 1, 1);
    double worst;
    const char *where;
    GOOD(fsnn_net_gradcheck(net, x, 3, &worst, &where));
    assert_true(worst > 0.02);
    fsnn_net_destroy(net);
}

/* Chunked inference equals one long call, for every layer's potentials and spikes. */
static void chunked(void **state)
{
    (void)state;
    enum { K = 23, B = 2 };
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_neuron o = gentle();
    float x[K * B * 40], v[2][K * B * 40], s[2][K * B * 40];
    fill_normal(x, K * B * 40, 0.7, 1, 4);
    for (int part = 0; part < 2; part++) {
        fsnn_net *net = net_new();
        VALID(fsnn_net_lif(net, "n", fsnn_net_input(net, FSNN_SHAPE(40)), &o));
        int64_t chunk = part ? 5 : K;
        fsnn_plan plan = {.steps = chunk, .batch = B, .record = true};
        GOOD(fsnn_net_wrap(net, &d, &plan));
        for (int64_t k = 0; k < K; k += chunk) {
            if (K - k < chunk) {
                plan.steps = K - k;
                GOOD(fsnn_net_replan(net, &plan));
            }
            GOOD(fsnn_net_forward(net, x + k * B * 40, NULL));
            GOOD(fsnn_net_read(net, 1, FSNN_RECORD_V, v[part] + k * B * 40));
            GOOD(fsnn_net_read(net, 1, FSNN_RECORD_SPIKES, s[part] + k * B * 40));
        }
        fsnn_net_destroy(net);
    }
    assert_memory_equal(v[0], v[1], sizeof v[0]);
    assert_memory_equal(s[0], s[1], sizeof s[0]);
}

/* Reading channels-last layers gives plain order: a 1x1 convolution with known weights. */
static void reading_order(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_net *net = net_new();
    fsnn_conv2d conv = square_conv(3, 1, 0);
    conv.bias = false;
    fsnn_neuron o = FSNN_NEURON_DEFAULT;
    o.tau.value = 1;
    int x = fsnn_net_conv2d(net, "c", fsnn_net_input(net, FSNN_SHAPE(1, 2, 2)), &conv);
    VALID(fsnn_net_lif(net, "n", x, &o));
    fsnn_plan plan = {.steps = 1, .batch = 1, .record = true};
    GOOD(fsnn_net_wrap(net, &d, &plan));
    float *w = fsnn_net_param_find(net, "c.weight")->value;
    for (int i = 0; i < 3; i++)
        w[i] = (float)(i + 1);
    float in[] = {0.01f, 0.02f, 0.03f, 0.04f}, current[12], v[12];
    const float *out;
    GOOD(fsnn_net_forward(net, in, &out));
    GOOD(fsnn_net_read(net, 2, FSNN_RECORD_CURRENT, current));
    GOOD(fsnn_net_read(net, 2, FSNN_RECORD_V, v));
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < 4; i++) {
            assert_true(fabsf(current[c * 4 + i] - (float)(c + 1) * in[i]) < 1e-7f);
            assert_true(fabsf(v[c * 4 + i] - (float)(c + 1) * in[i]) < 1e-7f);
        }
    fsnn_net_destroy(net);
}

/* Other sizes and modes and back again: the same numbers as before. */
static void replanning(void **state)
{
    (void)state;
    for (int g = 0; g < FSNN_COUNT(graphs); g++) {
        CASE("graphs[%d]", g);
        if (graphs[g] == residual)
            continue; /* draws dropout anew each call */
        fsnn_order order = fsnn_order_of(0.7);
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        fsnn_plan plan = {.steps = 4, .batch = 5, .training = true, .seed = 3};
        fsnn_shape in, out_shape;
        fsnn_net *net = make(graphs[g], &d, &plan, &in);
        GOOD(fsnn_net_shapes(net, NULL, &out_shape));
        int64_t n = 20 * fsnn_shape_count(&in), m = 20 * fsnn_shape_count(&out_shape);
        float *x = malloc((size_t)n * sizeof *x), *first = malloc((size_t)m * sizeof *x);
        fill_normal(x, n, 0.7, 1, 20);
        const float *out;
        GOOD(fsnn_net_forward(net, x, &out));
        memcpy(first, out, (size_t)m * sizeof *x);
        static const fsnn_plan others[] = {{.steps = 2, .batch = 1},
                                           {.steps = 9, .batch = 2, .training = true},
                                           {.steps = 4, .batch = 5, .record = true}};
        float *y = calloc((size_t)(2 * n), sizeof *y);
        for (int i = 0; i < FSNN_COUNT(others); i++) {
            CASE("others[%d]", i);
            GOOD(fsnn_net_replan(net, &others[i]));
            GOOD(fsnn_net_forward(net, y, &out));
        }
        GOOD(fsnn_net_replan(net, &plan));
        GOOD(fsnn_net_reset(net));
        GOOD(fsnn_net_forward(net, x, &out));
        assert_memory_equal(first, out, (size_t)m * sizeof *x);
        free(x);
        free(y);
        free(first);
        fsnn_net_destroy(net);
    }
}

/* Neurons write the gradient of their current over that of their spikes: current, spikes and one
 * gradient are all there is of a wide layer. Where the current has another reader its gradient is a
 * sum, with a place of its own. */
static void gradients_in_place(void **state)
{
    (void)state;
    enum { K = 50, B = 4, WIDE = 256 };
    const double one = K * B * WIDE * sizeof(float);
    for (int readers = 1; readers <= 2; readers++) {
        fsnn_order order = fsnn_order_of(0.7);
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        fsnn_plan plan = {.steps = K, .batch = B, .training = true};
        fsnn_net *net = net_new();
        int64_t bytes;
        int fc = fsnn_net_linear(net, NULL, fsnn_net_input(net, FSNN_SHAPE(8)), WIDE, true);
        int lif = fsnn_net_lif(net, NULL, fc, NULL);
        if (readers == 2)
            lif = fsnn_net_add(net, "add", NULL, (int[]){fc, lif}, 2, NULL);
        fsnn_net_linear(net, NULL, lif, 4, true);
        GOOD(fsnn_net_wrap(net, &d, &plan));
        GOOD(fsnn_net_memory(net, &bytes, NULL, NULL));
        assert_true(readers == 1 ? (double)bytes < 3.2 * one : (double)bytes > 3.9 * one);
        fsnn_net_destroy(net);
    }
}

/* Nothing allocates in a training step. */
static void no_allocation(void **state)
{
    (void)state;
    for (int g = 0; g < FSNN_COUNT(graphs); g++) {
        CASE("graphs[%d]", g);
        fsnn_order order = fsnn_order_of(0.7);
        order.learn_alpha = true;
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        fsnn_plan plan = {.steps = 6, .batch = 4, .training = true};
        fsnn_shape in, out;
        fsnn_net *net = make(graphs[g], &d, &plan, &in);
        GOOD(fsnn_net_shapes(net, NULL, &out));
        float *x = calloc((size_t)(24 * fsnn_shape_count(&in)), sizeof *x);
        float *gy = calloc((size_t)(24 * fsnn_shape_count(&out)), sizeof *x);
        for (int step = 0; step < 3; step++) {
            if (step == 1)
                fsnn_alloc_fail_at(INT64_MAX); /* starts counting */
            GOOD(fsnn_net_reset(net));
            GOOD(fsnn_net_forward(net, x, NULL));
            fsnn_net_zero_grad(net);
            GOOD(fsnn_net_backward(net, gy, NULL));
            GOOD(fsnn_net_params_changed(net));
        }
        assert_int_equal(fsnn_alloc_fail_at(0), 0);
        free(x);
        free(gy);
        fsnn_net_destroy(net);
    }
}

/* Memory that runs out at any allocation is an error, not a crash, and leaks nothing (the
 * sanitizers watch). */
static void out_of_memory(void **state)
{
    (void)state;
    int failures = 0;
    for (int64_t at = 1; at < 2000; at++) {
        fsnn_net *net = NULL;
        fsnn_order order = fsnn_order_of(0.7);
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        fsnn_plan plan = {.steps = 3, .batch = 2, .training = true, .record = true};
        fsnn_alloc_fail_at(at);
        int status = fsnn_net_create(&net);
        if (!status) {
            int x = fsnn_net_input(net, FSNN_SHAPE(4));
            int a = fsnn_net_linear(net, NULL, x, 4, true);
            a = fsnn_net_lif(net, NULL, a, NULL);
            a = fsnn_net_add(net, "add", NULL, (int[]){a, x}, 2, NULL);
            status = a < 0 ? a : fsnn_net_wrap(net, &d, &plan);
        }
        float in[24] = {0};
        if (!status)
            status = fsnn_net_forward(net, in, NULL);
        fsnn_alloc_fail_at(0);
        fsnn_net_destroy(net);
        if (!status)
            break;
        assert_int_equal(status, FSNN_EMEMORY);
        failures++;
    }
    assert_true(failures > 20 && failures < 1000);
}

static void errors(void **state)
{
    (void)state;
    fsnn_net *net = net_new();
    float x[64] = {0};
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = 1, .batch = 1};
    REFUSED(fsnn_net_wrap(net, &d, &plan), FSNN_ESTATE, "input");
    int in = VALID(fsnn_net_input(net, FSNN_SHAPE(4)));
    REFUSED(fsnn_net_input(net, FSNN_SHAPE(4)), FSNN_ESTATE, "input");
    int bad = REFUSED(fsnn_net_add(net, "liner", NULL, &in, 1, NULL), FSNN_ENOTFOUND, "linear");
    assert_int_equal(fsnn_net_linear(net, NULL, bad, 3, true), bad);
    REFUSED(fsnn_net_linear(net, "a.b", in, 3, true), FSNN_EARGUMENT, "a.b");
    int a = VALID(fsnn_net_linear(net, "a", in, 3, true));
    REFUSED(fsnn_net_linear(net, "a", in, 3, true), FSNN_EARGUMENT, "taken");
    REFUSED(fsnn_net_add(net, "add", NULL, &a, 1, NULL), FSNN_EARGUMENT, "source");
    fsnn_neuron fast = FSNN_NEURON_DEFAULT;
    fast.tau.value = 0.5; /* beyond what is stable at step 1 */
    VALID(fsnn_net_lif(net, "n", a, &fast));
    REFUSED(fsnn_net_forward(net, x, NULL), FSNN_ESTATE, "wrap");
    REFUSED(fsnn_net_backward(net, x, NULL), FSNN_ESTATE, "wrap");
    d.orders = 0;
    REFUSED(fsnn_net_wrap(net, &d, &plan), FSNN_EARGUMENT, "alpha");
    fsnn_order three[3] = {order, order, order};
    d.order = three;
    d.orders = 3;
    REFUSED(fsnn_net_wrap(net, &d, &plan), FSNN_EARGUMENT, "3 orders are given for 1");
    d.orders = 1;
    three[0].alpha[0] = 1.2;
    REFUSED(fsnn_net_wrap(net, &d, &plan), FSNN_EARGUMENT, "\"n\": alpha is 1.2");
    three[0].alpha[0] = 0.4;
    d.step = 0;
    REFUSED(fsnn_net_wrap(net, &d, &plan), FSNN_EARGUMENT, "step");
    d.step = 1;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    CONTAINS(fsnn_net_warning(net, 0), "stable");
    GOOD(fsnn_net_forward(net, x, NULL));
    REFUSED(fsnn_net_backward(net, x, NULL), FSNN_ESTATE, "training");
    REFUSED(fsnn_net_read(net, 2, FSNN_RECORD_V, x), FSNN_ESTATE, "record");
    fsnn_net_param_find(net, "n.tau")->value[0] = -1;
    REFUSED(fsnn_net_params_changed(net), FSNN_EARGUMENT, "n.tau");
    fsnn_net_destroy(net);
    fsnn_net_destroy(NULL);

    GOOD(fsnn_net_create(&net));
    in = VALID(fsnn_net_input(net, FSNN_SHAPE(1, 3, 3)));
    fsnn_conv2d conv = square_conv(2, 5, 0);
    VALID(fsnn_net_conv2d(net, "big", in, &conv));
    REFUSED(fsnn_net_wrap(net, &d, &plan), FSNN_ESHAPE, "big");
    fsnn_net_destroy(net);
}

/* Weights keep their values over another wrap; a new alpha replaces the old one. */
static void rewrapping(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = 2, .batch = 2, .training = true, .seed = 1};
    fsnn_shape in;
    fsnn_net *net = make(chain, &d, &plan, &in);
    fsnn_net_param_find(net, "a.weight")->value[3] = 42;
    fsnn_net_param_find(net, "lif1.alpha")->value[0] = 0.25f;
    plan.batch = 7;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    assert_true(fsnn_net_param_find(net, "a.weight")->value[3] == 42);
    assert_true(fsnn_net_param_find(net, "lif1.alpha")->value[0] == 0.25f);
    order.alpha[0] = 0.75;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    assert_true(fsnn_net_param_find(net, "lif1.alpha")->value[0] == 0.75f);
    fsnn_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients),
        cmocka_unit_test(gradcheck_can_fail),
        cmocka_unit_test(chunked),
        cmocka_unit_test(reading_order),
        cmocka_unit_test(replanning),
        cmocka_unit_test(no_allocation),
        cmocka_unit_test(gradients_in_place),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(errors),
        cmocka_unit_test(rewrapping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Noise on the threshold through the public API: gradients with the noise frozen, the same noise
 * for any number of threads, any cut into calls, checkpointing and a saved state, other noise in
 * another run, layer and sample; none in evaluation; user equations. */
#include "double.h"
#include "nets.h"

enum { T = 30, B = 3, IN = 5, HIDDEN = 37, OUT = 4 };

static const fsnn_noise_mode modes[] = {FSNN_NOISE_MEANFIELD, FSNN_NOISE_SOFT_NOISY,
                                        FSNN_NOISE_HARD_ST, FSNN_NOISE_CONCRETE,
                                        FSNN_NOISE_HARD_CONCRETE};

static bool soft(fsnn_noise_mode mode)
{
    return mode == FSNN_NOISE_MEANFIELD || mode == FSNN_NOISE_SOFT_NOISY ||
           mode == FSNN_NOISE_CONCRETE;
}

static fsnn_user options(fsnn_noise_mode mode)
{
    fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT,
                   .dv = "(-v*(1 + a*tanh(v)) + I)/tau",
                   .spike = "v + a*dv - threshold"};
    o.neuron.tau = (fsnn_value){.value = 2.0, .learn = true};
    o.neuron.threshold = (fsnn_value){.value = 0.8, .learn = true, .per = FSNN_PER_CHANNEL};
    o.neuron.detach_reset = false;
    if (mode != FSNN_NOISE_NONE)
        o.neuron.noise = (fsnn_noise){.mode = mode, .gamma = 0.5, .temperature = 1.3};
    o.params = 1;
    o.param[0] = (fsnn_user_param){"a", {.value = 0.6, .learn = true}};
    return o;
}

/* linear - noisy - linear - user with noise */
static fsnn_net *build(fsnn_noise_mode mode, fsnn_reset reset)
{
    fsnn_net *net = net_new();
    fsnn_user o = options(mode);
    o.neuron.reset = reset;
    int x = fsnn_net_linear(net, "fc1", fsnn_net_input(net, FSNN_SHAPE(IN)), HIDDEN, true);
    x = fsnn_net_add(net, "noisy", "n1", &x, 1, &o.neuron);
    x = fsnn_net_linear(net, "fc2", x, OUT, true);
    VALID(fsnn_net_user(net, "n2", x, &o));
    return net;
}

static void gradients(void **state)
{
    (void)state;
    static float x[T * B * IN];
    static const struct {
        fsnn_method method;
        bool implicit;
        double tolerance;
        fsnn_reset reset;
    } ways[] = {{FSNN_GL, false, 0, FSNN_RESET_CURRENT},  {FSNN_L1, true, 0, FSNN_RESET_JUMP},
                {FSNN_AB, false, 0, FSNN_RESET_DELTA},    {FSNN_TRAP, false, 0, FSNN_RESET_CURRENT},
                {FSNN_GL, false, 1e-4, FSNN_RESET_VALUE}, {FSNN_ABM, false, 0, FSNN_RESET_JUMP},
                {FSNN_GL, true, 0, FSNN_RESET_SUBTRACT}};
    fill_normal(x, T * B * IN, 0.9, 1, 1);
    for (int i = 0; i < FSNN_COUNT(modes) * FSNN_COUNT(ways); i++) {
        if (!check_turn())
            continue;
        int w = i / FSNN_COUNT(modes);
        fsnn_noise_mode mode = modes[i % FSNN_COUNT(modes)];
        fsnn_order order = fsnn_order_of(0.6);
        order.learn_alpha = true;
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        d.method = ways[w].method;
        d.implicit = ways[w].implicit;
        d.tolerance = ways[w].tolerance;
        if (ways[w].tolerance > 0)
            d.engine = FSNN_ENGINE_EXPONENTIALS;
        fsnn_plan plan = {.steps = ways[w].tolerance > 0 ? T : 9,
                          .batch = B,
                          .training = true,
                          .smooth = true,
                          .input_gradient = true,
                          .seed = 5};
        double worst;
        const char *where;
        fsnn_net *net = build(mode, ways[w].reset);
        GOOD(fsnn_net_wrap(net, &d, &plan));
        GOOD(fsnn_net_gradcheck(net, x, 2, &worst, &where));
        if (!(worst < 1e-2)) /* single precision: test_scan_noise compares with double */
            fail_msg("%s, way %d: %.2e at %s", fsnn_noise_name(mode), w, worst, where);
        CASE("%s, way %d", fsnn_noise_name(mode), w);
        gradcheck_double(net, x, 2);
        fsnn_net_destroy(net);
    }
}

typedef struct result {
    float hidden[T * B * HIDDEN], out[T * B * OUT], grad[1024];
    double rate;
} result;

/* The plan wants backward; `cut` calls of T / cut steps. */
static void run(fsnn_net *net, const fsnn_plan *plan, int cut, uint64_t input, result *r)
{
    static float x[T * B * IN], g[T * B * OUT];
    const float *y;
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan p = *plan;
    p.steps = T / cut;
    fill_normal(x, T * B * IN, 0.9, 1, input);
    fill_normal(g, T * B * OUT, 0.9, 1, 2);
    GOOD(fsnn_net_wrap(net, &d, &p));
    memset(r, 0, sizeof *r);
    for (int c = 0; c < cut; c++) {
        GOOD(fsnn_net_forward(net, x + c * p.steps * B * IN, &y));
        memcpy(r->out + c * p.steps * B * OUT, y, (size_t)(p.steps * B * OUT) * sizeof *y);
        if (p.record)
            GOOD(fsnn_net_read(net, 2, FSNN_RECORD_SPIKES, r->hidden + c * p.steps * B * HIDDEN));
    }
    r->rate = fsnn_net_rate(net, 2);
    if (!p.training || cut > 1)
        return;
    GOOD(fsnn_net_backward(net, g, NULL));
    for (int i = 0, at = 0; i < fsnn_net_param_count(net); i++)
        for (int64_t n = 0; n < fsnn_shape_count(&fsnn_net_param(net, i)->shape); n++)
            r->grad[at++] = fsnn_net_param(net, i)->grad[n];
}

static double distance(const float *a, const float *b, int64_t n)
{
    double worst = 0;
    for (int64_t i = 0; i < n; i++)
        worst = fmax(worst, fabs((double)a[i] - (double)b[i]));
    return worst;
}

static void the_same_noise(void **state)
{
    (void)state;
    static result whole, other;
    const fsnn_plan plan = {.steps = T, .batch = B, .training = true, .record = true, .seed = 3};
    int threads = fsnn_threads();
    for (int m = 0; m < FSNN_COUNT(modes); m++) {
        CASE("modes[%d]", m);
        fsnn_net *net = build(modes[m], FSNN_RESET_SUBTRACT);
        run(net, &plan, 1, 1, &whole);
        assert_true(whole.rate > 0.02 && whole.rate < 0.98);
        for (int more = 1; more <= 3; more++) {
            GOOD(fsnn_threads_set(more));
            fsnn_net_counter_set(net, 0);
            run(net, &plan, 1, 1, &other);
            assert_memory_equal(&whole, &other, sizeof whole);
        }
        GOOD(fsnn_threads_set(threads));
        for (int cut = 2; cut <= 5; cut += 3) { /* the number of the run, not of the call */
            fsnn_net_counter_set(net, 0);
            run(net, &plan, cut, 1, &other);
            /* the matrix product rounds otherwise for fewer rows: bits are for test_scan_noise */
            assert_true(distance(whole.hidden, other.hidden, T * B * HIDDEN) < 1e-4);
            assert_true(distance(whole.out, other.out, T * B * OUT) < 1e-4);
        }
        fsnn_plan pieces = plan; /* forward and backward again, from the states at borders */
        pieces.checkpoint = 7;
        pieces.record = false;
        fsnn_net_counter_set(net, 0);
        run(net, &pieces, 1, 1, &other);
        assert_true(distance(whole.out, other.out, T * B * OUT) < 1e-4);
        assert_true(distance(whole.grad, other.grad, 1024) <
                    2e-4 * (1 + distance(whole.grad, (float[1024]){0}, 1024)));
        fsnn_net_destroy(net);
    }
}

/* Not the same in another forward, layer, sample or seed; and the sample's own whatever the
 * batch. */
static void other_noise(void **state)
{
    (void)state;
    enum { K = 400 };
    static float x[K * 2], a[K * 2], b[K * 2];
    const float *y;
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_neuron o = FSNN_NEURON_DEFAULT;
    fsnn_net *net = net_new();
    fsnn_plan plan = {.steps = K, .batch = 2, .training = true, .record = true, .seed = 1};
    o.noise.mode = FSNN_NOISE_HARD_ST;
    /* forgets at once: every step is a throw of its own, and fires half of the time */
    o.tau.value = 1;
    o.reset = FSNN_RESET_NONE;
    for (int i = 0; i < K * 2; i++)
        x[i] = 1;
    int in = fsnn_net_input(net, FSNN_SHAPE(1));
    VALID(fsnn_net_lif(net, "a", in, &o));
    VALID(fsnn_net_lif(net, "b", in, &o));
    GOOD(fsnn_net_wrap(net, &d, &plan));
    GOOD(fsnn_net_forward(net, x, &y));
    int agree[4] = {0};
    GOOD(fsnn_net_read(net, 1, FSNN_RECORD_SPIKES, a));
    GOOD(fsnn_net_read(net, 2, FSNN_RECORD_SPIKES, b));
    for (int k = 0; k < K; k++) {
        agree[0] += a[2 * k] == a[2 * k + 1]; /* samples */
        agree[1] += a[2 * k] == b[2 * k];     /* layers */
    }
    GOOD(fsnn_net_reset(net));
    GOOD(fsnn_net_forward(net, x, &y));
    GOOD(fsnn_net_read(net, 1, FSNN_RECORD_SPIKES, b));
    for (int k = 0; k < K; k++)
        agree[2] += a[2 * k] == b[2 * k]; /* runs */
    fsnn_net_counter_set(net, 0);
    plan.seed = 2;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    GOOD(fsnn_net_forward(net, x, &y));
    GOOD(fsnn_net_read(net, 1, FSNN_RECORD_SPIKES, b));
    for (int k = 0; k < K; k++)
        agree[3] += a[2 * k] == b[2 * k]; /* seeds */
    for (int i = 0; i < 4; i++)           /* of 400 coins: 200, standard deviation 10 */
        if (abs(agree[i] - K / 2) > 45)
            fail_msg("pair %d agrees in %d of %d steps", i, agree[i], K);
    plan.seed = 1;
    plan.batch = 1;
    fsnn_net_counter_set(net, 0);
    GOOD(fsnn_net_wrap(net, &d, &plan));
    GOOD(fsnn_net_forward(net, x, &y));
    GOOD(fsnn_net_read(net, 1, FSNN_RECORD_SPIKES, b));
    for (int k = 0; k < K; k++)
        assert_true(b[k] == a[2 * k]);
    fsnn_net_destroy(net);
}

/* A state goes on with the noise of its run, in a net whose counter stands elsewhere. */
static void saved(void **state)
{
    (void)state;
    static float x[T * B * IN], first[T * B * OUT];
    const float *y;
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = T / 2, .batch = B, .training = true, .seed = 3};
    fsnn_net *net = build(FSNN_NOISE_SOFT_NOISY, FSNN_RESET_CURRENT);
    fill_normal(x, T * B * IN, 0.9, 1, 1);
    GOOD(fsnn_net_wrap(net, &d, &plan));
    GOOD(fsnn_net_forward(net, x, &y));
    int64_t bytes = VALID(fsnn_net_state_bytes(net));
    void *kept = malloc((size_t)bytes);
    assert_non_null(kept);
    GOOD(fsnn_net_state_save(net, kept));
    GOOD(fsnn_net_forward(net, x + T / 2 * B * IN, &y));
    memcpy(first, y, (size_t)(T / 2 * B * OUT) * sizeof *y);
    GOOD(fsnn_net_reset(net));
    GOOD(fsnn_net_forward(net, x, &y)); /* another run */
    GOOD(fsnn_net_state_load(net, kept, bytes));
    GOOD(fsnn_net_forward(net, x + T / 2 * B * IN, &y));
    assert_memory_equal(first, y, (size_t)(T / 2 * B * OUT) * sizeof *y);
    free(kept);
    fsnn_net_destroy(net);
}

/* Without training a noisy layer is a lif layer. In training soft spikes lie between 0 and 1. */
static void evaluation(void **state)
{
    (void)state;
    static result noisy, plain, training;
    fsnn_plan plan = {.steps = T, .batch = B, .record = true, .seed = 3};
    fsnn_net *still = build(FSNN_NOISE_NONE, FSNN_RESET_CURRENT);
    run(still, &plan, 1, 1, &plain);
    for (int m = 0; m < FSNN_COUNT(modes); m++) {
        CASE("modes[%d]", m);
        fsnn_net *net = build(modes[m], FSNN_RESET_CURRENT);
        plan.training = false;
        run(net, &plan, 1, 1, &noisy);
        assert_memory_equal(noisy.out, plain.out, sizeof plain.out);
        assert_memory_equal(noisy.hidden, plain.hidden, sizeof plain.hidden);
        plan.training = true;
        run(net, &plan, 1, 1, &training);
        int between = 0;
        for (int i = 0; i < T * B * HIDDEN; i++)
            between += training.hidden[i] > 0 && training.hidden[i] < 1;
        assert_true(soft(modes[m]) ? between > T * B * HIDDEN / 2 : between == 0);
        assert_true(distance(training.hidden, plain.hidden, T * B * HIDDEN) > 0);
        fsnn_net_destroy(net);
    }
    fsnn_net_destroy(still);
}

/* The mean of soft_noisy and of hard spikes over the noise: hard ones fire with the probability
 * that meanfield gives. */
static void expectation(void **state)
{
    (void)state;
    enum { K = 20000 };
    static float x[K];
    const float *y;
    double mean[2] = {0};
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = K, .batch = 1, .training = true, .seed = 1};
    for (int i = 0; i < 2; i++) {
        fsnn_net *net = net_new();
        fsnn_neuron o = FSNN_NEURON_DEFAULT;
        o.tau.value = 1;
        o.reset = FSNN_RESET_NONE;
        o.noise.mode = i ? FSNN_NOISE_HARD_CONCRETE : FSNN_NOISE_MEANFIELD;
        for (int k = 0; k < K; k++)
            x[k] = 0.5f + (float)k / K;
        VALID(fsnn_net_lif(net, NULL, fsnn_net_input(net, FSNN_SHAPE(1)), &o));
        GOOD(fsnn_net_wrap(net, &d, &plan));
        GOOD(fsnn_net_forward(net, x, &y));
        for (int k = 0; k < K; k++)
            mean[i] += y[k] / K;
        fsnn_net_destroy(net);
    }
    assert_true(fabs(mean[0] - 0.5) < 0.01); /* the current runs through the threshold, evenly */
    assert_true(fabs(mean[1] - mean[0]) < 4 * 0.5 / sqrt(K));
}

/* The error of a lif layer with these options. */
static const char *refused(const char *kind, fsnn_noise noise)
{
    static char text[512];
    fsnn_net *net = net_new();
    fsnn_neuron o = FSNN_NEURON_DEFAULT;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = 1, .batch = 1};
    o.noise = noise;
    int in = fsnn_net_input(net, FSNN_SHAPE(1));
    VALID(fsnn_net_add(net, kind, "n", &in, 1, &o));
    FAILS(fsnn_net_wrap(net, &d, &plan), FSNN_EARGUMENT);
    snprintf(text, sizeof text, "%s", fsnn_error_text());
    fsnn_net_destroy(net);
    return text;
}

static void errors(void **state)
{
    (void)state;
    assert_string_equal(refused("lif", (fsnn_noise){.gamma = 0.1}),
                        "lif \"n\": the noise has a gamma or temperature but no mode: set one, "
                        "like noise: {mode: hard_st}, or leave them out");
    assert_string_equal(refused("if", (fsnn_noise){.mode = FSNN_NOISE_CONCRETE, .gamma = -1}),
                        "if \"n\": the noise has gamma -1 and temperature 0: each must be from "
                        "1e-9 to 1e+9, or 0 for its default");
    CONTAINS(refused("lif", (fsnn_noise){.mode = FSNN_NOISE_CONCRETE, .temperature = NAN}),
             "temperature nan");
    assert_string_equal(refused("noisy", (fsnn_noise){.mode = FSNN_NOISES}),
                        "noisy \"n\": there is no noise mode number 6");
    CONTAINS(refused("readout", (fsnn_noise){.mode = FSNN_NOISE_MEANFIELD}),
             "it never spikes, so noise");
    fsnn_neuron o;
    assert_int_equal(fsnn_kind_defaults("noisy", &o), sizeof o);
    assert_int_equal(o.noise.mode, FSNN_NOISE_HARD_ST);
    assert_int_equal(fsnn_kind_defaults("lif", &o), sizeof o);
    assert_int_equal(o.noise.mode, FSNN_NOISE_NONE);
    assert_int_equal(fsnn_noise_find("hard_st"), FSNN_NOISE_HARD_ST);
    assert_int_equal(fsnn_noise_find("loud"), FSNN_ENOTFOUND);
    assert_null(fsnn_noise_name(FSNN_NOISES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients),   cmocka_unit_test(the_same_noise),
        cmocka_unit_test(other_noise), cmocka_unit_test(saved),
        cmocka_unit_test(evaluation),  cmocka_unit_test(expectation),
        cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

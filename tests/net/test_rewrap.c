/* A net wrapped again with another method, engine, length, or parameters is as good as one built
 * for them: the same spikes, and states that go from one to the other. */
#include "nets.h"

enum { N = 7, T = 300 };
static float x[T * N]; /* [T, N] */

static int setup(void **state)
{
    (void)state;
    for (int64_t i = 0; i < T * N; i++)
        x[i] = (float)(1.2 + fsnn_random_normal(9, 1, (uint64_t)i));
    return 0;
}

static fsnn_net *build(double refractory)
{
    fsnn_net *net = net_new();
    fsnn_neuron o = FSNN_NEURON_DEFAULT;
    o.reset = FSNN_RESET_JUMP;
    o.tau.value = 3;
    o.refractory = refractory;
    VALID(fsnn_net_lif(net, "n", fsnn_net_input(net, FSNN_SHAPE(N)), &o));
    return net;
}

enum { DIRECT, TRUNCATED, EXPONENTIALS, ENGINES };

static void wrap(fsnn_net *net, fsnn_method method, int engine, int64_t steps, bool training)
{
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.method = method;
    d.memory = engine == TRUNCATED ? 20 : 0;
    d.tolerance = engine == EXPONENTIALS ? 1e-5 : 0;
    d.engine = engine == EXPONENTIALS ? FSNN_ENGINE_EXPONENTIALS : FSNN_ENGINE_DIRECT;
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = steps, .batch = 1, .training = training}));
}

static void same_spikes(fsnn_net *a, fsnn_net *b, int64_t steps)
{
    const float *y, *z;
    GOOD(fsnn_net_forward(a, x, &y));
    GOOD(fsnn_net_forward(b, x, &z));
    assert_memory_equal(y, z, sizeof *y * (size_t)(steps * N));
}

/* Sums go from one to two and back, first drives come and go, lengths fall and grow. */
static void methods(void **state)
{
    (void)state;
    static const fsnn_method order[] = {FSNN_GL,  FSNN_ABM, FSNN_L1, FSNN_TRAP,
                                        FSNN_ABM, FSNN_AB,  FSNN_ML, FSNN_GL};
    static const int64_t lengths[] = {T, 100, 180};
    fsnn_net *net = build(0);
    for (int engine = 0; engine < ENGINES; engine++)
        for (int i = 0; i < FSNN_COUNT(order) * FSNN_COUNT(lengths); i++) {
            int64_t steps = lengths[i % FSNN_COUNT(lengths)];
            if (!check_turn())
                continue;
            fsnn_net *fresh = build(0);
            wrap(net, order[i / FSNN_COUNT(lengths)], engine, steps, i % 2);
            wrap(fresh, order[i / FSNN_COUNT(lengths)], engine, steps, i % 2);
            same_spikes(net, fresh, steps);
            int64_t bytes = VALID(fsnn_net_state_bytes(net));
            char *kept = malloc((size_t)bytes);
            GOOD(fsnn_net_state_save(net, kept));
            GOOD(fsnn_net_reset(fresh));
            GOOD(fsnn_net_state_load(fresh, kept, bytes));
            free(kept);
            same_spikes(net, fresh, steps);
            if (i % 2)
                GOOD(fsnn_net_backward(net, x, NULL));
            fsnn_net_destroy(fresh);
        }
    fsnn_net_destroy(net);
}

/* The exponentials of ml depend on alpha and tau. Where these are written, there may be more of
 * them than there was room for, and the run begins anew. */
static void moved(void **state)
{
    (void)state;
    static const double alphas[] = {0.6, 0.75, 0.86, 0.4, 0.8};
    for (int checkpoint = 0; checkpoint < 2; checkpoint++) {
        fsnn_net *net = build(0);
        int fewest = INT32_MAX, most = 0;
        for (int i = 0; i < FSNN_COUNT(alphas); i++) {
            CASE("alphas[%d]", i);
            fsnn_order order = fsnn_order_of(alphas[i]);
            fsnn_dynamics d = fsnn_dynamics_default(&order);
            fsnn_plan plan = {
                .steps = T, .batch = 1, .training = true, .checkpoint = checkpoint * 50};
            fsnn_certificate c;
            fsnn_net *fresh = build(0);
            d.method = FSNN_ML;
            d.tolerance = check_every() > 1 ? 1e-3 : 1e-5; /* fewer of them cost less */
            d.engine = FSNN_ENGINE_EXPONENTIALS;
            order.alpha[0] = (float)alphas[i];
            GOOD(fsnn_net_wrap(fresh, &d, &plan));
            if (i == 0)
                GOOD(fsnn_net_wrap(net, &d, &plan));
            fsnn_net_param_find(net, "n.alpha")->value[0] = (float)alphas[i];
            GOOD(fsnn_net_params_changed(net));
            same_spikes(net, fresh, T);
            GOOD(fsnn_net_params_changed(net)); /* nothing moved: goes on */
            same_spikes(net, fresh, T);
            GOOD(fsnn_net_certificate(net, 1, &c));
            fewest = c.modes < fewest ? c.modes : fewest;
            most = c.modes > most ? c.modes : most;
            fsnn_net_destroy(fresh);
        }
        assert_true(most > fewest + (check_every() > 1 ? 8 : 12));
        fsnn_net_destroy(net);
    }
}

/* A horizon within the lags that are exact: no exponentials, but the spike tests are watched all
 * the same. */
static void short_horizon(void **state)
{
    (void)state;
    for (int64_t steps = 1; steps < 50; steps += 12)
        for (int training = 0; training < 2; training++) {
            fsnn_order order = fsnn_order_of(0.6);
            fsnn_dynamics d = fsnn_dynamics_default(&order);
            fsnn_plan plan = {.steps = steps, .batch = 1, .training = training};
            fsnn_certificate c;
            fsnn_net *net = build(0), *direct = build(0);
            GOOD(fsnn_net_wrap(direct, &d, &plan));
            d.tolerance = 1e-5;
            d.horizon = steps;
            d.engine = FSNN_ENGINE_EXPONENTIALS;
            GOOD(fsnn_net_wrap(net, &d, &plan));
            same_spikes(net, direct, steps);
            if (training)
                GOOD(fsnn_net_backward(net, x, NULL));
            GOOD(fsnn_net_certificate(net, 1, &c));
            assert_true((c.modes == 0) == (steps < 25));
            assert_true(c.margin < 2 && c.bound < 1e-3 && c.proven == (c.margin > c.bound));
            fsnn_net_destroy(net);
            fsnn_net_destroy(direct);
        }
}

static void far_horizon(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = 200, .batch = 1};
    fsnn_net *net = build(0);
    d.tolerance = 1e-12;
    d.horizon = FSNN_HORIZON_MOST;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    d.horizon = INT64_MAX;
    REFUSED(fsnn_net_wrap(net, &d, &plan), FSNN_EARGUMENT, "from 1 to 1000000000000000");
    fsnn_net_destroy(net);
}

/* A state that says it has run for longer than it has rows for is damaged: steps would read before
 * its rows. */
static void too_few_rows(void **state)
{
    (void)state;
    for (int engine = 0; engine < ENGINES; engine++) {
        fsnn_net *net = build(0);
        wrap(net, FSNN_GL, engine, T, false);
        int64_t bytes = VALID(fsnn_net_state_bytes(net)), time = 4800;
        char *kept = malloc((size_t)bytes);
        GOOD(fsnn_net_state_save(net, kept));
        memcpy(kept + 24 + sizeof(int64_t), &time, sizeof time); /* behind head and size */
        REFUSED(fsnn_net_state_load(net, kept, bytes), FSNN_EFORMAT, "damaged");
        free(kept);
        fsnn_net_destroy(net);
    }
}

/* A refractory period that a longer step rounds away leaves nothing in the state. */
static void refractory(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = T, .batch = 1};
    fsnn_net *net = build(0.3), *fresh = build(0.3);
    d.step = 0.1;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    d.step = 1;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    GOOD(fsnn_net_wrap(fresh, &d, &plan));
    assert_int_equal(fsnn_net_state_bytes(net), fsnn_net_state_bytes(fresh));
    same_spikes(net, fresh, T);
    fsnn_net_destroy(net);
    fsnn_net_destroy(fresh);
}

/* A wrap that is refused leaves the parameters, and the next one writes its orders. */
static void refused(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = T, .batch = 1};
    fsnn_net *net = build(0);
    GOOD(fsnn_net_wrap(net, &d, &plan));
    fsnn_net_param_find(net, "n.tau")->value[0] = 4;
    order.alpha[0] = 0.7;
    order.learn_alpha = true;
    d.method = FSNN_ML;
    d.tolerance = 1e-5;
    FAILS(fsnn_net_wrap(net, &d, &plan), FSNN_EUNSUPPORTED);
    d.method = FSNN_GL;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    assert_true(fsnn_net_param_find(net, "n.alpha")->value[0] == 0.7f);
    assert_true(fsnn_net_param_find(net, "n.tau")->value[0] == 4);
    fsnn_net_param_find(net, "n.alpha")->value[0] = 0.72f; /* as if learned: stays */
    GOOD(fsnn_net_wrap(net, &d, &plan));
    assert_true(fsnn_net_param_find(net, "n.alpha")->value[0] == 0.72f);
    fsnn_net_destroy(net);
}

/* Memory runs out at any allocation of a later wrap: an error, and the next wrap is good. */
static void out_of_memory(void **state)
{
    (void)state;
    static const fsnn_method to[] = {FSNN_ABM, FSNN_ML, FSNN_L1};
    int failures = 0;
    for (int i = 0; i < FSNN_COUNT(to) * ENGINES; i++) {
        fsnn_net *fresh = build(0);
        wrap(fresh, to[i / ENGINES], i % ENGINES, T, true);
        for (int64_t at = 1, status = -1; status < 0; at += check_every()) {
            fsnn_order order = fsnn_order_of(0.6);
            fsnn_dynamics d = fsnn_dynamics_default(&order);
            fsnn_plan plan = {.steps = T, .batch = 1, .training = true, .checkpoint = 50};
            fsnn_net *net = build(0);
            wrap(net, FSNN_GL, DIRECT, T, false);
            d.method = to[i / ENGINES];
            d.tolerance = i % ENGINES == EXPONENTIALS ? 1e-3 : 0;
            fsnn_alloc_fail_at(at);
            status = fsnn_net_wrap(net, &d, &plan);
            status = status ? status : fsnn_net_forward(net, x, NULL);
            status = status ? status : fsnn_net_backward(net, x, NULL);
            fsnn_alloc_fail_at(0);
            assert_true(status == FSNN_OK || status == FSNN_EMEMORY);
            failures += status != 0;
            wrap(net, to[i / ENGINES], i % ENGINES, T, true);
            GOOD(fsnn_net_reset(fresh));
            same_spikes(net, fresh, T);
            fsnn_net_destroy(net);
        }
        fsnn_net_destroy(fresh);
    }
    assert_true(failures > 50 / check_every());
}

/* Training steps allocate nothing: with exponentials, in equal segments, with an order that is
 * learned. */
static void no_allocation(void **state)
{
    (void)state;
    static const fsnn_method list[] = {FSNN_GL, FSNN_ABM, FSNN_ML};
    for (int i = 0; i < FSNN_COUNT(list) * 2; i++) {
        fsnn_order order = fsnn_order_of(0.6);
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        fsnn_plan plan = {.steps = T, .batch = 1, .training = true, .checkpoint = i % 2 * 50};
        fsnn_net *net = build(0);
        d.method = list[i / 2];
        d.tolerance = 1e-5;
        order.learn_alpha = d.method != FSNN_ML;
        GOOD(fsnn_net_wrap(net, &d, &plan));
        for (int step = 0; step < 3; step++) {
            if (step == 1)
                fsnn_alloc_fail_at(INT64_MAX); /* starts counting */
            GOOD(fsnn_net_reset(net));
            GOOD(fsnn_net_forward(net, x, NULL));
            fsnn_net_zero_grad(net);
            GOOD(fsnn_net_backward(net, x, NULL));
            if (order.learn_alpha)
                fsnn_net_param_find(net, "n.alpha")->value[0] += 0.01f;
            GOOD(fsnn_net_params_changed(net));
        }
        assert_int_equal(fsnn_alloc_fail_at(0), 0);
        fsnn_net_destroy(net);
    }
}

/* A stream with exponentials, then many samples without: what the one kept of its few tiles is not
 * taken for that of the other's. */
static void more_samples(void **state)
{
    (void)state;
    enum { B = 20000 };
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_net *net = build(0), *fresh = build(0);
    float *in = fsnn_alloc(sizeof *in * B * N);
    const float *y, *z;
    for (int64_t i = 0; i < B * N; i++)
        in[i] = x[i % (T * N)];
    wrap(net, FSNN_GL, EXPONENTIALS, 1, false);
    const fsnn_plan many = {.steps = 1, .batch = B};
    GOOD(fsnn_net_wrap(net, &d, &many));
    GOOD(fsnn_net_wrap(fresh, &d, &many));
    GOOD(fsnn_net_forward(net, in, &y));
    GOOD(fsnn_net_forward(fresh, in, &z));
    assert_memory_equal(y, z, sizeof *y * B * N);
    fsnn_free(in);
    fsnn_net_destroy(net);
    fsnn_net_destroy(fresh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods),       cmocka_unit_test(moved),
        cmocka_unit_test(short_horizon), cmocka_unit_test(far_horizon),
        cmocka_unit_test(too_few_rows),  cmocka_unit_test(refractory),
        cmocka_unit_test(refused),       cmocka_unit_test(out_of_memory),
        cmocka_unit_test(no_allocation), cmocka_unit_test(more_samples),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}

/* Which engine sums the past: the one that is asked for; else the history itself for short runs, up
 * to one length, and exponentials for all that are longer. */
#include "nets.h"

static fsnn_engine settled(double tolerance, int64_t horizon, fsnn_engine wanted)
{
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_engine engine;
    d.tolerance = tolerance;
    d.horizon = horizon;
    d.engine = wanted;
    GOOD(fsnn_engine_settle(&d, &engine));
    return engine;
}

static void by_length(void **state)
{
    (void)state;
    static const double tolerances[] = {0.1, 1e-3, 1e-5, 1e-7, 1e-12};
    int64_t before = 0;
    for (int i = 0; i < FSNN_COUNT(tolerances); i++) {
        CASE("tolerance %g", tolerances[i]);
        int64_t T = 1;
        while (settled(tolerances[i], T, FSNN_ENGINE_AUTO) == FSNN_ENGINE_DIRECT)
            T++;
        assert_true(T > 64 && T < 512);
        assert_true(T >= before); /* a finer tolerance takes more exponentials */
        before = T;
        for (; T < 5000; T += 7 * check_every())
            assert_int_equal(settled(tolerances[i], T, FSNN_ENGINE_AUTO), FSNN_ENGINE_EXPONENTIALS);
        assert_int_equal(settled(tolerances[i], 0, FSNN_ENGINE_AUTO), FSNN_ENGINE_EXPONENTIALS);
    }
    assert_int_equal(settled(0, 100000, FSNN_ENGINE_AUTO), FSNN_ENGINE_DIRECT);
}

static void as_asked(void **state)
{
    (void)state;
    assert_int_equal(settled(1e-5, 10, FSNN_ENGINE_EXPONENTIALS), FSNN_ENGINE_EXPONENTIALS);
    assert_int_equal(settled(1e-5, 100000, FSNN_ENGINE_DIRECT), FSNN_ENGINE_DIRECT);
    assert_int_equal(settled(1e-5, 10, FSNN_ENGINE_FEW), FSNN_ENGINE_FEW);
}

/* Of the layers below; larger where instructions cost much, as the search for few exponentials
 * solves some hundred systems of equations. */
static double tolerance(void)
{
    return check_every() > 1 ? 1e-3 : 1e-5;
}

/* Exponentials of a layer that is wrapped without a horizon. */
static int64_t exponentials(int64_t steps, bool training)
{
    fsnn_net *net = net_new();
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_memory_form form;
    d.tolerance = tolerance();
    VALID(fsnn_net_lif(net, "n", fsnn_net_input(net, FSNN_SHAPE(3)), &lif));
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = steps, .batch = 1, .training = training}));
    GOOD(fsnn_net_memory_form(net, fsnn_net_node_find(net, "n"), 0, &form));
    fsnn_net_destroy(net);
    return form.exponentials;
}

/* few: fewer exponentials, found anew for another order, and nothing for a training. */
static void few(void **state)
{
    (void)state;
    fsnn_net *net = net_new();
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_memory_form form;
    d.tolerance = tolerance();
    d.engine = FSNN_ENGINE_FEW;
    VALID(fsnn_net_lif(net, "n", fsnn_net_input(net, FSNN_SHAPE(3)), &lif));
    const int node = fsnn_net_node_find(net, "n");
    for (int i = 0; i < 3; i++) {
        order = fsnn_order_of(0.3 + 0.3 * i);
        GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 100, .batch = 1}));
        GOOD(fsnn_net_memory_form(net, node, 0, &form));
        assert_true(form.exponentials > 0 && 5 * form.exponentials <= 4 * exponentials(100, false));
    }
    assert_int_equal(
        fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 100, .batch = 1, .training = true}),
        FSNN_EUNSUPPORTED);
    assert_non_null(strstr(fsnn_error_text(), "exponentials works"));
    d.tolerance = 0;
    assert_int_equal(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 100, .batch = 1}),
                     FSNN_EUNSUPPORTED);
    fsnn_net_destroy(net);
}

static void steps_of_a_training(void **state)
{
    (void)state;
    assert_int_equal(exponentials(32, true), 0);
    assert_true(exponentials(2000, true) > 0);
    assert_true(exponentials(32, false) > 0); /* calls may follow without end */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_length),
        cmocka_unit_test(as_asked),
        cmocka_unit_test(few),
        cmocka_unit_test(steps_of_a_training),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

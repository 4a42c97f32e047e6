/* Dense input that is few spikes goes event by event: found where it is so and only there, with the
 * product's numbers in either case, forward and for the gradient of the weights, with any number of
 * threads. */
#include "nets.h"

#include "op/spikes.h"

enum { ROWS = 300, IN = 201, OUT = 97 };

static float *train_of(double share, uint64_t seed)
{
    float *x = fsnn_alloc(sizeof *x * ROWS * IN);
    assert_non_null(x);
    for (int i = 0; i < ROWS * IN; i++)
        x[i] = fsnn_random_uniform(seed, 0, (uint64_t)i) < share ? 1 : 0;
    return x;
}

static void finds_what_is_there(void **state)
{
    (void)state;
    void *space = fsnn_alloc(spikes_reserve(ROWS, IN));
    fsnn_spikes lists;
    float *x = train_of(0.1, 1);
    static float back[ROWS * IN];
    assert_true(spikes_find(x, ROWS, IN, 0.3, space, &lists));
    GOOD(fsnn_spikes_check(&lists));
    fsnn_spikes_dense(&lists, back);
    assert_memory_equal(back, x, sizeof back);
    assert_false(spikes_find(x, ROWS, IN, 0.05, space, &lists)); /* too many for this share */
    static const float others[] = {2, 0.5F, -1, 1.0000001F, NAN, INFINITY, -0.0F, 1e-40F};
    for (int i = 0; i < FSNN_COUNT(others); i++) { /* the last number is as good as any */
        CASE("others[%d]", i);
        x[ROWS * IN - 1] = others[i];
        assert_false(spikes_find(x, ROWS, IN, 0.3, space, &lists));
    }
    memset(x, 0, sizeof *x * ROWS * IN);
    assert_true(spikes_find(x, ROWS, IN, 0.3, space, &lists)); /* none is few */
    assert_int_equal(fsnn_spikes_total(&lists), 0);
    for (int i = 0; i < ROWS * IN; i++)
        x[i] = 1;
    assert_false(spikes_find(x, ROWS, IN, 0.3, space, &lists));
    fsnn_free(x);
    fsnn_free(space);
}

/* Lists may fill a range of rows to the last place, wherever in it they are. */
static void full_ranges(void **state)
{
    (void)state;
    void *space = fsnn_alloc(spikes_reserve(ROWS, IN));
    fsnn_spikes lists;
    static float x[ROWS * IN];
    int most = (int)(0.3 * 128 * IN);
    for (int i = 0; i < most; i++)
        x[i] = 1;
    assert_true(spikes_find(x, ROWS, IN, 0.3, space, &lists));
    assert_int_equal(fsnn_spikes_total(&lists), most);
    x[most] = x[most + 1] = 1;
    assert_false(spikes_find(x, ROWS, IN, 0.3, space, &lists));
    fsnn_free(space);
}

/* Fewer rows than a range are held against what they are themselves. */
static void few_rows(void **state)
{
    (void)state;
    enum { FEW = 16 };
    void *space = fsnn_alloc(spikes_reserve(FEW, IN));
    fsnn_spikes lists;
    float *x = train_of(0.5, 4);
    assert_false(spikes_find(x, FEW, IN, 0.3, space, &lists));
    assert_true(spikes_find(x, FEW, IN, 0.6, space, &lists));
    fsnn_free(x);
    fsnn_free(space);
    assert_true(spikes_forward(FEW) == 0 && spikes_weights(FEW) == 0);
    for (int64_t rows = 1; rows < 100000; rows = rows * 5 / 4 + 1) {
        CASE("%lld rows", (long long)rows);
        assert_true(spikes_forward(rows + 1) >= spikes_forward(rows));
        assert_true(spikes_forward(rows) <= SPIKES_FORWARD);
        assert_true(spikes_weights(rows) <= spikes_forward(rows));
    }
    assert_true(spikes_weights(100000) > 0.19);
}

static fsnn_net *linear(void)
{
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    VALID(fsnn_net_linear(net, "fc", fsnn_net_input(net, FSNN_SHAPE(IN)), OUT, true));
    GOOD(fsnn_net_wrap(
        net, &d,
        &(fsnn_plan){
            .steps = 3, .batch = ROWS / 3, .training = true, .input_gradient = true, .seed = 2}));
    return net;
}

static void close_to(const char *what, double got, double wanted, double scale)
{
    if (!(fabs(got - wanted) <= 2e-6 * scale))
        fail_msg("%s is %.9g, expected %.9g", what, got, wanted);
}

static void same_product(void **state)
{
    (void)state;
    /* both, both, both, forward, neither */
    static const double share[] = {0, 0.02, 0.12, 0.24, 0.6};
    fsnn_net *net = linear();
    assert_true(spikes_worth(ROWS, IN, OUT));
    const fsnn_param *w = fsnn_net_param_find(net, "fc.weight"),
                     *b = fsnn_net_param_find(net, "fc.bias");
    static float g[ROWS * OUT];
    for (int i = 0; i < ROWS * OUT; i++)
        g[i] = (float)fsnn_random_normal(3, 0, (uint64_t)i);
    for (int s = 0; s < FSNN_COUNT(share); s++) {
        CASE("share[%d]", s);
        float *x = train_of(share[s], (uint64_t)s + 7);
        const float *y, *gx;
        GOOD(fsnn_net_forward(net, x, &y));
        for (int r = 0; r < ROWS; r += 13)
            for (int o = 0; o < OUT; o++) {
                double sum = b->value[o];
                for (int i = 0; i < IN; i++)
                    sum += (double)x[r * IN + i] * (double)w->value[o * IN + i];
                close_to("y", y[r * OUT + o], sum, 10);
            }
        fsnn_net_zero_grad(net);
        GOOD(fsnn_net_backward(net, g, &gx));
        for (int o = 0; o < OUT; o += 5)
            for (int i = 0; i < IN; i++) {
                double sum = 0;
                for (int r = 0; r < ROWS; r++)
                    sum += (double)g[r * OUT + o] * (double)x[r * IN + i];
                close_to("gw", w->grad[o * IN + i], sum, 100);
            }
        for (int i = 0; i < IN; i++) {
            double sum = 0;
            for (int o = 0; o < OUT; o++)
                sum += (double)g[o] * (double)w->value[o * IN + i];
            close_to("gx", gx[i], sum, 10);
        }
        fsnn_free(x);
    }
    fsnn_net_destroy(net);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    static float g[ROWS * OUT], y[2][ROWS * OUT], gw[2][OUT * IN];
    float *x = train_of(0.1, 5);
    for (int i = 0; i < ROWS * OUT; i++)
        g[i] = (float)fsnn_random_normal(3, 1, (uint64_t)i);
    for (int k = 0; k < 2; k++) {
        const float *out;
        GOOD(fsnn_threads_set(k ? 3 : 1));
        fsnn_net *net = linear();
        GOOD(fsnn_net_forward(net, x, &out));
        memcpy(y[k], out, sizeof y[k]);
        GOOD(fsnn_net_backward(net, g, NULL));
        memcpy(gw[k], fsnn_net_param_find(net, "fc.weight")->grad, sizeof gw[k]);
        fsnn_net_destroy(net);
    }
    GOOD(fsnn_threads_set(0));
    assert_memory_equal(y[0], y[1], sizeof y[0]);
    assert_memory_equal(gw[0], gw[1], sizeof gw[0]);
    fsnn_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_there),
        cmocka_unit_test(full_ranges),
        cmocka_unit_test(few_rows),
        cmocka_unit_test(same_product),
        cmocka_unit_test(threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

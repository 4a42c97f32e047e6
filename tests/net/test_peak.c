/* The peak of an upstroke in place of a threshold (fsnn_neuron.peak, v_peak): any number, under
 * reset value and restart. A quadratic cell in mV whose peak is below 0 beside the same cell that
 * counts from -60; the interval of the cell between spikes beside its integral; gradients by
 * differences. NEST calls it V_peak, whose default is 0 mV. */
#include "double.h"
#include "nets.h"

enum { T = 40, B = 2, N = 5, LONG = 80000 };

static const double base = -60;

/* Its numbers count from `from`. */
static fsnn_user cell_of(double from, fsnn_reset reset)
{
    fsnn_user o;
    VALID(fsnn_kind_defaults("qif", &o));
    o.neuron.reset = reset;
    o.neuron.tau.value = 10;
    o.neuron.threshold.value = base + 50 - from;
    o.neuron.peak = true;
    o.neuron.v0 = base - from;
    o.neuron.v_reset.value = base - 5 - from;
    o.neuron.surrogate.scale = 0.1;
    o.params = 3;
    o.param[0] = (fsnn_user_param){"a", {.value = 0.0625}};
    o.param[1] = (fsnn_user_param){"rest", {.value = base - from}};
    o.param[2] = (fsnn_user_param){"critical", {.value = base + 15 - from}};
    return o;
}

static fsnn_net *net_of(const char *kind, const void *o, double alpha, double step,
                        fsnn_precision precision, const fsnn_plan *plan)
{
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(alpha);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.step = step;
    d.precision = precision;
    int in = VALID(fsnn_net_input(net, FSNN_SHAPE(plan->batch == 1 ? 1 : N)));
    VALID(fsnn_net_add(net, kind, "cell", &in, 1, o));
    GOOD(fsnn_net_wrap(net, &d, plan));
    return net;
}

/* Below 0 it is what it is above. */
static void is_where_it_counts_from(void **state)
{
    (void)state;
    static const fsnn_reset resets[] = {FSNN_RESET_VALUE, FSNN_RESET_RESTART};
    static float x[T * B * N], y[2][T * B * N], v[2][T * B * N];
    const fsnn_plan plan = {.steps = T, .batch = B, .record = true};
    fill_normal(x, T * B * N, 100, 50, 1);
    for (int r = 0; r < FSNN_COUNT(resets); r++) {
        CASE("%s", fsnn_reset_name(resets[r]));
        double spikes = 0;
        for (int k = 0; k < 2; k++) {
            const fsnn_user o = cell_of(k ? base : 0, resets[r]);
            const float *out;
            fsnn_net *net = net_of("qif", &o, 0.8, 0.5, FSNN_PRECISION_SINGLE, &plan);
            GOOD(fsnn_net_forward(net, x, &out));
            memcpy(y[k], out, sizeof y[k]);
            GOOD(fsnn_net_read(net, VALID(fsnn_net_node_find(net, "cell")), FSNN_RECORD_V, v[k]));
            fsnn_net_destroy(net);
        }
        assert_memory_equal(y[0], y[1], sizeof y[0]);
        for (int n = 0; n < T * B * N; n++) {
            spikes += (double)y[0][n];
            assert_float_equal(v[0][n], v[1][n] + (float)base, 0.05);
        }
        assert_true(spikes > 10);
    }
}

/* At alpha 1 an interval lasts the integral of tau dv/(a (v - r)(v - c) + I) from v_reset to the
 * peak: with m = (r + c)/2 and w^2 = I/a - (c - r)^2/4
 *   tau/(a w) (atan((peak - m)/w) - atan((v_reset - m)/w)). */
static void interval(void **state)
{
    (void)state;
#ifndef FSNN_HAVE_DOUBLE
    skip();
#else
    const double a = 0.0625, I = 12, m = base + 7.5, w = sqrt(I / a - 15.0 * 15.0 / 4),
                 expected = 10 / (a * w) * (atan((base + 50 - m) / w) - atan((base - 5 - m) / w)),
                 h = 0.001;
    static double x[LONG], y[LONG];
    const fsnn_plan plan = {.steps = LONG, .batch = 1};
    const fsnn_user o = cell_of(0, FSNN_RESET_VALUE);
    fsnn_net *net = net_of("qif", &o, 1, h, FSNN_PRECISION_DOUBLE, &plan);
    int64_t at[2] = {-1, -1};
    for (int k = 0; k < LONG; k++)
        x[k] = I;
    GOOD(fsnn_net_forward_into_double(net, x, y));
    for (int64_t k = LONG - 1; k >= 0; k--)
        if (y[k] != 0) {
            at[1] = at[0];
            at[0] = k;
        }
    assert_true(at[1] > at[0]);
    assert_float_equal((double)(at[1] - at[0]) * h, expected, 0.005 * expected);
    fsnn_net_destroy(net);
#endif
}

static void gradients(void **state)
{
    (void)state;
    static float x[T * B * N];
    const fsnn_plan plan = {
        .steps = T, .batch = B, .training = true, .smooth = true, .input_gradient = true};
    fill_normal(x, T * B * N, 0.5, 0.25, 1);
    for (int r = 0; r < 2; r++) {
        fsnn_user o = cell_of(0, r ? FSNN_RESET_RESTART : FSNN_RESET_VALUE);
        o.param[0].value.value = 0.5;
        o.param[1].value = (fsnn_value){.value = -1.5, .learn = true};
        o.param[2].value.value = -1;
        o.neuron.threshold = (fsnn_value){.value = r ? 100 : -0.5, .learn = true, .per = r};
        o.neuron.v0 = -1.5;
        o.neuron.v_reset = (fsnn_value){.value = -1.75, .learn = !r};
        o.neuron.surrogate.scale = 1.5;
        o.neuron.detach_reset = false;
        fsnn_net *net = net_of("qif", &o, 0.7, 0.5, FSNN_PRECISION_SINGLE, &plan);
        CASE("%s", fsnn_reset_name(o.neuron.reset));
        assert_int_equal(fsnn_net_param_find(net, "cell.threshold")->range, FSNN_ANY);
        gradcheck_double(net, x, 2);
        fsnn_net_destroy(net);
    }
}

/* A peak that a program writes may be any finite number; a threshold without it is above 0. */
static void written(void **state)
{
    (void)state;
    const fsnn_plan plan = {.steps = 2, .batch = 1};
    fsnn_user o = cell_of(0, FSNN_RESET_VALUE);
    fsnn_net *net = net_of("qif", &o, 1, 0.5, FSNN_PRECISION_SINGLE, &plan);
    float *value = fsnn_net_param_find(net, "cell.threshold")->value;
    *value = -20;
    GOOD(fsnn_net_params_changed(net));
    *value = NAN;
    REFUSED(fsnn_net_params_changed(net), FSNN_EARGUMENT, "must be finite");
    fsnn_net_destroy(net);
    o.neuron.peak = false;
    fsnn_order order = fsnn_order_of(1);
    const fsnn_dynamics d = fsnn_dynamics_default(&order);
    refuse_neuron("qif", &o, &d, "threshold is -10, it must be positive");
    o.neuron.peak = true;
    fsnn_user plain;
    VALID(fsnn_kind_defaults("hard_lif", &plain));
    plain.neuron.peak = true;
    refuse_neuron("hard_lif", &plain, &d, "v_peak is of qif, eif and user");
    o.neuron.threshold.value = INFINITY;
    refuse_neuron("qif", &o, &d, "threshold is inf");
    o.neuron.threshold.value = -10;
    o.neuron.reset = FSNN_RESET_JUMP;
    refuse_neuron("qif", &o, &d, "but the reset is jump");
    o.neuron.reset = FSNN_RESET_VALUE;
    refuse_neuron("lif", &o, &d, "v_peak is of qif, eif and user");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_where_it_counts_from),
                                       cmocka_unit_test(interval), cmocka_unit_test(gradients),
                                       cmocka_unit_test(written)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

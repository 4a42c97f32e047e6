/* What spike tests compared, FSNN_RECORD_TEST and FSNN_RECORD_THRESHOLD: a spike stands where the
 * one reaches the other, for every kind and reset, in calls of any length. */
#include "nets.h"

#include <string.h>

enum { K = 60, N = 37, CALLS = 3 };

typedef struct records {
    float v[K][N], spikes[K][N], test[K][N], threshold[K][N];
} records;

static float current[K][N];

/* Currents that differ from neuron to neuron and wander. */
static void draw_currents(void)
{
    for (int k = 0; k < K; k++)
        for (int n = 0; n < N; n++)
            current[k][n] = (float)(1.6 + 0.04 * n + 0.8 * sin(0.37 * k + 0.2 * n));
}

/* Fed in `calls` pieces. */
static void run(const char *layer, const char *dynamics, int calls, records *r)
{
    char text[512];
    fsnn_description *description;
    snprintf(text, sizeof text, "input: [%d]\nlayers: [%s]\ndynamics: %s\n", N, layer, dynamics);
    fsnn_net *net = net_described(text, &description);
    fsnn_dynamics d = *fsnn_description_dynamics(description);
    d.horizon = K;
    fsnn_plan plan = {.steps = K / calls, .batch = 1, .record = true};
    GOOD(fsnn_net_wrap(net, &d, &plan));
    for (int k = 0; k < K; k += K / calls) {
        GOOD(fsnn_net_forward(net, current[k], NULL));
        GOOD(fsnn_net_read(net, 1, FSNN_RECORD_V, r->v[k]));
        GOOD(fsnn_net_read(net, 1, FSNN_RECORD_SPIKES, r->spikes[k]));
        GOOD(fsnn_net_read(net, 1, FSNN_RECORD_TEST, r->test[k]));
        GOOD(fsnn_net_read(net, 1, FSNN_RECORD_THRESHOLD, r->threshold[k]));
    }
    fsnn_net_destroy(net);
    fsnn_description_destroy(description);
}

static const char *const resets[] = {"current", "none",  "subtract", "value",
                                     "jump",    "delta", "restart"};
static const char *const kinds[] = {
    "lif: {tau: 2, threshold: 0.8, reset: %s}",
    "if: {tau: 3, reset: %s}",
    "alif: {tau: 2, reset: %s, params: {tau_a: 5, beta: 0.9}}",
    "cuba: {tau: 2, reset: %s}",
    "user: {dv: \"(-v^2 + I)/tau\", spike: \"v + 0.5*dv - 0.7\", tau: 2, reset: %s}",
};

/* What comes first after it: the spike took away what was tested. */
static bool takes(const char *reset)
{
    return !strcmp(reset, "value") || !strcmp(reset, "delta") || !strcmp(reset, "restart");
}

static void spikes_where_reached(void **state)
{
    (void)state;
    static records whole, cut;
    draw_currents();
    for (int kind = 0; kind < FSNN_COUNT(kinds); kind++)
        for (int i = 0; i < FSNN_COUNT(resets); i++) {
            char layer[160];
            int fired = 0;
            snprintf(layer, sizeof layer, kinds[kind], resets[i]);
            CASE("%s", layer);
            run(layer, "{alpha: 0.7, step: 0.5}", 1, &whole);
            run(layer, "{alpha: 0.7, step: 0.5}", CALLS, &cut);
            assert_memory_equal(&whole, &cut, sizeof whole);
            for (int k = 0; k < K; k++)
                for (int n = 0; n < N; n++) {
                    double margin = whole.test[k][n] - whole.threshold[k][n];
                    bool spike = whole.spikes[k][n] != 0;
                    fired += spike;
                    if ((spike && takes(resets[i])) || fabs(margin) < 1e-5)
                        continue;
                    assert_int_equal(margin >= 0, spike);
                }
            assert_true(fired > N);
        }
}

/* The numbers themselves: v + dv of lif; a threshold that spikes raise. */
static void numbers(void **state)
{
    (void)state;
    static records r;
    draw_currents();
    run("lif: {tau: 2, reset: current}", "{alpha: 0.5}", 1, &r);
    for (int k = 0; k < K; k++)
        for (int n = 0; n < N; n++) {
            double v = k ? r.v[k - 1][n] : 0;
            assert_float_equal(r.test[k][n], v + (current[k][n] - v) / 2, 1e-5);
            assert_float_equal(r.threshold[k][n], 1, 1e-6);
        }
    run("alif: {tau: 2, reset: subtract, params: {tau_a: 5, beta: 0.9}}", "{alpha: 0.5}", 1, &r);
    for (int n = 0; n < N; n++) {
        double a = 0;
        for (int k = 0; k < K; k++) {
            assert_float_equal(r.threshold[k][n], 1 + 0.9 * a, 1e-5);
            assert_float_equal(r.test[k][n], r.v[k][n] + r.spikes[k][n], 1e-5);
            a += (-a + r.spikes[k][n]) / 5;
        }
    }
}

/* Channels that lie last in memory come in the order of the shape. */
static void layouts(void **state)
{
    (void)state;
    enum { C = 3, P = 4 };
    static const char text[] = "input: [3, 2, 2]\nlayers:\n  - conv2d: {out: 3, kernel: 1}\n"
                               "  - lif: {tau: 2, threshold: {value: 0.1, per: channel}}\n"
                               "dynamics: {alpha: 0.5}\n";
    fsnn_description *description;
    fsnn_net *net = net_described(text, &description);
    float x[C * P], v[C * P], I[C * P], test[C * P];
    for (int i = 0; i < C * P; i++)
        x[i] = (float)i;
    fsnn_plan plan = {.steps = 1, .batch = 1, .record = true};
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(description), &plan));
    GOOD(fsnn_net_forward(net, x, NULL));
    GOOD(fsnn_net_read(net, 2, FSNN_RECORD_V, v));
    GOOD(fsnn_net_read(net, 2, FSNN_RECORD_CURRENT, I));
    GOOD(fsnn_net_read(net, 2, FSNN_RECORD_TEST, test));
    for (int i = 0; i < C * P; i++)
        assert_float_equal(test[i], I[i] / 2, 1e-5);
    fsnn_net_destroy(net);
    fsnn_description_destroy(description);
}

static void readouts_test_nothing(void **state)
{
    (void)state;
    fsnn_description *description;
    fsnn_net *net =
        net_described("input: [2]\nlayers: [readout]\ndynamics: {alpha: 0.5}\n", &description);
    float x[2] = {1, 2}, out[2];
    fsnn_plan plan = {.steps = 1, .batch = 1, .record = true};
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(description), &plan));
    GOOD(fsnn_net_forward(net, x, NULL));
    REFUSED(fsnn_net_read(net, 1, FSNN_RECORD_TEST, out), FSNN_EARGUMENT, "is a readout");
    fsnn_net_destroy(net);
    fsnn_description_destroy(description);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spikes_where_reached),
        cmocka_unit_test(numbers),
        cmocka_unit_test(layouts),
        cmocka_unit_test(readouts_test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

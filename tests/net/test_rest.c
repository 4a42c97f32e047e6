/* A potential at rest and a resistance, kinds if, lif and noisy: tau D^alpha v = -(v - rest) +
 * resistance I. Such a layer is the layer of rest 0 and resistance 1 whose threshold, v0 and
 * v_reset count from rest, under resistance times the current, bit for bit; gradients by
 * differences; the same beside its equation. Asked for in SpikingJelly issue 118 and PySNN pull
 * request 2: cells in mV whose thresholds are negative. */
#include "double.h"
#include "nets.h"

enum { T = 24, B = 3, C = 4, P = 10, N = C * P };

static const struct {
    fsnn_method method;
    fsnn_reset reset;
    bool implicit;
} all[] = {{FSNN_GL, FSNN_RESET_CURRENT, false},   {FSNN_GL, FSNN_RESET_VALUE, false},
           {FSNN_GL, FSNN_RESET_JUMP, false},      {FSNN_GL, FSNN_RESET_RESTART, false},
           {FSNN_GL, FSNN_RESET_SUBTRACT, false},  {FSNN_GL, FSNN_RESET_VALUE, true},
           {FSNN_L1, FSNN_RESET_SUBTRACT, false},  {FSNN_L1, FSNN_RESET_DELTA, false},
           {FSNN_AB, FSNN_RESET_CURRENT, false},   {FSNN_TRAP, FSNN_RESET_JUMP, false},
           {FSNN_ABM, FSNN_RESET_DELTA, false},    {FSNN_ML, FSNN_RESET_CURRENT, false},
           {FSNN_EULER, FSNN_RESET_VALUE, false},  {FSNN_HEUN, FSNN_RESET_CURRENT, false},
           {FSNN_RK4, FSNN_RESET_SUBTRACT, false}, {FSNN_GL, FSNN_RESET_NONE, false}};

/* A cell in mV whose numbers are binary fractions, so that counting from rest rounds nothing. */
static fsnn_neuron cell_of(fsnn_reset reset)
{
    fsnn_neuron o = FSNN_NEURON_DEFAULT;
    o.reset = reset;
    o.tau.value = 4;
    o.rest.value = -70;
    o.resistance.value = 4;
    o.threshold.value = -50;
    o.v0 = -68;
    o.v_reset.value = -65;
    o.surrogate.scale = 0.25;
    o.detach_reset = false;
    return o;
}

/* The same counted from rest, to be given resistance times the current. */
static fsnn_neuron from_rest(const fsnn_neuron *cell)
{
    fsnn_neuron o = *cell;
    o.threshold.value -= o.rest.value;
    o.v0 -= o.rest.value;
    o.v_reset.value -= o.rest.value;
    o.rest.value = 0;
    o.resistance.value = 1;
    return o;
}

static fsnn_net *net_of(const char *kind, const void *o, int i, fsnn_shape shape,
                        const fsnn_plan *plan)
{
    fsnn_net *net = net_new();
    const bool integer =
        all[i].method == FSNN_EULER || all[i].method == FSNN_HEUN || all[i].method == FSNN_RK4;
    fsnn_order order = fsnn_order_of(integer ? 1 : 0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.method = all[i].method;
    d.step = 0.5;
    d.implicit = all[i].implicit;
    d.integrator = integer ? FSNN_ODEINT : FSNN_FDEINT;
    int in = VALID(fsnn_net_input(net, shape));
    VALID(fsnn_net_add(net, kind, "cell", &in, 1, o));
    GOOD(fsnn_net_wrap(net, &d, plan));
    return net;
}

static int cell_in(const fsnn_net *net)
{
    return VALID(fsnn_net_node_find(net, "cell"));
}

static double *gradient(const fsnn_net *net, const char *name)
{
    static double sum;
    const fsnn_param *p = fsnn_net_param_find(net, name);
    assert_non_null(p);
    sum = 0;
    for (int64_t n = 0; n < fsnn_shape_count(&p->shape); n++)
        sum += p->grad[n];
    return &sum;
}

/* Spikes, gradients and potentials beside those of the cell counted from rest. */
static void is_counted_from_rest(void **state)
{
    (void)state;
    static const char *const kinds[] = {"lif", "if"};
    static float x[T * B * N], wide[T * B * N], g[T * B * N], v[2][T * B * N], y[2][T * B * N],
        gx[2][T * B * N], test[2][T * B * N], threshold[2][T * B * N];
    const fsnn_plan plan = {
        .steps = T, .batch = B, .training = true, .record = true, .input_gradient = true};
    fill_normal(x, T * B * N, 6, 5, 1);
    fill_normal(g, T * B * N, 0, 1, 2);
    for (int n = 0; n < T * B * N; n++)
        wide[n] = 4 * x[n];
    for (int i = 0; i < FSNN_COUNT(all); i++)
        for (int k = 0; k < 2; k++) {
            double spikes = 0, tau[2];
            CASE("%s, %s, %s", kinds[k], fsnn_method_name(all[i].method),
                 fsnn_reset_name(all[i].reset));
            for (int plain = 0; plain < 2; plain++) {
                const fsnn_neuron cell = cell_of(all[i].reset), other = from_rest(&cell);
                fsnn_neuron o = plain ? other : cell;
                const float *out, *gin;
                o.tau.learn = true;
                fsnn_net *net = net_of(kinds[k], &o, i, FSNN_SHAPE(C, P), &plan);
                GOOD(fsnn_net_forward(net, plain ? wide : x, &out));
                memcpy(y[plain], out, sizeof y[plain]);
                GOOD(fsnn_net_read(net, cell_in(net), FSNN_RECORD_V, v[plain]));
                GOOD(fsnn_net_read(net, cell_in(net), FSNN_RECORD_TEST, test[plain]));
                GOOD(fsnn_net_read(net, cell_in(net), FSNN_RECORD_THRESHOLD, threshold[plain]));
                fsnn_net_zero_grad(net);
                GOOD(fsnn_net_backward(net, g, &gin));
                memcpy(gx[plain], gin, sizeof gx[plain]);
                tau[plain] = *gradient(net, "cell.tau");
                fsnn_net_destroy(net);
            }
            assert_memory_equal(y[0], y[1], sizeof y[0]);
            assert_true(tau[0] == tau[1]);
            for (int n = 0; n < T * B * N; n++) {
                spikes += y[0][n];
                assert_true(gx[0][n] == 4 * gx[1][n]);
                assert_true(fabsf(v[0][n] - (v[1][n] - 70)) < 1e-4f);
                assert_true(fabsf(test[0][n] - (test[1][n] - 70)) < 1e-4f);
                assert_true(fabsf(threshold[0][n] - (threshold[1][n] - 70)) < 1e-5f);
            }
            assert_true(all[i].reset == FSNN_RESET_NONE || spikes > 20);
        }
}

/* The layer beside its equation (docs/neurons.md), which counts the threshold from rest. */
static void is_its_equation(void **state)
{
    (void)state;
    static float x[T * B * N], y[2][T * B * N], g[T * B * N];
    const fsnn_plan plan = {.steps = T, .batch = B, .training = true};
    fill_normal(x, T * B * N, 6, 5, 3);
    fill_normal(g, T * B * N, 0, 1, 4);
    for (int i = 0; i < FSNN_COUNT(all); i++) {
        double rest[2], resistance[2], threshold[2];
        CASE("%s, %s", fsnn_method_name(all[i].method), fsnn_reset_name(all[i].reset));
        for (int k = 0; k < 2; k++) {
            fsnn_user o = {.neuron = cell_of(all[i].reset)};
            const float *out;
            o.neuron.threshold.learn = o.neuron.rest.learn = o.neuron.resistance.learn = true;
            if (k) {
                o.dv = "(-(v - E) + R*I)/tau";
                o.spike = "v + dv - (E + threshold)";
                o.params = 2;
                o.param[0] = (fsnn_user_param){"E", {.value = -70, .learn = true}};
                o.param[1] = (fsnn_user_param){"R", {.value = 4, .learn = true}};
                o.neuron.threshold.value = 20;
                o.neuron.rest = (fsnn_value){0};
                o.neuron.resistance = (fsnn_value){0};
            }
            fsnn_net *net = net_of(k ? "user" : "lif", &o, i, FSNN_SHAPE(N), &plan);
            GOOD(fsnn_net_forward(net, x, &out));
            memcpy(y[k], out, sizeof y[k]);
            fsnn_net_zero_grad(net);
            GOOD(fsnn_net_backward(net, g, NULL));
            threshold[k] = *gradient(net, "cell.threshold");
            rest[k] = *gradient(net, k ? "cell.E" : "cell.rest");
            resistance[k] = *gradient(net, k ? "cell.R" : "cell.resistance");
            fsnn_net_destroy(net);
        }
        assert_memory_equal(y[0], y[1], sizeof y[0]);
        NEAR("threshold", threshold[0], threshold[1], 2e-4 * (1 + fabs(threshold[1])));
        NEAR("resistance", resistance[0], resistance[1], 2e-4 * (1 + fabs(resistance[1])));
        /* there the threshold moves with E, here it stays */
        NEAR("rest", rest[0], rest[1] - threshold[1],
             5e-4 * (1 + fabs(rest[1]) + fabs(threshold[1])));
    }
}

static void gradients(void **state)
{
    (void)state;
    static const char *const kinds[] = {"lif", "if", "noisy"};
    static float x[T * B * N];
    const fsnn_plan plan = {
        .steps = T, .batch = B, .training = true, .smooth = true, .input_gradient = true};
    fill_normal(x, T * B * N, 1.5, 0.5, 1);
    for (int i = 0; i < FSNN_COUNT(all); i++)
        for (int k = 0; k < FSNN_COUNT(kinds); k++) {
            fsnn_neuron o = cell_of(all[i].reset);
            o.rest.value = -0.5;
            o.threshold.value = all[i].reset == FSNN_RESET_RESTART ? 100 : -0.125;
            o.v0 = -0.75;
            o.v_reset.value = -0.25;
            o.resistance.value = 1.5;
            o.surrogate.scale = 1.5;
            o.rest.learn = o.resistance.learn = o.threshold.learn = true;
            o.start.learn = i % 2;
            o.v_reset.learn = o.reset == FSNN_RESET_VALUE;
            o.rest.per = (fsnn_per)((i + k) % 3);
            o.resistance.per = (fsnn_per)((i + k + 1) % 3);
            o.threshold.per = (fsnn_per)((i + k + 2) % 3);
            if (k == 2)
                o.noise.mode = FSNN_NOISE_MEANFIELD;
            fsnn_net *net = net_of(kinds[k], &o, i, FSNN_SHAPE(C, 2), &plan);
            CASE("%s, %s, %s", kinds[k], fsnn_method_name(all[i].method),
                 fsnn_reset_name(all[i].reset));
            const fsnn_param *p = fsnn_net_param_find(net, "cell.rest"),
                             *r = fsnn_net_param_find(net, "cell.resistance");
            const int64_t counts[] = {1, C, C * 2};
            assert_non_null(p);
            assert_non_null(r);
            assert_true(p->learn && p->neuron && p->range == FSNN_ANY);
            assert_true(r->learn && r->neuron && r->range == FSNN_POSITIVE);
            assert_true(fsnn_net_param_find(net, "cell.threshold")->range == FSNN_ANY);
            assert_int_equal(fsnn_shape_count(&p->shape), counts[(i + k) % 3]);
            gradcheck_double(net, x, 2);
            fsnn_net_destroy(net);
        }
}

/* The same numbers in segments, and in a loop, where a layer goes step by step. */
static void pieces(void **state)
{
    (void)state;
    static float x[T * B * N], g[T * B * N], grad[2][2], y[2][T * B * N];
    const float *out;
    fill_normal(x, T * B * N, 6, 5, 1);
    fill_normal(g, T * B * N, 0, 1, 2);
    for (int i = 0; i < FSNN_COUNT(all); i++) {
        fsnn_neuron o = cell_of(all[i].reset);
        if (all[i].reset == FSNN_RESET_RESTART)
            continue; /* no checkpointing with a full memory */
        o.rest.learn = o.resistance.learn = true;
        CASE("%s, %s", fsnn_method_name(all[i].method), fsnn_reset_name(all[i].reset));
        for (int cut = 0; cut < 2; cut++) {
            fsnn_net *net = net_of(
                "lif", &o, i, FSNN_SHAPE(C, P),
                &(fsnn_plan){.steps = T, .batch = B, .training = true, .checkpoint = cut ? 7 : 0});
            GOOD(fsnn_net_forward(net, x, &out));
            memcpy(y[cut], out, sizeof y[cut]);
            fsnn_net_zero_grad(net);
            GOOD(fsnn_net_backward(net, g, NULL));
            grad[cut][0] = fsnn_net_param_find(net, "cell.rest")->grad[0];
            grad[cut][1] = fsnn_net_param_find(net, "cell.resistance")->grad[0];
            fsnn_net_destroy(net);
        }
        assert_memory_equal(y[0], y[1], sizeof y[0]);
        CLOSE("gradients", grad[1], grad[0], 2, 1e-4);
    }
}

#define DYNAMICS "dynamics: {alpha: 0.5}\n"

static void loops(void **state)
{
    (void)state;
    NEEDS("YAML");
    static float x[T * B * 5];
    fsnn_description *d;
    fsnn_net *net = net_described(
        "input: [5]\nlayers:\n  - linear: {out: 6, name: a}\n  - delay: {of: cell, name: before}\n"
        "  - linear: {out: 6, name: w}\n  - add: {from: [a, w]}\n"
        "  - lif: {rest: {value: -2, learn: true}, resistance: {value: 3, learn: true, per: "
        "neuron},"
        " threshold: -1.5, surrogate: {scale: 1}, detach_reset: false, name: cell}\n" DYNAMICS,
        &d);
    fill_normal(x, T * B * 5, 1, 1, 1);
    GOOD(fsnn_net_wrap(
        net, fsnn_description_dynamics(d),
        &(fsnn_plan){
            .steps = 8, .batch = B, .training = true, .smooth = true, .input_gradient = true}));
    gradcheck_double(net, x, 3);
    fsnn_net_destroy(net);
    fsnn_description_destroy(d);
}

/* Images channels-last and a convolution before: its bias, its gradient, pooling behind. */
static void images(void **state)
{
    (void)state;
    NEEDS("YAML");
    static float x[T * B * 64];
    fsnn_description *d;
    fsnn_net *net = net_described(
        "input: [2, 4, 8]\nlayers:\n  - conv2d: {out: 3, kernel: 3, padding: 1}\n"
        "  - lif: {rest: {value: -2, learn: true, per: neuron}, threshold: -1.5, v0: -2, "
        "resistance:"
        " {value: 3, learn: true, per: channel}, surrogate: {scale: 1}, detach_reset: false}\n"
        "  - avgpool: 2\n  - flatten\n  - linear: {out: 3}\n" DYNAMICS,
        &d);
    fill_normal(x, 6 * B * 64, 1, 1, 1);
    GOOD(fsnn_net_wrap(
        net, fsnn_description_dynamics(d),
        &(fsnn_plan){
            .steps = 6, .batch = B, .training = true, .smooth = true, .input_gradient = true}));
    gradcheck_double(net, x, 3);
    fsnn_net_destroy(net);
    fsnn_description_destroy(d);
}

/* A layer of a description begins at rest and lands there, unless it is told otherwise. */
static void descriptions(void **state)
{
    (void)state;
    NEEDS("YAML");
    fsnn_description *d;
    fsnn_net *net = net_described(
        "input: [2]\nlayers:\n"
        "  - lif: {rest: -70, threshold: -50, reset: value, name: a}\n"
        "  - lif: {rest: {value: [-70, -60], per: neuron}, threshold: -50, reset: value, name: b}\n"
        "  - lif: {rest: -70, threshold: -50, v0: -55, reset: value, v_reset: -60, name: c}\n"
        "  - lif: {resistance: 40, name: d}\n  - lif: {name: e}\n" DYNAMICS,
        &d);
    const fsnn_neuron *a = fsnn_net_options(net, 1), *b = fsnn_net_options(net, 2),
                      *c = fsnn_net_options(net, 3);
    assert_true(a->v0 == -70 && a->v_reset.value == -70 && a->rest.value == -70);
    assert_true(b->start.count == 2 && b->start.values[1] == -60 && b->v_reset.values[1] == -60);
    assert_true(c->v0 == -55 && c->v_reset.value == -60);
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(d), &(fsnn_plan){.steps = 3, .batch = 1}));
    assert_non_null(fsnn_net_param_find(net, "a.rest"));
    assert_null(fsnn_net_param_find(net, "a.resistance"));
    assert_non_null(fsnn_net_param_find(net, "d.resistance"));
    assert_null(fsnn_net_param_find(net, "d.rest"));
    assert_null(fsnn_net_param_find(net, "e.rest"));
    char *text;
    GOOD(fsnn_net_describe(net, &text));
    assert_non_null(strstr(text, "\na.rest\t-7e+01\n"));
    assert_non_null(strstr(text, "\nd.resistance\t4e+01\n"));
    assert_null(strstr(text, "e.rest")); /* weights of old say what they said */
    assert_null(strstr(text, "e.resistance"));
    free(text);
    fsnn_net_destroy(net);
    fsnn_description_destroy(d);
}

static void refused(const char *layer, const char *sentence)
{
    char text[300];
    snprintf(text, sizeof text, "input: [2]\nlayers: [{%s}]\n" DYNAMICS, layer);
    refuse_description(text, sentence);
}

static void refusals(void **state)
{
    (void)state;
    NEEDS("YAML");
    refused("lif: {threshold: -50}", "threshold is -50: it must be above the potential at rest");
    refused("lif: {threshold: 0}", "threshold is 0: it must be above the potential at rest, which "
                                   "is 0 without `rest: -70`");
    refused("lif: {rest: -50, threshold: -70}", "threshold is -70: it must be above the potential");
    refused("lif: {rest: -70, threshold: -50, v0: 0}", "v0 is 0, which is not below the threshold");
    refused("lif: {rest: -70, threshold: -50, reset: value, v_reset: 0}", "v_reset is 0, which is");
    refused("lif: {resistance: 0}", "expected a number above 0");
    refused("lif: {rest: {value: [-70, -60]}}", "but one for the layer");
    refused("lif: {rest: {value: [-70, -40], per: neuron}, threshold: -50}",
            "threshold is -50: it must be above the potential at rest, which is -40");
    refused("cuba: {rest: -70}", "unknown key");
    refused("user: {dv: \"-v + I\", threshold: -1}", "expected a number above 0");
    fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT, .dv = "-v + I"};
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    int in = VALID(fsnn_net_input(net, FSNN_SHAPE(2)));
    o.neuron.rest.value = -70;
    VALID(fsnn_net_add(net, "user", "cell", &in, 1, &o));
    REFUSED(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 1, .batch = 1}), FSNN_EUNSUPPORTED,
            "rest is of kinds if, lif and noisy, not of user");
    fsnn_net_destroy(net);
}

/* Options of before these fields were there are all 0 behind the others. */
static void zeros_are_one(void **state)
{
    (void)state;
    fsnn_neuron o = {.tau = {.value = 2}, .threshold = {.value = 1}};
    const float x[2] = {1.5f, 1.5f}, *out;
    fsnn_net *net = net_of("lif", &o, 0, FSNN_SHAPE(1), &(fsnn_plan){.steps = 2, .batch = 1});
    assert_null(fsnn_net_param_find(net, "cell.resistance"));
    GOOD(fsnn_net_forward(net, x, &out));
    fsnn_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_counted_from_rest),
        cmocka_unit_test(is_its_equation),
        cmocka_unit_test(gradients),
        cmocka_unit_test(pieces),
        cmocka_unit_test(loops),
        cmocka_unit_test(images),
        cmocka_unit_test(descriptions),
        cmocka_unit_test(refusals),
        cmocka_unit_test(zeros_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

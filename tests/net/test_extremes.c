/* Inputs, time constants and thresholds at the ends of single precision, for every kind, method and
 * reset: where potentials leave the finite numbers for good, forward says so; else spikes are 0 or
 * 1, and where potentials stay finite throughout, gradients are numbers too, or the optimiser
 * refuses them with a sentence. */
#include "nets.h"

enum { K = 20, N = 8 };
static const float size[N] = {1e30f, -1e30f, 1, -1, 0, 1e-30f, 1e20f, -1e10f};

typedef struct outcome {
    bool finite_v;
    int gradients; /* that are no finite numbers */
    bool refused;  /* by the optimiser */
} outcome;

static fsnn_status run(const char *kind, fsnn_method method, const fsnn_neuron *o, float scale,
                       outcome *r)
{
    static float x[K * N], v[K * N], g[K * N];
    const fsnn_optimizer_options sgd = {
        .kind = FSNN_SGD, .lr = 1e-3, .neuron_lr = 1, .eps = 1e-8, .beta1 = 0.9, .beta2 = 0.999};
    bool integer = method == FSNN_EULER || method == FSNN_HEUN || method == FSNN_RK4;
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_optimizer *optimizer;
    fsnn_net *net = net_new();
    const float *s, *gx;
    d.integrator = integer ? FSNN_ODEINT : FSNN_FDEINT;
    d.method = method;
    for (int i = 0; i < K * N; i++) {
        x[i] = i / N % 3 == 2 ? 0 : scale * size[i % N];
        g[i] = (float)fsnn_random_normal(8, 1, (uint64_t)i);
    }
    int in = fsnn_net_input(net, FSNN_SHAPE(N));
    VALID(fsnn_net_add(net, kind, "cell", &in, 1, o));
    fsnn_plan plan = {
        .steps = K, .batch = 1, .training = true, .record = true, .input_gradient = true};
    fsnn_status status = fsnn_net_wrap(net, &d, &plan);
    if (status) {
        fsnn_net_destroy(net);
        return status;
    }
    *r = (outcome){.finite_v = false};
    if ((status = fsnn_net_forward(net, x, &s))) {
        assert_int_equal(status, FSNN_ENUMERIC);
        CONTAINS(fsnn_error_text(), "\"cell\": v of neuron ");
        fsnn_net_destroy(net);
        return FSNN_OK;
    }
    for (int i = 0; i < K * N; i++)
        assert_true(s[i] == 0 || s[i] == 1);
    GOOD(fsnn_net_read(net, fsnn_net_node_find(net, "cell"), FSNN_RECORD_V, v));
    GOOD(fsnn_net_backward(net, g, &gx));
    *r = (outcome){.finite_v = true};
    for (int i = 0; i < K * N; i++) {
        r->finite_v = r->finite_v && isfinite(v[i]);
        r->gradients += !isfinite(gx[i]);
    }
    for (int p = 0; p < fsnn_net_param_count(net); p++)
        for (int64_t i = 0; i < fsnn_shape_count(&fsnn_net_param(net, p)->shape); i++)
            r->gradients += !isfinite(fsnn_net_param(net, p)->grad[i]);
    GOOD(fsnn_optimizer_create(net, &sgd, &optimizer));
    r->refused = fsnn_optimizer_step(optimizer, 1e-3, 0, NULL) == FSNN_ENUMERIC;
    if (r->refused)
        CONTAINS(fsnn_error_text(), "cell.");
    fsnn_optimizer_destroy(optimizer);
    fsnn_net_destroy(net);
    return FSNN_OK;
}

static void every_combination(void **state)
{
    (void)state;
    static const char *const kinds[] = {"if", "lif"};
    static const fsnn_method methods[] = {FSNN_EULER, FSNN_HEUN, FSNN_RK4, FSNN_GL, FSNN_L1,
                                          FSNN_AB,    FSNN_TRAP, FSNN_ABM, FSNN_ML};
    static const double tau[] = {2, 1e-30, 1e30}, theta[] = {1, 1e-30, 1e30};
    static const float scale[] = {1, 1e-30f};
    int ran = 0, finite = 0;
    for (int c = 0; c < 2 * 9 * FSNN_RESETS * 3 * 3 * 2; c++) {
        int i = c;
        fsnn_neuron o = FSNN_NEURON_DEFAULT;
        const char *kind = kinds[i % 2];
        fsnn_method method = methods[(i /= 2) % 9];
        o.reset = (fsnn_reset)((i /= 9) % FSNN_RESETS);
        o.tau = (fsnn_value){.value = tau[(i /= FSNN_RESETS) % 3], .learn = true};
        o.threshold = (fsnn_value){.value = theta[(i /= 3) % 3], .learn = true};
        float by = scale[i / 3];
        o.detach_reset = false;
        o.surrogate.kind = (fsnn_surrogate_kind)(c % FSNN_SURROGATES);
        o.refractory = c % 4 == 3 ? 2 : 0;
        outcome r;
        if (run(kind, method, &o, by, &r) != FSNN_OK)
            continue; /* refused with a sentence: tests elsewhere */
        ran++;
        finite += r.finite_v && !r.gradients;
        bool ordinary = o.tau.value >= 2 && o.threshold.value == 1 && by < 1;
        if (ordinary && !(r.finite_v && !r.gradients))
            fail_msg("%s, %s, reset %s, tau %g: %d gradients are no numbers", kind,
                     fsnn_method_name(method), fsnn_reset_name(o.reset), o.tau.value, r.gradients);
        if (r.gradients && !r.refused && r.finite_v)
            fail_msg("%s, %s, reset %s, tau %g, threshold %g, input times %g: %d gradients are no "
                     "numbers, and the optimiser took them",
                     kind, fsnn_method_name(method), fsnn_reset_name(o.reset), o.tau.value,
                     o.threshold.value, (double)by, r.gradients);
    }
    print_message("%d combinations, %d finite throughout\n", ran, finite);
    assert_true(ran > 1200 && finite > ran / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_combination)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

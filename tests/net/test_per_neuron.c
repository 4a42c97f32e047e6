/* Neuron parameters with a number a neuron: each neuron is what it would be with that number alone,
 * in any layout; gradients; the same numbers through layers, tapes, pieces of a run, both
 * precisions; lists that do not fit. */
#include "double.h"
#include "nets.h"

#include <fsnn/layer.h>

enum { C = 2, H = 3, W = 4, N = C * H * W, B = 3, T = 14, SIZE = T * B * N };

static const struct {
    const char *kind;
    fsnn_user what;
} neurons[] = {
    {"if", {.params = 0}},
    {"lif", {.params = 0}},
    {"readout", {.params = 0}},
    {"qif", {.params = 2, .param = {{"a", {.value = 0.05}}, {"critical", {.value = 2}}}}},
    {"eif", {.params = 1, .param = {{"slope", {.value = 0.2}}}}},
    {"hard_lif", {.params = 1, .param = {{"kappa", {.value = 1}}}}},
    {"cuba", {.params = 1, .param = {{"tau_syn", {.value = 2}}}}},
    {"alif", {.params = 2, .param = {{"tau_a", {.value = 5}}, {"beta", {.value = 0.4}}}}},
    {"user", {.dv = "(-v*(1 + a*tanh(v)) + I)/tau", .params = 1, .param = {{"a", {.value = 0.3}}}}},
};
enum { READOUT = 2, HARD_LIF = 5, OWN = 2 };

/* The numbers of a layer's parameters, one a neuron in the order of the shape. */
typedef struct numbers {
    double tau[N], threshold[N], v_reset[N], own[OWN][N];
} numbers;

static numbers drawn(const fsnn_user *what)
{
    numbers n;
    for (int i = 0; i < N; i++) {
        n.tau[i] = 1.6 + 2.5 * (double)fsnn_random_uniform(5, 0, (uint64_t)i);
        n.threshold[i] = 0.3 + 0.5 * (double)fsnn_random_uniform(5, 1, (uint64_t)i);
        n.v_reset[i] = 0.4 * (double)fsnn_random_uniform(5, 2, (uint64_t)i) - 0.2;
        for (int p = 0; p < OWN; p++)
            n.own[p][i] = what->param[p].value.value *
                          (0.7 + 0.6 * (double)fsnn_random_uniform(5, 3, (uint64_t)(i + p * N)));
    }
    return n;
}

/* Of all neurons, or each has the number of neuron `only`. */
static fsnn_value value_of(const double *list, int only)
{
    if (only >= 0)
        return (fsnn_value){.value = list[only], .learn = true};
    return (fsnn_value){.learn = true, .per = FSNN_PER_NEURON, .values = list, .count = N};
}

static fsnn_user options(int kind, fsnn_reset reset, const numbers *n, int only)
{
    fsnn_user o = neurons[kind].what;
    o.neuron = FSNN_NEURON_DEFAULT;
    o.neuron.reset = kind == READOUT    ? FSNN_RESET_NONE
                     : kind == HARD_LIF ? FSNN_RESET_CURRENT /* its only one */
                                        : reset;
    o.neuron.surrogate.scale = 1.5;
    o.neuron.detach_reset = false;
    o.neuron.tau = value_of(n->tau, only);
    if (kind != READOUT)
        o.neuron.threshold = value_of(n->threshold, only);
    if (o.neuron.reset == FSNN_RESET_VALUE)
        o.neuron.v_reset = value_of(n->v_reset, only);
    for (int p = 0; p < o.params; p++)
        o.param[p].value = value_of(n->own[p], only);
    return o;
}

/* Input - (1x1 convolution that changes the layout alone) - neurons - flat. */
static fsnn_net *build(int kind, const fsnn_user *o, bool last)
{
    fsnn_net *net = net_new();
    const fsnn_conv2d conv = square_conv(C, 1, 0);
    int x = fsnn_net_input(net, FSNN_SHAPE(C, H, W));
    x = last ? fsnn_net_conv2d(net, "turn", x, &conv) : x;
    x = fsnn_net_add(net, neurons[kind].kind, "n", &x, 1, o);
    VALID(fsnn_net_flatten(net, NULL, x));
    return net;
}

/* Wraps; the convolution is the identity. */
static void wrap(fsnn_net *net, const fsnn_dynamics *d, const fsnn_plan *plan)
{
    GOOD(fsnn_net_wrap(net, d, plan));
    const fsnn_param *weight = fsnn_net_param_find(net, "turn.weight"),
                     *bias = fsnn_net_param_find(net, "turn.bias");
    for (int i = 0; weight && i < C * C; i++)
        weight->value[i] = i % (C + 1) == 0;
    if (bias)
        memset(bias->value, 0, sizeof *bias->value * C);
}

static const fsnn_param *param(const fsnn_net *net, const char *name)
{
    char full[64];
    snprintf(full, sizeof full, "n.%s", name);
    return fsnn_net_param_find(net, full);
}

static bool near_to(double a, double b)
{
    return fabs(a - b) <= 2e-5 * (1 + fabs(b));
}

/* The layer beside a layer of which all neurons have the numbers of neuron `i`, of which only that
 * neuron's output counts: the same bits, and the same gradients up to the order of sums. */
static void beside(const fsnn_net *all, const float *y, int kind, fsnn_reset reset,
                   const numbers *n, int i, bool last, const fsnn_dynamics *d, const float *x,
                   const float *g)
{
    static const char *const common[] = {"tau", "threshold", "v_reset"};
    static float masked[SIZE];
    const float *want;
    const fsnn_user o = options(kind, reset, n, i);
    fsnn_net *one = build(kind, &o, last);
    wrap(one, d, &(fsnn_plan){.steps = T, .batch = B, .training = true});
    GOOD(fsnn_net_forward(one, x, &want));
    memset(masked, 0, sizeof masked);
    for (int row = 0; row < T * B; row++) {
        assert_memory_equal(&y[row * N + i], &want[row * N + i], sizeof *y);
        masked[row * N + i] = g[row * N + i];
    }
    GOOD(fsnn_net_backward(one, masked, NULL));
    for (int p = 0; p < (int)FSNN_COUNT(common) + o.params; p++) {
        const char *name = p < (int)FSNN_COUNT(common) ? common[p] : o.param[p - 3].name;
        const fsnn_param *a = param(all, name), *b = param(one, name);
        CASE("gradient of %s", name);
        assert_int_equal(a != NULL, b != NULL);
        if (!a)
            continue;
        assert_int_equal(fsnn_shape_count(&a->shape), N);
        assert_true(near_to((double)a->grad[i], (double)b->grad[0]));
    }
    fsnn_net_destroy(one);
}

static const fsnn_reset resets[] = {FSNN_RESET_CURRENT, FSNN_RESET_SUBTRACT, FSNN_RESET_VALUE,
                                    FSNN_RESET_NONE,    FSNN_RESET_JUMP,     FSNN_RESET_DELTA,
                                    FSNN_RESET_RESTART};

static void each_its_own(void **state)
{
    (void)state;
    static float x[SIZE], g[SIZE];
    fill_normal(x, SIZE, 1, 1.5, 1);
    fill_normal(g, SIZE, 0, 1, 2);
    for (int kind = 0; kind < (int)FSNN_COUNT(neurons); kind++)
        for (int r = 0; r < (int)FSNN_COUNT(resets); r++) {
            const bool last = (kind + r) % 2;
            CASE("%s, reset %s, %s", neurons[kind].kind, fsnn_reset_name(resets[r]),
                 last ? "channels-last" : "plain");
            const numbers n = drawn(&neurons[kind].what);
            const fsnn_user o = options(kind, resets[r], &n, -1);
            fsnn_order order;
            const fsnn_dynamics d =
                learned_dynamics(&order, r % 2 ? FSNN_GL : FSNN_L1, r % MEMORIES);
            fsnn_net *net = build(kind, &o, last);
            const float *y;
            wrap(net, &d, &(fsnn_plan){.steps = T, .batch = B, .training = true});
            GOOD(fsnn_net_forward(net, x, &y));
            GOOD(fsnn_net_backward(net, g, NULL));
            for (int i = 0; i < N; i += 5)
                beside(net, y, kind, resets[r], &n, i, last, &d, x, g);
            fsnn_net_destroy(net);
        }
}

static void gradients(void **state)
{
    (void)state;
    static const fsnn_method methods[] = {FSNN_GL, FSNN_L1, FSNN_AB, FSNN_TRAP, FSNN_EULER};
    static float x[SIZE];
    fill_normal(x, SIZE, 0.2, 0.5, 1);
    for (int kind = 0; kind < (int)FSNN_COUNT(neurons); kind++)
        for (int m = 0; m < (int)FSNN_COUNT(methods); m++) {
            const fsnn_method method = methods[m];
            const bool states =
                strcmp(neurons[kind].kind, "cuba") == 0 || strcmp(neurons[kind].kind, "alif") == 0;
            fsnn_reset reset = method == FSNN_AB || method == FSNN_TRAP ? FSNN_RESET_DELTA
                                                                        : resets[(kind + m) % 5];
            if (reset == FSNN_RESET_NONE) /* some run away */
                reset = FSNN_RESET_CURRENT;
            if (states && method == FSNN_TRAP)
                continue;
            const numbers n = drawn(&neurons[kind].what);
            const fsnn_user o = options(kind, reset, &n, -1);
            fsnn_order order;
            const fsnn_dynamics d = learned_dynamics(&order, method, MEMORY_WHOLE);
            double worst = INFINITY;
            const char *where = "";
            fsnn_net *net = build(kind, &o, m % 2);
            CASE("%s, method %s, reset %s", neurons[kind].kind, fsnn_method_name(method),
                 fsnn_reset_name(o.neuron.reset));
            wrap(net, &d,
                 &(fsnn_plan){.steps = T,
                              .batch = B,
                              .training = true,
                              .smooth = true,
                              .input_gradient = true});
            GOOD(fsnn_net_gradcheck(net, x, 1, &worst, &where));
            if (!(worst < 1e-2))
                fail_msg("%.2e at %s", worst, where);
            gradcheck_double(net, x, 1);
            fsnn_net_destroy(net);
        }
}

/* Pieces of a run, a state that is carried to another net, segments of checkpointing, a tape: the
 * bits of one call. */
static void pieces(void **state)
{
    (void)state;
    static float x[SIZE], g[SIZE], whole[SIZE], y[SIZE];
    fill_normal(x, SIZE, 1, 1.5, 1);
    fill_normal(g, SIZE, 0, 1, 2);
    const numbers n = drawn(&neurons[1].what);
    const fsnn_user o = options(1, FSNN_RESET_VALUE, &n, -1);
    fsnn_order order;
    fsnn_dynamics d = learned_dynamics(&order, FSNN_GL, MEMORY_WHOLE);
    fsnn_net *net = build(1, &o, false), *other = build(1, &o, false);
    const float *out;
    wrap(net, &d, &(fsnn_plan){.steps = T, .batch = B, .training = true});
    GOOD(fsnn_net_forward(net, x, &out));
    memcpy(whole, out, sizeof whole);
    GOOD(fsnn_net_backward(net, g, NULL));

    wrap(other, &d, &(fsnn_plan){.steps = T, .batch = B, .training = true, .checkpoint = 4});
    GOOD(fsnn_net_forward(other, x, &out));
    assert_memory_equal(out, whole, sizeof whole);
    GOOD(fsnn_net_backward(other, g, NULL));
    for (int i = 0; i < N; i++)
        assert_true(
            near_to((double)param(other, "tau")->grad[i], (double)param(net, "tau")->grad[i]));

    fsnn_layer *layer;
    fsnn_tape *tape;
    GOOD(fsnn_layer_create("lif", &o, &d, FSNN_SHAPE(C, H, W), &layer));
    GOOD(fsnn_tape_create(layer, &(fsnn_plan){.steps = T, .batch = B, .training = true}, &tape));
    GOOD(fsnn_tape_forward(tape, x, y));
    assert_memory_equal(y, whole, sizeof whole);
    GOOD(fsnn_tape_backward(tape, g, NULL));
    assert_memory_equal(fsnn_layer_param(layer, 0)->grad, param(net, "tau")->grad,
                        sizeof(float) * N);
    fsnn_tape_destroy(tape);
    fsnn_layer_destroy(layer);

    wrap(other, &d, &(fsnn_plan){.steps = 1, .batch = B});
    for (int k = 0; k < T; k++) {
        GOOD(fsnn_net_forward(other, x + k * B * N, &out));
        assert_memory_equal(out, whole + k * B * N, sizeof *out * B * N);
    }
    fsnn_net_destroy(net);
    fsnn_net_destroy(other);
}

/* Values that are written into the parameters count like those of a list; a net made anew in
 * double precision has the numbers that were given, not their roundings. */
static void written(void **state)
{
    (void)state;
    static float x[SIZE], want[SIZE];
    fill_normal(x, SIZE, 1, 1.5, 1);
    const numbers n = drawn(&neurons[1].what);
    fsnn_user o = options(1, FSNN_RESET_SUBTRACT, &n, -1);
    fsnn_order order;
    fsnn_dynamics d = learned_dynamics(&order, FSNN_GL, MEMORY_WHOLE);
    const float *out;
    fsnn_net *net = build(1, &o, false);
    wrap(net, &d, &(fsnn_plan){.steps = T, .batch = B});
    GOOD(fsnn_net_forward(net, x, &out));
    memcpy(want, out, sizeof want);
#ifdef FSNN_HAVE_DOUBLE
    wrap_double(net);
    for (int i = 0; i < N; i++)
        assert_true(param(net, "tau")->value64[i] == n.tau[i]);
#endif
    fsnn_net_destroy(net);

    o.neuron.tau = o.neuron.threshold = (fsnn_value){.value = 3, .per = FSNN_PER_NEURON};
    net = build(1, &o, false);
    wrap(net, &d, &(fsnn_plan){.steps = T, .batch = B});
    assert_true(param(net, "tau")->value[N - 1] == 3);
    for (int i = 0; i < N; i++) {
        param(net, "tau")->value[i] = (float)n.tau[i];
        param(net, "threshold")->value[i] = (float)n.threshold[i];
    }
    GOOD(fsnn_net_params_changed(net));
    GOOD(fsnn_net_forward(net, x, &out));
    assert_memory_equal(out, want, sizeof want);
    param(net, "tau")->value[7] = 0;
    REFUSED(fsnn_net_params_changed(net), FSNN_EARGUMENT, "n.tau[7] is 0: it must be positive");
    fsnn_net_destroy(net);
}

/* A number a channel from a list. */
static void channels(void **state)
{
    (void)state;
    static float x[SIZE];
    static const double tau[C] = {1.5, 4};
    double each[N];
    for (int i = 0; i < N; i++)
        each[i] = tau[i / (H * W)];
    const fsnn_value by[] = {{.per = FSNN_PER_CHANNEL, .values = tau, .count = C},
                             {.per = FSNN_PER_NEURON, .values = each, .count = N}};
    const float *out[2];
    fsnn_net *net[2];
    fsnn_order order;
    fsnn_dynamics d = learned_dynamics(&order, FSNN_GL, MEMORY_WHOLE);
    fill_normal(x, SIZE, 1, 1.5, 1);
    for (int i = 0; i < 2; i++) {
        fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT};
        o.neuron.tau = by[i];
        net[i] = build(1, &o, true);
        wrap(net[i], &d, &(fsnn_plan){.steps = T, .batch = B});
        GOOD(fsnn_net_forward(net[i], x, &out[i]));
    }
    assert_memory_equal(out[0], out[1], sizeof x);
    for (int i = 0; i < 2; i++)
        fsnn_net_destroy(net[i]);
}

static void refused(void **state)
{
    (void)state;
    static const double three[] = {1, 2, 3}, four[] = {1, 2, 3, 4}, wrong[] = {1, -2, 3};
    fsnn_order order;
    fsnn_dynamics d = learned_dynamics(&order, FSNN_GL, MEMORY_WHOLE), ml = d;
    ml.method = FSNN_ML;
    ml.order = NULL;
    fsnn_order plain = fsnn_order_of(0.6);
    ml.order = &plain;
    fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT};
    o.neuron.tau = (fsnn_value){.values = three, .count = 3};
    refuse_neuron("lif", &o, &d, "write `per: neuron`");
    o.neuron.tau = (fsnn_value){.per = FSNN_PER_NEURON, .values = four, .count = 4};
    refuse_neuron("lif", &o, &d,
                  "tau is a list of 4 values, one a neuron, but the layer of shape "
                  "[3] has 3 neurons");
    o.neuron.tau.per = FSNN_PER_CHANNEL;
    refuse_neuron("lif", &o, &d, "one a channel, but the layer of shape [3] has 3 channels");
    o.neuron.tau = (fsnn_value){.per = FSNN_PER_NEURON, .values = wrong, .count = 3};
    refuse_neuron("lif", &o, &d, "tau[1] is -2, it must be positive");
    o.neuron.tau = (fsnn_value){.per = FSNN_PER_NEURON, .values = three, .count = 0};
    refuse_neuron("lif", &o, &d, "a list of 0 values");
    o.neuron.tau = (fsnn_value){.per = FSNN_PER_NEURON, .values = three, .count = 3};
    refuse_neuron("lif", &o, &ml, "must be one for the layer");
    o.neuron.tau = (fsnn_value){.value = 2};
    o.neuron.v_reset = (fsnn_value){.per = FSNN_PER_NEURON, .values = three, .count = 3};
    refuse_neuron("lif", &o, &d, "cannot be learned or differ by channel or neuron");
    o.neuron.v_reset = (fsnn_value){0};
    o.params = 1;
    o.param[0] =
        (fsnn_user_param){"tau_syn", {.per = FSNN_PER_NEURON, .values = wrong, .count = 3}};
    refuse_neuron("cuba", &o, &d, "\"tau_syn\" is -2: it must be positive");
    o.param[0].value.values = four;
    o.param[0].value.count = 4;
    refuse_neuron("cuba", &o, &d, "tau_syn is a list of 4 values");
}

/* What a description says, and where it is wrong. */
static void described(void **state)
{
    (void)state;
    fsnn_description *d;
    fsnn_net *net =
        net_described("input: [3]\n"
                      "layers:\n"
                      "  - cuba: {tau: {value: [2, 3.5, 4], per: neuron, learn: true},\n"
                      "           threshold: {value: 0.5, per: neuron},\n"
                      "           reset: value, v_reset: {value: [0, .1, -1e-1], "
                      "per: channel},\n"
                      "           params: {tau_syn: {value: [1, 2, 3], per: neuron}},\n"
                      "           name: n}\n"
                      "dynamics: {alpha: 0.7}\n",
                      &d);
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(d), &(fsnn_plan){.steps = 2, .batch = 1}));
    assert_true(param(net, "tau")->value[1] == 3.5F && param(net, "tau")->learn);
    assert_true(param(net, "threshold")->value[2] == 0.5F && !param(net, "threshold")->learn);
    assert_true(param(net, "v_reset")->value[2] == -0.1F);
    assert_true(param(net, "tau_syn")->value[2] == 3);
    fsnn_net_destroy(net);
    fsnn_description_destroy(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_its_own), cmocka_unit_test(gradients), cmocka_unit_test(pieces),
        cmocka_unit_test(written),      cmocka_unit_test(channels),  cmocka_unit_test(refused),
        cmocka_unit_test(described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

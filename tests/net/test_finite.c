/* Numbers that leave the finite ones end a forward, and the sentence names where: layer, state,
 * neuron, step, and what it comes from. */
#include "nets.h"

enum { K = 24, B = 2, N = 70 };

static float x[K * B * N];

static void fill(float value)
{
    for (int i = 0; i < K * B * N; i++)
        x[i] = value;
}

static fsnn_net *one_layer(const char *kind, const void *options, const fsnn_dynamics *d,
                           fsnn_plan plan)
{
    fsnn_net *net = net_new();
    int in = (int)VALID(fsnn_net_input(net, FSNN_SHAPE(N)));
    VALID(fsnn_net_add(net, kind, "cells", &in, 1, options));
    plan.steps = plan.steps ? plan.steps : K;
    plan.batch = B;
    GOOD(fsnn_net_wrap(net, d, &plan));
    return net;
}

/* One number of the input, in a tile that is whole and in the last one, for every method, with and
 * without training, reset by reset. */
static void input(void **state)
{
    (void)state;
    static const char *const kinds[] = {"if", "lif", "readout", "cuba", "alif", "noisy"};
    static const int elements[] = {5, 69};
    static const float values[] = {NAN, -INFINITY};
    for (size_t n = 0; n < sizeof kinds / sizeof *kinds; n++)
        for (int method = FSNN_GL; method <= FSNN_ML; method++)
            for (int training = 0; training < 2; training++)
                for (int e = 0; e < 2; e++) {
                    bool states = kinds[n][0] == 'c' || kinds[n][0] == 'a';
                    bool single = method == FSNN_GL || method == FSNN_L1 || method == FSNN_AB;
                    if (method == FSNN_HEUN || method == FSNN_RK4 || (states && !single))
                        continue;
                    CASE("%s, %s, training %d, element %d", kinds[n],
                         fsnn_method_name((fsnn_method)method), training, elements[e]);
                    fsnn_order order = fsnn_order_of(0.7);
                    fsnn_dynamics d = fsnn_dynamics_default(&order);
                    d.method = (fsnn_method)method;
                    fsnn_net *net =
                        one_layer(kinds[n], NULL, &d, (fsnn_plan){.training = training});
                    fill(0.3f);
                    const float *out;
                    GOOD(fsnn_net_forward(net, x, &out));
                    float before = out[(K - 1) * B * N + 5];
                    GOOD(fsnn_net_reset(net));
                    x[(7 * B + 1) * N + elements[e]] = values[e];
                    char words[64];
                    snprintf(words, sizeof words, "step 8 of the call, in sample 1, element %d",
                             elements[e]);
                    REFUSED(fsnn_net_forward(net, x, &out), FSNN_ENUMERIC, words);
                    CONTAINS(fsnn_error_text(), "\"cells\"");
                    /* what was spoilt is the state */
                    fill(0.3f);
                    GOOD(fsnn_net_reset(net));
                    GOOD(fsnn_net_forward(net, x, &out));
                    assert_true(before == out[(K - 1) * B * N + 5] || kinds[n][0] == 'n');
                    fsnn_net_destroy(net);
                }
}

/* Drives leave a bounded memory, and a neuron without a leak is finite again: it is found all the
 * same. */
static void forgotten(void **state)
{
    (void)state;
    static const fsnn_method methods[] = {FSNN_AB, FSNN_TRAP, FSNN_ABM, FSNN_ML};
    for (int m = 0; m < 4; m++) {
        fsnn_order order = fsnn_order_of(0.7);
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        d.method = methods[m];
        d.memory = 3;
        fsnn_net *net = one_layer("if", NULL, &d, (fsnn_plan){.training = true});
        fill(0.1f);
        x[3 * B * N] = NAN;
        REFUSED(fsnn_net_forward(net, x, NULL), FSNN_ENUMERIC, "step 4 of the call");
        fsnn_net_destroy(net);
    }
}

/* Calls of one step, of several, still, in segments: the step is that since the reset. */
static void calls(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    for (int steps = 1; steps <= 6; steps += 5) {
        fsnn_net *net = one_layer("lif", NULL, &d, (fsnn_plan){.steps = steps});
        fill(0.3f);
        x[(13 * B) * N + 2] = (float)copysign(NAN, -1);
        int k = 0;
        for (; k + steps <= 13; k += steps)
            GOOD(fsnn_net_forward(net, x + k * B * N, NULL));
        char words[64];
        snprintf(words, sizeof words, "step %d of the call", 13 - k + 1);
        REFUSED(fsnn_net_forward(net, x + k * B * N, NULL), FSNN_ENUMERIC, words);
        CONTAINS(fsnn_error_text(), "is nan from step 14 on");
        assert_null(strstr(fsnn_error_text(), "-nan"));
        assert_null(strstr(fsnn_error_text(), "learning rate"));
        fsnn_net_destroy(net);
    }
    fsnn_net *net = one_layer("lif", NULL, &d, (fsnn_plan){.still = true});
    fill(0.3f);
    x[N + 4] = NAN;
    REFUSED(fsnn_net_forward(net, x, NULL), FSNN_ENUMERIC,
            "the input is nan in sample 1, element 4");
    assert_null(strstr(fsnn_error_text(), "look at")); /* for what is known by now */
    fsnn_net_destroy(net);
    net = one_layer("lif", NULL, &d, (fsnn_plan){.training = true, .checkpoint = 5});
    fill(0.3f);
    x[(13 * B) * N + 2] = NAN;
    REFUSED(fsnn_net_forward(net, x, NULL), FSNN_ENUMERIC, "step 14 of the call");
    fsnn_net_destroy(net);
}

/* A potential that runs away is named with the step at which it does. */
static void runs_away(void **state)
{
    (void)state;
    fsnn_dynamics d = fsnn_dynamics_default(NULL);
    d.integrator = FSNN_ODEINT;
    fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT, .dv = "(-v^2 + I)/tau"};
    o.neuron.tau.value = 2;
    for (int training = 0; training < 2; training++) {
        fsnn_net *net = one_layer("user", &o, &d, (fsnn_plan){.training = training});
        fill(0.2f);
        for (int k = 0; k < K; k++)
            x[(k * B + 1) * N + 33] = -5;
        float v = 0;
        int first = 0;
        while (isfinite(v)) {
            v += (-v * v - 5) / 2;
            first++;
        }
        char words[128];
        snprintf(words, sizeof words,
                 "user \"cells\": v of neuron 33 in sample 1 (both from 0) is -inf from step %d on",
                 first);
        REFUSED(fsnn_net_forward(net, x, NULL), FSNN_ENUMERIC, words);
        CONTAINS(fsnn_error_text(), "a smaller step");
        fsnn_net_destroy(net);
    }
    fsnn_order order = fsnn_order_of(0.5);
    d = fsnn_dynamics_default(&order);
    fsnn_net *net = one_layer("user", &o, &d, (fsnn_plan){0});
    REFUSED(fsnn_net_forward(net, x, NULL), FSNN_ENUMERIC, "`implicit: true`");
    fsnn_net_destroy(net);
}

/* States beside v, by their names. */
static void other_states(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT,
                   .dv = "(-v + tanh(w) + I)/tau",
                   .states = 1,
                   .state = {{"w", "9*w + I", NULL, 0}}};
    fsnn_net *net = one_layer("user", &o, &d, (fsnn_plan){0});
    fill(0.2f);
    GOOD(fsnn_net_forward(net, x, NULL));
    fsnn_status status = FSNN_OK;
    for (int call = 0; call < 4 && status == FSNN_OK; call++)
        status = fsnn_net_forward(net, x, NULL);
    assert_int_equal(status, FSNN_ENUMERIC);
    CONTAINS(fsnn_error_text(), ": w of neuron 0 in sample 0");
    fsnn_net_destroy(net);
}

/* A loop stops at the step. */
static void in_a_loop(void **state)
{
    (void)state;
    fsnn_description *description;
    fsnn_net *net = net_described(
        "input: [4]\nlayers:\n  - delay: {of: cells, name: before}\n"
        "  - add: {from: [input, before]}\n  - lif: {name: cells}\ndynamics: {alpha: 0.6}\n",
        &description);
    for (int training = 0; training < 2; training++) {
        GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(description),
                           &(fsnn_plan){.steps = 6, .batch = 1, .training = training}));
        float in[24] = {0};
        in[3 * 4 + 2] = NAN;
        REFUSED(fsnn_net_forward(net, in, NULL), FSNN_ENUMERIC,
                "neuron 2 in sample 0 (both from 0) is nan from step 4 on");
    }
    fsnn_net_destroy(net);
    fsnn_description_destroy(description);
}

/* Parameters, and the output where it is no spike. */
static void parameters(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_net *net = net_new();
    int in = (int)VALID(fsnn_net_input(net, FSNN_SHAPE(N)));
    int cells = fsnn_net_lif(net, "cells", fsnn_net_linear(net, "fc1", in, 3, true), NULL);
    VALID(fsnn_net_linear(net, "fc2", cells, 2, true));
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = K, .batch = B, .seed = 1}));
    fill(0.3f);
    GOOD(fsnn_net_forward(net, x, NULL));
    const fsnn_param *first = fsnn_net_param_find(net, "fc1.weight"),
                     *last = fsnn_net_param_find(net, "fc2.bias");
    last->value[1] = INFINITY;
    REFUSED(fsnn_net_forward(net, x, NULL), FSNN_ENUMERIC,
            "the parameter \"fc2.bias\" is inf at number 1 of 2 (from 0): the output of \"fc2\" is "
            "inf");
    last->value[1] = 0;
    first->value[71] = NAN;
    GOOD(fsnn_net_reset(net));
    REFUSED(fsnn_net_forward(net, x, NULL), FSNN_ENUMERIC,
            "the parameter \"fc1.weight\" is nan at number 71 of 210");
    CONTAINS(fsnn_error_text(), "lif \"cells\": v of neuron 1 ");
    CONTAINS(fsnn_error_text(), "its current is nan at step 1");
    first->value[71] = 3e38f; /* finite, but not what is made of it */
    fill(30);
    GOOD(fsnn_net_reset(net));
    REFUSED(fsnn_net_forward(net, x, NULL), FSNN_ENUMERIC, "its current is inf at step 1");
    fsnn_net_destroy(net);
}

/* Behind a convolution neurons lie in another order than they are counted in. */
static void plain_numbers(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_net *net = net_new();
    int in = (int)VALID(fsnn_net_input(net, FSNN_SHAPE(1, 3, 3)));
    fsnn_conv2d conv = square_conv(4, 1, 0);
    VALID(fsnn_net_lif(net, "cells", fsnn_net_conv2d(net, "conv", in, &conv), NULL));
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 2, .batch = 1, .seed = 1}));
    fsnn_net_param_find(net, "conv.bias")->value[2] = NAN;
    float picture[18] = {0};
    REFUSED(fsnn_net_forward(net, picture, NULL), FSNN_ENUMERIC, "v of neuron 18 in sample 0");
    fsnn_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(input),      cmocka_unit_test(forgotten),     cmocka_unit_test(calls),
        cmocka_unit_test(runs_away),  cmocka_unit_test(other_states),  cmocka_unit_test(in_a_loop),
        cmocka_unit_test(parameters), cmocka_unit_test(plain_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

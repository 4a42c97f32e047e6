/* A neuron layer without a net: the bits of the same layer in a net, in any order of tapes. */
#include "nets.h"

#include <fsnn/layer.h>

enum { K = 12, B = 3, N = 40, SIZE = K * B * N };

typedef struct arrays {
    float I[SIZE], gradient[SIZE];
} arrays;

static arrays given(uint64_t seed)
{
    arrays a;
    for (int i = 0; i < SIZE; i++) {
        a.I[i] = 2.5f * fsnn_random_uniform(seed, 0, (uint64_t)i);
        a.gradient[i] = fsnn_random_uniform(seed, 1, (uint64_t)i) - 0.5f;
    }
    return a;
}

/* What a kind is tried with: everything is learned that can be. */
static void learned_options(const char *kind, void *options)
{
    VALID(fsnn_kind_defaults(kind, options));
    fsnn_neuron *neuron = options;
    neuron->tau.learn = true;
    if (strcmp(kind, "user") == 0) {
        fsnn_user *user = options;
        user->dv = "(-v^2 + I)/tau";
    }
}

static fsnn_dynamics some_dynamics(fsnn_order *order, fsnn_precision precision)
{
    *order = fsnn_order_of(0.7);
    order->learn_alpha = true;
    fsnn_dynamics d = fsnn_dynamics_default(order);
    d.precision = precision;
    return d;
}

/* The same in a net. */
typedef struct results {
    float spikes[SIZE], I_gradient[SIZE], param[2][8];
} results;

static void in_a_net(const char *kind, const arrays *a, results *r)
{
    fsnn_user options;
    learned_options(kind, &options);
    fsnn_order order;
    fsnn_dynamics d = some_dynamics(&order, FSNN_PRECISION_SINGLE);
    fsnn_net *net = net_new();
    int in = (int)VALID(fsnn_net_input(net, FSNN_SHAPE(N)));
    VALID(fsnn_net_add(net, kind, kind, &in, 1, &options));
    GOOD(fsnn_net_wrap(
        net, &d, &(fsnn_plan){.steps = K, .batch = B, .training = true, .input_gradient = true}));
    const float *y, *g;
    GOOD(fsnn_net_forward(net, a->I, &y));
    memcpy(r->spikes, y, sizeof r->spikes);
    GOOD(fsnn_net_backward(net, a->gradient, &g));
    memcpy(r->I_gradient, g, sizeof r->I_gradient);
    for (int p = 0; p < fsnn_net_param_count(net) && p < 8; p++) {
        r->param[0][p] = fsnn_net_param(net, p)->value[0];
        r->param[1][p] = fsnn_net_param(net, p)->grad[0];
    }
    fsnn_net_destroy(net);
}

static fsnn_layer *layer_of(const char *kind, fsnn_precision precision)
{
    fsnn_user options;
    learned_options(kind, &options);
    fsnn_order order;
    fsnn_dynamics d = some_dynamics(&order, precision);
    fsnn_layer *layer;
    GOOD(fsnn_layer_create(kind, &options, &d, FSNN_SHAPE(N), &layer));
    return layer;
}

static fsnn_tape *tape_of(fsnn_layer *layer)
{
    fsnn_tape *tape;
    GOOD(fsnn_tape_create(layer, &(fsnn_plan){.steps = K, .batch = B, .training = true}, &tape));
    return tape;
}

/* Two tapes go forward, then backward in either order: each as if it were alone. */
static void same_bits(void **state)
{
    (void)state;
    static const char *const kinds[] = {"if", "lif", "alif", "cuba", "user", "hard_lif", "readout"};
    static arrays a[2];
    static results want[2];
    static float spikes[2][SIZE], gradient[2][SIZE];
    for (int k = 0; k < (int)FSNN_COUNT(kinds); k++)
        for (int first = 0; first < 2; first++) {
            CASE("%s, tape %d goes backward first", kinds[k], first);
            fsnn_layer *layer = layer_of(kinds[k], FSNN_PRECISION_SINGLE);
            fsnn_tape *tape[2] = {tape_of(layer), tape_of(layer)};
            for (int t = 0; t < 2; t++) {
                a[t] = given((uint64_t)(7 + t));
                in_a_net(kinds[k], &a[t], &want[t]);
                GOOD(fsnn_tape_forward(tape[t], a[t].I, spikes[t]));
            }
            for (int i = 0; i < 2; i++) {
                int t = first ^ i;
                fsnn_layer_zero_grad(layer);
                GOOD(fsnn_tape_backward(tape[t], a[t].gradient, gradient[t]));
                assert_memory_equal(spikes[t], want[t].spikes, sizeof spikes[t]);
                assert_memory_equal(gradient[t], want[t].I_gradient, sizeof gradient[t]);
                for (int p = 0; p < fsnn_layer_param_count(layer) && p < 8; p++) {
                    CASE("parameter %s", fsnn_layer_param(layer, p)->name);
                    assert_memory_equal(&fsnn_layer_param(layer, p)->value[0], &want[t].param[0][p],
                                        sizeof(float));
                    assert_memory_equal(&fsnn_layer_param(layer, p)->grad[0], &want[t].param[1][p],
                                        sizeof(float));
                }
            }
            fsnn_layer_destroy(layer); /* the tapes stay */
            GOOD(fsnn_tape_reset(tape[0]));
            GOOD(fsnn_tape_forward(tape[0], a[0].I, spikes[0]));
            assert_memory_equal(spikes[0], want[0].spikes, sizeof spikes[0]);
            fsnn_tape_destroy(tape[0]);
            fsnn_tape_destroy(tape[1]);
        }
}

/* Values that are changed reach tapes that are there; a forward before the change has no
 * backward. */
static void changes(void **state)
{
    (void)state;
    static arrays a;
    static float spikes[SIZE], other[SIZE];
    a = given(3);
    fsnn_layer *layer = layer_of("lif", FSNN_PRECISION_SINGLE);
    fsnn_tape *tape = tape_of(layer);
    float tau = 5, gradient = 0;
    GOOD(fsnn_tape_forward(tape, a.I, spikes));
    GOOD(fsnn_layer_bind(layer, 0, &tau, &gradient));
    assert_string_equal(fsnn_layer_param(layer, 0)->name, "lif.tau");
    GOOD(fsnn_layer_params_changed(layer));
    REFUSED(fsnn_tape_backward(tape, a.gradient, NULL), FSNN_ESTATE, "parameters changed");
    GOOD(fsnn_tape_reset(tape));
    GOOD(fsnn_tape_forward(tape, a.I, other));
    assert_true(memcmp(spikes, other, sizeof spikes) != 0);
    GOOD(fsnn_tape_backward(tape, a.gradient, NULL));
    assert_true(gradient != 0);
    tau = -1;
    REFUSED(fsnn_layer_params_changed(layer), FSNN_EARGUMENT, "must be positive");
    REFUSED(fsnn_tape_forward(tape, a.I, other), FSNN_EARGUMENT, "must be positive");
    tau = 2;
    GOOD(fsnn_layer_params_changed(layer));
    GOOD(fsnn_tape_reset(tape));
    GOOD(fsnn_tape_forward(tape, a.I, other));
    assert_memory_equal(spikes, other, sizeof spikes); /* 2 is the default */
    fsnn_tape_destroy(tape);
    fsnn_layer_destroy(layer);
}

static void in_double(void **state)
{
    (void)state;
#ifndef FSNN_HAVE_DOUBLE
    skip();
#endif
    static double I[SIZE], out[SIZE], gradient[SIZE];
    static float single[SIZE];
    arrays a = given(5);
    for (int i = 0; i < SIZE; i++)
        I[i] = a.I[i];
    fsnn_layer *layer = layer_of("lif", FSNN_PRECISION_DOUBLE);
    fsnn_tape *tape = tape_of(layer);
    assert_null(fsnn_layer_param(layer, 0)->value);
    assert_true(fsnn_layer_param(layer, 0)->value64[0] == 2);
    REFUSED(fsnn_tape_forward(tape, a.I, single), FSNN_EUNSUPPORTED,
            "call fsnn_tape_forward_double");
    GOOD(fsnn_tape_forward_double(tape, I, out));
    REFUSED(fsnn_tape_backward(tape, a.I, NULL), FSNN_EUNSUPPORTED,
            "call fsnn_tape_backward_double");
    GOOD(fsnn_tape_backward_double(tape, I, gradient));
    double sum = 0;
    for (int i = 0; i < SIZE; i++)
        sum += fabs(gradient[i]);
    assert_true(sum > 0);
    fsnn_tape_destroy(tape);
    fsnn_layer_destroy(layer);
}

/* A caller may wrap the net of a tape: memory of the layer that is too small for it is not taken,
 * and one that fits is the layer's again. */
static void wrapped_anew(void **state)
{
    (void)state;
    static float spikes[SIZE], again[SIZE];
    const arrays a = given(4);
    fsnn_order order, several;
    fsnn_dynamics same = some_dynamics(&order, FSNN_PRECISION_SINGLE), other = same;
    const fsnn_plan plan = {.steps = K, .batch = B, .training = true};
    fsnn_layer *layer = layer_of("lif", FSNN_PRECISION_SINGLE);
    fsnn_tape *tape = tape_of(layer);
    GOOD(fsnn_tape_forward(tape, a.I, spikes));
    several = (fsnn_order){.terms = 2, .alpha = {0.9, 0.3}, .coefficient = {1, 0.5}};
    several.learn_alpha = order.learn_alpha;
    other.order = &several;
    GOOD(fsnn_net_wrap(fsnn_tape_net(tape), &other, &plan));
    REFUSED(fsnn_tape_forward(tape, a.I, again), FSNN_ESTATE, "other dynamics than its layer");
    GOOD(fsnn_layer_params_changed(layer));
    REFUSED(fsnn_tape_forward(tape, a.I, again), FSNN_ESTATE, "other dynamics than its layer");
    GOOD(fsnn_net_wrap(fsnn_tape_net(tape), &same, &plan));
    GOOD(fsnn_tape_forward(tape, a.I, again));
    assert_memory_equal(spikes, again, sizeof spikes);
    assert_ptr_equal(fsnn_net_param(fsnn_tape_net(tape), 0)->value,
                     fsnn_layer_param(layer, 0)->value);
    fsnn_tape_destroy(tape);
    fsnn_layer_destroy(layer);
}

static void refusals(void **state)
{
    (void)state;
    fsnn_order order;
    fsnn_dynamics d = some_dynamics(&order, FSNN_PRECISION_SINGLE);
    fsnn_layer *layer;
    REFUSED(fsnn_layer_create("linear", NULL, &d, FSNN_SHAPE(N), &layer), FSNN_EARGUMENT,
            "no kind of neuron");
    REFUSED(fsnn_layer_create("liff", NULL, &d, FSNN_SHAPE(N), &layer), FSNN_ENOTFOUND,
            "kind of neuron \"liff\": known are if, lif");
    REFUSED(fsnn_layer_create("lif", NULL, &d, FSNN_SHAPE(0), &layer), FSNN_ESHAPE, "below 1");
    assert_null(layer);
    fsnn_tape *tape = (fsnn_tape *)&d;
    layer = (fsnn_layer *)&d; /* whatever stood there is no layer after an error */
    REFUSED(fsnn_layer_create(NULL, NULL, &d, FSNN_SHAPE(N), &layer), FSNN_EARGUMENT, "kind");
    assert_null(layer);
    REFUSED(fsnn_tape_create(NULL, &(fsnn_plan){.steps = 1, .batch = 1}, &tape), FSNN_EARGUMENT,
            "layer");
    assert_null(tape);
    layer = layer_of("lif", FSNN_PRECISION_SINGLE);
    float value;
    REFUSED(fsnn_layer_bind(layer, 0, &value, NULL), FSNN_EARGUMENT, "memory for its gradient");
    REFUSED(fsnn_layer_bind(layer, 9, &value, &value), FSNN_EARGUMENT, "no parameter 9");
    REFUSED(fsnn_layer_bind(layer, 0, (char *)&value + 1, &value), FSNN_EARGUMENT, "aligned");
    REFUSED(fsnn_tape_create(layer, &(fsnn_plan){.steps = 0, .batch = 1}, &tape), FSNN_EARGUMENT,
            "step");
    assert_null(tape);
    tape = tape_of(layer);
    REFUSED(fsnn_tape_backward(tape, &value, NULL), FSNN_ESTATE, "forward before it");
    fsnn_tape_destroy(tape);
    fsnn_tape_destroy(NULL);
    fsnn_layer_destroy(layer);
    fsnn_layer_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bits),    cmocka_unit_test(changes),  cmocka_unit_test(in_double),
        cmocka_unit_test(wrapped_anew), cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

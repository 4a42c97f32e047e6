/* Potentials exactly at the threshold: equality >= spikes there, > does not. Every number is a
 * binary fraction, so both precisions meet the threshold without rounding. */
#include "double.h"
#include "nets.h"

enum { T = 16, B = 2, MOST = 40 };

static const fsnn_reset resets[] = {FSNN_RESET_CURRENT, FSNN_RESET_SUBTRACT, FSNN_RESET_VALUE,
                                    FSNN_RESET_NONE,    FSNN_RESET_JUMP,     FSNN_RESET_DELTA,
                                    FSNN_RESET_RESTART};

static fsnn_net *build(const char *kind, const fsnn_user *o, int64_t neurons)
{
    fsnn_net *net = net_new();
    int x = fsnn_net_input(net, FSNN_SHAPE(neurons));
    VALID(fsnn_net_add(net, kind, "n", &x, 1, o));
    return net;
}

static fsnn_dynamics euler(fsnn_order *order, fsnn_precision precision)
{
    *order = fsnn_order_of(1);
    fsnn_dynamics d = fsnn_dynamics_default(order);
    d.integrator = FSNN_ODEINT;
    d.method = FSNN_EULER;
    d.precision = precision;
    return d;
}

static fsnn_user options(fsnn_reset reset, fsnn_equality equality)
{
    fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT};
    o.neuron.tau.value = 1;
    o.neuron.reset = reset;
    o.neuron.equality = equality;
    return o;
}

/* Spikes [T] of neuron 0 under the constant current I, of a layer whose neurons are all alike. */
static void spikes_of(const char *kind, const fsnn_user *o, int64_t neurons, bool wide, double I,
                      double *spikes)
{
    fsnn_order order;
    const fsnn_dynamics d = euler(&order, wide ? FSNN_PRECISION_DOUBLE : FSNN_PRECISION_SINGLE);
    fsnn_net *net = build(kind, o, neurons);
    float x[T * B * MOST];
    double x64[T * B * MOST];
    const int64_t row = B * neurons;
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = T, .batch = B}));
    for (int i = 0; i < T * row; i++)
        x64[i] = x[i] = (float)I;
    const float *y = NULL;
    const double *y64 = NULL;
    if (wide)
        GOOD(fsnn_net_forward_double(net, x64, &y64));
    else
        GOOD(fsnn_net_forward(net, x, &y));
    for (int k = 0; k < T; k++) {
        spikes[k] = wide ? y64[k * row] : (double)y[k * row];
        for (int64_t i = 1; i < row; i++)
            assert_true(spikes[k] == (wide ? y64[k * row + i] : (double)y[k * row + i]));
    }
    fsnn_net_destroy(net);
}

static int precisions(void)
{
#ifdef FSNN_HAVE_DOUBLE
    return 2;
#else
    return 1;
#endif
}

/* dv = I/tau, I/tau = 1/2, threshold 1: v is at the threshold in the second step of each cycle. */
static void integrate(fsnn_reset reset, fsnn_equality equality, double *spikes)
{
    double v = 0, count = 0;
    for (int k = 0; k < T; k++) {
        const double p = v + 0.5, tested = p - (reset == FSNN_RESET_JUMP ? count : 0);
        const double s = equality == FSNN_REACHES ? tested >= 1 : tested > 1;
        spikes[k] = s;
        count += s;
        v = reset == FSNN_RESET_VALUE     ? (s ? 0.25 : p)
            : reset == FSNN_RESET_RESTART ? (s ? 0 : p)
            : reset == FSNN_RESET_NONE    ? p
            : reset == FSNN_RESET_JUMP    ? p
                                          : p - s;
    }
}

static void exact(void **state)
{
    (void)state;
    for (int r = 0; r < (int)FSNN_COUNT(resets); r++)
        for (int i = 0; i < 2 * 2 * precisions(); i++) {
            const fsnn_equality equality = i % 2 ? FSNN_EXCEEDS : FSNN_REACHES;
            const int64_t neurons = i / 2 % 2 ? 32 : 7; /* whole tiles, and none */
            double want[T], got[T];
            fsnn_user o = options(resets[r], equality);
            o.neuron.v_reset.value = 0.25;
            CASE("reset %s, equality %s, %d neurons, precision %d", fsnn_reset_name(resets[r]),
                 equality ? ">" : ">=", (int)neurons, i / 4);
            integrate(resets[r], equality, want);
            spikes_of("if", &o, neurons, i / 4, 0.5, got);
            assert_memory_equal(got, want, sizeof want);
        }
}

/* With tau 1 and step 1 the potential is the current, or a filtered one that becomes it: at the
 * threshold. */
static void every_kind(void **state)
{
    (void)state;
    static const char *const kinds[] = {"lif", "noisy", "hard_lif", "cuba", "alif", "user"};
    for (int n = 0; n < (int)FSNN_COUNT(kinds); n++)
        for (int r = 0; r < (int)FSNN_COUNT(resets); r++)
            for (int i = 0; i < 2 * precisions(); i++) {
                fsnn_user o = options(resets[r], i % 2 ? FSNN_EXCEEDS : FSNN_REACHES);
                double got[T], sum = 0;
                if (strcmp(kinds[n], "user") == 0)
                    o.dv = "(-v + I)/tau";
                if (strcmp(kinds[n], "cuba") == 0) {
                    o.params = 1;
                    o.param[0] = (fsnn_user_param){"tau_syn", {.value = 1}};
                }
                o.neuron.refractory = n % 2 ? 2 : 0;
                if (strcmp(kinds[n], "hard_lif") == 0 && resets[r] != FSNN_RESET_CURRENT)
                    continue;
                CASE("%s, reset %s, equality %s, precision %d", kinds[n],
                     fsnn_reset_name(resets[r]), i % 2 ? ">" : ">=", i / 2);
                spikes_of(kinds[n], &o, MOST, i / 2, 1, got);
                for (int k = 0; k < T; k++)
                    sum += got[k];
                assert_true(i % 2 ? sum == 0 : sum > 0);
            }
}

/* Backward finds the same spikes again: a layer of one tile, which the fused scan does, and one
 * neuron, which the general one does, have one gradient. */
static void gradients(void **state)
{
    (void)state;
    static const fsnn_reset some[] = {FSNN_RESET_CURRENT, FSNN_RESET_RESTART, FSNN_RESET_VALUE};
    for (int r = 0; r < (int)FSNN_COUNT(some); r++)
        for (int e = 0; e < 2; e++) {
            float grad[2][3], x[T * B * 32], g[T * B * 32];
            CASE("reset %s, equality %s", fsnn_reset_name(some[r]), e ? ">" : ">=");
            for (int one = 0; one < 2; one++) {
                const int64_t neurons = one ? 1 : 32;
                fsnn_user o = options(some[r], e ? FSNN_EXCEEDS : FSNN_REACHES);
                o.neuron.tau = o.neuron.threshold =
                    (fsnn_value){.value = 1, .learn = true, .per = FSNN_PER_NEURON};
                o.neuron.detach_reset = false;
                fsnn_order order;
                const fsnn_dynamics d = euler(&order, FSNN_PRECISION_SINGLE);
                const float *y, *gx;
                for (int i = 0; i < T * B * neurons; i++) {
                    x[i] = 0.5F;
                    g[i] = (float)(1 + i / (B * neurons)) / 8;
                }
                fsnn_net *net = build("if", &o, neurons);
                GOOD(fsnn_net_wrap(
                    net, &d,
                    &(fsnn_plan){
                        .steps = T, .batch = B, .training = true, .input_gradient = true}));
                GOOD(fsnn_net_forward(net, x, &y));
                GOOD(fsnn_net_backward(net, g, &gx));
                grad[one][0] = fsnn_net_param_find(net, "n.tau")->grad[0];
                grad[one][1] = fsnn_net_param_find(net, "n.threshold")->grad[0];
                grad[one][2] = gx[0];
                fsnn_net_destroy(net);
            }
            assert_memory_equal(grad[0], grad[1], sizeof grad[0]);
        }
}

static void described(void **state)
{
    (void)state;
    fsnn_description *d;
    fsnn_net *net = net_described("input: [1]\n"
                                  "layers:\n"
                                  "  - if: {tau: 1, reset: subtract, equality: '>', name: n}\n"
                                  "dynamics: {integrator: odeint}\n",
                                  &d);
    const float x[3] = {0.5F, 0.5F, 0.5F}, *y;
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(d), &(fsnn_plan){.steps = 3, .batch = 1}));
    GOOD(fsnn_net_forward(net, x, &y));
    assert_true(y[0] == 0 && y[1] == 0 && y[2] == 1);
    fsnn_net_destroy(net);
    fsnn_description_destroy(d);

    fsnn_order order;
    const fsnn_dynamics dynamics = euler(&order, FSNN_PRECISION_SINGLE);
    const fsnn_user o = options(FSNN_RESET_VALUE, FSNN_EQUALITIES);
    refuse_neuron("lif", &o, &dynamics, "there is no equality number 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact),
        cmocka_unit_test(every_kind),
        cmocka_unit_test(gradients),
        cmocka_unit_test(described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

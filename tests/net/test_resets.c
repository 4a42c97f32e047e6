/* What holds for resets whatever the method: the classic neuron at alpha 1, exact landings, no
 * difference before the first spike, the refractory period, and learning of v_reset. Through the
 * public interface. */
#include "double.h"
#include "nets.h"

enum { K = 120, N = 5 };

typedef struct setup {
    const char *kind;
    fsnn_neuron neuron;
    fsnn_method method;
    bool implicit;
    double alpha, h;
} setup;

static float input[K * N], v[K * N], spikes[K * N];

static setup plain(fsnn_reset reset)
{
    setup c = {
        .kind = "lif", .neuron = FSNN_NEURON_DEFAULT, .method = FSNN_GL, .alpha = 0.6, .h = 0.5};
    c.neuron.tau.value = 2;
    c.neuron.reset = reset;
    c.neuron.v_reset.value = -0.375;
    return c;
}

static fsnn_dynamics dynamics(const setup *c, fsnn_order *order)
{
    *order = fsnn_order_of(c->alpha);
    fsnn_dynamics d = fsnn_dynamics_default(order);
    bool integer = c->method == FSNN_EULER || c->method == FSNN_HEUN || c->method == FSNN_RK4;
    d.integrator = integer ? FSNN_ODEINT : FSNN_FDEINT;
    d.method = c->method;
    d.implicit = c->implicit;
    d.step = c->h;
    return d;
}

static fsnn_status try_run(const setup *c)
{
    fsnn_net *net = net_new();
    fsnn_order order;
    const float *out;
    fsnn_dynamics d = dynamics(c, &order);
    int x = fsnn_net_input(net, FSNN_SHAPE(N));
    VALID(fsnn_net_add(net, c->kind, "cell", &x, 1, &c->neuron));
    fsnn_status status =
        fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = K, .batch = 1, .record = true});
    if (!status)
        status = fsnn_net_forward(net, input, &out);
    if (!status) {
        memcpy(spikes, out, sizeof spikes);
        status = fsnn_net_read(net, fsnn_net_node_find(net, "cell"), FSNN_RECORD_V, v);
    }
    fsnn_net_destroy(net);
    return status;
}

static void fill(double mean, double spread)
{
    for (int i = 0; i < K * N; i++)
        input[i] = (float)(mean + spread * fsnn_random_normal(7, 0, (uint64_t)i));
}

/* The neuron of the textbooks, whatever remembers nothing. */
static void classic(const setup *c, int n, double *v, double *s)
{
    const fsnn_neuron *o = &c->neuron;
    double now = o->v0, theta = o->threshold.value, tau = o->tau.value;
    bool ahead = o->reset == FSNN_RESET_CURRENT || o->reset == FSNN_RESET_NONE;
    for (int k = 0; k < K; k++) {
        double I = (double)input[k * N + n], dv = (strcmp(c->kind, "lif") ? I : I - now) / tau;
        if (ahead) {
            s[k] = now + dv >= theta;
            if (o->reset == FSNN_RESET_CURRENT)
                dv -= s[k] * theta / tau;
            now += c->h * dv;
        } else {
            now += c->h * dv;
            s[k] = now >= theta;
            if (s[k] != 0)
                now = o->reset == FSNN_RESET_VALUE     ? o->v_reset.value
                      : o->reset == FSNN_RESET_RESTART ? o->v0
                                                       : now - theta;
        }
        v[k] = now;
    }
}

static void classic_at_one(void **state)
{
    (void)state;
    static const fsnn_method methods[] = {FSNN_GL, FSNN_L1, FSNN_AB, FSNN_EULER};
    static const char *const kinds[] = {"lif", "if"};
    for (int kind = 0; kind < 2; kind++)
        for (int m = 0; m < 4; m++)
            for (int reset = 0; reset < FSNN_RESETS; reset++)
                for (int whole = 0; whole < 2; whole++) {
                    setup c = plain((fsnn_reset)reset);
                    bool state_reset = reset == FSNN_RESET_SUBTRACT || reset == FSNN_RESET_VALUE;
                    if (state_reset && methods[m] == FSNN_AB)
                        continue;
                    c.kind = kinds[kind];
                    c.method = methods[m];
                    c.alpha = 1;
                    c.h = whole ? 1 : 0.25;
                    c.neuron.v0 = 0.125;
                    fill(kind ? 0.3 : 1.1, 0.8);
                    GOOD(try_run(&c));
                    int fired = 0;
                    for (int n = 0; n < N; n++) {
                        double want[K], s[K];
                        classic(&c, n, want, s);
                        for (int k = 0; k < K; k++) {
                            double got = (double)v[k * N + n];
                            if (fabs(got - want[k]) > 2e-5 * fmax(1, fabs(want[k])) ||
                                (double)spikes[k * N + n] != s[k])
                                fail_msg("%s, %s, reset %s, step %d: v %.9g, classic %.9g", c.kind,
                                         fsnn_method_name(c.method),
                                         fsnn_reset_name(c.neuron.reset), k, got, want[k]);
                            fired += s[k] != 0;
                        }
                    }
                    assert_true(fired > 0);
                }
}

/* The same number: to the bit, but under jump, whose state is kept in double precision where the
 * history keeps states. */
static bool same(fsnn_reset reset, float a, float b)
{
    return reset == FSNN_RESET_JUMP ? fabsf(a - b) <= 2e-6f * fmaxf(1, fabsf(b)) : a == b;
}

/* Until the first spike all resets give the same numbers, and at it those that overwrite land where
 * they say. */
static void landings(void **state)
{
    (void)state;
    static float free_v[K * N], free_spikes[K * N];
    static const fsnn_method methods[] = {FSNN_GL, FSNN_L1, FSNN_AB, FSNN_TRAP, FSNN_ABM, FSNN_ML};
    fill(1.6, 0.3);
    for (int m = 0; m < 6; m++)
        for (int implicit = 0; implicit < (m < 3 ? 2 : 1); implicit++)
            for (int reset = 0; reset < FSNN_RESETS; reset++) {
                setup c = plain(FSNN_RESET_NONE);
                int seen = 0;
                c.method = methods[m];
                c.implicit = implicit;
                c.neuron.threshold.value = 0.75;
                GOOD(try_run(&c));
                memcpy(free_v, v, sizeof v);
                memcpy(free_spikes, spikes, sizeof spikes);
                c.neuron.reset = (fsnn_reset)reset;
                if (try_run(&c) == FSNN_EUNSUPPORTED)
                    continue;
                bool ahead = reset == FSNN_RESET_CURRENT || reset == FSNN_RESET_NONE;
                for (int n = 0; n < N; n++) {
                    int k = n;
                    while (k < K * N && spikes[k] == 0) {
                        assert_true(same(c.neuron.reset, v[k], free_v[k]));
                        assert_true(!ahead || free_spikes[k] == 0);
                        k += N;
                    }
                    if (k >= K * N)
                        continue;
                    seen++;
                    if (!ahead)
                        assert_true(free_v[k] >= 0.75f);
                    if (reset == FSNN_RESET_SUBTRACT || reset == FSNN_RESET_JUMP)
                        assert_true(same(c.neuron.reset, v[k], free_v[k] - 0.75f));
                    if (reset == FSNN_RESET_VALUE)
                        assert_true(v[k] == -0.375f);
                    if (reset == FSNN_RESET_RESTART)
                        assert_true(v[k] == 0);
                }
                assert_int_equal(seen, N);
            }
}

static void no_spike_no_difference(void **state)
{
    (void)state;
    static float first[K * N];
    static const fsnn_method methods[] = {FSNN_EULER, FSNN_HEUN, FSNN_RK4, FSNN_GL, FSNN_L1,
                                          FSNN_AB,    FSNN_TRAP, FSNN_ABM, FSNN_ML};
    fill(1, 2);
    for (int m = 0; m < 9; m++) {
        int compared = 0;
        for (int reset = 0; reset < FSNN_RESETS; reset++) {
            setup c = plain((fsnn_reset)reset);
            c.method = methods[m];
            c.alpha = m < 3 ? 1 : 0.6;
            c.neuron.threshold.value = 1e3;
            c.neuron.v0 = 0.25;
            c.neuron.refractory = reset % 2 ? 3 : 0;
            if (try_run(&c) == FSNN_EUNSUPPORTED)
                continue;
            for (int i = 0; i < K * N && compared; i++)
                assert_true(same(c.neuron.reset, v[i], first[i]));
            if (!compared++)
                memcpy(first, v, sizeof v);
        }
        assert_true(compared >= 4);
    }
}

/* No spike for the time r after one; value and restart hold where they landed. */
static void refractory(void **state)
{
    (void)state;
    static const fsnn_method methods[] = {FSNN_GL, FSNN_AB, FSNN_TRAP, FSNN_ML, FSNN_EULER};
    fill(2.5, 0.5);
    for (int m = 0; m < 5; m++)
        for (int reset = 0; reset < FSNN_RESETS; reset++) {
            setup c = plain((fsnn_reset)reset);
            int fired = 0;
            c.method = methods[m];
            c.neuron.refractory = 1.9; /* 4 steps of 0.5 */
            c.alpha = m == 4 ? 1 : 0.6;
            if (try_run(&c) == FSNN_EUNSUPPORTED)
                continue;
            for (int n = 0; n < N; n++)
                for (int k = 0; k < K; k++) {
                    if (spikes[k * N + n] == 0)
                        continue;
                    fired++;
                    for (int i = k + 1; i <= k + 4 && i < K; i++) {
                        assert_true(spikes[i * N + n] == 0);
                        if (reset == FSNN_RESET_VALUE)
                            assert_true(v[i * N + n] == -0.375f);
                        if (reset == FSNN_RESET_RESTART)
                            assert_true(v[i * N + n] == 0);
                    }
                }
            assert_true(fired > 2 * N);
        }
}

/* ---- v_reset as a parameter ---- */

static fsnn_net *two_channels(const setup *c, const fsnn_plan *plan)
{
    fsnn_net *net = net_new();
    fsnn_order order;
    fsnn_dynamics d = dynamics(c, &order);
    int x = fsnn_net_linear(net, "fc", fsnn_net_input(net, FSNN_SHAPE(3)), 4, true);
    VALID(fsnn_net_lif(net, "cell", x, &c->neuron));
    GOOD(fsnn_net_wrap(net, &d, plan));
    return net;
}

static void v_reset_learns(void **state)
{
    (void)state;
    static const fsnn_plan plan = {.steps = 30,
                                   .batch = 2,
                                   .training = true,
                                   .smooth = true,
                                   .input_gradient = true,
                                   .seed = 4};
    static const fsnn_method methods[] = {FSNN_GL, FSNN_L1, FSNN_EULER};
    float x[30 * 2 * 3];
    for (int i = 0; i < (int)(sizeof x / sizeof *x); i++)
        x[i] = (float)(1.5 + fsnn_random_normal(3, 1, (uint64_t)i));
    for (int m = 0; m < 3; m++)
        for (int per = 0; per < 2; per++) {
            setup c = plain(FSNN_RESET_VALUE);
            double worst;
            const char *where;
            c.method = methods[m];
            c.alpha = m == 2 ? 1 : 0.6;
            c.neuron.detach_reset = false;
            c.neuron.surrogate.scale = 1.5;
            c.neuron.v_reset.learn = true;
            c.neuron.v_reset.per = per ? FSNN_PER_CHANNEL : FSNN_PER_LAYER;
            fsnn_net *net = two_channels(&c, &plan);
            const fsnn_param *p = fsnn_net_param_find(net, "cell.v_reset");
            assert_non_null(p);
            assert_int_equal(fsnn_shape_count(&p->shape), per ? 4 : 1);
            assert_true(p->learn && p->neuron && p->range == FSNN_ANY && p->value[0] == -0.375f);
            GOOD(fsnn_net_gradcheck(net, x, 3, &worst, &where));
            if (!(worst < 5e-3))
                fail_msg("%s: %.2e at %s", fsnn_method_name(c.method), worst, where);
            p->value[0] = INFINITY;
            REFUSED(fsnn_net_params_changed(net), FSNN_EARGUMENT,
                    "cell.v_reset[0] is inf: it must be finite");
            p->value[0] = -0.375f;
            gradcheck_double(net, x, 2);
            fsnn_net_destroy(net);
        }
}

/* A surrogate whose scale moves from k to k_end has at the share t the gradients of one that stays
 * where it is then. */
static void scale_moves(void **state)
{
    (void)state;
    static const fsnn_plan plan = {.steps = 20, .batch = 2, .training = true, .seed = 4};
    static const double done[] = {0, 0.5, 1}, scale[] = {1, 3, 9};
    float x[20 * 2 * 3], g[20 * 2 * 4], grad[2][12];
    for (int i = 0; i < 120; i++)
        x[i] = (float)(1.5 + fsnn_random_normal(3, 1, (uint64_t)i));
    for (int i = 0; i < 160; i++)
        g[i] = (float)fsnn_random_normal(3, 2, (uint64_t)i);
    for (int i = 0; i < 3; i++) {
        for (int fixed = 0; fixed < 2; fixed++) {
            setup c = plain(FSNN_RESET_JUMP);
            c.neuron.surrogate = (fsnn_surrogate){FSNN_SIGMOID, fixed ? scale[i] : 1, fixed ? 0 : 9,
                                                  FSNN_GROWTH_GEOMETRIC};
            fsnn_net *net = two_channels(&c, &plan);
            GOOD(fsnn_net_progress(net, done[i]));
            GOOD(fsnn_net_replan(net, &plan));
            GOOD(fsnn_net_forward(net, x, NULL));
            GOOD(fsnn_net_backward(net, g, NULL));
            memcpy(grad[fixed], fsnn_net_param_find(net, "fc.weight")->grad, sizeof grad[0]);
            FAILS(fsnn_net_progress(net, 1.5), FSNN_EARGUMENT);
            fsnn_net_destroy(net);
        }
        assert_memory_equal(grad[0], grad[1], sizeof grad[0]);
        assert_true(grad[0][0] != 0);
    }
}

static void refused(const setup *c, const char *sentence)
{
    REFUSED(try_run(c), FSNN_EARGUMENT, sentence);
}

static void errors(void **state)
{
    (void)state;
    setup c = plain(FSNN_RESET_JUMP);
    c.neuron.v_reset.learn = true;
    refused(&c, "v_reset is where reset value lands, but the reset is jump");
    c = plain(FSNN_RESET_VALUE);
    c.neuron.refractory = -1;
    refused(&c, "refractory is -1 at step 0.5");
    c.neuron.refractory = 6e6;
    refused(&c, "from 0 to 1e+07 steps");
    c.neuron.refractory = NAN;
    refused(&c, "refractory is");
    c = plain(FSNN_RESET_VALUE);
    c.neuron.surrogate.scale = 1e20;
    refused(&c, "the scale must be from 1e-18 to 1e+18");
    c.neuron.surrogate = (fsnn_surrogate){FSNN_ERF, 1, -2, FSNN_GROWTH_GEOMETRIC};
    refused(&c, "scale_end is -2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classic_at_one),
        cmocka_unit_test(landings),
        cmocka_unit_test(no_spike_no_difference),
        cmocka_unit_test(refractory),
        cmocka_unit_test(v_reset_learns),
        cmocka_unit_test(errors),
        cmocka_unit_test(scale_moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

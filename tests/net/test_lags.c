/* Delays that are learned, of connections and of neurons: forward against plain sums in double, the
 * gradient by differences, the same numbers in pieces, segments, loops and streams. Asked for in
 * snnTorch issue 60, Norse issue 224 and slayerPytorch issue 12. */
#include "double.h"
#include "nets.h"

enum { T = 9, B = 2, IN = 5, OUT = 4, L = 3 };

/* Weight of the whole lag j in a delay of d steps. */
static double weight(const fsnn_lags *o, double d, int j)
{
    if (o->kernel == FSNN_LAGS_LINEAR)
        return fmax(0, 1 - fabs(j - d));
    double sum = 0;
    for (int m = 0; m <= o->max; m++)
        sum += exp(-(m - d) * (m - d) / (2 * o->sigma * o->sigma));
    return exp(-(j - d) * (j - d) / (2 * o->sigma * o->sigma)) / sum;
}

static fsnn_lags lags_of(fsnn_lags_kernel kernel)
{
    return (fsnn_lags){.max = L, .kernel = kernel, .sigma = 0.6, .learn = true};
}

static fsnn_net *wrapped(const char *kind, const void *options, fsnn_shape shape,
                         const fsnn_plan *plan)
{
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    int in = VALID(fsnn_net_input(net, shape));
    VALID(fsnn_net_add(net, kind, "late", &in, 1, options));
    GOOD(fsnn_net_wrap(net, &d, plan));
    return net;
}

static void connections(void **state)
{
    (void)state;
    static float x[2 * T * B * IN]; /* the last piece is longer than what is left of T */
    const float *y;
    fill_normal(x, T * B * IN, 0, 1, 1);
    for (int kernel = 0; kernel < 2; kernel++)
        for (int64_t steps = 1; steps <= T; steps += 4) { /* pieces of a run */
            fsnn_delayed_linear o = {
                .out = OUT, .lags = lags_of((fsnn_lags_kernel)kernel), .bias = true};
            fsnn_net *net = wrapped("delayed_linear", &o, FSNN_SHAPE(IN),
                                    &(fsnn_plan){.steps = steps, .batch = B, .seed = 3});
            const float *w = fsnn_net_param_find(net, "late.weight")->value,
                        *d = fsnn_net_param_find(net, "late.delay")->value,
                        *b = fsnn_net_param_find(net, "late.bias")->value;
            for (int i = 0; i < OUT * IN; i++)
                assert_true(d[i] >= 0 && d[i] <= L);
            assert_true(d[0] != d[1]);
            for (int64_t k = 0; k < T; k++) {
                if (k % steps == 0)
                    GOOD(fsnn_net_forward(net, x + k * B * IN, &y));
                for (int64_t s = 0; s < B; s++)
                    for (int p = 0; p < OUT; p++) {
                        double want = b[p];
                        for (int i = 0; i < IN; i++)
                            for (int j = 0; j <= L && j <= k; j++)
                                want += (double)w[p * IN + i] * weight(&o.lags, d[p * IN + i], j) *
                                        x[((k - j) * B + s) * IN + i];
                        NEAR("delayed_linear", y[(k % steps * B + s) * OUT + p], want, 2e-6);
                    }
            }
            fsnn_net_destroy(net);
        }
}

static void neurons(void **state)
{
    (void)state;
    enum { C = 3, P = 2, N = C * P };
    static float x[T * B * N];
    const float *y;
    fill_normal(x, T * B * N, 0, 1, 1);
    for (int per = 0; per < 3; per++)
        for (int kernel = 0; kernel < 2; kernel++) {
            fsnn_learned_delay o = {.lags = lags_of((fsnn_lags_kernel)kernel),
                                    .per = (fsnn_per)per};
            fsnn_net *net = wrapped("learned_delay", &o, FSNN_SHAPE(C, P),
                                    &(fsnn_plan){.steps = T, .batch = B, .seed = 3});
            const fsnn_param *d = fsnn_net_param_find(net, "late.delay");
            const int64_t counts[] = {1, C, N};
            assert_int_equal(fsnn_shape_count(&d->shape), counts[per]);
            GOOD(fsnn_net_forward(net, x, &y));
            for (int64_t k = 0; k < T; k++)
                for (int i = 0; i < B * N; i++) {
                    double want = 0;
                    const int n = i % N, at = per == 2 ? n : per == 1 ? n / P : 0;
                    for (int j = 0; j <= L && j <= k; j++)
                        want += weight(&o.lags, d->value[at], j) * x[(k - j) * B * N + i];
                    NEAR("learned_delay", y[k * B * N + i], want, 1e-6);
                }
            fsnn_net_destroy(net);
        }
}

/* A delay of whole steps is the delay of so many steps. */
static void whole_steps(void **state)
{
    (void)state;
    static float x[T * B * IN];
    const float *y[2];
    fill_normal(x, T * B * IN, 0, 1, 1);
    for (int64_t steps = 0; steps <= L; steps++) {
        fsnn_learned_delay o = {
            .lags = {.max = L, .init = FSNN_LAGS_CONSTANT, .steps = (double)steps}};
        fsnn_delay plain = {.steps = steps};
        const fsnn_plan plan = {.steps = T, .batch = B};
        fsnn_net *late = wrapped("learned_delay", &o, FSNN_SHAPE(IN), &plan),
                 *known = wrapped("delay", &plain, FSNN_SHAPE(IN), &plan);
        GOOD(fsnn_net_forward(late, x, &y[0]));
        GOOD(fsnn_net_forward(known, x, &y[1]));
        assert_memory_equal(y[0], y[1], sizeof x);
        fsnn_net_destroy(late);
        fsnn_net_destroy(known);
    }
}

/* Delays of connections and of channels, spikes between them, and one within a loop. */
static const char described[] =
    "input: [5]\n"
    "layers:\n"
    "  - delayed_linear: {out: 6, max: 4, kernel: gaussian, sigma: 0.8, name: a}\n"
    "  - lif: {tau: 2, threshold: 0.4, surrogate: {scale: 1.5}, detach_reset: false}\n"
    "  - learned_delay: {max: 3, per: neuron, name: b}\n"
    "  - delay: {of: last, name: before}\n"
    "  - delayed_linear: {from: before, out: 6, max: 2, bias: false, name: c}\n"
    "  - add: {from: [b, c]}\n"
    "  - lif: {tau: 3, threshold: 0.4, surrogate: {scale: 1.5}, detach_reset: false, name: last}\n"
    "dynamics: {alpha: 0.7}\n";

static fsnn_net *described_net(const fsnn_plan *plan)
{
    fsnn_description *d;
    fsnn_net *net = net_described(described, &d);
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(d), plan));
    fsnn_description_destroy(d);
    for (int i = 0; i < fsnn_net_param_count(net); i++) { /* away from corners */
        const fsnn_param *p = fsnn_net_param(net, i);
        for (int64_t k = 0; strstr(p->name, ".delay") && k < fsnn_shape_count(&p->shape); k++)
            p->value[k] = floorf(p->value[k]) + 0.3f;
    }
    GOOD(fsnn_net_params_changed(net));
    return net;
}

static void gradients(void **state)
{
    (void)state;
    static float x[T * B * IN];
    fill_normal(x, T * B * IN, 1, 1, 1);
    fsnn_net *net = described_net(&(fsnn_plan){.steps = T,
                                               .batch = B,
                                               .training = true,
                                               .smooth = true,
                                               .input_gradient = true,
                                               .seed = 5});
    gradcheck_double(net, x, 4);
    fsnn_net_destroy(net);
}

/* Output and gradients with checkpoints or without, in training. */
static void pieces(void **state)
{
    (void)state;
    static float x[T * B * IN], g[T * B * 6], y[2][T * B * 6], grad[2][400];
    const float *out;
    int64_t count[2] = {0, 0};
    fill_normal(x, T * B * IN, 1, 1, 1);
    fill_normal(g, T * B * 6, 0, 1, 2);
    for (int cut = 0; cut < 2; cut++) {
        fsnn_net *net = described_net(&(fsnn_plan){
            .steps = T, .batch = B, .training = true, .checkpoint = cut ? 2 : 0, .seed = 5});
        GOOD(fsnn_net_forward(net, x, &out));
        memcpy(y[cut], out, sizeof y[cut]);
        fsnn_net_zero_grad(net);
        GOOD(fsnn_net_backward(net, g, NULL));
        for (int i = 0; i < fsnn_net_param_count(net); i++) {
            const fsnn_param *p = fsnn_net_param(net, i);
            for (int64_t k = 0; p->learn && k < fsnn_shape_count(&p->shape); k++)
                grad[cut][count[cut]++] = p->grad[k];
        }
        fsnn_net_destroy(net);
    }
    assert_int_equal(count[0], count[1]);
    CLOSE("output", y[1], y[0], T * B * 6, 1e-6);
    CLOSE("gradients", grad[1], grad[0], count[0], 1e-4);
}

/* Step by step, with a state that goes to another net in the middle. */
static void streams(void **state)
{
    (void)state;
    static float x[T * B * IN], y[T * B * 6];
    const float *out;
    fill_normal(x, T * B * IN, 1, 1, 1);
    fsnn_net *whole = described_net(&(fsnn_plan){.steps = T, .batch = B, .seed = 5}), *net[2];
    GOOD(fsnn_net_forward(whole, x, &out));
    memcpy(y, out, sizeof y);
    for (int i = 0; i < 2; i++)
        net[i] = described_net(&(fsnn_plan){.steps = 1, .batch = B, .stream = i == 1, .seed = 5});
    for (int64_t k = 0; k < T; k++) {
        if (k == 4) {
            void *bytes;
            const int64_t count = fsnn_net_state_bytes(net[0]);
            assert_true(count > 0);
            bytes = malloc((size_t)count);
            GOOD(fsnn_net_state_save(net[0], bytes));
            GOOD(fsnn_net_state_load(net[1], bytes, count));
            free(bytes);
        }
        GOOD(fsnn_net_forward(net[k >= 4], x + k * B * IN, &out));
        CLOSE("steps", out, y + k * B * 6, B * 6, 1e-6);
    }
    fsnn_net_destroy(whole);
    fsnn_net_destroy(net[0]);
    fsnn_net_destroy(net[1]);
}

/* Which connection is late is learned: the answer to an impulse comes 2 steps later on one line,
 * 5 on another, and the delays find that. */
static void finds_delays(void **state)
{
    (void)state;
    enum { STEPS = 16, MOST = 8 };
    static float x[STEPS * 2], want[STEPS * 2], g[STEPS * 2];
    static const int lag[] = {2, 5};
    const float *y;
    for (int line = 0; line < 2; line++) {
        x[3 * 2 + line] = 1;
        want[(3 + lag[line]) * 2 + line] = 1;
    }
    fsnn_learned_delay o = {.lags = {.max = MOST,
                                     .init = FSNN_LAGS_CONSTANT,
                                     .steps = 3.5,
                                     .kernel = FSNN_LAGS_GAUSSIAN,
                                     .sigma = 1.5,
                                     .learn = true},
                            .per = FSNN_PER_NEURON};
    fsnn_net *net = wrapped("learned_delay", &o, FSNN_SHAPE(2),
                            &(fsnn_plan){.steps = STEPS, .batch = 1, .training = true});
    const fsnn_param *p = fsnn_net_param_find(net, "late.delay");
    for (int i = 0; i < 300; i++) {
        GOOD(fsnn_net_reset(net));
        GOOD(fsnn_net_forward(net, x, &y));
        for (int k = 0; k < STEPS * 2; k++)
            g[k] = y[k] - want[k];
        fsnn_net_zero_grad(net);
        GOOD(fsnn_net_backward(net, g, NULL));
        for (int line = 0; line < 2; line++)
            p->value[line] -= p->grad[line];
        GOOD(fsnn_net_params_changed(net));
    }
    NEAR("first delay", p->value[0], 2, 0.05);
    NEAR("second delay", p->value[1], 5, 0.05);
    p->value[0] = -1;
    p->value[1] = 100;
    GOOD(fsnn_net_params_changed(net));
    assert_true(p->value[0] == 0 && p->value[1] == MOST);
    p->value[0] = NAN;
    REFUSED(fsnn_net_params_changed(net), FSNN_EARGUMENT, "late.delay[0] is nan");
    fsnn_net_destroy(net);
}

static void refusals(void **state)
{
    (void)state;
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    const fsnn_learned_delay far = {.lags = {.max = L, .init = FSNN_LAGS_CONSTANT, .steps = L + 1}},
                             none = {.lags = {.max = 0}},
                             narrow = {.lags = {.max = L, .kernel = FSNN_LAGS_GAUSSIAN}};
    const struct {
        const fsnn_learned_delay *o;
        const char *sentence;
    } all[] = {{&far, "delays of 4 steps, but max is 3"},
               {&none, "max is 0, it must lie between 1 and 1024"},
               {&narrow, "sigma is 0, it must lie between 0.05 and 1024 steps"}};
    fsnn_net_destroy(net);
    for (int i = 0; i < FSNN_COUNT(all); i++) {
        net = net_new();
        int in = VALID(fsnn_net_input(net, FSNN_SHAPE(2)));
        VALID(fsnn_net_add(net, "learned_delay", "late", &in, 1, all[i].o));
        REFUSED(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 1, .batch = 1}), FSNN_EARGUMENT,
                all[i].sentence);
        fsnn_net_destroy(net);
    }
}

/* The weights as a program asks for them. */
static void weights_of_lags(void **state)
{
    (void)state;
    double w[L + 1];
    for (int kernel = 0; kernel < 2; kernel++)
        for (double d = 0; d <= L; d += 0.375) {
            const fsnn_lags o = lags_of((fsnn_lags_kernel)kernel);
            GOOD(fsnn_lags_weights(&o, d, w));
            for (int j = 0; j <= L; j++)
                NEAR("weight", w[j], weight(&o, d, j), 1e-12);
        }
    fsnn_lags o = lags_of(FSNN_LAGS_GAUSSIAN);
    REFUSED(fsnn_lags_weights(&o, L + 0.5, w), FSNN_EARGUMENT, "is not from 0 to max, which is 3");
    REFUSED(fsnn_lags_weights(&o, NAN, w), FSNN_EARGUMENT, "is not from 0 to max");
    o.sigma = 0;
    REFUSED(fsnn_lags_weights(&o, 1, w), FSNN_EARGUMENT, "sigma from 0.05");
    o = (fsnn_lags){.max = 1025};
    REFUSED(fsnn_lags_weights(&o, 1, w), FSNN_EARGUMENT, "max 1025");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections),     cmocka_unit_test(neurons),
        cmocka_unit_test(whole_steps),     cmocka_unit_test(gradients),
        cmocka_unit_test(pieces),          cmocka_unit_test(streams),
        cmocka_unit_test(finds_delays),    cmocka_unit_test(refusals),
        cmocka_unit_test(weights_of_lags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

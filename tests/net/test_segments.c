/* Gradient checkpointing: the gradients of the whole call, in memory that grows with the root of
 * its length; truncated gradients; what cannot be. */
#include "nets.h"

static int lif(fsnn_net *net, int from, fsnn_reset reset)
{
    fsnn_neuron o = FSNN_NEURON_DEFAULT;
    o.tau = (fsnn_value){.value = 3.0, .learn = true};
    o.threshold.learn = true;
    o.surrogate.scale = 1.5;
    o.reset = reset;
    o.refractory = reset == FSNN_RESET_CURRENT ? 0 : 2;
    o.detach_reset = reset == FSNN_RESET_JUMP;
    return fsnn_net_lif(net, NULL, from, &o);
}

enum { IN = 6, OUT = 4, T = 120, B = 3 };

/* Layers of two kinds of reset, a skip, dropout of both kinds, normalisation step by step. */
static fsnn_net *build(fsnn_reset reset)
{
    fsnn_net *net = net_new();
    int x = fsnn_net_input(net, FSNN_SHAPE(IN));
    int a = lif(net, fsnn_net_linear(net, "a", x, 9, true), reset);
    fsnn_dropout drop = {0.3, false}, hold = {0.2, true};
    int b = fsnn_net_add(net, "dropout", NULL, &a, 1, &drop);
    fsnn_batchnorm norm;
    fsnn_kind_defaults("batchnorm", &norm);
    norm.per_step = true;
    b = fsnn_net_linear(net, "b", b, 9, false);
    b = fsnn_net_add(net, "batchnorm", "bn", &b, 1, &norm);
    b = lif(net, b, FSNN_RESET_CURRENT);
    fsnn_droppath path = {0.4};
    b = fsnn_net_add(net, "droppath", NULL, &b, 1, &path);
    int sum = fsnn_net_add(net, "add", NULL, (int[]){a, b}, 2, NULL);
    sum = fsnn_net_add(net, "dropout", NULL, &sum, 1, &hold);
    VALID(lif(net, fsnn_net_linear(net, "c", sum, OUT, true), reset));
    return net;
}

typedef struct result {
    float out[T * B * OUT], in[T * B * IN], grad[512], running[18];
    double rate;
} result;

static void copy(const fsnn_net *net, result *r)
{
    int64_t at = 0;
    for (int p = 0; p < fsnn_net_param_count(net); p++) {
        const fsnn_param *param = fsnn_net_param(net, p);
        for (int64_t i = 0; param->learn && i < fsnn_shape_count(&param->shape); i++)
            r->grad[at++] = param->grad[i];
    }
    memcpy(r->running, fsnn_net_param_find(net, "bn.running_mean")->value, 9 * sizeof(float));
    memcpy(r->running + 9, fsnn_net_param_find(net, "bn.running_var")->value, 9 * sizeof(float));
    r->rate = fsnn_net_rate(net, 2);
}

static float input(int64_t i)
{
    return (float)(0.9 + fsnn_random_normal(9, 1, (uint64_t)i));
}

static float weight(int64_t i)
{
    return (float)fsnn_random_normal(9, 2, (uint64_t)i);
}

/* Two calls, so that the second starts from a state. */
static void run(fsnn_dynamics *d, fsnn_plan plan, fsnn_reset reset, result *r)
{
    static float x[2 * T * B * IN], g[T * B * OUT];
    const float *y, *gx;
    fsnn_net *net = build(reset);
    for (int64_t i = 0; i < FSNN_COUNT(x); i++)
        x[i] = input(i);
    for (int64_t i = 0; i < FSNN_COUNT(g); i++)
        g[i] = weight(i);
    plan.training = plan.smooth = plan.input_gradient = true;
    plan.steps = T;
    plan.batch = B;
    GOOD(fsnn_net_wrap(net, d, &plan));
    for (int call = 0; call < 2; call++) {
        GOOD(fsnn_net_forward(net, x + call * T * B * IN, &y));
        memcpy(r->out, y, sizeof r->out);
        fsnn_net_zero_grad(net);
        GOOD(fsnn_net_backward(net, g, &gx));
        memcpy(r->in, gx, sizeof r->in);
    }
    copy(net, r);
    fsnn_net_destroy(net);
}

static void same(const result *a, const result *b)
{
    CLOSE("output", a->out, b->out, T * B * OUT, 1e-4);
    CLOSE("input gradient", a->in, b->in, T * B * IN, 2e-4);
    CLOSE("gradient", a->grad, b->grad, 512, 2e-4);
    CLOSE("running", a->running, b->running, 18, 1e-4);
    if (!(fabs(a->rate - b->rate) < 1e-4 && b->rate > 0.02))
        fail_msg("rate %g, whole %g", a->rate, b->rate);
}

static void same_gradients(void **state)
{
    (void)state;
    static const int64_t segments[] = {1, 7, 24, 40, 100, T, 1000, FSNN_CHECKPOINT_AUTO};
    static const fsnn_method methods[] = {FSNN_GL, FSNN_L1, FSNN_AB, FSNN_TRAP, FSNN_ABM};
    static result whole, parts;
    for (int m = 0; m < FSNN_COUNT(methods); m++)
        for (int memory = 0; memory < 3; memory++) {
            fsnn_reset reset = m % 2 ? FSNN_RESET_JUMP : FSNN_RESET_CURRENT;
            fsnn_order order;
            fsnn_dynamics d = learned_dynamics(&order, methods[m], memory);
            run(&d, (fsnn_plan){0}, reset, &whole);
            for (int i = (m + memory) % 3; i < FSNN_COUNT(segments); i += m ? 3 : 1) {
                CASE("%s, memory %d, segments of %d", fsnn_method_name(methods[m]), memory,
                     (int)segments[i]);
                run(&d, (fsnn_plan){.checkpoint = segments[i]}, reset, &parts);
                same(&parts, &whole);
            }
        }
}

/* A restart empties the history: with a bounded memory it can be taken back. */
static void restart(void **state)
{
    (void)state;
    static result whole, parts;
    for (int memory = 1; memory < 3; memory++) {
        fsnn_order order;
        fsnn_dynamics d = learned_dynamics(&order, FSNN_GL, memory);
        run(&d, (fsnn_plan){0}, FSNN_RESET_RESTART, &whole);
        run(&d, (fsnn_plan){.checkpoint = 11}, FSNN_RESET_RESTART, &parts);
        same(&parts, &whole);
    }
}

/* Truncated gradients are those of calls of a segment each. Dropout draws by call, so it is left
 * out. */
static void truncated(void **state)
{
    (void)state;
    enum { C = 20 };
    static float x[T * B * IN], g[T * B * OUT], grad[2][512];
    for (int64_t i = 0; i < FSNN_COUNT(x); i++)
        x[i] = input(i);
    for (int64_t i = 0; i < FSNN_COUNT(g); i++)
        g[i] = weight(i);
    for (int memory = 0; memory < 3; memory++)
        for (int way = 0; way < 2; way++) {
            fsnn_order order;
            fsnn_dynamics d = learned_dynamics(&order, FSNN_GL, memory);
            fsnn_net *net = net_new();
            int a = fsnn_net_linear(net, "a", fsnn_net_input(net, FSNN_SHAPE(IN)), 9, true);
            a = lif(net, a, FSNN_RESET_CURRENT);
            VALID(lif(net, fsnn_net_linear(net, "c", a, OUT, true), FSNN_RESET_CURRENT));
            fsnn_plan plan = {.steps = way ? C : T,
                              .batch = B,
                              .training = true,
                              .smooth = true,
                              .checkpoint = way ? 0 : C,
                              .truncate = !way};
            GOOD(fsnn_net_wrap(net, &d, &plan));
            for (int64_t k = 0; k < T; k += plan.steps) {
                GOOD(fsnn_net_forward(net, x + k * B * IN, NULL));
                GOOD(fsnn_net_backward(net, g + k * B * OUT, NULL));
            }
            int64_t at = 0;
            for (int p = 0; p < fsnn_net_param_count(net); p++) {
                const fsnn_param *param = fsnn_net_param(net, p);
                for (int64_t i = 0; i < fsnn_shape_count(&param->shape); i++)
                    grad[way][at++] = param->grad[i];
            }
            fsnn_net_destroy(net);
            if (way)
                CLOSE("truncated", grad[0], grad[1], at, 1e-4);
        }
}

/* Bytes of a training call of `steps`, activations and histories. */
static int64_t bytes(fsnn_dynamics *d, int64_t steps, int64_t checkpoint, int64_t *segment)
{
    int64_t activations, histories;
    fsnn_net *net = build(FSNN_RESET_CURRENT);
    fsnn_plan plan = {.steps = steps, .batch = B, .training = true, .checkpoint = checkpoint};
    GOOD(fsnn_net_wrap(net, d, &plan));
    GOOD(fsnn_net_memory(net, &activations, &histories, NULL));
    *segment = fsnn_net_segment(net);
    fsnn_net_destroy(net);
    return activations + histories;
}

/* Sixteen times the steps, about four times the memory; the net's output, which is kept, is small
 * beside it. */
static void root_of_time(void **state)
{
    (void)state;
    int64_t segment;
    fsnn_order order;
    fsnn_dynamics d = learned_dynamics(&order, FSNN_GL, 2);
    double few = (double)bytes(&d, 2000, FSNN_CHECKPOINT_AUTO, &segment);
    assert_true(segment > 20 && segment < 1000);
    double many = (double)bytes(&d, 32000, FSNN_CHECKPOINT_AUTO, &segment);
    double all = (double)bytes(&d, 2000, 0, &segment);
    assert_int_equal(segment, 0);
    assert_true(few < all / 3);
    if (!(many < 6 * few))
        fail_msg("%.0f bytes for 2000 steps, %.0f for 32000", few, many);
}

static void refused(fsnn_net *net, const fsnn_dynamics *d, const fsnn_plan *plan,
                    const char *sentence)
{
    REFUSED(fsnn_net_wrap(net, d, plan), ANY_ERROR, sentence);
    fsnn_net_destroy(net);
}

static void errors(void **state)
{
    (void)state;
    fsnn_order order;
    fsnn_dynamics d = learned_dynamics(&order, FSNN_GL, 0);
    fsnn_plan plan = {.steps = 9, .batch = 2, .training = true, .checkpoint = 3};
    refused(build(FSNN_RESET_RESTART), &d, &plan, "empties the history");
    plan.record = true;
    refused(build(FSNN_RESET_CURRENT), &d, &plan, "recording needs all steps");
    plan.record = false;
    plan.checkpoint = -7;
    refused(build(FSNN_RESET_CURRENT), &d, &plan, "segments of -7 steps");
    plan.checkpoint = 0;
    plan.truncate = true;
    refused(build(FSNN_RESET_CURRENT), &d, &plan, "need segments");
    plan = (fsnn_plan){.steps = 9, .batch = 2, .training = true, .checkpoint = 3};
    fsnn_net *net = net_new();
    int x = fsnn_net_input(net, FSNN_SHAPE(4));
    x = fsnn_net_add(net, "batchnorm", NULL, &x, 1, NULL);
    VALID(lif(net, x, FSNN_RESET_CURRENT));
    refused(net, &d, &plan, "per_step: true");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_gradients), cmocka_unit_test(restart), cmocka_unit_test(truncated),
        cmocka_unit_test(root_of_time),   cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The hook for gradients: each parameter once, in backward order, when its gradient is final. */
#include "nets.h"

enum { K = 6, B = 3, N = 4, MOST = 32 };

typedef struct told {
    fsnn_net *net;
    int order[MOST], groups, ends, stop_at, code;
    float seen[MOST]; /* the sum of the gradient when it was told */
} told;

static float sum_of(const fsnn_param *p)
{
    float sum = 0;
    for (int64_t i = 0; i < fsnn_shape_count(&p->shape); i++)
        sum += p->grad[i];
    return sum;
}

static int note(fsnn_net *net, int param, int count, void *user)
{
    told *t = user;
    assert_ptr_equal(net, t->net);
    if (!count) {
        t->ends++;
        return 0;
    }
    assert_int_equal(t->ends, 0);
    t->order[t->groups++] = param;
    for (int p = param; p < param + count; p++)
        t->seen[p] = sum_of(fsnn_net_param(net, p));
    if (t->groups == t->stop_at && t->code == FSNN_EIO)
        return fsnn_error_set(FSNN_EIO, "the cable is out");
    return t->groups == t->stop_at ? t->code : 0;
}

/* Three layers, the third with the weights of the first, in a loop or not. */
static fsnn_net *shared_net(bool loop, int64_t checkpoint)
{
    fsnn_net *net = net_new();
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.learn = true;
    int x = (int)VALID(fsnn_net_input(net, FSNN_SHAPE(N)));
    int a = (int)VALID(fsnn_net_linear(net, "a", x, N, true));
    x = fsnn_net_lif(net, "lif1", a, &lif);
    if (loop) {
        int both[2] = {x, (int)VALID(fsnn_net_delay(net, "back", "lif2"))};
        x = fsnn_net_add(net, "add", "sum", both, 2, NULL);
    }
    x = fsnn_net_linear(net, "b", x, N, true);
    x = fsnn_net_lif(net, "lif2", x, &lif);
    int c = (int)VALID(fsnn_net_linear(net, "c", x, N, true));
    GOOD(fsnn_net_share(net, c, a));
    VALID(fsnn_net_lif(net, "lif3", c, &lif));
    fsnn_order order = fsnn_order_of(0.7);
    order.learn_alpha = true;
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    GOOD(fsnn_net_wrap(
        net, &d,
        &(fsnn_plan){
            .steps = K, .batch = B, .training = true, .seed = 2, .checkpoint = checkpoint}));
    return net;
}

static fsnn_status run(fsnn_net *net, told *t)
{
    float x[K * B * N], g[K * B * N];
    for (int i = 0; i < K * B * N; i++) {
        x[i] = 4 * fsnn_random_uniform(1, 0, (uint64_t)i);
        g[i] = fsnn_random_uniform(2, 0, (uint64_t)i) - 0.3f;
    }
    t->net = net;
    GOOD(fsnn_net_on_gradient(net, note, t));
    GOOD(fsnn_net_forward(net, x, NULL));
    check_forget();
    return fsnn_net_backward(net, g, NULL);
}

static int first_param(const fsnn_net *net, const char *name)
{
    for (int i = 0; i < fsnn_net_param_count(net); i++)
        if (strncmp(fsnn_net_param(net, i)->name, name, strlen(name)) == 0)
            return i;
    check_fail(__FILE__, __LINE__);
}

static void when_final(void **state)
{
    (void)state;
    for (int loop = 0; loop < 2; loop++)
        for (int64_t checkpoint = 0; checkpoint <= 2; checkpoint += 2) {
            CASE("%s, segments of %d", loop ? "a loop" : "no loop", (int)checkpoint);
            fsnn_net *net = shared_net(loop, checkpoint);
            told t = {0};
            GOOD(run(net, &t));
            assert_int_equal(t.ends, 1);
            assert_int_equal(t.groups, 5); /* a, b, lif1, lif2, lif3 */
            for (int p = 0; p < fsnn_net_param_count(net); p++) {
                CASE("%s", fsnn_net_param(net, p)->name);
                assert_true(t.seen[p] == sum_of(fsnn_net_param(net, p)));
            }
            assert_int_equal(t.order[0], first_param(net, "lif3."));
            assert_int_equal(t.order[4], first_param(net, "a."));
            assert_true(sum_of(fsnn_net_param(net, t.order[4])) != 0);
            fsnn_net_destroy(net);
        }
}

static void ends_backward(void **state)
{
    (void)state;
    fsnn_net *net = shared_net(false, 0);
    told t = {.stop_at = 2, .code = 1};
    assert_int_equal(run(net, &t), FSNN_EINTERRUPTED);
    assert_int_equal(t.groups, 2);
    t = (told){.stop_at = 1, .code = -7};
    assert_int_equal(run(net, &t), FSNN_ECALLBACK);
    assert_string_equal(fsnn_error_text(), "the hook for gradients returned -7");
    t = (told){.stop_at = 1, .code = FSNN_EIO};
    REFUSED(run(net, &t), FSNN_ECALLBACK, "returned -6: the cable is out");
    GOOD(fsnn_net_on_gradient(net, NULL, NULL));
    fsnn_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(when_final),
        cmocka_unit_test(ends_backward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

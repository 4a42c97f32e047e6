/* Shared parameters: one set of values, gradients of all who use it added, checked shapes. */
#include "double.h"
#include "nets.h"

static fsnn_neuron gentle(void)
{
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau = (fsnn_value){.value = 2.0, .learn = true};
    lif.threshold = (fsnn_value){.value = 0.9, .learn = true, .per = FSNN_PER_CHANNEL};
    lif.surrogate.scale = 1.0;
    lif.detach_reset = false;
    return lif;
}

static int copy_of(fsnn_net *net, int of, int node)
{
    GOOD(fsnn_net_share(net, node, of));
    return node;
}

/* Linear, convolution, normalisation and neurons, each twice (the neurons three times, the third by
 * way of the second); one linear layer in a loop and outside of it. */
static void build(fsnn_net *net, bool share)
{
    fsnn_conv2d conv = square_conv(2, 3, 1);
    fsnn_neuron lif = gentle();
    fsnn_batchnorm norm;
    fsnn_kind_defaults("batchnorm", &norm);
    norm.per_step = true;
    int x = fsnn_net_input(net, FSNN_SHAPE(2, 3, 4));
    int c1 = fsnn_net_conv2d(net, "c1", x, &conv);
    int n1 = fsnn_net_add(net, "batchnorm", "n1", &c1, 1, &norm);
    int s1 = fsnn_net_lif(net, "s1", n1, &lif);
    int c2 = fsnn_net_conv2d(net, "c2", s1, &conv);
    int n2 = fsnn_net_add(net, "batchnorm", "n2", &c2, 1, &norm);
    int s2 = fsnn_net_lif(net, "s2", n2, &lif);
    int f1 = fsnn_net_linear(net, "f1", fsnn_net_flatten(net, NULL, s2), 24, true);
    int f2 = fsnn_net_linear(net, "f2", fsnn_net_delay(net, "d", "s3"), 24, true);
    int sum = fsnn_net_add(net, "add", NULL, (int[]){f1, f2}, 2, NULL);
    int s3 = VALID(fsnn_net_lif(net, "s3", sum, &lif));
    fsnn_reshape shape = {FSNN_SHAPE(2, 12)};
    int r = fsnn_net_add(net, "reshape", NULL, &s3, 1, &shape);
    int s4 = VALID(fsnn_net_lif(net, "s4", r, &lif));
    if (!share)
        return;
    copy_of(net, c1, c2);
    copy_of(net, n1, n2);
    copy_of(net, s1, s2);
    copy_of(net, f1, f2);
    copy_of(net, s2, s4);
}

enum { T = 5, B = 4, IN = 24 };

static fsnn_net *make(bool share, bool smooth)
{
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(0.7);
    order.learn_alpha = true;
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    build(net, share);
    GOOD(fsnn_net_wrap(net, &d,
                       &(fsnn_plan){.steps = T,
                                    .batch = B,
                                    .training = true,
                                    .smooth = smooth,
                                    .input_gradient = true,
                                    .seed = 3}));
    return net;
}

static const char *const pairs[][2] = {
    {"c1", "c2"}, {"n1", "n2"}, {"s1", "s2"}, {"f1", "f2"}, {"s1", "s4"}};
static const char *const names[] = {"weight", "bias", "tau", "threshold", "alpha"};

static const fsnn_param *param(const fsnn_net *net, const char *node, const char *name)
{
    char *full = fsnn_format("%s.%s", node, name);
    const fsnn_param *p = fsnn_net_param_find(net, full);
    fsnn_free(full);
    return p;
}

/* With equal values, the gradient of a shared parameter is the sum of those of its owners apart. */
static void sums(void **state)
{
    (void)state;
    static float x[T * B * IN], g[T * B * 24];
    const float *ya, *yb, *ga, *gb;
    fsnn_net *shared = make(true, true), *apart = make(false, true);
    fill_normal(x, T * B * IN, 1, 1, 1);
    fill_normal(g, T * B * 24, 1, 1, 2);
    for (int i = 0; i < FSNN_COUNT(pairs); i++)
        for (int n = 0; n < FSNN_COUNT(names); n++) {
            const fsnn_param *a = param(apart, pairs[i][0], names[n]),
                             *b = param(apart, pairs[i][1], names[n]);
            if (a)
                memcpy(b->value, a->value, (size_t)fsnn_shape_count(&a->shape) * sizeof(float));
        }
    GOOD(fsnn_net_params_changed(apart));
    GOOD(fsnn_net_forward(shared, x, &ya));
    GOOD(fsnn_net_forward(apart, x, &yb));
    assert_memory_equal(ya, yb, T * B * 24 * sizeof *ya);
    GOOD(fsnn_net_backward(shared, g, &ga));
    GOOD(fsnn_net_backward(apart, g, &gb));
    assert_memory_equal(ga, gb, T * B * IN * sizeof *ga);
    int compared = 0;
    for (int i = 0; i < FSNN_COUNT(pairs); i++)
        for (int n = 0; n < FSNN_COUNT(names); n++) {
            const fsnn_param *a = param(apart, pairs[i][0], names[n]),
                             *b = param(apart, pairs[i][1], names[n]);
            const fsnn_param *c = param(apart, "s4", names[n]),
                             *s = param(shared, pairs[i][0], names[n]);
            bool thrice = a && strcmp(pairs[i][0], "s1") == 0;
            if (thrice)
                b = param(apart, "s2", names[n]);
            for (int64_t k = 0; a && k < fsnn_shape_count(&a->shape); k++, compared++) {
                double sum =
                    (double)a->grad[k] + (double)b->grad[k] + (thrice ? (double)c->grad[k] : 0);
                double size = fabs((double)a->grad[k]) + fabs((double)b->grad[k]) + 1e-2;
                if (!(fabs((double)s->grad[k] - sum) < 1e-4 * size))
                    fail_msg("%s[%d]: %g, expected %g", s->name, (int)k, (double)s->grad[k], sum);
            }
        }
    assert_true(compared > 600);
    fsnn_net_destroy(shared);
    fsnn_net_destroy(apart);
}

static void gradients(void **state)
{
    (void)state;
    static float x[T * B * IN];
    double worst;
    const char *where;
    fsnn_net *net = make(true, true);
    fill_normal(x, T * B * IN, 1, 1, 1);
    GOOD(fsnn_net_gradcheck(net, x, 3, &worst, &where));
    if (!(worst < 2e-2))
        fail_msg("%.2e at %s", worst, where);
    gradcheck_double(net, x, 2);
    fsnn_net_destroy(net);
}

/* One set: nothing has the other's name, sizes count once, a step moves both. */
static void one_set(void **state)
{
    (void)state;
    static float x[T * B * IN];
    const float *y;
    fsnn_net *net = make(true, false), *apart = make(false, false);
    int64_t learned = 0, listed = 0;
    fsnn_node_info info;
    fill_normal(x, T * B * IN, 1, 1, 1);
    for (int i = 0; i < FSNN_COUNT(pairs); i++)
        for (int n = 0; n < FSNN_COUNT(names); n++)
            assert_null(param(net, pairs[i][1], names[n]));
    for (int p = 0; p < fsnn_net_param_count(net); p++)
        learned += fsnn_shape_count(&fsnn_net_param(net, p)->shape);
    for (int n = 0; n < fsnn_net_node_count(net); n++) {
        GOOD(fsnn_net_node(net, n, &info));
        listed += info.params;
        assert_string_equal(info.shares, strcmp(info.name, "s4") == 0   ? "s1"
                                         : strcmp(info.name, "c2") == 0 ? "c1"
                                         : strcmp(info.name, "n2") == 0 ? "n1"
                                         : strcmp(info.name, "s2") == 0 ? "s1"
                                         : strcmp(info.name, "f2") == 0 ? "f1"
                                                                        : "");
    }
    assert_int_equal(learned, listed);

    fsnn_optimizer *optimizer;
    fsnn_optimizer_options options = {
        .kind = FSNN_ADAM, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .neuron_lr = 1};
    GOOD(fsnn_optimizer_create(net, &options, &optimizer));
    for (int step = 0; step < 3; step++) {
        GOOD(fsnn_net_reset(net));
        GOOD(fsnn_net_forward(net, x, &y));
        fsnn_net_zero_grad(net);
        GOOD(fsnn_net_backward(net, y, NULL));
        GOOD(fsnn_optimizer_step(optimizer, 0.05, 0, NULL));
    }
    fsnn_optimizer_destroy(optimizer);
    for (int p = 0; p < fsnn_net_param_count(apart); p++) {
        const fsnn_param *to = fsnn_net_param(apart, p);
        const char *dot = strchr(to->name, '.');
        const fsnn_param *from = fsnn_net_param_find(net, to->name);
        for (int i = 0; i < FSNN_COUNT(pairs) && !from; i++)
            if (strncmp(to->name, pairs[i][1], (size_t)(dot - to->name)) == 0)
                from = param(net, pairs[i][0], dot + 1);
        if (from)
            memcpy(to->value, from->value, (size_t)fsnn_shape_count(&to->shape) * sizeof(float));
    }
    GOOD(fsnn_net_params_changed(apart));
    static float first[T * B * 24];
    GOOD(fsnn_net_reset(net));
    GOOD(fsnn_net_forward(net, x, &y));
    memcpy(first, y, sizeof first);
    GOOD(fsnn_net_forward(apart, x, &y));
    assert_memory_equal(first, y, sizeof first);
    fsnn_net_destroy(net);
    fsnn_net_destroy(apart);
}

static void errors(void **state)
{
    (void)state;
    fsnn_net *net = net_new();
    fsnn_neuron lif = gentle();
    fsnn_order orders[] = {fsnn_order_of(0.7), fsnn_order_of(0.8)};
    fsnn_dynamics d = fsnn_dynamics_default(orders);
    fsnn_plan plan = {.steps = 2, .batch = 2};
    int x = fsnn_net_input(net, FSNN_SHAPE(6));
    int a = fsnn_net_linear(net, "a", x, 5, true), s = VALID(fsnn_net_lif(net, "s", a, &lif));
    int b = fsnn_net_linear(net, "b", s, 5, true), f = VALID(fsnn_net_flatten(net, "f", b));
    int g = VALID(fsnn_net_flatten(net, "g", f));
    int c = fsnn_net_linear(net, "c", g, 5, false), t = VALID(fsnn_net_lif(net, "t", c, &lif));
    REFUSED(fsnn_net_share(net, s, a), ANY_ERROR, "both must be of one kind");
    REFUSED(fsnn_net_share(net, a, x), ANY_ERROR, "the input");
    REFUSED(fsnn_net_share(net, a, b), ANY_ERROR, "added before it");
    REFUSED(fsnn_net_share(net, a, 16 * 100), ANY_ERROR, "no node of this net");
    GOOD(fsnn_net_share(net, b, a));
    REFUSED(fsnn_net_wrap(net, &d, &plan), ANY_ERROR,
            "its weight would be [5, 5], but that of \"a\" is [5, 6]");
    fsnn_net_destroy(net);

    for (int way = 0; way < 3; way++) {
        GOOD(fsnn_net_create(&net));
        x = fsnn_net_input(net, FSNN_SHAPE(5));
        a = fsnn_net_linear(net, "a", x, 5, true);
        s = VALID(fsnn_net_lif(net, "s", a, &lif));
        f = VALID(fsnn_net_flatten(net, "f", s));
        g = VALID(fsnn_net_flatten(net, "g", f));
        c = fsnn_net_linear(net, "c", g, 5, false);
        t = VALID(fsnn_net_lif(net, "t", c, &lif));
        d.order = orders;
        d.orders = way == 2 ? 2 : 1;
        VALID(way == 0   ? fsnn_net_share(net, c, a)
              : way == 1 ? fsnn_net_share(net, g, f)
                         : fsnn_net_share(net, t, s));
        REFUSED(fsnn_net_wrap(net, &d, &plan), ANY_ERROR,
                way == 0   ? "has other parameters than \"a\""
                : way == 1 ? "this kind has none"
                           : "their orders differ");
        fsnn_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums),
        cmocka_unit_test(gradients),
        cmocka_unit_test(one_set),
        cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Optimisers against a scalar reference in double precision, over several steps, with every kind of
 * parameter; clipping, states, and what they refuse. */
#include "nets.h"

#include "base/isa.h"
#include "train/optimizer.h"
#include "train/optimizer_kernel.h"

/* 200 x 90 weights: more than one chunk. tau and alpha are learned. */
static fsnn_net *make(int64_t in)
{
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(0.6);
    order.learn_alpha = true;
    fsnn_dynamics dynamics = fsnn_dynamics_default(&order);
    fsnn_neuron neuron = FSNN_NEURON_DEFAULT;
    neuron.tau = (fsnn_value){.value = 2, .learn = true, .per = FSNN_PER_CHANNEL};
    fsnn_plan plan = {.steps = 2, .batch = 1, .training = true, .seed = 3};
    int node = fsnn_net_input(net, FSNN_SHAPE(in));
    node = fsnn_net_linear(net, "fc1", node, 90, true);
    node = fsnn_net_lif(net, "lif1", node, &neuron);
    assert_true(fsnn_net_linear(net, "fc2", node, 3, false) >= 0);
    GOOD(fsnn_net_wrap(net, &dynamics, &plan));
    return net;
}

static void draw_gradients(fsnn_net *net, int step, double size)
{
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        for (int64_t j = 0; j < fsnn_shape_count(&p->shape); j++)
            p->grad[j] =
                (float)(size * fsnn_random_normal(5, (uint64_t)(100 * step + i), (uint64_t)j));
    }
}

enum { PARAMS = 16, STEPS = 6 };

/* What the papers say, number by number. */
typedef struct reference {
    double *value[PARAMS], *m[PARAMS], *v[PARAMS];
    int steps;
} reference;

static void reference_start(reference *r, const fsnn_net *net)
{
    *r = (reference){0};
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        size_t n = (size_t)fsnn_shape_count(&p->shape);
        r->value[i] = fsnn_alloc(n * sizeof(double));
        r->m[i] = fsnn_alloc(n * sizeof(double));
        r->v[i] = fsnn_alloc(n * sizeof(double));
        for (size_t j = 0; j < n; j++)
            r->value[i][j] = p->value[j];
    }
}

static void reference_end(reference *r)
{
    for (int i = 0; i < PARAMS; i++) {
        fsnn_free(r->value[i]);
        fsnn_free(r->m[i]);
        fsnn_free(r->v[i]);
    }
}

static double reference_norm(const fsnn_net *net)
{
    double sum = 0;
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        for (int64_t j = 0; p->learn && j < fsnn_shape_count(&p->shape); j++)
            sum += (double)p->grad[j] * p->grad[j];
    }
    return sqrt(sum);
}

/* The change of a parameter x with gradient g. */
static double reference_change(const fsnn_optimizer_options *o, double x, double g, double *m,
                               double *v, double lr, double decay, int t)
{
    if (o->kind == FSNN_SGD) {
        g += decay * x;
        *m = o->momentum * *m + g;
        return -lr * (o->nesterov ? g + o->momentum * *m : *m);
    }
    double pull = o->kind == FSNN_ADAMW ? lr * decay * x : 0;
    if (o->kind == FSNN_ADAM)
        g += decay * x;
    *m = o->beta1 * *m + (1 - o->beta1) * g;
    *v = o->beta2 * *v + (1 - o->beta2) * g * g;
    double m_hat = *m / (1 - pow(o->beta1, t)), v_hat = *v / (1 - pow(o->beta2, t));
    return -pull - lr * m_hat / (sqrt(v_hat) + o->eps);
}

static void reference_step(reference *r, const fsnn_net *net, const fsnn_optimizer_options *o,
                           double lr, double clip)
{
    double norm = reference_norm(net), scale = clip > 0 && norm > clip ? clip / norm : 1;
    r->steps++;
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        double rate = lr * (p->neuron ? o->neuron_lr : 1), decay = p->decay ? o->weight_decay : 0;
        for (int64_t j = 0; p->learn && j < fsnn_shape_count(&p->shape); j++) {
            double *x = &r->value[i][j], *m = &r->m[i][j], *v = &r->v[i][j], g = scale * p->grad[j];
            if (p->range == FSNN_POSITIVE)
                *x *= exp(reference_change(o, 0, g * *x, m, v, rate, 0, r->steps));
            else
                *x += reference_change(o, *x, g, m, v, rate, decay, r->steps);
            if (p->range == FSNN_UNIT)
                *x = fmin(fmax(*x, 0.01), 1);
        }
    }
}

static void compare(const reference *r, const fsnn_net *net)
{
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *p = fsnn_net_param(net, i);
        for (int64_t j = 0; j < fsnn_shape_count(&p->shape); j++)
            assert_true(fabs(p->value[j] - r->value[i][j]) < 2e-6 * (1 + fabs(r->value[i][j])));
    }
}

static void follow(const fsnn_optimizer_options *options, double clip)
{
    fsnn_net *net = make(200);
    fsnn_optimizer *optimizer;
    reference r;
    reference_start(&r, net);
    GOOD(fsnn_optimizer_create(net, options, &optimizer));
    for (int step = 0; step < STEPS; step++) {
        double norm, lr = options->lr * (1 + 0.3 * step);
        draw_gradients(net, step, 0.01);
        double expected = reference_norm(net);
        reference_step(&r, net, options, lr, clip);
        GOOD(fsnn_optimizer_step(optimizer, lr, clip, &norm));
        assert_true(fabs(norm - expected) < 1e-9 * expected);
        compare(&r, net);
    }
    fsnn_optimizer_destroy(optimizer);
    reference_end(&r);
    fsnn_net_destroy(net);
}

static fsnn_optimizer_options of(fsnn_optimizer_kind kind, double lr, double decay)
{
    fsnn_optimizer_options o = fsnn_training_default().optimizer;
    o.kind = kind;
    o.lr = lr;
    o.weight_decay = decay;
    o.neuron_lr = 0.5;
    return o;
}

static void sgd(void **state)
{
    (void)state;
    fsnn_optimizer_options o = of(FSNN_SGD, 0.1, 0.02);
    follow(&o, 0);
    o.nesterov = true;
    follow(&o, 0.2);
    o.nesterov = false;
    o.momentum = 0;
    follow(&o, 0.5);
}

static void adam(void **state)
{
    (void)state;
    fsnn_optimizer_options o = of(FSNN_ADAM, 0.01, 0);
    follow(&o, 0);
    o.weight_decay = 0.05;
    follow(&o, 0.3);
}

static void adamw(void **state)
{
    (void)state;
    fsnn_optimizer_options o = of(FSNN_ADAMW, 0.01, 0.1);
    follow(&o, 0);
    follow(&o, 0.3);
}

/* The ranges hold however hard the pull. */
static void ranges(void **state)
{
    (void)state;
    for (int sign = -1; sign <= 1; sign += 2) {
        fsnn_net *net = make(4);
        fsnn_optimizer *optimizer;
        fsnn_optimizer_options o = of(FSNN_SGD, 1, 0);
        const fsnn_param *alpha = fsnn_net_param_find(net, "lif1.alpha");
        const fsnn_param *tau = fsnn_net_param_find(net, "lif1.tau");
        GOOD(fsnn_optimizer_create(net, &o, &optimizer));
        for (int i = 0; i < 3; i++) {
            alpha->grad[0] = 100.0f * (float)sign;
            tau->grad[0] = 2.0f * (float)sign;
            GOOD(fsnn_optimizer_step(optimizer, 0.1, 0, NULL));
            assert_true(alpha->value[0] == (sign > 0 ? 0.01f : 1.0f));
            assert_true(tau->value[0] > 0 && (tau->value[0] < 2) == (sign > 0));
        }
        fsnn_optimizer_destroy(optimizer);
        fsnn_net_destroy(net);
    }
}

static void not_finite(void **state)
{
    (void)state;
    static const float bad[] = {NAN, INFINITY};
    fsnn_net *net = make(200);
    fsnn_optimizer *optimizer;
    fsnn_optimizer_options o = of(FSNN_ADAM, 0.1, 0);
    const fsnn_param *p = fsnn_net_param_find(net, "fc1.weight");
    GOOD(fsnn_optimizer_create(net, &o, &optimizer));
    for (int i = 0; i < 2; i++) {
        reference before;
        reference_start(&before, net);
        draw_gradients(net, i, 1);
        p->grad[17000] = bad[i];
        REFUSED(fsnn_optimizer_step(optimizer, 0.1, 1, NULL), FSNN_ENUMERIC, "\"fc1.weight\"");
        for (int k = 0; k < fsnn_net_param_count(net); k++)
            for (int64_t j = 0; j < fsnn_shape_count(&fsnn_net_param(net, k)->shape); j++)
                assert_true(fsnn_net_param(net, k)->value[j] == (float)before.value[k][j]);
        reference_end(&before);
    }
    assert_int_equal(optimizer->steps, 0);
    fsnn_optimizer_destroy(optimizer);
    fsnn_net_destroy(net);
}

/* Zeroing on the way changes nothing but the gradients. */
static void zeroing(void **state)
{
    (void)state;
    for (int kind = 0; kind < FSNN_OPTIMIZERS; kind++) {
        fsnn_net *net[2];
        fsnn_optimizer *optimizer[2];
        fsnn_optimizer_options o = of((fsnn_optimizer_kind)kind, 0.01, 0.1);
        for (int i = 0; i < 2; i++) {
            net[i] = make(200);
            GOOD(fsnn_optimizer_create(net[i], &o, &optimizer[i]));
            draw_gradients(net[i], 0, 1);
        }
        double norm[2];
        GOOD(fsnn_optimizer_step(optimizer[0], 0.01, 1, &norm[0]));
        GOOD(fsnn_optimizer_step_and_zero(optimizer[1], 0.01, 1, &norm[1]));
        assert_true(norm[0] == norm[1]);
        for (int k = 0; k < fsnn_net_param_count(net[0]); k++) {
            const fsnn_param *a = fsnn_net_param(net[0], k), *b = fsnn_net_param(net[1], k);
            for (int64_t j = 0; j < fsnn_shape_count(&a->shape); j++) {
                assert_true(a->value[j] == b->value[j] && a->grad[j] != 0);
                assert_true(!b->learn || b->grad[j] == 0);
            }
        }
        for (int i = 0; i < 2; i++) {
            fsnn_optimizer_destroy(optimizer[i]);
            fsnn_net_destroy(net[i]);
        }
    }
}

/* Saved, loaded into another one, stepped: the same bits as without. */
static void states(void **state)
{
    (void)state;
    for (int kind = 0; kind < FSNN_OPTIMIZERS; kind++) {
        fsnn_net *net = make(200);
        fsnn_optimizer *first, *second;
        fsnn_optimizer_options o = of((fsnn_optimizer_kind)kind, 0.01, 0.1);
        fsnn_arrays list = {0};
        const fsnn_param *p = fsnn_net_param_find(net, "fc1.weight");
        int64_t n = fsnn_shape_count(&p->shape);
        float *start = fsnn_alloc((size_t)n * sizeof *start);
        float *end = fsnn_alloc((size_t)n * sizeof *end);
        GOOD(fsnn_optimizer_create(net, &o, &first));
        GOOD(fsnn_optimizer_create(net, &o, &second));
        for (int i = 0; i < 3; i++) {
            draw_gradients(net, i, 1);
            GOOD(fsnn_optimizer_step(first, 0.01, 0, NULL));
        }
        GOOD(fsnn_optimizer_save(first, &list));
        GOOD(fsnn_optimizer_load(second, &list));
        memcpy(start, p->value, (size_t)n * sizeof *start);
        GOOD(fsnn_optimizer_step(first, 0.01, 0, NULL));
        memcpy(end, p->value, (size_t)n * sizeof *end);
        memcpy(p->value, start, (size_t)n * sizeof *start);
        GOOD(fsnn_optimizer_step(second, 0.01, 0, NULL));
        assert_memory_equal(end, p->value, (size_t)n * sizeof *end);
        assert_memory_not_equal(end, start, (size_t)n * sizeof *end);
        fsnn_arrays_free(&list);
        fsnn_free(start);
        fsnn_free(end);
        fsnn_optimizer_destroy(first);
        fsnn_optimizer_destroy(second);
        fsnn_net_destroy(net);
    }
}

static void states_that_do_not_fit(void **state)
{
    (void)state;
    fsnn_net *net = make(200), *other = make(100);
    fsnn_optimizer *from, *to, *sgd_;
    fsnn_optimizer_options o = of(FSNN_ADAM, 0.01, 0), s = of(FSNN_SGD, 0.01, 0);
    fsnn_arrays list = {0};
    GOOD(fsnn_optimizer_create(net, &o, &from));
    GOOD(fsnn_optimizer_create(other, &o, &to));
    GOOD(fsnn_optimizer_create(net, &s, &sgd_));
    draw_gradients(net, 0, 1);
    GOOD(fsnn_optimizer_step(from, 0.01, 0, NULL));
    GOOD(fsnn_optimizer_save(from, &list));
    assert_non_null(fsnn_arrays_find(&list, "adam.v.lif1.tau"));

    REFUSED(fsnn_optimizer_load(to, &list), FSNN_ESHAPE,
            "\"adam.m.fc1.weight\" is [90, 200], but [90, 100]");
    assert_int_equal(to->steps, 0);
    REFUSED(fsnn_optimizer_load(sgd_, &list), FSNN_ENOTFOUND, "\"sgd.step\" is missing");
    fsnn_arrays_free(&list);
    fsnn_optimizer_destroy(from);
    fsnn_optimizer_destroy(to);
    fsnn_optimizer_destroy(sgd_);
    fsnn_net_destroy(net);
    fsnn_net_destroy(other);
}

static void refuse(fsnn_net *net, fsnn_optimizer_options o, const char *says)
{
    fsnn_optimizer *optimizer = NULL;
    REFUSED(fsnn_optimizer_create(net, &o, &optimizer), FSNN_EARGUMENT, says);
    assert_null(optimizer);
}

static void refuses(void **state)
{
    (void)state;
    fsnn_net *net = make(4), *empty;
    fsnn_optimizer *optimizer;
    fsnn_optimizer_options o = of(FSNN_ADAM, 0.01, 0);
    refuse(net, of(FSNN_ADAM, -1, 0), "lr is -1");
    refuse(net, of(FSNN_ADAM, 1, NAN), "weight_decay");
    refuse(net, of((fsnn_optimizer_kind)5, 1, 0), "number 5");
    o.beta2 = 1;
    refuse(net, o, "beta2 is 1");
    o.beta2 = 0.999;
    o.eps = 0;
    refuse(net, o, "eps is 0");
    o.eps = 1e-8;
    GOOD(fsnn_net_create(&empty));
    FAILS(fsnn_optimizer_create(empty, &o, &optimizer), FSNN_ESTATE);
    GOOD(fsnn_optimizer_create(net, &o, &optimizer));
    FAILS(fsnn_optimizer_step(optimizer, NAN, 0, NULL), FSNN_EARGUMENT);
    FAILS(fsnn_optimizer_step(optimizer, 0.1, -1, NULL), FSNN_EARGUMENT);
    fsnn_optimizer_destroy(optimizer);
    fsnn_optimizer_destroy(NULL);
    fsnn_net_destroy(net);
    fsnn_net_destroy(empty);
}

/* ---- kernels of all instruction sets ---- */

extern const optimizer_kernels optimizer_kernels_base;

enum { MOST = 1100 };

static void run(const optimizer_kernels *k, bool is_adam, bool moments, int64_t n,
                float out[3][MOST])
{
    float value[MOST], grad[MOST];
    optimizer_step s = {.scale = 0.5f,
                        .rate = 0.1f,
                        .shrink = 0.99f,
                        .decay = 0.1f,
                        .momentum = 0.9f,
                        .beta1 = 0.9f,
                        .beta2 = 0.99f,
                        .rest1 = 0.1f,
                        .rest2 = 0.01f,
                        .root = 3,
                        .eps = 1e-3f,
                        .zero = true};
    for (int i = 0; i < MOST; i++) {
        value[i] = (float)fsnn_random_normal(1, 0, (uint64_t)i);
        grad[i] = (float)fsnn_random_normal(1, 1, (uint64_t)i);
        out[1][i] = (float)fsnn_random_normal(1, 2, (uint64_t)i);
        out[2][i] = fsnn_random_uniform(1, 3, (uint64_t)i);
    }
    optimizer_range r = {value, grad, moments ? out[1] : NULL, out[2], n};
    double all = 0;
    for (int64_t i = 0; i < n; i++)
        all += (double)grad[i] * grad[i];
    assert_true(fabs(k->square(grad, n) - all) <= 1e-12 * all);
    (is_adam ? k->adam : k->sgd)(&s, &r);
    memcpy(out[0], value, sizeof value);
    for (int64_t i = 0; i < MOST; i++)
        assert_true((grad[i] == 0) == (i < n));
}

static void kernels(void **state)
{
    (void)state;
    static const int64_t sizes[] = {1, 2, 15, 16, 17, 33, 1000, 1024, 1025, 1099};
    static float a[3][MOST], b[3][MOST];
    print_message("best instruction set here: %d\n", fsnn_isa_level());
    for (int i = 0; i < FSNN_COUNT(sizes); i++)
        for (int kind = 0; kind < 3; kind++) {
            CASE("sizes[%d], kind %d", i, kind);
            run(&optimizer_kernels_base, kind == 0, kind != 1, sizes[i], a);
            run(optimizer_kernels_get(), kind == 0, kind != 1, sizes[i], b);
            for (int j = 0; j < MOST; j++)
                for (int k = 0; k < 3; k++)
                    assert_true(fabsf(a[k][j] - b[k][j]) <= 1e-6f * (1 + fabsf(a[k][j])));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sgd),        cmocka_unit_test(adam),
        cmocka_unit_test(adamw),      cmocka_unit_test(ranges),
        cmocka_unit_test(not_finite), cmocka_unit_test(zeroing),
        cmocka_unit_test(states),     cmocka_unit_test(states_that_do_not_fit),
        cmocka_unit_test(refuses),    cmocka_unit_test(kernels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What can be asked of edges and of the memory: the graph comes back, and the recurrence that the
 * weights make is what the layer does. */
#include "nets.h"

enum { K = 60 };
static const double v0 = 0.1, tau = 3, step = 0.5;

/* One silent neuron; the current is drawn. */
static fsnn_net *silent_of(const fsnn_order *order, fsnn_method method, bool implicit,
                           int64_t memory, double tolerance)
{
    fsnn_net *net = net_new();
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = tau;
    lif.threshold.value = 1e9;
    lif.v0 = v0;
    VALID(fsnn_net_lif(net, "lif", (int)VALID(fsnn_net_input(net, FSNN_SHAPE(1))), &lif));
    fsnn_dynamics d = fsnn_dynamics_default(order);
    d.method = method;
    d.implicit = implicit;
    d.step = step;
    d.memory = memory;
    d.tolerance = tolerance;
    d.engine = tolerance > 0 ? FSNN_ENGINE_EXPONENTIALS : FSNN_ENGINE_AUTO;
    d.precision = FSNN_PRECISION_DOUBLE;
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = K, .batch = 1, .record = true}));
    return net;
}

/* Of order 0.6. */
static fsnn_net *silent(fsnn_method method, int64_t memory, double tolerance)
{
    const fsnn_order order = fsnn_order_of(0.6);
    return silent_of(&order, method, false, memory, tolerance);
}

static void draw(double *I)
{
    for (int n = 0; n < K; n++)
        I[n] = 2.0 * fsnn_random_uniform(1, 0, (uint64_t)n);
}

/* u_{n+1} by the formula of the header, explicit methods. */
static void by_formula(const fsnn_memory_form *form, bool leak_apart, const double *w,
                       const double *I, double *v)
{
    double u[K + 1] = {0}, x[K + 1] = {0};
    for (int n = 0; n < K; n++) {
        double f = leak_apart ? (I[n] - v0) / tau : (I[n] - v0 - u[n]) / tau;
        double sum = form->gain * f;
        for (int l = 1; l <= n; l++)
            sum += w[l - 1] * x[n + 1 - l];
        u[n + 1] = sum;
        x[n + 1] = form->drives ? f : sum;
        v[n] = v0 + sum;
    }
}

static void agree(const double *v, const double *want, double within)
{
    for (int n = 0; n < K; n++) {
        CASE("step %d: %.17g, by the formula %.17g", n, v[n], want[n]);
        assert_true(fabs(v[n] - want[n]) <= within);
    }
}

/* Weights of far lags from their exponentials. */
static void replace_far(const fsnn_net *net, const fsnn_memory_form *form, double *w)
{
    double rate[256], weight[256];
    assert_in_range(form->exponentials, 1, 256);
    GOOD(fsnn_net_memory_exponentials(net, 1, 0, 0, rate, weight));
    for (int l = (int)form->near + 1; l <= K; l++) {
        w[l - 1] = 0;
        for (int k = 0; k < form->exponentials; k++)
            w[l - 1] += weight[k] * exp(-rate[k] * l);
    }
}

static void weights_are_what_is_done(void **state)
{
    (void)state;
    static const fsnn_method methods[] = {FSNN_GL, FSNN_L1, FSNN_AB, FSNN_ML};
    double I[K], v[K], want[K], w[K];
    draw(I);
    for (int m = 0; m < (int)FSNN_COUNT(methods); m++)
        for (int64_t memory = 0; memory <= 20; memory += 20) {
            CASE("%s, memory %d", fsnn_method_name(methods[m]), (int)memory);
            fsnn_net *net = silent(methods[m], memory, 0);
            fsnn_memory_form form;
            GOOD(fsnn_net_memory_form(net, 1, 0, &form));
            assert_string_equal(form.method, fsnn_method_name(methods[m]));
            assert_false(form.implicit);
            assert_int_equal(form.lags, memory ? memory - 1 : 0);
            assert_int_equal(form.exponentials, 0);
            GOOD(fsnn_net_memory_weights(net, 1, 0, 0, K, w, NULL));
            GOOD(fsnn_net_forward_double(net, I, NULL));
            GOOD(fsnn_net_read_double(net, 1, FSNN_RECORD_V, v));
            by_formula(&form, methods[m] == FSNN_ML, w, I, want);
            agree(v, want, 1e-13);
            fsnn_net_destroy(net);
        }
}

/* Two terms: the weights are those of both. */
static void weights_of_terms(void **state)
{
    (void)state;
    static const fsnn_method methods[] = {FSNN_GL, FSNN_L1};
    const fsnn_order order = {.terms = 2, .alpha = {0.9, 0.3}, .coefficient = {1, 0.5}};
    double I[K], v[K], want[K], w[K];
    draw(I);
    for (int m = 0; m < (int)FSNN_COUNT(methods); m++)
        for (int far = 0; far < 2; far++) {
            CASE("%s%s", fsnn_method_name(methods[m]), far ? " by exponentials" : "");
            fsnn_net *net = silent_of(&order, methods[m], false, 0, far ? 1e-9 : 0);
            fsnn_memory_form form;
            GOOD(fsnn_net_memory_form(net, 1, 0, &form));
            GOOD(fsnn_net_memory_weights(net, 1, 0, 0, K, w, NULL));
            if (far)
                replace_far(net, &form, w);
            GOOD(fsnn_net_forward_double(net, I, NULL));
            GOOD(fsnn_net_read_double(net, 1, FSNN_RECORD_V, v));
            by_formula(&form, false, w, I, want);
            agree(v, want, far ? 1e-9 : 1e-13);
            fsnn_net_destroy(net);
        }
}

/* The formula where f is that after the step: the neuron is linear, so the step is solved for u. */
static void solved(const fsnn_memory_form *form, const double *w, const double *start,
                   const double *I, double *v)
{
    double u[K + 1] = {0}, x[K + 1] = {form->drives ? (I[0] - v0) / tau : 0};
    for (int n = 0; n < K; n++) {
        double sum = start[n] * x[0];
        for (int l = 1; l <= n; l++)
            sum += w[l - 1] * x[n + 1 - l];
        u[n + 1] = (sum + form->gain * (I[n] - v0) / tau) / (1 + form->gain / tau);
        x[n + 1] = form->drives ? (I[n] - v0 - u[n + 1]) / tau : u[n + 1];
        v[n] = v0 + u[n + 1];
    }
}

static void implicit_ones(void **state)
{
    (void)state;
    static const fsnn_method methods[] = {FSNN_TRAP, FSNN_GL, FSNN_L1, FSNN_AB};
    const fsnn_order order = fsnn_order_of(0.6);
    double I[K], v[K], want[K], w[K], start[K];
    draw(I);
    for (int m = 0; m < (int)FSNN_COUNT(methods); m++)
        for (int64_t memory = 0; memory <= 20; memory += 20) {
            CASE("%s, memory %d", fsnn_method_name(methods[m]), (int)memory);
            fsnn_net *net = silent_of(&order, methods[m], m > 0, memory, 0);
            fsnn_memory_form form;
            GOOD(fsnn_net_memory_form(net, 1, 0, &form));
            assert_int_equal(form.implicit, m > 0);
            GOOD(fsnn_net_memory_weights(net, 1, 0, 0, K, w, start));
            GOOD(fsnn_net_forward_double(net, I, NULL));
            GOOD(fsnn_net_read_double(net, 1, FSNN_RECORD_V, v));
            solved(&form, w, start, I, want);
            agree(v, want, 1e-13);
            fsnn_net_destroy(net);
        }
}

/* f is that of sum 1, the predictor. */
static void predictor(void **state)
{
    (void)state;
    double I[K], v[K], want[K], w[2][K], start[2][K], x[K + 1];
    draw(I);
    fsnn_net *net = silent(FSNN_ABM, 0, 0);
    fsnn_memory_form form;
    GOOD(fsnn_net_memory_form(net, 1, 0, &form));
    assert_int_equal(form.sums, 2);
    for (int sum = 0; sum < 2; sum++)
        GOOD(fsnn_net_memory_weights(net, 1, 0, sum, K, w[sum], start[sum]));
    GOOD(fsnn_net_forward_double(net, I, NULL));
    GOOD(fsnn_net_read_double(net, 1, FSNN_RECORD_V, v));
    x[0] = (I[0] - v0) / tau;
    for (int n = 0; n < K; n++) {
        double u[2];
        for (int sum = 0; sum < 2; sum++) {
            u[sum] = start[sum][n] * x[0];
            for (int l = 1; l <= n; l++)
                u[sum] += w[sum][l - 1] * x[n + 1 - l];
        }
        u[0] += form.gain * (I[n] - v0 - u[1]) / tau;
        x[n + 1] = (I[n] - v0 - u[0]) / tau;
        want[n] = v0 + u[0];
    }
    agree(v, want, 1e-13);
    fsnn_net_destroy(net);
}

/* Far weights from their exponentials, near ones beside them. */
static void exponentials(void **state)
{
    (void)state;
    enum { FAR = 3000 };
    static const fsnn_method methods[] = {FSNN_GL, FSNN_L1, FSNN_AB, FSNN_ABM};
    static double w[FAR], rate[256], weight[256];
    for (int m = 0; m < (int)FSNN_COUNT(methods); m++) {
        CASE("%s", fsnn_method_name(methods[m]));
        fsnn_net *net = silent(methods[m], 0, 1e-6);
        fsnn_memory_form form;
        GOOD(fsnn_net_memory_form(net, 1, 0, &form));
        assert_true(form.exponentials > 0 && form.exponentials <= 256);
        assert_int_equal(form.near, 24);
        for (int sum = 0; sum < form.sums; sum++) {
            GOOD(fsnn_net_memory_weights(net, 1, 0, sum, FAR, w, NULL));
            GOOD(fsnn_net_memory_exponentials(net, 1, 0, sum, rate, weight));
            for (int l = (int)form.near + 1; l <= FAR; l++) {
                double far = 0;
                for (int k = 0; k < form.exponentials; k++)
                    far += weight[k] * exp(-rate[k] * l);
                CASE("sum %d, lag %d: %g, by exponentials %g", sum, l, w[l - 1], far);
                assert_true(fabs(far - w[l - 1]) <= 1e-6 * fabs(w[l - 1]));
            }
        }
        fsnn_net_destroy(net);
    }
}

static void first_drives(void **state)
{
    (void)state;
    double w[4], start[4];
    fsnn_net *net = silent(FSNN_TRAP, 0, 0);
    GOOD(fsnn_net_memory_weights(net, 1, 0, 0, 4, w, start));
    /* Diethelm, Ford, Freed (2004): a_{0,n+1} = h^a (n^(a+1) - (n - a)(n+1)^a)/Gamma(a + 2) */
    for (int n = 0; n < 4; n++) {
        double want = pow(step, 0.6) * (pow(n, 1.6) - (n - 0.6) * pow(n + 1, 0.6)) / tgamma(2.6);
        CASE("output %d: %.17g, published %.17g", n + 1, start[n], want);
        assert_true(fabs(start[n] - want) <= 1e-14);
    }
    fsnn_net_destroy(net);
}

static void refusals(void **state)
{
    (void)state;
    fsnn_memory_form form;
    double w[4], rate[4];
    fsnn_net *net = silent(FSNN_GL, 0, 0);
    REFUSED(fsnn_net_memory_form(net, 0, 0, &form), FSNN_EARGUMENT, "no neuron layer");
    REFUSED(fsnn_net_memory_form(net, 1, 1, &form), FSNN_EARGUMENT, "no state 1");
    REFUSED(fsnn_net_memory_weights(net, 1, 0, 1, 4, w, NULL), FSNN_EARGUMENT, "no sum 1");
    REFUSED(fsnn_net_memory_weights(net, 1, 0, 0, 0, w, NULL), FSNN_EARGUMENT, "at least 1");
    REFUSED(fsnn_net_memory_exponentials(net, 1, 0, 0, rate, w), FSNN_EARGUMENT, "lag by lag");
    fsnn_net_destroy(net);
}

static int index_of(const fsnn_net *net, const char *name)
{
    return (int)VALID(fsnn_net_node_find(net, name));
}

static void edges(void **state)
{
    (void)state;
    fsnn_net *net = net_new();
    fsnn_split split = {.axis = 0, .parts = 2};
    int in = (int)VALID(fsnn_net_input(net, FSNN_SHAPE(4)));
    int parts = (int)VALID(fsnn_net_add(net, "split", "parts", &in, 1, &split));
    int back = (int)VALID(fsnn_net_delay(net, "back", "lif"));
    int from[3] = {fsnn_net_port(net, parts, 1), parts, back};
    int sum = (int)VALID(fsnn_net_add(net, "add", "sum", from, 3, NULL));
    VALID(fsnn_net_lif(net, "lif", sum, NULL));
    int port = -1;
    REFUSED(fsnn_net_source(net, index_of(net, "back"), 0, &port), FSNN_ENOTFOUND, "no source 0");
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 2, .batch = 1}));
    int at = index_of(net, "sum");
    assert_int_equal(fsnn_net_source(net, at, 0, &port), index_of(net, "parts"));
    assert_int_equal(port, 1);
    assert_int_equal(fsnn_net_source(net, at, 1, &port), index_of(net, "parts"));
    assert_int_equal(port, 0);
    assert_int_equal(fsnn_net_source(net, at, 2, NULL), index_of(net, "back"));
    assert_int_equal(fsnn_net_source(net, index_of(net, "back"), 0, &port), index_of(net, "lif"));
    assert_int_equal(port, 0);
    assert_int_equal(fsnn_net_source(net, index_of(net, "parts"), 0, &port), 0);
    REFUSED(fsnn_net_source(net, at, 3, &port), FSNN_ENOTFOUND, "it has 3");
    REFUSED(fsnn_net_source(net, 0, 0, &port), FSNN_ENOTFOUND, "input");
    REFUSED(fsnn_net_source(net, 99, 0, &port), FSNN_EARGUMENT, "no node 99");
    fsnn_net_destroy(net);
}

int main(void)
{
#ifndef FSNN_HAVE_DOUBLE
    return 77; /* the recurrence is compared in double precision */
#endif
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_what_is_done),
        cmocka_unit_test(weights_of_terms),
        cmocka_unit_test(implicit_ones),
        cmocka_unit_test(predictor),
        cmocka_unit_test(exponentials),
        cmocka_unit_test(first_drives),
        cmocka_unit_test(refusals),
        cmocka_unit_test(edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Orders in networks: several terms with every method that has them, explicit and implicit, all
 * learned; terms of their own for each layer; alpha at the ends of its range; steps far beyond
 * every explicit limit; and what is refused, with what would work. */
#include "double.h"
#include "nets.h"

#include <fsnn/fde.h>

enum { IN = 5, B = 3, K = 12 };

typedef struct way {
    const char *name;
    fsnn_method method;
    bool implicit, several;
} way;

static const way ways[] = {
    {"gl", FSNN_GL, false, true},      {"gl implicit", FSNN_GL, true, true},
    {"l1", FSNN_L1, false, true},      {"l1 implicit", FSNN_L1, true, true},
    {"ab", FSNN_AB, false, false},     {"ab implicit", FSNN_AB, true, false},
    {"trap", FSNN_TRAP, false, false}, {"abm", FSNN_ABM, false, false},
    {"ml", FSNN_ML, false, false},
};
enum { WAYS = sizeof ways / sizeof *ways };

static fsnn_neuron cell(double tau, fsnn_reset reset)
{
    fsnn_neuron o = FSNN_NEURON_DEFAULT;
    o.tau = (fsnn_value){.value = tau, .learn = true};
    o.surrogate.scale = 1.5;
    o.reset = reset;
    o.detach_reset = false;
    return o;
}

/* linear 6, lif, linear 4, lif */
static fsnn_net *two_layers(const fsnn_dynamics *d, double tau, fsnn_reset reset,
                            const fsnn_plan *p)
{
    fsnn_net *net = net_new();
    fsnn_neuron o = cell(tau, reset);
    int x = fsnn_net_linear(net, "a", fsnn_net_input(net, FSNN_SHAPE(IN)), 6, true);
    x = fsnn_net_linear(net, "b", fsnn_net_lif(net, "one", x, &o), 4, true);
    VALID(fsnn_net_lif(net, "two", x, &o));
    GOOD(fsnn_net_wrap(net, d, p));
    return net;
}

static const fsnn_plan smooth = {
    .steps = K, .batch = B, .training = true, .smooth = true, .input_gradient = true, .seed = 4};

static void learned_terms(void **state)
{
    (void)state;
    float x[K * B * IN];
    fill_normal(x, K * B * IN, 0.7, 1, 1);
    /* layer one has three terms, layer two has one */
    fsnn_order orders[2] = {{.terms = 3, .alpha = {0.9, 0.2, 0.55}, .coefficient = {0.8, 0.5, 1.5}},
                            fsnn_order_of(0.4)};
    for (int i = 0; i < 2; i++)
        orders[i].learn_alpha = orders[i].learn_coefficient = true;
    for (int w = 0; w < WAYS; w++)
        for (int each = 0; each < 2; each++) {
            if (!ways[w].several && !each)
                continue;
            fsnn_order one[2] = {orders[1], orders[1]};
            fsnn_dynamics d = fsnn_dynamics_default(ways[w].several ? orders : one);
            d.orders = each ? 2 : 1;
            d.method = ways[w].method;
            d.implicit = ways[w].implicit;
            d.step = 0.6;
            fsnn_net *net = two_layers(&d, 2, FSNN_RESET_CURRENT, &smooth);
            assert_int_equal(fsnn_shape_count(&fsnn_net_param_find(net, "one.alpha")->shape),
                             ways[w].several ? 3 : 1);
            assert_int_equal(fsnn_shape_count(&fsnn_net_param_find(net, "two.coefficient")->shape),
                             ways[w].several && !each ? 3 : 1);
            double worst;
            const char *where;
            GOOD(fsnn_net_gradcheck(net, x, 3, &worst, &where));
            if (!(worst < 5e-3))
                fail_msg("%s, %s: %.2e at %s", ways[w].name, each ? "own terms" : "same terms",
                         worst, where);
            CASE("%s, %s", ways[w].name, each ? "own terms" : "same terms");
            gradcheck_double(net, x, 2);
            fsnn_net_destroy(net);
        }
}

/* alpha 1 exactly, and 0.01, where the optimiser's range ends: every gradient is finite, and that
 * of alpha is the one-sided difference of the loss. */
static double loss(fsnn_net *net, const float *x, const float *weight)
{
    const float *out;
    double sum = 0;
    GOOD(fsnn_net_reset(net));
    GOOD(fsnn_net_forward(net, x, &out));
    for (int i = 0; i < K * B * 4; i++)
        sum += (double)weight[i] * out[i];
    return sum;
}

static void ends_of_the_range(void **state)
{
    (void)state;
    static const double ends[] = {1, 0.01, 0.999, 0.02};
    float x[K * B * IN], weight[K * B * 4];
    double largest = 0;
    fill_normal(x, K * B * IN, 0.7, 1, 1);
    fill_normal(weight, K * B * 4, 0.7, 1, 1);
    for (int w = 0; w < WAYS; w++)
        for (int e = 0; e < 4; e++) {
            fsnn_order order = fsnn_order_of(ends[e]);
            order.learn_alpha = order.learn_coefficient = true;
            fsnn_dynamics d = fsnn_dynamics_default(&order);
            d.method = ways[w].method;
            d.implicit = ways[w].implicit;
            d.step = 0.5;
            fsnn_net *net = two_layers(&d, 2, FSNN_RESET_JUMP, &smooth);
            float *currents = fsnn_net_param_find(net, "a.weight")->value;
            for (int i = 0; i < 6 * IN; i++)
                currents[i] *= 6;
            loss(net, x, weight);
            fsnn_net_zero_grad(net);
            GOOD(fsnn_net_backward(net, weight, NULL));
            for (int p = 0; p < fsnn_net_param_count(net); p++) {
                const fsnn_param *q = fsnn_net_param(net, p);
                for (int64_t i = 0; i < fsnn_shape_count(&q->shape); i++)
                    if (!isfinite(q->grad[i]))
                        fail_msg("%s, alpha %g: gradient of %s is %g", ways[w].name, ends[e],
                                 q->name, q->grad[i]);
            }
            const fsnn_param *alpha = fsnn_net_param_find(net, "one.alpha");
            double got = alpha->grad[0], at[4], h = e % 2 ? 0.005 : -0.005; /* into the range */
            float from = alpha->value[0];
            for (int i = 0; i < 4; i++) {
                alpha->value[0] = (float)(from + i * h);
                GOOD(fsnn_net_params_changed(net));
                at[i] = loss(net, x, weight);
            }
            double want = (-11 * at[0] + 18 * at[1] - 9 * at[2] + 2 * at[3]) / (6 * h);
            largest = fmax(largest, fabs(want));
            if (!(fabs(got - want) < 0.04 * fabs(want) + 5e-4))
                fail_msg("%s, alpha %g: gradient %.6g, differences %.6g", ways[w].name, ends[e],
                         got, want);
            fsnn_net_destroy(net);
        }
    assert_true(largest > 0.04);
}

/* What wrap says of stability, if anything: overshooting is tested in test_settle.c. */
static const char *unstable(const fsnn_net *net)
{
    const char *said = fsnn_net_warning(net, 0);
    return said && strstr(said, "is stable") ? said : NULL;
}

/* tau tiny against the step: implicit methods, trap and ml follow the current; at alpha = 1 too. */
static void any_step(void **state)
{
    (void)state;
    enum { STEPS = 200 };
    static const double taus[] = {1e-6, 1e-3, 0.05};
    float x[STEPS], v[STEPS];
    for (int k = 0; k < STEPS; k++)
        x[k] = k < 100 ? 0.75f : 0.25f;
    for (int w = 0; w < WAYS; w++) {
        if (!(ways[w].implicit || ways[w].method == FSNN_TRAP || ways[w].method == FSNN_ML))
            continue;
        for (double a = 0.25; a <= 1; a += 0.25)
            for (int t = 0; t < 3; t++) {
                fsnn_net *net = net_new();
                fsnn_neuron o = cell(taus[t], FSNN_RESET_NONE);
                fsnn_order order = fsnn_order_of(a);
                fsnn_dynamics d = fsnn_dynamics_default(&order);
                d.method = ways[w].method;
                d.implicit = ways[w].implicit;
                VALID(fsnn_net_lif(net, "n", fsnn_net_input(net, FSNN_SHAPE(1)), &o));
                GOOD(fsnn_net_wrap(net, &d,
                                   &(fsnn_plan){.steps = STEPS, .batch = 1, .record = true}));
                assert_null(unstable(net));
                GOOD(fsnn_net_forward(net, x, NULL));
                GOOD(fsnn_net_read(net, 1, FSNN_RECORD_V, v));
                double since = pow(100, a) / taus[t], all = pow(STEPS, a) / taus[t];
                double half = 0.75 * (1 - fsnn_mittag_leffler(a, 1, -since));
                double end = 0.75 * (1 - fsnn_mittag_leffler(a, 1, -all)) -
                             0.5 * (1 - fsnn_mittag_leffler(a, 1, -since));
                /* trap does not damp at alpha = 1: it swings about the current, within its jump */
                double capacity = ways[w].method == FSNN_TRAP ? 0.76 : 0.01;
                if (!(fabs(v[99] - half) < capacity && fabs(v[STEPS - 1] - end) < capacity))
                    fail_msg("%s, alpha %g, tau %g: %g and %g, expected %g and %g", ways[w].name, a,
                             taus[t], v[99], v[STEPS - 1], half, end);
                fsnn_net_destroy(net);
            }
    }
}

/* ---- what is refused ---- */

static void refused(const fsnn_dynamics *d, fsnn_reset reset, fsnn_status status, const char *words)
{
    fsnn_net *net = net_new();
    fsnn_neuron o = cell(2, reset);
    int x = fsnn_net_lif(net, "one", fsnn_net_input(net, FSNN_SHAPE(IN)), &o);
    VALID(fsnn_net_lif(net, "two", x, &o));
    REFUSED(fsnn_net_wrap(net, d, &smooth), status, words);
    fsnn_net_destroy(net);
}

static void misuse(void **state)
{
    (void)state;
    fsnn_order two = {.terms = 2, .alpha = {0.5, 0.8}, .coefficient = {1, 1}}, bad[3];
    static const fsnn_method single[] = {FSNN_AB, FSNN_TRAP, FSNN_ABM, FSNN_ML};
    fsnn_dynamics d = fsnn_dynamics_default(&two);
    for (int m = 0; m < 4; m++) {
        d.method = single[m];
        refused(&d, FSNN_RESET_JUMP, FSNN_EUNSUPPORTED,
                "takes one term, not 2: several terms work with gl or l1");
        d.order = bad;
        bad[0] = fsnn_order_of(0.5);
        refused(&d, FSNN_RESET_VALUE, FSNN_EUNSUPPORTED,
                single[m] == FSNN_AB || single[m] == FSNN_ML
                    ? "use jump, delta, restart or current with it"
                    : "use jump, delta or current with it");
        refused(&d, FSNN_RESET_SUBTRACT, FSNN_EUNSUPPORTED, "or the methods gl or l1");
        if (single[m] == FSNN_TRAP || single[m] == FSNN_ABM)
            refused(&d, FSNN_RESET_RESTART, FSNN_EUNSUPPORTED, "use gl, l1, ab or ml with it");
        d.order = &two;
    }
    static const fsnn_method explicit_only[] = {FSNN_ABM, FSNN_ML};
    d.order = bad;
    d.implicit = true;
    for (int m = 0; m < 2; m++) {
        d.method = explicit_only[m];
        refused(&d, FSNN_RESET_JUMP, FSNN_EUNSUPPORTED, "it is there with gl, l1 or ab");
    }
    d = fsnn_dynamics_default(bad);
    static const double wrong[] = {0, -0.1, 1.01, NAN, INFINITY};
    for (int i = 0; i < 5; i++) {
        bad[0] = fsnn_order_of(wrong[i]);
        refused(&d, FSNN_RESET_JUMP, FSNN_EARGUMENT, "must lie in (0, 1]");
        bad[0] = fsnn_order_of(0.5);
        bad[0].coefficient[0] = i == 2 ? -1 : wrong[i];
        refused(&d, FSNN_RESET_JUMP, FSNN_EARGUMENT, "must be positive");
    }
    bad[0] = bad[1] = bad[2] = fsnn_order_of(0.5);
    d.orders = 3;
    refused(&d, FSNN_RESET_JUMP, FSNN_EARGUMENT, "3 orders are given for 2 neuron layers");
    d.orders = 2;
    bad[1].terms = 9;
    refused(&d, FSNN_RESET_JUMP, FSNN_EARGUMENT, "lif \"two\": an order has 1 to 8 terms, not 9");
    d.orders = 1;
    d.method = FSNN_RK4;
    refused(&d, FSNN_RESET_JUMP, FSNN_EUNSUPPORTED, "rk4 does not belong to integrator fdeint");
    d.integrator = FSNN_ODEINT;
    d.method = FSNN_GL;
    refused(&d, FSNN_RESET_JUMP, FSNN_EUNSUPPORTED, "for fractional order use fdeint");
}

/* A step beyond the limit is reported with the limit; one within is not. */
static void warnings(void **state)
{
    (void)state;
    static const struct {
        fsnn_method method;
        double limit; /* at alpha 0.5 */
    } row[] = {{FSNN_GL, 1.414}, {FSNN_L1, 1.716}, {FSNN_AB, 1.166}, {FSNN_ABM, 1.329}};
    for (int i = 0; i < 4; i++)
        for (int side = 0; side < 2; side++) {
            fsnn_order order = fsnn_order_of(0.5);
            fsnn_dynamics d = fsnn_dynamics_default(&order);
            char limit[32];
            d.method = row[i].method;
            double tau = 1 / (row[i].limit * (side ? 1.01 : 0.99));
            fsnn_net *net = two_layers(&d, tau, FSNN_RESET_JUMP, &smooth);
            const char *said = unstable(net);
            snprintf(limit, sizeof limit, "beyond the %.4g", row[i].limit);
            if (side ? !said || !strstr(said, limit) || !strstr(said, "is stable") : said != NULL)
                fail_msg("%s: \"%s\"", fsnn_method_name(row[i].method), said ? said : "(nothing)");
            fsnn_net_destroy(net);
        }
}

/* Next to the limit the sentence tells the two numbers apart, and what it says is stable is. */
static void warnings_next_to_the_limit(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    double tau = (float)(1 / (sqrt(2) * (1 + 1e-6)));
    fsnn_net *net = two_layers(&d, tau, FSNN_RESET_JUMP, &smooth);
    const char *said = fsnn_net_warning(net, 0);
    assert_non_null(said);
    const char *z = strstr(said, "tau is "), *limit = strstr(said, "beyond the ");
    assert_true(z && limit && atof(z + 7) > atof(limit + 11));
    const char *step = strstr(said, "a step below "), *above = strstr(said, "a tau above ");
    assert_true(step && above);
    assert_true(sqrt(atof(step + 13)) / tau <= sqrt(2) && 1 / atof(above + 12) <= sqrt(2));
    fsnn_net_destroy(net);
}

/* Several terms: 1/tau = sum_m C_m limit(alpha_m) / h^alpha_m, and the tau and the step that the
 * sentence names are stable ones. */
static void warnings_of_terms(void **state)
{
    (void)state;
    static const fsnn_method methods[] = {FSNN_GL, FSNN_L1};
    const fsnn_order order = {.terms = 2, .alpha = {0.9, 0.3}, .coefficient = {1, 0.7}};
    /* limits at 0.9 and 0.3: gl 2^a; l1 4 eta(a - 1) / Gamma(2 - a), eta Dirichlet's */
    static const double limit[2][2] = {{1.8660660, 1.2311444}, {2.0060733, 1.4478311}};
    for (int m = 0; m < 2; m++)
        for (int side = 0; side < 2; side++) {
            fsnn_dynamics d = fsnn_dynamics_default(&order);
            double most, tau, step;
            d.method = methods[m];
            d.step = 0.6;
            most = limit[m][0] / pow(0.6, 0.9) + 0.7 * limit[m][1] / pow(0.6, 0.3);
            fsnn_net *net =
                two_layers(&d, 1 / (most * (side ? 1.02 : 0.98)), FSNN_RESET_JUMP, &smooth);
            const char *said = unstable(net);
            if (!side) {
                assert_null(said);
                fsnn_net_destroy(net);
                continue;
            }
            assert_non_null(said);
            const char *at = strstr(said, "a step below ");
            assert_non_null(at);
            assert_int_equal(sscanf(at, "a step below %lf or a tau above %lf", &step, &tau), 2);
            assert_true(step < 0.6 && step > 0.5);
            fsnn_net_destroy(net);
            net = two_layers(&d, tau * 1.001, FSNN_RESET_JUMP, &smooth);
            assert_null(unstable(net));
            fsnn_net_destroy(net);
            d.step = step * 0.999;
            net = two_layers(&d, 1 / (most * 1.02), FSNN_RESET_JUMP, &smooth);
            assert_null(unstable(net));
            fsnn_net_destroy(net);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learned_terms),     cmocka_unit_test(ends_of_the_range),
        cmocka_unit_test(any_step),          cmocka_unit_test(misuse),
        cmocka_unit_test(warnings),          cmocka_unit_test(warnings_next_to_the_limit),
        cmocka_unit_test(warnings_of_terms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What wrap says of a step that is too long to be followed, and of a memory that moves where a
 * constant input settles: the limits and values it names are those of the network itself. */
#include "nets.h"

enum { STEPS = 400 };

static const fsnn_method methods[] = {FSNN_GL, FSNN_L1, FSNN_AB, FSNN_ABM, FSNN_TRAP, FSNN_ML};

/* One neuron of the kind below threshold, tau 1, under I = 1: its potentials, and the first remark
 * of wrap ("" where there is none). */
static void respond(const char *kind, double tau, const fsnn_dynamics *d, float *v, char *remark)
{
    static float I[STEPS];
    for (int k = 0; k < STEPS; k++)
        I[k] = 1;
    fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT}; /* begins with those of every kind */
    o.neuron.tau.value = tau;
    o.neuron.threshold.value = 1e6;
    fsnn_net *net = net_new();
    int in = (int)VALID(fsnn_net_input(net, FSNN_SHAPE(1)));
    VALID(fsnn_net_add(net, kind, "n", &in, 1, &o));
    GOOD(fsnn_net_wrap(net, d, &(fsnn_plan){.steps = STEPS, .batch = 1, .record = true}));
    const char *text = fsnn_net_warning(net, 0);
    snprintf(remark, 1024, "%s", text ? text : "");
    GOOD(fsnn_net_forward(net, I, NULL));
    GOOD(fsnn_net_read(net, 1, FSNN_RECORD_V, v));
    fsnn_net_destroy(net);
}

static bool monotone(const float *v)
{
    for (int k = 0; k < STEPS; k++)
        if (v[k] < (k ? v[k - 1] : 0) - 2e-6f || v[k] > 1 + 2e-6f)
            return false;
    return true;
}

/* The largest z = h^alpha/tau without a fall or an overshoot: docs/math.md. */
static double limit(fsnn_method method, double a)
{
    switch (method) {
    case FSNN_GL:
        return a;
    case FSNN_L1:
        return (2 - pow(2, 1 - a)) / tgamma(2 - a);
    case FSNN_AB:
        return tgamma(1 + a) * (pow(2, a) - 1);
    case FSNN_ABM:
    case FSNN_TRAP:
        return tgamma(2 + a);
    default:
        return INFINITY;
    }
}

/* Just below the limit potentials rise to the input and nothing is said; above they fall or
 * overshoot, and wrap says so. */
static void overshoot(void **state)
{
    (void)state;
    static float v[STEPS];
    char remark[1024];
    for (size_t m = 0; m + 1 < sizeof methods / sizeof *methods; m++)
        for (double a = 0.2; a < 1; a += 0.25)
            for (int above = 0; above < 2; above++) {
                CASE("%s, alpha %g, %s", fsnn_method_name(methods[m]), a,
                     above ? "above" : "below");
                fsnn_order order = fsnn_order_of(a);
                fsnn_dynamics d = fsnn_dynamics_default(&order);
                d.method = methods[m];
                double z = limit(d.method, a) * (above ? 1.05 : 0.98);
                respond("lif", 1 / z, &d, v, remark);
                if (d.method != FSNN_ABM) /* it grows beyond, which takes more steps */
                    assert_int_equal(monotone(v), !above);
                const char *says = d.method == FSNN_ABM ? "is stable" : "overshoot";
                if (above)
                    CONTAINS(remark, says);
                else
                    assert_string_equal(remark, "");
            }
}

/* Two terms: 1/tau up to sum_m C_m limit(alpha_m) / h^alpha_m. */
static void overshoot_of_terms(void **state)
{
    (void)state;
    static float v[STEPS];
    char remark[1024];
    for (int m = 0; m < 2; m++)
        for (int above = 0; above < 2; above++) {
            CASE("%s, %s", fsnn_method_name(methods[m]), above ? "above" : "below");
            fsnn_order order = {.terms = 2, .alpha = {0.3, 0.8}, .coefficient = {1, 0.5}};
            fsnn_dynamics d = fsnn_dynamics_default(&order);
            d.method = methods[m];
            d.step = 0.5;
            double rate = 0;
            for (int t = 0; t < 2; t++)
                rate += order.coefficient[t] * limit(d.method, order.alpha[t]) /
                        pow(d.step, order.alpha[t]);
            respond("lif", 1 / (rate * (above ? 1.05 : 0.98)), &d, v, remark);
            assert_int_equal(monotone(v), !above);
            if (above)
                CONTAINS(remark, "overshoot");
            else
                assert_string_equal(remark, "");
        }
}

/* What works beyond: implicit variants, and ml. */
static void overshoot_avoided(void **state)
{
    (void)state;
    static float v[STEPS];
    char remark[1024];
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
        if (methods[m] == FSNN_ABM || methods[m] == FSNN_TRAP)
            continue;
        CASE("%s", fsnn_method_name(methods[m]));
        fsnn_order order = fsnn_order_of(0.05);
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        d.method = methods[m];
        d.implicit = d.method != FSNN_ML;
        respond("lif", 0.7, &d, v, remark);
        assert_true(monotone(v));
        assert_string_equal(remark, "");
    }
}

/* Euler's bound is 1, as that of gl and l1 at alpha 1. */
static void overshoot_of_integer_order(void **state)
{
    (void)state;
    static float v[STEPS];
    char remark[1024];
    fsnn_dynamics d = fsnn_dynamics_default(NULL);
    d.integrator = FSNN_ODEINT;
    respond("lif", 1.01, &d, v, remark);
    assert_true(monotone(v));
    assert_string_equal(remark, "");
    respond("lif", 0.9, &d, v, remark);
    assert_false(monotone(v));
    CONTAINS(remark, "overshoot");
}

/* ---- memory ---- */

/* The number before the words in the remark. */
static double named(const char *remark, const char *before, const char *after)
{
    const char *at = strstr(remark, before);
    if (!at || !strstr(at, after))
        fail_msg("\"%s\" has no number between \"%s\" and \"%s\"", remark, before, after);
    return atof(at + strlen(before));
}

/* Every method, where the network settles and where wrap says that it does. */
static void settled(void **state)
{
    (void)state;
    static float v[STEPS];
    char remark[1024];
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++)
        for (int memory = 2; memory <= 5; memory += 3)
            for (int leaky = 0; leaky < 2; leaky++)
                for (int implicit = 0; implicit < 2; implicit++)
                    for (double a = 0.5; a <= 1; a += 0.5) {
                        bool variant = m < 3, stays = m < 2 && a == 1;
                        if ((implicit && !variant) || stays)
                            continue;
                        CASE("%s%s, %s, memory %d, alpha %g", implicit ? "implicit " : "",
                             fsnn_method_name(methods[m]), leaky ? "lif" : "if", memory, a);
                        fsnn_order order = fsnn_order_of(a);
                        fsnn_dynamics d = fsnn_dynamics_default(&order);
                        d.method = methods[m];
                        d.memory = memory;
                        d.implicit = implicit;
                        respond(leaky ? "lif" : "if", 5, &d, v, remark);
                        double says = leaky ? named(remark, "settles: ", " of what it is")
                                            : named(remark, "settles at ", " I");
                        assert_float_equal(says, v[STEPS - 1], 2e-3 * says);
                    }
}

/* The examples of the field: tau 5, alpha 1. */
static void settled_values(void **state)
{
    (void)state;
    static float v[STEPS];
    char remark[1024];
    static const struct {
        fsnn_method method;
        int memory;
        double at;
    } row[] = {{FSNN_AB, 5, 0.5}, {FSNN_ABM, 2, 0.28 / 1.18}, {FSNN_ML, 5, 1 - 0.36787944117}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        fsnn_order order = fsnn_order_of(1);
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        d.method = row[i].method;
        d.memory = row[i].memory;
        respond("lif", 5, &d, v, remark);
        assert_float_equal(v[STEPS - 1], row[i].at, 1e-5);
        assert_float_equal(named(remark, "settles: ", " of what it is"), row[i].at, 1e-3);
    }
}

/* Nothing is said where nothing is lost; nothing is left of one step. */
static void kept(void **state)
{
    (void)state;
    static float v[STEPS];
    char remark[1024];
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.memory = 2;
    respond("lif", 5, &d, v, remark);
    assert_string_equal(remark, "");
    assert_float_equal(v[STEPS - 1], 1, 1e-5);
    order = fsnn_order_of(0.5);
    d.memory = 0;
    respond("lif", 5, &d, v, remark);
    assert_string_equal(remark, "");
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
        fsnn_net *net = net_new();
        fsnn_net_lif(net, "n", (int)VALID(fsnn_net_input(net, FSNN_SHAPE(1))), NULL);
        d.method = methods[m];
        d.memory = 1;
        REFUSED(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 2, .batch = 1}), FSNN_EARGUMENT,
                "nothing is left of the state");
        fsnn_net_destroy(net);
    }
}

/* A neuron of the equations alone in a net with that dynamics: the first remark of wrap. */
static void of_equations(const fsnn_user *u, const fsnn_dynamics *d, char *remark)
{
    fsnn_net *net = net_new();
    VALID(fsnn_net_user(net, "n", (int)VALID(fsnn_net_input(net, FSNN_SHAPE(1))), u));
    GOOD(fsnn_net_wrap(net, d, &(fsnn_plan){.steps = 2, .batch = 1}));
    const char *text = fsnn_net_warning(net, 0);
    snprintf(remark, 1024, "%s", text ? text : "");
    fsnn_net_destroy(net);
}

/* Neurons of several states: the share is that of v, which for alif and cuba is all of it. */
static void settled_states(void **state)
{
    (void)state;
    static float v[STEPS];
    static const char *const kind[] = {"alif", "cuba"};
    static const fsnn_method able[] = {FSNN_GL, FSNN_L1, FSNN_AB};
    char remark[1024];
    for (int k = 0; k < 2; k++)
        for (int m = 0; m < 3; m++) {
            CASE("%s, %s", kind[k], fsnn_method_name(able[m]));
            fsnn_order order = fsnn_order_of(0.5);
            fsnn_dynamics d = fsnn_dynamics_default(&order);
            d.method = able[m];
            d.memory = 5;
            respond(kind[k], 5, &d, v, remark);
            double says = named(remark, "settles: v by itself is at ", " of what it is");
            assert_float_equal(says, v[STEPS - 1], 2e-3 * says);
        }
}

/* No slope at v0: that something is lost is said all the same, where it is. */
static void settled_somewhere(void **state)
{
    (void)state;
    char remark[1024];
    fsnn_user u = {.neuron = FSNN_NEURON_DEFAULT};
    u.neuron.tau.value = 5;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.memory = 5;
    static const char *const dv[] = {"(I - v^3)/tau", "I/tau"};
    for (int i = 0; i < 2; i++) {
        u.dv = dv[i];
        of_equations(&u, &d, remark);
        CONTAINS(remark, "memory 5 with method gl, which remembers states, moves where a constant "
                         "input settles, how far is not known here");
    }
    u.dv = "(I - v - v^3)/tau";
    of_equations(&u, &d, remark);
    CONTAINS(remark, "settles: near v0 it is at 0.42");
    order = fsnn_order_of(1);
    of_equations(&u, &d, remark);
    assert_string_equal(remark, "");
    d.method = FSNN_AB;
    u.dv = dv[0];
    of_equations(&u, &d, remark);
    CONTAINS(remark, "which remembers drives, moves where");
}

/* A refractory period that is rounded to no step. */
static void no_rest(void **state)
{
    (void)state;
    static const struct {
        double refractory, step;
        bool told;
    } row[] = {{0.3, 1, true}, {0.5, 1, false}, {0.004, 0.01, true}, {0, 1, false}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        fsnn_neuron o = FSNN_NEURON_DEFAULT;
        o.refractory = row[i].refractory;
        o.tau.value = 9;
        fsnn_order order = fsnn_order_of(0.9);
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        d.step = row[i].step;
        fsnn_net *net = net_new();
        VALID(fsnn_net_lif(net, "n", (int)VALID(fsnn_net_input(net, FSNN_SHAPE(1))), &o));
        GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 2, .batch = 1}));
        const char *text = fsnn_net_warning(net, 0);
        if (row[i].told)
            CONTAINS(text, "and does nothing: it is rounded to whole steps");
        else
            assert_null(text);
        fsnn_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overshoot),
        cmocka_unit_test(overshoot_of_terms),
        cmocka_unit_test(overshoot_avoided),
        cmocka_unit_test(overshoot_of_integer_order),
        cmocka_unit_test(settled),
        cmocka_unit_test(settled_values),
        cmocka_unit_test(kept),
        cmocka_unit_test(settled_states),
        cmocka_unit_test(settled_somewhere),
        cmocka_unit_test(no_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Neurons of the user's own, through the public API: gradients, learned parameters, memories,
 * checkpointing, chunks, state, errors. */
#include "double.h"
#include "nets.h"

enum { T = 24, B = 3, IN = 5, HIDDEN = 7, OUT = 4 };

static const fsnn_user neurons[] = {
    {.dv = "(-v^2*tanh(v) + I)/tau"},
    {.dv = "(-v + b*I*(2 - v))/tau", .spike = "v + a*dv - threshold"},
    {.dv = "(-v - a*tanh(v)^3 + I)/tau", .after_spike = "dv - s*(threshold + a*v)/tau"},
    {.dv = "(-v + I)/tau"},
    {.dv = "(-(v - a) + b*I)/tau", .spike = "v + dv - (a + threshold)"}, /* rest a, resistance b */
};

/* Options with learned parameters a, one a channel, and b. */
static fsnn_user options(int n, fsnn_reset reset)
{
    fsnn_user o = neurons[n];
    o.neuron = FSNN_NEURON_DEFAULT;
    o.neuron.tau = (fsnn_value){.value = 2.0, .learn = true};
    o.neuron.threshold.learn = true;
    o.neuron.surrogate.scale = 1.5;
    o.neuron.detach_reset = false;
    o.neuron.reset = reset;
    o.params = 2;
    o.param[0] = (fsnn_user_param){"a", {.value = 0.3, .learn = true, .per = FSNN_PER_CHANNEL}};
    o.param[1] = (fsnn_user_param){"b", {.value = 0.8, .learn = true}};
    return o;
}

/* linear - user - linear - user; the texts are gone before it is wrapped. */
static fsnn_net *build(int n, fsnn_reset reset)
{
    fsnn_net *net = net_new();
    fsnn_user o = options(n, reset);
    char *dv = strdup(o.dv), *a = strdup("a");
    o.dv = dv;
    o.param[0].name = a;
    int x = fsnn_net_linear(net, "fc1", fsnn_net_input(net, FSNN_SHAPE(IN)), HIDDEN, true);
    x = fsnn_net_user(net, "n1", x, &o);
    x = fsnn_net_linear(net, "fc2", x, OUT, true);
    VALID(fsnn_net_user(net, NULL, x, &o));
    memset(dv, 'x', strlen(dv));
    memset(a, 'x', 1);
    free(dv);
    free(a);
    return net;
}

typedef struct way {
    fsnn_method method;
    bool integer, implicit;
    fsnn_reset reset;
} way;

static const way ways[] = {
    {FSNN_EULER, .integer = true},
    {FSNN_HEUN, .integer = true, .reset = FSNN_RESET_JUMP},
    {FSNN_RK4, .integer = true, .reset = FSNN_RESET_SUBTRACT},
    {FSNN_GL, .reset = FSNN_RESET_VALUE},
    {FSNN_GL, .implicit = true},
    {FSNN_L1, .reset = FSNN_RESET_DELTA},
    {FSNN_L1, .implicit = true, .reset = FSNN_RESET_JUMP},
    {FSNN_AB, .reset = FSNN_RESET_NONE},
    {FSNN_AB, .implicit = true, .reset = FSNN_RESET_DELTA},
    {FSNN_TRAP, .reset = FSNN_RESET_JUMP},
    {FSNN_ABM, .reset = FSNN_RESET_CURRENT},
    {FSNN_GL, .reset = FSNN_RESET_CURRENT},
};

static fsnn_dynamics dynamics_of(const way *w, fsnn_order *order)
{
    *order = fsnn_order_of(0.6);
    order->learn_alpha = order->learn_coefficient = true;
    fsnn_dynamics d = fsnn_dynamics_default(order);
    d.method = w->method;
    d.implicit = w->implicit;
    d.integrator = w->integer ? FSNN_ODEINT : FSNN_FDEINT;
    return d;
}

static void gradients(void **state)
{
    (void)state;
    static float x[T * B * IN];
    fill_normal(x, T * B * IN, 0.9, 1, 1);
    for (int n = 0; n < FSNN_COUNT(neurons); n++)
        for (int i = 0; i < FSNN_COUNT(ways); i++) {
            CASE("neurons[%d], ways[%d]", n, i);
            fsnn_order order;
            fsnn_dynamics d = dynamics_of(&ways[i], &order);
            fsnn_plan plan = {.steps = 7,
                              .batch = B,
                              .training = true,
                              .smooth = true,
                              .input_gradient = true,
                              .seed = 5};
            double worst;
            const char *where;
            if (neurons[n].after_spike && ways[i].reset != FSNN_RESET_CURRENT)
                continue;
            fsnn_net *net = build(n, ways[i].reset);
            GOOD(fsnn_net_wrap(net, &d, &plan));
            assert_non_null(fsnn_net_param_find(net, "n1.a"));
            assert_int_equal(fsnn_net_param_find(net, "n1.a")->shape.dim[0], HIDDEN);
            assert_non_null(fsnn_net_param_find(net, "user2.b"));
            GOOD(fsnn_net_gradcheck(net, x, 2, &worst, &where));
            if (!(worst < 1e-2)) /* single precision: test_scan_user compares with double */
                fail_msg("neuron %d way %d: %.2e at %s", n, i, worst, where);
            CASE("neuron %d way %d", n, i);
            gradcheck_double(net, x, 2);
            fsnn_net_destroy(net);
        }
}

/* Output, gradients of input and parameters of a run in one call. */
typedef struct result {
    float out[T * B * OUT], in[T * B * IN], grad[256];
    double rate;
} result;

static void run(int n, fsnn_dynamics *d, int64_t checkpoint, result *r)
{
    static float x[T * B * IN], g[T * B * OUT];
    const float *y, *gx;
    fsnn_net *net = build(n, FSNN_RESET_CURRENT);
    fsnn_plan plan = {.steps = T,
                      .batch = B,
                      .training = true,
                      .smooth = true,
                      .input_gradient = true,
                      .seed = 3,
                      .checkpoint = checkpoint};
    fill_normal(x, T * B * IN, 0.9, 1, 1);
    fill_normal(g, T * B * OUT, 0.9, 1, 2);
    GOOD(fsnn_net_wrap(net, d, &plan));
    GOOD(fsnn_net_forward(net, x, &y));
    memcpy(r->out, y, sizeof r->out);
    GOOD(fsnn_net_backward(net, g, &gx));
    memcpy(r->in, gx, sizeof r->in);
    memset(r->grad, 0, sizeof r->grad);
    int64_t at = 0;
    for (int p = 0; p < fsnn_net_param_count(net); p++) {
        const fsnn_param *param = fsnn_net_param(net, p);
        for (int64_t i = 0; i < fsnn_shape_count(&param->shape); i++)
            r->grad[at++] = param->grad[i];
    }
    assert_true(at > 70 && at <= 256);
    r->rate = fsnn_net_rate(net, 2);
    fsnn_net_destroy(net);
}

static void same(const result *a, const result *b, double share)
{
    CLOSE("output", a->out, b->out, T * B * OUT, share);
    CLOSE("input gradient", a->in, b->in, T * B * IN, share);
    CLOSE("gradient", a->grad, b->grad, 256, share);
    assert_float_equal(a->rate, b->rate, 1e-4);
    assert_true(b->rate > 0.02);
}

/* Checkpointing gives the gradients of the whole; so does a memory by exponentials, nearly. */
static void memories(void **state)
{
    (void)state;
    static result whole, parts;
    for (int n = 0; n < FSNN_COUNT(neurons); n++)
        for (int memory = 0; memory < 3; memory++) {
            fsnn_order order;
            fsnn_dynamics d = dynamics_of(&ways[FSNN_COUNT(ways) - 1], &order);
            run(n, &d, 0, &whole);
            if (memory == 2) {
                d.tolerance = 1e-6;
                d.engine = FSNN_ENGINE_EXPONENTIALS;
                run(n, &d, 0, &parts);
                same(&parts, &whole, 1e-3);
            } else if (memory) {
                d.memory = 6;
                run(n, &d, 0, &whole);
            }
            run(n, &d, 5, &parts);
            same(&parts, &whole, memory == 2 ? 1e-3 : 2e-4);
        }
}

/* Chunks, and a state carried to another net, give the bits of one call. */
static void chunks(void **state)
{
    (void)state;
    static float x[T * B * IN], whole[T * B * OUT];
    fill_normal(x, T * B * IN, 0.9, 1, 1);
    for (int n = 0; n < FSNN_COUNT(neurons); n++) {
        CASE("neurons[%d]", n);
        const float *y;
        fsnn_order order;
        fsnn_dynamics d = dynamics_of(&ways[FSNN_COUNT(ways) - 1], &order);
        fsnn_plan plan = {.steps = T, .batch = B, .seed = 3};
        fsnn_net *net = build(n, FSNN_RESET_CURRENT), *other = build(n, FSNN_RESET_CURRENT);
        GOOD(fsnn_net_wrap(net, &d, &plan));
        GOOD(fsnn_net_forward(net, x, &y));
        memcpy(whole, y, sizeof whole);
        plan.steps = 7;
        GOOD(fsnn_net_wrap(net, &d, &plan));
        GOOD(fsnn_net_forward(net, x, &y));
        assert_memory_equal(y, whole, 7 * B * OUT * sizeof *y);
        int64_t bytes = fsnn_net_state_bytes(net);
        char *saved = malloc((size_t)bytes);
        GOOD(fsnn_net_state_save(net, saved));
        plan.steps = T - 7;
        GOOD(fsnn_net_wrap(other, &d, &plan));
        GOOD(fsnn_net_state_load(other, saved, bytes));
        GOOD(fsnn_net_forward(other, x + 7 * B * IN, &y));
        assert_memory_equal(y, whole + 7 * B * OUT, (T - 7) * B * OUT * sizeof *y);
        free(saved);
        fsnn_net_destroy(net);
        fsnn_net_destroy(other);
    }
}

static void look(void **state)
{
    (void)state;
    fsnn_node_info info;
    fsnn_net *net = build(2, FSNN_RESET_CURRENT);
    GOOD(fsnn_net_node(net, 2, &info));
    assert_string_equal(info.equations, "dv = (-v - a*tanh(v)^3 + I)/tau\n"
                                        "after_spike = dv - s*(threshold + a*v)/tau");
    GOOD(fsnn_net_node(net, 1, &info));
    assert_string_equal(info.equations, "");
    fsnn_net_destroy(net);
}

static void errors(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_user o = options(0, FSNN_RESET_CURRENT);
    o.dv = NULL;
    refuse_neuron("user", &o, NULL, "user \"mine\": the neuron has no equation: write dv");
    o.dv = "(-v + q)/tau";
    refuse_neuron("user", &o, NULL,
                  "user \"mine\": dv: \"(-v + q)/tau\", column 7: there is no name \"q\"");
    o = options(0, FSNN_RESET_CURRENT);
    o.spike = "v + ";
    refuse_neuron("user", &o, NULL, "spike: ");
    o = options(2, FSNN_RESET_JUMP);
    refuse_neuron(
        "user", &o, NULL,
        "after_spike says what a spike leaves of the drive under reset current; this neuron has "
        "reset jump");
    o = options(0, FSNN_RESET_CURRENT);
    o.param[1].name = "a";
    refuse_neuron("user", &o, NULL, "the neuron has the name \"a\" twice");
    o.param[1].name = "alpha";
    refuse_neuron("user", &o, NULL, "own parameter cannot be called \"alpha\"");
    o.param[1].name = "2b";
    refuse_neuron("user", &o, NULL, "the neuron's name \"2b\"");
    o = options(0, FSNN_RESET_CURRENT);
    o.param[0].value.value = NAN;
    refuse_neuron("user", &o, NULL, "the neuron's parameter \"a\" is nan");
    o = options(0, FSNN_RESET_CURRENT);
    o.params = 15;
    refuse_neuron("user", &o, NULL, "the neuron has 15 parameters of its own: up to 14");
    o = options(0, FSNN_RESET_CURRENT);
    o.neuron.tau.value = 0;
    refuse_neuron("user", &o, &d, "user \"mine\": tau is 0, it must be positive");
    d.method = FSNN_ML;
    o = options(0, FSNN_RESET_CURRENT);
    refuse_neuron("user", &o, &d, "user \"mine\": method ml is exact for dv = (-v + ...)/tau");
    o = options(1, FSNN_RESET_CURRENT);
    refuse_neuron("user", &o, &d, "method ml");
    d.method = FSNN_TRAP;
    o = options(0, FSNN_RESET_SUBTRACT);
    refuse_neuron("user", &o, &d, "user \"mine\": reset subtract");
}

/* ml solves equations with the leak of lif, whatever the current does in them. */
static void exact(void **state)
{
    (void)state;
    static float x[T * 3], whole[T * 3];
    const float *y;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.method = FSNN_ML;
    fill_normal(x, T * 3, 0.9, 1, 1);
    for (int user = 0; user < 2; user++) {
        fsnn_net *net = net_new();
        fsnn_user o = options(3, FSNN_RESET_JUMP);
        int in = fsnn_net_input(net, FSNN_SHAPE(3));
        VALID(user ? fsnn_net_user(net, NULL, in, &o) : fsnn_net_lif(net, NULL, in, &o.neuron));
        GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = T, .batch = 1}));
        GOOD(fsnn_net_forward(net, x, &y));
        if (user)
            assert_memory_equal(y, whole, sizeof whole);
        memcpy(whole, y, sizeof whole);
        assert_true(fsnn_net_rate(net, 1) > 0);
        fsnn_net_destroy(net);
    }
}

/* The warning advises a step below `limit`, which it rounds to its fourth digit inwards. */
static bool advises(const char *warning, double limit)
{
    static const char words[] = "a step below ";
    const char *at = warning ? strstr(warning, words) : NULL;
    double step = at ? atof(at + sizeof words - 1) : 0;
    return step <= limit && step >= limit * (1 - 1.1e-3);
}

/* An explicit scheme beyond its limit is remarked on where the slope of dv is known: that of lif, a
 * constant one, and of a curved dv the one at v0. The step that is said to be stable is. */
static void slopes(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *dv;
        double tau, v0, step; /* stable below; 0: nothing is said */
    } rows[] = {
        {"user", "-a*v + I", 1, 0, 0.25}, /* a 8: step 2/8 at alpha 1 */
        {"user", "(-a*v + b*I)/tau", 2, 0, 0.5},
        {"user", "I - b*v", 1, 0, 0},         /* b 0.5 */
        {"user", "a*v + I", 1, 0, 0},         /* grows, whatever the method */
        {"user", "-a*v^2 + I", 1, 0, 0},      /* flat at 0 */
        {"user", "-a*v^2 + I", 1, 0.5, 0.25}, /* slope -2 a v */
        {"qif", NULL, 0.1, 0, 0.4},           /* slope -0.5/tau at rest */
        {"eif", NULL, 0.1, -9, 0.2},
        {"hard_lif", NULL, 0.1, 0, 0.2},
        {"readout", NULL, 0.1, 0, 0.2},
        {"noisy", NULL, 0.1, 0, 0.2},
    };
    for (int i = 0; i < FSNN_COUNT(rows); i++) {
        CASE("rows[%d]", i);
        bool own = strcmp(rows[i].kind, "user") == 0;
        fsnn_order order = fsnn_order_of(1);
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT,
                       .dv = rows[i].dv,
                       .params = own ? 2 : 0,
                       .param = {{"a", {.value = 8}}, {"b", {.value = 0.5}}}};
        char first[64] = "";
        fsnn_net *net = net_new();
        o.neuron.tau.value = rows[i].tau;
        o.neuron.v0 = rows[i].v0;
        int in = fsnn_net_input(net, FSNN_SHAPE(1));
        VALID(fsnn_net_add(net, rows[i].kind, "n", &in, 1, &o));
        for (int side = 0; side < 2; side++) {
            d.step = (rows[i].step > 0 ? rows[i].step : 1) * (side ? 1.01 : 0.99);
            GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 2, .batch = 1}));
            const char *said = fsnn_net_warning(net, 0);
            said = said && strstr(said, "is stable") ? said : NULL; /* not that it overshoots */
            bool right = side && rows[i].step > 0 ? advises(said, rows[i].step) : said == NULL;
            if (!right)
                fail_msg("%s %s at step %g: %s", rows[i].kind, rows[i].dv ? rows[i].dv : "", d.step,
                         said ? said : "nothing");
            snprintf(first, sizeof first, "%.60s", said ? said : "");
        }
        if (i == 0)
            assert_string_equal(first,
                                "user \"n\": step^alpha times the slope of dv, 8, is 2.02, beyo");
        d.implicit = true;
        GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 2, .batch = 1}));
        assert_null(fsnn_net_warning(net, 0));
        fsnn_net_destroy(net);
    }
}

static void unstable(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    for (int n = 0; n < 4; n += 3) {
        fsnn_net *net = net_new();
        fsnn_user o = options(n, FSNN_RESET_CURRENT);
        o.neuron.tau.value = 0.4;
        VALID(fsnn_net_user(net, "mine", fsnn_net_input(net, FSNN_SHAPE(3)), &o));
        GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 2, .batch = 1}));
        assert_true((fsnn_net_warning(net, 0) != NULL) == (n == 3));
        fsnn_net_destroy(net);
    }
}

/* qif and eif are their equations, with the parameters a layer gives and the defaults of the
 * others. */
static void kinds(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *name, *equal;
        double value;
        const char *after_spike;
    } rows[] = {{"qif", "critical", "((v - 0)*(v - 0.4) + I)/tau", 0.4, NULL},
                {"eif", "onset", "(-v + 0.2*exp((v - 0.7)/0.2) + I)/tau", 0.7, NULL},
                {"hard_lif", "kappa", "(-v + I)/tau", 1.5, "dv - s*1.5*v/tau"}};
    static float x[T * 3], spikes[2][T * 3];
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fill_normal(x, T * 3, 0.9, 1, 1);
    for (int i = 0; i < FSNN_COUNT(rows); i++) {
        CASE("rows[%d]", i);
        for (int user = 0; user < 2; user++) {
            const float *y;
            fsnn_net *net = net_new();
            fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT,
                           .params = 1,
                           .param = {{rows[i].name, {.value = rows[i].value}}}};
            o.neuron.tau.value = 3;
            o.neuron.reset = rows[i].after_spike ? FSNN_RESET_CURRENT : FSNN_RESET_VALUE;
            o.dv = user ? rows[i].equal : NULL;
            o.after_spike = user ? rows[i].after_spike : NULL;
            int in = fsnn_net_input(net, FSNN_SHAPE(3));
            VALID(fsnn_net_add(net, user ? "user" : rows[i].kind, "n", &in, 1, &o));
            GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = T, .batch = 1}));
            GOOD(fsnn_net_forward(net, x, &y));
            memcpy(spikes[user], y, sizeof spikes[user]);
            assert_true(fsnn_net_rate(net, 1) > 0.02 && fsnn_net_rate(net, 1) < 0.9);
            fsnn_net_destroy(net);
        }
        assert_memory_equal(spikes[0], spikes[1], sizeof spikes[0]);
        fsnn_net *net = net_new();
        int in = fsnn_net_input(net, FSNN_SHAPE(3));
        fsnn_user o = {
            .neuron = FSNN_NEURON_DEFAULT, .params = 1, .param = {{"slop", {.value = 1}}}};
        REFUSED(fsnn_net_add(net, rows[i].kind, "n", &in, 1, &o), ANY_ERROR,
                "neuron has no parameter \"slop\"");
        o = (fsnn_user){.neuron = FSNN_NEURON_DEFAULT, .dv = "-v"};
        REFUSED(fsnn_net_add(net, rows[i].kind, "n", &in, 1, &o), ANY_ERROR,
                "neuron has its own equations");
        fsnn_net_destroy(net);
    }
}

/* Recipes of docs/neurons.md at alpha 1 and step 1 against their loops: classic discrete LIF; hard
 * reset by strong feedback. */
static void recipes(void **state)
{
    (void)state;
    static float x[T * 3];
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fill_normal(x, T * 3, 0.9, 1, 4);
    for (int feedback = 0; feedback < 2; feedback++) {
        const float *y;
        fsnn_net *net = net_new();
        fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT, .dv = "(-v + I)/tau"};
        o.neuron.tau.value = 2;
        o.neuron.reset = feedback ? FSNN_RESET_CURRENT : FSNN_RESET_SUBTRACT;
        if (feedback) {
            o.after_spike = "dv - s*kappa*v/tau";
            o.params = 1;
            o.param[0] = (fsnn_user_param){"kappa", {.value = 1}};
        }
        VALID(fsnn_net_user(net, "n", fsnn_net_input(net, FSNN_SHAPE(3)), &o));
        GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = T, .batch = 1}));
        GOOD(fsnn_net_forward(net, x, &y));
        int fired = 0;
        for (int n = 0; n < 3; n++) {
            double v = 0;
            for (int k = 0; k < T; k++) {
                double I = x[k * 3 + n], dv = (I - v) / 2, s = v + dv >= 1;
                v += feedback ? dv - s * v / 2 : dv - s;
                assert_float_equal(y[k * 3 + n], s, 0);
                fired += s > 0;
            }
        }
        assert_true(fired > 3);
        fsnn_net_destroy(net);
    }
}

/* A readout gives the potential that a lif out of reach has, and backward is its gradient. */
static void readout(void **state)
{
    (void)state;
    static float x[T * 3], v[T * 3];
    fill_normal(x, T * 3, 0.9, 1, 1);
    for (int i = 0; i < FSNN_COUNT(ways); i++) {
        CASE("ways[%d]", i);
        const float *y;
        double worst;
        const char *where;
        fsnn_order order;
        fsnn_dynamics d = dynamics_of(&ways[i], &order);
        fsnn_neuron o = FSNN_NEURON_DEFAULT;
        o.tau = (fsnn_value){.value = 2, .learn = true};
        o.v0 = 0.25;
        fsnn_net *net, *lif;
        GOOD(fsnn_net_create(&net));
        GOOD(fsnn_net_create(&lif));
        int in = fsnn_net_input(net, FSNN_SHAPE(3));
        VALID(fsnn_net_add(net, "readout", "r", &in, 1, &o));
        o.threshold.value = 1e6;
        o.reset = FSNN_RESET_NONE;
        VALID(fsnn_net_lif(lif, "r", fsnn_net_input(lif, FSNN_SHAPE(3)), &o));
        fsnn_plan plan = {.steps = T,
                          .batch = 1,
                          .training = true,
                          .smooth = true,
                          .input_gradient = true,
                          .record = true};
        GOOD(fsnn_net_wrap(lif, &d, &plan));
        GOOD(fsnn_net_forward(lif, x, &y));
        GOOD(fsnn_net_read(lif, 1, FSNN_RECORD_V, v));
        GOOD(fsnn_net_wrap(net, &d, &plan));
        GOOD(fsnn_net_forward(net, x, &y));
        CLOSE("readout", y, v, T * 3, 1e-6);
        assert_true(fsnn_net_rate(net, 1) == 0);
        GOOD(fsnn_net_gradcheck(net, x, 2, &worst, &where));
        if (!(worst < 5e-3))
            fail_msg("way %d: %.2e at %s", i, worst, where);
        CASE("way %d", i);
        gradcheck_double(net, x, 2);
        fsnn_net_destroy(net);
        fsnn_net_destroy(lif);
    }
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_neuron o = FSNN_NEURON_DEFAULT;
    o.threshold.learn = true; /* it has none */
    o.reset = FSNN_RESET_JUMP;
    int in = fsnn_net_input(net, FSNN_SHAPE(3));
    VALID(fsnn_net_add(net, "readout", "r", &in, 1, &o));
    REFUSED(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 2, .batch = 1}), ANY_ERROR,
            "readout \"r\": it never spikes, so reset jump does nothing");
    fsnn_net_destroy(net);
}

/* What a readout has: tau and alpha, no threshold. The bound of its certificate holds for the
 * output. */
static void readout_certificate(void **state)
{
    (void)state;
    enum { STEPS = 600 };
    static float x[STEPS], exact[STEPS];
    static const fsnn_method methods[] = {FSNN_GL, FSNN_L1, FSNN_ML, FSNN_AB};
    for (int i = 0; i < STEPS; i++)
        x[i] = (float)fsnn_random_normal(3, 3, (uint64_t)i);
    for (int i = 0; i < FSNN_COUNT(methods); i++)
        for (int coarse = 0; coarse < 2; coarse++) {
            CASE("methods[%d], coarse %d", i, coarse);
            fsnn_order order = fsnn_order_of(0.6);
            fsnn_dynamics d = fsnn_dynamics_default(&order);
            fsnn_neuron o = FSNN_NEURON_DEFAULT;
            fsnn_certificate c;
            const float *y;
            fsnn_net *net = net_new();
            d.method = methods[i];
            o.tau.value = 4;
            int in = fsnn_net_input(net, FSNN_SHAPE(1));
            VALID(fsnn_net_add(net, "readout", "r", &in, 1, &o));
            GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = STEPS, .batch = 1}));
            assert_non_null(fsnn_net_param_find(net, "r.tau"));
            assert_int_equal(fsnn_net_param_count(net), 2);
            GOOD(fsnn_net_forward(net, x, &y));
            memcpy(exact, y, sizeof exact);
            d.tolerance = coarse ? 1e-2 : 1e-5;
            d.engine = FSNN_ENGINE_EXPONENTIALS;
            GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = STEPS, .batch = 1}));
            GOOD(fsnn_net_forward(net, x, &y));
            GOOD(fsnn_net_certificate(net, 1, &c));
            double worst = 0;
            for (int k = 0; k < STEPS; k++)
                worst = fmax(worst, fabs((double)y[k] - (double)exact[k]));
            bool known = methods[i] != FSNN_AB;
            if (c.proven != known || isfinite(c.bound) != known || !isinf(c.margin) ||
                (known && !(worst <= c.bound)))
                fail_msg("%s: off by %g, bound %g, margin %g", fsnn_method_name(methods[i]), worst,
                         c.bound, c.margin);
            if (known && coarse && i == 0)
                assert_true(worst > 1e-7 && c.bound < 1); /* it says something */
            fsnn_net_destroy(net);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients), cmocka_unit_test(memories),
        cmocka_unit_test(chunks),    cmocka_unit_test(look),
        cmocka_unit_test(errors),    cmocka_unit_test(exact),
        cmocka_unit_test(unstable),  cmocka_unit_test(kinds),
        cmocka_unit_test(recipes),   cmocka_unit_test(readout),
        cmocka_unit_test(slopes),    cmocka_unit_test(readout_certificate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Neurons of the user's own as C functions: beside the same neuron by its equation, with slopes of
 * its own and by differences. */
#include "nets.h"

enum { T = 20, B = 3, IN = 13 };

/* dv = (-v - a tanh(v)^3 + b I)/tau */
static const char dv_text[] = "(-v - a*tanh(v)^3 + b*I)/tau";
static int dv_of(const fsnn_neuron_rows *at, float *out, void *user)
{
    (void)user;
    const float *tau = at->param[0], *a = at->param[2], *b = at->param[3];
    for (int i = 0; i < at->n; i++) {
        float t = tanhf(at->v[i]);
        out[i] = (-at->v[i] - a[i] * t * t * t + b[i] * at->I[i]) / tau[i];
    }
    return 0;
}

static int dv_slopes(const fsnn_neuron_rows *at, const fsnn_neuron_slopes *out, void *user)
{
    (void)user;
    const float *tau = at->param[0], *a = at->param[2], *b = at->param[3];
    for (int i = 0; i < at->n; i++) {
        float t = tanhf(at->v[i]), rate = 1 / tau[i];
        float dv = (-at->v[i] - a[i] * t * t * t + b[i] * at->I[i]) * rate;
        if (out->v)
            out->v[i] = (-1 - 3 * a[i] * t * t * (1 - t * t)) * rate;
        if (out->I)
            out->I[i] = b[i] * rate;
        if (out->param[0])
            out->param[0][i] = -dv * rate;
        if (out->param[1])
            out->param[1][i] = 0;
        if (out->param[2])
            out->param[2][i] = -t * t * t * rate;
        if (out->param[3])
            out->param[3][i] = at->I[i] * rate;
    }
    return 0;
}

/* spike = v + a dv - threshold */
static const char spike_text[] = "v + a*dv - threshold";
static int spike_of(const fsnn_neuron_rows *at, float *out, void *user)
{
    (void)user;
    for (int i = 0; i < at->n; i++)
        out[i] = at->v[i] + at->param[2][i] * at->dv[i] - at->param[1][i];
    return 0;
}

static int spike_slopes(const fsnn_neuron_rows *at, const fsnn_neuron_slopes *out, void *user)
{
    (void)user;
    for (int i = 0; i < at->n; i++) {
        if (out->v)
            out->v[i] = 1;
        if (out->I)
            out->I[i] = 0;
        if (out->dv)
            out->dv[i] = at->param[2][i];
        for (int p = 0; p < 4; p++)
            if (out->param[p])
                out->param[p][i] = p == 1 ? -1 : p == 2 ? at->dv[i] : 0;
    }
    return 0;
}

/* after_spike = dv - s (threshold + b v)/tau */
static const char after_text[] = "dv - s*(threshold + b*v)/tau";
static int after_of(const fsnn_neuron_rows *at, float *out, void *user)
{
    (void)user;
    for (int i = 0; i < at->n; i++)
        out[i] =
            at->dv[i] - at->s[i] * (at->param[1][i] + at->param[3][i] * at->v[i]) / at->param[0][i];
    return 0;
}

static int after_slopes(const fsnn_neuron_rows *at, const fsnn_neuron_slopes *out, void *user)
{
    (void)user;
    for (int i = 0; i < at->n; i++) {
        float rate = 1 / at->param[0][i], s = at->s[i];
        float reset_drive = (at->param[1][i] + at->param[3][i] * at->v[i]) * rate;
        if (out->v)
            out->v[i] = -s * at->param[3][i] * rate;
        if (out->I)
            out->I[i] = 0;
        if (out->dv)
            out->dv[i] = 1;
        if (out->s)
            out->s[i] = -reset_drive;
        const float by_param[] = {s * reset_drive * rate, -s * rate, 0, -s * at->v[i] * rate};
        for (int p = 0; p < 4; p++)
            if (out->param[p])
                out->param[p][i] = by_param[p];
    }
    return 0;
}

enum { EQUATION, SLOPES, DIFFERENCES };

/* The neuron one way or the other; `own`: spike and after_spike of its own. */
static fsnn_user options(int way, bool own, fsnn_reset reset)
{
    bool after = own && reset == FSNN_RESET_CURRENT;
    fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT};
    o.neuron.tau = (fsnn_value){.value = 2.0, .learn = true};
    o.neuron.threshold.learn = true;
    o.neuron.surrogate.scale = 1.5;
    o.neuron.detach_reset = false;
    o.neuron.reset = reset;
    o.params = 2;
    o.param[0] = (fsnn_user_param){"a", {.value = 0.3, .learn = true, .per = FSNN_PER_CHANNEL}};
    o.param[1] = (fsnn_user_param){"b", {.value = 0.9, .learn = true}};
    if (way == EQUATION) {
        o.dv = dv_text;
        o.spike = own ? spike_text : NULL;
        o.after_spike = after ? after_text : NULL;
        return o;
    }
    fsnn_neuron_callback c = {.dv = dv_of,
                              .spike = own ? spike_of : NULL,
                              .after_spike = after ? after_of : NULL,
                              .params = 2,
                              .param = {{"a", {.value = 7}}, {"b", {.value = 7}}}};
    if (way == SLOPES) {
        c.dv_slopes = dv_slopes;
        c.spike_slopes = own ? spike_slopes : NULL;
        c.after_spike_slopes = after ? after_slopes : NULL;
    }
    GOOD(fsnn_neuron_register("mine", &c));
    o.callback = "mine";
    return o;
}

typedef struct result {
    float out[T * B * IN], in[T * B * IN], grad[3 + IN + 2];
} result;

static void run(const fsnn_user *o, const fsnn_dynamics *d, bool smooth, result *r)
{
    static const char *const names[] = {"n.tau", "n.threshold", "n.b", "n.alpha"};
    static float x[T * B * IN], g[T * B * IN];
    const float *y, *gx;
    fsnn_net *net = net_new();
    fsnn_plan plan = {
        .steps = T, .batch = B, .training = true, .smooth = smooth, .input_gradient = true};
    fill_normal(x, T * B * IN, 0.9, 1, 1);
    fill_normal(g, T * B * IN, 0.9, 1, 2);
    VALID(fsnn_net_user(net, "n", fsnn_net_input(net, FSNN_SHAPE(IN)), o));
    GOOD(fsnn_net_wrap(net, d, &plan));
    GOOD(fsnn_net_forward(net, x, &y));
    memcpy(r->out, y, sizeof r->out);
    GOOD(fsnn_net_backward(net, g, &gx));
    memcpy(r->in, gx, sizeof r->in);
    memset(r->grad, 0, sizeof r->grad);
    for (int p = 0; p < FSNN_COUNT(names); p++) {
        const fsnn_param *param = fsnn_net_param_find(net, names[p]);
        r->grad[p] = param ? param->grad[0] : 0;
    }
    memcpy(r->grad + 4, fsnn_net_param_find(net, "n.a")->grad, IN * sizeof(float));
    fsnn_net_destroy(net);
}

static const struct {
    fsnn_method method;
    bool integer, implicit;
} methods[] = {{FSNN_EULER, .integer = true}, {FSNN_RK4, .integer = true},
               {FSNN_GL, .implicit = false},  {FSNN_GL, .implicit = true},
               {FSNN_L1, .implicit = true},   {FSNN_AB, .implicit = false},
               {FSNN_ABM, .implicit = false}, {FSNN_TRAP, .implicit = false}};

/* Same spikes as the equation; gradients of exact slopes to rounding, of differences to 2e-4. */
static void same_as_equation(void **state)
{
    (void)state;
    static result equation, slopes, differences;
    for (int m = 0; m < FSNN_COUNT(methods); m++)
        for (int reset = 0; reset < FSNN_RESETS; reset++)
            for (int own = 0; own < 2; own++) {
                CASE("methods[%d], reset %d, own %d", m, reset, own);
                fsnn_order order = fsnn_order_of(0.6);
                order.learn_alpha = true;
                fsnn_dynamics d = fsnn_dynamics_default(&order);
                d.method = methods[m].method;
                d.implicit = methods[m].implicit;
                d.integrator = methods[m].integer ? FSNN_ODEINT : FSNN_FDEINT;
                bool drive = d.method == FSNN_AB || d.method == FSNN_ABM || d.method == FSNN_TRAP;
                if (!methods[m].integer && drive &&
                    (reset == FSNN_RESET_SUBTRACT || reset == FSNN_RESET_VALUE ||
                     (reset == FSNN_RESET_RESTART && d.method != FSNN_AB)))
                    continue;
                bool implicit = d.implicit || d.method == FSNN_TRAP ||
                                (d.method == FSNN_ABM && reset == FSNN_RESET_DELTA);
                fsnn_user o = options(EQUATION, own, (fsnn_reset)reset);
                run(&o, &d, true, &equation);
                o = options(SLOPES, own, (fsnn_reset)reset);
                run(&o, &d, true, &slopes);
                CLOSE("output", slopes.out, equation.out, T * B * IN, 1e-5);
                double share = implicit ? 2e-4 : 2e-5; /* J's gradient is a difference */
                CLOSE("input gradient", slopes.in, equation.in, T * B * IN, share);
                CLOSE("gradient", slopes.grad, equation.grad, FSNN_COUNT(equation.grad), share);
                if (implicit)
                    continue; /* refused */
                o = options(DIFFERENCES, own, (fsnn_reset)reset);
                run(&o, &d, true, &differences);
                CLOSE("output", differences.out, equation.out, T * B * IN, 1e-5);
                CLOSE("input gradient", differences.in, equation.in, T * B * IN, 2e-4);
                CLOSE("gradient", differences.grad, equation.grad, FSNN_COUNT(equation.grad), 2e-4);
            }
}

/* Evaluation without training, also with an implicit method and no slopes; chunks give the same
 * bits; so do threads. */
static void simulation(void **state)
{
    (void)state;
    static float x[T * B * IN], whole[T * B * IN];
    fill_normal(x, T * B * IN, 0.9, 1, 1);
    for (int implicit = 0; implicit < 2; implicit++) {
        const float *y;
        fsnn_net *net = net_new();
        fsnn_order order = fsnn_order_of(0.6);
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        d.implicit = implicit;
        fsnn_user o = options(DIFFERENCES, true, FSNN_RESET_CURRENT);
        VALID(fsnn_net_user(net, "n", fsnn_net_input(net, FSNN_SHAPE(IN)), &o));
        fsnn_plan plan = {.steps = T, .batch = B};
        GOOD(fsnn_threads_set(1));
        GOOD(fsnn_net_wrap(net, &d, &plan));
        GOOD(fsnn_net_forward(net, x, &y));
        memcpy(whole, y, sizeof whole);
        if (!(fsnn_net_rate(net, 1) > 0.02 && fsnn_net_rate(net, 1) < 0.95))
            fail_msg("rate %g", fsnn_net_rate(net, 1));
        GOOD(fsnn_threads_set(3)); /* more than were planned for */
        plan.steps = 5;
        GOOD(fsnn_net_replan(net, &plan));
        GOOD(fsnn_net_reset(net));
        for (int k = 0; k < T; k += 5) {
            GOOD(fsnn_net_forward(net, x + k * B * IN, &y));
            assert_memory_equal(y, whole + k * B * IN, 5 * B * IN * sizeof *y);
        }
        GOOD(fsnn_threads_set(0));
        fsnn_net_destroy(net);
    }
}

static int fails(const fsnn_neuron_rows *at, float *out, void *user)
{
    memset(out, 0, (size_t)at->n * sizeof *out);
    return *(int *)user;
}

static int build(fsnn_net **net, const fsnn_user *o)
{
    GOOD(fsnn_net_create(net));
    return fsnn_net_user(*net, "n", fsnn_net_input(*net, FSNN_SHAPE(IN)), o);
}

static void errors(void **state)
{
    (void)state;
    fsnn_net *net;
    fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT, .callback = "nobody"};
    GOOD(fsnn_neuron_register("mine", NULL));
    REFUSED(build(&net, &o), ANY_ERROR,
            "user \"n\": no callback \"nobody\" is registered: a program makes its own");
    fsnn_net_destroy(net);
    o = options(SLOPES, true, FSNN_RESET_CURRENT);
    o.callback = "mime";
    REFUSED(build(&net, &o), ANY_ERROR, "no callback \"mime\" is registered; known are \"mine\"");
    fsnn_net_destroy(net);
    o.callback = "mine";
    o.param[1].name = "bb";
    REFUSED(build(&net, &o), ANY_ERROR, "the callback \"mine\" has no parameter \"bb\"");
    fsnn_net_destroy(net);
    o.param[1].name = "b";
    o.dv = "-v";
    REFUSED(build(&net, &o), ANY_ERROR, "the neuron has equations and the callback \"mine\"");
    fsnn_net_destroy(net);
    o.dv = NULL;
    o.neuron.reset = FSNN_RESET_JUMP;
    REFUSED(build(&net, &o), ANY_ERROR, "this neuron has reset jump");
    fsnn_net_destroy(net);

    fsnn_neuron_callback c = {.spike = spike_of};
    REFUSED(fsnn_neuron_register("mine", &c), ANY_ERROR, "callback \"mine\" has no function dv");
    c = (fsnn_neuron_callback){.dv = dv_of, .spike_slopes = spike_slopes};
    REFUSED(fsnn_neuron_register("mine", &c), ANY_ERROR,
            "slopes of a function that it does not have");
    c = (fsnn_neuron_callback){.dv = dv_of, .params = 15};
    REFUSED(fsnn_neuron_register("mine", &c), ANY_ERROR, "has 15 parameters: up to 14");
    REFUSED(fsnn_neuron_register("", &c), ANY_ERROR, "a callback needs a name");

    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = T, .batch = B, .training = true};
    o = options(DIFFERENCES, false, FSNN_RESET_JUMP);
    VALID(build(&net, &o));
    d.method = FSNN_ML;
    REFUSED(fsnn_net_wrap(net, &d, &plan), ANY_ERROR, "this neuron's dv is a callback");
    d.method = FSNN_TRAP;
    REFUSED(fsnn_net_wrap(net, &d, &plan), ANY_ERROR,
            "the gradient of an implicit method, and of reset delta "
            "with abm, needs the callback's dv_slopes");
    plan.training = false;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    fsnn_net_destroy(net);

    int code = 0;
    c = (fsnn_neuron_callback){.dv = fails, .user = &code};
    GOOD(fsnn_neuron_register("fails", &c));
    o = (fsnn_user){.neuron = FSNN_NEURON_DEFAULT, .callback = "fails"};
    static float x[T * B * IN];
    d.method = FSNN_GL;
    VALID(build(&net, &o));
    GOOD(fsnn_net_wrap(net, &d, &plan));
    GOOD(fsnn_net_forward(net, x, NULL));
    code = 7;
    REFUSED(fsnn_net_forward(net, x, NULL), ANY_ERROR,
            "user \"n\": the neuron's callback returned 7");
    code = 0;
    GOOD(fsnn_net_reset(net));
    GOOD(fsnn_net_forward(net, x, NULL));
    fsnn_net_destroy(net);
    GOOD(fsnn_neuron_register("fails", NULL));
    GOOD(fsnn_neuron_register("fails", NULL));
}

/* A net keeps what it was built with; defaults of parameters are the callback's. */
static void registry(void **state)
{
    (void)state;
    fsnn_net *net;
    char name[] = "a", second[] = "b";
    fsnn_neuron_callback c = {
        .dv = dv_of,
        .params = 2,
        .param = {{name, {.value = 0.25}}, {second, {.value = 0.5, .learn = true}}}};
    fsnn_user o = {.neuron = FSNN_NEURON_DEFAULT,
                   .callback = "kept",
                   .params = 1,
                   .param = {{"b", {.value = 0.75}}}};
    GOOD(fsnn_neuron_register("kept", &c));
    name[0] = second[0] = 'x';
    VALID(build(&net, &o));
    GOOD(fsnn_neuron_register("kept", NULL));
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 2, .batch = 1}));
    assert_float_equal(fsnn_net_param_find(net, "n.a")->value[0], 0.25, 0);
    assert_float_equal(fsnn_net_param_find(net, "n.b")->value[0], 0.75, 0);
    assert_false(fsnn_net_param_find(net, "n.b")->learn);
    static float x[2 * IN];
    GOOD(fsnn_net_forward(net, x, NULL));
    fsnn_net_destroy(net);
}

/* A description names it. */
static void described(void **state)
{
    (void)state;
    NEEDS("YAML");
    static const char text[] =
        "input: [13]\n"
        "layers:\n"
        "  - user: {name: n, callback: mine, tau: 2, params: {a: {value: 0.3, learn: true}}}\n"
        "dynamics: {alpha: 0.6}\n";
    fsnn_description *description;
    fsnn_net *net;
    char path[] = "/tmp/fsnn-callback-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    options(SLOPES, false, FSNN_RESET_CURRENT);
    GOOD(fsnn_description_read(path, NULL, 0, &description));
    GOOD(fsnn_description_net(description, &net));
    fsnn_node_info info;
    GOOD(fsnn_net_node(net, 1, &info));
    assert_string_equal(info.equations, "callback mine");
    fsnn_net_destroy(net);
    fsnn_description_destroy(description);
    GOOD(fsnn_neuron_register("mine", NULL));
    REFUSED(fsnn_description_read(path, NULL, 0, &description), ANY_ERROR,
            ":3:31: layers[0].user.callback: no callback \"mine\" is registered");
    remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_equation), cmocka_unit_test(simulation), cmocka_unit_test(errors),
        cmocka_unit_test(registry),         cmocka_unit_test(described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

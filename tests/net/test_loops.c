/* Loops: feedback with one step of delay. Outputs and gradients against a network in double
 * precision that goes step by step; gradient checks through loops of every form; shapes and
 * layouts; what is refused. */
#include "double.h"
#include "nets.h"

static fsnn_neuron options = FSNN_NEURON_DEFAULT;

static fsnn_neuron gentle(fsnn_reset reset)
{
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau = (fsnn_value){.value = 3.0, .learn = true};
    lif.threshold.learn = true;
    lif.surrogate.scale = 0.6;
    lif.reset = reset;
    lif.detach_reset = false; /* the smooth model has no detached part */
    return lif;
}

/* What lif() adds in its place; NULL: lif itself. */
static const struct several {
    const char *kind;
    fsnn_user what;
} * several;

static const struct several neurons[] = {
    {"cuba",
     {.params = 1,
      .param = {{"tau_syn", {.value = 1.5, .learn = true, .per = FSNN_PER_CHANNEL}}},
      .fractionals = 2,
      .fractional = {"v", "i"}}},
    {"alif",
     {.params = 2,
      .param = {{"tau_a", {.value = 4, .learn = true}},
                {"beta", {.value = 0.5, .learn = true, .per = FSNN_PER_CHANNEL}}}}},
    {"user",
     {.dv = "(-v - w + I)/tau",
      .states = 1,
      .state = {{"w", "(a*v - w)/5", "dw + 0.2*s", 0.1}},
      .params = 1,
      .param = {{"a", {.value = 0.3, .learn = true}}},
      .fractionals = 1,
      .fractional = {"w"}}},
};

static int lif(fsnn_net *net, const char *name, int from)
{
    if (!several)
        return (int)VALID(fsnn_net_lif(net, name, from, &options));
    fsnn_user o = several->what;
    o.neuron = options;
    return (int)VALID(fsnn_net_add(net, several->kind, name, &from, 1, &o));
}

static int sum(fsnn_net *net, const char *name, int a, int b)
{
    return (int)VALID(fsnn_net_add(net, "add", name, (int[]){a, b}, 2, NULL));
}

static int delay(fsnn_net *net, const char *name, const char *of)
{
    return (int)VALID(fsnn_net_delay(net, name, of));
}

/* ---- graphs: each builds one and returns the input shape ---- */

/* Fully recurrent, with a readout of layers besides. */
static fsnn_shape full(fsnn_net *net)
{
    int x = fsnn_net_linear(net, "fc", fsnn_net_input(net, FSNN_SHAPE(6)), 35, true);
    int back = fsnn_net_linear(net, "w", delay(net, "d", "s"), 35, true);
    int s = lif(net, "s", sum(net, NULL, x, back));
    lif(net, "out", fsnn_net_linear(net, "fc2", s, 4, false));
    return FSNN_SHAPE(6);
}

/* One to one, and the output in the loop. */
static fsnn_shape one_to_one(fsnn_net *net)
{
    int x = fsnn_net_linear(net, "fc", fsnn_net_input(net, FSNN_SHAPE(6)), 9, true);
    int d = delay(net, "d", "s");
    lif(net, "s", sum(net, NULL, x, d));
    return FSNN_SHAPE(6);
}

/* Images: the loop stays channels-last; pooling and dropout in it. */
static fsnn_shape image(fsnn_net *net)
{
    fsnn_conv2d conv = square_conv(4, 3, 1);
    fsnn_pool pool;
    fsnn_dropout drop = {0.3, false}, hold = {0.2, true};
    fsnn_kind_defaults("maxpool", &pool);
    pool.kernel[0] = pool.kernel[1] = 3;
    pool.stride[0] = pool.stride[1] = pool.padding[0] = pool.padding[1] = 1;
    int x = fsnn_net_conv2d(net, "in", fsnn_net_input(net, FSNN_SHAPE(2, 5, 5)), &conv);
    int d = delay(net, "d", "s");
    d = fsnn_net_conv2d(net, "w", (int)VALID(fsnn_net_add(net, "dropout", NULL, &d, 1, &drop)),
                        &conv);
    int a = (int)VALID(fsnn_net_add(net, "avgpool", NULL, &d, 1, &pool));
    a = (int)VALID(fsnn_net_add(net, "dropout", NULL, &a, 1, &hold));
    int s = lif(net, "s", sum(net, NULL, x, a));
    lif(net, "out", fsnn_net_linear(net, "fc", fsnn_net_flatten(net, NULL, s), 3, true));
    return FSNN_SHAPE(2, 5, 5);
}

/* From the third layer to the first, from the second to itself, from the output to the second
 * (overlapping), and past the loops from the input; views and several outputs inside. */
static fsnn_shape nested(fsnn_net *net)
{
    int in = fsnn_net_input(net, FSNN_SHAPE(2, 4));
    int flat = fsnn_net_flatten(net, NULL, in);
    int far = delay(net, "far", "s3"), own = delay(net, "own", "s2");
    int end = delay(net, "end", "parts.1");
    int s1 = lif(net, "s1", sum(net, NULL, fsnn_net_linear(net, "a", flat, 8, true), far));
    int b = fsnn_net_linear(net, "b", s1, 8, true);
    b = sum(net, NULL, b, fsnn_net_linear(net, "wb", own, 8, false));
    b = sum(net, NULL, b, fsnn_net_linear(net, "we", end, 8, false));
    int s2 = lif(net, "s2", b);
    fsnn_reshape shape = {FSNN_SHAPE(2, 4)};
    int view = (int)VALID(fsnn_net_add(net, "reshape", NULL, &s2, 1, &shape));
    int s3 = lif(net, "s3", fsnn_net_linear(net, "c", fsnn_net_flatten(net, NULL, view), 8, true));
    int cat = (int)VALID(fsnn_net_add(net, "concat", NULL, (int[]){s3, s1, flat}, 3, NULL));
    fsnn_split parts = {0, 3};
    int split = (int)VALID(fsnn_net_add(net, "split", "parts", &cat, 1, &parts));
    lif(net, "out",
        fsnn_net_linear(net, "d", sum(net, NULL, split, fsnn_net_port(net, split, 2)), 3, true));
    return FSNN_SHAPE(2, 4);
}

/* The usual form of a recurrent layer: current and spikes side by side. A delay outside of
 * loops. */
static fsnn_shape beside(fsnn_net *net)
{
    int in = fsnn_net_input(net, FSNN_SHAPE(5));
    int late = delay(net, "late", "input");
    int cat =
        (int)VALID(fsnn_net_add(net, "concat", NULL, (int[]){in, delay(net, "d", "s")}, 2, NULL));
    int s = lif(net, "s", fsnn_net_linear(net, "fc", cat, 7, true));
    int out = sum(net, NULL, fsnn_net_linear(net, "o", s, 3, true),
                  fsnn_net_linear(net, "l", late, 3, true));
    fsnn_net_add(net, "readout", "out", &out, 1, NULL);
    return FSNN_SHAPE(5);
}

typedef fsnn_shape (*graph)(fsnn_net *net);
static const graph graphs[] = {full, one_to_one, image, nested, beside};

static fsnn_net *make(graph build, const fsnn_dynamics *d, fsnn_plan plan, fsnn_shape *in)
{
    fsnn_net *net = net_new();
    *in = build(net);
    GOOD(fsnn_net_wrap(net, d, &plan));
    return net;
}

/* ---- gradients by differences ---- */

static void check(int g, const fsnn_dynamics *d, const char *what)
{
    if (!check_turn())
        return;
    fsnn_plan plan = {.steps = 6,
                      .batch = 3,
                      .training = true,
                      .smooth = true,
                      .input_gradient = true,
                      .seed = 11};
    fsnn_shape in;
    fsnn_net *net = make(graphs[g], d, plan, &in);
    int64_t n = 18 * fsnn_shape_count(&in);
    float *x = malloc((size_t)n * sizeof *x);
    fill_normal(x, n, 0.7, 1, (uint64_t)g);
    double worst;
    const char *where;
    GOOD(fsnn_net_gradcheck(net, x, 3, &worst, &where));
    if (!(worst < 1.5e-2)) /* loops are curved: single precision has few digits left */
        fail_msg("graph %d, %s, method %s, %d terms: %.2e at %s", g, what,
                 fsnn_method_name(d->method), d->order->terms, worst, where);
    CASE("graph %d, %s, method %s", g, what, fsnn_method_name(d->method));
    gradcheck_double(net, x, 2);
    free(x);
    fsnn_net_destroy(net);
}

static void gradients(void **state)
{
    (void)state;
    fsnn_order orders[] = {fsnn_order_of(0.6),
                           {.terms = 2, .alpha = {0.4, 0.8}, .coefficient = {1, 0.6}}};
    static const struct {
        fsnn_method method;
        bool integer, implicit, one_term, drives;
    } methods[] = {{FSNN_EULER, .integer = true, .drives = true},
                   {FSNN_RK4, .integer = true, .drives = true},
                   {FSNN_GL, .implicit = false},
                   {FSNN_L1, .implicit = false},
                   {FSNN_GL, .implicit = true},
                   {FSNN_AB, .one_term = true, .drives = true},
                   {FSNN_TRAP, .one_term = true, .drives = true},
                   {FSNN_ABM, .one_term = true, .drives = true},
                   {FSNN_ML, .one_term = true, .drives = true}};
    for (int g = 0; g < FSNN_COUNT(graphs); g++)
        for (int m = 0; m < FSNN_COUNT(methods); m++)
            for (int o = 0; o < (methods[m].one_term ? 1 : 2); o++) {
                orders[o].learn_alpha = orders[o].learn_coefficient = true;
                fsnn_dynamics d = fsnn_dynamics_default(&orders[o]);
                d.method = methods[m].method;
                d.implicit = methods[m].implicit;
                d.integrator = methods[m].integer ? FSNN_ODEINT : FSNN_FDEINT;
                d.memory = o ? 4 : 0;
                options = gentle((g + m) % 3 == 1                         ? FSNN_RESET_JUMP
                                 : (g + m) % 3 == 2 && !methods[m].drives ? FSNN_RESET_SUBTRACT
                                                                          : FSNN_RESET_CURRENT);
                check(g, &d, fsnn_method_name(d.method));
            }
}

/* The same loops of neurons with several states. */
static void gradients_of_several(void **state)
{
    (void)state;
    static const fsnn_method methods[] = {FSNN_GL, FSNN_L1, FSNN_AB, FSNN_EULER};
    fsnn_order order = fsnn_order_of(0.6);
    order.learn_alpha = order.learn_coefficient = true;
    for (int g = 0; g < FSNN_COUNT(graphs); g++)
        for (int m = 0; m < FSNN_COUNT(methods); m++) {
            fsnn_dynamics d = fsnn_dynamics_default(&order);
            d.method = methods[m];
            d.integrator = methods[m] == FSNN_EULER ? FSNN_ODEINT : FSNN_FDEINT;
            d.memory = (g + m) % 2 ? 4 : 0;
            options = gentle((g + m) % 3 == 1 ? FSNN_RESET_JUMP : FSNN_RESET_CURRENT);
            for (int n = (g + m) % 2; n < FSNN_COUNT(neurons); n += 2) {
                several = &neurons[n];
                check(g, &d, several->kind);
            }
        }
    several = NULL;
}

/* ---- against a network in double precision that goes step by step ---- */

enum { T = 14, B = 3, IN = 4, OUT = 3, LAYERS = 3, WIDE = 8 };

/* Layers of neurons, each driven by W of some source now, or of a layer one step before. */
typedef struct wire {
    int to, from;   /* layers; from 0 is the input, layer l is l + 1 */
    bool late, one; /* a step before; one to one */
    const char *weight;
} wire;

static const int sizes[LAYERS + 1] = {IN, WIDE, WIDE, OUT};
/* 1 to itself, 3 to 1, 3 to 2, 2 to itself one to one, and forward ones */
static const wire wires[] = {{1, 0, false, false, "w10.weight"}, {1, 1, true, false, "w11.weight"},
                             {1, 3, true, false, "w13.weight"},  {2, 1, false, false, "w21.weight"},
                             {2, 2, true, true, NULL},           {2, 3, true, false, "w23.weight"},
                             {3, 2, false, false, "w32.weight"}};
static const char *const layer_params[] = {"tau", "threshold", "alpha"};

static int build_wired(fsnn_net *net)
{
    char name[16];
    int layer[LAYERS + 1] = {fsnn_net_input(net, FSNN_SHAPE(IN))};
    for (int l = 1; l <= LAYERS; l++) {
        int in[8], count = 0;
        for (int i = 0; i < FSNN_COUNT(wires); i++) {
            const wire *w = &wires[i];
            if (w->to != l)
                continue;
            snprintf(name, sizeof name, "s%d", w->from);
            in[count] = w->late ? delay(net, NULL, name) : layer[w->from];
            snprintf(name, sizeof name, "w%d%d", w->to, w->from);
            if (!w->one)
                in[count] = fsnn_net_linear(net, name, in[count], sizes[l], false);
            count++;
        }
        snprintf(name, sizeof name, "s%d", l);
        layer[l] =
            lif(net, name, count > 1 ? fsnn_net_add(net, "add", NULL, in, count, NULL) : in[0]);
    }
    return layer[LAYERS];
}

typedef struct model {
    double weight[FSNN_COUNT(wires)][WIDE * WIDE];
    double value[LAYERS + 1][3]; /* tau, threshold, alpha */
    int memory;
    bool smooth;
    double x[T][B][IN], r[T][B][OUT], out[T][B][OUT];
} model;

static double fire(const model *m, double arg)
{
    const double half_pi = acos(0);
    if (!m->smooth)
        return arg >= 0;
    return atan(half_pi * (double)options.surrogate.scale * arg) / (2 * half_pi) + 0.5;
}

/* Gruenwald-Letnikov, step 1, reset current: u_{n+1} = dv - s theta/tau - sum_j g_j u_{n+1-j} */
static double run_model(model *m)
{
    static double u[LAYERS + 1][T + 1][B][WIDE], s[LAYERS + 1][T][B][WIDE];
    double loss = 0;
    memset(u, 0, sizeof u);
    for (int k = 0; k < T; k++)
        for (int b = 0; b < B; b++)
            for (int l = 1; l <= LAYERS; l++)
                for (int n = 0; n < sizes[l]; n++) {
                    double I = 0, past = 0, g = 1;
                    for (int i = 0; i < FSNN_COUNT(wires); i++) {
                        const wire *w = &wires[i];
                        int at = k - w->late;
                        if (w->to != l || at < 0)
                            continue;
                        for (int j = w->one ? n : 0; j < (w->one ? n + 1 : sizes[w->from]); j++)
                            I += (w->one ? 1 : m->weight[i][n * sizes[w->from] + j]) *
                                 (w->from ? s[w->from][at][b][j] : m->x[at][b][j]);
                    }
                    double tau = m->value[l][0], theta = m->value[l][1], alpha = m->value[l][2];
                    for (int j = 1; j <= k + 1; j++) {
                        g *= 1 - (alpha + 1) / j;
                        if (!m->memory || j < m->memory)
                            past -= g * u[l][k + 1 - j][b][n];
                    }
                    double v = u[l][k][b][n], dv = (I - v) / tau, f = fire(m, v + dv - theta);
                    s[l][k][b][n] = f;
                    u[l][k + 1][b][n] = past + dv - f * theta / tau;
                    if (l == LAYERS) {
                        m->out[k][b][n] = f;
                        loss += f * m->r[k][b][n];
                    }
                }
    return loss;
}

static void copy_params(model *m, const fsnn_net *net)
{
    char name[32];
    for (int i = 0; i < FSNN_COUNT(wires); i++) {
        const fsnn_param *p = wires[i].weight ? fsnn_net_param_find(net, wires[i].weight) : NULL;
        for (int64_t n = 0; p && n < fsnn_shape_count(&p->shape); n++)
            m->weight[i][n] = (double)p->value[n];
    }
    for (int l = 1; l <= LAYERS; l++)
        for (int v = 0; v < 3; v++) {
            snprintf(name, sizeof name, "s%d.%s", l, layer_params[v]);
            m->value[l][v] = (double)fsnn_net_param_find(net, name)->value[0];
        }
}

/* The gradient `g` [n] of the numbers at `x` against central differences in double precision. */
static void compare(model *m, const char *what, double *x, const float *g, int64_t n, double scale)
{
    for (int64_t i = 0; i < n; i++) {
        const double e = 1e-5, was = x[i];
        x[i] = was + e;
        double up = run_model(m);
        x[i] = was - e;
        double slope = (up - run_model(m)) / (2 * e);
        x[i] = was;
        if (!(fabs(slope - (double)g[i]) <= 2e-4 * scale))
            fail_msg("memory %d: %s[%d]: %.7g, differences say %.7g, scale %g", m->memory, what,
                     (int)i, (double)g[i], slope, scale);
    }
}

static double largest(const float *g, int64_t n)
{
    double most = 1e-2;
    for (int64_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)g[i]));
    return most;
}

static fsnn_net *wired(int memory, fsnn_plan plan)
{
    fsnn_order order = fsnn_order_of(0.7);
    order.learn_alpha = true;
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.memory = memory;
    fsnn_net *net = net_new();
    build_wired(net);
    plan.steps = T;
    plan.batch = B;
    plan.seed = 5;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    return net;
}

static void feed(model *m, float *x, float *r)
{
    for (int64_t i = 0; i < T * B * IN; i++) {
        x[i] = (float)(2 + 2 * fsnn_random_normal(9, 1, (uint64_t)i));
        (&m->x[0][0][0])[i] = (double)x[i];
    }
    for (int64_t i = 0; i < T * B * OUT; i++) {
        r[i] = (float)fsnn_random_normal(9, 2, (uint64_t)i);
        (&m->r[0][0][0])[i] = (double)r[i];
    }
}

static void exact(void **state)
{
    (void)state;
    static model m;
    static float x[T * B * IN], r[T * B * OUT];
    options = gentle(FSNN_RESET_CURRENT);
    for (int memory = 0; memory < 10; memory += 3) {
        fsnn_net *net =
            wired(memory, (fsnn_plan){.training = true, .smooth = true, .input_gradient = true});
        const float *y, *gx;
        char name[32];
        m = (model){.memory = memory, .smooth = true};
        feed(&m, x, r);
        copy_params(&m, net);
        for (int call = 0; call < 2; call++) { /* the second from time 0 again */
            GOOD(fsnn_net_reset(net));
            GOOD(fsnn_net_forward(net, x, &y));
            run_model(&m);
            for (int i = 0; i < T * B * OUT; i++)
                if (!(fabs((double)y[i] - (&m.out[0][0][0])[i]) < 1e-5))
                    fail_msg("memory %d: output %d is %g, expected %g", memory, i, (double)y[i],
                             (&m.out[0][0][0])[i]);
            fsnn_net_zero_grad(net);
            GOOD(fsnn_net_backward(net, r, &gx));
        }
        compare(&m, "input", &m.x[0][0][0], gx, T * B * IN, largest(gx, T * B * IN));
        for (int i = 0; i < FSNN_COUNT(wires); i++) {
            const fsnn_param *p =
                wires[i].weight ? fsnn_net_param_find(net, wires[i].weight) : NULL;
            int64_t n = p ? fsnn_shape_count(&p->shape) : 0;
            if (p)
                compare(&m, p->name, m.weight[i], p->grad, n, largest(p->grad, n));
        }
        for (int l = 1; l <= LAYERS; l++)
            for (int v = 0; v < 3; v++) {
                snprintf(name, sizeof name, "s%d.%s", l, layer_params[v]);
                const fsnn_param *p = fsnn_net_param_find(net, name);
                compare(&m, name, &m.value[l][v], p->grad, 1, fmax(1, largest(p->grad, 1)));
            }
        fsnn_net_destroy(net);
    }
}

/* ---- what is said of loops, and what is refused ---- */

static void loop_numbers(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_shape in;
    fsnn_net *net = make(beside, &d, (fsnn_plan){.steps = 2, .batch = 1}, &in);
    static const struct {
        const char *node, *sources;
        int loop;
    } nodes[] = {{"late", "input", 1}, {"d", "s", 2}, {"fc", "concat1", 2},
                 {"s", "fc", 2},       {"o", "s", 0}, {"l", "late", 0}};
    for (int i = 0; i < FSNN_COUNT(nodes); i++) {
        CASE("nodes[%d]", i);
        fsnn_node_info info;
        GOOD(fsnn_net_node(net, (int)VALID(fsnn_net_node_find(net, nodes[i].node)), &info));
        assert_int_equal(info.loop, nodes[i].loop);
        assert_string_equal(info.sources, nodes[i].sources);
    }
    fsnn_net_destroy(net);
}

static void refused(fsnn_net *net, const char *sentence)
{
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    REFUSED(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 3, .batch = 2, .training = true}),
            ANY_ERROR, sentence);
    fsnn_net_destroy(net);
}

static fsnn_net *looped(const char *of, fsnn_shape shape, const char *norm, int64_t out)
{
    fsnn_net *net = net_new();
    int x = fsnn_net_linear(net, "fc", fsnn_net_input(net, FSNN_SHAPE(6)), 5, true);
    int d = (int)VALID(fsnn_net_add(net, "delay", "d", NULL, 0,
                                    &(fsnn_delay){.of = of, .shape = shape, .steps = 1}));
    int a = sum(net, "sum", x, fsnn_net_linear(net, "w", d, out, true));
    if (norm)
        a = (int)VALID(fsnn_net_add(net, norm, "bn", &a, 1, NULL));
    lif(net, "s", a);
    return net;
}

static void errors(void **state)
{
    (void)state;
    fsnn_shape none = {0};
    refused(looped("z", none, NULL, 5), "delay \"d\": there is no node \"z\"");
    refused(looped("sums", none, NULL, 5), "did you mean \"sum\"?");
    refused(looped("s.x", none, NULL, 5), "\"s.x\" is no source");
    refused(looped("s.1", none, NULL, 5), "reads output 1 of \"s\"");
    refused(looped("s", FSNN_SHAPE(7), NULL, 5), "it gives [7], but its source \"s\" is [5]");
    refused(looped("s", FSNN_SHAPE(0), NULL, 5), "dimension of 0");
    refused(looped("s", none, NULL, 4), "input 1 is [4] but input 0 is [5]");
    refused(looped("s", none, "batchnorm", 5), "stands in a loop");

    fsnn_net *net = net_new();
    fsnn_net_input(net, FSNN_SHAPE(6));
    lif(net, "s", fsnn_net_linear(net, "w", delay(net, "d", "s"), 3, true));
    refused(net,
            "the shape of \"s\" follows from nothing but the loop: give the delay its `shape`");

    several = &neurons[1]; /* what a neuron refuses is said, not that its shape is unknown */
    options.noise.mode = FSNN_NOISE_MEANFIELD;
    refused(looped("s", none, NULL, 5), "alif \"s\"");
    several = NULL;
    options.noise.mode = FSNN_NOISE_NONE;

    GOOD(fsnn_net_create(&net));
    int in = fsnn_net_input(net, FSNN_SHAPE(6));
    REFUSED(fsnn_net_delay(net, "d", ""), ANY_ERROR, "does not say of which node");
    REFUSED(fsnn_net_add(net, "delay", "d", &in, 1, &(fsnn_delay){.of = "s", .steps = 1}),
            ANY_ERROR, "it has a source, and is of \"s\"");
    fsnn_net_destroy(net);
}

/* A loop that lives on nothing but itself, with its shape declared: spikes by their own offset. */
static void declared(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_net *net = net_new();
    const float *y;
    static float x[4];
    fsnn_net_input(net, FSNN_SHAPE(1));
    fsnn_delay own = {.of = "s", .shape = FSNN_SHAPE(2), .steps = 1};
    int back = (int)VALID(fsnn_net_add(net, "delay", "d", NULL, 0, &own));
    options = FSNN_NEURON_DEFAULT;
    options.tau.value = 1;
    lif(net, "s", fsnn_net_linear(net, "w", back, 2, true));
    GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 4, .batch = 1}));
    float *w = fsnn_net_param_find(net, "w.weight")->value,
          *b = fsnn_net_param_find(net, "w.bias")->value;
    memcpy(w, (float[]){0, -2, 2, 0},
           4 * sizeof *w); /* the first lights the second, which puts it out */
    memcpy(b, (float[]){1.5F, 0}, 2 * sizeof *b);
    GOOD(fsnn_net_forward(net, x, &y));
    /* tau 1: v becomes I, and a spike takes the threshold, 1, from it */
    static const float expected[4][2] = {{1, 0}, {1, 1}, {0, 1}, {0, 0}};
    for (int k = 0; k < 4; k++)
        for (int i = 0; i < 2; i++)
            if (y[2 * k + i] != expected[k][i])
                fail_msg("step %d, neuron %d: %g", k, i, (double)y[2 * k + i]);
    fsnn_net_destroy(net);
}

/* Delayed lines go to what wants them channels-last, as images do. */
static void lines(void **state)
{
    (void)state;
    static const fsnn_shape shapes[] = {{2, {3, 4}}, {2, {1, 4}}, {3, {3, 4, 2}}};
    static const fsnn_pool pool = {.kernel = {1, 1}, .stride = {1, 1}};
    fsnn_order order = fsnn_order_of(1);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    for (int i = 0; i < FSNN_COUNT(shapes); i++) {
        CASE("shapes[%d]", i);
        fsnn_net *net = net_new();
        float x[2 * 24];
        const float *y;
        int64_t n = fsnn_shape_count(&shapes[i]);
        fill_uniform(x, 2 * n, 0, 1, 1);
        VALID(fsnn_net_input(net, shapes[i]));
        int back = (int)VALID(fsnn_net_delay(net, "d", "input"));
        VALID(fsnn_net_add(net, "maxpool", "p", &back, 1, &pool));
        GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 2, .batch = 1}));
        GOOD(fsnn_net_forward(net, x, &y));
        for (int64_t k = 0; k < n; k++)
            assert_true(y[k] == 0 && y[n + k] == x[k]);
        fsnn_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loop_numbers), cmocka_unit_test(declared),
        cmocka_unit_test(errors),       cmocka_unit_test(exact),
        cmocka_unit_test(gradients),    cmocka_unit_test(gradients_of_several),
        cmocka_unit_test(lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* v0 of a layer: a number each for channels and neurons, drawn, learned. A layer of many v0 is many
 * layers of one, bit for bit; gradients by differences for every method and reset. */
#include "double.h"
#include "nets.h"

enum { T = 24, B = 3, C = 4, P = 10, N = C * P };

typedef struct cell {
    const char *kind;
    fsnn_user o; /* begins with a fsnn_neuron */
    fsnn_method method;
    double alpha;
} cell;

static cell cell_of(const char *kind, fsnn_method method, fsnn_reset reset)
{
    cell c = {.kind = kind, .method = method, .alpha = 0.6};
    VALID(fsnn_kind_defaults(kind, &c.o));
    c.o.neuron.reset = reset;
    c.o.neuron.threshold.value = 0.75;
    c.o.neuron.detach_reset = false;
    c.o.neuron.surrogate.scale = 1.5;
    c.o.neuron.v_reset.value = -0.25;
    c.o.neuron.v0 = 0.125;
    if (strcmp(kind, "user") == 0)
        c.o.dv = "(-v*(1 + 0.5*tanh(v)) + I)/tau";
    return c;
}

static fsnn_net *net_of(const cell *c, fsnn_shape shape, const fsnn_plan *plan)
{
    fsnn_net *net = net_new();
    fsnn_order order = fsnn_order_of(c->alpha);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.method = c->method;
    d.step = 0.5;
    d.integrator = c->alpha == 1 ? FSNN_ODEINT : FSNN_FDEINT;
    int in = VALID(fsnn_net_input(net, shape));
    VALID(fsnn_net_add(net, c->kind, "cell", &in, 1, &c->o));
    GOOD(fsnn_net_wrap(net, &d, plan));
    return net;
}

/* Potentials [T, B, N] and outputs of a run. */
static void record(fsnn_net *net, const float *x, int64_t count, float *v, float *y)
{
    const float *out;
    GOOD(fsnn_net_forward(net, x, &out));
    memcpy(y, out, (size_t)count * sizeof *y);
    GOOD(fsnn_net_read_state(net, VALID(fsnn_net_node_find(net, "cell")), 0, v));
}

static const struct {
    fsnn_method method;
    fsnn_reset reset;
} all[] = {{FSNN_GL, FSNN_RESET_CURRENT},   {FSNN_GL, FSNN_RESET_VALUE},
           {FSNN_GL, FSNN_RESET_JUMP},      {FSNN_GL, FSNN_RESET_RESTART},
           {FSNN_L1, FSNN_RESET_SUBTRACT},  {FSNN_L1, FSNN_RESET_DELTA},
           {FSNN_AB, FSNN_RESET_CURRENT},   {FSNN_TRAP, FSNN_RESET_JUMP},
           {FSNN_ABM, FSNN_RESET_DELTA},    {FSNN_ML, FSNN_RESET_CURRENT},
           {FSNN_EULER, FSNN_RESET_VALUE},  {FSNN_HEUN, FSNN_RESET_CURRENT},
           {FSNN_RK4, FSNN_RESET_SUBTRACT}, {FSNN_GL, FSNN_RESET_NONE}};

static double start_of(int64_t n)
{
    return 0.7 * fsnn_random_uniform(9, 1, (uint64_t)n) - 0.2;
}

/* Of neurons [C, P] with a number each, or one a channel. */
static void many_are_one(void **state)
{
    (void)state;
    static const char *const kinds[] = {"lif", "readout", "alif"};
    static float x[T * B * N], one[T * B], v[2][T * B * N], y[2][T * B * N];
    const fsnn_plan plan = {.steps = T, .batch = B, .record = true};
    fill_normal(x, T * B * N, 0.7, 1, 1);
    for (int i = 0; i < FSNN_COUNT(all); i++)
        for (int k = 0; k < 3; k++)
            for (int per = FSNN_PER_CHANNEL; per <= FSNN_PER_NEURON; per++) {
                CASE("%s, %s, %s, %d", kinds[k], fsnn_method_name(all[i].method),
                     fsnn_reset_name(all[i].reset), per);
                cell c = cell_of(kinds[k], all[i].method, all[i].reset);
                if (k == 1)
                    c.o.neuron.reset = FSNN_RESET_CURRENT;
                if (c.method == FSNN_EULER || c.method == FSNN_HEUN || c.method == FSNN_RK4)
                    c.alpha = 1;
                if (k == 2 &&
                    (c.method == FSNN_TRAP || c.method == FSNN_ABM || c.method == FSNN_ML ||
                     c.method == FSNN_HEUN || c.method == FSNN_RK4))
                    continue;
                double values[N];
                for (int n = 0; n < N; n++)
                    values[n] = start_of(n);
                c.o.neuron.start = (fsnn_start){.per = (fsnn_per)per,
                                                .values = values,
                                                .count = per == FSNN_PER_NEURON ? N : C};
                fsnn_net *net = net_of(&c, FSNN_SHAPE(C, P), &plan);
                record(net, x, T * B * N, v[0], y[0]);
                fsnn_net_destroy(net);
                c.o.neuron.start = (fsnn_start){0};
                for (int n = 0; n < N; n += 7) {
                    c.o.neuron.v0 = values[per == FSNN_PER_NEURON ? n : n / P];
                    for (int r = 0; r < T * B; r++)
                        one[r] = x[r * N + n];
                    net = net_of(&c, FSNN_SHAPE(1), &plan);
                    record(net, one, T * B, v[1], y[1]);
                    fsnn_net_destroy(net);
                    for (int r = 0; r < T * B; r++) {
                        assert_true(v[0][r * N + n] == v[1][r]);
                        assert_true(y[0][r * N + n] == y[1][r]);
                    }
                }
            }
}

static void gradients(void **state)
{
    (void)state;
    static const char *const kinds[] = {"lif", "readout", "alif", "user", "if", "hard_lif"};
    static float x[T * B * N];
    const fsnn_plan plan = {
        .steps = T, .batch = B, .training = true, .smooth = true, .input_gradient = true};
    fill_normal(x, T * B * N, 0.7, 1, 1);
    for (int i = 0; i < FSNN_COUNT(all); i++)
        for (int k = 0; k < FSNN_COUNT(kinds); k++) {
            cell c = cell_of(kinds[k], all[i].method, all[i].reset);
            const bool integer =
                c.method == FSNN_EULER || c.method == FSNN_HEUN || c.method == FSNN_RK4;
            if (k == 1)
                c.o.neuron.reset = FSNN_RESET_CURRENT;
            if (c.o.neuron.reset == FSNN_RESET_RESTART) /* a history is emptied or it is not */
                c.o.neuron.threshold.value = 100;
            if ((k == 2 && (c.method == FSNN_TRAP || c.method == FSNN_ABM ||
                            c.method == FSNN_HEUN || c.method == FSNN_RK4)) ||
                ((k == 2 || k == 3) && c.method == FSNN_ML))
                continue;
            if (k == 5 && c.o.neuron.reset != FSNN_RESET_CURRENT)
                continue;
            c.alpha = integer ? 1 : c.alpha;
            c.o.neuron.start = (fsnn_start){.learn = true, .per = (fsnn_per)((i + k) % 3)};
            fsnn_net *net = net_of(&c, FSNN_SHAPE(C, 2), &plan);
            CASE("%s, %s, %s", kinds[k], fsnn_method_name(c.method),
                 fsnn_reset_name(c.o.neuron.reset));
            const fsnn_param *p = fsnn_net_param_find(net, "cell.v0");
            assert_non_null(p);
            assert_true(p->learn && p->neuron && p->range == FSNN_ANY && p->value[0] == 0.125f);
            const int64_t counts[] = {1, C, C * 2};
            assert_int_equal(fsnn_shape_count(&p->shape), counts[(i + k) % 3]);
            gradcheck_double(net, x, 2);
            fsnn_net_destroy(net);
        }
}

/* The same numbers in pieces, segments and a state that is carried over. */
static void pieces(void **state)
{
    (void)state;
    static float x[T * B * N], g[T * B * N], grad[2][N], y[2][T * B * N];
    const float *out;
    fill_normal(x, T * B * N, 0.7, 1, 1);
    fill_normal(g, T * B * N, 0, 1, 2);
    for (int i = 0; i < FSNN_COUNT(all); i++) {
        cell c = cell_of("lif", all[i].method, all[i].reset);
        if (c.o.neuron.reset == FSNN_RESET_RESTART)
            continue; /* no checkpointing with a full memory */
        if (c.method == FSNN_EULER || c.method == FSNN_HEUN || c.method == FSNN_RK4)
            c.alpha = 1;
        c.o.neuron.start = (fsnn_start){.learn = true, .per = FSNN_PER_NEURON};
        CASE("%s, %s", fsnn_method_name(c.method), fsnn_reset_name(c.o.neuron.reset));
        for (int cut = 0; cut < 2; cut++) {
            fsnn_net *net = net_of(
                &c, FSNN_SHAPE(C, P),
                &(fsnn_plan){.steps = T, .batch = B, .training = true, .checkpoint = cut ? 7 : 0});
            GOOD(fsnn_net_forward(net, x, &out));
            memcpy(y[cut], out, sizeof y[cut]);
            fsnn_net_zero_grad(net);
            GOOD(fsnn_net_backward(net, g, NULL));
            memcpy(grad[cut], fsnn_net_param_find(net, "cell.v0")->grad, sizeof grad[cut]);
            fsnn_net_destroy(net);
        }
        assert_memory_equal(y[0], y[1], sizeof y[0]);
        CLOSE("gradient of v0", grad[1], grad[0], N, 1e-4);
    }
}

static void draws(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    static const fsnn_draw draw[] = {FSNN_DRAW_UNIFORM, FSNN_DRAW_NORMAL};
    for (int i = 0; i < 2; i++) {
        cell c = cell_of("lif", FSNN_GL, FSNN_RESET_CURRENT);
        c.o.neuron.start = (fsnn_start){.per = FSNN_PER_NEURON, .draw = draw[i], .spread = 0.5};
        double sum[2] = {0, 0}, square[2] = {0, 0}, most = 0;
        float first[2] = {0, 0};
        for (int seed = 0; seed < 2; seed++) {
            fsnn_net *net =
                net_of(&c, FSNN_SHAPE(MANY),
                       &(fsnn_plan){.steps = 1, .batch = 1, .seed = 7 + (uint64_t)seed});
            const fsnn_param *p = fsnn_net_param_find(net, "cell.v0");
            assert_false(p->learn);
            first[seed] = p->value[0];
            for (int n = 0; n < MANY; n++) {
                const double d = p->value[n] - 0.125;
                sum[seed] += d;
                square[seed] += d * d;
                most = fmax(most, fabs(d));
            }
            NEAR("mean", sum[seed] / MANY, 0, 0.02);
            NEAR("deviation", sqrt(square[seed] / MANY), i ? 0.5 : 0.5 / sqrt(3), 0.02);
            fsnn_net_destroy(net);
        }
        assert_true(first[0] != first[1]);
        assert_true(i ? most > 1 : most <= 0.5);
    }
}

static void refused(const char *layer, const char *sentence)
{
    char text[300];
    snprintf(text, sizeof text, "input: [4]\nlayers: [{lif: {%s}}]\ndynamics: {alpha: 0.5}\n",
             layer);
    refuse_description(text, sentence);
}

static void refusals(void **state)
{
    (void)state;
    NEEDS("YAML");
    refused("v0: {draw: uniform, spread: 1}", "write `per: neuron` or `per: channel` beside it");
    refused("v0: {value: [1, 2, 3, 4], per: neuron, draw: normal, spread: 1}",
            "is drawn, too: one of them works");
    refused("v0: {value: [1, 2], per: neuron}", "v0 is a list of 2 values");
    refused("v0: {value: [1, 2]}", "but one for the layer");
    refused("v0: {draw: gamma, per: neuron}", "none, uniform, normal");
    fsnn_description *d;
    fsnn_net *net = net_described("input: [4]\nlayers: [{lif: {v0: 0.5, name: a}}, {lif: {v0: "
                                  "{value: 0.25, learn: true}, name: b}}]\n"
                                  "dynamics: {alpha: 0.5}\n",
                                  &d);
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(d), &(fsnn_plan){.steps = 1, .batch = 1}));
    char *text;
    GOOD(fsnn_net_describe(net, &text));
    assert_non_null(strstr(text, "\na.v0\t0.5\n")); /* as ever: one line */
    assert_null(strstr(text, "v0.learn"));
    assert_null(fsnn_net_param_find(net, "a.v0"));
    assert_non_null(fsnn_net_param_find(net, "b.v0"));
    free(text);
    fsnn_net_destroy(net);
    fsnn_description_destroy(d);
}

/* A user has a series in chunks, and lets the network find where the potential begins. Of a readout
 * with a leak alone the best v0 is known: the one that the chunk was made with. */
static void learned_from_chunks(void **state)
{
    (void)state;
    static const float current[T] = {0};
    const float *out;
    float want[T], g[T];
    cell c = cell_of("readout", FSNN_L1, FSNN_RESET_CURRENT);
    c.o.neuron.v0 = 0.8;
    const fsnn_plan plan = {.steps = T, .batch = 1, .training = true};
    fsnn_net *net = net_of(&c, FSNN_SHAPE(1), &plan);
    GOOD(fsnn_net_forward(net, current, &out));
    memcpy(want, out, sizeof want);
    fsnn_net_destroy(net);
    c.o.neuron.v0 = 0;
    c.o.neuron.start.learn = true;
    net = net_of(&c, FSNN_SHAPE(1), &plan);
    const fsnn_param *p = fsnn_net_param_find(net, "cell.v0");
    for (int i = 0; i < 200; i++) {
        GOOD(fsnn_net_reset(net));
        GOOD(fsnn_net_forward(net, current, &out));
        for (int k = 0; k < T; k++)
            g[k] = out[k] - want[k];
        fsnn_net_zero_grad(net);
        GOOD(fsnn_net_backward(net, g, NULL));
        p->value[0] -= 0.05f * p->grad[0];
        GOOD(fsnn_net_params_changed(net));
    }
    NEAR("v0", p->value[0], 0.8, 1e-4);
    fsnn_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_are_one), cmocka_unit_test(gradients),
        cmocka_unit_test(pieces),       cmocka_unit_test(draws),
        cmocka_unit_test(refusals),     cmocka_unit_test(learned_from_chunks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

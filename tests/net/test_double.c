/* Networks in double precision: against the recursions written out in plain C; what is the same
 * however time is cut; the change from one precision to the other and back; what is refused. */
#include "double.h"
#include "nets.h"

enum { T = 300, B = 2, IN = 4, HIDDEN = 5, OUT = 3 };

/* ---- a network as plain loops ---- */

typedef struct reference {
    double v[T][B][HIDDEN], spikes[T][B][HIDDEN], out[T][B][OUT];
} reference;

/* v_{k+1} = h^a f_k - sum_{j=1..k+1} g_j v_{k+1-j}, g_j = (-1)^j binomial(a, j); f is the drive,
 * without what the spike takes of it (reset current). Gruenwald and Letnikov, v_0 = 0. */
static double next(const double *past, int64_t k, int64_t stride, double alpha, double h, double f)
{
    double sum = 0, g = 1;
    for (int64_t j = 1; j <= k; j++) {
        g *= 1 - (alpha + 1) / (double)j;
        sum += g * past[(k - j) * stride];
    }
    return pow(h, alpha) * f - sum;
}

static double weight(const fsnn_net *net, const char *name, int64_t i)
{
    const fsnn_param *p = fsnn_net_param_find(net, name);
    assert_non_null(p);
    assert_null(p->value);
    assert_null(p->grad);
    return p->value64[i];
}

static void layer(const fsnn_net *net, const double *x, double alpha, double h, reference *r)
{
    for (int64_t b = 0; b < B; b++)
        for (int64_t i = 0; i < HIDDEN; i++)
            for (int64_t k = 0; k < T; k++) {
                double I = weight(net, "a.bias", i), v = k ? r->v[k - 1][b][i] : 0;
                for (int64_t n = 0; n < IN; n++)
                    I += weight(net, "a.weight", i * IN + n) * x[(k * B + b) * IN + n];
                double dv = (-v + I) / 2, s = v + dv - 0.9 >= 0;
                r->spikes[k][b][i] = s;
                r->v[k][b][i] = next(&r->v[0][b][i], k, B * HIDDEN, alpha, h, dv - s * 0.9 / 2);
            }
}

static void readout(const fsnn_net *net, double alpha, double h, reference *r)
{
    for (int64_t b = 0; b < B; b++)
        for (int64_t i = 0; i < OUT; i++)
            for (int64_t k = 0; k < T; k++) {
                double I = weight(net, "b.bias", i), v = k ? r->out[k - 1][b][i] : 0;
                for (int64_t n = 0; n < HIDDEN; n++)
                    I += weight(net, "b.weight", i * HIDDEN + n) * r->spikes[k][b][n];
                r->out[k][b][i] = next(&r->out[0][b][i], k, B * OUT, alpha, h, (-v + I) / 2);
            }
}

static fsnn_net *build(void)
{
    fsnn_net *net = net_new();
    fsnn_neuron o = FSNN_NEURON_DEFAULT;
    o.threshold.value = 0.9;
    int x = fsnn_net_linear(net, "a", fsnn_net_input(net, FSNN_SHAPE(IN)), HIDDEN, true);
    x = fsnn_net_lif(net, "cell", x, &o);
    x = fsnn_net_linear(net, "b", x, OUT, true);
    VALID(fsnn_net_add(net, "readout", "out", &x, 1, &o));
    return net;
}

static fsnn_net *wrapped(fsnn_precision precision, int64_t steps, bool record)
{
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.step = 0.25;
    d.precision = precision;
    fsnn_net *net = build();
    GOOD(fsnn_net_wrap(net, &d,
                       &(fsnn_plan){.steps = steps, .batch = B, .record = record, .seed = 3}));
    return net;
}

static double *input(void)
{
    double *x = malloc(T * B * IN * sizeof *x);
    for (int i = 0; i < T * B * IN; i++)
        x[i] = 3 + 4 * fsnn_random_normal(5, 0, (uint64_t)i);
    return x;
}

static void close_to(const char *what, const double *found, const double *wanted, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!(fabs(found[i] - wanted[i]) <= 1e-12 * fmax(1, fabs(wanted[i]))))
            fail_msg("%s[%lld] is %.17g, expected %.17g", what, (long long)i, found[i], wanted[i]);
}

static void plain_loops(void **state)
{
    (void)state;
    static reference r;
    static double v[T * B * HIDDEN], s[T * B * HIDDEN];
    double *x = input(), fired = 0;
    const double *y;
    fsnn_net *net = wrapped(FSNN_PRECISION_DOUBLE, T, true);
    int cell = fsnn_net_node_find(net, "cell");
    layer(net, x, 0.7, 0.25, &r);
    readout(net, 0.7, 0.25, &r);
    GOOD(fsnn_net_forward_double(net, x, &y));
    close_to("output", y, &r.out[0][0][0], T * B * OUT);
    GOOD(fsnn_net_read_double(net, cell, FSNN_RECORD_V, v));
    GOOD(fsnn_net_read_double(net, cell, FSNN_RECORD_SPIKES, s));
    close_to("v", v, &r.v[0][0][0], T * B * HIDDEN);
    close_to("spikes", s, &r.spikes[0][0][0], T * B * HIDDEN);
    for (int i = 0; i < T * B * HIDDEN; i++)
        fired += s[i];
    assert_true(fired > 50 && fired < T * B * HIDDEN);
    GOOD(fsnn_net_read_state_double(net, cell, 0, s));
    assert_memory_equal(s, v, sizeof s);
    free(x);
    fsnn_net_destroy(net);
}

/* ---- however time is cut ---- */

static void chunks(void **state)
{
    (void)state;
    double *x = input(), *parts = malloc(T * B * OUT * sizeof *parts);
    const double *y;
    fsnn_net *whole = wrapped(FSNN_PRECISION_DOUBLE, T, false),
             *cut = wrapped(FSNN_PRECISION_DOUBLE, 30, false);
    for (int k = 0; k < T; k += 30) {
        GOOD(fsnn_net_forward_double(cut, x + k * B * IN, &y));
        memcpy(parts + k * B * OUT, y, 30 * B * OUT * sizeof *y);
        if (k == 120) { /* and from a state that was saved */
            int64_t bytes = VALID(fsnn_net_state_bytes(cut));
            char *kept = malloc((size_t)bytes);
            GOOD(fsnn_net_state_save(cut, kept));
            GOOD(fsnn_net_reset(cut));
            GOOD(fsnn_net_state_load(cut, kept, bytes));
            free(kept);
        }
    }
    GOOD(fsnn_net_forward_double(whole, x, &y));
    assert_memory_equal(y, parts, T * B * OUT * sizeof *y);
    free(x);
    free(parts);
    fsnn_net_destroy(whole);
    fsnn_net_destroy(cut);
}

/* Gradients in segments are those of the whole, but for rounding. */
static void segments(void **state)
{
    (void)state;
    enum { K = 48 };
    double *x = input(), *g = malloc(K * B * OUT * sizeof *g), *kept = malloc(1 << 16);
    fsnn_order order = fsnn_order_of(0.7);
    order.learn_alpha = true;
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.precision = FSNN_PRECISION_DOUBLE;
    for (int i = 0; i < K * B * OUT; i++)
        g[i] = fsnn_random_normal(6, 0, (uint64_t)i);
    for (int way = 0; way < 2; way++) {
        const double *y, *gx;
        int64_t at = 0;
        fsnn_plan plan = {.steps = K,
                          .batch = B,
                          .training = true,
                          .input_gradient = true,
                          .seed = 3,
                          .checkpoint = way ? 7 : 0};
        fsnn_net *net = build();
        GOOD(fsnn_net_wrap(net, &d, &plan));
        GOOD(fsnn_net_forward_double(net, x, &y));
        fsnn_net_zero_grad(net);
        GOOD(fsnn_net_backward_double(net, g, &gx));
        for (int p = -1; p < fsnn_net_param_count(net); p++) {
            const fsnn_param *param = p < 0 ? NULL : fsnn_net_param(net, p);
            const double *grad = param ? param->grad64 : gx;
            int64_t n = param ? fsnn_shape_count(&param->shape) : K * B * IN;
            CASE("%s", param ? param->name : "input");
            if (way)
                close_to("gradient", grad, kept + at, n);
            else
                memcpy(kept + at, grad, (size_t)n * sizeof *grad);
            at += n;
        }
        fsnn_net_destroy(net);
    }
    free(x);
    free(g);
    free(kept);
}

/* Lists of spikes are exact in either precision: the same bits as their dense numbers. */
static void lists(void **state)
{
    (void)state;
    enum { K = 40 };
    int64_t start[K * B];
    int32_t count[K * B], index[K * B * IN];
    double dense[K * B * IN] = {0}, *kept = malloc(K * B * OUT * sizeof *kept);
    const double *y;
    int64_t at = 0;
    for (int r = 0; r < K * B; r++) {
        start[r] = at;
        for (int i = 0; i < IN; i++)
            if (fsnn_random_u32(8, 0, (uint64_t)(r * IN + i)) & 1) {
                index[at++] = i;
                dense[r * IN + i] = 1;
            }
        count[r] = (int32_t)(at - start[r]);
    }
    fsnn_spikes spikes = {K, B, IN, start, count, index, NULL};
    fsnn_net *net = wrapped(FSNN_PRECISION_DOUBLE, K, false);
    GOOD(fsnn_net_forward_spikes_double(net, &spikes, &y));
    memcpy(kept, y, K * B * OUT * sizeof *y);
    GOOD(fsnn_net_reset(net));
    GOOD(fsnn_net_forward_double(net, dense, &y));
    close_to("output", kept, y, K * B * OUT);
    free(kept);
    fsnn_net_destroy(net);
}

/* ---- from one precision to the other ---- */

static void change(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = 3, .batch = B, .seed = 3};
    fsnn_net *net = build();
    float kept[HIDDEN * IN];
    int64_t activations, wide, parameters[2];
    GOOD(fsnn_net_wrap(net, &d, &plan));
    assert_int_equal(fsnn_net_precision(net), FSNN_PRECISION_SINGLE);
    memcpy(kept, fsnn_net_param_find(net, "a.weight")->value, sizeof kept);
    GOOD(fsnn_net_memory(net, &activations, NULL, &parameters[0]));
    d.precision = FSNN_PRECISION_DOUBLE;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    GOOD(fsnn_net_memory(net, &wide, NULL, &parameters[1]));
    assert_true(wide == 2 * activations);
    assert_true(parameters[1] == 2 * parameters[0]);
    const fsnn_param *p = fsnn_net_param_find(net, "a.weight");
    for (int i = 0; i < HIDDEN * IN; i++)
        assert_true(p->value64[i] == (double)kept[i]);
    p->value64[0] = 0.1;
    /* what was given and not learned is as it was given */
    assert_true(fsnn_net_param_find(net, "cell.alpha")->value64[0] == 0.7);
    assert_true(fsnn_net_param_find(net, "cell.threshold")->value64[0] == 0.9);
    d.precision = FSNN_PRECISION_SINGLE;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    p = fsnn_net_param_find(net, "a.weight");
    assert_null(p->value64);
    assert_true(p->value[0] == 0.1f && p->value[1] == kept[1]);
    fsnn_net_destroy(net);
}

/* An equation, a kind of equations, a graph and a delay are made anew as they were. */
static void made_anew(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = 20, .batch = B, .seed = 3};
    double x[20 * B * 6];
    const double *out;
    fsnn_user user = {.neuron = FSNN_NEURON_DEFAULT,
                      .dv = "(-v + tanh(a*I))/tau",
                      .params = 1,
                      .param = {{"a", {.value = 1.5}}}};
    fsnn_user alif = {
        .neuron = FSNN_NEURON_DEFAULT, .params = 1, .param = {{"beta", {.value = 0.25}}}};
    fsnn_graph_matrix m = {.nodes = 3,
                           .start = (int64_t[]){0, 1, 3, 4},
                           .column = (int32_t[]){1, 0, 2, 1},
                           .weight = (float[]){0.5f, 0.25f, 0.75f, 1}};
    fsnn_graph_layer graph = {.matrix = &m};
    double first[20 * B * 6];
    for (int i = 0; i < FSNN_COUNT(x); i++)
        x[i] = 1 + 3 * fsnn_random_normal(9, 0, (uint64_t)i);
    fsnn_net *net = net_new();
    int in = fsnn_net_input(net, FSNN_SHAPE(3, 2));
    int g = fsnn_net_add(net, "graph", "g", &in, 1, &graph);
    int back = fsnn_net_delay(net, "back", "alif");
    int sum = fsnn_net_add(net, "add", "sum", (int[]){g, back}, 2, NULL);
    int mine = fsnn_net_user(net, "mine", sum, &user);
    VALID(fsnn_net_add(net, "alif", "alif", &mine, 1, &alif));
    for (int way = 0; way < 3; way++) {
        d.precision = way == 1 ? FSNN_PRECISION_SINGLE : FSNN_PRECISION_DOUBLE;
        GOOD(fsnn_net_wrap(net, &d, &plan));
        assert_true(fsnn_net_param_find(net, "alif.beta")->shape.dim[0] == 1);
        if (way == 1)
            continue;
        GOOD(fsnn_net_forward_double(net, x, &out));
        if (way)
            assert_memory_equal(out, first, sizeof first);
        memcpy(first, out, sizeof first);
    }
    fsnn_node_info info;
    GOOD(fsnn_net_node(net, fsnn_net_node_find(net, "mine"), &info));
    assert_string_equal(info.equations, "dv = (-v + tanh(a*I))/tau");
    fsnn_net_destroy(net);
}

/* ---- what is refused ---- */

static int callback(const fsnn_neuron_rows *at, float *out, void *user)
{
    (void)user;
    memcpy(out, at->I, (size_t)at->n * sizeof *out);
    return 0;
}

static void refused(void **state)
{
    (void)state;
    float x[3 * B * IN] = {0}, v[3 * B * HIDDEN], g[3 * B * OUT];
    double xx[3 * B * IN] = {0}, vv[3 * B * HIDDEN], gg[3 * B * OUT], worst;
    const char *where;
    fsnn_net *one = wrapped(FSNN_PRECISION_SINGLE, 3, true),
             *two = wrapped(FSNN_PRECISION_DOUBLE, 3, true);
    REFUSED(fsnn_net_forward(two, x, NULL), FSNN_EUNSUPPORTED, "call fsnn_net_forward_double");
    REFUSED(fsnn_net_forward_double(one, xx, NULL), FSNN_EUNSUPPORTED,
            "fsnn_net_forward_double is for nets in double precision, and this one computes in "
            "single: call fsnn_net_forward");
    GOOD(fsnn_net_forward(one, x, NULL));
    GOOD(fsnn_net_forward_double(two, xx, NULL));
    REFUSED(fsnn_net_read(two, 2, FSNN_RECORD_V, v), FSNN_EUNSUPPORTED, "fsnn_net_read_double");
    REFUSED(fsnn_net_read_double(one, 2, FSNN_RECORD_V, vv), FSNN_EUNSUPPORTED, "fsnn_net_read");
    REFUSED(fsnn_net_read_state(two, 2, 0, v), FSNN_EUNSUPPORTED, "fsnn_net_read_state_double");
    fsnn_spikes spikes = {0};
    REFUSED(fsnn_net_forward_spikes(two, &spikes, NULL), FSNN_EUNSUPPORTED,
            "fsnn_net_forward_spikes_double");
    fsnn_plan plan = {
        .steps = 3, .batch = B, .training = true, .smooth = true, .input_gradient = true};
    GOOD(fsnn_net_replan(one, &plan));
    GOOD(fsnn_net_replan(two, &plan));
    REFUSED(fsnn_net_backward(two, g, NULL), FSNN_EUNSUPPORTED, "fsnn_net_backward_double");
    REFUSED(fsnn_net_backward_double(one, gg, NULL), FSNN_EUNSUPPORTED, "fsnn_net_backward");
    REFUSED(fsnn_net_gradcheck(two, x, 1, &worst, &where), FSNN_EUNSUPPORTED,
            "fsnn_net_gradcheck_double");
    /* states */
    int64_t bytes = VALID(fsnn_net_state_bytes(one));
    char *kept = malloc((size_t)bytes);
    GOOD(fsnn_net_state_save(one, kept));
    REFUSED(fsnn_net_state_load(two, kept, bytes), FSNN_ESHAPE,
            "the state is of a net in single precision, and this one computes in double");
    free(kept);
    /* what has no double */
    fsnn_neuron_callback c = {.dv = callback};
    GOOD(fsnn_neuron_register("single only", &c));
    fsnn_user mine = {.neuron = FSNN_NEURON_DEFAULT, .callback = "single only"};
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.precision = FSNN_PRECISION_DOUBLE;
    plan = (fsnn_plan){.steps = 3, .batch = B};
    fsnn_net *called = net_new();
    VALID(fsnn_net_user(called, "mine", fsnn_net_input(called, FSNN_SHAPE(2)), &mine));
    REFUSED(fsnn_net_wrap(called, &d, &plan), FSNN_EUNSUPPORTED,
            "user \"mine\": the callback \"single only\" computes in single precision");
    d.precision = FSNN_PRECISION_SINGLE;
    GOOD(fsnn_net_wrap(called, &d, &plan));
    d.precision = (fsnn_precision)7;
    REFUSED(fsnn_net_wrap(called, &d, &plan), FSNN_EARGUMENT, "there is no precision number 7");
    fsnn_net_destroy(called);
    fsnn_net_destroy(one);
    fsnn_net_destroy(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_loops), cmocka_unit_test(chunks), cmocka_unit_test(segments),
        cmocka_unit_test(lists),       cmocka_unit_test(change), cmocka_unit_test(made_anew),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Plans for streams: linear layers of few rows have weights of their own layout. The numbers are
 * those of other plans but for rounding; zeros, lists and threads change no bit; weights that are
 * written count when they are told. */
#include "nets.h"

#define SAME_BITS(what, got, want, n)                                                              \
    do {                                                                                           \
        CASE("%s", what);                                                                          \
        assert_memory_equal(got, want, (size_t)(n) * sizeof(float));                               \
    } while (0)

enum { IN = 900, MOST = 140, ROWS = 6 };

static float x[ROWS * IN];

static void fill(double rate)
{
    for (int i = 0; i < ROWS * IN; i++)
        x[i] = fsnn_random_uniform(3, 1, (uint64_t)i) < rate
                   ? (float)fsnn_random_normal(3, 2, (uint64_t)i)
                   : 0;
}

static fsnn_net *build(int64_t in, int64_t out, bool bias)
{
    fsnn_net *net = net_new();
    VALID(fsnn_net_linear(net, "fc", fsnn_net_input(net, FSNN_SHAPE(in)), out, bias));
    return net;
}

static void wrap(fsnn_net *net, int64_t steps, int64_t batch, bool stream)
{
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = steps, .batch = batch, .seed = 4, .stream = stream};
    GOOD(fsnn_net_wrap(net, &d, &plan));
}

static const float *outputs(fsnn_net *net, const float *in)
{
    const float *y;
    GOOD(fsnn_net_forward(net, in, &y));
    return y;
}

/* Sums in double precision. */
static void reference(const fsnn_net *net, int64_t in, int64_t out, int64_t rows, float *y)
{
    const float *w = fsnn_net_param_find(net, "fc.weight")->value;
    const fsnn_param *b = fsnn_net_param_find(net, "fc.bias");
    for (int64_t r = 0; r < rows; r++)
        for (int64_t o = 0; o < out; o++) {
            double sum = b ? (double)b->value[o] : 0;
            for (int64_t i = 0; i < in; i++)
                sum += (double)w[o * in + i] * (double)x[r * in + i];
            y[r * out + o] = (float)sum;
        }
}

static void sizes(void **state)
{
    (void)state;
    static const int64_t in[] = {1, 15, 64, 200, IN}, out[] = {1, 10, 16, 17, 40, 64, 65, MOST};
    static const double rate[] = {0, 0.02, 0.3, 0.9, 1};
    static float want[ROWS * MOST];
    for (int c = 0; c < 5 * 8 * 5; c++) {
        int64_t m = in[c % 5], n = out[c / 5 % 8], steps = 1 + c % 2, batch = 1 + c % 3;
        CASE("%d -> %d, %d rows, rate %g", (int)m, (int)n, (int)(steps * batch), rate[c / 40]);
        fill(rate[c / 40]);
        fsnn_net *net = build(m, n, c % 4 != 0);
        wrap(net, steps, batch, true);
        reference(net, m, n, steps * batch, want);
        CLOSE("output", outputs(net, x), want, steps * batch * n, 1e-5);
        fsnn_net_destroy(net);
    }
}

/* The row x as a list, with and without its zeros; at 80 % the dense row is not listed. */
static void lists(void **state)
{
    (void)state;
    static const double rate[] = {0.05, 0.5, 0.8};
    for (int c = 0; c < 6; c++) {
        CASE("rate %g, %s", rate[c % 3], c < 3 ? "values" : "ones");
        float dense[IN], value[IN], y[3][MOST];
        int32_t index[IN], count = 0;
        fill(rate[c % 3]);
        for (int i = 0; i < IN; i++) {
            dense[i] = c < 3 ? x[i] : x[i] != 0;
            if (dense[i] != 0) {
                index[count] = i;
                value[count++] = dense[i];
            }
        }
        fsnn_net *net = build(IN, MOST, true);
        wrap(net, 1, 1, true);
        memcpy(y[0], outputs(net, dense), sizeof y[0]);
        fsnn_spikes s = {1, 1, IN, (int64_t[]){0}, &count, index, c < 3 ? value : NULL};
        const float *out;
        GOOD(fsnn_net_forward_spikes(net, &s, &out));
        memcpy(y[1], out, sizeof y[1]);
        SAME_BITS("as a list", y[0], y[1], MOST);
        for (int i = 0; i < IN; i++)
            index[i] = i;
        count = IN;
        s = (fsnn_spikes){1, 1, IN, (int64_t[]){0}, &count, index, dense};
        GOOD(fsnn_net_forward_spikes(net, &s, &out));
        memcpy(y[2], out, sizeof y[2]);
        SAME_BITS("zeros listed too", y[0], y[2], MOST);
        fsnn_net_destroy(net);
    }
}

/* Large enough for several threads. */
static void threads(void **state)
{
    (void)state;
    enum { WIDE = 2000, TALL = 700 };
    static float in[WIDE], y[2][TALL];
    for (int i = 0; i < WIDE; i++)
        in[i] = (float)fsnn_random_normal(3, 5, (uint64_t)i);
    for (int t = 0; t < 2; t++) {
        GOOD(fsnn_threads_set(1 + t));
        fsnn_net *net = build(WIDE, TALL, true);
        wrap(net, 1, 1, true);
        memcpy(y[t], outputs(net, in), sizeof y[t]);
        fsnn_net_destroy(net);
    }
    GOOD(fsnn_threads_set(0));
    SAME_BITS("one thread and two", y[0], y[1], TALL);
}

/* Where the plain kernels multiply, the sums are theirs: chunks of any length have equal bits. */
static void chunks(void **state)
{
    (void)state;
    static float whole[5 * MOST];
    if (check_built_with("oneDNN"))
        skip();
    fill(0.5);
    fsnn_net *net = build(IN, MOST, true);
    wrap(net, 5, 1, false);
    memcpy(whole, outputs(net, x), sizeof whole);
    for (int plan = 0; plan < 2; plan++) {
        wrap(net, 1, 1, plan);
        for (int k = 0; k < 5; k++)
            SAME_BITS("a step", outputs(net, x + k * IN), whole + k * MOST, MOST);
    }
    fsnn_net_destroy(net);
}

static void weights_move(void **state)
{
    (void)state;
    float before[MOST], after[MOST], bound[MOST], *own = calloc(2 * MOST * IN, sizeof *own);
    fill(0.5);
    fsnn_net *net = build(IN, MOST, true);
    wrap(net, 1, 1, true);
    memcpy(before, outputs(net, x), sizeof before);
    const fsnn_param *w = fsnn_net_param_find(net, "fc.weight"),
                     *b = fsnn_net_param_find(net, "fc.bias");
    for (int i = 0; i < MOST * IN; i++)
        w->value[i] *= 2;
    for (int o = 0; o < MOST; o++)
        b->value[o] *= 2;
    GOOD(fsnn_net_params_changed(net));
    memcpy(after, outputs(net, x), sizeof after);
    for (int o = 0; o < MOST; o++)
        assert_true(after[o] == 2 * before[o]);
    /* in memory of the caller's, without a word to the net beyond fsnn_net_bind */
    GOOD(fsnn_net_bind(net, 0, own, own + MOST * IN));
    memcpy(bound, outputs(net, x), sizeof bound);
    SAME_BITS("zeros bound: the bias is left", bound, b->value, MOST);
    fsnn_net_destroy(net);
    free(own);
}

/* From a plan for a stream to one of many rows, and back, the state goes on. */
static void replanned(void **state)
{
    (void)state;
    float v[2][8];
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    d.memory = 30;
    fill(0.5);
    for (int s = 0; s < 2; s++) {
        fsnn_net *net = net_new();
        int y = fsnn_net_linear(net, NULL, fsnn_net_input(net, FSNN_SHAPE(IN)), 8, true);
        fsnn_neuron lif = FSNN_NEURON_DEFAULT;
        VALID(fsnn_net_lif(net, "n", y, &lif));
        fsnn_plan plan = {.steps = 1, .batch = 1, .stream = s, .record = true};
        GOOD(fsnn_net_wrap(net, &d, &plan));
        for (int k = 0; k < 100; k++)
            outputs(net, x + k % ROWS * IN);
        plan.steps = ROWS;
        GOOD(fsnn_net_replan(net, &plan));
        outputs(net, x);
        plan.steps = 1;
        plan.stream = !s;
        GOOD(fsnn_net_replan(net, &plan));
        outputs(net, x);
        GOOD(fsnn_net_read(net, fsnn_net_node_find(net, "n"), FSNN_RECORD_V, v[s]));
        fsnn_net_destroy(net);
    }
    CLOSE("potentials", v[0], v[1], 8, 1e-4);
}

static void in_double(void **state)
{
    (void)state;
    NEEDS("double precision");
    double wide[IN], y[2][MOST];
    fill(0.4);
    for (int i = 0; i < IN; i++)
        wide[i] = (double)x[i];
    for (int s = 0; s < 2; s++) {
        fsnn_net *net = build(IN, MOST, true);
        fsnn_dynamics d = fsnn_dynamics_default(NULL);
        d.integrator = FSNN_ODEINT;
        d.precision = FSNN_PRECISION_DOUBLE;
        GOOD(fsnn_net_wrap(net, &d, &(fsnn_plan){.steps = 1, .batch = 1, .seed = 1, .stream = s}));
        const double *out;
        GOOD(fsnn_net_forward_double(net, wide, &out));
        memcpy(y[s], out, sizeof y[s]);
        fsnn_net_destroy(net);
    }
    for (int o = 0; o < MOST; o++)
        assert_true(y[0][o] == y[1][o]); /* the plain kernels' sums */
}

static void refused(void **state)
{
    (void)state;
    fsnn_net *net = build(4, 2, true);
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    fsnn_plan plan = {.steps = 1, .batch = 1, .stream = true, .training = true};
    REFUSED(fsnn_net_wrap(net, &d, &plan), FSNN_EARGUMENT, "leave stream or training out");
    fsnn_net_destroy(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),     cmocka_unit_test(lists),        cmocka_unit_test(threads),
        cmocka_unit_test(chunks),    cmocka_unit_test(weights_move), cmocka_unit_test(replanned),
        cmocka_unit_test(in_double), cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

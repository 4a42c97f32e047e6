/* The product that is made for the sizes of a linear layer: the numbers of dense_gemm up to
 * rounding, whatever the rows and threads; which sizes have one, and FSNN_LINEAR; layers of
 * networks, in loops and out of them, that take it. */
#include "nets.h"
#include "tensor/dense.h"

enum { MOST = 1 << 22 };

static float x[MOST], w[MOST], got[MOST], want[MOST];

static void ask(const char *way)
{
    assert_int_equal(way ? setenv("FSNN_LINEAR", way, 1) : unsetenv("FSNN_LINEAR"), 0);
}

/* Many zeros and a few large numbers. */
static void fill(float *to, int64_t n, uint64_t stream)
{
    assert_true(n <= MOST);
    for (int64_t i = 0; i < n; i++) {
        double share = fsnn_random_uniform(8, stream, (uint64_t)i);
        to[i] = share < 0.3 ? 0 : (float)((share - 0.6) * (share < 0.305 ? 30 : 1));
    }
}

/* rows, in, out */
static const int64_t sizes[][3] = {
    {1, 5, 3},       {16, 784, 1000}, {64, 784, 2560}, {256, 784, 128}, {100, 300, 700},
    {37, 500, 333},  {500, 384, 100}, {33, 385, 999},  {512, 2560, 16}, {48, 4608, 64},
    {256, 10, 2560}, {7, 1, 50},      {9, 50, 1},
};

static dense_linear *made(int64_t rows, int64_t in, int64_t out)
{
    dense_linear *linear;
    GOOD(dense_linear_create(rows, in, out, &linear));
    return linear;
}

/* Of the first `rows` of x. */
static void run(const dense_linear *linear, float *y)
{
    void *scratch = fsnn_alloc(dense_linear_scratch(linear) + 1);
    assert_non_null(scratch);
    GOOD(dense_linear_forward(linear, x, w, y, scratch));
    fsnn_free(scratch);
}

static bool there_are_some(void)
{
    ask("made");
    dense_linear *linear = made(64, 64, 64);
    dense_linear_destroy(linear);
    return linear != NULL;
}

static void numbers_of_the_other(void **state)
{
    (void)state;
    if (!there_are_some())
        skip(); /* the processor, or the form of the dense kernels, has none */
    for (int i = 0; i < FSNN_COUNT(sizes); i++) {
        int64_t rows = sizes[i][0], in = sizes[i][1], out = sizes[i][2];
        CASE("%lld rows, %lld -> %lld", (long long)rows, (long long)in, (long long)out);
        dense_linear *linear = made(rows, in, out);
        assert_non_null(linear);
        fill(x, rows * in, 1);
        fill(w, out * in, 2);
        fill(got, rows * out, 3); /* is written over */
        GOOD(dense_gemm('N', 'T', rows, out, in, 1, x, in, w, in, 0, want, out));
        run(linear, got);
        CLOSE("product", got, want, rows * out, 1e-5);
        dense_linear_destroy(linear);
    }
    ask(NULL);
}

/* A sample's numbers are the same in a batch of any size and with any threads. */
static void rows_and_threads(void **state)
{
    (void)state;
    int before = fsnn_threads();
    if (!there_are_some())
        skip();
    for (int i = 0; i < FSNN_COUNT(sizes); i++) {
        int64_t rows = sizes[i][0], in = sizes[i][1], out = sizes[i][2];
        CASE("%lld rows, %lld -> %lld", (long long)rows, (long long)in, (long long)out);
        fill(x, rows * in, 1);
        fill(w, out * in, 2);
        dense_linear *whole = made(rows, in, out);
        run(whole, want);
        dense_linear_destroy(whole);
        for (int threads = 1; threads <= 3; threads++) {
            GOOD(fsnn_threads_set(threads));
            dense_linear *some = made((rows + 2) / 3, in, out);
            run(some, got);
            assert_memory_equal(got, want, (size_t)((rows + 2) / 3 * out) * sizeof *got);
            dense_linear_destroy(some);
        }
        GOOD(fsnn_threads_set(before));
    }
    ask(NULL);
}

/* Sizes decide, unless the environment does. */
static void which_have_one(void **state)
{
    (void)state;
    static const struct {
        int64_t size[3];
        bool has;
    } of[] = {{{64, 784, 2560}, true},    {{16, 784, 1000}, true}, {{4096, 784, 128}, true},
              {{1000, 784, 2560}, true},  {{1, 784, 2560}, false}, {{15, 784, 2560}, false},
              {{1024, 784, 2560}, false}, {{64, 20, 10}, false},   {{1 << 20, 784, 4096}, false}};
    bool some = there_are_some();
    for (int i = 0; i < FSNN_COUNT(of); i++) {
        const int64_t *s = of[i].size;
        CASE("%lld rows, %lld -> %lld", (long long)s[0], (long long)s[1], (long long)s[2]);
        ask(i % 2 ? NULL : "nonsense");
        dense_linear *linear = made(s[0], s[1], s[2]);
        assert_true((linear != NULL) == (some && of[i].has));
        dense_linear_destroy(linear);
        ask("gemm");
        assert_null(made(s[0], s[1], s[2]));
    }
    ask(NULL);
    assert_int_equal(dense_linear_scratch(NULL), 0);
    dense_linear_destroy(NULL);
}

static void without_memory(void **state)
{
    (void)state;
    if (!there_are_some())
        skip();
    dense_linear *linear;
    fsnn_alloc_fail_at(1);
    FAILS(dense_linear_create(64, 64, 64, &linear), FSNN_EMEMORY);
    fsnn_alloc_fail_at(0);
    assert_null(linear);
    ask(NULL);
}

/* ---- in a network ---- */

enum { STEPS = 3, BATCH = 40, IN = 784, HIDDEN = 512, OUT = 64 };

/* `loop`: what the first layer gives comes back to it a step later. */
static fsnn_net *network(bool loop)
{
    fsnn_net *net = net_new();
    int h = fsnn_net_linear(net, "first", fsnn_net_input(net, FSNN_SHAPE(IN)), HIDDEN, true);
    int back = loop ? fsnn_net_delay(net, "before", "sum") : h;
    back = fsnn_net_linear(net, "back", back, HIDDEN, true);
    h = fsnn_net_add(net, "add", "sum", (int[]){h, back}, 2, NULL);
    VALID(fsnn_net_linear(net, "last", h, OUT, false));
    return net;
}

typedef struct answer {
    float y[STEPS * BATCH * OUT], first[HIDDEN * IN], back[HIDDEN * HIDDEN];
} answer;

static void copy(fsnn_net *net, const char *param, float *to, size_t bytes)
{
    memcpy(to, fsnn_net_param_find(net, param)->grad, bytes);
}

static void answer_of(bool loop, bool still, answer *to)
{
    fsnn_net *net = network(loop);
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    const fsnn_plan plan = {
        .steps = STEPS, .batch = BATCH, .seed = 3, .training = true, .still = still};
    const float *y;
    GOOD(fsnn_net_wrap(net, &d, &plan));
    fill(x, (int64_t)STEPS * BATCH * IN, 1);
    fill(w, (int64_t)STEPS * BATCH * OUT, 2);
    GOOD(fsnn_net_forward(net, x, &y));
    memcpy(to->y, y, sizeof to->y);
    GOOD(fsnn_net_backward(net, w, NULL));
    copy(net, "first.weight", to->first, sizeof to->first);
    copy(net, "back.weight", to->back, sizeof to->back);
    fsnn_net_destroy(net);
}

static void layers_take_it(void **state)
{
    (void)state;
    static answer gemm, linear;
    bool some = there_are_some();
    for (int form = 0; form < 4; form++) {
        CASE("%s, %s", form & 1 ? "loop" : "no loop", form & 2 ? "still" : "moving");
        ask("gemm");
        answer_of(form & 1, form & 2, &gemm);
        ask(NULL);
        answer_of(form & 1, form & 2, &linear);
        CLOSE("output", linear.y, gemm.y, FSNN_COUNT(gemm.y), 1e-5);
        CLOSE("first weights", linear.first, gemm.first, FSNN_COUNT(gemm.first), 1e-5);
        CLOSE("weights of the loop", linear.back, gemm.back, FSNN_COUNT(gemm.back), 1e-5);
        if (some) /* sums of 784 numbers in another order */
            assert_memory_not_equal(linear.y, gemm.y, sizeof gemm.y);
    }
}

/* A plan of another kind of products, or of other rows, lets go of what was made. */
static void plans_of_other_kinds(void **state)
{
    (void)state;
    static float y[BATCH * OUT];
    fsnn_order order = fsnn_order_of(0.6);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    const fsnn_plan plan = {.steps = 1, .batch = BATCH, .seed = 3};
    const fsnn_plan other[] = {
        {.steps = 1, .batch = BATCH, .seed = 3, .products = FSNN_PRODUCTS_INT8},
        {.steps = 1, .batch = 1, .seed = 3, .stream = true},
        {.steps = 1, .batch = BATCH / 2, .seed = 3}};
    fsnn_net *net = network(false);
    const float *out;
    fill(x, (int64_t)BATCH * IN, 1);
    GOOD(fsnn_net_wrap(net, &d, &plan));
    GOOD(fsnn_net_forward(net, x, &out));
    memcpy(y, out, sizeof y);
    for (int i = 0; i < FSNN_COUNT(other); i++) {
        CASE("other[%d]", i);
        GOOD(fsnn_net_replan(net, &other[i]));
        GOOD(fsnn_net_forward(net, x, &out));
        CLOSE("output", out, y, other[i].batch * OUT, i ? 1e-5 : 0.1);
        GOOD(fsnn_net_replan(net, &plan));
        GOOD(fsnn_net_forward(net, x, &out));
        assert_memory_equal(out, y, sizeof y);
    }
    fsnn_net_destroy(net);
}

/* Few rows of spikes are multiplied; of more rows the ones are listed, whose sums have another
 * order. */
static void spikes_of_few_rows(void **state)
{
    (void)state;
    if (!there_are_some())
        skip();
    ask(NULL);
    for (int form = 0; form < 3; form++) {
        static const struct {
            int64_t rows;
            double share;
            bool dense;
        } of[] = {{64, 0.05, true}, {256, 0.05, false}, {256, 0.25, true}};
        CASE("%lld rows, %g ones", (long long)of[form].rows, of[form].share);
        fsnn_net *net = net_new();
        const float *y;
        VALID(fsnn_net_linear(net, "fc", fsnn_net_input(net, FSNN_SHAPE(IN)), HIDDEN, false));
        fsnn_order order = fsnn_order_of(1);
        fsnn_dynamics d = fsnn_dynamics_default(&order);
        const fsnn_plan plan = {.steps = 1, .batch = of[form].rows, .seed = 3};
        GOOD(fsnn_net_wrap(net, &d, &plan));
        for (int64_t i = 0; i < of[form].rows * IN; i++)
            x[i] = fsnn_random_uniform(8, 4, (uint64_t)i) < of[form].share;
        memcpy(w, fsnn_net_param_find(net, "fc.weight")->value, sizeof *w * HIDDEN * IN);
        GOOD(fsnn_net_forward(net, x, &y));
        dense_linear *linear = made(of[form].rows, IN, HIDDEN);
        assert_non_null(linear);
        run(linear, want);
        size_t bytes = (size_t)of[form].rows * HIDDEN * sizeof *want;
        assert_true((memcmp(y, want, bytes) == 0) == of[form].dense);
        CLOSE("output", y, want, of[form].rows * HIDDEN, 1e-5);
        dense_linear_destroy(linear);
        fsnn_net_destroy(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_the_other), cmocka_unit_test(rows_and_threads),
        cmocka_unit_test(which_have_one),       cmocka_unit_test(without_memory),
        cmocka_unit_test(layers_take_it),       cmocka_unit_test(plans_of_other_kinds),
        cmocka_unit_test(spikes_of_few_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

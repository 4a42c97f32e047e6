/* Products with a gradient that is mostly 0: against sums in double precision, for sizes around the
 * blocks that they are cut into; threads change no bit; a linear layer takes them where they pay,
 * and the dense products elsewhere. */
#include "nets.h"
#include "op/sparse.h"

enum { MOST = 700 * 300 };

static float x[MOST], gy[MOST], w[MOST], got[MOST], want[MOST];

static void fill(float *to, int64_t n, double share, uint64_t stream)
{
    assert_true(n <= MOST);
    for (int64_t i = 0; i < n; i++)
        to[i] = fsnn_random_uniform(5, stream, (uint64_t)i) < share
                    ? (float)fsnn_random_normal(5, stream + 1, (uint64_t)i)
                    : 0;
}

static void weights_reference(const sparse_sizes *s, float *gw)
{
    for (int64_t o = 0; o < s->out; o++)
        for (int64_t i = 0; i < s->in; i++) {
            double sum = 0;
            for (int64_t r = 0; r < s->rows; r++)
                sum += (double)gy[r * s->out + o] * (double)x[r * s->in + i];
            gw[o * s->in + i] += (float)sum;
        }
}

static void input_reference(const sparse_sizes *s, float *gx)
{
    for (int64_t r = 0; r < s->rows; r++)
        for (int64_t i = 0; i < s->in; i++) {
            double sum = 0;
            for (int64_t o = 0; o < s->out; o++)
                sum += (double)gy[r * s->out + o] * (double)w[o * s->in + i];
            gx[r * s->in + i] = (float)sum;
        }
}

static const sparse_sizes sizes[] = {
    {64, 64, 64, 1},   {1, 1, 1, 1},      {5, 70, 3, 1},
    {513, 65, 130, 1}, {600, 200, 65, 1}, {1100, 64, 66, 1},
};

static const double shares[] = {0, 0.002, 0.1, 0.5, 1};

/* gw has something in it before. */
static void both_products(void **state)
{
    (void)state;
    for (int c = 0; c < FSNN_COUNT(sizes) * FSNN_COUNT(shares); c++) {
        const sparse_sizes *s = &sizes[c % FSNN_COUNT(sizes)];
        double share = shares[c / FSNN_COUNT(sizes)];
        CASE("%d rows, %d -> %d, %g", (int)s->rows, (int)s->in, (int)s->out, share);
        void *scratch = fsnn_alloc(sparse_scratch(s));
        assert_non_null(scratch);
        fill(x, s->rows * s->in, 0.7, 1);
        fill(gy, s->rows * s->out, share, 3);
        fill(w, s->out * s->in, 1, 5);
        fill(got, s->out * s->in, 1, 7);
        memcpy(want, got, sizeof want);
        weights_reference(s, want);
        GOOD(sparse_products(s, gy, x, got, NULL, NULL, scratch));
        CLOSE("gradient of the weights", got, want, s->out * s->in, 1e-5);
        input_reference(s, want);
        GOOD(sparse_products(s, gy, NULL, NULL, w, got, scratch));
        CLOSE("gradient of the input", got, want, s->rows * s->in, 1e-5);
        fsnn_free(scratch);
    }
}

static void the_share_is_found(void **state)
{
    (void)state;
    const sparse_sizes s = {600, 64, 100, 1};
    fill(gy, s.rows * s.out, 0.1, 3);
    WITHIN("share", sparse_look(&s, gy), 0.1, 0.02);
    fill(gy, s.rows * s.out, 0, 3);
    WITHIN("share", sparse_look(&s, gy), 0, 0);
    fill(gy, s.rows * s.out, 2, 3);
    WITHIN("share", sparse_look(&s, gy), 1, 0);
    assert_true(sparse_worth(&s) == false);
    assert_true(sparse_worth(&(sparse_sizes){600, 200, 100, 1}));
    assert_false(sparse_worth(&(sparse_sizes){600, 2000, 10, 1}));
}

/* ---- in a network ---- */

enum { ROWS = 640, IN = 120, OUT = 90 };

static fsnn_net *one_layer(void)
{
    fsnn_net *net = net_new();
    VALID(fsnn_net_linear(net, "fc", fsnn_net_input(net, FSNN_SHAPE(IN)), OUT, true));
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_dynamics d = fsnn_dynamics_default(&order);
    const fsnn_plan plan = {
        .steps = 10, .batch = ROWS / 10, .seed = 4, .training = true, .input_gradient = true};
    GOOD(fsnn_net_wrap(net, &d, &plan));
    return net;
}

/* Gradients of the weights [OUT, IN], and of the input. */
static void backward(fsnn_net *net, float *gw, float *gx)
{
    const float *y, *g;
    fsnn_net_zero_grad(net);
    GOOD(fsnn_net_forward(net, x, &y));
    GOOD(fsnn_net_backward(net, gy, &g));
    memcpy(gx, g, sizeof(float) * ROWS * IN);
    memcpy(gw, fsnn_net_param_find(net, "fc.weight")->grad, sizeof(float) * OUT * IN);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    static float gw[2][OUT * IN], gx[2][ROWS * IN];
    int before = fsnn_threads();
    fill(x, ROWS * IN, 1, 1);
    fill(gy, ROWS * OUT, 0.05, 3);
    for (int i = 0; i < 2; i++) {
        GOOD(fsnn_threads_set(i ? 3 : 1));
        fsnn_net *net = one_layer();
        backward(net, gw[i], gx[i]);
        fsnn_net_destroy(net);
    }
    GOOD(fsnn_threads_set(before));
    assert_memory_equal(gw[0], gw[1], sizeof gw[0]);
    assert_memory_equal(gx[0], gx[1], sizeof gx[0]);
}

/* Below the share the bits are those of the sparse products, above it they are not (of sums longer
 * than a piece of the dense product, dense_piece; shorter ones are the same chains). More threads
 * than the plan was made for change nothing. */
static void a_layer_takes_them(void **state)
{
    (void)state;
    static float gw[OUT * IN], gx[ROWS * IN], sparse_gw[OUT * IN], sparse_gx[ROWS * IN];
    int before = fsnn_threads();
    const sparse_sizes s = {ROWS, IN, OUT, before};
    void *scratch = fsnn_alloc(sparse_scratch(&s));
    fill(x, ROWS * IN, 1, 1);
    for (int i = 0; i < 3; i++) {
        static const double share[] = {0.05, 0.3, 0.05};
        CASE("share %g, %s", share[i], i == 2 ? "more threads" : "the same threads");
        fill(gy, ROWS * OUT, share[i], 3);
        fsnn_net *net = one_layer();
        if (i == 2)
            GOOD(fsnn_threads_set(before + 2));
        backward(net, gw, gx);
        GOOD(fsnn_threads_set(before));
        memset(sparse_gw, 0, sizeof sparse_gw);
        GOOD(sparse_products(&s, gy, x, sparse_gw, fsnn_net_param_find(net, "fc.weight")->value,
                             sparse_gx, scratch));
        CLOSE("weights", gw, sparse_gw, OUT * IN, 1e-5);
        CLOSE("input", gx, sparse_gx, ROWS * IN, 1e-5);
        if (i == 1) {
            assert_memory_not_equal(gw, sparse_gw, sizeof gw);
        } else {
            assert_memory_equal(gw, sparse_gw, sizeof gw);
            assert_memory_equal(gx, sparse_gx, sizeof gx);
        }
        fsnn_net_destroy(net);
    }
    fsnn_free(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_products),
        cmocka_unit_test(the_share_is_found),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(a_layer_takes_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

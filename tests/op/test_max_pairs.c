/* Max pooling by our own kernels against the dense-kernel library's, bit for bit: equal maxima, odd
 * sizes, channels that fill no vector, numbers that are not finite, arrays larger than the caches.
 */
#include "check.h"

#include "op/max_pairs.h"

enum { SPIKES, NUMBERS, STRANGE, KINDS };

static real draw(int kind, uint64_t at)
{
    static const real strange[] = {NAN, INFINITY, -INFINITY, -0.0f, 0.0f, 1.0f, 1e-40f};
    uint32_t bits = fsnn_random_u32(7, (uint64_t)kind, at);
    if (kind == STRANGE)
        return strange[bits % FSNN_COUNT(strange)];
    return kind == SPIKES ? (real)(bits & 1) : (real)(int32_t)bits * 0x1p-31f;
}

static real *array(int64_t n, int kind, uint64_t seed)
{
    real *x = fsnn_alloc((size_t)n * sizeof *x);
    for (int64_t i = 0; i < n; i++)
        x[i] = draw(kind, seed + (uint64_t)i);
    return x;
}

static void compare(int64_t rows, int64_t C, int64_t H, int64_t W, int kind)
{
    dense_pool_shape s = {DENSE_MAX, rows, C, H, W, H / 2, W / 2, {2, 2}, {2, 2}, {0, 0}};
    int64_t xs = rows * C * H * W, ys = rows * C * s.OH * s.OW;
    real *x = array(xs, kind, 1), *gy = array(ys, kind == STRANGE ? NUMBERS : kind, 99);
    real *want_y = array(ys, NUMBERS, 2), *want_gx = array(xs, NUMBERS, 3);
    real *y = array(ys, NUMBERS, 4), *gx = array(xs, NUMBERS, 5);
    gy[0] = -0.0f;
    dense_pool *pool;
    assert_true(max_pairs_fit(&s));
    GOOD(dense_pool_create(&s, true, &pool));
    void *tape = fsnn_alloc(dense_pool_tape(pool)), *own = fsnn_alloc(max_pairs_tape(&s));
    GOOD(dense_pool_forward(pool, x, want_y, tape));
    GOOD(dense_pool_backward(pool, gy, want_gx, tape));
    max_pairs_forward(&s, x, y, NULL);
    assert_memory_equal(y, want_y, (size_t)ys * sizeof *y);
    memset(y, 0, (size_t)ys * sizeof *y);
    max_pairs_forward(&s, x, y, own);
    assert_memory_equal(y, want_y, (size_t)ys * sizeof *y);
    max_pairs_backward(&s, gy, gx, own);
    assert_memory_equal(gx, want_gx, (size_t)xs * sizeof *gx);
    dense_pool_destroy(pool);
    void *all[] = {x, gy, want_y, want_gx, y, gx, tape, own};
    for (int i = 0; i < FSNN_COUNT(all); i++)
        fsnn_free(all[i]);
}

static void small(void **state)
{
    (void)state;
    static const int64_t channels[] = {1, 3, 8, 16, 20, 32, 33, 64};
    for (int c = 0; c < FSNN_COUNT(channels); c++)
        for (int kind = 0; kind < KINDS; kind++)
            for (int64_t H = 2; H <= 7; H++)
                compare(3, channels[c], H, 9 - H % 4, kind);
}

/* Beyond the size from which gradients are streamed; odd too, and with channels that keep lines off
 * the vectors' grid. */
static void large(void **state)
{
    (void)state;
    compare(45, 64, 28, 28, SPIKES);
    compare(45, 64, 29, 29, NUMBERS);
    compare(90, 33, 28, 29, NUMBERS);
}

static void others(void **state)
{
    (void)state;
    const dense_pool_shape fits = {DENSE_MAX, 1, 8, 8, 8, 4, 4, {2, 2}, {2, 2}, {0, 0}};
    dense_pool_shape s = fits;
    s.kind = DENSE_AVERAGE;
    assert_false(max_pairs_fit(&s));
    for (int d = 0; d < 2; d++) {
        s = fits;
        s.kernel[d] = 3;
        assert_false(max_pairs_fit(&s));
        s = fits;
        s.stride[d] = 1;
        assert_false(max_pairs_fit(&s));
        s = fits;
        s.padding[d] = 1;
        assert_false(max_pairs_fit(&s));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(small), cmocka_unit_test(large),
                                       cmocka_unit_test(others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Layout conversions: every size around those of blocks, there and back. */
#include "check.h"

#include "net/data.h"

static void transposes(void **state)
{
    (void)state;
    static const int64_t side[] = {1, 2, 3, 4, 5, 7, 15, 16, 17, 21, 32, 49};
    enum { ROWS = 3 };
    for (int a = 0; a < FSNN_COUNT(side); a++)
        for (int b = 0; b < FSNN_COUNT(side); b++) {
            CASE("side[%d], side[%d]", a, b);
            int64_t from = side[a], to = side[b], n = ROWS * from * to;
            float *in = fsnn_alloc((size_t)n * sizeof *in),
                  *out = fsnn_alloc((size_t)n * sizeof *out);
            float *back = fsnn_alloc((size_t)n * sizeof *back);
            for (int64_t i = 0; i < n; i++)
                in[i] = (float)(i + 1);
            net_transpose(in, out, ROWS, from, to);
            for (int64_t r = 0; r < ROWS; r++)
                for (int64_t i = 0; i < from; i++)
                    for (int64_t k = 0; k < to; k++)
                        assert_true(out[(r * to + k) * from + i] == in[(r * from + i) * to + k]);
            net_transpose(out, back, ROWS, to, from);
            assert_memory_equal(back, in, (size_t)n * sizeof *in);
            fsnn_free(in);
            fsnn_free(out);
            fsnn_free(back);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(transposes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

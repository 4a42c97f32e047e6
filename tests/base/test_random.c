/* tests/base/test_random.c: the generator against Random123's known answers, filling against single
 * numbers, the moments of the distributions, and random orders. */
#include "check.h"

#include "base/isa.h"
#include "base/philox.h"
#include "base/random.h"

/* Random123 1.14, tests/kat_vectors: "philox4x32 10 counter key result" */
static const struct {
    uint32_t counter[4], key[2], result[4];
} known[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

static void known_answers(void **state)
{
    (void)state;
    for (int i = 0; i < FSNN_COUNT(known); i++) {
        CASE("known[%d]", i);
        uint32_t word[4];
        memcpy(word, known[i].counter, sizeof word);
        philox(word, known[i].key[0], known[i].key[1]);
        assert_memory_equal(word, known[i].result, sizeof word);
    }
}

static void words_are_philox(void **state)
{
    const uint64_t seed = 0x299f31d0a4093822, stream = 0x0370734413198a2e;

    (void)state;
    /* counter of the third vector; its block number times four overflows, so count blocks in the
     * low half only */
    for (uint64_t lane = 0; lane < 4; lane++) {
        uint32_t word[4] = {0x243f6a88, 0x05a308d3, 0x13198a2e, 0x03707344};
        philox(word, (uint32_t)seed, (uint32_t)(seed >> 32));
        assert_int_equal(fsnn_random_u32(seed, stream, 4 * UINT64_C(0x05a308d3243f6a88) + lane),
                         word[lane]);
    }
    assert_int_equal(fsnn_random_u32(0, 0, 2), 0xbc57ac4c);
    assert_true(fsnn_random_uniform(0, 0, 3) == (float)(0x9b00dbd8 >> 8) / 16777216.0f);
}

static void fill_equals_single_numbers(void **state)
{
    static const int64_t sizes[] = {0, 1, 3, 4, 5, 7, 8, 9, 63, 64, 65, 67, 128, 200, 1000};
    static const uint64_t firsts[] = {
        0, 1, 2, 3, 62, UINT64_C(0x3fffffff0), UINT64_C(0xfffffffffd)};
    float out[1001];

    (void)state;
    for (int a = 0; a < FSNN_COUNT(sizes); a++)
        for (int b = 0; b < FSNN_COUNT(firsts); b++) {
            CASE("sizes[%d], firsts[%d]", a, b);
            out[sizes[a]] = -1.0f;
            fsnn_random_fill(out, sizes[a], 42 + (uint64_t)a, (uint64_t)b << 31, firsts[b]);
            for (int64_t i = 0; i < sizes[a]; i++)
                assert_true(out[i] == fsnn_random_uniform(42 + (uint64_t)a, (uint64_t)b << 31,
                                                          firsts[b] + (uint64_t)i));
            assert_true(out[sizes[a]] == -1.0f);
        }
}

static void every_instruction_set_gives_the_same(void **state)
{
    float base[4 * RANDOM_BLOCKS], wide[4 * RANDOM_BLOCKS];
    const uint64_t block = UINT64_C(0xfffffff8); /* the low word of the counter overflows inside */

    (void)state;
    random_blocks_base(base, 7, 9, block);
    for (int i = 0; i < 4 * RANDOM_BLOCKS; i++)
        assert_true(base[i] == fsnn_random_uniform(7, 9, 4 * block + (uint64_t)i));
#ifdef FSNN_HAVE_AVX2
    if (fsnn_isa_level() >= FSNN_ISA_AVX2) {
        random_blocks_avx2(wide, 7, 9, block);
        assert_memory_equal(base, wide, sizeof base);
    }
#endif
#ifdef FSNN_HAVE_AVX512
    if (fsnn_isa_level() >= FSNN_ISA_AVX512) {
        random_blocks_avx512(wide, 7, 9, block);
        assert_memory_equal(base, wide, sizeof base);
    }
#endif
    (void)wide;
}

static void uniform_is_uniform(void **state)
{
    enum { N = 100000, BINS = 20 };
    static float x[N];
    int count[BINS] = {0};
    double mean = 0, chi2 = 0;

    (void)state;
    fsnn_random_fill(x, N, 1, 2, 0);
    for (int i = 0; i < N; i++) {
        assert_true(x[i] >= 0.0f && x[i] < 1.0f);
        mean += (double)x[i] / N;
        count[(int)(x[i] * BINS)]++;
    }
    for (int b = 0; b < BINS; b++) {
        double off = count[b] - (double)N / BINS;
        chi2 += off * off / ((double)N / BINS);
    }
    assert_true(fabs(mean - 0.5) < 4.0 * sqrt(1.0 / 12.0 / N));
    assert_true(chi2 < 43.8); /* 19 degrees of freedom: 0.1 % */
}

static void normal_is_normal(void **state)
{
    enum { N = 100000 };
    double m1 = 0, m2 = 0, m4 = 0, neighbours = 0, before = 0;

    (void)state;
    for (int i = 0; i < N; i++) {
        double z = fsnn_random_normal(3, 4, (uint64_t)i);
        assert_true(isfinite(z));
        m1 += z / N;
        m2 += z * z / N;
        m4 += z * z * z * z / N;
        neighbours += z * before / N;
        before = z;
    }
    assert_true(fabs(m1) < 4.0 / sqrt(N));
    assert_true(fabs(m2 - 1.0) < 4.0 * sqrt(2.0 / N));
    assert_true(fabs(m4 - 3.0) < 4.0 * sqrt(96.0 / N));
    assert_true(fabs(neighbours) < 4.0 / sqrt(N));
}

static void order_is_a_permutation(void **state)
{
    static const int64_t sizes[] = {0, 1, 2, 10, 1000};
    int64_t order[1000], again[1000];

    (void)state;
    for (int s = 0; s < FSNN_COUNT(sizes); s++) {
        CASE("sizes[%d]", s);
        int64_t n = sizes[s];
        char seen[1000] = {0};
        fsnn_random_order(order, n, 5, 6);
        for (int64_t i = 0; i < n; i++) {
            assert_in_range(order[i], 0, n - 1);
            assert_false(seen[order[i]]++);
        }
        fsnn_random_order(again, n, 5, 6);
        assert_memory_equal(order, again, (size_t)n * sizeof order[0]);
    }
    fsnn_random_order(again, 1000, 5, 7);
    assert_memory_not_equal(order, again, sizeof order);
}

/* All 24 orders of four come, each about as often. */
static void orders_are_fair(void **state)
{
    enum { DRAWS = 24000 };
    int count[256] = {0}, kinds = 0;

    (void)state;
    for (uint64_t stream = 0; stream < DRAWS; stream++) {
        int64_t order[4];
        fsnn_random_order(order, 4, 11, stream);
        count[order[0] | order[1] << 2 | order[2] << 4 | order[3] << 6]++;
    }
    for (int i = 0; i < 256; i++)
        if (count[i]) {
            kinds++;
            assert_in_range(count[i], 1000 - 150, 1000 + 150); /* 4.8 standard deviations */
        }
    assert_int_equal(kinds, 24);
}

static void some_equal_single_numbers(void **state)
{
    (void)state;
    enum { MOST = 40 };
    int32_t index[MOST];
    float u[MOST];
    for (int n = 0; n <= MOST; n++) {
        for (int i = 0; i < n; i++)
            index[i] = (int32_t)(fsnn_random_u32(1, 2, (uint64_t)i) >> 8);
        fsnn_random_at(u, n, index, 77, 5, UINT64_C(0x3fffffff0));
        for (int i = 0; i < n; i++)
            assert_true(u[i] ==
                        fsnn_random_uniform(77, 5, UINT64_C(0x3fffffff0) + (uint64_t)index[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(words_are_philox),
        cmocka_unit_test(fill_equals_single_numbers),
        cmocka_unit_test(some_equal_single_numbers),
        cmocka_unit_test(every_instruction_set_gives_the_same),
        cmocka_unit_test(uniform_is_uniform),
        cmocka_unit_test(normal_is_normal),
        cmocka_unit_test(order_is_a_permutation),
        cmocka_unit_test(orders_are_fair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Weights as integers with a scale (docs/fixed-point.md). */
#include "check.h"

#include "base/quantise.h"

/* All scales are tried in the order of their size: the reference. */
static quantise_scale by_search(float largest, int bits)
{
    for (int e = QUANTISE_EXPONENT_MOST; e > -130; e--)
        for (int m = 128; m < 256; m++)
            if (largest <= quantise_most(bits) * ldexp(m, -e))
                return (quantise_scale){m, e};
    return (quantise_scale){0, 0};
}

static void smallest_scale(void **state)
{
    (void)state;
    float largest[400];
    for (int i = 0; i < 400; i++)
        largest[i] = ldexpf(1 + (float)(i * 37 % 101) / 101, i % 60 - 45);
    largest[0] = 127;
    largest[1] = 127.00001f;
    largest[2] = 7;
    largest[3] = 255 * 127;
    largest[4] = 1e-38f;
    largest[5] = 1e-45f;
    largest[6] = 3e38f;
    for (int i = 0; i < 400; i++)
        for (int bits = 4; bits <= 8; bits += 4) {
            CASE("largest %.9g, %d bits", largest[i], bits);
            quantise_scale scale = quantise_scale_of(largest[i], bits),
                           wanted = by_search(largest[i], bits);
            assert_int_equal(scale.mantissa, wanted.mantissa);
            assert_int_equal(scale.exponent, wanted.exponent);
        }
}

static void zeros(void **state)
{
    (void)state;
    const float w[3] = {0, -0.0f, 0};
    quantise_scale scale = quantise_scale_of(quantise_largest(w, 3), 8);
    assert_true(quantise_scale_value(scale) == 1);
    assert_int_equal(quantise_number(0, scale, 8), 0);
}

static void halves_to_even(void **state)
{
    (void)state;
    const quantise_scale one = {128, 7};
    const float w[] = {0.5f, 1.5f, -0.5f, -1.5f, 2.5f, 200, -200, 6.9f};
    const int q[] = {0, 2, 0, -2, 2, 127, -127, 7};
    for (int i = 0; i < 8; i++)
        assert_int_equal(quantise_number(w[i], one, 8), q[i]);
    assert_int_equal(quantise_number(200, one, 4), 7);
    assert_int_equal(quantise_number(-200, one, 4), -7);
}

/* Half a unit is the most that a weight moves, and the largest is no exception. */
static void within_half_a_unit(void **state)
{
    (void)state;
    float w[1000];
    for (int i = 0; i < 1000; i++)
        w[i] = 0.3f * sinf((float)(i * i));
    for (int bits = 4; bits <= 8; bits += 4) {
        quantise_scale scale = quantise_scale_of(quantise_largest(w, 1000), bits);
        double s = quantise_scale_value(scale);
        for (int i = 0; i < 1000; i++)
            assert_true(fabs(quantise_number(w[i], scale, bits) * s - w[i]) <= s / 2);
    }
}

/* q s summed in single precision forwards and backwards is the exact sum. */
static void exact_sums(void **state)
{
    (void)state;
    float w[2000], up = 0, down = 0;
    for (int i = 0; i < 2000; i++)
        w[i] = 0.7f * cosf((float)(i * i));
    quantise_scale scale = quantise_scale_of(quantise_largest(w, 2000), 8);
    const float s = quantise_scale_value(scale);
    int64_t sum = 0;
    for (int i = 0; i < 2000; i++) {
        sum += quantise_number(w[i], scale, 8);
        up += (float)quantise_number(w[i], scale, 8) * s;
        down += (float)quantise_number(w[1999 - i], scale, 8) * s;
    }
    assert_true(up == (float)((double)sum * s) && down == up);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smallest_scale), cmocka_unit_test(zeros),
        cmocka_unit_test(halves_to_even), cmocka_unit_test(within_half_a_unit),
        cmocka_unit_test(exact_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

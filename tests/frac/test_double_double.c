/* Double-double arithmetic: constants to 31 digits, and identities that hold to 28. */
#include "../check.h"
#include "frac/double_double.h"

static void same(dd got, dd want, double tolerance)
{
    dd off = dd_sub(got, want);
    if (!(fabs(off.hi) <= tolerance * fabs(want.hi)))
        fail_msg("%.17g + %.17g, expected %.17g + %.17g", got.hi, got.lo, want.hi, want.lo);
}

/* High and low part of e, log 10, pi/4 = atan 1, sin 1, cos 1, sqrt 2, e^-20 (by mpmath). */
static void constants(void **state)
{
    (void)state;
    dd sine, cosine;
    dd_sincos(dd_of(1), &sine, &cosine);
    same(dd_exp(dd_of(1)), (dd){2.718281828459045, 1.4456468917292502e-16}, 1e-28);
    same(dd_log(10), (dd){2.302585092994046, -2.1707562233822494e-16}, 1e-28);
    same(dd_atan(dd_of(1)), (dd){0.7853981633974483, 3.061616997868383e-17}, 1e-30);
    same(sine, (dd){0.8414709848078965, 1.776845092935536e-18}, 1e-30);
    same(cosine, (dd){0.5403023058681398, -4.760954612604417e-17}, 1e-30);
    same(dd_sqrt(dd_of(2)), (dd){1.4142135623730951, -9.667293313452913e-17}, 1e-31);
    same(dd_exp(dd_of(-20)), (dd){2.061153622438558e-09, -4.19755767595054e-26}, 1e-28);
}

static void arithmetic(void **state)
{
    (void)state;
    for (double x = 1e-200; x < 1e200; x *= 7.3e5) {
        dd third = dd_div(dd_of(x), dd_of(3)), root = dd_sqrt(third);
        same(dd_add(dd_add(third, third), third), dd_of(x), 1e-31);
        same(dd_mul(root, root), third, 1e-31);
        same(dd_scale(third, 3), dd_of(x), 1e-31);
    }
}

static void inverses(void **state)
{
    (void)state;
    for (double x = 1e-12; x < 600; x *= 1.37)
        for (int sign = -1; sign <= 1; sign += 2) {
            dd e = dd_expm1(dd_of(sign * x)), sine, cosine;
            if (e.hi > -0.99)
                same(dd_log1p(e), dd_of(sign * x), 1e-28);
            dd_sincos(dd_atan(dd_of(sign * x)), &sine, &cosine);
            same(dd_div(sine, cosine), dd_of(sign * x), 1e-28 * (2 + x * x));
            dd_sincos(dd_of(sign * x), &sine, &cosine);
            same(dd_add(dd_mul(sine, sine), dd_mul(cosine, cosine)), dd_of(1), 1e-30);
        }
}

/* e^(z - 1) - 1 keeps its digits near 0, and agrees with e^z elsewhere. */
static void complex_exponential(void **state)
{
    (void)state;
    for (double x = -20; x < 20; x += 0.77)
        for (double y = -9; y < 9; y += 0.61) {
            dd_complex z = {dd_of(x), dd_of(y)}, e = dd_cexp(z), m = dd_cexpm1(z);
            dd size = dd_sqrt(dd_add(dd_mul(e.re, e.re), dd_mul(e.im, e.im)));
            same(size, dd_exp(dd_of(x)), 1e-28);
            dd off = dd_sub(dd_add(m.re, dd_of(1)), e.re);
            assert_true(fabs(off.hi) <= 1e-28 * (1 + size.hi));
            off = dd_sub(m.im, e.im);
            assert_true(fabs(off.hi) <= 1e-28 * (1 + size.hi));
        }
    dd_complex tiny = dd_cexpm1((dd_complex){dd_of(1e-20), dd_of(2e-20)});
    same(tiny.re, dd_of(1e-20), 1e-19); /* z + z^2/2 */
    same(tiny.im, dd_of(2e-20), 1e-19);
}

static void ends(void **state)
{
    (void)state;
    dd sine, cosine;
    assert_true(dd_exp(dd_of(-1e4)).hi == 0 && isinf(dd_exp(dd_of(710)).hi));
    assert_true(dd_expm1(dd_of(-1e4)).hi == -1 && isinf(dd_expm1(dd_of(1e4)).hi));
    assert_true(dd_exp(dd_of(0)).hi == 1 && dd_log(1).hi == 0 && dd_sqrt(dd_of(0)).hi == 0);
    dd_sincos(dd_of(1e15), &sine, &cosine); /* needs pi to 48 digits */
    same(sine, (dd){0.8582727931702359, -2.372639689262412e-17}, 1e-16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants), cmocka_unit_test(arithmetic),
        cmocka_unit_test(inverses),  cmocka_unit_test(complex_exponential),
        cmocka_unit_test(ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

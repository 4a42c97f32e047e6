/* Surrogate gradients of every kind: slopes are the derivatives of the primitives, the kernels
 * agree with the reference in double precision, the areas are what the header says, and nothing
 * leaves the finite numbers. */
#include "check.h"

#include <float.h>

#include "scan/step.h"

#define EACH_KIND(i) for (int i = 0; i < FSNN_SURROGATES; i++)

static fsnn_surrogate of(int kind, double scale)
{
    return (fsnn_surrogate){.kind = (fsnn_surrogate_kind)kind, .scale = scale};
}

/* Where the slope jumps or bends there is no derivative to compare. */
static bool at_kink(int kind, double k, double x)
{
    double edge = kind == FSNN_RECTANGLE ? k : kind == FSNN_TRIANGLE ? 1 / k : INFINITY;
    return fabs(fabs(x) - edge) < 2e-5 || (kind != FSNN_ARCTAN && fabs(x) < 2e-5);
}

static void slopes_are_derivatives(void **state)
{
    (void)state;
    static const double scales[] = {0, 0.3, 1, 2.5, 7};
    EACH_KIND(kind)
    for (int c = 0; c < FSNN_COUNT(scales); c++) {
        CASE("scales[%d]", c);
        fsnn_surrogate s = of(kind, scales[c]);
        double k = s.scale > 0 ? s.scale : fsnn_surrogate_default_scale(s.kind), e = 1e-5;
        double largest = fsnn_surrogate_slope(&s, 0);
        for (int i = -400; i <= 400; i++) {
            double x = i * 0.0071;
            double numeric =
                (fsnn_surrogate_smooth(&s, x + e) - fsnn_surrogate_smooth(&s, x - e)) / (2 * e);
            double slope = fsnn_surrogate_slope(&s, x);
            if (at_kink(kind, k, x))
                continue;
            if (fabs(slope - numeric) > 2e-7 * fmax(1, k * k * k))
                fail_msg("%s, scale %g, at %g: slope %.12g, numeric %.12g",
                         fsnn_surrogate_name(s.kind), k, x, slope, numeric);
            assert_true(slope >= 0 && slope <= largest);
            assert_true(slope == fsnn_surrogate_slope(&s, -x));
        }
        assert_true(fsnn_surrogate_smooth(&s, 0) == 0.5);
    }
}

/* Of the primitive from far below to far above. */
static void areas(void **state)
{
    (void)state;
    EACH_KIND(kind)
    {
        fsnn_surrogate s = of(kind, 0);
        double want = kind == FSNN_EXPONENTIAL ? 2 : 1, far = 1e12;
        if (kind == FSNN_FAST_SIGMOID)
            want = 2 / fsnn_surrogate_default_scale(s.kind);
        if (kind == FSNN_STRAIGHT_THROUGH)
            continue;
        double area = fsnn_surrogate_smooth(&s, far) - fsnn_surrogate_smooth(&s, -far);
        assert_true(fabs(area - want) < 1e-10);
    }
}

static void kernels_are_the_reference(void **state)
{
    (void)state;
    static const double scales[] = {0.2, 1, 5};
    const neuron_surrogate *table = scan_kernels_get()->surrogates;
    EACH_KIND(kind)
    for (int c = 0; c < FSNN_COUNT(scales); c++)
        for (int block = -20; block < 20; block++) {
            fsnn_surrogate s = of(kind, scales[c]);
            lanes x, d, p;
            for (int i = 0; i < ROW_LANES; i++)
                x[i] = 0.0103f * (float)(block * ROW_LANES + i) + 0.0011f;
            table[kind].slope((float)s.scale, x, d);
            table[kind].smooth((float)s.scale, x, p);
            for (int i = 0; i < ROW_LANES; i++) {
                double slope = fsnn_surrogate_slope(&s, (double)x[i]);
                double smooth = fsnn_surrogate_smooth(&s, (double)x[i]);
                if (fabs((double)d[i] - slope) > 4e-6 * fmax(slope, 1e-3) ||
                    fabs((double)p[i] - smooth) > 1e-6 * fmax(1, fabs(smooth)))
                    fail_msg(
                        "%s, scale %g, at %g: slope %.9g, reference %.9g; primitive %.9g, %.9g",
                        fsnn_surrogate_name(s.kind), s.scale, (double)x[i], (double)d[i], slope,
                        (double)p[i], smooth);
            }
        }
}

static void always_finite(void **state)
{
    (void)state;
    static const float magnitude[] = {0,    1e-45f, FLT_MIN, 1e-20f, 1e-6f, 0.5f,  1,      7,
                                      1e4f, 1e10f,  1e18f,   1e19f,  1e30f, 3e37f, FLT_MAX};
    static const double scales[] = {1e-18, 1e-9, 1e-3, 1, 1e3, 1e9, 1e18};
    const neuron_surrogate *table = scan_kernels_get()->surrogates;
    EACH_KIND(kind)
    for (int c = 0; c < FSNN_COUNT(scales); c++) {
        CASE("scales[%d]", c);
        fsnn_surrogate s = of(kind, scales[c]);
        lanes x = {0}, d, p;
        for (int i = 0; i < FSNN_COUNT(magnitude); i++) {
            x[2 * i] = magnitude[i];
            x[2 * i + 1] = -magnitude[i];
        }
        table[kind].slope((float)s.scale, x, d);
        table[kind].smooth((float)s.scale, x, p);
        for (int i = 0; i < ROW_LANES; i++) {
            assert_true(isfinite(d[i]) && d[i] >= 0);
            assert_true(isfinite(fsnn_surrogate_slope(&s, (double)x[i])));
            assert_true(isfinite(fsnn_surrogate_smooth(&s, (double)x[i])));
            /* the straight line itself leaves single precision, no other primitive does */
            assert_true(kind == FSNN_STRAIGHT_THROUGH ? !isnan(p[i]) : isfinite(p[i]));
        }
    }
}

static void scales_on_the_way(void **state)
{
    (void)state;
    fsnn_surrogate s = {FSNN_ARCTAN, 2, 32, FSNN_GROWTH_GEOMETRIC};
    assert_true(fsnn_surrogate_scale_at(&s, 0) == 2 && fsnn_surrogate_scale_at(&s, 1) == 32);
    assert_true(fabs(fsnn_surrogate_scale_at(&s, 0.25) - 4) < 1e-12);
    assert_true(fsnn_surrogate_scale_at(&s, -1) == 2 && fsnn_surrogate_scale_at(&s, 2) == 32);
    s.growth = FSNN_GROWTH_LINEAR;
    assert_true(fabs(fsnn_surrogate_scale_at(&s, 0.25) - 9.5) < 1e-12);
    s.scale = 0; /* the default, 5 */
    assert_true(fsnn_surrogate_scale_at(&s, 0) == 5 && fsnn_surrogate_scale_at(&s, 1) == 32);
    s.scale_end = 0;
    assert_true(fsnn_surrogate_scale_at(&s, 0.7) == 5);
}

static void names(void **state)
{
    (void)state;
    EACH_KIND(kind)
    {
        assert_int_equal(fsnn_surrogate_find(fsnn_surrogate_name((fsnn_surrogate_kind)kind)), kind);
        assert_true(fsnn_surrogate_default_scale((fsnn_surrogate_kind)kind) > 0);
    }
    assert_int_equal(fsnn_surrogate_find("piecewise_linear"), FSNN_RECTANGLE);
    assert_int_equal(fsnn_surrogate_find("superspike"), FSNN_FAST_SIGMOID);
    assert_int_equal(fsnn_surrogate_find("arctangent"), FSNN_ENOTFOUND);
    assert_null(fsnn_surrogate_name(FSNN_SURROGATES));
    assert_true(fsnn_surrogate_default_scale(FSNN_SURROGATES) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slopes_are_derivatives),    cmocka_unit_test(areas),
        cmocka_unit_test(kernels_are_the_reference), cmocka_unit_test(always_finite),
        cmocka_unit_test(scales_on_the_way),         cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

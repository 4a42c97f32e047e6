/* The Mittag-Leffler function: 24-digit reference values, closed forms, and identities between
 * values that different branches compute. */

#include "../json.h"
#include "frac/contour.h"
#include <fsnn/fde.h>

/* 1e-12 relative or 1e-14 absolute, as documented; `slack` for identities that multiply errors. */
static void agrees(double got, double want, double slack, double a, double b, double z)
{
    double tolerance = fmax(1e-12 * fabs(want), 1e-14) * slack;
    if (!(fabs(got - want) <= tolerance))
        fail_msg("E_{%g,%g}(%.17g): got %.17g, expected %.17g", a, b, z, got, want);
}

static void golden(void **state)
{
    (void)state;
    json_doc *doc = json_open("tests/golden/analytic.json");
    json_node *rows = json_get(doc->root, "special_functions");
    assert_true(json_count(rows) >= 25);
    for (int i = 0; i < json_count(rows); i++) {
        json_node *row = json_at(rows, i);
        double a = json_member(row, "alpha"), b = json_member(row, "beta");
        double z = json_member(row, "z"), want = json_member(row, "value");
        agrees(fsnn_mittag_leffler(a, b, z), want, 0.2, a, b, z);
    }
    json_close(doc);
}

/* 2936 values by another program in high precision: alpha 0.01 .. 2, five beta each, z from -10^6
 * to 50, dense where the branches meet. */
static void dense_table(void **state)
{
    (void)state;
    FILE *file = fopen("tests/golden/mittag_leffler.txt", "r");
    assert_non_null(file);
    double a, b, z, want;
    int count = 0;
    while (fscanf(file, "%lf %lf %lf %lf", &a, &b, &z, &want) == 4) {
        agrees(fsnn_mittag_leffler(a, b, z), want, 1, a, b, z);
        count++;
    }
    assert_true(feof(file));
    assert_int_equal(count, 2936);
    fclose(file);
}

/* Values over the whole domain by another program in 80 digits and more: alpha 1e-12 .. 2, beta
 * 0.1 .. 40, z -1e6 .. 1e3, dense where poles cross the contour, at zeros, near alpha 0, 1, 2. */
static void wide_table(void **state)
{
    (void)state;
    FILE *file = fopen("tests/golden/mittag_leffler_wide.txt", "r");
    assert_non_null(file);
    double a, b, z, want;
    int count = 0;
    while (fscanf(file, "%lf %lf %lf %lf", &a, &b, &z, &want) == 4) {
        double got = fsnn_mittag_leffler(a, b, z), scale = b > 15 ? 1 / tgamma(b) : 1;
        bool right =
            isinf(want) ? got == want : fabs(got - want) <= fmax(1e-12 * fabs(want), 1e-14 * scale);
        if (!right)
            fail_msg("E_{%.17g,%.17g}(%.17g): got %.17g, expected %.17g", a, b, z, got, want);
        count++;
    }
    assert_true(feof(file));
    assert_int_equal(count, 2890);
    fclose(file);
}

/* As a rule the value is right to the last digit, however small: tables to 1e-12 would not see the
 * digits that differences of values, as the weights of `ml` are, live on. */
static void last_digit(void **state)
{
    (void)state;
    FILE *file = fopen("tests/golden/mittag_leffler.txt", "r");
    assert_non_null(file);
    double a, b, z, want;
    int count = 0, exact = 0;
    for (; fscanf(file, "%lf %lf %lf %lf", &a, &b, &z, &want) == 4; count++)
        exact += fsnn_mittag_leffler(a, b, z) == want;
    fclose(file);
    assert_true(exact > 0.94 * count); /* the rest are closed forms and ties */
}

/* However extreme the arguments, no value but those that are named is NaN. */
static void extremes(void **state)
{
    (void)state;
    static const double alpha[] = {5e-324, 1e-300, 1e-30, 1e-9,           1e-3,
                                   0.5,    1,      1.5,   2 - 4.4408e-16, 2};
    static const double beta[] = {5e-324, 1e-9, 1, 2.25, 40, 171, 250, 1e4, 1e8, 1e16, 1e300};
    static const double size[] = {5e-324, 1e-300, 1e-9, 0.5,  1,     1 + 2.2e-16, 2,
                                  700,    1e6,    1e30, 1e99, 1e101, 1e300};
    for (int i = 0; i < FSNN_COUNT(alpha); i++)
        for (int j = 0; j < FSNN_COUNT(beta); j++)
            for (int k = 0; k < 2 * FSNN_COUNT(size); k++) {
                double a = alpha[i], b = beta[j], z = k % 2 ? -size[k / 2] : size[k / 2];
                double value = fsnn_mittag_leffler(a, b, z);
                bool lost = a > 1.9 && z < -1e29 && b < 2.25; /* the phase of the oscillation */
                if (isnan(value) && !lost)
                    fail_msg("E_{%g,%g}(%g) is NaN", a, b, z);
                if (z > 0 && !(value >= 0))
                    fail_msg("E_{%g,%g}(%g) = %g, which cannot be", a, b, z, value);
                if (z < 0 && isinf(value))
                    fail_msg("E_{%g,%g}(%g) = %g, which cannot be", a, b, z, value);
            }
}

/* The cost: nodes of the contour, for any beta for which 1/Gamma(beta) is not 0. */
static void nodes(void **state)
{
    (void)state;
    for (double b = 1e-3; b < 1e8; b *= 1.03) {
        contour place;
        const contour *c = contour_of(b, &place);
        assert_true(c->count / 2 + 1 <= 27 && c->count < CONTOUR_NODES);
    }
}

/* d/dalpha of 1 - E_a(-t^a/tau) by a five-point difference. */
static double response(double a, double t, double tau)
{
    return 1 - fsnn_mittag_leffler(a, 1, -pow(t, a) / tau);
}

static void derivative_in_alpha(void **state)
{
    (void)state;
    json_doc *doc = json_open("tests/golden/analytic.json");
    json_node *rows = json_get(doc->root, "dalpha");
    assert_true(json_count(rows) >= 3);
    for (int i = 0; i < json_count(rows); i++) {
        json_node *row = json_at(rows, i);
        double a = json_member(row, "alpha"), t = json_member(row, "t");
        double tau = json_member(row, "tau"), want = json_member(row, "value"), d = 1e-3;
        double got = (8 * (response(a + d, t, tau) - response(a - d, t, tau)) -
                      (response(a + 2 * d, t, tau) - response(a - 2 * d, t, tau))) /
                     (12 * d);
        assert_true(fabs(got - want) < 1e-11);
    }
    json_close(doc);
}

static void closed_forms(void **state)
{
    (void)state;
    for (double x = 1e-6; x < 700; x *= 1.09)
        for (int sign = -1; sign <= 1; sign += 2) {
            double z = sign * x, r = sqrt(x);
            agrees(fsnn_mittag_leffler(1, 1, z), exp(z), 1, 1, 1, z);
            agrees(fsnn_mittag_leffler(1, 2, z), expm1(z) / z, 1, 1, 2, z);
            if (fabs(z) > 1e-2) /* the closed form on the right loses digits below */
                agrees(fsnn_mittag_leffler(1, 3, z), (expm1(z) - z) / (z * z), 1, 1, 3, z);
            agrees(fsnn_mittag_leffler(2, 1, z), z < 0 ? cos(r) : cosh(r), 1, 2, 1, z);
            agrees(fsnn_mittag_leffler(2, 2, z), (z < 0 ? sin(r) : sinh(r)) / r, 1, 2, 2, z);
            if (r < 26 && z > 0)
                agrees(fsnn_mittag_leffler(0.5, 1, r), exp(x) * erfc(-r), 1, 0.5, 1, r);
            if (r < 26 && z < 0) {
                double left = erfc(r) * exp(x), got = fsnn_mittag_leffler(0.5, 1, -r);
                agrees(got, left, fmax(1, x / 100), 0.5, 1, -r); /* exp(x) carries x ulp */
            }
        }
}

static const double alphas[] = {0.05, 0.1, 0.3, 0.5, 0.75, 0.9, 0.99, 1, 1.2, 1.5, 1.8, 1.99, 2};
static const double betas[] = {0.3, 0.5, 1, 1.5, 2, 2.9, 5};

/* E_{a,b}(z) = z E_{a,a+b}(z) + 1/Gamma(b). */
static void recurrence(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof alphas / sizeof *alphas; i++)
        for (size_t j = 0; j < sizeof betas / sizeof *betas; j++)
            for (double x = 1e-3; x < 300; x *= 1.31)
                for (int sign = -1; sign <= 1; sign += 2) {
                    if (!check_turn())
                        continue;
                    double a = alphas[i], b = betas[j], z = sign * pow(x, a);
                    double up = z * fsnn_mittag_leffler(a, a + b, z), one = 1 / tgamma(b);
                    agrees(fsnn_mittag_leffler(a, b, z), up + one, 1 + fabs(z) + fabs(up) + one, a,
                           b, z);
                }
}

/* E_{2a,b}(z^2) = (E_{a,b}(z) + E_{a,b}(-z)) / 2. */
static void duplication(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof alphas / sizeof *alphas && alphas[i] <= 1; i++)
        for (size_t j = 0; j < sizeof betas / sizeof *betas; j++)
            for (double x = 1e-3; x < 300; x *= 1.31) {
                if (!check_turn())
                    continue;
                double a = alphas[i], b = betas[j], z = pow(x, a);
                double plus = fsnn_mittag_leffler(a, b, z), minus = fsnn_mittag_leffler(a, b, -z);
                double slack = 2 + x; /* z*z is rounded: a relative change of x in E */
                agrees(fsnn_mittag_leffler(2 * a, b, z * z), (plus + minus) / 2, slack, a, b, z);
            }
}

/* 0 < a <= 1, b >= a: E_{a,b}(-x) is positive and falls; no jump where the branches meet. */
static void monotone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof alphas / sizeof *alphas && alphas[i] <= 1; i++)
        for (int shift = 0; shift < 3; shift++) {
            double a = alphas[i], b = a + 0.5 * shift, last = INFINITY;
            for (double x = 0.1; x < 1000; x *= 1.02) {
                double value = fsnn_mittag_leffler(a, b, -pow(x, a));
                if (!(value > -1e-15 && value < last + 1e-15))
                    fail_msg("E_{%g,%g} at x = %g: %.17g after %.17g", a, b, x, value, last);
                last = value;
            }
        }
}

static void ends(void **state)
{
    (void)state;
    assert_true(isnan(fsnn_mittag_leffler(0, 1, 1)));
    assert_true(isnan(fsnn_mittag_leffler(2.1, 1, 1)));
    assert_true(isnan(fsnn_mittag_leffler(-1, 1, 1)));
    assert_true(isnan(fsnn_mittag_leffler(0.5, 0, 1)));
    assert_true(isnan(fsnn_mittag_leffler(0.5, INFINITY, 1)));
    assert_true(isnan(fsnn_mittag_leffler(NAN, 1, 1)));
    assert_true(isnan(fsnn_mittag_leffler(0.5, 1, NAN)));
    assert_true(fsnn_mittag_leffler(0.5, 1, 0) == 1);
    assert_true(fabs(fsnn_mittag_leffler(0.5, 2.5, 0) - 1 / tgamma(2.5)) < 1e-15);
    assert_true(isinf(fsnn_mittag_leffler(0.5, 1, 40)));
    assert_true(isinf(fsnn_mittag_leffler(0.5, 1, INFINITY)));
    assert_true(fsnn_mittag_leffler(0.5, 1, -INFINITY) == 0);
    /* -1/(z Gamma(1-a)) */
    assert_true(fabs(fsnn_mittag_leffler(0.3, 1, -1e12) * 1e12 * tgamma(0.7) - 1) < 1e-10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden),
        cmocka_unit_test(dense_table),
        cmocka_unit_test(wide_table),
        cmocka_unit_test(last_digit),
        cmocka_unit_test(extremes),
        cmocka_unit_test(nodes),
        cmocka_unit_test(derivative_in_alpha),
        cmocka_unit_test(closed_forms),
        cmocka_unit_test(recurrence),
        cmocka_unit_test(duplication),
        cmocka_unit_test(monotone),
        cmocka_unit_test(ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

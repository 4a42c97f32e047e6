/* Sums of exponentials: what is said of their error holds at every single lag. */
#include "../check.h"
#include "frac/fit.h"

typedef struct kernel_case {
    const char *name;
    const fde_kernel *kernel;
} kernel_case;

static const kernel_case kernels[] = {{"gl", &fde_gl},
                                      {"l1", &fde_l1},
                                      {"ab explicit", &fde_rect_explicit},
                                      {"ab implicit", &fde_rect_implicit},
                                      {"trap", &fde_trap}};

/* Largest relative error and sum of |error|, lag by lag; w [steps + 1]. */
static void by_hand(const frac_fit *fit, const double *weight, const double *w, double *error,
                    double *sum)
{
    double decay[FRAC_MODES], power[FRAC_MODES];
    for (int k = 0; k < fit->modes; k++)
        decay[k] = expm1(-fit->s[k]);
    *error = *sum = 0;
    for (int64_t j = fit->window; j <= fit->steps; j++) {
        double got = 0;
        for (int k = 0; k < fit->modes; k++) {
            power[k] = j % 64 == 0 || j == fit->window ? exp(-fit->s[k] * (double)j)
                                                       : power[k] + power[k] * decay[k];
            got += weight[k] * power[k];
        }
        *error = fmax(*error, fabs(got - w[j]) / w[j]);
        *sum += fabs(got - w[j]);
    }
}

static void one(const kernel_case *c, double a, double tolerance, int64_t steps)
{
    CASE("%s, alpha %g, tolerance %g, %lld steps", c->name, a, tolerance, (long long)steps);
    frac_target target = {c->kernel, {.terms = 1, .alpha = {a}, .share = {1}}};
    frac_fit fit = {.tolerance = tolerance, .window = 16, .steps = steps};
    double weight[FRAC_MODES], error, sum, true_error, true_sum;
    GOOD(frac_fit_make(&fit, &target, 1));
    GOOD(frac_fit_weigh(&fit, c->kernel, &target.mix, weight));
    frac_fit_measure(&fit, c->kernel, &target.mix, weight, &error, &sum);
    double *w = malloc((size_t)(steps + 1) * sizeof *w);
    fde_mix_lags(c->kernel, &target.mix, steps, w);
    by_hand(&fit, weight, w, &true_error, &true_sum);
    free(w);
    assert_true(error <= tolerance);
    assert_true(true_error <= error && true_error > 0.9 * error);
    assert_true(true_sum <= sum && true_sum > 0.8 * sum);
}

static void bounds(void **state)
{
    (void)state;
    static const double alphas[] = {0.1, 0.35, 0.5, 0.8, 0.97}, tolerances[] = {1e-2, 1e-5, 1e-8};
    static const int64_t steps[] = {500, 3000, 20000};
    for (int k = 0; k < FSNN_COUNT(kernels); k++)
        for (int a = 0; a < FSNN_COUNT(alphas); a++)
            for (int t = 0; t < FSNN_COUNT(tolerances); t++)
                for (int s = 0; s < FSNN_COUNT(steps); s++)
                    if (check_turn())
                        one(&kernels[k], alphas[a], tolerances[t], steps[s]);
}

/* Exponentials of one order alone: fewer, and what is said of their error holds as well. */
static void fewer(const kernel_case *c, double a, double tolerance, int64_t steps)
{
    CASE("few: %s, alpha %g, tolerance %g, %lld steps", c->name, a, tolerance, (long long)steps);
    frac_target target = {c->kernel, {.terms = 2, .alpha = {a, 0.9 * a}, .share = {0.7, 0.3}}};
    frac_fit all = {.tolerance = tolerance, .window = 25, .steps = steps}, few = all;
    double weight[FRAC_MODES], error, sum, true_error, true_sum;
    GOOD(frac_fit_make(&all, &target, 1));
    GOOD(frac_fit_few(&few, &target));
    assert_true(few.few && 4 * few.modes <= 3 * all.modes);
    GOOD(frac_fit_weigh(&few, c->kernel, &target.mix, weight));
    frac_fit_measure(&few, c->kernel, &target.mix, weight, &error, &sum);
    double *w = malloc((size_t)(steps + 1) * sizeof *w);
    fde_mix_lags(c->kernel, &target.mix, steps, w);
    by_hand(&few, weight, w, &true_error, &true_sum);
    /* of the numbers alone: as few, and no lag between those that were looked at is off */
    frac_fit known = {.tolerance = tolerance, .window = 25, .steps = steps};
    double known_error, known_sum;
    GOOD(frac_fit_few_lags(&known, w, 0));
    by_hand(&known, known.weight, w, &known_error, &known_sum);
    assert_true(known.modes <= few.modes + 3);
    assert_true(known.error <= tolerance && known_error <= 1.05 * tolerance);
    free(w);
    assert_true(error <= tolerance && true_error <= error * (1 + 1e-9));
    assert_true(true_sum <= sum * (1 + 1e-9));
    for (int k = 0; k < few.modes; k++)
        assert_true(few.s[k] > 0 && weight[k] > 0);
}

static void few_do(void **state)
{
    (void)state;
    static const double alphas[] = {0.2, 0.5, 0.9}, tolerances[] = {1e-3, 1e-5};
    static const int64_t steps[] = {3000, 100000};
    for (int k = 0; k < FSNN_COUNT(kernels); k++)
        for (int a = 0; a < FSNN_COUNT(alphas); a++)
            for (int t = 0; t < FSNN_COUNT(tolerances); t++)
                for (int s = 0; s < FSNN_COUNT(steps); s++)
                    if (check_turn())
                        fewer(&kernels[k], alphas[a], tolerances[t], steps[s]);
}

/* Where a search finds nothing less, the nodes of the rule stay. */
static void few_may_be_all(void **state)
{
    (void)state;
    const frac_target target = {&fde_gl, {.terms = 1, .alpha = {0.5}, .share = {1}}};
    /* fewer lags make the search smaller */
    frac_fit fit = {.tolerance = 1e-12, .window = 25, .steps = check_every() > 1 ? 100 : 100000};
    double weight[FRAC_MODES], error, sum;
    GOOD(frac_fit_few(&fit, &target));
    GOOD(frac_fit_weigh(&fit, &fde_gl, &target.mix, weight));
    frac_fit_measure(&fit, &fde_gl, &target.mix, weight, &error, &sum);
    assert_true(error <= 1e-12);
    fit = (frac_fit){.tolerance = 1e-5, .window = 25, .steps = 20};
    GOOD(frac_fit_few(&fit, &target));
    assert_int_equal(fit.modes, 0);
}

/* Searches that a call makes; fit: what it is asked for and gives. */
static int64_t searches_of(frac_fit *fit, double a, double tolerance, int64_t steps)
{
    const frac_target target = {&fde_gl, {.terms = 1, .alpha = {a}, .share = {1}}};
    const int64_t before = frac_fit_searches();
    *fit = (frac_fit){.tolerance = tolerance, .window = 25, .steps = steps};
    GOOD(frac_fit_known(fit, &target));
    return frac_fit_searches() - before;
}

/* What was found is not searched again, unless so many others came between; it is the same then. */
static void few_are_searched_once(void **state)
{
    (void)state;
    frac_fit first, again, other;
    /* a search solves some hundred systems of equations: small ones where instructions cost much */
    const double fine = check_every() > 1 ? 1e-3 : 1e-5, loose = 10 * fine;
    assert_int_equal(searches_of(&first, 0.55, fine, 5000), 1);
    assert_int_equal(searches_of(&again, 0.55, fine, 5000), 0);
    assert_memory_equal(&again, &first, sizeof first);
    assert_int_equal(searches_of(&other, 0.56, fine, 5000), 1);
    assert_int_equal(searches_of(&other, 0.55, loose, 5000), 1);
    assert_true(other.error <= loose && other.modes < first.modes);
    assert_int_equal(searches_of(&other, 0.55, fine, 6000), 1);
    assert_int_equal(searches_of(&again, 0.55, fine, 5000), 0);
    for (int i = 0; i < 8; i++)
        assert_int_equal(searches_of(&other, 0.6 + 0.01 * i, 1e-3, 1000), 1);
    assert_int_equal(searches_of(&again, 0.55, fine, 5000), 1);
    assert_memory_equal(&again, &first, sizeof first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bounds), cmocka_unit_test(few_do),
                                       cmocka_unit_test(few_may_be_all),
                                       cmocka_unit_test(few_are_searched_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

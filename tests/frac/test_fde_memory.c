/* Sums of exponentials: every integer lag within the tolerance, trajectories within the bound that
 * follows, all schemes against the whole past, and constant memory. */

#include "fde_tools.h"
#include "frac/fde_run.h"

/* A run with nothing but what the fit looks at. */
static void fit_of(const fde_kernel *kernel, const fde_mix *mix, double tolerance, int window,
                   int64_t steps, fde_fit *fit, double *weight)
{
    fsnn_fde o = {.tolerance = tolerance, .window = window};
    fde_scheme scheme = {.kernel = {kernel}};
    fde_mix copy = *mix;
    fde_run run = {.o = &o, .scheme = &scheme, .steps = steps, .slots = 1, .mix = &copy};
    *fit = (fde_fit){.weight = {weight}};
    GOOD(fde_fit_make(&run, fit));
}

static const struct {
    const char *name;
    const fde_kernel *kernel;
} kernels[] = {
    {"gl", &fde_gl},
    {"l1", &fde_l1},
    {"rect explicit", &fde_rect_explicit},
    {"rect implicit", &fde_rect_implicit},
    {"trap", &fde_trap},
};
enum { KERNELS = sizeof kernels / sizeof *kernels };

/* Largest relative error over every lag window..N. */
static double measure(const fde_kernel *kernel, const fde_mix *mix, int window, int64_t N,
                      const fde_fit *fit, const double *weight)
{
    double *w = malloc((size_t)(N + 1) * sizeof *w), worst = 0, power[FDE_MODES];
    fde_mix_lags(kernel, mix, N, w);
    for (int k = 0; k < fit->modes; k++)
        power[k] = exp(-fit->s[k] * window);
    for (int64_t j = window; j <= N; j++) {
        double sum = 0;
        for (int k = 0; k < fit->modes; k++) {
            sum += weight[k] * power[k];
            power[k] += power[k] * expm1(-fit->s[k]);
        }
        if (sum != w[j])
            worst = fmax(worst, fabs(sum - w[j]) / w[j]);
    }
    free(w);
    return worst;
}

static void every_lag(void **state)
{
    (void)state;
    static const double alphas[] = {0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.9999, 1};
    static const double tolerances[] = {1e-3, 1e-5, 1e-7, 1e-10};
    fde_fit fit;
    double weight[FDE_MODES];
    for (int m = 0; m < KERNELS; m++)
        for (int i = 0; i < 9; i++)
            for (int e = 0; e < 4; e++) {
                if (!check_turn())
                    continue;
                fde_mix mix = {1, {alphas[i]}, {1}, 0};
                fit_of(kernels[m].kernel, &mix, tolerances[e], 16, 10000, &fit, weight);
                double worst = measure(kernels[m].kernel, &mix, 16, 10000, &fit, weight);
                if (!(worst <= tolerances[e] * 1.02 + 1e-12))
                    fail_msg("%s, alpha %g: %.2e above %g with %d modes", kernels[m].name,
                             alphas[i], worst, tolerances[e], fit.modes);
                assert_true(fit.modes <= 80);
            }
}

static void long_runs_and_windows(void **state)
{
    (void)state;
    static const struct {
        int window, most;
        int64_t N;
    } rows[] = {
        {2, 90, 1000}, {8, 70, 100}, {16, 70, 1000000}, {64, 60, 100000}, {4096, 50, 200000}};
    fde_fit fit;
    double weight[FDE_MODES];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int m = 0; m < 2; m++) {
            fde_mix mix = m ? (fde_mix){3, {0.2, 0.6, 0.95}, {0.5, 0.2, 0.3}, 0}
                            : (fde_mix){1, {0.4}, {1}, 0};
            /* every lag is looked at, which is what costs */
            int64_t N = check_every() > 1 && rows[i].N > 20000 ? 20000 : rows[i].N;
            fit_of(&fde_gl, &mix, 1e-7, rows[i].window, N, &fit, weight);
            double worst = measure(&fde_gl, &mix, rows[i].window, N, &fit, weight);
            if (!(worst <= 1.02e-7 && fit.modes > 0 && fit.modes <= rows[i].most))
                fail_msg("window %d, %lld lags: %.2e with %d modes", rows[i].window, (long long)N,
                         worst, fit.modes);
        }
}

static int drive(double t, const double *y, double *d, size_t n, void *user)
{
    const double *tau = user;
    for (size_t i = 0; i < n; i++)
        d[i] = (1.2 + sin(0.3 * t + (double)i) - y[i]) / *tau;
    return 0;
}

/* |error| <= tau h^-a E1 max|v| while h^a/tau <= a, for gl explicit (v0 = 0). */
static void trajectory_bound(void **state)
{
    (void)state;
    /* the whole past costs the square of the steps */
    const int N = check_every() > 1 ? 2000 : 8000;
    static const double alphas[] = {0.3, 0.5, 0.8}, tolerances[] = {1e-3, 1e-5, 1e-7, 1e-9};
    double tau = 20, zero = 0;
    for (int i = 0; i < 3; i++) {
        fsnn_order order = fsnn_order_of(alphas[i]);
        fsnn_fde fde = fde_of(&variants[0], &order, 1, 1, drive, &tau);
        double *exact = fde_grid(&fde, &zero, N), most = 0, before = INFINITY;
        for (int k = 0; k <= N; k++)
            most = fmax(most, fabs(exact[k]));
        for (int e = 0; e < 4; e++) {
            fde.memory = FSNN_FDE_EXPONENTIALS;
            fde.tolerance = tolerances[e];
            const size_t count = (size_t)N + 1;
            double *times = malloc(count * sizeof *times), *y = malloc(count * sizeof *y);
            for (int k = 0; k <= N; k++)
                times[k] = k;
            fsnn_fde_report report = fde_must(&fde, &zero, times, count, y);
            double error = 0, bound = tau * report.weight_error_sum * most;
            for (int k = 0; k <= N; k++)
                error = fmax(error, fabs(y[k] - exact[k]));
            assert_true(report.modes > 0 && report.weight_error <= fde.tolerance);
            /* certified sums are sampled every 2 % */
            if (!(error <= 1.05 * bound + 1e-12 && error < before))
                fail_msg("alpha %g, tolerance %g: %.2e against %.2e", alphas[i], fde.tolerance,
                         error, bound);
            before = error;
            free(times);
            free(y);
        }
        free(exact);
    }
}

/* Every scheme, alone and with orders of its own per component, also at alpha = 1. */
static void every_scheme(void **state)
{
    (void)state;
    enum { N = 2000 };
    fsnn_order orders[3] = {fsnn_order_of(0.35), fsnn_order_of(0.8), fsnn_order_of(1)};
    double tau = 5, y0[3] = {0.5, -1, 0.25};
    for (int s = 0; s < VARIANTS; s++) {
        fsnn_fde fde = fde_of(&variants[s], orders, 0.25, 3, drive, &tau);
        fde.orders = 3;
        double *dense = fde_grid(&fde, y0, N);
        fde.memory = FSNN_FDE_EXPONENTIALS;
        fde.tolerance = 1e-9;
        double *far = fde_grid(&fde, y0, N);
        for (int k = 0; k < 3 * (N + 1); k++)
            if (!(fabs(dense[k] - far[k]) < 1e-6))
                fail_msg("%s, step %d: %.12g, dense %.12g", variants[s].name, k / 3, far[k],
                         dense[k]);
        free(dense);
        free(far);
    }
}

/* Runs shorter than the window need no modes and agree with the whole past but for the order of
 * sums. */
static void short_run(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.5);
    double tau = 2, y0 = 1, end = 3, dense, far;
    fsnn_fde fde = fde_of(&variants[0], &order, 0.25, 1, drive, &tau);
    fde_must(&fde, &y0, &end, 1, &dense);
    fde.memory = FSNN_FDE_EXPONENTIALS;
    fsnn_fde_report report = fde_must(&fde, &y0, &end, 1, &far);
    assert_int_equal(report.modes, 0);
    assert_true(fabs(dense - far) < 1e-14);
}

/* Ten times the steps: about the same bytes. */
static void constant_memory(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.5);
    double tau = 10, zero = 0, end = 10000, y;
    fsnn_fde fde = fde_of(&variants[0], &order, 1, 1, drive, &tau);
    fde.memory = FSNN_FDE_EXPONENTIALS;
    int64_t near = fde_must(&fde, &zero, &end, 1, &y).bytes;
    end = 100000;
    fsnn_fde_report report = fde_must(&fde, &zero, &end, 1, &y);
    assert_true(report.bytes < near + 200 && report.bytes < 10000);
    assert_int_equal(report.steps, 100000);
    end = 1000;
    fde.memory = FSNN_FDE_DENSE;
    assert_true(fde_must(&fde, &zero, &end, 1, &y).bytes >= 1000 * 2 * 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_lag),        cmocka_unit_test(long_runs_and_windows),
        cmocka_unit_test(trajectory_bound), cmocka_unit_test(every_scheme),
        cmocka_unit_test(short_run),        cmocka_unit_test(constant_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

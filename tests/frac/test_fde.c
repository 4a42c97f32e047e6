/* The solver: systems, orders per component, output times, callbacks, Newton's method, and what it
 * refuses. */

#include "fde_tools.h"

static const fsnn_order half = {.terms = 1, .alpha = {0.5}, .coefficient = {1}};

/* D^a y = i y as a real system: y = E_a(i t^a), summed as the even and odd parts of the series. */
static int rotation(double t, const double *y, double *d, size_t n, void *user)
{
    (void)t, (void)n, (void)user;
    d[0] = -y[1];
    d[1] = y[0];
    return 0;
}

static int rotation_jacobian(double t, const double *y, double *J, size_t n, void *user)
{
    (void)t, (void)y, (void)n, (void)user;
    J[0] = 0, J[1] = -1, J[2] = 1, J[3] = 0;
    return 0;
}

static void systems(void **state)
{
    (void)state;
    double a = 0.7, y0[2] = {1, 0}, end = 1, y[2];
    fsnn_order order = fsnn_order_of(a);
    double real = fsnn_mittag_leffler(2 * a, 1, -1),
           imaginary = fsnn_mittag_leffler(2 * a, 1 + a, -1);
    for (int s = 0; s < VARIANTS; s++) {
        fsnn_fde fde = fde_of(&variants[s], &order, 1.0 / 2048, 2, rotation, NULL);
        for (int given = 0; given < 2; given++) {
            fde.jacobian = given ? rotation_jacobian : NULL;
            fsnn_fde_report report = fde_must(&fde, y0, &end, 1, y);
            if (!(fabs(y[0] - real) < 1e-3 && fabs(y[1] - imaginary) < 1e-3))
                fail_msg("%s: (%.9g, %.9g), expected (%.9g, %.9g)", variants[s].name, y[0], y[1],
                         real, imaginary);
            if (variants[s].implicit) /* linear: one factorisation serves every step */
                assert_true(report.jacobians == 1 && report.iterations <= 3 * report.steps);
            else
                assert_true(report.jacobians == 0 && report.iterations == 0);
        }
    }
}

/* Uncoupled components with orders of their own: each as if it were alone. */
static int decay(double t, const double *y, double *d, size_t n, void *user)
{
    (void)t, (void)user;
    for (size_t i = 0; i < n; i++)
        d[i] = -y[i];
    return 0;
}

static void own_orders(void **state)
{
    (void)state;
    fsnn_order orders[4] = {fsnn_order_of(0.3), fsnn_order_of(1), fsnn_order_of(0.3),
                            fsnn_order_of(0.8)};
    orders[2].coefficient[0] = 2.5;
    double y0[4] = {1, 2, -1, 0.5}, end = 2, y[4], alone;
    for (int s = 0; s < VARIANTS; s++) {
        fsnn_fde fde = fde_of(&variants[s], orders, 0.01, 4, decay, NULL);
        fde.orders = 4;
        fde_must(&fde, y0, &end, 1, y);
        for (int i = 0; i < 4; i++) {
            fsnn_fde one = fde_of(&variants[s], &orders[i], 0.01, 1, decay, NULL);
            fde_must(&one, &y0[i], &end, 1, &alone);
            if (!(fabs(alone - y[i]) < 1e-12))
                fail_msg("%s, component %d: %.17g, alone %.17g", variants[s].name, i, y[i], alone);
        }
    }
}

/* A coefficient C is a right-hand side divided by C. */
static int slower(double t, const double *y, double *d, size_t n, void *user)
{
    decay(t, y, d, n, user);
    for (size_t i = 0; i < n; i++)
        d[i] /= 4;
    return 0;
}

static void coefficients(void **state)
{
    (void)state;
    fsnn_order plain = fsnn_order_of(0.6), four = plain;
    four.coefficient[0] = 4;
    double y0 = 1, end = 1, a, b;
    for (int s = 0; s < VARIANTS; s++) {
        fsnn_fde fde = fde_of(&variants[s], &four, 0.01, 1, decay, NULL);
        fde_must(&fde, &y0, &end, 1, &a);
        fde.order = &plain;
        fde.f = slower;
        fde_must(&fde, &y0, &end, 1, &b);
        assert_true(fabs(a - b) < 1e-13);
    }
}

/* Two terms of the same order are one; a term split in two changes nothing. */
static void terms_add_up(void **state)
{
    (void)state;
    fsnn_order one = fsnn_order_of(0.6);
    fsnn_order two = {.terms = 2, .alpha = {0.6, 0.6}, .coefficient = {0.25, 0.75}};
    double y0 = 1, end = 3, a, b;
    for (int s = 0; s < 4; s++) {
        fsnn_fde fde = fde_of(&variants[s], &one, 0.01, 1, decay, NULL);
        fde_must(&fde, &y0, &end, 1, &a);
        fde.order = &two;
        fde_must(&fde, &y0, &end, 1, &b);
        assert_true(fabs(a - b) < 1e-13);
    }
}

/* At alpha = 1 the explicit methods of first order are Euler's, bit for bit (y0 = 0). */
static int forced(double t, const double *y, double *d, size_t n, void *user)
{
    (void)n, (void)user;
    d[0] = sin(t) - y[0] / 3;
    return 0;
}

static void one_is_euler(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(1);
    const variant euler = {"euler", FSNN_EULER, false};
    double zero = 0;
    fsnn_fde fde = fde_of(&euler, NULL, 0.0625, 1, forced, NULL);
    double *want = fde_grid(&fde, &zero, 200);
    for (int s = 0; s < 4; s += 2) {
        fde = fde_of(&variants[s], &order, 0.0625, 1, forced, NULL);
        double *got = fde_grid(&fde, &zero, 200);
        assert_memory_equal(got, want, 201 * sizeof *got);
        free(got);
    }
    free(want);
}

/* Times: grid points exactly, a straight line between and beyond the last grid point, repeated
 * ones, the start, t0 elsewhere. */
static void output_times(void **state)
{
    (void)state;
    double y0 = 1, h = 0.1, t0 = -3.7;
    fsnn_fde fde = fde_of(&variants[0], &half, h, 1, decay, NULL);
    fde.t0 = t0;
    double *grid = fde_grid(&fde, &y0, 40), y[8];
    double times[8] = {t0, t0, t0 + 0.3, t0 + 3 * h, t0 + 0.325, t0 + 0.35, t0 + 39 * h, t0 + 3.91};
    fsnn_fde_report report = fde_must(&fde, &y0, times, 8, y);
    assert_int_equal(report.steps, 39);
    assert_true(fabs(report.t - (t0 + 3.9)) < 1e-12);
    assert_true(y[0] == 1 && y[1] == 1 && y[2] == grid[3] && y[3] == grid[3]);
    assert_true(fabs(y[4] - (0.75 * grid[3] + 0.25 * grid[4])) < 1e-13);
    assert_true(fabs(y[5] - (0.5 * grid[3] + 0.5 * grid[4])) < 1e-13);
    assert_true(y[6] == grid[39]);
    assert_true(fabs(y[7] - (1.1 * grid[39] - 0.1 * grid[38])) < 1e-12);
    fde_must(&fde, &y0, &t0, 1, y); /* nothing to do */
    assert_true(y[0] == 1);
    free(grid);
}

/* Stiff: explicit methods must blow up and say so, implicit ones do not care. */
static int stiff(double t, const double *y, double *d, size_t n, void *user)
{
    (void)n, (void)user;
    d[0] = -1e4 * (y[0] - cos(t));
    return 0;
}

static void stiffness(void **state)
{
    (void)state;
    double y0 = 0, end = 100, y;
    fsnn_fde_report report;
    for (int s = 0; s < VARIANTS; s++) {
        fsnn_fde fde = fde_of(&variants[s], &half, 0.1, 1, stiff, NULL);
        if (variants[s].implicit) {
            fde_must(&fde, &y0, &end, 1, &y);
            assert_true(fabs(y - cos(100)) < 0.01);
            continue;
        }
        REFUSED(fsnn_fde_solve(&fde, &y0, &end, 1, &y, &report), FSNN_ENUMERIC, "at t = ");
        CONTAINS(fsnn_error_text(), "implicit");
        assert_true(report.times == 0 && report.steps > 0 && report.steps < 1000);
    }
}

/* Nonlinear and coupled, implicit: agrees with the explicit limit, Jacobian given or not. */
static int reaction(double t, const double *y, double *d, size_t n, void *user)
{
    (void)t, (void)n, (void)user;
    d[0] = 1 - 4 * y[0] + y[0] * y[0] * y[1];
    d[1] = 3 * y[0] - y[0] * y[0] * y[1];
    return 0;
}

static int reaction_jacobian(double t, const double *y, double *J, size_t n, void *user)
{
    (void)t, (void)n, (void)user;
    J[0] = -4 + 2 * y[0] * y[1], J[1] = y[0] * y[0];
    J[2] = 3 - 2 * y[0] * y[1], J[3] = -y[0] * y[0];
    return 0;
}

static void nonlinear(void **state)
{
    (void)state;
    fsnn_order orders[2] = {fsnn_order_of(0.9), fsnn_order_of(0.7)};
    double y0[2] = {1.2, 2.8}, end = 5, fine[2], got[2], same[2];
    fsnn_fde fde = fde_of(variant_find("pece"), orders, 1.0 / 1024, 2, reaction, NULL);
    fde.orders = 2;
    fde_must(&fde, y0, &end, 1, fine);
    for (int s = 0; s < VARIANTS; s++) {
        fde.method = variants[s].method;
        fde.implicit = variants[s].implicit;
        fde.step = 1.0 / 256;
        fde.jacobian = NULL;
        fde_must(&fde, y0, &end, 1, got);
        for (int i = 0; i < 2; i++)
            if (!(fabs(got[i] - fine[i]) < 0.02))
                fail_msg("%s: %.6g, fine %.6g", variants[s].name, got[i], fine[i]);
        fde.jacobian = reaction_jacobian;
        fde_must(&fde, y0, &end, 1, same);
        assert_true(fabs(same[0] - got[0]) < 1e-9 && fabs(same[1] - got[1]) < 1e-9);
    }
}

/* 60 coupled components: diffusion on a line, implicit, against the decay of its first mode. */
static int diffusion(double t, const double *y, double *d, size_t n, void *user)
{
    (void)t, (void)user;
    for (size_t i = 0; i < n; i++)
        d[i] = (i ? y[i - 1] : 0) - 2 * y[i] + (i + 1 < n ? y[i + 1] : 0);
    return 0;
}

static void many_components(void **state)
{
    (void)state;
    enum { N = 60 };
    double y0[N], y[N], end = 20, pi = 3.14159265358979323846;
    double rate = 2 - 2 * cos(pi / (N + 1));
    for (int i = 0; i < N; i++)
        y0[i] = sin(pi * (i + 1) / (N + 1));
    fsnn_fde fde = fde_of(variant_find("trap_im"), &half, 0.25, N, diffusion, NULL);
    fde_must(&fde, y0, &end, 1, y);
    double factor = fsnn_mittag_leffler(0.5, 1, -rate * sqrt(20));
    for (int i = 0; i < N; i++)
        assert_true(fabs(y[i] - factor * y0[i]) < 1e-4);
}

/* ---- callbacks ---- */

typedef struct plan {
    double until;
    int code;
} plan;

static int stopping(double t, const double *y, double *d, size_t n, void *user)
{
    const plan *p = user;
    decay(t, y, d, n, NULL);
    return t > p->until ? p->code : 0;
}

static int bad_jacobian(double t, const double *y, double *J, size_t n, void *user)
{
    (void)y, (void)n, (void)user, (void)t;
    J[0] = -1;
    return -7;
}

static void callbacks(void **state)
{
    (void)state;
    double y0 = 1, times[3] = {0.5, 1, 2}, y[3] = {9, 9, 9};
    for (int s = 0; s < VARIANTS; s++) {
        plan p = {1.25, 3};
        fsnn_fde_report report;
        fsnn_fde fde = fde_of(&variants[s], &half, 0.125, 1, stopping, &p);
        REFUSED(fsnn_fde_solve(&fde, &y0, times, 3, y, &report), FSNN_EINTERRUPTED, "returned 3");
        assert_int_equal(report.times, 2);
        assert_true(y[0] > y[1] && y[1] > 0 && y[2] == 9);
        assert_true(report.t >= 1.125 && report.t <= 1.375);
        p.code = -4;
        REFUSED(fsnn_fde_solve(&fde, &y0, times, 3, y, NULL), FSNN_ECALLBACK, "returned -4");
        CONTAINS(fsnn_error_text(), "t = 1.375");
    }
    fsnn_fde fde = fde_of(variant_find("gl_im"), &half, 0.125, 1, decay, NULL);
    fde.jacobian = bad_jacobian;
    REFUSED(fsnn_fde_solve(&fde, &y0, times, 3, y, NULL), FSNN_ECALLBACK, "Jacobian failed");
    CONTAINS(fsnn_error_text(), "-7");
}

/* No solution: y = base + g (1 + y^2) has none for large g. */
static int unsolvable(double t, const double *y, double *d, size_t n, void *user)
{
    (void)t, (void)n, (void)user;
    d[0] = 1 + y[0] * y[0];
    return 0;
}

static void newton_failure(void **state)
{
    (void)state;
    double y0 = 0, end = 8, y;
    fsnn_fde fde = fde_of(variant_find("l1_im"), &half, 4, 1, unsolvable, NULL);
    REFUSED(fsnn_fde_solve(&fde, &y0, &end, 1, &y, NULL), FSNN_ENUMERIC, "t = 4");
    fde.newton_iterations = 1;
    fde.step = 0.01;
    REFUSED(fsnn_fde_solve(&fde, &y0, &end, 1, &y, NULL), FSNN_ENUMERIC,
            "did not converge in 1 iteration at t = 0.01");
}

/* ---- what is refused ---- */

static void refuse(const fsnn_fde *fde, fsnn_status status, const char *words)
{
    double y0[2] = {1, 1}, times[2] = {0.5, 1}, y[4];
    REFUSED(fsnn_fde_solve(fde, y0, times, 2, y, NULL), status, words);
}

#define REFUSE(status, words, ...)                                                                 \
    do {                                                                                           \
        fsnn_fde fde = good;                                                                       \
        __VA_ARGS__;                                                                               \
        refuse(&fde, status, words);                                                               \
    } while (0)

static void arguments(void **state)
{
    (void)state;
    fsnn_order bad[2] = {half, half};
    fsnn_fde good = fde_of(&variants[0], &half, 0.1, 2, rotation, NULL);
    REFUSE(FSNN_EARGUMENT, "right-hand side f is NULL", fde.f = NULL);
    REFUSE(FSNN_EARGUMENT, "0 components", fde.n = 0);
    REFUSE(FSNN_EARGUMENT, "no method number 99", fde.method = 99);
    REFUSE(FSNN_EUNSUPPORTED, "ml is for neurons in networks", fde.method = FSNN_ML);
    REFUSE(FSNN_EUNSUPPORTED, "abm has no implicit variant", fde.method = FSNN_ABM,
           fde.implicit = true);
    REFUSE(FSNN_EUNSUPPORTED, "rk4 has no implicit variant", fde.method = FSNN_RK4,
           fde.implicit = true);
    REFUSE(FSNN_EUNSUPPORTED, "heun is of integer order, alpha of order 0 is 0.5",
           fde.method = FSNN_HEUN);
    REFUSE(FSNN_EARGUMENT, "gl needs an order", fde.order = NULL);
    REFUSE(FSNN_EARGUMENT, "3 orders for 2 components: 1 or 2", fde.orders = 3);
    REFUSE(FSNN_EARGUMENT, "0 orders", fde.orders = 0);
    REFUSE(FSNN_EARGUMENT, "2 orders for 1 component: 1 works", fde.orders = 2, fde.n = 1);
    fsnn_fde two = good;
    two.order = bad;
    two.orders = 2;
    bad[1].alpha[0] = 2.5;
    refuse(&two, FSNN_EARGUMENT, "alpha of order 1 is 2.5");
    bad[1].alpha[0] = 2.0000002;
    refuse(&two, FSNN_EARGUMENT, "alpha of order 1 is 2.0000002: it must lie in (0, 2]");
    bad[1].alpha[0] = 0;
    refuse(&two, FSNN_EARGUMENT, "(0, 2]");
    bad[1] = half;
    bad[1].coefficient[0] = -1;
    refuse(&two, FSNN_EARGUMENT, "must be positive");
    bad[1] = half;
    bad[1].terms = 0;
    refuse(&two, FSNN_EARGUMENT, "order 1 has 0 terms");
    bad[1].terms = FSNN_MAX_TERMS + 1;
    refuse(&two, FSNN_EARGUMENT, "1 to 8");
    bad[1] = (fsnn_order){.terms = 2, .alpha = {0.5, 0.25}, .coefficient = {1, 1}};
    two.method = FSNN_ABM;
    refuse(&two, FSNN_EUNSUPPORTED,
           "abm takes one term, order 1 has 2: several terms work with gl");
    REFUSE(FSNN_EARGUMENT, "t0 is", fde.t0 = NAN);
    REFUSE(FSNN_EARGUMENT, "step is 0", fde.step = 0);
    REFUSE(FSNN_EARGUMENT, "step is -1", fde.step = -1);
    REFUSE(FSNN_EARGUMENT, "1e15", fde.step = 1e-16);
    REFUSE(FSNN_EARGUMENT, "time 0 is 0.5 after 0.75", fde.t0 = 0.75);
    REFUSE(FSNN_EMEMORY, "FSNN_FDE_EXPONENTIALS keeps", fde.step = 1e-15, fde.t0 = 0.2);
    REFUSE(FSNN_EARGUMENT, "no memory number 7", fde.memory = 7);
    good.memory = FSNN_FDE_EXPONENTIALS;
    REFUSE(FSNN_EARGUMENT, "tolerance of the exponentials is 0", fde.tolerance = 0);
    REFUSE(FSNN_EARGUMENT, "window of exact lags is 1", fde.window = 1);
    REFUSE(FSNN_EUNSUPPORTED, "euler has no memory", fde.method = FSNN_EULER, fde.order = NULL);
    good = fde_of(&variants[1], &half, 0.1, 2, rotation, NULL);
    REFUSE(FSNN_EARGUMENT, "newton_tolerance is 0", fde.newton_tolerance = 0);
    REFUSE(FSNN_EARGUMENT, "newton_iterations is 0", fde.newton_iterations = 0);
}

static void pointers(void **state)
{
    (void)state;
    fsnn_fde fde = fde_of(&variants[0], &half, 0.1, 1, decay, NULL);
    double y0 = 1, t = 1, y, nan = NAN;
    FAILS(fsnn_fde_solve(NULL, &y0, &t, 1, &y, NULL), FSNN_EARGUMENT);
    FAILS(fsnn_fde_solve(&fde, NULL, &t, 1, &y, NULL), FSNN_EARGUMENT);
    assert_string_equal(fsnn_error_text(), "y0 is NULL");
    FAILS(fsnn_fde_solve(&fde, &y0, NULL, 1, &y, NULL), FSNN_EARGUMENT);
    FAILS(fsnn_fde_solve(&fde, &y0, &t, 1, NULL, NULL), FSNN_EARGUMENT);
    FAILS(fsnn_fde_solve(&fde, &y0, &t, 0, &y, NULL), FSNN_EARGUMENT);
    REFUSED(fsnn_fde_solve(&fde, &nan, &t, 1, &y, NULL), FSNN_EARGUMENT, "y0 of component 0");
    FAILS(fsnn_fde_solve(&fde, &y0, &nan, 1, &y, NULL), FSNN_EARGUMENT);
    double wrong[2] = {1, 0.5}, out[2];
    REFUSED(fsnn_fde_solve(&fde, &y0, wrong, 2, out, NULL), FSNN_EARGUMENT, "ascend");
}

/* Every allocation in turn fails: an error each time, and nothing is lost (the sanitizer watches).
 */
static void out_of_memory(void **state)
{
    (void)state;
    double y0[2] = {1, 0}, end = 1, y[2];
    fsnn_order orders[2] = {half, fsnn_order_of(0.8)};
    for (int memory = 0; memory < 2; memory++) {
        fsnn_fde fde = fde_of(variant_find("trap_im"), orders, 0.01, 2, rotation, NULL);
        fde.orders = 2;
        fde.memory = memory ? FSNN_FDE_EXPONENTIALS : FSNN_FDE_DENSE;
        fsnn_alloc_fail_at(0);
        fde_must(&fde, y0, &end, 1, y);
        int64_t allocations = fsnn_alloc_fail_at(0);
        assert_true(allocations >= 10);
        for (int64_t i = 1; i <= allocations; i++) {
            fsnn_alloc_fail_at(i);
            FAILS(fsnn_fde_solve(&fde, y0, &end, 1, y, NULL), FSNN_EMEMORY);
        }
        fsnn_alloc_fail_at(0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(systems),         cmocka_unit_test(own_orders),
        cmocka_unit_test(coefficients),    cmocka_unit_test(terms_add_up),
        cmocka_unit_test(one_is_euler),    cmocka_unit_test(output_times),
        cmocka_unit_test(stiffness),       cmocka_unit_test(nonlinear),
        cmocka_unit_test(many_components), cmocka_unit_test(callbacks),
        cmocka_unit_test(newton_failure),  cmocka_unit_test(arguments),
        cmocka_unit_test(pointers),        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

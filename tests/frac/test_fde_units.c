/* The solver in any units: the same equation in numbers of 1e-10 or 1e10, and components of
 * different units, give the same digits; and f is never called where it has ended. */
#include "../check.h"
#include "fde_tools.h"

enum { COMPONENTS = 3 };

static const variant implicit[] = {
    {"gl_im", FSNN_GL, true},
    {"l1_im", FSNN_L1, true},
    {"rect_im", FSNN_AB, true},
    {"trap_im", FSNN_TRAP, true},
};

/* Stiff and not linear, for Y = y / unit, with time scales from 1e-4 to 1:
 *   Y1' = 1e4 (Y2^2 - Y1) + cos t,   Y2' = Y1 - Y2^3,   Y3' = Y1 Y2 - 50 Y3 */
typedef struct units {
    double of[COMPONENTS];
} units;

static int stiff(double t, const double *y, double *d, size_t n, void *user)
{
    const units *u = user;
    (void)n;
    double Y[COMPONENTS];
    for (int i = 0; i < COMPONENTS; i++)
        Y[i] = y[i] / u->of[i];
    d[0] = u->of[0] * (1e4 * (Y[1] * Y[1] - Y[0]) + cos(t));
    d[1] = u->of[1] * (Y[0] - Y[1] * Y[1] * Y[1]);
    d[2] = u->of[2] * (Y[0] * Y[1] - 50 * Y[2]);
    return 0;
}

static int stiff_jacobian(double t, const double *y, double *J, size_t n, void *user)
{
    const units *u = user;
    (void)t;
    double Y1 = y[0] / u->of[0], Y2 = y[1] / u->of[1];
    double rows[COMPONENTS][COMPONENTS] = {
        {-1e4, 2e4 * Y2, 0}, {1, -3 * Y2 * Y2, 0}, {Y2, Y1, -50}};
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            J[i * n + j] = rows[i][j] * u->of[i] / u->of[j];
    return 0;
}

static void solve(const variant *v, units u, bool jacobian, double *Y)
{
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_fde fde = fde_of(v, &order, 0.05, COMPONENTS, stiff, &u);
    fde.jacobian = jacobian ? stiff_jacobian : NULL;
    double y0[COMPONENTS] = {u.of[0], 0.5 * u.of[1], 0}, end = 5;
    fde_must(&fde, y0, &end, 1, Y);
    for (int i = 0; i < COMPONENTS; i++)
        Y[i] /= u.of[i];
}

static void any_unit(void **state)
{
    (void)state;
    static const units all[] = {{{1, 1, 1}},       {{1e-10, 1e-10, 1e-10}}, {{1e10, 1e10, 1e10}},
                                {{-3e-7, 2e9, 5}}, {{1e12, 1e-9, 1e3}},     {{1e-150, 1e120, 1}}};
    for (int v = 0; v < FSNN_COUNT(implicit); v++) {
        double want[COMPONENTS], got[COMPONENTS];
        solve(&implicit[v], all[0], true, want);
        assert_true(want[0] > 0.1 && want[1] > 0.1 && want[2] > 1e-3 && want[2] < 0.1);
        for (int u = 0; u < FSNN_COUNT(all); u++)
            for (int jacobian = 0; jacobian < 2; jacobian++) {
                CASE("%s, units %d, Jacobian %d", implicit[v].name, u, jacobian);
                solve(&implicit[v], all[u], jacobian, got);
                for (int i = 0; i < COMPONENTS; i++)
                    assert_true(fabs(got[i] - want[i]) <= 1e-11 * fabs(want[i]));
            }
    }
}

/* y' = -y^3/unit^2: not linear, so that a Newton's method that stops too soon shows. */
static int cubic(double t, const double *y, double *d, size_t n, void *user)
{
    double unit = *(double *)user;
    (void)t;
    (void)n;
    d[0] = -50 * y[0] * (y[0] / unit) * (y[0] / unit);
    return 0;
}

static void one_component(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.5);
    static const double unit[] = {1, 1e-10, 1e10, 1e-200};
    for (int v = 0; v < FSNN_COUNT(implicit); v++) {
        double first = 0;
        for (int i = 0; i < FSNN_COUNT(unit); i++) {
            CASE("%s, unit %g", implicit[v].name, unit[i]);
            double one = unit[i], end = 4, y;
            fsnn_fde fde = fde_of(&implicit[v], &order, 0.125, 1, cubic, &one);
            fde_must(&fde, &one, &end, 1, &y);
            if (i == 0)
                first = y;
            assert_true(first > 0.01 && first < 0.5);
            assert_true(fabs(y / one - first) <= 1e-11 * first);
        }
    }
}

/* y1' = y2, y2' = -y1 passes 0 again and again, and y3' = y1 - y1 is what rounding makes of it. */
static int passing(double t, const double *y, double *d, size_t n, void *user)
{
    double c = *(double *)user, s = y[0] / 3;
    (void)t;
    (void)n;
    d[0] = c * y[1];
    d[1] = -y[0] / c;
    d[2] = y[0] - s - s - s;
    return 0;
}

static void through_zero(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.95);
    for (int v = 0; v < FSNN_COUNT(implicit); v++)
        for (double c = 1e-12; c < 1e13; c *= 1e6) {
            CASE("%s, unit %g", implicit[v].name, c);
            double y0[3] = {0, 1, 0}, end = 20, y[3], want[3], one = 1;
            fsnn_fde fde = fde_of(&implicit[v], &order, 0.05, 3, passing, &one);
            fsnn_fde_report plain = fde_must(&fde, y0, &end, 1, want);
            fde.user = &c;
            fsnn_fde_report report = fde_must(&fde, y0, &end, 1, y);
            assert_true(fabs(y[0] / c - want[0]) <= 1e-10 && fabs(y[1] - want[1]) <= 1e-10);
            assert_true(report.iterations < 8 * report.steps && plain.iterations < 8 * plain.steps);
        }
}

/* Tolerances of one's own: loose ones save iterations, each component has its own. */
static void tolerances(void **state)
{
    (void)state;
    units u = {{1, 1, 1}};
    fsnn_order order = fsnn_order_of(0.7);
    fsnn_fde fde = fde_of(&implicit[0], &order, 0.05, COMPONENTS, stiff, &u);
    double y0[COMPONENTS] = {1, 0.5, 0}, end = 5, strict[COMPONENTS], loose[COMPONENTS];
    int64_t most = fde_must(&fde, y0, &end, 1, strict).iterations;
    double atols[COMPONENTS] = {1e-5, 1e-9, 1e-5};
    fde.newton_tolerance = 1e-6;
    fde.newton_atols = atols;
    assert_true(fde_must(&fde, y0, &end, 1, loose).iterations < most);
    for (int i = 0; i < COMPONENTS; i++)
        assert_true(fabs(loose[i] - strict[i]) < 1e-3 * strict[i]);
    fde.newton_atols = NULL;
    fde.newton_atol = 1e-3;
    assert_true(fde_must(&fde, y0, &end, 1, loose).iterations < most);

    fde.newton_atol = -1;
    REFUSED(fsnn_fde_solve(&fde, y0, &end, 1, loose, NULL), FSNN_EARGUMENT,
            "newton_atol is -1: it must be 0 or positive");
    fde.newton_atol = 0;
    atols[1] = NAN;
    fde.newton_atols = atols;
    REFUSED(fsnn_fde_solve(&fde, y0, &end, 1, loose, NULL), FSNN_EARGUMENT,
            "newton_atols of component 1 is ");
}

/* ---- where f ends ---- */

static int ends(double t, const double *y, double *d, size_t n, void *user)
{
    (void)n;
    if (t > *(double *)user)
        return -1;
    d[0] = t - y[0];
    return 0;
}

static int ends_jacobian(double t, const double *y, double *J, size_t n, void *user)
{
    (void)y;
    (void)n;
    J[0] = -1;
    return t > *(double *)user ? -1 : 0;
}

static const variant every[] = {
    {"gl_ex", FSNN_GL, false},  {"gl_im", FSNN_GL, true},     {"l1_ex", FSNN_L1, false},
    {"l1_im", FSNN_L1, true},   {"rect_ex", FSNN_AB, false},  {"rect_im", FSNN_AB, true},
    {"pece", FSNN_ABM, false},  {"trap_im", FSNN_TRAP, true}, {"euler", FSNN_EULER, false},
    {"heun", FSNN_HEUN, false}, {"rk4", FSNN_RK4, false},
};

/* Steps that divide the interval, that divide it but for rounding, and that do not. */
static void never_beyond(void **state)
{
    (void)state;
    static const double steps[] = {0.125, 0.1, 1.0 / 3, 0.3, 0.7, 1, 0.0999999999, 0.05};
    fsnn_order order = fsnn_order_of(0.6), whole = fsnn_order_of(1);
    for (int v = 0; v < FSNN_COUNT(every); v++)
        for (int s = 0; s < FSNN_COUNT(steps); s++)
            for (int jacobian = 0; jacobian < 2; jacobian++) {
                CASE("%s, step %g", every[v].name, steps[s]);
                double t0 = 2.2, last = t0 + 1, y0 = 1, times[2] = {t0 + 0.95, last}, y[2], all[41];
                fsnn_fde fde =
                    fde_of(&every[v], v < VARIANTS ? &order : &whole, steps[s], 1, ends, &last);
                fde.t0 = t0;
                fde.jacobian = jacobian ? ends_jacobian : NULL;
                fsnn_fde_report report = fde_must(&fde, &y0, times, 2, y);
                assert_int_equal(report.steps, floor(1 / steps[s] + 1e-8));
                /* on the line through the last two grid points */
                double free_end = INFINITY, grid[41];
                for (int k = 0; k <= report.steps; k++)
                    grid[k] = t0 + k * steps[s];
                fde.user = &free_end;
                fde_must(&fde, &y0, grid, (size_t)report.steps + 1, all);
                const double *tail = all + report.steps - 1;
                double position = (last - grid[report.steps]) / steps[s];
                assert_true(fabs(y[1] - (tail[1] + position * (tail[1] - tail[0]))) < 1e-8);
            }
}

/* The tail has the order of the straight lines between grid points. */
static void tail_order(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(1);
    double error[2], last = 1, y0 = 1, y, exact = 2 * exp(-1) + last - 1;
    for (int v = 0; v < FSNN_COUNT(every); v++) {
        CASE("%s", every[v].name);
        for (int i = 0; i < 2; i++) {
            fsnn_fde fde = fde_of(&every[v], &order, 1 / (10.5 * (1 + i)), 1, ends, &last);
            fde_must(&fde, &y0, &last, 1, &y);
            error[i] = fabs(y - exact);
        }
        assert_true(error[1] < 0.75 * error[0]);
    }
}

static void too_long(void **state)
{
    (void)state;
    fsnn_order order = fsnn_order_of(0.6);
    double t0 = 0, last = 0.5, y0 = 1, y;
    for (int v = 0; v < FSNN_COUNT(every); v++) {
        CASE("every[%d]", v);
        fsnn_fde fde = fde_of(&every[v], v < VARIANTS ? &order : NULL, 2, 1, ends, &last);
        REFUSED(
            fsnn_fde_solve(&fde, &y0, &last, 1, &y, NULL), FSNN_EARGUMENT,
            "step is 2, longer than the interval from t0 = 0 to the last time, 0.5: at most 0.5");
        fde_must(&fde, &y0, &t0, 1, &y); /* no interval, nothing to do */
        assert_true(y == 1);
        fde.step = 0.5;
        fde_must(&fde, &y0, &last, 1, &y);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_unit),     cmocka_unit_test(one_component),
        cmocka_unit_test(through_zero), cmocka_unit_test(tolerances),
        cmocka_unit_test(never_beyond), cmocka_unit_test(tail_order),
        cmocka_unit_test(too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

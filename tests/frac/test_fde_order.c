/* Convergence: the order of the error of every method on three classes of problems, at a fixed t
 * and as the largest error over the grid, for alpha 0.3, 0.5, 0.8. Theory: Diethelm, Ford and Freed
 * (2004); Garrappa (2015, 2018); the expected slopes stand in the table. Doubling the steps from
 * 2048 or 4096 on must show them. */

#include "fde_tools.h"

/* smooth: y = t^2, D^a y = 2 t^(2-a)/Gamma(3-a) + t^2 - y */
static int smooth(double t, const double *y, double *d, size_t n, void *user)
{
    double a = *(double *)user;
    (void)n;
    d[0] = 2 * pow(t, 2 - a) / tgamma(3 - a) + t * t - y[0];
    return 0;
}

static double smooth_exact(double t, double a)
{
    (void)a;
    return t * t;
}

/* starts like t^a: tau D^a y = -y; slow enough for the first steps to be in the asymptotic range at
 * alpha = 0.3 */
static const double tau = 16;

static int relaxation(double t, const double *y, double *d, size_t n, void *user)
{
    (void)t, (void)n, (void)user;
    d[0] = -y[0] / tau;
    return 0;
}

static double relaxation_exact(double t, double a)
{
    return fsnn_mittag_leffler(a, 1, -pow(t, a) / tau);
}

/* Diethelm, Ford and Freed: D^a y is smooth, y is not */
static int dff(double t, const double *y, double *d, size_t n, void *user)
{
    double a = *(double *)user;
    (void)n;
    d[0] = 40320 / tgamma(9 - a) * pow(t, 8 - a) -
           3 * tgamma(5 + a / 2) / tgamma(5 - a / 2) * pow(t, 4 - a / 2) + 2.25 * tgamma(a + 1) +
           pow(1.5 * pow(t, a / 2) - pow(t, 4), 3) - pow(fabs(y[0]), 1.5);
    return 0;
}

static double dff_exact(double t, double a)
{
    return pow(t, 8) - 3 * pow(t, 4 + a / 2) + 2.25 * pow(t, a);
}

typedef struct class
{
    const char *name;
    fsnn_fde_function f;
    double (*exact)(double t, double a);
    double y0;
} class;

static const class classes[] = {
    {"smooth", smooth, smooth_exact, 0},
    {"t^a start", relaxation, relaxation_exact, 1},
    {"D^a y smooth", dff, dff_exact, 0},
};

static void errors(const variant *v, const class *c, double a, int steps, double *late,
                   double *most)
{
    fsnn_order order = fsnn_order_of(a);
    fsnn_fde fde = fde_of(v, &order, 1.0 / steps, 1, c->f, &a);
    double *y = fde_grid(&fde, &c->y0, steps);
    *most = *late = 0;
    for (int k = 0; k <= steps; k++)
        /* every one of the first steps, then 128 of them */
        if (k <= 16 || k % (steps / 128) == 0) {
            double e = fabs(y[k] - c->exact((double)k / steps, a));
            *most = fmax(*most, e);
            if (2 * k >= steps)
                *late = fmax(*late, e);
        }
    free(y);
}

/* Slopes as functions of alpha. */
static double one(double a)
{
    (void)a;
    return 1;
}

static double two(double a)
{
    (void)a;
    return 2;
}

static double alpha(double a)
{
    return a;
}

static double double_alpha(double a)
{
    return 2 * a;
}

static double one_or_double(double a)
{
    return fmin(1, 2 * a);
}

static double one_plus(double a)
{
    return 1 + a;
}

static double two_minus(double a)
{
    return 2 - a;
}

/* a, but at 0.8 the first-order error further on is still the larger one at these steps. */
static double alpha_or_one(double a)
{
    return a < 0.8 ? a : 1;
}

typedef double slope(double a);

/* [class][variant]: at a fixed t / over the grid */
static slope *const expected[3][VARIANTS][2] = {
    {{one, one},
     {one, one},
     {one, one},
     {two_minus, two_minus},
     {one, one},
     {one, one},
     {one_plus, one_plus},
     {two, two}},
    {{one, alpha},
     {one, alpha},
     {one, alpha},
     {one, alpha},
     {one, one_or_double},
     {one, one_or_double},
     {one_plus, double_alpha},
     {one_plus, double_alpha}},
    {{one, alpha_or_one},
     {one, alpha_or_one},
     {one, alpha_or_one},
     {one, alpha},
     {one, one},
     {one, one},
     {one_plus, one_plus},
     {two, two}},
};

static void check(double coarse, double fine, double want, const char *what, const char *method,
                  double a, const char *where)
{
    double got = log2(coarse / fine);
    if (!(fabs(got - want) < 0.07))
        fail_msg("%s, %s, alpha %g, %s: slope %.3f, expected %.2f", what, method, a, where, got,
                 want);
}

static void fractional(const class *c, slope *const (*wanted)[2], int steps)
{
    static const double alphas[] = {0.3, 0.5, 0.8};
    for (int i = 0; i < 3; i++)
        for (int s = 0; s < VARIANTS; s++) {
            if (!check_turn())
                continue;
            double late[2], most[2], a = alphas[i];
            for (int r = 0; r < 2; r++)
                errors(&variants[s], c, a, steps << r, &late[r], &most[r]);
            check(late[0], late[1], wanted[s][0](a), c->name, variants[s].name, a, "fixed t");
            check(most[0], most[1], wanted[s][1](a), c->name, variants[s].name, a, "largest");
        }
}

static void smooth_class(void **state)
{
    (void)state;
    fractional(&classes[0], expected[0], 2048);
}

static void start_class(void **state)
{
    (void)state;
    fractional(&classes[1], expected[1], 2048);
}

static void dff_class(void **state)
{
    (void)state;
    fractional(&classes[2], expected[2], 4096);
}

/* y' = y cos t, y = e^sin t */
static int turning(double t, const double *y, double *d, size_t n, void *user)
{
    (void)n, (void)user;
    d[0] = y[0] * cos(t);
    return 0;
}

static void integer_order(void **state)
{
    (void)state;
    static const struct {
        variant v;
        double order;
    } rows[] = {
        {{"euler", FSNN_EULER, false}, 1},
        {{"heun", FSNN_HEUN, false}, 2},
        {{"rk4", FSNN_RK4, false}, 4},
        {{"gl at 1", FSNN_GL, false}, 1},
        {{"gl implicit at 1", FSNN_GL, true}, 1},
        {{"l1 at 1", FSNN_L1, false}, 1},
        {{"ab at 1", FSNN_AB, false}, 1},
        {{"abm at 1", FSNN_ABM, false}, 2},
        {{"trap at 1", FSNN_TRAP, false}, 2},
    };
    fsnn_order order = fsnn_order_of(1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double y0 = 1, end = 2, y, e[2];
        for (int r = 0; r < 2; r++) {
            fsnn_fde fde = fde_of(&rows[i].v, &order, 1.0 / (128 << r), 1, turning, NULL);
            fde_must(&fde, &y0, &end, 1, &y);
            e[r] = fabs(y - exp(sin(2)));
        }
        check(e[0], e[1], rows[i].order, "y' = y cos t", rows[i].v.name, 1, "t = 2");
    }
}

/* D^a y + c D^b y = f with y = t^2: the larger order sets l1's slope. */
static int two_terms(double t, const double *y, double *d, size_t n, void *user)
{
    const fsnn_order *o = user;
    (void)n;
    d[0] = t * t - y[0];
    for (int m = 0; m < o->terms; m++)
        d[0] += o->coefficient[m] * 2 * pow(t, 2 - o->alpha[m]) / tgamma(3 - o->alpha[m]);
    return 0;
}

static void several_terms(void **state)
{
    (void)state;
    fsnn_order order = {.terms = 3, .alpha = {0.6, 0.25, 0.9}, .coefficient = {1, 0.5, 0.125}};
    static const double slopes[] = {1, 1, 1, 1.1};
    for (int s = 0; s < 4; s++) {
        double y0 = 0, end = 1, y, e[2];
        for (int r = 0; r < 2; r++) {
            fsnn_fde fde = fde_of(&variants[s], &order, 1.0 / (8192 << r), 1, two_terms, &order);
            fde_must(&fde, &y0, &end, 1, &y);
            e[r] = fabs(y - 1);
        }
        /* l1 implicit: 2 - 0.9, with the faster terms still to be seen */
        double got = log2(e[0] / e[1]);
        if (!(fabs(got - slopes[s]) < (s == 3 ? 0.15 : 0.07)))
            fail_msg("%s: slope %.3f, expected %.2f", variants[s].name, got, slopes[s]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smooth_class),  cmocka_unit_test(start_class),
        cmocka_unit_test(dff_class),     cmocka_unit_test(integer_order),
        cmocka_unit_test(several_terms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

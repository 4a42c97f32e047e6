/* Gradients of solutions: the discrete adjoint against differences of whole solutions, of every
 * method, with orders below and above 1, with jumps, between grid points; and against a derivative
 * that is known. */
#include "fde_tools.h"

#include <fsnn/fde_solver.h>

enum { N = 2, P = 3, TIMES = 3 };

/* p[0] y, a product and a forcing: no entry of a Jacobian is constant. */
static int f(double t, const double *y, double *d, size_t n, void *user)
{
    const double *p = user;
    (void)n;
    d[0] = -p[0] * y[0] + 0.3 * y[0] * y[1] + sin(t);
    d[1] = p[1] * y[0] - p[2] * y[1] * y[1] * y[1];
    return 0;
}

static int by_y(double t, const double *y, double *J, size_t n, void *user)
{
    const double *p = user;
    (void)t, (void)n;
    J[0] = -p[0] + 0.3 * y[1];
    J[1] = 0.3 * y[0];
    J[2] = p[1];
    J[3] = -3 * p[2] * y[1] * y[1];
    return 0;
}

static int by_p(double t, const double *y, double *D, size_t n, size_t parameters, void *user)
{
    (void)t, (void)n, (void)parameters, (void)user;
    double out[N * P] = {-y[0], 0, 0, 0, y[0], -y[1] * y[1] * y[1]};
    memcpy(D, out, sizeof out);
    return 0;
}

typedef struct problem {
    const variant *v;
    const fsnn_order *order;
    fsnn_fde_steps steps;
    bool jump, given;
    double y0[N], velocity[N], p[P];
} problem;

/* L = sum of c_i y(t_i); one time between grid points, one at the end. */
static const double times[TIMES] = {0.33, 1, 1.6}, seeds[TIMES * N] = {0.7, -0.2, 0.4, 1, -1, 0.9};

static fsnn_fde_solver *run(problem *q)
{
    static const double delta[N] = {0.25, -0.5};
    fsnn_fde fde = fde_of(q->v, q->order, 0.05, N, f, q->p);
    fsnn_fde_plan plan = fsnn_fde_plan_default();
    fsnn_fde_solver *solver;
    fde.orders = N;
    fde.velocity = q->velocity;
    fde.newton_tolerance = 1e-14;
    fde.jacobian = q->given ? by_y : NULL;
    plan.steps = q->steps;
    plan.parameter = q->p;
    plan.parameters = P;
    plan.parameter_jacobian = q->given ? by_p : NULL;
    GOOD(fsnn_fde_solver_create(&fde, &plan, q->y0, &solver));
    GOOD(fsnn_fde_solver_step_to(solver, 0.7, NULL));
    if (q->jump)
        GOOD(fsnn_fde_solver_jump(solver, delta));
    GOOD(fsnn_fde_solver_step_to(solver, times[TIMES - 1], NULL));
    return solver;
}

static double loss(problem *q)
{
    fsnn_fde_solver *solver = run(q);
    double sum = 0, y[N];
    for (int i = 0; i < TIMES; i++) {
        GOOD(fsnn_fde_solver_state(solver, times[i], y));
        for (int j = 0; j < N; j++)
            sum += seeds[i * N + j] * y[j];
    }
    fsnn_fde_solver_destroy(solver);
    return sum;
}

static double difference(problem *q, double *x)
{
    const double h = 1e-5, at = *x;
    *x = at + h;
    double up = loss(q);
    *x = at - h;
    double down = loss(q);
    *x = at;
    return (up - down) / (2 * h);
}

static void compare(problem *q)
{
    double got[3][P], *x[3] = {q->y0, q->velocity, q->p};
    static const int count[3] = {N, N, P};
    static const char *name[3] = {"initial value", "velocity", "parameter"};
    fsnn_fde_solver *solver = run(q);
    GOOD(fsnn_fde_solver_gradient(solver, times, TIMES, seeds, got[0], got[1], got[2]));
    fsnn_fde_solver_destroy(solver);
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < count[k]; i++) {
            if (k == 1 && q->order[i].alpha[0] <= 1)
                continue; /* it has none */
            double want = difference(q, &x[k][i]);
            CASE("%s %d: %.12g, by differences %.12g", name[k], i, got[k][i], want);
            assert_true(fabs(got[k][i] - want) < (q->given ? 1e-8 : 1e-7));
        }
}

static void against_differences(void **state)
{
    (void)state;
    static const fsnn_order orders[][N] = {
        {{.terms = 1, .alpha = {0.7}, .coefficient = {1}},
         {.terms = 1, .alpha = {1}, .coefficient = {0.8}}},
        {{.terms = 1, .alpha = {1.6}, .coefficient = {1}},
         {.terms = 1, .alpha = {0.5}, .coefficient = {2}}},
        {{.terms = 2, .alpha = {1.4, 0.6}, .coefficient = {1, 0.5}},
         {.terms = 2, .alpha = {0.9, 0.4}, .coefficient = {1, 0.3}}},
    };
    for (int v = 0; v < VARIANTS; v++)
        for (int o = 0; o < 3; o++)
            for (int form = 0; form < 4; form++) {
                fsnn_method method = variants[v].method;
                problem q = {&variants[v], orders[o],   FSNN_FDE_FIXED, form % 2,
                             form / 2,     {0.8, -0.6}, {0, 0},         {0.9, 0.7, 1.1}};
                if ((o == 2 && method != FSNN_GL && method != FSNN_L1) ||
                    (o > 0 && method == FSNN_L1))
                    continue;
                q.velocity[0] = o ? 0.4 : 0;
                CASE("%s, orders %d, %s, %s", variants[v].name, o, q.jump ? "jump" : "no jump",
                     q.given ? "Jacobians" : "differences");
                compare(&q);
            }
}

/* The mesh is a constant of the gradient: steps of one length. */
static void on_a_mesh(void **state)
{
    (void)state;
    static const fsnn_order orders[N] = {{.terms = 1, .alpha = {1.3}, .coefficient = {1}},
                                         {.terms = 1, .alpha = {0.6}, .coefficient = {2}}};
    for (int v = VARIANTS - 2; v < VARIANTS; v++)
        for (int form = 0; form < 4; form++) {
            problem q = {&variants[v], orders,      FSNN_FDE_ESTIMATED, form % 2,
                         form / 2,     {0.8, -0.6}, {0.4, 0},           {0.9, 0.7, 1.1}};
            CASE("%s, %s, %s", variants[v].name, q.jump ? "jump" : "no jump",
                 q.given ? "Jacobians" : "differences");
            compare(&q);
        }
}

/* dE_a(-p t^a)/dp and y0: with the exact solution, steps chosen by control. */
static int rate(double t, const double *y, double *d, size_t n, void *user)
{
    (void)t, (void)n;
    d[0] = -*(const double *)user * y[0];
    return 0;
}

static void of_a_known_solution(void **state)
{
    (void)state;
    for (double a = 0.5; a < 1.6; a += 0.5) {
        double p = 1.3, y0 = 2, t = 1.5, one = 1, dy0, dp, h = 1e-5;
        fsnn_order order = fsnn_order_of(a);
        fsnn_fde fde = fde_of(variant_find("trap_im"), &order, 0.01, 1, rate, &p);
        fsnn_fde_plan plan = fsnn_fde_plan_default();
        fsnn_fde_solver *solver;
        plan.steps = FSNN_FDE_CONTROLLED;
        plan.rtol = plan.atol = 1e-8;
        plan.parameter = &p;
        plan.parameters = 1;
        GOOD(fsnn_fde_solver_create(&fde, &plan, &y0, &solver));
        GOOD(fsnn_fde_solver_step_to(solver, t, NULL));
        GOOD(fsnn_fde_solver_gradient(solver, &t, 1, &one, &dy0, NULL, &dp));
        double x = -pow(t, a), exact = fsnn_mittag_leffler(a, 1, p * x);
        double slope =
            y0 * (fsnn_mittag_leffler(a, 1, (p + h) * x) - fsnn_mittag_leffler(a, 1, (p - h) * x)) /
            (2 * h);
        CASE("alpha %g: dp %.9g, exact %.9g; dy0 %.9g, exact %.9g", a, dp, slope, dy0, exact);
        assert_true(fabs(dp - slope) < 2e-5 && fabs(dy0 - exact) < 2e-5);
        fsnn_fde_solver_destroy(solver);
    }
}

static void refusals(void **state)
{
    (void)state;
    double p[P] = {1, 1, 1}, y0[N] = {1, 1}, dy0[N], late = 2;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_fde fde = fde_of(variant_find("gl_ex"), &order, 0.1, N, f, p);
    fsnn_fde_plan plan = fsnn_fde_plan_default();
    fsnn_fde_solver *solver;
    fde.method = FSNN_RK4;
    fde.order = NULL;
    GOOD(fsnn_fde_solver_create(&fde, NULL, y0, &solver));
    GOOD(fsnn_fde_solver_step_to(solver, 1, NULL));
    REFUSED(fsnn_fde_solver_gradient(solver, &late, 0, y0, dy0, NULL, NULL), FSNN_EUNSUPPORTED,
            "rk4 has no gradient");
    fsnn_fde_solver_destroy(solver);
    fde.method = FSNN_GL;
    fde.order = &order;
    plan.history = false;
    GOOD(fsnn_fde_solver_create(&fde, &plan, y0, &solver));
    REFUSED(fsnn_fde_solver_gradient(solver, &late, 0, y0, dy0, NULL, NULL), FSNN_ESTATE,
            "history");
    fsnn_fde_solver_destroy(solver);
    fde.memory = FSNN_FDE_EXPONENTIALS;
    GOOD(fsnn_fde_solver_create(&fde, NULL, y0, &solver));
    REFUSED(fsnn_fde_solver_gradient(solver, &late, 0, y0, dy0, NULL, NULL), FSNN_EUNSUPPORTED,
            "exponentials");
    fsnn_fde_solver_destroy(solver);
    fde.memory = FSNN_FDE_DENSE;
    GOOD(fsnn_fde_solver_create(&fde, NULL, y0, &solver));
    GOOD(fsnn_fde_solver_step_to(solver, 1, NULL));
    REFUSED(fsnn_fde_solver_gradient(solver, &late, 1, y0, dy0, NULL, NULL), FSNN_EARGUMENT,
            "time 0 is 2");
    fsnn_fde_solver_destroy(solver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_differences),
        cmocka_unit_test(on_a_mesh),
        cmocka_unit_test(of_a_known_solution),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

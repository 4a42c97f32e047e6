/* 05_fde: the equation of Bagley and Torvik, a rigid plate on a spring in a Newtonian fluid, which
 * remembers how the plate was moved:
 *
 *     A y'' + B D^(3/2) y + C y = F(t),   y(0) = y'(0) = 0,   A = 1, B = C = 1/2,   F = 8 to t = 1
 *
 * (Torvik and Bagley, J. Appl. Mech. 51, 1984; with these numbers Podlubny, Fractional Differential
 * Equations, 1999, section 8.4). A solver goes on from time to time, finds where the plate passes
 * its rest position, and has the derivative of a deflection by C. All of it is checked
 * against the response to a constant force (Luchko and Gorenflo, Acta Math. Vietnam. 24, 1999),
 *
 *     s(t) = 8/A sum_{k,m} (-1)^(k+m) (k+m)!/(k! m!) (C/A)^k (B/A)^m t^(2k+m/2+2)/Gamma(2k+m/2+3),
 *
 * so y(t) = s(t) - s(t - 1).
 *
 * Build: cc 05_fde.c $(pkg-config --cflags --libs fsnn) */
#include <fsnn/fsnn.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void check(double got, double exact, double tolerance, const char *what)
{
    printf("%-34s %9.5f   exact %9.5f\n", what, got, exact);
    if (!(fabs(got - exact) <= tolerance))
        exit(1);
}

static void good(fsnn_status status)
{
    if (status < 0) {
        fprintf(stderr, "%s\n", fsnn_error_text());
        exit(1);
    }
}

static double response(double B, double C, double t)
{
    double sum = 0;
    for (int k = 0; t > 0 && k < 40; k++)
        for (int m = 0; m < 100; m++) {
            double p = 2 * k + 0.5 * m + 2;
            double size = lgamma(k + m + 1) - lgamma(k + 1) - lgamma(m + 1) - lgamma(p + 1);
            sum += ((k + m) % 2 ? -8 : 8) * exp(size + k * log(C) + m * log(B) + p * log(t));
        }
    return sum;
}

static double exact(double B, double C, double t)
{
    return response(B, C, t) - response(B, C, t - 1);
}

/* The force of the step that begins at t: gl takes it there. */
static int plate(double t, const double *y, double *f, size_t n, void *user)
{
    const double *C = user;
    (void)n;
    f[0] = (t < 1 - 1e-9 ? 8 : 0) - *C * y[0];
    return 0;
}

static int rest(double t, const double *y, double *g, size_t n, void *user)
{
    (void)t, (void)n, (void)user;
    g[0] = y[0];
    return 0;
}

int main(void)
{
    double C = 0.5, zero = 0, one = 1, y, slope, time, e = 1e-4;
    const fsnn_order order = {.terms = 2, .alpha = {2, 1.5}, .coefficient = {1, 0.5}};
    const fsnn_fde_event passes = {.g = rest, .direction = -1, .terminal = true};
    fsnn_fde fde = fsnn_fde_default(1, plate, &C);
    fsnn_fde_plan plan = fsnn_fde_plan_default();
    fsnn_fde_solver *solver;
    fde.order = &order;
    fde.step = 0.0005;
    plan.event = &passes;
    plan.events = 1;
    plan.parameter = &C;
    plan.parameters = 1;
    good(fsnn_fde_solver_create(&fde, &plan, &zero, &solver));
    for (double t = 1; t <= 3; t += 1) {
        char what[40];
        good(fsnn_fde_solver_step_to(solver, t, NULL));
        good(fsnn_fde_solver_state(solver, t, &y));
        snprintf(what, sizeof what, "deflection at t = %g", t);
        check(y, exact(0.5, 0.5, t), 5e-3, what);
    }
    good(fsnn_fde_solver_gradient(solver, (time = 3, &time), 1, &one, NULL, NULL, &slope));
    check(slope, (exact(0.5, 0.5 + e, 3) - exact(0.5, 0.5 - e, 3)) / (2 * e), 2e-2,
          "its derivative by C there");
    good(fsnn_fde_solver_step_to(solver, 10, NULL));
    time = fsnn_fde_solver_time(solver);
    check(exact(0.5, 0.5, time), 0, 5e-3, "at rest by the exact solution");
    printf("the plate passes its rest position at t = %.4f\n", time);
    fsnn_fde_solver_destroy(solver);
    return 0;
}

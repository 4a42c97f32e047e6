/* The solver as an object: the same bits as in one call, whatever is done in between; orders up to
 * 2; changes of the state; saved states; step control; what it refuses. Events are in
 * test_fde_events.c, gradients in test_fde_gradient.c. */
#include "fde_tools.h"

#include <fsnn/fde_solver.h>

static fsnn_fde_solver *make(const fsnn_fde *fde, const fsnn_fde_plan *plan, const double *y0)
{
    fsnn_fde_solver *solver;
    GOOD(fsnn_fde_solver_create(fde, plan, y0, &solver));
    return solver;
}

static void go(fsnn_fde_solver *solver, double t)
{
    GOOD(fsnn_fde_solver_step_to(solver, t, NULL));
}

static double read_one(fsnn_fde_solver *solver, double t)
{
    double y[4];
    GOOD(fsnn_fde_solver_state(solver, t, y));
    return y[0];
}

/* Not linear, two components of different orders. */
static int nagumo(double t, const double *y, double *d, size_t n, void *user)
{
    double *latest = user;
    (void)n;
    if (latest && t > *latest)
        *latest = t;
    d[0] = y[0] - y[0] * y[0] * y[0] / 3 - y[1] + 0.5;
    d[1] = (y[0] + 0.7 - 0.8 * y[1]) / 4;
    return 0;
}

static const fsnn_order two_orders[2] = {{.terms = 1, .alpha = {0.8}, .coefficient = {1}},
                                         {.terms = 1, .alpha = {0.55}, .coefficient = {1.5}}};

static fsnn_fde nagumo_by(const variant *v, fsnn_fde_memory memory)
{
    fsnn_fde fde = fde_of(v, two_orders, 0.0625, 2, nagumo, NULL);
    fde.orders = 2;
    fde.memory = memory;
    return fde;
}

/* 700 steps: the dense memory grows on the way. */
static void bits_of_one_call(void **state)
{
    (void)state;
    enum { STEPS = 700 };
    double y0[2] = {-1, 0.25}, times[STEPS], *want = malloc(2 * STEPS * sizeof *want), y[2];
    for (int k = 0; k < STEPS; k++)
        times[k] = (k + 1) * 0.0625;
    for (int v = 0; v < VARIANTS; v++) {
        CASE("%s", variants[v].name);
        fsnn_fde fde = nagumo_by(&variants[v], FSNN_FDE_DENSE);
        fde_must(&fde, y0, times, STEPS, want);
        fsnn_fde_solver *solver = make(&fde, NULL, y0);
        for (int k = 0; k < STEPS; k += 1 + k % 7)
            go(solver, times[k]);
        go(solver, times[STEPS - 1]);
        for (int k = 0; k < STEPS; k++) {
            GOOD(fsnn_fde_solver_state(solver, times[k], y));
            assert_memory_equal(y, want + 2 * k, sizeof y);
        }
        fsnn_fde_solver_destroy(solver);
    }
    free(want);
}

/* With exponentials for a horizon of as many lags as the call has steps. */
static void bits_with_exponentials(void **state)
{
    (void)state;
    double y0[2] = {-1, 0.25}, end = 62.5, want[2], y[2];
    for (int v = 0; v < VARIANTS; v++) {
        CASE("%s", variants[v].name);
        fsnn_fde fde = nagumo_by(&variants[v], FSNN_FDE_EXPONENTIALS);
        fsnn_fde_plan plan = fsnn_fde_plan_default();
        plan.horizon = 1000;
        plan.history = false;
        fde_must(&fde, y0, &end, 1, want);
        fsnn_fde_solver *solver = make(&fde, &plan, y0);
        for (int k = 1; k <= 10; k++)
            go(solver, k * end / 10);
        GOOD(fsnn_fde_solver_state(solver, end, y));
        assert_memory_equal(y, want, sizeof y);
        REFUSED(fsnn_fde_solver_state(solver, end / 2, y), FSNN_ESTATE, "no longer kept");
        fsnn_fde_solver_destroy(solver);
    }
}

/* f is never called beyond the time that was asked for. */
static void no_further_than_asked(void **state)
{
    (void)state;
    double y0[2] = {-1, 0.25}, latest, asked = 0;
    for (int v = 0; v < VARIANTS; v++)
        for (int steps = FSNN_FDE_FIXED; steps <= FSNN_FDE_CONTROLLED; steps++) {
            fsnn_fde fde = nagumo_by(&variants[v], FSNN_FDE_DENSE);
            fsnn_fde_plan plan = fsnn_fde_plan_default();
            plan.steps = (fsnn_fde_steps)steps;
            if (steps && fde.method != FSNN_ABM && fde.method != FSNN_TRAP)
                continue;
            CASE("%s, steps %d", variants[v].name, steps);
            fde.user = &latest;
            latest = -1;
            fsnn_fde_solver *solver = make(&fde, &plan, y0);
            for (int k = 1; k < 40; k++) {
                double y[2];
                asked = k * 0.1234567;
                go(solver, asked);
                GOOD(fsnn_fde_solver_state(solver, asked, y));
                assert_true(latest <= asked);
                assert_true(fsnn_fde_solver_time(solver) <= asked);
                assert_true(steps == FSNN_FDE_FIXED || fsnn_fde_solver_time(solver) == asked);
            }
            fsnn_fde_solver_destroy(solver);
        }
}

/* ---- orders up to 2, against Mittag-Leffler functions ---- */

static int decay(double t, const double *y, double *d, size_t n, void *user)
{
    (void)t, (void)user;
    for (size_t i = 0; i < n; i++)
        d[i] = -y[i];
    return 0;
}

/* D^a y = -y, y(0) = 1, y'(0) = v:  E_a(-t^a) + v t E_{a,2}(-t^a) */
static double oscillation(double a, double v, double t)
{
    double x = -pow(t, a);
    return fsnn_mittag_leffler(a, 1, x) + v * t * fsnn_mittag_leffler(a, 2, x);
}

static double error_at(const variant *v, double a, double h, double t)
{
    double one = 1, velocity = a > 1 ? -0.5 : 0;
    fsnn_order order = fsnn_order_of(a);
    fsnn_fde fde = fde_of(v, &order, h, 1, decay, NULL);
    fde.velocity = &velocity;
    fsnn_fde_solver *solver = make(&fde, NULL, &one);
    go(solver, t);
    double error = 0; /* the largest of several times, since errors pass 0 */
    for (int i = 1; i <= 6; i++)
        error =
            fmax(error, fabs(read_one(solver, t * i / 6) - oscillation(a, velocity, t * i / 6)));
    fsnn_fde_solver_destroy(solver);
    return error;
}

/* Orders of the error, h from 1/64 to 1/256: gl and ab 1, trap and abm 2 above 1, 1+a below. */
static void orders_up_to_two(void **state)
{
    (void)state;
    static const double alphas[] = {0.3, 0.5, 0.9, 1.2, 1.5, 1.8, 2};
    for (int v = 0; v < VARIANTS; v++)
        for (int i = 0; i < 7; i++) {
            double a = alphas[i];
            fsnn_method method = variants[v].method;
            if ((a > 1 && method == FSNN_L1) || !check_turn())
                continue;
            bool high = a > 1 && (method == FSNN_TRAP || method == FSNN_ABM);
            double coarse = error_at(&variants[v], a, 1.0 / 64, 3),
                   fine = error_at(&variants[v], a, 1.0 / 256, 3);
            double slope = log(coarse / fine) / log(4);
            CASE("%s, alpha %g: %.3g, then %.3g, order %.3f", variants[v].name, a, coarse, fine,
                 slope);
            assert_true(fine < (high ? 3e-5 : 2e-2));
            assert_true(slope > (high ? 1.9 : 0.75));
        }
}

/* gl with several terms, an exact recurrence: with the memory written out by hand,
 *   A sum c_j(2) u_{k-j}/h^2 + B sum c_j(3/2) u_{k-j}/h^(3/2) = f - C y - B v D^(3/2) t ...,
 * in which orders above 1 do not see the line and D^(1/2) of it is v t^(1/2)/Gamma(3/2). */
static int spring(double t, const double *y, double *d, size_t n, void *user)
{
    (void)n, (void)user;
    d[0] = cos(t) - 0.5 * y[0];
    return 0;
}

static void a_recurrence(void **state)
{
    (void)state;
    enum { N = 40 };
    double h = 0.05, v = 0.75, y0 = -0.25, u[N + 1] = {0};
    fsnn_order order = {.terms = 3, .alpha = {2, 1.5, 0.5}, .coefficient = {1, 0.5, 0.25}};
    double c[3][N + 1], sum = 0;
    for (int m = 0; m < 3; m++) {
        c[m][0] = order.coefficient[m] * pow(h, -order.alpha[m]);
        sum += c[m][0];
        for (int j = 1; j <= N; j++)
            c[m][j] = c[m][j - 1] * (j - 1 - order.alpha[m]) / j;
    }
    fsnn_fde fde = fde_of(&variants[0], &order, h, 1, spring, NULL);
    fde.velocity = &v;
    fsnn_fde_solver *solver = make(&fde, NULL, &y0);
    go(solver, N * h);
    for (int k = 1; k <= N; k++) {
        double t = (k - 1) * h, y = y0 + v * t + u[k - 1], f;
        spring(t, &y, &f, 1, NULL);
        f -= v * 0.25 * pow(t, 0.5) / tgamma(1.5);
        for (int m = 0; m < 3; m++)
            for (int j = 1; j <= k; j++)
                f -= c[m][j] * u[k - j];
        u[k] = f / sum;
        double got = read_one(solver, k * h);
        assert_true(fabs(got - (y0 + v * k * h + u[k])) < 1e-12);
    }
    fsnn_fde_solver_destroy(solver);
}

/* Bagley and Torvik: y'' + D^(3/2) y + y = 1 + t, y(0) = y'(0) = 1, has the solution 1 + t
 * (Diethelm and Ford, BIT 42, 2002, example). */
static int plate(double t, const double *y, double *d, size_t n, void *user)
{
    (void)n, (void)user;
    d[0] = 1 + t - y[0];
    return 0;
}

static void bagley_torvik(void **state)
{
    (void)state;
    double one = 1;
    fsnn_order order = {.terms = 2, .alpha = {2, 1.5}, .coefficient = {1, 1}};
    for (int v = 0; v < 2; v++) {
        fsnn_fde fde = fde_of(&variants[v], &order, 0.01, 1, plate, NULL);
        fde.velocity = &one;
        fsnn_fde_solver *solver = make(&fde, NULL, &one);
        go(solver, 5);
        for (double t = 0; t <= 5; t += 0.25)
            assert_true(fabs(read_one(solver, t) - 1 - t) < 1e-9);
        fsnn_fde_solver_destroy(solver);
    }
}

/* ---- changes ---- */

/* A restart is a new solver. */
static void restart(void **state)
{
    (void)state;
    double y0[2] = {-1, 0.25}, fresh[2] = {1, -0.5}, y[2], want[2];
    for (int v = 0; v < VARIANTS; v++) {
        CASE("%s", variants[v].name);
        fsnn_fde fde = nagumo_by(&variants[v], FSNN_FDE_DENSE);
        fsnn_fde_solver *solver = make(&fde, NULL, y0);
        go(solver, 2);
        GOOD(fsnn_fde_solver_restart(solver, fresh, NULL));
        go(solver, 5);
        GOOD(fsnn_fde_solver_state(solver, 5, y));
        REFUSED(fsnn_fde_solver_state(solver, 1.5, y), FSNN_EARGUMENT, "not known");
        fsnn_fde_solver_destroy(solver);
        fde.t0 = 2;
        solver = make(&fde, NULL, fresh);
        go(solver, 5);
        GOOD(fsnn_fde_solver_state(solver, 5, want));
        assert_true(fabs(y[0] - want[0]) < 1e-12 && fabs(y[1] - want[1]) < 1e-12);
        fsnn_fde_solver_destroy(solver);
    }
}

/* A jump of D^a y = -y is one more solution from there on: by linearity
 *   y(t) = E_a(-t^a) + d E_a(-(t - T)^a). */
static double jumped(const variant *v, double a, double h, fsnn_fde_steps steps)
{
    double one = 1, d = 0.75, T = 1, t = 2;
    fsnn_order order = fsnn_order_of(a);
    fsnn_fde fde = fde_of(v, &order, h, 1, decay, NULL);
    fsnn_fde_plan plan = fsnn_fde_plan_default();
    plan.steps = steps;
    fsnn_fde_solver *solver = make(&fde, &plan, &one);
    go(solver, T);
    double before = read_one(solver, T);
    GOOD(fsnn_fde_solver_jump(solver, &d));
    assert_true(fabs(read_one(solver, T) - before - d) < 1e-15);
    go(solver, t);
    double exact =
        fsnn_mittag_leffler(a, 1, -pow(t, a)) + d * fsnn_mittag_leffler(a, 1, -pow(t - T, a));
    double error = fabs(read_one(solver, t) - exact);
    assert_true(fabs(read_one(solver, 0.5) - fsnn_mittag_leffler(a, 1, -pow(0.5, a))) < 0.02);
    fsnn_fde_solver_destroy(solver);
    return error;
}

static void jump(void **state)
{
    (void)state;
    for (int v = 0; v < VARIANTS; v++)
        for (double a = 0.6; a < 1.1; a += 0.4) {
            if (!check_turn())
                continue;
            double coarse = jumped(&variants[v], a, 1.0 / 64, FSNN_FDE_FIXED),
                   fine = jumped(&variants[v], a, 1.0 / 512, FSNN_FDE_FIXED);
            CASE("%s, alpha %g: %.3g, then %.3g", variants[v].name, a, coarse, fine);
            assert_true(fine < 3e-3 && fine < coarse / 5);
        }
    /* with a point on both sides the order of the method holds */
    for (int v = VARIANTS - 2; v < VARIANTS; v++) {
        double coarse = jumped(&variants[v], 1, 1.0 / 64, FSNN_FDE_ESTIMATED),
               fine = jumped(&variants[v], 1, 1.0 / 512, FSNN_FDE_ESTIMATED);
        CASE("%s, mesh: %.3g, then %.3g", variants[v].name, coarse, fine);
        assert_true(fine < 2e-6 && fine < coarse / 55);
    }
}

/* ---- saved states ---- */

static void go_on(const fsnn_fde *fde, const fsnn_fde_plan *plan)
{
    double y0[2] = {-1, 0.25}, other[2] = {3, 3}, d[2] = {0.5, -0.25}, want[2], y[2];
    fsnn_fde_solver *a = make(fde, plan, y0), *b = make(fde, plan, other);
    go(a, 20);
    GOOD(fsnn_fde_solver_jump(a, d));
    go(a, 23.3);
    int64_t bytes = fsnn_fde_solver_state_bytes(a);
    char *saved = malloc((size_t)bytes);
    GOOD(fsnn_fde_solver_state_save(a, saved));
    go(a, 30);
    GOOD(fsnn_fde_solver_state(a, 30, want));
    go(b, 1);
    for (int twice = 0; twice < 2; twice++) {
        GOOD(fsnn_fde_solver_state_load(b, saved, bytes));
        go(b, 30);
        GOOD(fsnn_fde_solver_state(b, 30, y));
        assert_memory_equal(y, want, sizeof y);
    }
    /* every byte counts, and a state that was refused changes nothing */
    for (int64_t i = 0; i < bytes; i += 1 + bytes / 50) {
        saved[i] ^= 4;
        assert_true(fsnn_fde_solver_state_load(b, saved, bytes) < 0);
        saved[i] ^= 4;
    }
    REFUSED(fsnn_fde_solver_state_load(b, saved, bytes - 8), FSNN_EFORMAT, "checksum");
    REFUSED(fsnn_fde_solver_state_load(b, saved, 10), FSNN_EFORMAT, "no state");
    GOOD(fsnn_fde_solver_state(b, 30, y));
    assert_memory_equal(y, want, sizeof y);
    fsnn_fde_solver_destroy(b);
    fsnn_fde another = *fde;
    another.step *= 2;
    b = make(&another, plan, y0);
    REFUSED(fsnn_fde_solver_state_load(b, saved, bytes), FSNN_ESHAPE, "another equation or plan");
    fsnn_fde_solver_destroy(b);
    fsnn_fde_solver_destroy(a);
    free(saved);
}

static void saved_states(void **state)
{
    (void)state;
    for (int v = 0; v < VARIANTS; v++)
        for (int form = 0; form < 4; form++) {
            fsnn_fde fde = nagumo_by(&variants[v], (fsnn_fde_memory)(form == 1));
            fsnn_fde_plan plan = fsnn_fde_plan_default();
            plan.steps = form > 1 ? (fsnn_fde_steps)(form - 1) : FSNN_FDE_FIXED;
            plan.history = form != 1;
            if ((form > 1 && fde.method != FSNN_ABM && fde.method != FSNN_TRAP) || !check_turn())
                continue;
            CASE("%s, form %d", variants[v].name, form);
            go_on(&fde, &plan);
        }
}

/* ---- step control ---- */

/* D^a y = -y starts like 1 - t^a/Gamma(1+a): no slope at 0 is finite. */
static int64_t controlled(const variant *v, double a, double rtol, double *worst)
{
    double one = 1, velocity = 0;
    fsnn_order order = fsnn_order_of(a);
    fsnn_fde fde = fde_of(v, &order, 0.1, 1, decay, NULL);
    fsnn_fde_plan plan = fsnn_fde_plan_default();
    fsnn_fde_report report;
    fde.velocity = a > 1 ? &velocity : NULL;
    plan.steps = FSNN_FDE_CONTROLLED;
    plan.rtol = rtol;
    plan.atol = rtol;
    fsnn_fde_solver *solver = make(&fde, &plan, &one);
    go(solver, 4);
    GOOD(fsnn_fde_solver_report(solver, &report));
    *worst = 0;
    for (double t = 1e-4; t <= 4; t *= 1.07)
        *worst = fmax(*worst, fabs(read_one(solver, t) - oscillation(a, 0, t)));
    double estimate;
    GOOD(fsnn_fde_solver_error(solver, &estimate));
    assert_true(estimate >= 0 && estimate <= 2 * rtol);
    fsnn_fde_solver_destroy(solver);
    return report.steps;
}

static void step_control(void **state)
{
    (void)state;
    static const double alphas[] = {0.5, 0.8, 1, 1.3, 1.7};
    /* points cost their square: thousands of them take minutes where instructions cost much */
    const double fine = check_every() > 1 ? 1e-5 : 1e-7;
    for (int v = VARIANTS - 2; v < VARIANTS; v++)
        for (int i = 0; i < 5; i++) {
            double loose, tight, a = alphas[i];
            int64_t few = controlled(&variants[v], a, 1e-4, &loose),
                    many = controlled(&variants[v], a, fine, &tight);
            CASE("%s, alpha %g: %.3g in %lld steps, then %.3g in %lld", variants[v].name, a, loose,
                 (long long)few, tight, (long long)many);
            /* errors of steps add up; above order 1 with what has passed since */
            double add = a > 1 ? 2 * 4 : 2;
            assert_true(loose < add * (double)few * 1e-4 && tight < add * (double)many * fine);
            assert_true(many > few && many < 6000);
        }
}

/* The estimate is that of the error, where the whole error is that of one step. */
static int cosine(double t, const double *y, double *d, size_t n, void *user)
{
    (void)y, (void)n, (void)user;
    d[0] = t * t;
    return 0;
}

static void the_estimate(void **state)
{
    (void)state;
    double zero = 0, y, estimate, h = 0.125;
    for (double a = 0.4; a < 2; a += 0.3) {
        fsnn_order order = fsnn_order_of(a);
        fsnn_fde fde = fde_of(&variants[VARIANTS - 1], &order, h, 1, cosine, NULL);
        fsnn_fde_plan plan = fsnn_fde_plan_default();
        plan.steps = FSNN_FDE_ESTIMATED;
        fsnn_fde_solver *solver = make(&fde, &plan, &zero);
        go(solver, h);
        GOOD(fsnn_fde_solver_state(solver, h, &y));
        double first = fabs(y - 2 * pow(h, 2 + a) / tgamma(3 + a));
        go(solver, 2 * h);
        GOOD(fsnn_fde_solver_error(solver, &estimate));
        /* f = t^2, D = 1: one step adds a h^(a+2)/Gamma(a+3); so did the first */
        double exact = a * pow(h, 2 + a) / tgamma(3 + a);
        CASE("alpha %g: %.9g, estimated %.9g, first %.9g", a, exact, estimate, first);
        assert_true(fabs(estimate - exact) < 1e-9 * exact);
        assert_true(fabs(first - exact) < 1e-9 * exact);
        fsnn_fde_solver_destroy(solver);
    }
}

/* ---- what is refused, and what a failure leaves ---- */

static int stops_at_one(double t, const double *y, double *d, size_t n, void *user)
{
    bool *stop = user;
    decay(t, y, d, n, NULL);
    return t > 1 && *stop ? 7 : 0;
}

static void goes_on_after_a_stop(void **state)
{
    (void)state;
    double one = 1, want, got;
    fsnn_order order = fsnn_order_of(0.6);
    for (int v = 0; v < VARIANTS; v++) {
        bool stop = false;
        CASE("%s", variants[v].name);
        fsnn_fde fde = fde_of(&variants[v], &order, 0.1, 1, stops_at_one, &stop);
        fsnn_fde_solver *solver = make(&fde, NULL, &one);
        go(solver, 2);
        want = read_one(solver, 2);
        fsnn_fde_solver_destroy(solver);
        stop = true;
        solver = make(&fde, NULL, &one);
        REFUSED(fsnn_fde_solver_step_to(solver, 2, NULL), FSNN_EINTERRUPTED, "asked to stop");
        stop = false;
        go(solver, 2);
        got = read_one(solver, 2);
        assert_memory_equal(&got, &want, sizeof got);
        fsnn_fde_solver_destroy(solver);
    }
}

static void refused_plan(const fsnn_fde *fde, const fsnn_fde_plan *plan, fsnn_status status,
                         const char *words)
{
    double y0[2] = {1, 1};
    fsnn_fde_solver *solver = NULL;
    REFUSED(fsnn_fde_solver_create(fde, plan, y0, &solver), status, words);
    assert_null(solver);
}

static void refusals(void **state)
{
    (void)state;
    const fsnn_fde good = nagumo_by(variant_find("pece"), FSNN_FDE_DENSE);
    const fsnn_fde_plan standard = fsnn_fde_plan_default();
    fsnn_fde fde = good;
    fsnn_fde_plan plan = standard;
    fsnn_fde_event event = {0};
    double velocity[2] = {0, 1};
    plan.steps = FSNN_FDE_CONTROLLED;
    fde.method = FSNN_GL;
    refused_plan(&fde, &plan, FSNN_EUNSUPPORTED, "abm and trap");
    fde = good;
    plan.rtol = plan.atol = 0;
    refused_plan(&fde, &plan, FSNN_EARGUMENT, "are 0");
    plan = standard;
    plan.steps = FSNN_FDE_CONTROLLED;
    plan.step_most = 0;
    refused_plan(&fde, &plan, FSNN_EARGUMENT, "step_most is 0");
    plan.step_most = 1;
    fde.memory = FSNN_FDE_EXPONENTIALS;
    refused_plan(&fde, &plan, FSNN_EUNSUPPORTED, "exponentials need fixed steps");
    fde = good;
    plan = standard;
    plan.events = 1;
    refused_plan(&fde, &plan, FSNN_EARGUMENT, "list of events is NULL");
    plan.event = &event;
    refused_plan(&fde, &plan, FSNN_EARGUMENT, "function of event 0");
    fde.velocity = velocity;
    refused_plan(&fde, &standard, FSNN_EARGUMENT, "velocity of component 1 is 1");
    fsnn_order order = fsnn_order_of(1.5);
    fde = good;
    fde.order = &order;
    fde.orders = 1;
    fde.method = FSNN_L1;
    refused_plan(&fde, &standard, FSNN_EUNSUPPORTED, "l1 takes orders up to 1");
    fde.method = FSNN_GL;
    fde.memory = FSNN_FDE_EXPONENTIALS;
    refused_plan(&fde, &standard, FSNN_EUNSUPPORTED, "no sum of decaying exponentials");
    double y0[2] = {1, 1}, y[2];
    fsnn_fde_solver *solver = make(&good, NULL, y0);
    REFUSED(fsnn_fde_solver_step_to(solver, -1, NULL), FSNN_EARGUMENT, "goes forward");
    REFUSED(fsnn_fde_solver_step_to(solver, NAN, NULL), FSNN_EARGUMENT, "finite");
    REFUSED(fsnn_fde_solver_error(solver, y), FSNN_ESTATE, "fixed steps");
    REFUSED(fsnn_fde_solver_state(solver, 1, y), FSNN_EARGUMENT, "not known");
    y[0] = NAN;
    REFUSED(fsnn_fde_solver_jump(solver, y), FSNN_EARGUMENT, "finite");
    REFUSED(fsnn_fde_solver_restart(solver, y, NULL), FSNN_EARGUMENT, "finite");
    fsnn_fde_solver_destroy(solver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_of_one_call),
        cmocka_unit_test(bits_with_exponentials),
        cmocka_unit_test(no_further_than_asked),
        cmocka_unit_test(orders_up_to_two),
        cmocka_unit_test(a_recurrence),
        cmocka_unit_test(bagley_torvik),
        cmocka_unit_test(restart),
        cmocka_unit_test(jump),
        cmocka_unit_test(saved_states),
        cmocka_unit_test(step_control),
        cmocka_unit_test(the_estimate),
        cmocka_unit_test(goes_on_after_a_stop),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Events: where they are, which are meant, what happens at them. */
#include "fde_tools.h"

#include <fsnn/fde_solver.h>

static int decay(double t, const double *y, double *d, size_t n, void *user)
{
    (void)t, (void)n, (void)user;
    d[0] = -y[0];
    return 0;
}

static int below_half(double t, const double *y, double *g, size_t n, void *user)
{
    (void)t, (void)n, (void)user;
    *g = y[0] - 0.5;
    return 0;
}

static int wave(double t, const double *y, double *g, size_t n, void *user)
{
    (void)y, (void)n, (void)user;
    *g = sin(t);
    return 0;
}

static fsnn_fde_plan plan_of(const fsnn_fde_event *event, size_t events, fsnn_fde_steps steps)
{
    fsnn_fde_plan plan = fsnn_fde_plan_default();
    plan.event = event;
    plan.events = events;
    plan.steps = steps;
    plan.rtol = plan.atol = 1e-9;
    return plan;
}

static fsnn_fde_solver *make(const fsnn_fde *fde, const fsnn_fde_plan *plan, const double *y0)
{
    fsnn_fde_solver *solver;
    GOOD(fsnn_fde_solver_create(fde, plan, y0, &solver));
    return solver;
}

/* E_a(-t^a) = 1/2 by bisection, as far as doubles go. */
static double half_life(double a)
{
    double low = 0, high = 100, middle;
    while (middle = (low + high) / 2, low < middle && middle < high) {
        if (fsnn_mittag_leffler(a, 1, -pow(middle, a)) > 0.5)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void half_lives(void **state)
{
    (void)state;
    const fsnn_fde_event event = {below_half, -1, true, NULL};
    double one = 1;
    for (int steps = FSNN_FDE_FIXED; steps <= FSNN_FDE_CONTROLLED; steps += 2)
        for (double a = 0.4; a < 1.6; a += 0.2) {
            if (!check_turn())
                continue;
            fsnn_order order = fsnn_order_of(a);
            int64_t found;
            double y, exact = half_life(a);
            fsnn_fde fde = fde_of(variant_find("trap_im"), &order, 0.001, 1, decay, NULL);
            fsnn_fde_plan plan = plan_of(&event, 1, (fsnn_fde_steps)steps);
            fsnn_fde_solver *solver = make(&fde, &plan, &one);
            GOOD(fsnn_fde_solver_step_to(solver, 3, &found));
            double t = fsnn_fde_solver_time(solver);
            CASE("steps %d, alpha %g: %.9g, exact %.9g", steps, a, t, exact);
            assert_int_equal(found, 0);
            assert_true(fabs(t - exact) < (steps ? 3e-6 : a < 0.5 ? 1e-3 : 1e-4));
            GOOD(fsnn_fde_solver_state(solver, t, &y));
            assert_true(fabs(y - 0.5) < 1e-8);
            /* it goes on, and does not find it again */
            GOOD(fsnn_fde_solver_step_to(solver, 3, &found));
            assert_int_equal(found, -1);
            assert_int_equal(fsnn_fde_solver_hits(solver), 1);
            fsnn_fde_solver_destroy(solver);
        }
}

/* Roots of the sine to rounding, by direction; two events at one time are both found. */
static void directions(void **state)
{
    (void)state;
    const double pi = 3.14159265358979323846;
    const fsnn_fde_event events[] = {
        {wave, 0, false, NULL}, {wave, 1, false, NULL}, {wave, -1, false, NULL}};
    double one = 1;
    fsnn_order order = fsnn_order_of(0.7);
    for (int steps = FSNN_FDE_FIXED; steps <= FSNN_FDE_CONTROLLED; steps++) {
        fsnn_fde fde = fde_of(variant_find("pece"), &order, 0.3, 1, decay, NULL);
        fsnn_fde_plan plan = plan_of(events, 3, (fsnn_fde_steps)steps);
        if (check_every() > 1) /* y only makes the mesh, whose points cost their square */
            plan.rtol = plan.atol = 1e-6;
        fsnn_fde_solver *solver = make(&fde, &plan, &one);
        fsnn_fde_hit hit;
        size_t last = 9;
        double before = 0;
        plan.step_most = 1;
        GOOD(fsnn_fde_solver_step_to(solver, 19, NULL));
        assert_int_equal(fsnn_fde_solver_hits(solver), 12); /* 6 roots, each for two */
        for (int i = 0; i < 12; i++) {
            double y, want;
            GOOD(fsnn_fde_solver_hit(solver, i, &hit, &y));
            int root = i / 2 + 1;
            CASE("steps %d, event %zu at %.17g", steps, hit.event, hit.t);
            assert_true(fabs(hit.t - root * pi) < 1e-14 * 20 && hit.t >= before);
            assert_true(hit.event == 0 || hit.event == (root % 2 ? 2u : 1u));
            assert_true(i % 2 == 0 || hit.event != last);
            GOOD(fsnn_fde_solver_state(solver, hit.t, &want));
            assert_memory_equal(&y, &want, sizeof y);
            last = hit.event;
            before = hit.t;
        }
        REFUSED(fsnn_fde_solver_hit(solver, 12, &hit, NULL), FSNN_EARGUMENT, "12 were found");
        fsnn_fde_solver_destroy(solver);
    }
}

/* An if neuron of order a, tau 1, under current I: D^a v = I, a spike at 1. With reset jump spike k
 * is at (k Gamma(1+a)/I)^(1/a); with restart the intervals are all that of the first. */
static int fires(double t, const double *y, double *g, size_t n, void *user)
{
    (void)t, (void)n, (void)user;
    *g = y[0] - 1;
    return 0;
}

static int drive(double t, const double *y, double *d, size_t n, void *user)
{
    (void)t, (void)y, (void)n, (void)user;
    d[0] = 2;
    return 0;
}

static void spikes(void **state)
{
    (void)state;
    const fsnn_fde_event event = {fires, 1, true, NULL};
    double zero = 0, down = -1;
    for (int form = 0; form < 4; form++) {
        double a = 0.6;
        bool restarts = form % 2;
        fsnn_order order = fsnn_order_of(a);
        fsnn_fde fde = fde_of(variant_find("pece"), &order, 1e-3, 1, drive, NULL);
        fsnn_fde_plan plan = plan_of(&event, 1, form > 1 ? FSNN_FDE_CONTROLLED : FSNN_FDE_FIXED);
        fsnn_fde_solver *solver = make(&fde, &plan, &zero);
        double first = pow(tgamma(1 + a) / 2, 1 / a);
        for (int k = 1; k <= 4; k++) {
            int64_t found;
            GOOD(fsnn_fde_solver_step_to(solver, 10, &found));
            double t = fsnn_fde_solver_time(solver);
            double want = restarts ? k * first : pow(k * tgamma(1 + a) / 2, 1 / a);
            CASE("form %d, spike %d at %.9g, exact %.9g", form, k, t, want);
            assert_int_equal(found, 0);
            assert_true(fabs(t - want) < (form > 1 ? 1e-8 : 1e-5));
            GOOD(restarts ? fsnn_fde_solver_restart(solver, &zero, NULL)
                          : fsnn_fde_solver_jump(solver, &down));
        }
        fsnn_fde_solver_destroy(solver);
    }
}

/* The neuron of Izhikevich (IEEE Trans. Neural Netw. 14, 2003) with an order below 1 for both, its
 * reset an event: v >= 30 sets v to c and adds d to u. FractionalDiffEq.jl issue 122 asked for this
 * and was told that there are no events. At order 1 a loop of small Runge and Kutta steps is beside
 * it. */
typedef struct cell {
    double a, b, c, d, current;
} cell;

static int izhikevich(double t, const double *y, double *dy, size_t n, void *user)
{
    const cell *p = user;
    (void)t, (void)n;
    dy[0] = 0.04 * y[0] * y[0] + 5 * y[0] + 140 - y[1] + p->current;
    dy[1] = p->a * (p->b * y[0] - y[1]);
    return 0;
}

static int peak(double t, const double *y, double *g, size_t n, void *user)
{
    (void)t, (void)n, (void)user;
    *g = y[0] - 30;
    return 0;
}

static int by_runge_kutta(const cell *p, double h, double end, double *times)
{
    double y[2] = {-65, p->b * -65}, k[4][2], z[2];
    int count = 0;
    for (int64_t i = 0; i * h < end; i++) {
        for (int s = 0; s < 4; s++) {
            for (int j = 0; j < 2; j++)
                z[j] = s ? y[j] + h * (s == 3 ? 1 : 0.5) * k[s - 1][j] : y[j];
            izhikevich(0, z, k[s], 2, (void *)p);
        }
        double before = y[0];
        for (int j = 0; j < 2; j++)
            y[j] += h / 6 * (k[0][j] + 2 * k[1][j] + 2 * k[2][j] + k[3][j]);
        if (y[0] >= 30) {
            times[count++] = (i + (30 - before) / (y[0] - before)) * h;
            y[0] = p->c;
            y[1] += p->d;
        }
    }
    return count;
}

static int by_solver(const cell *p, double a, double h, fsnn_fde_steps steps, double end,
                     double *times)
{
    const fsnn_fde_event event = {peak, 1, true, NULL};
    double y[2] = {-65, p->b * -65};
    fsnn_order order = fsnn_order_of(a);
    fsnn_fde fde = fde_of(variant_find("pece"), &order, h, 2, izhikevich, (void *)p);
    fsnn_fde_plan plan = plan_of(&event, 1, steps);
    plan.rtol = plan.atol = 1e-6;
    fsnn_fde_solver *solver = make(&fde, &plan, y);
    for (int count = 0;;) {
        int64_t found;
        GOOD(fsnn_fde_solver_step_to(solver, end, &found));
        if (found < 0) {
            fsnn_fde_solver_destroy(solver);
            return count;
        }
        times[count++] = fsnn_fde_solver_time(solver);
        GOOD(fsnn_fde_solver_state(solver, fsnn_fde_solver_time(solver), y));
        double delta[2] = {p->c - y[0], p->d};
        GOOD(fsnn_fde_solver_jump(solver, delta));
    }
}

static void izhikevich_neuron(void **state)
{
    (void)state;
    const cell regular = {0.02, 0.2, -65, 8, 10};
    double want[64], got[64], other[64];
    /* either is far more exact than the bound below */
    double small = check_every() > 1 ? 1e-3 : 1e-4;
    int expected = by_runge_kutta(&regular, small, 60, want);
    assert_int_equal(by_solver(&regular, 1, 0.01, FSNN_FDE_CONTROLLED, 60, got), expected);
    for (int i = 0; i < expected; i++) {
        CASE("spike %d of %d at %.6g, expected %.6g", i, expected, got[i], want[i]);
        assert_true(fabs(got[i] - want[i]) < 0.02);
    }
    /* order 0.95: two ways through time agree; it adapts more than that of order 1 */
    int spikes = by_solver(&regular, 0.95, 0.01, FSNN_FDE_CONTROLLED, 40, got);
    assert_int_equal(spikes, 2);
    assert_int_equal(by_solver(&regular, 0.95, 0.0025, FSNN_FDE_FIXED, 40, other), spikes);
    for (int i = 0; i < spikes; i++) {
        CASE("order 0.95, spike %d of %d at %.6g and %.6g", i, spikes, got[i], other[i]);
        assert_true(fabs(got[i] - other[i]) < 0.1 * (1 + i));
    }
    CASE("intervals %g and %g", got[1] - got[0], want[1] - want[0]);
    assert_true(got[1] - got[0] > 1.15 * (want[1] - want[0]));
}

static int fails(double t, const double *y, double *g, size_t n, void *user)
{
    (void)y, (void)n, (void)user;
    *g = t - 0.55;
    return t > 0.5 && t < 0.7 ? -3 : 0;
}

static void failing_functions(void **state)
{
    (void)state;
    const fsnn_fde_event event = {fails, 0, true, NULL};
    double one = 1;
    fsnn_order order = fsnn_order_of(0.5);
    fsnn_fde fde = fde_of(variant_find("gl_ex"), &order, 0.1, 1, decay, NULL);
    fsnn_fde_plan plan = plan_of(&event, 1, FSNN_FDE_FIXED);
    fsnn_fde_solver *solver = make(&fde, &plan, &one);
    REFUSED(fsnn_fde_solver_step_to(solver, 1, NULL), FSNN_ECALLBACK, "an event function failed");
    fsnn_fde_solver_destroy(solver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_lives),
        cmocka_unit_test(directions),
        cmocka_unit_test(spikes),
        cmocka_unit_test(izhikevich_neuron),
        cmocka_unit_test(failing_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

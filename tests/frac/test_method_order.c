/* Convergence of the methods as networks use them: weights and gains in double precision, in the
 * schemes of single neurons (the current holds over a step). Under a constant current v starts like
 * t^alpha; at alpha = 1 it is smooth. Every test states the expected slope at a fixed t and as the
 * largest error over the grid. The Mittag-Leffler method is exact at any step. */

#include <fsnn/fde.h>

#include "../json.h"
#include "frac/method.h"

enum { MOST = 8192 };

typedef struct cell {
    const frac_method *method;
    bool implicit;
    double alpha, tau, v0, h;
    int steps;
    const double *I; /* [steps] */
} cell;

typedef struct weights {
    double w[MOST + 1], start[MOST + 1], p[MOST + 1], pstart[MOST + 1], gain;
} weights;

static void settle(const cell *c, weights *k)
{
    fsnn_order order = fsnn_order_of(c->alpha);
    frac_leak leak = {c->tau, true};
    const frac_method *m = c->method;
    double none;
    if (m->lweights)
        m->lweights(&order, &leak, c->h, c->steps, k->w, &k->gain);
    else
        m->weights(&order, c->h, c->steps, k->w, &k->gain);
    if (m->pweights)
        m->pweights(&order, c->h, c->steps, k->p, &none);
    for (int64_t n = 1; m->start && n <= c->steps; n++) {
        k->start[n] = m->start(&order, c->h, n);
        k->pstart[n] = m->pstart ? m->pstart(&order, c->h, n) : 0;
    }
}

/* sum_{l=1}^{n} w_l x_{n+1-l}, x_1 .. x_n */
static double past(const double *w, const double *x, int n)
{
    double sum = 0;
    for (int l = n; l >= 1; l--)
        sum += w[l] * x[n + 1 - l];
    return sum;
}

static double stages(double u, double h, double a, double I, int count)
{
    double f = a * u + I, k2 = a * (u + (count > 2 ? h / 2 : h) * f) + I;
    if (count == 2)
        return u + h / 2 * (f + k2);
    double k3 = a * (u + h / 2 * k2) + I, k4 = a * (u + h * k3) + I;
    return u + h / 6 * (f + 2 * k2 + 2 * k3 + k4);
}

/* u = v - v0 after each step, v[1..steps]; the equation as in frac/method.h */
static void solve(const cell *c, double *v)
{
    static weights k;
    static double x[MOST + 1];
    frac_scheme scheme = c->implicit ? FRAC_IMPLICIT : c->method->scheme;
    double u = 0, first = 0, J = -1 / c->tau;
    settle(c, &k);
    for (int n = 0; n < c->steps; n++) {
        double I = (c->I[n] - c->v0) / c->tau, f = J * u + I, drive = f, P = 0;
        if (n == 0)
            first = f;
        double S = past(k.w, x, n) + (c->method->start ? k.start[n + 1] * first : 0);
        switch (scheme) {
        case FRAC_EXPLICIT:
            u = S + k.gain * f;
            break;
        case FRAC_IMPLICIT:
            u = (S + k.gain * I) / (1 - k.gain * J);
            drive = J * u + I;
            break;
        case FRAC_PECE:
            P = past(k.p, x, n) + k.pstart[n + 1] * first;
            u = S + k.gain * (J * P + I);
            drive = J * u + I;
            break;
        case FRAC_EXACT:
            u = S + k.gain * I;
            drive = I;
            break;
        default:
            u = stages(u, c->h, J, I, scheme == FRAC_HEUN ? 2 : 4);
        }
        x[n + 1] = c->method->drive ? drive : u;
        v[n + 1] = c->v0 + u;
    }
}

/* ---- a constant current ---- */

static const double tau = 16, I0 = 1.25, v0 = 0.25, T = 1;

static double relaxing(double t, double a)
{
    return I0 + (v0 - I0) * fsnn_mittag_leffler(a, 1, -pow(t, a) / tau);
}

static void errors(cell *c, int steps, double *late, double *most)
{
    static double v[MOST + 1], I[MOST];
    for (int n = 0; n < steps; n++)
        I[n] = I0;
    c->h = T / steps;
    c->steps = steps;
    c->I = I;
    c->tau = tau;
    c->v0 = v0;
    solve(c, v);
    *most = *late = 0;
    for (int n = 1; n <= steps; n++)
        if (n <= 16 || n % (steps / 64) == 0) {
            double e = fabs(v[n] - relaxing(n * c->h, c->alpha));
            *most = fmax(*most, e);
            if (2 * n >= steps)
                *late = fmax(*late, e);
        }
}

typedef struct row {
    const frac_method *method;
    bool implicit;
    /* slopes b + m alpha at a fixed t, and over the grid (at most `cap`) */
    double b, m, grid_b, grid_m, cap;
    double at_one; /* slope at alpha = 1 */
} row;

static const row rows[] = {
    {&frac_gl, false, 1, 0, 0, 1, 9, 1},   {&frac_gl, true, 1, 0, 0, 1, 9, 1},
    {&frac_l1, false, 1, 0, 0, 1, 9, 1},   {&frac_l1, true, 1, 0, 0, 1, 9, 1},
    {&frac_ab, false, 1, 0, 0, 2, 1, 1},   {&frac_ab, true, 1, 0, 0, 2, 1, 1},
    {&frac_trap, false, 1, 1, 0, 2, 9, 2}, {&frac_abm, false, 1, 1, 0, 2, 9, 2},
};

static void expect_slope(double coarse, double fine, double want, const row *r, double a,
                         const char *where)
{
    double got = log2(coarse / fine);
    if (!(fabs(got - want) < 0.08))
        fail_msg("%s%s, alpha %g, %s: slope %.3f, expected %.2f", r->method->name,
                 r->implicit ? " implicit" : "", a, where, got, want);
}

static void starts_like_a_power(void **state)
{
    (void)state;
    static const double alphas[] = {0.3, 0.5, 0.8};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int k = 0; k < 3; k++) {
            if (!check_turn())
                continue;
            const row *r = &rows[i];
            double a = alphas[k], late[2], most[2];
            for (int fine = 0; fine < 2; fine++) {
                cell c = {.method = r->method, .implicit = r->implicit, .alpha = a};
                errors(&c, 2048 << fine, &late[fine], &most[fine]);
            }
            expect_slope(late[0], late[1], r->b + r->m * a, r, a, "fixed t");
            expect_slope(most[0], most[1], fmin(r->cap, r->grid_b + r->grid_m * a), r, a,
                         "largest");
        }
}

static void smooth_at_one(void **state)
{
    (void)state;
    static const row integer[] = {{&frac_euler, false, 0, 0, 0, 0, 0, 1},
                                  {&frac_heun, false, 0, 0, 0, 0, 0, 2},
                                  {&frac_rk4, false, 0, 0, 0, 0, 0, 4}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows + 3; i++) {
        const row *r = i < 3 ? &integer[i] : &rows[i - 3];
        double late[2], most[2];
        for (int fine = 0; fine < 2; fine++) {
            cell c = {.method = r->method, .implicit = r->implicit, .alpha = 1};
            errors(&c, r->at_one == 4 ? 4 << fine : 512 << fine, &late[fine], &most[fine]);
        }
        expect_slope(late[0], late[1], r->at_one, r, 1, "fixed t");
    }
}

/* ---- a current that jumps from step to step: ml is exact, whatever the step ---- */

static void exact_where_held(void **state)
{
    (void)state;
    enum { STEPS = 40 };
    static const double steps[] = {1e-3, 0.25, 3, 400};
    for (double a = 0.1; a < 1.05; a += 0.15)
        for (int s = 0; s < 4; s++) {
            double I[STEPS], v[STEPS + 1];
            for (int n = 0; n < STEPS; n++)
                I[n] = (double)((7 * n * n + 3 * n) % 32) / 16 - 0.7;
            cell c = {.method = &frac_ml,
                      .alpha = fmin(a, 1),
                      .tau = 2,
                      .v0 = 0.3,
                      .h = steps[s],
                      .steps = STEPS,
                      .I = I};
            solve(&c, v);
            for (int n = 1; n <= STEPS; n++) {
                /* steps of the current, each with its own response */
                double want = c.v0, level = c.v0;
                for (int j = 0; j < n; j++) {
                    double since = (n - j) * c.h;
                    want += (I[j] - level) *
                            (1 - fsnn_mittag_leffler(c.alpha, 1, -pow(since, c.alpha) / c.tau));
                    level = I[j];
                }
                if (!(fabs(v[n] - want) < 1e-12))
                    fail_msg("alpha %g, h %g, step %d: %.17g, expected %.17g", c.alpha, c.h, n,
                             v[n], want);
            }
        }
}

/* h^alpha/tau far beyond any explicit limit: implicit ones, trap and ml stay between start and
 * current, and arrive. */
static void any_step(void **state)
{
    (void)state;
    enum { STEPS = 400 };
    static const row bound[] = {{&frac_gl, true, 0, 0, 0, 0, 0, 0},
                                {&frac_l1, true, 0, 0, 0, 0, 0, 0},
                                {&frac_ab, true, 0, 0, 0, 0, 0, 0},
                                {&frac_ml, false, 0, 0, 0, 0, 0, 0},
                                {&frac_trap, false, 0, 0, 0, 0, 0, 0}};
    for (int m = 0; m < 5; m++)
        for (double a = 0.2; a < 1.1; a += 0.2)
            for (double z = 2; z < 1e7; z *= 30) {
                if (!check_turn())
                    continue;
                double I[STEPS], v[STEPS + 1], most = 0;
                for (int n = 0; n < STEPS; n++)
                    I[n] = 1;
                cell c = {.method = bound[m].method,
                          .implicit = bound[m].implicit,
                          .alpha = fmin(a, 1),
                          .tau = 1 / z,
                          .h = 1,
                          .steps = STEPS,
                          .I = I};
                solve(&c, v);
                for (int n = 1; n <= STEPS; n++)
                    most = fmax(most, fabs(v[n]));
                /* trap overshoots after the jump, but at most twice as far */
                double exact = 1 - fsnn_mittag_leffler(c.alpha, 1, -pow(STEPS, c.alpha) * z);
                double capacity = c.method == &frac_trap ? 1.001 : 1e-9;
                if (!(most <= 1 + capacity))
                    fail_msg("%s, alpha %g, z %g: reaches %g", c.method->name, c.alpha, z, most);
                if (c.method != &frac_trap && !(fabs(v[STEPS] - exact) < 0.01))
                    fail_msg("%s, alpha %g, z %g: ends at %g, exact %g", c.method->name, c.alpha, z,
                             v[STEPS], exact);
            }
}

/* ---- the original's schemes are these weights without the starting value ---- */

static void weights_as_the_original_sums_them(void **state)
{
    (void)state;
    static const struct {
        const char *scheme;
        fsnn_method method;
        bool drives;
    } kinds[] = {{"spikede_gl", FSNN_GL, false},
                 {"spikede_l1", FSNN_L1, false},
                 {"spikede_pred", FSNN_AB, true}};
    json_doc *doc = json_open("tests/golden/analytic.json");
    json_node *list = json_get(doc->root, "discrete");
    int seen = 0;
    for (int i = 0; i < json_count(list); i++) {
        json_node *entry = json_at(list, i), *want = json_get(entry, "v");
        for (int s = 0; s < 3; s++) {
            if (strcmp(json_text(json_get(entry, "scheme")), kinds[s].scheme) != 0)
                continue;
            int steps = (int)json_member(entry, "steps");
            double w[64], x[64], gain, v = json_member(entry, "v0"), t = json_member(entry, "tau");
            fsnn_order order = fsnn_order_of(json_member(entry, "alpha"));
            GOOD(fsnn_frac_weights(kinds[s].method, &order, json_member(entry, "h"), steps, w,
                                   &gain));
            for (int n = 0; n < steps; n++) {
                double f = ((7 * n * n + 3 * n) % 32 / 16.0 + 0.5 - v) / t;
                v = gain * f;
                for (int l = 1; l <= n; l++)
                    v += w[l - 1] * x[n + 1 - l];
                x[n + 1] = kinds[s].drives ? f : v;
                if (!(fabs(v - json_number(json_at(want, n + 1))) < 1e-12))
                    fail_msg("%s, step %d: %.17g", kinds[s].scheme, n, v);
            }
            seen++;
        }
    }
    assert_int_equal(seen, 3);
    json_close(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_like_a_power),
        cmocka_unit_test(smooth_at_one),
        cmocka_unit_test(exact_where_held),
        cmocka_unit_test(any_step),
        cmocka_unit_test(weights_as_the_original_sums_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The solver against stored numbers: weights, the schemes' own trajectories, and analytic problems,
 * whose errors must be small and fall with the step. */

#include "../json.h"
#include "fde_tools.h"
#include "frac/fde_kernel.h"

static void close_to(double got, double want, double relative, const char *what)
{
    if (!(fabs(got - want) <= relative * fabs(want)))
        fail_msg("%s: got %.17g, expected %.17g", what, got, want);
}

static json_doc *open_golden(const char *key, json_node **rows)
{
    json_doc *doc = json_open("tests/golden/analytic.json");
    *rows = json_get(doc->root, key);
    return doc;
}

static void weights(void **state)
{
    (void)state;
    json_node *rows;
    json_doc *doc = open_golden("weights", &rows);
    assert_true(json_count(rows) >= 10);
    for (int i = 0; i < json_count(rows); i++) {
        json_node *row = json_at(rows, i);
        double a = json_member(row, "alpha"), j = json_member(row, "j");
        close_to(-fde_gl.lag(a, 0, j), json_member(row, "gl"), 1e-12, "gl");
        close_to(fde_l1.lag(a, 0, j), json_member(row, "l1_diff"), 1e-13, "l1_diff");
        close_to(fde_rect_implicit.lag(a, 0, j), json_member(row, "rect"), 1e-13, "rect");
        close_to(fde_rect_explicit.lag(a, 0, j + 1), json_member(row, "rect"), 1e-13, "rect, late");
        close_to(fde_trap.lag(a, 0, j), json_member(row, "trap"), 1e-13, "trap");
        close_to(fde_trap_start(a, j), json_member(row, "trap_start"), 1e-13, "trap_start");
    }
    json_close(doc);
}

/* Far lags of Gruenwald-Letnikov come from an expansion: it continues the recurrence. */
static void far_weights(void **state)
{
    (void)state;
    enum { N = 100000 };
    double *w = malloc((N + 1) * sizeof *w);
    for (double a = 0.05; a < 1; a += 0.05) {
        fde_mix mix = {1, {a}, {1}, 0};
        fde_mix_lags(&fde_gl, &mix, N, w);
        for (int j = 4000; j <= N; j += 97)
            close_to(fde_gl.lag(a, 0, j), w[j], 1e-11, "gl, far");
    }
    free(w);
}

/* At alpha = 1 every kernel is that of the integer-order scheme. */
static void weights_at_one(void **state)
{
    (void)state;
    for (int j = 1; j < 100; j++) {
        assert_true(fde_gl.lag(1, 0, j) == (j == 1));
        assert_true(fde_l1.lag(1, 0, j) == (j == 1));
        close_to(fde_rect_explicit.lag(1, 0, j), 1, 1e-14, "rect at 1");
        close_to(fde_trap.lag(1, 0, j), 1, 1e-14, "trap at 1");
        close_to(fde_trap_start(1, j), 0.5, 1e-13, "trap_start at 1");
    }
}

typedef struct current {
    double h, tau;
} current;

static int neuron(double t, const double *v, double *dv, size_t n, void *user)
{
    const current *c = user;
    long k = lround(t / c->h);
    double I = (double)((7 * k * k + 3 * k) % 32) / 16 + 0.5;
    for (size_t i = 0; i < n; i++)
        dv[i] = (I - v[i]) / c->tau;
    return 0;
}

static void trajectories(void **state)
{
    (void)state;
    json_node *rows;
    json_doc *doc = open_golden("discrete", &rows);
    int seen = 0;
    for (int i = 0; i < json_count(rows); i++) {
        json_node *row = json_at(rows, i), *want = json_get(row, "v");
        const variant *v = variant_find(json_text(json_get(row, "scheme")));
        if (!v || json_get(row, "rule"))
            continue; /* spikeDE's schemes and the spiking rules belong to networks */
        current c = {json_member(row, "h"), json_member(row, "tau")};
        fsnn_order order = fsnn_order_of(json_member(row, "alpha"));
        double v0 = json_member(row, "v0");
        int steps = (int)json_member(row, "steps");
        fsnn_fde fde = fde_of(v, &order, c.h, 1, neuron, &c);
        double *got = fde_grid(&fde, &v0, steps);
        for (int k = 0; k <= steps; k++)
            if (!(fabs(got[k] - json_number(json_at(want, k))) <= 1e-12))
                fail_msg("%s, step %d: %.17g", v->name, k, got[k]);
        free(got);
        seen++;
    }
    assert_int_equal(seen, VARIANTS);
    json_close(doc);
}

/* ---- analytic problems ---- */

typedef struct problem {
    double a, p[2];
} problem;

#define RHS(name, expression)                                                                      \
    static int name(double t, const double *y, double *d, size_t n, void *user)                    \
    {                                                                                              \
        const problem *q = user;                                                                   \
        double a = q->a, p = q->p[0], p2 = q->p[1], Y = y[0];                                      \
        (void)n, (void)a, (void)p, (void)p2, (void)t, (void)Y;                                     \
        d[0] = (expression);                                                                       \
        return 0;                                                                                  \
    }

RHS(relax, -p *Y)
RHS(growth, p *Y)
RHS(step_input, (p2 - Y) / p)
RHS(power_input, tgamma(p + 1) / tgamma(p + 1 - a) * pow(t, p - a))
RHS(dff, 40320 / tgamma(9 - a) * pow(t, 8 - a) -
             3 * tgamma(5 + a / 2) / tgamma(5 - a / 2) * pow(t, 4 - a / 2) + 2.25 * tgamma(a + 1) +
             pow(1.5 * pow(t, a / 2) - pow(t, 4), 3) - pow(fabs(Y), 1.5))
RHS(ramp, (p2 * t - Y) / p)
RHS(integrate, p2 / p)
RHS(square, tgamma(2 * a + 1) / tgamma(a + 1) * pow(t, a) + pow(t, 4 * a) - Y * Y)
/* y = t^2; p2 is the second order, whose coefficient is 1/2 in every instance */
RHS(two_terms, 2 * pow(t, 2 - a) / tgamma(3 - a) + pow(t, 2 - p2) / tgamma(3 - p2) + t * t - Y)

static int bagley(double t, const double *y, double *d, size_t n, void *user)
{
    (void)n, (void)user;
    d[0] = y[1], d[1] = y[2], d[2] = y[3];
    d[3] = -y[3] - y[0] + t + 1;
    return 0;
}

static const struct {
    const char *prefix, *keys[2];
    fsnn_fde_function f;
    bool multiterm;
} problems[] = {
    {"P01", {"lambda"}, relax, false},
    {"P02", {"lambda"}, growth, false},
    {"P03", {"tau", "RI"}, step_input, false},
    {"P04", {"p"}, power_input, false},
    {"P05", {NULL}, dff, false},
    {"P07", {"tau", "k"}, ramp, false},
    {"P10", {"tau", "I"}, integrate, false},
    {"P12", {NULL}, square, false},
    {"P15", {NULL}, two_terms, true},
    {"P17", {NULL}, bagley, false},
};

static fsnn_order order_of(json_node *row)
{
    json_node *alpha = json_get(row, "alpha");
    fsnn_order order = fsnn_order_of(0.5);
    if (!json_is_list(alpha)) {
        order.alpha[0] = json_number(alpha);
        return order;
    }
    json_node *coefficients = json_get(json_get(row, "params"), "coef");
    order.terms = json_count(alpha);
    for (int m = 0; m < order.terms; m++) {
        order.alpha[m] = json_number(json_at(alpha, m));
        order.coefficient[m] = json_number(json_at(coefficients, m));
    }
    return order;
}

/* Largest error at the stored times up to 1, with step h. */
static double error_of(json_node *row, const variant *v, size_t which, double h)
{
    problem q = {0};
    fsnn_order order = order_of(row);
    json_node *params = json_get(row, "params"), *start = json_get(row, "y0");
    json_node *times = json_get(row, "t"), *values = json_get(row, "y");
    q.a = order.alpha[0];
    for (int i = 0; i < 2 && problems[which].keys[i]; i++)
        q.p[i] = json_member(params, problems[which].keys[i]);
    if (order.terms == 2) {
        assert_true(order.coefficient[0] == 1 && order.coefficient[1] == 0.5);
        q.p[1] = order.alpha[1];
    }
    size_t n = (size_t)json_member(row, "dim"), count = 0;
    double y0[4], t[16], got[64], worst = 0;
    for (size_t i = 0; i < n; i++)
        y0[i] = json_number(json_at(start, (int)i));
    for (; count < 16 && (int)count < json_count(times); count++) {
        t[count] = json_number(json_at(times, (int)count));
        if (t[count] > 1)
            break;
    }
    fsnn_fde fde = fde_of(v, &order, h, n, problems[which].f, &q);
    fde_must(&fde, y0, t, count, got);
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < n; i++) {
            json_node *value = json_at(values, (int)k);
            double want = json_number(n > 1 ? json_at(value, (int)i) : value);
            worst = fmax(worst, fabs(got[k * n + i] - want) / fmax(1, fabs(want)));
        }
    return worst;
}

/* From h = 1/64 to 1/256 the error falls at least twice (first order would be four times) and ends
 * below 2 %. */
static void analytic(void **state)
{
    (void)state;
    json_node *rows;
    json_doc *doc = open_golden("problems", &rows);
    int seen = 0;
    for (int i = 0; i < json_count(rows); i++) {
        json_node *row = json_at(rows, i);
        char id[64];
        snprintf(id, sizeof id, "%s", json_text(json_get(row, "id")));
        size_t which = 0;
        while (which < sizeof problems / sizeof *problems &&
               strncmp(problems[which].prefix, id, 3) != 0)
            which++;
        if (which == sizeof problems / sizeof *problems)
            fail_msg("problem %s is not known here", id);
        for (int s = 0; s < VARIANTS; s++) {
            if (problems[which].multiterm && s > 3)
                continue;
            double coarse = error_of(row, &variants[s], which, 1.0 / 64);
            double fine = error_of(row, &variants[s], which, 1.0 / 256);
            if (!(fine < 0.02 && (fine < coarse / 2 || fine < 1e-13)))
                fail_msg("%s, %s: error %.2e at h = 1/64, %.2e at 1/256", id, variants[s].name,
                         coarse, fine);
        }
        seen++;
    }
    assert_true(seen >= 50);
    json_close(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights),        cmocka_unit_test(far_weights),
        cmocka_unit_test(weights_at_one), cmocka_unit_test(trajectories),
        cmocka_unit_test(analytic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Weights of the methods: reference values with 24 digits (tests/golden/analytic.json), derivatives
 * in alpha and coefficients against central differences, and the ends of the range. */

#include "../json.h"
#include "frac/method.h"
#include "frac/special.h"
#include <fsnn/fde.h>

static void close_to(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want) + 1e-60))
        fail_msg("got %.17g, expected %.17g (relative %.2e)", got, want,
                 fabs(got - want) / fabs(want));
}

static void golden(void **state)
{
    (void)state;
    json_doc *doc = json_open("tests/golden/analytic.json");
    json_node *rows = json_get(doc->root, "weights");
    assert_true(json_count(rows) >= 10);
    for (int i = 0; i < json_count(rows); i++) {
        json_node *row = json_at(rows, i);
        double a = json_member(row, "alpha");
        int64_t j = (int64_t)json_member(row, "j");
        double *w = malloc((size_t)(j + 1) * sizeof *w), gain, dgain;
        fsnn_order order = fsnn_order_of(a);
        frac_gl.weights(&order, 1, j, w, &gain);
        close_to(-w[j], json_member(row, "gl"), 1e-12);
        close_to(gain, 1, 0);
        frac_gl.dweights(&order, 1, j, 0, w, &dgain);
        close_to(-w[j], json_member(row, "gl_da"), 1e-11);
        frac_l1.weights(&order, 1, j, w, &gain);
        close_to(gain, tgamma(2 - a), 1e-14);
        /* b_{j-1} - b_j of this row's j; differences of nearly equal numbers lose digits */
        assert_true(fabs(w[j] - json_member(row, "l1_diff")) <= 1e-13 * fabs(w[j]) + 4e-16);
        free(w);
    }
    json_close(doc);
}

static void stability(void **state)
{
    (void)state;
    json_doc *doc = json_open("tests/golden/analytic.json");
    json_node *rows = json_get(doc->root, "stability");
    for (int i = 0; i < json_count(rows); i++) {
        json_node *row = json_at(rows, i);
        double a = json_member(row, "alpha");
        close_to(frac_gl.stable(a), json_member(row, "gl_explicit"), 1e-13);
        close_to(frac_l1.stable(a), json_member(row, "l1_explicit"), 1e-12);
        close_to(frac_ab.stable(a), json_member(row, "rect_explicit"), 1e-12);
    }
    json_close(doc);
}

/* The stated limit separates decay from growth in the recurrence itself. */
static void stability_is_true(void **state)
{
    (void)state;
    static const frac_method *const methods[] = {&frac_gl, &frac_l1};
    enum { N = 4000 };
    static double w[N + 1], u[N + 1];
    for (int m = 0; m < 2; m++)
        for (double a = 0.3; a < 1; a += 0.3)
            for (int side = 0; side < 2; side++) {
                fsnn_order order = fsnn_order_of(a);
                double gain, z = methods[m]->stable(a) * (side ? 1.02 : 0.98);
                methods[m]->weights(&order, 1, N, w, &gain);
                gain *= z; /* D^a v = -z v at h = 1 */
                u[0] = 0;
                for (int n = 1; n <= N; n++) {
                    u[n] = -gain * (1 + u[n - 1]);
                    for (int j = 1; j < n; j++)
                        u[n] += w[j] * u[n - j];
                    if (fabs(u[n]) > 1e6)
                        break;
                    if (n == N)
                        u[N] = u[n];
                }
                double worst = 0;
                for (int n = 1; n <= N && fabs(u[n]) < 1e7; n++)
                    worst = fmax(worst, fabs(u[n]));
                assert_int_equal(worst > 100, side);
            }
}

/* Several terms: stable up to 1/tau = sum_m C_m limit(alpha_m) / h^alpha_m, in the recurrence
 * itself. */
static void stability_of_terms(void **state)
{
    (void)state;
    static const frac_method *const methods[] = {&frac_gl, &frac_l1};
    enum { N = 1500 };
    static double w[N + 1], u[N + 1];
    const fsnn_order o = {.terms = 2, .alpha = {0.9, 0.3}, .coefficient = {1, 0.7}};
    for (int m = 0; m < 2; m++)
        for (double h = 0.2; h < 2; h *= 3)
            for (int side = 0; side < 2; side++) {
                double gain, limit = 0, worst = 0;
                for (int t = 0; t < 2; t++)
                    limit += o.coefficient[t] * methods[m]->stable(o.alpha[t]) / pow(h, o.alpha[t]);
                methods[m]->weights(&o, h, N, w, &gain);
                u[0] = 0;
                for (int n = 1; n <= N && worst < 1e6; n++) {
                    u[n] = -gain * limit * (side ? 1.02 : 0.98) * (1 + u[n - 1]);
                    for (int j = 1; j < n; j++)
                        u[n] += w[j] * u[n - j];
                    worst = fmax(worst, fabs(u[n]));
                }
                assert_int_equal(worst > 100, side);
            }
}

/* Adams-Bashforth-Moulton: the limit in the recurrence itself. */
static void stability_of_abm(void **state)
{
    (void)state;
    enum { N = 1500 };
    static double w[N + 2], start[N + 2], p[N + 2], f[N + 2];
    for (double a = 0.3; a < 1; a += 0.3)
        for (int side = 0; side < 2; side++) {
            fsnn_order order = fsnn_order_of(a);
            double gain, none, u = 0, worst = 0, z = frac_abm.stable(a) * (side ? 1.02 : 0.98);
            frac_abm.weights(&order, 1, N, w, &gain);
            for (int n = 1; n <= N; n++)
                start[n] = frac_abm.start(&order, 1, n);
            frac_abm.pweights(&order, 1, N, p, &none);
            f[0] = -z;
            for (int n = 0; n < N && fabs(u) < 1e6; n++) {
                double P = p[n + 1] * f[0], S = start[n + 1] * f[0];
                for (int l = 1; l <= n; l++) {
                    P += p[l] * f[n + 1 - l];
                    S += w[l] * f[n + 1 - l];
                }
                u = S - gain * z * (1 + P);
                f[n + 1] = -z * (1 + u);
                worst = fmax(worst, fabs(u));
            }
            assert_int_equal(worst > 100, side);
        }
}

/* Product weights of the reference table; start weights of the first drive. */
static void golden_products(void **state)
{
    (void)state;
    json_doc *doc = json_open("tests/golden/analytic.json");
    json_node *rows = json_get(doc->root, "weights");
    for (int i = 0; i < json_count(rows); i++) {
        json_node *row = json_at(rows, i);
        int64_t j = (int64_t)json_member(row, "j");
        double *w = malloc((size_t)(j + 1) * sizeof *w), gain;
        fsnn_order order = fsnn_order_of(json_member(row, "alpha"));
        frac_ab.weights(&order, 1, j, w, &gain);
        close_to(w[j], json_member(row, "rect"), 1e-13);
        frac_trap.weights(&order, 1, j, w, &gain);
        close_to(w[j], json_member(row, "trap"), 1e-13);
        close_to(frac_trap.start(&order, 1, j), json_member(row, "trap_start"), 1e-12);
        free(w);
    }
    json_close(doc);
}

static void derivatives(void **state)
{
    (void)state;
    static const frac_method *const methods[] = {&frac_euler, &frac_gl, &frac_l1};
    static const double steps[] = {1, 0.1};
    enum { N = 40 };
    for (int m = 0; m < 3; m++)
        for (int s = 0; s < 2; s++)
            for (int terms = 1; terms <= 3; terms++) {
                fsnn_order o = {
                    .terms = terms, .alpha = {0.3, 0.55, 0.8}, .coefficient = {1, 0.5, 0.2}};
                for (int p = 0; p < 2 * terms; p++) {
                    double d[N + 1], hi[N + 1], lo[N + 1], dg, ghi, glo, e = 1e-5;
                    methods[m]->dweights(&o, steps[s], N, p, d, &dg);
                    double *x = p < terms ? &o.alpha[p] : &o.coefficient[p - terms], keep = *x;
                    *x = keep + e;
                    methods[m]->weights(&o, steps[s], N, hi, &ghi);
                    *x = keep - e;
                    methods[m]->weights(&o, steps[s], N, lo, &glo);
                    *x = keep;
                    assert_true(fabs((ghi - glo) / (2 * e) - dg) < 1e-8);
                    for (int j = 1; j <= N; j++)
                        assert_true(fabs((hi[j] - lo[j]) / (2 * e) - d[j]) < 1e-8);
                }
            }
}

/* Weights of the first drive as an array, for the table below. */
static void trap_starts(const fsnn_order *o, double h, int64_t n, double *w, double *gain)
{
    *gain = 0;
    for (int64_t i = 1; i <= n; i++)
        w[i] = frac_trap.start(o, h, i);
}

static void trap_dstarts(const fsnn_order *o, double h, int64_t n, int p, double *dw, double *gain)
{
    *gain = 0;
    for (int64_t i = 1; i <= n; i++)
        dw[i] = frac_trap.dstart(o, h, p, i);
}

static void abm_pstarts(const fsnn_order *o, double h, int64_t n, double *w, double *gain)
{
    *gain = 0;
    for (int64_t i = 1; i <= n; i++)
        w[i] = frac_abm.pstart(o, h, i);
}

static void abm_dpstarts(const fsnn_order *o, double h, int64_t n, int p, double *dw, double *gain)
{
    *gain = 0;
    for (int64_t i = 1; i <= n; i++)
        dw[i] = frac_abm.dpstart(o, h, p, i);
}

static void product_derivatives(void **state)
{
    (void)state;
    struct {
        frac_weight_fn *weights;
        frac_dweight_fn *dweights;
    } const rows[] = {{frac_ab.weights, frac_ab.dweights},
                      {frac_trap.weights, frac_trap.dweights},
                      {trap_starts, trap_dstarts},
                      {frac_abm.pweights, frac_abm.dpweights},
                      {abm_pstarts, abm_dpstarts}};
    enum { N = 60 };
    for (int r = 0; r < 5; r++)
        for (double a = 0.2; a < 1; a += 0.25)
            for (int p = 0; p < 2; p++) {
                double d[N + 1], hi[N + 1], lo[N + 1], dg, ghi, glo, e = 1e-5;
                fsnn_order o = fsnn_order_of(a), up, down;
                o.coefficient[0] = 0.8;
                up = down = o;
                *(p ? up.coefficient : up.alpha) += e;
                *(p ? down.coefficient : down.alpha) -= e;
                rows[r].dweights(&o, 0.3, N, p, d, &dg);
                rows[r].weights(&up, 0.3, N, hi, &ghi);
                rows[r].weights(&down, 0.3, N, lo, &glo);
                assert_true(fabs((ghi - glo) / (2 * e) - dg) < 1e-8);
                for (int j = 1; j <= N; j++)
                    assert_true(fabs((hi[j] - lo[j]) / (2 * e) - d[j]) < 1e-8);
            }
}

static void at_one_they_are_euler(void **state)
{
    (void)state;
    static const frac_method *const methods[] = {&frac_gl, &frac_l1};
    fsnn_order one = fsnn_order_of(1);
    for (int m = 0; m < 2; m++) {
        double w[11], e[11], gain, egain;
        methods[m]->weights(&one, 0.3, 10, w, &gain);
        frac_euler.weights(&one, 0.3, 10, e, &egain);
        assert_true(gain == egain);
        for (int j = 1; j <= 10; j++)
            assert_true(w[j] == e[j]);
    }
}

static void special_functions(void **state)
{
    (void)state;
    close_to(frac_digamma(1), -0.57721566490153286, 1e-14);
    close_to(frac_digamma(0.5), -1.9635100260214235, 1e-14);
    for (double x = 0.3; x < 20; x *= 1.7)
        assert_true(fabs(frac_digamma(x + 1) - frac_digamma(x) - 1 / x) < 1e-13);
    close_to(frac_eta(1), log(2), 1e-14);
    close_to(frac_eta(2), M_PI * M_PI / 12, 1e-14);
    close_to(frac_eta(0), 0.5, 1e-13);
    close_to(frac_eta(-1), 0.25, 1e-12);
}

static void errors(void **state)
{
    (void)state;
    double w[4], gain;
    fsnn_order o = fsnn_order_of(1.5);
    REFUSED(fsnn_frac_weights(FSNN_GL, &o, 1, 4, w, &gain), FSNN_EARGUMENT, "(0, 1]");
    o = fsnn_order_of(0.5);
    FAILS(fsnn_frac_weights(FSNN_GL, &o, -1, 4, w, &gain), FSNN_EARGUMENT);
    FAILS(fsnn_frac_weights((fsnn_method)99, &o, 1, 4, w, &gain), FSNN_EARGUMENT);
    REFUSED(fsnn_frac_weights(FSNN_GL, NULL, 1, 4, w, &gain), FSNN_EARGUMENT, "order is NULL");
    REFUSED(fsnn_frac_weights(FSNN_GL, &o, 1, 4, NULL, &gain), FSNN_EARGUMENT, "weights is NULL");
    REFUSED(fsnn_frac_weights(FSNN_GL, &o, 1, 4, w, NULL), FSNN_EARGUMENT, "gain is NULL");
    o.alpha[0] = 1.0000000000000002;
    REFUSED(fsnn_frac_weights(FSNN_GL, &o, 1, 4, w, &gain), FSNN_EARGUMENT,
            "alpha is 1.0000000000000002: it must lie in (0, 1]");
    o.alpha[0] = 0.5;
    GOOD(fsnn_frac_weights(FSNN_GL, &o, 1, 4, w, &gain));
    assert_true(w[0] == 0.5 && w[1] == 0.125 && w[2] == 0.0625);
    const frac_method *row;
    FAILS(frac_method_settle(FSNN_ODEINT, FSNN_GL, &row), FSNN_EUNSUPPORTED);
}

static double ml_gain(double a, double *w, int64_t n)
{
    double gain;
    fsnn_order order = fsnn_order_of(a);
    frac_ml.lweights(&order, &(frac_leak){.tau = 2, .leaky = true}, 0.01, n, w, &gain);
    return gain;
}

/* Orders next to 0, where the differences that give the derivative must not leave (0, 2]. */
static void ml_small_alpha(void **state)
{
    (void)state;
    enum { MOST = 2000 };
    static double w[MOST + 1];
    const int N = check_every() > 1 ? MOST / 5 : MOST;
    for (double a = 0.001; a < 0.01; a *= 1.7) {
        CASE("alpha %g", a);
        fsnn_order order = fsnn_order_of(a);
        double total = ml_gain(a, w, N), dgain, e = a * 1e-3;
        for (int l = 1; l <= N; l++) {
            assert_true(w[l] > 0);
            total += w[l];
        }
        double z = pow((N + 1) * 0.01, a) / 2;
        close_to(total, 2 * (1 - fsnn_mittag_leffler(a, 1, -z)), 1e-13);
        frac_ml.dlweights(&order, &(frac_leak){.tau = 2, .leaky = true}, 0.01, N, 0, w, &dgain);
        for (int l = 1; l <= N; l++)
            assert_true(isfinite(w[l]));
        close_to(dgain, (ml_gain(a + e, w, 1) - ml_gain(a - e, w, 1)) / (2 * e), 1e-5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden),
        cmocka_unit_test(stability),
        cmocka_unit_test(stability_is_true),
        cmocka_unit_test(stability_of_terms),
        cmocka_unit_test(stability_of_abm),
        cmocka_unit_test(golden_products),
        cmocka_unit_test(derivatives),
        cmocka_unit_test(product_derivatives),
        cmocka_unit_test(at_one_they_are_euler),
        cmocka_unit_test(special_functions),
        cmocka_unit_test(ml_small_alpha),
        cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

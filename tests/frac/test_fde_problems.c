/* Problems with closed forms beside those of the stored tables: every method that can do them, at
 * two steps a factor of four apart. The error falls at least by the stated factor and ends below
 * the stated figure. Sources: Diethelm, Ford and Freed (2004); Xue and Bai, benchmark problems
 * (2017); Mainardi, Basset's problem (1997). */

#include "fde_tools.h"

static double E(double a, double b, double z)
{
    return fsnn_mittag_leffler(a, b, z);
}

typedef struct problem {
    const char *name;
    size_t n;
    fsnn_fde_function f;
    void (*exact)(double t, double a, double *y);
    double y0[3], end;
    double orders[3]; /* 0: alpha of the loop */
    double alphas[4]; /* ended by 0 */
    fsnn_order terms; /* terms > 0: one order of several terms */
    double most;      /* largest error at step 1/512 */
} problem;

#define F(name) static int name(double t, const double *y, double *d, size_t n, void *user)
#define ALPHA const double a = *(const double *)user

/* y = t^4 - t^3/2 */
F(linear)
{
    ALPHA;
    (void)n;
    d[0] = 24 / tgamma(5 - a) * pow(t, 4 - a) - 3 / tgamma(4 - a) * pow(t, 3 - a) - y[0] +
           pow(t, 4) - pow(t, 3) / 2;
    return 0;
}

static void linear_exact(double t, double a, double *y)
{
    (void)a;
    y[0] = pow(t, 4) - pow(t, 3) / 2;
}

/* f-LIF under a sine: the response to t^m/m! is t^(m+a)/tau E_{a,a+m+1}(-t^a/tau) */
static const double tau = 0.75, omega = 2;

F(driven)
{
    (void)n, (void)user;
    d[0] = (sin(omega * t) - y[0]) / tau;
    return 0;
}

static void driven_exact(double t, double a, double *y)
{
    double sum = 0, power = omega;
    for (int m = 1; m < 40; m += 2, power *= -omega * omega)
        sum += power * pow(t, m + a) / tau * E(a, a + m + 1, -pow(t, a) / tau);
    y[0] = sum;
}

/* f-LIF under a pulse that ends at 1/2, on the grid; at its edges f takes the value of the step
 * that begins (explicit) */
F(pulsed)
{
    (void)n, (void)user;
    d[0] = ((t < 0.5 - 1e-9 ? 1.5 : 0) - y[0]) / tau;
    return 0;
}

static double charging(double t, double a)
{
    return t > 0 ? 1 - E(a, 1, -pow(t, a) / tau) : 0;
}

static void pulsed_exact(double t, double a, double *y)
{
    y[0] = 1.5 * (charging(t, a) - charging(t - 0.5, a));
}

/* D^(1/2) y = -y: e^t erfc sqrt t */
F(decay)
{
    (void)t, (void)n, (void)user;
    d[0] = -y[0];
    return 0;
}

static void erfc_exact(double t, double a, double *y)
{
    (void)a;
    y[0] = exp(t) * erfc(sqrt(t));
}

/* Riccati at alpha = 1: tanh; and the LIF neuron of integer order */
F(riccati)
{
    (void)t, (void)n, (void)user;
    d[0] = 1 - y[0] * y[0];
    return 0;
}

static void riccati_exact(double t, double a, double *y)
{
    (void)a;
    y[0] = tanh(t);
}

F(lif)
{
    (void)t, (void)n, (void)user;
    d[0] = (1.25 - y[0]) / tau;
    return 0;
}

static void lif_exact(double t, double a, double *y)
{
    (void)a;
    y[0] = 1.25 + (0.25 - 1.25) * exp(-t / tau);
}

/* y = sin t: D^a sin t = t^(1-a) E_{2,2-a}(-t^2) */
F(sine)
{
    ALPHA;
    (void)n;
    d[0] = pow(t, 1 - a) * E(2, 2 - a, -t * t) + sin(t) - y[0];
    return 0;
}

static void sine_exact(double t, double a, double *y)
{
    (void)a;
    y[0] = sin(t);
}

/* y = t, and t - (t-1)^2 beyond 1: a kink of the second derivative */
F(kink)
{
    ALPHA;
    (void)y, (void)n;
    d[0] = pow(t, 1 - a) / tgamma(2 - a) - (t > 1 ? 2 * pow(t - 1, 2 - a) / tgamma(3 - a) : 0);
    return 0;
}

static void kink_exact(double t, double a, double *y)
{
    (void)a;
    y[0] = t > 1 ? t - (t - 1) * (t - 1) : t;
}

/* three orders: y = (t + 1, t^1.2 + 1/2, t^1.8 + 3/10) */
F(orders)
{
    (void)n, (void)user;
    double p = fmax((y[1] - 0.5) * (y[2] - 0.3), 0);
    d[0] = (pow(p, 1.0 / 6) + sqrt(t)) / (2 * tgamma(1.5));
    d[1] = tgamma(2.2) * (y[0] - 1);
    d[2] = tgamma(2.8) / tgamma(2.2) * (y[1] - 0.5);
    return 0;
}

static void orders_exact(double t, double a, double *y)
{
    (void)a;
    y[0] = t + 1;
    y[1] = pow(t, 1.2) + 0.5;
    y[2] = pow(t, 1.8) + 0.3;
}

/* Basset: y' + 5/2 D^(1/2) y + y = 1, whose symbol is (s^(1/2) + 2)(s^(1/2) + 1/2) */
F(basset)
{
    (void)t, (void)n, (void)user;
    d[0] = 1 - y[0];
    return 0;
}

static void basset_exact(double t, double a, double *y)
{
    (void)a;
    double r = sqrt(t);
    y[0] = (r * E(0.5, 1.5, -0.5 * r) - r * E(0.5, 1.5, -2 * r)) / 1.5;
}

static const problem problems[] = {
    {"linear, smooth", 1, linear, linear_exact, {0}, 1, {0}, {0.3, 0.5, 0.8}, {0}, 0.01},
    {"sine current", 1, driven, driven_exact, {0}, 1.5, {0}, {0.3, 0.6, 0.9}, {0}, 0.01},
    {"pulse", 1, pulsed, pulsed_exact, {0}, 1.5, {0}, {0.4, 0.7, 1}, {0}, 0.01},
    {"half order", 1, decay, erfc_exact, {1}, 2, {0}, {0.5}, {0}, 0.002},
    {"Riccati", 1, riccati, riccati_exact, {0}, 2, {0}, {1}, {0}, 0.002},
    {"LIF of order 1", 1, lif, lif_exact, {0.25}, 2, {0}, {1}, {0}, 0.002},
    {"sine", 1, sine, sine_exact, {0}, 2, {0}, {0.3, 0.6, 0.9}, {0}, 0.01},
    {"kink", 1, kink, kink_exact, {0}, 2, {0}, {0.8}, {0}, 0.01},
    {"three orders", 3, orders, orders_exact, {1, 0.5, 0.3}, 1, {0.5, 0.2, 0.6}, {1}, {0}, 0.05},
    {"Basset",
     1,
     basset,
     basset_exact,
     {0},
     2,
     {0},
     {1},
     {.terms = 2, .alpha = {1, 0.5}, .coefficient = {1, 2.5}},
     0.002},
};

static double error_of(const problem *p, const variant *v, double a, double h)
{
    fsnn_order order[3];
    for (int i = 0; i < 3; i++)
        order[i] = fsnn_order_of(p->orders[0] > 0 ? p->orders[i] : a);
    fsnn_fde fde = fde_of(v, p->terms.terms ? &p->terms : order, h, p->n, p->f, &a);
    fde.orders = p->orders[0] > 0 ? 3 : 1;
    double times[2] = {p->end - 0.25, p->end}, y[6], want[3], worst = 0;
    fde_must(&fde, p->y0, times, 2, y);
    for (int k = 0; k < 2; k++) {
        p->exact(times[k], a, want);
        for (size_t i = 0; i < p->n; i++)
            worst = fmax(worst, fabs(y[(size_t)k * p->n + i] - want[i]));
    }
    return worst;
}

static void closed_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++)
        for (int k = 0; k < 4 && problems[i].alphas[k] > 0; k++)
            for (int s = 0; s < VARIANTS; s++) {
                const problem *p = &problems[i];
                if (p->terms.terms && s > 3)
                    continue; /* gl and l1 have several terms */
                if (!check_turn())
                    continue;
                double a = p->alphas[k], coarse = error_of(p, &variants[s], a, 1.0 / 128),
                       fine = error_of(p, &variants[s], a, 1.0 / 512);
                if (!(fine < p->most && (fine < coarse / 2.5 || fine < 1e-12)))
                    fail_msg("%s, alpha %g, %s: error %.3g at 1/128, %.3g at 1/512", p->name, a,
                             variants[s].name, coarse, fine);
            }
}

/* An impulse q at 0: v = q/tau t^(a-1) E_{a,a}(-t^a/tau). Implicit gl with q/h in the first step.
 */
typedef struct reset_drive {
    double h, q;
} reset_drive;

F(kicked)
{
    const reset_drive *k = user;
    (void)n;
    d[0] = ((t < 1.5 * k->h ? k->q / k->h : 0) - y[0]) / tau;
    return 0;
}

static void impulse(void **state)
{
    (void)state;
    for (double a = 0.4; a < 1; a += 0.2) {
        double e[2], y0 = 0, end = 1, y;
        for (int fine = 0; fine < 2; fine++) {
            reset_drive k = {fine ? 1.0 / 1024 : 1.0 / 256, 0.7};
            fsnn_order order = fsnn_order_of(a);
            fsnn_fde fde = fde_of(variant_find("gl_im"), &order, k.h, 1, kicked, &k);
            fde_must(&fde, &y0, &end, 1, &y);
            e[fine] = fabs(y - 0.7 / tau * E(a, a, -1 / tau));
        }
        double slope = log2(e[0] / e[1]) / 2;
        if (!(fabs(slope - 1) < 0.05 && e[1] < 1e-3))
            fail_msg("impulse, alpha %g: errors %.3g, %.3g", a, e[0], e[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_forms),
        cmocka_unit_test(impulse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Weights of the methods; fractional equations in double precision; Mittag-Leffler functions. */
#include "bits.h"

#include <stdio.h>

enum { LAGS = 80, STEPS = 60, PARTS = 2 };

static void weights(int m)
{
    char name[128];
    double w[LAGS], gain;
    for (int terms = 1; terms <= 2; terms++) {
        fsnn_order order = {terms, {0.7, 0.25}, {1, 0.5}, false, false};
        hash h = hash_new();
        snprintf(name, sizeof name, "weights/%s/%d", fsnn_method_name((fsnn_method)m), terms);
        if (fsnn_frac_weights((fsnn_method)m, &order, 0.375, LAGS, w, &gain) < 0) {
            line_word(name, "refused");
            continue;
        }
        hash_double(&h, gain);
        for (int j = 0; j < LAGS; j++)
            hash_double(&h, w[j]);
        line_begin(name);
        line_part("weights", &h);
        line_end();
    }
}

/* Fitzhugh and Nagumo: not linear, two components. */
static int f(double t, const double *y, double *dydt, size_t n, void *user)
{
    (void)t;
    (void)n;
    (void)user;
    dydt[0] = y[0] - y[0] * y[0] * y[0] / 3 - y[1] + 0.5;
    dydt[1] = (y[0] + 0.7 - 0.8 * y[1]) / 4;
    return 0;
}

static void equation(int m, bool implicit, bool exponentials)
{
    char name[128];
    const double y0[PARTS] = {-1, 0.25};
    double times[STEPS], y[STEPS * PARTS];
    fsnn_order order[PARTS] = {fsnn_order_of(0.8), fsnn_order_of(0.55)};
    fsnn_fde fde = fsnn_fde_default(PARTS, f, NULL);
    hash h = hash_new();
    fde.method = (fsnn_method)m;
    fde.implicit = implicit;
    fde.order = order;
    fde.orders = PARTS;
    fde.step = 0.0625;
    fde.memory = exponentials ? FSNN_FDE_EXPONENTIALS : FSNN_FDE_DENSE;
    if (m == FSNN_EULER || m == FSNN_HEUN || m == FSNN_RK4) {
        fde.order = NULL;
        fde.orders = 0;
    }
    for (int i = 0; i < STEPS; i++)
        times[i] = (i + 1) * fde.step;
    snprintf(name, sizeof name, "equation/%s/%s/%s", fsnn_method_name(fde.method),
             implicit ? "implicit" : "explicit", exponentials ? "exponentials" : "dense");
    if (fsnn_fde_solve(&fde, y0, times, STEPS, y, NULL) < 0) {
        line_word(name, "refused");
        return;
    }
    for (int i = 0; i < STEPS * PARTS; i++)
        hash_double(&h, y[i]);
    line_begin(name);
    line_part("solution", &h);
    line_end();
}

static void special(void)
{
    hash h = hash_new();
    for (int i = 0; i < 400; i++)
        hash_double(
            &h, fsnn_mittag_leffler(0.25 + 0.125 * (i % 13), 1 + 0.25 * (i % 4), -30 + 0.1875 * i));
    line_begin("mittag_leffler");
    line_part("values", &h);
    line_end();
}

void group_solver(void)
{
    for (int m = FSNN_EULER; m <= FSNN_ML; m++) {
        weights(m);
        for (int form = 0; form < 4; form++)
            equation(m, form % 2, form / 2);
    }
    special();
}

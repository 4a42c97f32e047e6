/* Tables that stand beside exact values: relaxations, resets, weights, surrogates. */
#include "check.h"

#include <fsnn/fsnn.h>

#include <math.h>

static double cell(const fsnn_table *t, int64_t row, const char *column)
{
    for (int c = 0; c < t->columns; c++)
        if (strcmp(t->name[c], column) == 0)
            return t->cell[row * t->columns + c];
    fail_msg("there is no column %s", column);
    return 0;
}

/* Method ml is exact for a leaky neuron under a constant current. */
static void relaxation(void **state)
{
    static const double alpha[] = {1, 0.6};
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    fsnn_simulation s = fsnn_simulation_default();
    fsnn_table t;
    (void)state;
    NEEDS("double precision");
    lif.v0 = 1;
    s.options = &lif;
    s.dynamics.method = FSNN_ML;
    s.alpha = alpha;
    s.alphas = 2;
    s.current.p[0] = 0.2;
    s.steps = 500;
    GOOD(fsnn_simulate_relaxation(&s, &t));
    assert_int_equal(t.rows, 2 * s.steps);
    for (int64_t r = 0; r < t.rows; r++) {
        double order = alpha[r / s.steps], time = cell(&t, r, "time");
        NEAR("time", time, 0.01 * (double)(r % s.steps + 1), 1e-12);
        assert_true(cell(&t, r, "alpha") == order);
        NEAR("distance", cell(&t, r, "distance"), fsnn_relaxation_exact(&s, order, time), 1e-9);
    }
    NEAR("exponential", fsnn_relaxation_exact(&s, 1, 0.5), 0.8 * exp(-0.5 / lif.tau.value), 1e-12);
    fsnn_table_free(&t);
    assert_true(isnan(fsnn_relaxation_exact(&s, 2, 1)) && isnan(fsnn_relaxation_exact(NULL, 1, 1)));
    s.kind = "if";
    REFUSED(fsnn_simulate_relaxation(&s, &t), FSNN_EARGUMENT, "a leaky neuron");
    assert_true(isnan(fsnn_relaxation_exact(&s, 1, 1)));
    s.kind = NULL;
    s.current.kind = FSNN_CURRENT_RAMP;
    REFUSED(fsnn_simulate_relaxation(&s, &t), FSNN_EARGUMENT, "constant current");
    assert_int_equal(t.rows, 0);
}

/* The row of a reset is what a simulation with it gives. */
static void resets(void **state)
{
    fsnn_user alif;
    fsnn_simulation s = fsnn_simulation_default();
    fsnn_arrays found = {0}, one = {0};
    fsnn_table t;
    (void)state;
    NEEDS("double precision");
    s.current.p[0] = 2;
    s.steps = 800;
    GOOD(fsnn_simulate_resets(&s, &found, &t));
    assert_int_equal(t.rows, FSNN_RESETS);
    for (int64_t r = 0; r < t.rows; r++) {
        const char *reset = fsnn_reset_name((fsnn_reset)(int)cell(&t, r, "reset"));
        char name[64];
        CASE("%s", reset);
        snprintf(name, sizeof name, "spikes.%s", reset);
        const double *spikes = fsnn_arrays_find(&found, name)->data;
        double count = 0, first = NAN, last = NAN, before = NAN;
        for (int64_t k = 0; k < s.steps; k++)
            if (spikes[k] != 0) {
                before = last;
                last = 0.01 * (double)(k + 1);
                first = count++ > 0 ? first : last;
            }
        assert_true(cell(&t, r, "spikes") == count && count > 1);
        NEAR("first", cell(&t, r, "first spike"), first, 1e-12);
        NEAR("last interval", cell(&t, r, "last interval"), last - before, 1e-9);
    }
    fsnn_neuron jump = FSNN_NEURON_DEFAULT;
    jump.reset = FSNN_RESET_JUMP;
    s.options = &jump;
    GOOD(fsnn_simulate(&s, &one));
    assert_memory_equal(fsnn_arrays_find(&found, "v.jump")->data, fsnn_arrays_find(&one, "v")->data,
                        (size_t)s.steps * sizeof(double));
    fsnn_table_free(&t);
    GOOD(fsnn_simulate_resets(&s, NULL, &t));
    fsnn_table_free(&t);
    s.kind = "alif"; /* options of another size */
    fsnn_kind_defaults("alif", &alif);
    s.options = &alif;
    GOOD(fsnn_simulate_resets(&s, NULL, &t));
    fsnn_table_free(&t);
    s.kind = "readout";
    s.options = NULL;
    REFUSED(fsnn_simulate_resets(&s, NULL, &t), FSNN_EARGUMENT, "never spikes");
    s.kind = NULL;
    s.dynamics.method = FSNN_TRAP;
    REFUSED(fsnn_simulate_resets(&s, NULL, &t), FSNN_EUNSUPPORTED, "trap");
    fsnn_arrays_free(&found);
    fsnn_arrays_free(&one);
}

/* Weights of gl by their recurrence, and their limit; sums of exponentials keep their tolerance. */
static void weights(void **state)
{
    static const double alpha[] = {0.5, 1};
    enum { LAGS = 2000 };
    fsnn_table t;
    fsnn_exponentials found;
    double w = alpha[0];
    (void)state;
    GOOD(fsnn_weights_table(FSNN_GL, alpha, 2, LAGS, &t));
    for (int64_t j = 1; j <= LAGS; j++) {
        NEAR("weight", cell(&t, j - 1, "alpha 0.5"), w, 1e-12);
        w *= ((double)j - alpha[0]) / (double)(j + 1);
    }
    assert_true(cell(&t, 5, "alpha 1") == 0 && cell(&t, 5, "power law, alpha 1") == 0);
    NEAR("power law", cell(&t, LAGS - 1, "power law, alpha 0.5") / cell(&t, LAGS - 1, "alpha 0.5"),
         1, 1e-3);
    fsnn_table_free(&t);
    GOOD(fsnn_exponentials_table(0.5, 1e-5, LAGS, &found, &t));
    assert_true(found.modes > 5 && found.largest < 1e-5 && found.largest <= found.stated);
    assert_true(cell(&t, 3, "relative error") < 1e-12); /* within the exact lags */
    NEAR("sum", cell(&t, LAGS - 1, "sum of exponentials") / cell(&t, LAGS - 1, "weight"), 1, 1e-5);
    fsnn_table_free(&t);
    REFUSED(fsnn_exponentials_table(1, 1e-5, LAGS, &found, &t), FSNN_EARGUMENT, "(0, 1)");
    REFUSED(fsnn_exponentials_table(0.5, 1, LAGS, &found, &t), FSNN_EARGUMENT, "tolerance");
    REFUSED(fsnn_exponentials_table(0.5, 1e-5, 3, &found, &t), FSNN_EARGUMENT, "16 to 20000");
    REFUSED(fsnn_weights_table(FSNN_GL, alpha, 0, LAGS, &t), FSNN_EARGUMENT, "one order or more");
    REFUSED(fsnn_weights_table(FSNN_ML, alpha, 1, LAGS, &t), FSNN_EUNSUPPORTED, "ml");
    assert_int_equal(t.rows, 0);
}

/* The smooth primitive's slope is the slope. */
static void surrogates(void **state)
{
    fsnn_table t;
    char slope[48], smooth[48];
    const double h = 4.0 / 4000;
    (void)state;
    GOOD(fsnn_surrogates_table(-2, 2, 4001, &t));
    for (int k = 0; k < FSNN_SURROGATES; k++) {
        const char *name = fsnn_surrogate_name((fsnn_surrogate_kind)k);
        snprintf(slope, sizeof slope, "slope.%s", name);
        snprintf(smooth, sizeof smooth, "smooth.%s", name);
        CASE("%s", name);
        for (int64_t r = 1150; r < 2900; r += 300) { /* away from edges */
            double rise = (cell(&t, r + 1, smooth) - cell(&t, r - 1, smooth)) / (2 * h);
            NEAR("slope", cell(&t, r, slope), rise, 1e-3);
        }
    }
    fsnn_table_free(&t);
    GOOD(fsnn_surrogates_summary(&t));
    assert_int_equal(t.rows, FSNN_SURROGATES);
    for (int64_t r = 0; r < t.rows; r++) {
        fsnn_surrogate s = {.kind = (fsnn_surrogate_kind)(int)cell(&t, r, "surrogate")};
        double half = cell(&t, r, "half width");
        CASE("%s", fsnn_surrogate_name(s.kind));
        assert_true(cell(&t, r, "slope at 0") == fsnn_surrogate_slope(&s, 0));
        if (isfinite(half) && s.kind != FSNN_RECTANGLE)
            NEAR("half", fsnn_surrogate_slope(&s, half), fsnn_surrogate_slope(&s, 0) / 2, 1e-9);
        assert_true(isinf(cell(&t, r, "area")) == (s.kind == FSNN_STRAIGHT_THROUGH));
    }
    fsnn_table_free(&t);
    REFUSED(fsnn_surrogates_table(1, 1, 3, &t), FSNN_EARGUMENT, "rows");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(relaxation),
        cmocka_unit_test(resets),
        cmocka_unit_test(weights),
        cmocka_unit_test(surrogates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

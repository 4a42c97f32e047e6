/* Simulations: potentials beside exact ones, several orders, kinds of current, tables, errors. */
#include "check.h"

#include <fsnn/fsnn.h>

static const double *of(const fsnn_arrays *result, const char *name)
{
    const fsnn_array *array = fsnn_arrays_find(result, name);
    assert_non_null(array);
    assert_int_equal(array->dtype, FSNN_F64);
    return array->data;
}

static fsnn_neuron lif_without_spikes(void)
{
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    lif.tau.value = 1.5;
    lif.threshold.value = 100;
    return lif;
}

/* v(t) = I (1 - E_alpha(-t^alpha/tau)) under a constant current; method ml is exact. Each order is
 * the same alone. */
static void below_threshold(void **state)
{
    static const double alpha[] = {1, 0.7, 0.3};
    const fsnn_neuron lif = lif_without_spikes();
    fsnn_simulation s = fsnn_simulation_default();
    fsnn_arrays all = {0}, one = {0};
    (void)state;
    s.options = &lif;
    s.alpha = alpha;
    s.alphas = FSNN_COUNT(alpha);
    s.dynamics.method = FSNN_ML;
    s.current.p[0] = 2;
    s.steps = 200;
    s.neurons = 2;
    GOOD(fsnn_simulate(&s, &all));
    const double *v = of(&all, "v"), *t = of(&all, "t");
    for (int a = 0; a < s.alphas; a++) {
        CASE("alpha %g", alpha[a]);
        assert_float_equal(of(&all, "alpha")[a], alpha[a], 0);
        for (int64_t k = 0; k < s.steps; k++) {
            double exact = 2 * (1 - fsnn_mittag_leffler(alpha[a], 1, -pow(t[k], alpha[a]) / 1.5));
            WITHIN("v", v[(a * s.steps + k) * 2 + 1], exact, 1e-9);
        }
    }
    s.alpha = &alpha[1];
    s.alphas = 1;
    GOOD(fsnn_simulate(&s, &one));
    assert_memory_equal(of(&one, "v"), v + s.steps * 2, (size_t)s.steps * 2 * sizeof *v);
    assert_null(fsnn_arrays_find(&one, "state.w"));
    fsnn_arrays_free(&all);
    fsnn_arrays_free(&one);
}

/* Single precision differs from double by its rounding, and takes the current rounded. */
static void precisions(void **state)
{
    const fsnn_neuron lif = lif_without_spikes();
    fsnn_simulation s = fsnn_simulation_default();
    fsnn_arrays wide = {0}, narrow = {0};
    (void)state;
    s.options = &lif;
    s.current.p[0] = 0.1;
    GOOD(fsnn_simulate(&s, &wide));
    s.dynamics.precision = FSNN_PRECISION_SINGLE;
    GOOD(fsnn_simulate(&s, &narrow));
    assert_float_equal(of(&wide, "current")[7], 0.1, 0);
    assert_float_equal(of(&narrow, "current")[7], (double)0.1f, 0);
    double apart = 0;
    for (int64_t k = 0; k < s.steps; k++)
        apart = fmax(apart, fabs(of(&wide, "v")[k] - of(&narrow, "v")[k]));
    assert_true(apart > 0 && apart < 1e-5);
    fsnn_arrays_free(&wide);
    fsnn_arrays_free(&narrow);
}

/* Explicit methods take the current at the beginning of a step, trap at its end, ml in the
 * middle. */
static void currents(void **state)
{
    enum { T = 4 };
    static const double rows[] = {1, 2, 3, 4}, at[] = {0, 2}, when[] = {1, 1.5, 3};
    static const fsnn_current also = {.kind = FSNN_CURRENT_RAMP, .p = {0, 4}};
    const struct {
        fsnn_current current;
        fsnn_method method;
        double wanted[T];
    } cases[] = {
        {{.p = {7}}, FSNN_GL, {7, 7, 7, 7}},
        {{.kind = FSNN_CURRENT_STEP, .p = {2, 1, 3}}, FSNN_GL, {0, 2, 2, 0}},
        {{.kind = FSNN_CURRENT_STEP, .p = {2, 1, INFINITY}}, FSNN_TRAP, {1, 2, 2, 2}},
        {{.kind = FSNN_CURRENT_RAMP, .p = {0, 4}}, FSNN_GL, {0, 1, 2, 3}},
        {{.kind = FSNN_CURRENT_RAMP, .p = {0, 4}}, FSNN_TRAP, {1, 2, 3, 4}},
        {{.kind = FSNN_CURRENT_RAMP, .p = {0, 4}}, FSNN_ML, {0.5, 1.5, 2.5, 3.5}},
        {{.kind = FSNN_CURRENT_SINE, .p = {1, 0.25, 3}}, FSNN_GL, {3, 4, 3, 2}},
        {{.kind = FSNN_CURRENT_SAMPLES, .sample = rows, .count = 4, .neurons = 1},
         FSNN_ML,
         {1, 2, 3, 4}},
        {{.kind = FSNN_CURRENT_SAMPLES, .sample = rows, .time = at, .count = 2, .neurons = 1},
         FSNN_GL,
         {1, 1.5, 2, 2}},
        {{.kind = FSNN_CURRENT_SQUARE, .p = {2, 0.5, -1}}, FSNN_GL, {1, -1, 1, -1}},
        {{.kind = FSNN_CURRENT_SQUARE, .p = {2, 0.5, -1}}, FSNN_TRAP, {0, 0, 0, 0}},
        {{.kind = FSNN_CURRENT_SQUARE, .p = {4, 0.25, 0, 0.75}}, FSNN_GL, {4, 4, 4, 0}},
        {{.kind = FSNN_CURRENT_CHIRP, .p = {1, 0, 1, 2}}, /* sin(pi t^2 / 4) */
         FSNN_GL,
         {2, 2.7071067811865475, 2, 2.7071067811865475}},
        {{.kind = FSNN_CURRENT_SPIKES, .p = {3}, .time = when, .count = 3}, FSNN_ML, {0, 6, 0, 3}},
        {{.p = {7}, .plus = &also}, FSNN_GL, {7, 8, 9, 10}},
    };
    fsnn_simulation s = fsnn_simulation_default();
    double out[T], other[T];
    (void)state;
    s.steps = T;
    s.dynamics.step = 1;
    for (int i = 0; i < FSNN_COUNT(cases); i++) {
        CASE("case %d", i);
        s.current = cases[i].current;
        s.dynamics.method = cases[i].method;
        GOOD(fsnn_simulation_current(&s, out));
        for (int k = 0; k < T; k++)
            NEAR("current", out[k], cases[i].wanted[k], 1e-15);
    }
    s.current = (fsnn_current){.kind = FSNN_CURRENT_NOISE, .p = {5, 1}};
    GOOD(fsnn_simulation_current(&s, out));
    GOOD(fsnn_simulation_current(&s, other));
    assert_memory_equal(out, other, sizeof out);
    assert_true(out[0] != out[1] && fabs(out[0] - 5) < 6);
    s.seed++;
    GOOD(fsnn_simulation_current(&s, other));
    assert_true(out[0] != other[0]);
}

static double cell(const fsnn_table *table, int64_t row, int column)
{
    assert_in_range(row, 0, table->rows - 1);
    assert_in_range(column, 0, table->columns - 1);
    return table->cell[row * table->columns + column];
}

static void rates(void **state)
{
    static const double alpha[] = {1, 0.6}, current[] = {0.5, 1.5, 3};
    fsnn_neuron lif = FSNN_NEURON_DEFAULT;
    fsnn_simulation s = fsnn_simulation_default();
    fsnn_table table;
    (void)state;
    lif.reset = FSNN_RESET_JUMP;
    s.options = &lif;
    s.alpha = alpha;
    s.alphas = 2;
    s.dynamics.method = FSNN_ML;
    s.steps = 20000;
    GOOD(fsnn_simulate_rates(&s, current, 3, &table));
    assert_int_equal(table.columns, 4);
    assert_int_equal(table.rows, 3);
    assert_string_equal(table.name[2], "alpha 0.6");
    assert_string_equal(table.name[3], "exact, alpha 1");
    assert_string_equal(table.unit[2], "1/time");
    assert_float_equal(cell(&table, 0, 1), 0, 0);
    for (int i = 1; i < 3; i++) {
        double exact = 1 / (lif.tau.value * log(current[i] / (current[i] - 1)));
        NEAR("exact", cell(&table, i, 3), exact, 1e-12);
        WITHIN("rate", cell(&table, i, 1), exact, 0.03 * exact);
    }
    assert_true(cell(&table, 2, 2) != cell(&table, 2, 1));
    fsnn_table_free(&table);
    lif.reset = FSNN_RESET_CURRENT;
    REFUSED(fsnn_simulate_rates(&s, current, 3, &table), FSNN_EARGUMENT, "take jump, subtract");
    assert_int_equal(table.rows, 0);
    fsnn_table_free(NULL);
}

static void latency(void **state)
{
    static const double alpha[] = {1, 0.5}, current[] = {0.9, 2};
    fsnn_neuron neuron = FSNN_NEURON_DEFAULT;
    fsnn_simulation s = fsnn_simulation_default();
    fsnn_table table;
    (void)state;
    neuron.reset = FSNN_RESET_JUMP;
    s.options = &neuron;
    s.alpha = alpha;
    s.alphas = 2;
    s.dynamics.method = FSNN_ML;
    s.dynamics.step = 0;
    GOOD(fsnn_simulate_latency(&s, current, 2, &table));
    assert_int_equal(table.rows, 4);
    assert_true(isnan(cell(&table, 0, 2))); /* 0.9 never reaches 1 */
    NEAR("exact", cell(&table, 2, 3), neuron.tau.value * log(2.0), 1e-9);
    for (int row = 2; row < 4; row++)
        assert_true(fabs(cell(&table, row, 4)) < 0.005);
    fsnn_table_free(&table);
    s.kind = "if";
    GOOD(fsnn_simulate_latency(&s, current, 1, &table));
    NEAR("exact", cell(&table, 1, 3), pow(neuron.tau.value * tgamma(1.5) / 0.9, 2), 1e-9);
    fsnn_table_free(&table);
    NEAR("exact", fsnn_latency_exact(&s, 1, 4), neuron.tau.value / 4, 1e-9);
    assert_true(isinf(fsnn_latency_exact(&s, 0.5, 0)));
    neuron.v0 = 0.5;
    assert_true(isnan(fsnn_latency_exact(&s, 1, 4)));
    REFUSED(fsnn_simulate_latency(&s, current, 1, &table), FSNN_EARGUMENT, "at rest");
    s.kind = "qif";
    s.options = NULL;
    REFUSED(fsnn_simulate_latency(&s, current, 1, &table), FSNN_EARGUMENT, "lif and if");
}

/* Spike k of an if neuron that jumps: (k threshold tau Gamma(1 + alpha) / I)^(1/alpha). */
static void intervals(void **state)
{
    static const double alpha[] = {1, 0.8};
    fsnn_neuron neuron = FSNN_NEURON_DEFAULT;
    fsnn_simulation s = fsnn_simulation_default();
    fsnn_table table;
    (void)state;
    neuron.reset = FSNN_RESET_JUMP;
    s.kind = "if";
    s.options = &neuron;
    s.alpha = alpha;
    s.alphas = 2;
    s.dynamics.method = FSNN_ML;
    s.current.p[0] = 2;
    s.steps = 3000;
    GOOD(fsnn_simulate_intervals(&s, &table));
    assert_true(table.rows > 20);
    assert_true(isnan(cell(&table, 0, 4))); /* nothing is before the first */
    for (int64_t row = 0; row < table.rows; row++) {
        double a = cell(&table, row, 0), k = cell(&table, row, 1);
        double exact = pow(k * neuron.tau.value * tgamma(1 + a) / 2, 1 / a);
        NEAR("exact", cell(&table, row, 3), exact, 1e-12);
        WITHIN("time", cell(&table, row, 2), exact, 2.5 * s.dynamics.step);
    }
    fsnn_table_free(&table);
    s.current.kind = FSNN_CURRENT_RAMP; /* has no exact values */
    s.current.p[1] = 3;
    GOOD(fsnn_simulate_intervals(&s, &table));
    assert_true(table.rows > 20 && isnan(cell(&table, 3, 3)));
    fsnn_table_free(&table);
}

static int stop_later(int order, int64_t done, void *user)
{
    assert_int_equal(order, 0);
    *(int64_t *)user = done;
    return done >= 1000;
}

static void keep_sentence(const char *sentence, void *user)
{
    snprintf(user, 256, "%s", sentence);
}

static void callbacks(void **state)
{
    fsnn_simulation s = fsnn_simulation_default();
    fsnn_arrays result = {0};
    int64_t done = 0;
    char said[256] = "";
    (void)state;
    s.steps = 100000;
    s.progress = stop_later;
    s.user = &done;
    REFUSED(fsnn_simulate(&s, &result), FSNN_EINTERRUPTED, "after 1000 of 100000 steps");
    assert_int_equal(done, 1000);
    fsnn_arrays_free(&result);
    s = fsnn_simulation_default();
    s.dynamics.step = 30;
    s.steps = 10;
    s.warn = keep_sentence;
    s.user = said;
    GOOD(fsnn_simulate(&s, &result));
    CONTAINS(said, "step");
    fsnn_arrays_free(&result);
}

/* States beside v have arrays of their own; a readout has no test. */
static void kinds(void **state)
{
    fsnn_simulation s = fsnn_simulation_default();
    fsnn_arrays result = {0};
    (void)state;
    s.kind = "alif";
    s.steps = 50;
    s.current.p[0] = 3;
    GOOD(fsnn_simulate(&s, &result));
    bool found = false;
    for (int i = 0; i < result.count; i++)
        found = found || strncmp(result.item[i].name, "state.", 6) == 0;
    assert_true(found);
    fsnn_arrays_free(&result);
    for (int i = 0; fsnn_kind_name(i); i++) {
        if (!fsnn_kind_is_readout(fsnn_kind_name(i)))
            continue;
        s.kind = fsnn_kind_name(i);
        GOOD(fsnn_simulate(&s, &result));
        assert_null(fsnn_arrays_find(&result, "test"));
        assert_float_equal(of(&result, "spikes")[49], 0, 0);
        assert_true(of(&result, "v")[49] > 0);
        fsnn_arrays_free(&result);
        fsnn_table table;
        REFUSED(fsnn_simulate_resets(&s, NULL, &table), FSNN_EARGUMENT, "never spikes");
    }
}

static void readouts(void **state)
{
    (void)state;
    assert_true(fsnn_kind_is_readout("readout") && fsnn_kind_is_readout("integrator"));
    assert_false(fsnn_kind_is_readout("lif") || fsnn_kind_is_readout("user"));
    assert_false(fsnn_kind_is_readout("linear") || fsnn_kind_is_readout("none"));
    assert_false(fsnn_kind_is_readout(NULL) || fsnn_kind_is_neuron(NULL));
    assert_null(fsnn_kind_help(NULL));
}

/* A layer of a description alone is what it is in the network, fed by the same current. */
static void layers(void **state)
{
    NEEDS("YAML");
    static const char text[] =
        "input: [1]\n"
        "layers:\n"
        "  - lif: {name: a, tau: 3, threshold: 0.4}\n"
        "  - alif: {name: b}\n"
        "dynamics: {alpha: [0.6, 0.8], alpha_mode: per_layer, step: 0.5, memory: 20}\n";
    enum { T = 50 };
    const fsnn_session_options opening = {.text = text};
    float ones[T];
    fsnn_array x = {.dtype = FSNN_F32, .shape = FSNN_SHAPE(T, 1, 1), .data = ones};
    const fsnn_run_request r = {.x = &x, .keep = FSNN_KEEP_V};
    fsnn_arrays alone = {0}, within = {0};
    fsnn_session *session;
    fsnn_simulation s;
    (void)state;
    for (int k = 0; k < T; k++)
        ones[k] = 1;
    GOOD(fsnn_session_open(&opening, &session));
    REFUSED(fsnn_session_simulation(session, NULL, &s), FSNN_EARGUMENT, "2 neuron layers");
    REFUSED(fsnn_session_simulation(session, "c1", &s), FSNN_ENOTFOUND, "no neuron layer \"c1\"");
    assert_string_equal(fsnn_error_place().key, "node");
    GOOD(fsnn_session_simulation(session, "b", &s));
    assert_string_equal(s.kind, "alif");
    assert_float_equal(s.dynamics.order->alpha[0], 0.8, 0);
    s.steps = T;
    GOOD(fsnn_simulate(&s, &alone));
    fsnn_arrays_free(&alone);
    GOOD(fsnn_session_simulation(session, "a", &s));
    s.steps = T;
    s.current.p[0] = 1;
    GOOD(fsnn_simulate(&s, &alone));
    GOOD(fsnn_session_run(session, &r, &within));
    const float *v = fsnn_arrays_find(&within, "v.a")->data;
    for (int k = 0; k < T; k++)
        assert_float_equal(of(&alone, "v")[k], (double)v[k], 0);
    fsnn_arrays_free(&alone);
    fsnn_arrays_free(&within);
    fsnn_session_close(session);
}

static void refused(void **state)
{
    static const double rows[6] = {0}, beyond = 1.5;
    fsnn_simulation wrong[9];
    static const char *const words[] = {"lifs",
                                        "no kind of neuron",
                                        "one step and one neuron",
                                        "above 0",
                                        "0 orders",
                                        "4 rows",
                                        "3 columns",
                                        "kind 9",
                                        "alpha"};
    fsnn_arrays result = {0};
    (void)state;
    for (int i = 0; i < FSNN_COUNT(wrong); i++)
        wrong[i] = fsnn_simulation_default();
    wrong[0].kind = "lifs";
    wrong[1].kind = "linear";
    wrong[2].neurons = 0;
    wrong[3].dynamics.step = NAN;
    wrong[4].alpha = rows;
    wrong[5].current =
        (fsnn_current){.kind = FSNN_CURRENT_SAMPLES, .sample = rows, .count = 4, .neurons = 1};
    wrong[6].current =
        (fsnn_current){.kind = FSNN_CURRENT_SAMPLES, .sample = rows, .count = 2, .neurons = 3};
    wrong[6].steps = 2;
    wrong[7].current.kind = (fsnn_current_kind)99;
    wrong[8].alpha = &beyond;
    wrong[8].alphas = 1;
    for (int i = 0; i < FSNN_COUNT(wrong); i++) {
        CASE("%s", words[i]);
        REFUSED(fsnn_simulate(&wrong[i], &result), ANY_ERROR, words[i]);
        fsnn_arrays_free(&result);
    }
}

/* White noise: the integral over a time T has the variance sd^2 T, whatever the step. */
static void white_noise(void **state)
{
    enum { N = 4000 };
    static double out[400 * N];
    (void)state;
    for (int n = 1; n <= 100; n *= 10) {
        fsnn_simulation s = fsnn_simulation_default();
        double h = 4.0 / (4 * n), mean = 0, variance = 0;
        s.current = (fsnn_current){.kind = FSNN_CURRENT_WHITE, .p = {0.5, 3}};
        s.steps = 4 * n;
        s.neurons = N;
        s.dynamics.step = h;
        GOOD(fsnn_simulation_current(&s, out));
        for (int i = 0; i < N; i++) {
            double sum = 0;
            for (int64_t k = 0; k < s.steps; k++)
                sum += h * out[k * N + i];
            mean += sum / N;
            variance += (sum - 2) * (sum - 2) / N;
        }
        CASE("step %g: mean %g, variance %g", h, mean, variance);
        assert_true(fabs(mean - 0.5 * 4) < 4 * sqrt(36.0 / N));
        assert_true(fabs(variance - 9 * 4) < 4 * 36 * sqrt(2.0 / N));
    }
}

/* A neuron in mV, ms, nA and MOhm: an interval lasts tau ln(R I / (R I - (threshold - rest))). In
 * which units a resistance and a current are meant was asked of other libraries. */
static void own_units(void **state)
{
    static const struct {
        double rest, threshold, tau, resistance, current;
    } cells[] = {{-70, -50, 20, 40, 0.6}, {-75, -55, 10, 0.1, 500}, {-65, -66 + 15, 8, 10, 2}};
    (void)state;
    for (int i = 0; i < FSNN_COUNT(cells); i++) {
        fsnn_neuron lif = FSNN_NEURON_DEFAULT;
        fsnn_simulation s = fsnn_simulation_default(), from_rest;
        fsnn_arrays own = {0}, plain = {0};
        double over = cells[i].threshold - cells[i].rest,
               RI = cells[i].resistance * cells[i].current;
        double interval = cells[i].tau * log(RI / (RI - over)), first = 0, second = 0;
        lif.tau.value = cells[i].tau;
        lif.threshold.value = cells[i].threshold;
        lif.v0 = lif.v_reset.value = s.rest = cells[i].rest;
        lif.reset = FSNN_RESET_VALUE;
        s.resistance = cells[i].resistance;
        s.options = &lif;
        s.dynamics.step = 0.01;
        s.steps = 20000;
        s.current.p[0] = cells[i].current;
        GOOD(fsnn_simulate(&s, &own));
        for (int64_t k = 0; k < s.steps && second == 0; k++)
            if (of(&own, "spikes")[k] != 0)
                *(first == 0 ? &first : &second) = of(&own, "t")[k];
        CASE("cell %d: intervals %g and %g, exact %g", i, first, second - first, interval);
        assert_true(fabs(first - interval) < 0.03 && fabs(second - first - interval) < 0.03);
        assert_float_equal(of(&own, "current")[5], cells[i].current, 0);
        assert_float_equal(of(&own, "threshold")[5], cells[i].threshold, 1e-12);
        /* the same neuron, counted from rest */
        from_rest = s;
        from_rest.rest = from_rest.resistance = 0;
        from_rest.current.p[0] = RI;
        lif.threshold.value = over;
        lif.v0 = lif.v_reset.value = 0;
        GOOD(fsnn_simulate(&from_rest, &plain));
        for (int64_t k = 0; k < s.steps; k++)
            assert_true(fabs(of(&own, "v")[k] - cells[i].rest - of(&plain, "v")[k]) < 1e-9);
        fsnn_arrays_free(&own);
        fsnn_arrays_free(&plain);
    }
}

/* Tables of a neuron with rest and resistance are those of the same neuron counted from rest, under
 * resistance times the current. */
static void same_tables(const fsnn_table *own, const fsnn_table *plain, double resistance)
{
    assert_int_equal(own->rows, plain->rows);
    assert_int_equal(own->columns, plain->columns);
    assert_true(own->rows > 0);
    for (int64_t r = 0; r < own->rows; r++)
        for (int c = 0; c < own->columns; c++) {
            bool current = strcmp(own->name[c], "current") == 0;
            double a = cell(own, r, c) * (current ? resistance : 1), b = cell(plain, r, c);
            CASE("row %d, %s: %.12g and %.12g", (int)r, own->name[c], a, b);
            assert_true((isnan(a) && isnan(b)) || (isinf(a) && isinf(b)) ||
                        fabs(a - b) <= 1e-9 * (1 + fabs(b)));
        }
}

static void tables_in_own_units(void **state)
{
    enum { TABLES = 6 };
    static const double alpha[] = {1, 0.6}, nA[] = {0.4, 0.6, 1}, mV[] = {16, 24, 40};
    fsnn_neuron neuron[2] = {FSNN_NEURON_DEFAULT, FSNN_NEURON_DEFAULT};
    fsnn_table table[2][TABLES];
    (void)state;
    for (int own = 0; own < 2; own++) {
        fsnn_simulation s = fsnn_simulation_default();
        fsnn_neuron *n = &neuron[own];
        s.rest = own ? -70 : 0;
        s.resistance = own ? 40 : 1;
        s.options = n;
        s.alpha = alpha;
        s.alphas = 2;
        s.dynamics.method = FSNN_GL;
        s.dynamics.step = 0.1;
        s.steps = 5000;
        n->tau.value = 20;
        n->threshold.value = s.rest + 20;
        n->v0 = s.rest;
        n->v_reset.value = s.rest + 5;
        n->reset = FSNN_RESET_VALUE;
        GOOD(fsnn_simulate_rates(&s, own ? nA : mV, 3, &table[own][0]));
        n->reset = FSNN_RESET_JUMP;
        s.dynamics.method = FSNN_ML;
        GOOD(fsnn_simulate_rates(&s, own ? nA : mV, 3, &table[own][1]));
        GOOD(fsnn_simulate_latency(&s, own ? nA : mV, 3, &table[own][2]));
        s.current.p[0] = own ? 0.6 : 24;
        NEAR("exact", fsnn_latency_exact(&s, 1, s.current.p[0]), 20 * log(24.0 / 4), 1e-9);
        s.kind = "if";
        GOOD(fsnn_simulate_intervals(&s, &table[own][3]));
        NEAR("exact", cell(&table[own][3], 1, 3), 2 * 20 * 20.0 / 24, 1e-9);
        s.kind = "lif";
        n->v0 = s.rest + 3;
        GOOD(fsnn_simulate_relaxation(&s, &table[own][4]));
        NEAR("exact", fsnn_relaxation_exact(&s, 1, 5), 21 * exp(-5.0 / 20), 1e-9);
        for (int64_t k = 0; k < table[own][4].rows; k++) /* v is a potential of its own */
            table[own][4].cell[k * 4 + 2] -= s.rest;
        s.dynamics.method = FSNN_GL;
        GOOD(fsnn_simulate_resets(&s, NULL, &table[own][5]));
        for (int64_t k = 0; k < table[own][5].rows; k++)
            table[own][5].cell[k * 6 + 5] -= s.rest;
    }
    /* exact, alpha 1: from 5 mV above rest to the threshold */
    NEAR("exact", cell(&table[1][0], 1, 3), 1 / (20 * log((24.0 - 5) / 4)), 1e-9);
    WITHIN("rate", cell(&table[1][0], 1, 1), cell(&table[1][0], 1, 3), 0.003);
    for (int t = 0; t < TABLES; t++) {
        same_tables(&table[1][t], &table[0][t], 40);
        fsnn_table_free(&table[0][t]);
        fsnn_table_free(&table[1][t]);
    }
}

/* The layer of docs/neurons.md is a lif with rest and resistance, under every reset. */
static void equation_in_own_units(void **state)
{
    static const double alpha[] = {1, 0.6};
    (void)state;
    NEEDS("double precision");
    for (int reset = 0; reset < FSNN_RESETS; reset++) {
        fsnn_neuron lif = FSNN_NEURON_DEFAULT;
        fsnn_user cell = {.dv = "(-(v - E) + R*I)/tau", .spike = "v + dv - (E + threshold)"};
        fsnn_simulation s = fsnn_simulation_default();
        fsnn_arrays own = {0}, equation = {0};
        int64_t spikes = 0;
        lif.tau.value = 20;
        lif.reset = (fsnn_reset)reset;
        lif.refractory = 2;
        lif.v0 = -70;
        lif.v_reset.value = -65;
        cell.neuron = lif;
        lif.threshold.value = -50;
        cell.neuron.threshold.value = 20;
        cell.params = 2;
        cell.param[0] = (fsnn_user_param){"E", {.value = -70}};
        cell.param[1] = (fsnn_user_param){"R", {.value = 40}};
        s.alpha = alpha;
        s.alphas = 2;
        s.dynamics.step = 0.1;
        s.steps = 1500;
        s.current.p[0] = 0.8;
        s.kind = "user";
        s.options = &cell;
        GOOD(fsnn_simulate(&s, &equation));
        s.kind = "lif";
        s.options = &lif;
        s.rest = -70;
        s.resistance = 40;
        GOOD(fsnn_simulate(&s, &own));
        for (int64_t k = 0; k < 2 * s.steps; k++) {
            double v = of(&own, "v")[k], w = of(&equation, "v")[k];
            spikes += of(&own, "spikes")[k] != 0;
            CASE("%s, step %d: v %.12g and %.12g", fsnn_reset_name(lif.reset), (int)k, v, w);
            assert_true(fabs(v - w) < 1e-9);
            assert_true(of(&own, "spikes")[k] == of(&equation, "spikes")[k]);
        }
        assert_true(spikes > 2);
        fsnn_arrays_free(&own);
        fsnn_arrays_free(&equation);
    }
}

/* A sum of currents is no constant one, whatever its first part is. */
static void sums_have_no_exact_values(void **state)
{
    const fsnn_current more = {.kind = FSNN_CURRENT_CONSTANT, .p = {1}};
    fsnn_neuron neuron = FSNN_NEURON_DEFAULT;
    fsnn_simulation s = fsnn_simulation_default();
    fsnn_table table;
    (void)state;
    neuron.reset = FSNN_RESET_JUMP;
    s.options = &neuron;
    s.dynamics.method = FSNN_ML;
    s.current.p[0] = 2;
    s.current.plus = &more;
    assert_true(isnan(fsnn_relaxation_exact(&s, 1, 1)));
    REFUSED(fsnn_simulate_relaxation(&s, &table), FSNN_EARGUMENT, "constant current");
    s.kind = "if";
    GOOD(fsnn_simulate_intervals(&s, &table));
    assert_true(table.rows > 5 && isnan(cell(&table, 3, 3)));
    fsnn_table_free(&table);
}

static void refused_units(void **state)
{
    fsnn_simulation s = fsnn_simulation_default();
    fsnn_arrays result = {0};
    fsnn_table table;
    double late[] = {2, 1}, current = 2;
    (void)state;
    s.rest = 2;
    REFUSED(fsnn_simulate(&s, &result), FSNN_EARGUMENT, "threshold 1 is not above");
    s.rest = -70;
    s.kind = "qif";
    REFUSED(fsnn_simulate_rates(&s, &current, 1, &table), FSNN_EUNSUPPORTED,
            "of kinds lif, if and noisy");
    s.kind = NULL;
    REFUSED(fsnn_simulate_latency(&s, &current, 1, &table), FSNN_EARGUMENT, "v0 is 0, not -70");
    fsnn_neuron several = FSNN_NEURON_DEFAULT;
    several.start.values = late;
    several.start.count = 2;
    s.options = &several;
    REFUSED(fsnn_simulate(&s, &result), FSNN_EUNSUPPORTED, "one number for all");
    s.options = NULL;
    s.kind = "qif";
    REFUSED(fsnn_simulate(&s, &result), FSNN_EUNSUPPORTED, "of kinds lif, if and noisy");
    s = fsnn_simulation_default();
    s.resistance = -1;
    REFUSED(fsnn_simulate(&s, &result), FSNN_EARGUMENT, "resistance is -1");
    s.resistance = 0;
    s.current = (fsnn_current){.kind = FSNN_CURRENT_SPIKES, .time = late, .count = 2};
    REFUSED(fsnn_simulate(&s, &result), FSNN_EARGUMENT, "ascend");
    s.current = (fsnn_current){.kind = FSNN_CURRENT_SQUARE};
    REFUSED(fsnn_simulate(&s, &result), FSNN_EARGUMENT, "square wave");
    s.current.p[1] = 1;
    s.current.plus = &s.current; /* in a ring */
    REFUSED(fsnn_simulate(&s, &result), FSNN_EARGUMENT, "at most 16");
    fsnn_arrays_free(&result);
}

/* Of neurons with numbers of their own the first one, and a word about that. */
static void neuron_of_many(void **state)
{
    NEEDS("YAML");
    static const char text[] =
        "input: [2]\nlayers: [lif: {name: a, tau: {value: [2, 5], per: neuron}}]\n"
        "dynamics: {alpha: 0.6}\n";
    const fsnn_session_options opening = {.text = text};
    fsnn_session *session;
    fsnn_simulation s;
    (void)state;
    GOOD(fsnn_session_open(&opening, &session));
    for (int again = 0; again < 2; again++) {
        GOOD(fsnn_session_simulation(session, NULL, &s));
        assert_string_equal(s.layer, "a");
        assert_float_equal(((const fsnn_neuron *)s.options)->tau.value, 2, 0);
        const char *said = fsnn_session_warning_on(session, FSNN_TOPIC_RESULT, 0);
        assert_non_null(said);
        assert_non_null(strstr(said, "\"a\" have numbers of their own"));
        assert_null(fsnn_session_warning_on(session, FSNN_TOPIC_RESULT, 1));
    }
    fsnn_session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(below_threshold),
        cmocka_unit_test(precisions),
        cmocka_unit_test(currents),
        cmocka_unit_test(rates),
        cmocka_unit_test(latency),
        cmocka_unit_test(intervals),
        cmocka_unit_test(callbacks),
        cmocka_unit_test(kinds),
        cmocka_unit_test(readouts),
        cmocka_unit_test(layers),
        cmocka_unit_test(refused),
        cmocka_unit_test(neuron_of_many),
        cmocka_unit_test(white_noise),
        cmocka_unit_test(own_units),
        cmocka_unit_test(tables_in_own_units),
        cmocka_unit_test(equation_in_own_units),
        cmocka_unit_test(sums_have_no_exact_values),
        cmocka_unit_test(refused_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Noise on the threshold in the scan: potentials and spikes of every mode against the model in
 * double precision, which is given the same noise, and backward against central differences of it;
 * the distribution of the noise; that no cut of time changes a bit. */
#include "reference.h"

static const fsnn_noise modes[] = {
    {.mode = FSNN_NOISE_MEANFIELD, .gamma = 0.3},
    {.mode = FSNN_NOISE_SOFT_NOISY},
    {.mode = FSNN_NOISE_HARD_ST, .gamma = 0.5},
    {.mode = FSNN_NOISE_CONCRETE, .gamma = 0.4, .temperature = 1.2},
    {.mode = FSNN_NOISE_HARD_CONCRETE, .gamma = 0.4, .temperature = 0.8}};

static const struct {
    const frac_method *method;
    bool implicit;
} methods[] = {{&frac_euler, false}, {&frac_rk4, false}, {&frac_gl, false},
               {&frac_gl, true},     {&frac_l1, false},  {&frac_ab, true},
               {&frac_trap, false},  {&frac_abm, false}, {&frac_ml, false}};

/* Every mode, method and reset; refractory periods and numbers for each channel among them. */
static void each(void (*check)(const setup *), bool smooth)
{
    int ran = 0;
    for (int i = 0; i < FSNN_COUNT(modes) * FSNN_COUNT(methods) * FSNN_RESETS; i++) {
        setup c = plain();
        c.options.noise = modes[i % FSNN_COUNT(modes)];
        int m = i / FSNN_COUNT(modes) % FSNN_COUNT(methods);
        c.method = methods[m].method;
        c.implicit = methods[m].implicit;
        c.options.reset = (fsnn_reset)(i / FSNN_COUNT(modes) / FSNN_COUNT(methods));
        const reset_rule *r = &scan_kernels_get()->resets[c.options.reset];
        if ((r->state && c.method->drive) || (r->clears && c.method->start))
            continue;
        c.kind = i % 3 == 0 ? "noisy" : i % 3 == 1 ? "lif" : "if";
        c.smooth = smooth && !soft(&c);
        c.h = i % 2 ? 0.7 : 1;
        c.K = i % 3 == 2 ? 17 : 29;
        c.options.detach_reset = i % 4 == 0;
        c.options.refractory = i % 5 == 4 ? 2 : 0;
        if (c.method != &frac_ml && i % 7 == 0) {
            c.N = 18;
            c.channels = 6;
            c.last = i % 2;
        }
        if (check_turn())
            check(&c);
        ran++;
    }
    assert_true(ran > 200);
}

static void forward(void **state)
{
    (void)state;
    each(check_forward, false);
}

static void backward(void **state)
{
    (void)state;
    each(check_backward, true);
}

/* Kolmogorov-Smirnov: the distance of 2^20 numbers from the logistic distribution is below
 * 1.95/sqrt(n) with probability 0.999 (the numbers are fixed: this one passes or does not). Mean
 * and lag correlations likewise within four standard errors. */
enum { DRAWS = 1 << 20 };

static int order(const void *a, const void *b)
{
    real x = *(const real *)a, y = *(const real *)b;
    return (x > y) - (x < y);
}

static double correlation(const real *x, int64_t lag)
{
    double sum = 0, square = 0;
    for (int64_t i = 0; i < DRAWS; i++) {
        sum += (double)x[i] * (double)x[(i + lag) % DRAWS];
        square += (double)x[i] * (double)x[i];
    }
    return sum / square;
}

static void distribution(void **state)
{
    (void)state;
    enum { STEPS = 64, TILES = DRAWS / STEPS / ROW_LANES };
    static real x[DRAWS];
    const double gamma = 0.2, pi = 3.14159265358979323846;
    double mean = 0, square = 0, worst = 0, n = DRAWS;
    memset(x, 0, sizeof x);
    for (int64_t i = 0; i < DRAWS / ROW_LANES; i++)
        scan_kernels_get()->noise(5, 1, i / TILES, i % TILES, (real)gamma, x + i * ROW_LANES);
    for (int64_t i = 0; i < DRAWS; i++) {
        assert_true(isfinite(x[i]));
        mean += (double)x[i] / n;
        square += (double)x[i] * (double)x[i] / n;
    }
    assert_true(fabs(mean) < 4 * gamma * pi / sqrt(3 * n));
    assert_true(fabs(square / (gamma * gamma * pi * pi / 3) - 1) < 0.01);
    static const int64_t lags[] = {1, 7, 8, 16, 31, 32, 33, ROW_LANES * TILES};
    for (int i = 0; i < FSNN_COUNT(lags); i++)
        assert_true(fabs(correlation(x, lags[i])) < 4 / sqrt(n));
    qsort(x, DRAWS, sizeof *x, order);
    for (int64_t i = 0; i < DRAWS; i++) {
        double p = 1 / (1 + exp(-(double)x[i] / gamma));
        worst = fmax(worst, fmax(fabs((double)i / n - p), fabs((double)(i + 1) / n - p)));
    }
    assert_true(worst < 1.95 / sqrt(n));
}

/* How often a neuron held at potential v fires: sigmoid((v - threshold)/gamma). Without a reset,
 * tau huge: v stays v0. */
static void firing_probability(void **state)
{
    (void)state;
    static const fsnn_noise_mode drawn[] = {FSNN_NOISE_HARD_ST, FSNN_NOISE_HARD_CONCRETE};
    static machine m;
    static numbers x;
    for (int i = 0; i < 18; i++) {
        setup c = plain();
        double distance = -0.8 + 0.2 * (i / 2), sum = 0;
        c.K = MAXK;
        c.N = 47;
        c.B = 3;
        c.method = &frac_euler;
        c.options.noise = (fsnn_noise){.mode = drawn[i % 2], .gamma = 0.25};
        c.options.reset = FSNN_RESET_NONE;
        c.options.v0 = 1 + distance;
        fill(&c, &x);
        for (int64_t n = 0; n < c.K * c.B * c.N; n++)
            x.I[n] = c.options.v0; /* dv = 0 */
        for (int ch = 0; ch < 8; ch++)
            x.theta[ch] = 1;
        start(&m, &c, &x, c.K);
        GOOD(scan_forward(&m.s, c.K, m.I, m.spikes));
        double n = (double)(c.K * c.B * c.N), p = 1 / (1 + exp(-distance / 0.25));
        for (int64_t at = 0; at < c.K * c.B * c.N; at++) {
            assert_true(m.spikes[at] == 0 || m.spikes[at] == 1);
            sum += m.spikes[at];
        }
        double z = (sum / n - p) / sqrt(p * (1 - p) / n);
        if (!(fabs(z) < 4))
            fail_msg("at distance %g the share of spikes is %g, expected %g: %g standard errors",
                     distance, sum / n, p, z);
        scan_free(&m.s);
    }
}

/* Any cut of time gives the same bits, forward and in the gradients of a chain. */
static void chunks(void **state)
{
    (void)state;
    static numbers x;
    static machine whole, parts;
    for (int i = 0; i < FSNN_COUNT(modes) * FSNN_RESETS; i++)
        for (int64_t chunk = 1; chunk < 20; chunk += 6) {
            setup c = plain();
            if (!check_turn())
                continue;
            c.options.noise = modes[i % FSNN_COUNT(modes)];
            c.options.reset = (fsnn_reset)(i / FSNN_COUNT(modes));
            c.K = 61;
            fill(&c, &x);
            start(&whole, &c, &x, c.K);
            start(&parts, &c, &x, chunk);
            int64_t total = c.B * c.N;
            GOOD(scan_forward(&whole.s, c.K, whole.I, whole.spikes));
            for (int64_t k = 0; k < c.K; k += chunk)
                GOOD(scan_forward(&parts.s, c.K - k < chunk ? c.K - k : chunk, parts.I + k * total,
                                  parts.spikes + k * total));
            assert_memory_equal(whole.spikes, parts.spikes, (size_t)(c.K * total) * sizeof(real));
            scan_free(&whole.s);
            scan_free(&parts.s);
        }
}

/* Outside of training nothing is left of it: the bits of lif. */
static void evaluation(void **state)
{
    (void)state;
    static numbers x;
    static machine a, b;
    for (int reset = 0; reset < FSNN_RESETS; reset++) {
        setup c = plain();
        c.options.reset = (fsnn_reset)reset;
        fill(&c, &x);
        start(&a, &c, &x, c.K);
        c.kind = "noisy";
        c.options.noise = modes[reset % FSNN_COUNT(modes)];
        start(&b, &c, &x, c.K);
        b.s.training = false;
        scan_settle_noise(&b.s);
        assert_false(b.s.noise.on);
        GOOD(scan_forward(&a.s, c.K, a.I, a.spikes));
        GOOD(scan_forward(&b.s, c.K, b.I, b.spikes));
        scan_potentials(&a.s, a.spikes, a.v);
        scan_potentials(&b.s, b.spikes, b.v);
        assert_memory_equal(a.v, b.v, sizeof a.v);
        assert_memory_equal(a.spikes, b.spikes, sizeof a.spikes);
        scan_free(&a.s);
        scan_free(&b.s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward),      cmocka_unit_test(backward),
        cmocka_unit_test(distribution), cmocka_unit_test(firing_probability),
        cmocka_unit_test(chunks),       cmocka_unit_test(evaluation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

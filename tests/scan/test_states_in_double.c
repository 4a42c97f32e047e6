/* The scan of several states in double precision, beside plain loops: a neuron whose second state
 * follows the potential and its spikes,
 *
 *   D^a v = (I - v - w)/tau,   D^a w = (-w + 0.5 v + s)/b,   s at v + dv - threshold,
 *
 * Gruenwald-Letnikov, explicit. Potentials and spikes within 1e-12, gradients within 1e-7 of
 * differences; the same bits step by step, in pieces, and after a state was saved. */
#include "check.h"

#include "neuron/user.h"
#include "scan/scan.h"

enum { K = 60, N = 35 };

static const double H = 0.4, ALPHA = 0.7, TAU = 2, THETA = 0.4, B = 3;
static const fsnn_surrogate surrogate = {.kind = FSNN_ARCTAN, .scale = 2};

typedef struct machine {
    scan s;
    neuron_model model;
    equation *e;
    real I[K * N], spikes[K * N], v[K * N], w[K * N], tau, theta, b;
} machine;

static void start(machine *m, bool smooth, bool looped)
{
    static const char *const own[] = {"b"};
    static const equation_state states[] = {{"v", "(I - v - w)/tau", NULL},
                                            {"w", "(-w + 0.5*v + s)/b", NULL}};
    const equation_source source = {states, 2, NULL, own, 1};
    const fsnn_order order = fsnn_order_of(ALPHA);
    memset(m, 0, sizeof *m);
    GOOD(equation_create(&source, NULL, &m->e));
    m->model = neuron_interpreted_model(m->e);
    m->tau = TAU;
    m->theta = THETA;
    m->b = B;
    m->s.model = &m->model;
    m->s.options = FSNN_NEURON_DEFAULT;
    m->s.options.reset = FSNN_RESET_NONE;
    m->s.options.surrogate = surrogate;
    m->s.smooth = smooth;
    m->s.training = true;
    m->s.chain.on = looped;
    m->s.chain.total = K;
    m->s.B = 1;
    m->s.N = N;
    m->s.channels = m->s.stride = 1;
    m->s.par[PAR_TAU] = (scan_param){&m->tau, 1};
    m->s.par[PAR_THRESHOLD] = (scan_param){&m->theta, 1};
    m->s.par[NEURON_PARS] = (scan_param){&m->b, 1};
    GOOD(scan_others(&m->s, 1));
    for (int i = 0; i < 2; i++)
        frac_memory_init(&scan_state(&m->s, i)->memory, &frac_gl, false, &order, H,
                         &(frac_keep){0});
    GOOD(scan_plan(&m->s, K));
    for (int i = 0; i < K * N; i++)
        m->I[i] = 0.9 + 0.8 * fsnn_random_normal(3, 0, (uint64_t)i);
}

static void stop(machine *m)
{
    scan_free(&m->s);
    equation_destroy(m->e);
}

/* Neuron n from the equations; returns the loss sum_k R_k s_k. */
static double model(const double *I, int n, double b, bool smooth, double *v, double *s)
{
    static double c[K + 2];
    double u[2][K + 1] = {{0}}, gain, loss = 0;
    const fsnn_order order = fsnn_order_of(ALPHA);
    frac_gl.weights(&order, H, K + 1, c, &gain);
    for (int k = 0; k < K; k++) {
        const double dv = (I[k * N + n] - u[0][k] - u[1][k]) / TAU, at = u[0][k] + dv - THETA;
        s[k] = smooth ? fsnn_surrogate_smooth(&surrogate, at) : at >= 0;
        const double drive[2] = {dv, (-u[1][k] + 0.5 * u[0][k] + s[k]) / b};
        for (int i = 0; i < 2; i++) {
            double sum = 0;
            for (int l = 1; l <= k; l++)
                sum += c[l] * u[i][k + 1 - l];
            u[i][k + 1] = sum + gain * drive[i];
        }
        v[k] = u[0][k + 1];
        loss += fsnn_random_normal(5, 5, (uint64_t)(k * N + n)) * s[k];
    }
    return loss;
}

static void forward(void **state)
{
    (void)state;
    for (int smooth = 0; smooth < 2; smooth++) {
        static machine m;
        double v[K], s[K], spikes = 0;
        start(&m, smooth, false);
        GOOD(scan_forward(&m.s, K, m.I, m.spikes));
        scan_potentials(&m.s, m.spikes, m.v);
        for (int n = 0; n < N; n++) {
            model(m.I, n, B, smooth, v, s);
            for (int k = 0; k < K; k++) {
                WITHIN("v", m.v[k * N + n], v[k], 1e-12);
                WITHIN("s", m.spikes[k * N + n], s[k], smooth ? 1e-12 : 0);
                spikes += s[k];
            }
        }
        assert_true(spikes > K && spikes < K * N);
        stop(&m);
    }
}

static double losses(const double *I, double b)
{
    double v[K], s[K], sum = 0;
    for (int n = 0; n < N; n++)
        sum += model(I, n, b, true, v, s);
    return sum;
}

static void backward(void **state)
{
    (void)state;
    for (int looped = 0; looped < 2; looped++) {
        static machine m;
        static real g[K * N], gI[K * N];
        real gb = 0;
        double v[K], s[K];
        const double e = 1e-5;
        start(&m, true, looped);
        for (int i = 0; i < K * N; i++)
            g[i] = fsnn_random_normal(5, 5, (uint64_t)i);
        if (looped) {
            for (int k = 0; k < K; k++)
                GOOD(scan_step_forward(&m.s, k, K, m.I + k * N, m.spikes + k * N));
            scan_chain(&m.s);
            m.s.chain.begins = true;
            for (int k = K - 1; k >= 0; k--) {
                scan_grads grads = {.I = gI + k * N};
                grads.par[NEURON_PARS] = &gb;
                GOOD(scan_step_backward(&m.s, k, m.I + k * N, m.spikes + k * N, g + k * N, &grads));
            }
        } else {
            scan_grads grads = {.I = gI};
            grads.par[NEURON_PARS] = &gb;
            GOOD(scan_forward(&m.s, K, m.I, m.spikes));
            GOOD(scan_backward(&m.s, m.I, m.spikes, g, &grads));
        }
        for (int i = 0; i < K * N; i += 37) {
            const double keep = m.I[i];
            m.I[i] = keep + e;
            double more = model(m.I, i % N, B, true, v, s);
            m.I[i] = keep - e;
            more -= model(m.I, i % N, B, true, v, s);
            m.I[i] = keep;
            NEAR("gI", gI[i], more / (2 * e), 1e-7);
        }
        NEAR("gb", gb, (losses(m.I, B + e) - losses(m.I, B - e)) / (2 * e), 1e-7);
        stop(&m);
    }
}

static void pieces(void **state)
{
    (void)state;
    static machine whole, parts;
    start(&whole, false, false);
    start(&parts, false, false);
    GOOD(scan_forward(&whole.s, K, whole.I, whole.spikes));
    for (int k = 0; k < K; k += 7) {
        const int steps = K - k < 7 ? K - k : 7;
        size_t bytes = scan_state_bytes(&parts.s, true);
        void *saved = malloc(bytes);
        assert_non_null(saved);
        scan_state_save(&parts.s, true, saved);
        GOOD(scan_forward(&parts.s, steps, parts.I, parts.spikes + k * N)); /* another way */
        assert_true(scan_state_fits(&parts.s, saved, (int64_t)bytes));
        GOOD(scan_state_load(&parts.s, true, saved));
        GOOD(scan_forward(&parts.s, steps, parts.I + k * N, parts.spikes + k * N));
        free(saved);
    }
    assert_memory_equal(whole.spikes, parts.spikes, sizeof whole.spikes);
    scan_other_values(&whole.s, 0, whole.w);
    scan_other_values(&parts.s, 0, parts.w);
    const int last = K - (K - 1) / 7 * 7; /* steps of the last piece */
    assert_memory_equal(whole.w + (K - last) * N, parts.w, sizeof(real) * (size_t)(last * N));
    stop(&whole);
    stop(&parts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward),
        cmocka_unit_test(backward),
        cmocka_unit_test(pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

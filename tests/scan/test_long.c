/* Long runs: what small steps and a million of them leave of the digits; in double precision, and,
 * for the reset `jump`, whose state grows, in single precision too.
 *
 *  - The leaky neuron's relaxation at alpha 1, step 1e-4 and 1e-5: Euler beside (1 - h/tau)^n, the
 *    methods that are exact for it beside e^(-t/tau).
 *  - The neuron without a leak under a constant current: the potential less its resets is
 *    I h^alpha/tau sum_j b_j, b_j the coefficients of (1 - z)^-alpha (GL), which a sum in extended
 *    precision gives; so `jump` is known spike by spike, and at alpha 1 `subtract` and `delta` are
 *    the same. */
#include "check.h"

#include "scan/scan.h"

enum { PIECE = 4000 };

typedef struct run {
    scan s;
    real I[PIECE], spikes[PIECE], v[PIECE], tau, theta;
    int64_t count;
} run;

typedef struct setup {
    const char *kind;
    const frac_method *method;
    fsnn_reset reset;
    double alpha, h, I, tau, theta, tolerance;
} setup;

static void start(run *r, const setup *c, int64_t piece)
{
    const fsnn_order order = fsnn_order_of(c->alpha);
    const frac_keep keep = {.tolerance = c->tolerance, .horizon = 2000000};
    memset(r, 0, sizeof *r);
    r->tau = (real)c->tau;
    r->theta = (real)c->theta;
    r->s.model = neuron_model_find(c->kind);
    r->s.options = FSNN_NEURON_DEFAULT;
    r->s.options.reset = c->reset;
    r->s.B = r->s.N = r->s.channels = r->s.stride = 1;
    r->s.par[PAR_TAU] = (scan_param){&r->tau, 1};
    r->s.par[PAR_THRESHOLD] = (scan_param){&r->theta, 1};
    frac_memory_init(&r->s.memory, c->method, false, &order, c->h, &keep);
    r->s.memory.leak = (frac_leak){c->tau, r->s.model->leaky};
    GOOD(scan_plan(&r->s, piece));
    for (int k = 0; k < PIECE; k++)
        r->I[k] = (real)c->I;
}

static void go(run *r, int64_t steps)
{
    GOOD(scan_forward(&r->s, steps, r->I, r->spikes));
    scan_potentials(&r->s, r->spikes, r->v);
    for (int64_t k = 0; k < steps; k++)
        r->count += r->spikes[k] != 0;
}

/* ---- small steps ---- */

static void relaxation(void **state)
{
    (void)state;
    if (sizeof(real) < sizeof(double))
        skip(); /* docs/math.md says what single precision leaves of them */
    static const frac_method *const methods[] = {&frac_euler, &frac_gl, &frac_l1, &frac_ml,
                                                 &frac_rk4};
    static const double steps[] = {1e-4, 1e-5};
    for (int m = 0; m < FSNN_COUNT(methods); m++)
        for (int h = 0; h < FSNN_COUNT(steps); h++) {
            CASE("method %s, step %g", methods[m]->name, steps[h]);
            static run r;
            const setup c = {"lif", methods[m], FSNN_RESET_NONE, 1, steps[h], 0.7, 1, 100, 0};
            start(&r, &c, PIECE);
            for (double t = 0; t < 1 - 1e-9; t += PIECE * c.h) {
                go(&r, PIECE);
                const double n = (double)r.s.history.time;
                const double euler = -expm1(n * log1p(-c.h)), exact = -expm1(-n * c.h);
                WITHIN("v", r.v[PIECE - 1], c.I * (m < 3 ? euler : exact), 1e-11);
            }
            scan_free(&r.s);
        }
}

/* ---- many steps ---- */

typedef struct model {
    long double u, b, drive, alpha;
    int64_t n, count;
} model;

/* One step of the neuron without a leak, reset by counting; whether it spikes. */
static bool model_step(model *m, double theta)
{
    m->u += m->drive * m->b;
    m->n++;
    m->b *= ((long double)m->n - 1 + m->alpha) / (long double)m->n;
    bool spike = m->u - (long double)theta * m->count >= theta;
    m->count += spike;
    return spike;
}

/* Spikes of both, which stand at the same steps. Where the model comes within rounding of the
 * threshold either step is right: then the counts may differ until the next step. */
static void beside_the_model(run *r, const setup *c, int64_t steps)
{
    model m = {.b = 1, .alpha = c->alpha, .drive = powl(c->h, c->alpha) * (real)c->I / c->tau};
    int64_t apart = 0;
    for (int64_t done = 0; done < steps; done += PIECE) {
        const int64_t before = r->count;
        int64_t count = before;
        go(r, PIECE);
        for (int64_t k = 0; k < PIECE; k++) {
            count += r->spikes[k] != 0;
            model_step(&m, c->theta);
            apart += count != m.count;
        }
    }
    assert_int_equal(r->count, m.count);
    assert_true(apart <= steps / 100000);
    assert_true(r->count > steps / 1000);
}

static void jumps(void **state)
{
    (void)state;
    static const double alphas[] = {1, 0.98, 0.9};
    for (int a = 0; a < FSNN_COUNT(alphas); a++)
        for (int whole = 0; whole < 2; whole++) {
            CASE("alpha %g, %s memory", alphas[a], whole ? "full" : "compressed");
            static run r;
            const setup c = {"if", &frac_gl, FSNN_RESET_JUMP, alphas[a], 0.1, 22.123456789,
                             20,   1,        whole ? 0 : 1e-9};
            start(&r, &c, PIECE);
            beside_the_model(&r, &c, whole && alphas[a] < 1 ? 20000 : 1000000);
            scan_free(&r.s);
        }
}

/* At alpha 1 all that take the threshold away do the same: 10,000 spikes, one a unit of time. */
static void one_a_second(void **state)
{
    (void)state;
    static const fsnn_reset resets[] = {FSNN_RESET_JUMP, FSNN_RESET_SUBTRACT, FSNN_RESET_DELTA};
    const int known = sizeof(real) < sizeof(double) ? 1 : FSNN_COUNT(resets);
    static const frac_method *const methods[] = {&frac_euler, &frac_gl, &frac_l1};
    for (int m = 0; m < FSNN_COUNT(methods); m++)
        for (int i = 0; i < known; i++) {
            CASE("method %s, reset %s", methods[m]->name, fsnn_reset_name(resets[i]));
            static run r;
            const setup c = {"if", methods[m], resets[i], 1, 0.01, 1, 1, 1, 0};
            start(&r, &c, PIECE);
            for (int64_t k = 0; k < 1000000; k += PIECE)
                go(&r, PIECE);
            assert_int_equal(r.count, 10000);
            scan_free(&r.s);
        }
}

/* The same spikes, one call or step by step. */
static void streamed(void **state)
{
    (void)state;
    static run a, b;
    static const fsnn_reset resets[] = {FSNN_RESET_JUMP, FSNN_RESET_DELTA};
    for (int i = 0; i < FSNN_COUNT(resets); i++) {
        const setup c = {"lif", &frac_gl, resets[i], 0.95, 0.05, 2.2, 2, 1, 1e-7};
        start(&a, &c, PIECE);
        start(&b, &c, 1);
        go(&a, PIECE);
        for (int k = 0; k < PIECE; k++) {
            go(&b, 1);
            assert_true(b.spikes[0] == a.spikes[k] && b.v[0] == a.v[k]);
        }
        assert_true(a.count > 20);
        scan_free(&a.s);
        scan_free(&b.s);
    }
}

int main(void)
{
#ifndef FSNN_HAVE_DOUBLE
    return 77; /* long runs need it */
#endif
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(relaxation),
        cmocka_unit_test(jumps),
        cmocka_unit_test(one_a_second),
        cmocka_unit_test(streamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The scan with neurons given by equations: forward against the double-precision model, whose
 * right-hand side is the value of the equations' graph, backward against its differences. Equations
 * x methods x resets. */
#include "reference.h"

typedef struct texts {
    const char *dv, *spike, *after;
    int K; /* steps for which potentials stay where spikes matter */
} texts;

static const texts neurons[] = {
    {"(-v + I)/tau", NULL, NULL, 29},
    {"(-v - a*v^3/(1 + v^2) + b*I)/tau", NULL, NULL, 29},   /* curved */
    {"(-v + (a + b*(3 - v))*tanh(I))/tau", NULL, NULL, 21}, /* the slope changes with I */
    {"(b*I - a)/tau", NULL, NULL, 17},                      /* no leak */
    {"(-v - a*tanh(v)^2 + b*I)/tau", "v + a*dv - threshold*(1 + 0.2*tanh(I - v))", NULL, 29},
    {"(-v + b*I)/tau", NULL, "dv*(1 - a*s) - s*(threshold + 0.3*v)/tau", 29},
    {"(-v - a*v^3/(1 + v^2) + b*I)/tau", "b*v + dv - threshold",
     "dv - s*(threshold + a*dv*v + 0.1*I)/tau", 21},
};

static equation *compile(const texts *t)
{
    static const char *const own[] = {"a", "b"};
    const equation_state state = {"v", t->dv, t->after};
    const equation_source source = {&state, 1, t->spike, own, 2};
    equation *e;
    GOOD(equation_create(&source, NULL, &e));
    return e;
}

static bool possible(const equation *e, const frac_method *method, int reset)
{
    const reset_rule *r = &scan_kernels_get()->resets[reset];
    /* refused where nets are wrapped */
    if ((r->state && method->drive) || (r->clears && method->start))
        return false;
    if (method->lweights && !e->leaks && e->slope != EQUATION_FLAT)
        return false;
    return e->default_after[0] || reset == FSNN_RESET_CURRENT;
}

static void each(void (*check)(const setup *), bool smooth)
{
    static const frac_method *const methods[] = {&frac_euler, &frac_heun, &frac_rk4,  &frac_gl,
                                                 &frac_l1,    &frac_ab,   &frac_trap, &frac_abm,
                                                 &frac_ml,    &frac_gl,   &frac_l1,   &frac_ab};
    for (int n = 0; n < FSNN_COUNT(neurons); n++) {
        CASE("neurons[%d]", n);
        equation *e = compile(&neurons[n]);
        int tried = 0;
        for (int m = 0; m < FSNN_COUNT(methods); m++)
            for (int reset = 0; reset < FSNN_RESETS; reset++) {
                setup c = plain();
                if (!possible(e, methods[m], reset))
                    continue;
                tried++;
                if (!check_turn())
                    continue;
                c.kind = neurons[n].dv;
                c.e = e;
                c.interpreted = true;
                c.smooth = smooth;
                c.method = methods[m];
                c.implicit = m >= 9;
                c.h = m % 2 ? 0.7 : 1;
                c.options.reset = (fsnn_reset)reset;
                c.options.detach_reset = (m + reset + n) % 3 == 0;
                c.K = neurons[n].K;
                c.B = 1; /* a tile that is not full: `others` has whole ones */
                c.N = 13;
                check(&c);
            }
        assert_true(tried >= 11);
        equation_destroy(e);
    }
}

static void forward_each(void **state)
{
    (void)state;
    each(check_forward, false);
    each(check_forward, true);
}

static void backward_each(void **state)
{
    (void)state;
    each(check_backward, true);
}

/* Truncated memory, a memory by exponentials, a number a channel, a start away from rest, several
 * terms. */
static void others(void **state)
{
    (void)state;
    for (int n = 0; n < FSNN_COUNT(neurons); n++) {
        equation *e = compile(&neurons[n]);
        for (int i = 0; i < 8; i++) {
            if (!check_turn())
                continue;
            setup c = plain();
            c.kind = neurons[n].dv;
            c.e = e;
            c.smooth = true;
            c.K = neurons[n].K;
            c.options.detach_reset = i % 2;
            c.memory = i == 0 ? 5 : i == 1 ? 14 : 0;
            c.tolerance = i == 2 || i == 3 ? BY_PRECISION(1e-6, 1e-12) : 0;
            if (i == 3)
                c.method = &frac_ab;
            if (i == 4 || i == 5) {
                c.N = 18;
                c.channels = 6;
                c.last = i == 5;
            }
            if (i >= 6)
                c.options.v0 = 0.375;
            if (i == 7) {
                c.implicit = true;
                c.order = (fsnn_order){.terms = 2, .alpha = {0.3, 0.7}, .coefficient = {1, 0.5}};
            }
            check_forward(&c);
            check_backward(&c);
        }
        equation_destroy(e);
    }
}

/* (-v + I)/tau is the hand-written neuron, bit for bit. Run as an equation it gives the same
 * spikes, potentials within rounding; and any cut of time the same bits. */
static void same_as_lif(void **state)
{
    (void)state;
    static numbers x;
    static machine a, b, same, cut;
    equation *e = compile(&neurons[0]);
    for (int reset = 0; reset < FSNN_RESETS; reset++) {
        setup c = plain();
        c.K = 61;
        c.options.reset = (fsnn_reset)reset;
        fill(&c, &x);
        start(&a, &c, &x, c.K);
        a.s.general = true;
        c.e = e;
        start(&same, &c, &x, c.K);
        assert_true(same.s.model->linear && same.s.model->leaky);
        assert_int_equal(same.s.model->own, 2);
        c.interpreted = true;
        start(&b, &c, &x, c.K);
        assert_false(b.s.model->linear);
        start(&cut, &c, &x, 7);
        GOOD(scan_forward(&a.s, c.K, a.I, a.spikes));
        GOOD(scan_forward(&b.s, c.K, b.I, b.spikes));
        GOOD(scan_forward(&same.s, c.K, same.I, same.spikes));
        scan_potentials(&same.s, same.spikes, same.v);
        scan_potentials(&a.s, a.spikes, a.v);
        scan_potentials(&b.s, b.spikes, b.v);
        int64_t total = c.B * c.N;
        for (int64_t k = 0; k < c.K; k += 7) {
            int64_t steps = c.K - k < 7 ? c.K - k : 7;
            GOOD(scan_forward(&cut.s, steps, cut.I + k * total, cut.spikes + k * total));
            scan_potentials(&cut.s, cut.spikes + k * total, cut.v + k * total);
        }
        assert_memory_equal(a.spikes, same.spikes, sizeof a.spikes);
        assert_memory_equal(a.v, same.v, sizeof a.v);
        assert_memory_equal(a.spikes, b.spikes, sizeof a.spikes);
        assert_memory_equal(b.v, cut.v, sizeof b.v);
        for (int64_t i = 0; i < c.K * total; i++)
            assert_float_equal(a.v[i], b.v[i],
                               BY_PRECISION(1e-5, 1e-12) * fmax(1, fabs((double)a.v[i])));
        scan_free(&a.s);
        scan_free(&b.s);
        scan_free(&same.s);
        scan_free(&cut.s);
    }
    equation_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_each),
        cmocka_unit_test(backward_each),
        cmocka_unit_test(others),
        cmocka_unit_test(same_as_lif),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The scan against a plain double-precision model of the same equations: potentials and spikes
 * forward, and backward against central differences of that model, with the spikes inside a
 * detached reset held fixed. Every kind, reset, surrogate, method, memory. */
#include "reference.h"

static void each(void (*check)(const setup *), bool smooth)
{
    static const char *const kinds[] = {"if", "lif"};
    static const frac_method *const methods[] = {&frac_euler, &frac_heun, &frac_rk4,  &frac_gl,
                                                 &frac_l1,    &frac_ab,   &frac_trap, &frac_abm,
                                                 &frac_ml,    &frac_gl,   &frac_l1,   &frac_ab};
    for (int kind = 0; kind < 2; kind++)
        for (int m = 0; m < FSNN_COUNT(methods); m++)
            for (int reset = 0; reset < FSNN_RESETS; reset++)
                for (int detach = 0; detach < 2; detach++) {
                    setup c = plain();
                    const reset_rule *r = &scan_kernels_get()->resets[reset];
                    if ((r->state && methods[m]->drive) || (r->clears && methods[m]->start))
                        continue; /* refused where nets are wrapped */
                    if (!check_turn())
                        continue;
                    c.smooth = smooth;
                    c.kind = kinds[kind];
                    c.method = methods[m];
                    c.implicit = m >= 9;
                    c.h = m % 2 ? 0.7 : 1;
                    c.options.reset = (fsnn_reset)reset;
                    c.options.detach_reset = detach;
                    if (!kind)
                        c.K =
                            17; /* without a leak potentials grow: keep them where spikes matter */
                    check(&c);
                }
}

/* A refractory period, over the borders of blocks too, with every reset and method. */
static void refractory(void (*check)(const setup *), bool smooth)
{
    static const frac_method *const methods[] = {&frac_gl, &frac_ab,  &frac_trap, &frac_abm,
                                                 &frac_ml, &frac_rk4, &frac_gl};
    for (int m = 0; m < FSNN_COUNT(methods); m++)
        for (int reset = 0; reset < FSNN_RESETS; reset++)
            for (int steps = 1; steps < 9; steps += 4) {
                setup c = plain();
                const reset_rule *r = &scan_kernels_get()->resets[reset];
                if ((r->state && methods[m]->drive) || (r->clears && methods[m]->start) ||
                    !check_turn())
                    continue;
                c.smooth = smooth;
                c.method = methods[m];
                c.implicit = m == 6;
                c.K = 41;
                c.h = 0.5;
                c.N = 18;
                c.channels = m == 4 ? 1 : 3; /* weights of ml depend on tau */
                c.options.reset = (fsnn_reset)reset;
                c.options.detach_reset = false;
                c.options.refractory = 0.5 * steps + 0.1;
                check(&c);
            }
}

static void forward_refractory(void **state)
{
    (void)state;
    refractory(check_forward, false);
}

static void backward_refractory(void **state)
{
    (void)state;
    refractory(check_backward, true);
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

static void others(void (*check)(const setup *), bool smooth)
{
    for (int i = 0; i < FSNN_SURROGATES; i++) { /* surrogates */
        setup c = plain();
        c.smooth = smooth;
        c.options.surrogate =
            (fsnn_surrogate){.kind = (fsnn_surrogate_kind)i, .scale = i < 2 ? 2.5 : 0.8};
        c.options.detach_reset = false;
        check(&c);
    }
    static const int64_t memories[] = {1, 2, 5, 13, 14, 30};
    for (int i = 0; i < 24; i++) { /* truncated memory */
        static const frac_method *const methods[] = {&frac_gl, &frac_ab, &frac_trap, &frac_abm};
        setup c = plain();
        c.smooth = smooth;
        c.method = methods[i / 6];
        c.memory = memories[i % 6];
        check(&c);
    }
    for (int m = 0; m < 2; m++) { /* several terms, smaller steps */
        setup c = plain();
        c.smooth = smooth;
        c.method = m ? &frac_l1 : &frac_gl;
        c.order = (fsnn_order){.terms = 3, .alpha = {0.3, 0.5, 0.7}, .coefficient = {1, 0.5, 0.2}};
        c.h = 0.5;
        check(&c);
    }
    for (int last = 0; last < 2; last++) { /* a number for each channel, both layouts */
        setup c = plain();
        c.smooth = smooth;
        c.N = 18;
        c.channels = 6;
        c.last = last;
        c.options.detach_reset = false;
        check(&c);
    }
    for (int m = 0; m < 9; m++) { /* a start away from rest (Caputo) */
        static const frac_method *const methods[] = {&frac_euler, &frac_rk4, &frac_gl,
                                                     &frac_l1,    &frac_ab,  &frac_trap,
                                                     &frac_abm,   &frac_ml,  &frac_gl};
        setup c = plain();
        c.smooth = smooth;
        c.method = methods[m];
        c.options.v0 = 0.375;
        c.options.detach_reset = false;
        c.options.reset = m == 8 ? FSNN_RESET_VALUE : m % 2 ? FSNN_RESET_JUMP : FSNN_RESET_CURRENT;
        check(&c);
    }
    setup c = plain(); /* one neuron */
    c.smooth = smooth;
    c.B = c.N = 1;
    c.K = 60;
    check(&c);
}

static void forward_others(void **state)
{
    (void)state;
    others(check_forward, false);
}

static void backward_others(void **state)
{
    (void)state;
    others(check_backward, true);
}

/* Any cut of time gives the same bits. */
static void chunks(void **state)
{
    (void)state;
    static const int64_t memories[] = {0, 1, 4, 20};
    static numbers x;
    static machine whole, parts;
    static const frac_method *const methods[] = {&frac_gl, &frac_trap, &frac_abm, &frac_ml,
                                                 &frac_rk4};
    for (int i = 0; i < 20; i++)
        for (int64_t chunk = 1; chunk < 20; chunk += 3)
            for (int reset = 0; reset < FSNN_RESETS; reset++) {
                setup c = plain();
                const reset_rule *r = &scan_kernels_get()->resets[reset];
                c.method = methods[i / 4];
                if ((r->state && c.method->drive) || (r->clears && c.method->start) ||
                    !check_turn())
                    continue;
                c.K = 61;
                c.memory = memories[i % 4];
                c.options.reset = (fsnn_reset)reset;
                c.options.refractory = chunk % 2 ? 0 : 5;
                fill(&c, &x);
                start(&whole, &c, &x, c.K);
                start(&parts, &c, &x, chunk);
                int64_t total = c.B * c.N;
                GOOD(scan_forward(&whole.s, c.K, whole.I, whole.spikes));
                scan_potentials(&whole.s, whole.spikes, whole.v);
                for (int64_t k = 0; k < c.K; k += chunk) {
                    int64_t n = c.K - k < chunk ? c.K - k : chunk;
                    GOOD(scan_forward(&parts.s, n, parts.I + k * total, parts.spikes + k * total));
                    scan_potentials(&parts.s, parts.spikes + k * total, parts.v + k * total);
                }
                size_t bytes = (size_t)(c.K * total) * sizeof(real);
                assert_memory_equal(whole.v, parts.v, bytes);
                assert_memory_equal(whole.spikes, parts.spikes, bytes);
                if (memories[i % 4] && !c.method->integer) /* truncation saves memory */
                    assert_true(parts.s.history.u.capacity <=
                                2 * (chunk + memories[i % 4]) + FRAC_BLOCK);
                scan_free(&whole.s);
                scan_free(&parts.s);
            }
}

/* Fractional order 1 is forward Euler, bit for bit. */
static void order_one(void **state)
{
    (void)state;
    static numbers x;
    static machine a, b;
    static const frac_method *const methods[] = {&frac_gl, &frac_l1};
    static const double steps[] = {1, 0.1, 0.37};
    for (int m = 0; m < 2; m++)
        for (int h = 0; h < 3; h++)
            for (int reset = 0; reset < FSNN_RESETS; reset++) {
                setup c = plain();
                c.options.reset = (fsnn_reset)reset;
                c.order = fsnn_order_of(1);
                c.h = steps[h];
                fill(&c, &x);
                c.method = &frac_euler;
                start(&a, &c, &x, c.K);
                c.method = methods[m];
                start(&b, &c, &x, c.K);
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

/* Trajectories of the schemes with 24 digits, from v0 = 1/8 (tests/golden/README.md). The current
 * of a step is sample k for explicit schemes; implicit ones take it at the end of the step. */
static void golden_trajectories(void **state)
{
    (void)state;
    static const struct {
        const char *scheme;
        const frac_method *method;
        bool implicit;
    } rows[] = {{"gl_ex", &frac_gl, false},   {"gl_im", &frac_gl, true},
                {"l1_ex", &frac_l1, false},   {"l1_im", &frac_l1, true},
                {"rect_ex", &frac_ab, false}, {"rect_im", &frac_ab, true}};
    static machine m;
    int compared = 0;
    json_doc *doc = json_open("tests/golden/analytic.json");
    json_node *list = json_get(doc->root, "discrete");
    for (int i = 0; i < json_count(list); i++) {
        json_node *entry = json_at(list, i), *want = json_get(entry, "v");
        for (int r = 0; r < FSNN_COUNT(rows); r++) {
            CASE("rows[%d]", r);
            if (strcmp(json_text(json_get(entry, "scheme")), rows[r].scheme) != 0 ||
                json_get(entry, "rule"))
                continue;
            setup c = plain();
            numbers x = {.order = fsnn_order_of(json_member(entry, "alpha"))};
            c.method = rows[r].method;
            c.implicit = rows[r].implicit;
            c.order = x.order;
            c.h = json_member(entry, "h");
            c.K = json_count(want) - 1;
            c.B = c.N = 1;
            c.options.v0 = json_member(entry, "v0");
            c.options.reset = FSNN_RESET_NONE;
            x.tau[0] = json_member(entry, "tau");
            x.theta[0] = 100;
            for (int k = 0; k < c.K; k++) {
                int at = k + rows[r].implicit;
                x.I[k] = (7 * at * at + 3 * at) % 32 / 16.0 + 0.5;
            }
            start(&m, &c, &x, c.K);
            GOOD(scan_forward(&m.s, c.K, m.I, m.spikes));
            scan_potentials(&m.s, m.spikes, m.v);
            for (int k = 0; k < c.K; k++)
                expect(&c, rows[r].scheme, m.v[k], json_number(json_at(want, k + 1)),
                       BY_PRECISION(2e-6, 1e-12));
            scan_free(&m.s);
            compared++;
        }
    }
    assert_true(compared >= 3);
    json_close(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_refractory),  cmocka_unit_test(backward_refractory),
        cmocka_unit_test(forward_each),        cmocka_unit_test(forward_others),
        cmocka_unit_test(backward_each),       cmocka_unit_test(backward_others),
        cmocka_unit_test(golden_trajectories), cmocka_unit_test(chunks),
        cmocka_unit_test(order_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

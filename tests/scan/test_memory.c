/* The memory engines of the scan: sums of exponentials beside the whole history, the adjoint of
 * either, pieces of a run, the chained backward pass, and states saved and restored. */
#include "reference.h"

static const frac_method *const methods[] = {&frac_gl, &frac_l1, &frac_ab, &frac_trap, &frac_abm,
                                             &frac_ml, &frac_gl, &frac_l1, &frac_ab};
enum { METHODS = sizeof methods / sizeof *methods, IMPLICIT = 6 };

static bool refused(const frac_method *method, int reset)
{
    const reset_rule *r = &scan_kernels_get()->resets[reset];
    return (r->state && method->drive) || (r->clears && method->start);
}

static setup compressed(int m, int reset)
{
    setup c = plain();
    c.method = methods[m];
    c.implicit = m >= IMPLICIT;
    c.options.reset = (fsnn_reset)reset;
    /* exponentials for ml come as near as 4e-11 */
    c.tolerance = BY_PRECISION(1e-7, c.method == &frac_ml ? 1e-10 : 1e-12);
    c.K = 171;
    c.N = 3;
    c.options.tau.value = 3;
    c.options.refractory = m % 2 ? 2.3 : 0;
    return c;
}

static void forward(void **state)
{
    (void)state;
    for (int m = 0; m < METHODS; m++)
        for (int reset = 0; reset < FSNN_RESETS; reset++) {
            setup c = compressed(m, reset);
            if (refused(c.method, reset) || !check_turn())
                continue;
            check_forward(&c);
            c.options.v0 = 0.25;
            check_forward(&c);
        }
}

static void backward(void **state)
{
    (void)state;
    for (int m = 0; m < METHODS; m++)
        for (int reset = 0; reset < FSNN_RESETS; reset++) {
            setup c = compressed(m, reset);
            if (refused(c.method, reset) || c.method == &frac_ml || !check_turn())
                continue; /* ml does not learn tau and alpha with exponentials */
            c.smooth = true;
            c.options.detach_reset = reset % 2;
            check_backward(&c);
        }
}

static void several_terms(void **state)
{
    (void)state;
    for (int m = 0; m < 2; m++) {
        setup c = compressed(m, FSNN_RESET_CURRENT);
        c.order = (fsnn_order){.terms = 3, .alpha = {0.3, 0.5, 1}, .coefficient = {1, 0.5, 0.2}};
        c.h = 0.5;
        check_forward(&c);
        c.order.alpha[2] = 0.95;
        c.smooth = true;
        check_backward(&c);
    }
}

static void run(machine *m, const setup *c, int64_t piece)
{
    int64_t total = c->B * c->N;
    for (int64_t k = 0; k < c->K; k += piece) {
        int64_t n = c->K - k < piece ? c->K - k : piece;
        GOOD(scan_forward(&m->s, n, m->I + k * total, m->spikes + k * total));
        scan_potentials(&m->s, m->spikes + k * total, m->v + k * total);
    }
}

/* Any cut of time gives the same bits, and the memory does not grow. */
static void pieces(void **state)
{
    (void)state;
    static const int64_t cuts[] = {1, 2, 3, 5, 12, 13, 24, 31, 100};
    static numbers x;
    static machine whole, parts;
    for (int m = 0; m < METHODS; m++)
        for (int reset = 0; reset < FSNN_RESETS; reset++)
            for (int i = 0; i < 9; i++) {
                setup c = compressed(m, reset);
                if (refused(c.method, reset) || (c.method == &frac_ml && i % 4) || !check_turn())
                    continue;
                fill(&c, &x);
                start(&whole, &c, &x, c.K);
                start(&parts, &c, &x, cuts[i]);
                run(&whole, &c, c.K);
                run(&parts, &c, cuts[i]);
                size_t bytes = (size_t)(c.K * c.B * c.N) * sizeof(real);
                assert_memory_equal(whole.v, parts.v, bytes);
                assert_memory_equal(whole.spikes, parts.spikes, bytes);
                int64_t most = (cuts[i] < FRAC_BLOCK ? FRAC_BLOCK : cuts[i]) + 2 * FRAC_SPAN + 1;
                assert_true(parts.s.history.u.capacity <= most &&
                            parts.s.history.x.capacity <= most);
                assert_true(parts.s.memory.capacity <= 2 * FRAC_SPAN);
                scan_free(&whole.s);
                scan_free(&parts.s);
            }
}

/* A neuron without leak and reset is linear in its current, and a rectangle wide enough has one
 * slope: backward is then the transpose of forward. <A x, y> = <x, A' y>. */
static void adjoint(void **state)
{
    (void)state;
    static numbers x;
    static machine m;
    for (int i = 0; i < METHODS; i++)
        for (int engine = 0; engine < 3; engine++) {
            setup c = compressed(i, FSNN_RESET_NONE);
            c.kind = "if";
            c.options.refractory = 0;             /* spikes that are left out have no gradient */
            c.tolerance = engine == 1 ? 1e-4 : 0; /* coarse: it is the transpose of what is there */
            c.memory = engine == 2 ? 30 : 0;
            c.options.surrogate = (fsnn_surrogate){.kind = FSNN_RECTANGLE, .scale = 1e3};
            fill(&c, &x);
            start(&m, &c, &x, c.K);
            run(&m, &c, c.K);
            int64_t total = c.B * c.N;
            double ax = 0, xa = 0, size = 0;
            for (int64_t n = 0; n < c.K * total; n++) {
                double v = n < total ? c.options.v0 : m.v[n - total];
                m.g[n] = (real)R(n);
                double term = (v + m.I[n] / m.tau[0]) / 2e3 * m.g[n];
                ax += term;
                size += fabs(term);
            }
            real none[8] = {0};
            scan_grads grads = {.I = m.gI, .par = {c.method == &frac_ml ? NULL : none, none}};
            GOOD(scan_backward(&m.s, m.I, m.spikes, m.g, &grads));
            for (int64_t n = 0; n < c.K * total; n++)
                xa += (double)m.gI[n] * (double)m.I[n];
            expect(&c, "<A x, y>", ax, xa, BY_PRECISION(2e-6, 1e-14) * size);
            assert_true(size > 0);
            scan_free(&m.s);
        }
}

typedef struct gradients {
    real I[MAXK * MAXN], tau[8], theta[8], alpha[8], coefficient[8];
} gradients;

static void back(machine *m, const setup *c, int64_t at, gradients *g)
{
    int64_t total = c->B * c->N;
    bool learns = c->method != &frac_ml || !c->tolerance;
    scan_grads grads = {g->I + at * total,
                        {learns ? g->tau : NULL, g->theta},
                        learns ? g->alpha : NULL,
                        learns ? g->coefficient : NULL,
                        NULL};
    GOOD(
        scan_backward(&m->s, m->I + at * total, m->spikes + at * total, m->g + at * total, &grads));
}

static void same(const setup *c, const char *what, const real *a, const real *b, int64_t n)
{
    double scale = 1;
    for (int64_t i = 0; i < n; i++)
        scale = fmax(scale, fabs(b[i]));
    for (int64_t i = 0; i < n; i++)
        expect(c, what, a[i], b[i], BY_PRECISION(n > 1 ? 1e-5 : 1e-4, 1e-12) * scale);
}

/* Forward in pieces of which only the states are kept, then backward from the last to the first:
 * the gradients of the run in one piece. */
static void chained(void **state)
{
    (void)state;
    static numbers x;
    static machine whole, parts;
    static gradients one, many;
    static char saved[MAXK][1 << 19];
    static const int64_t cuts[] = {7, 24, 50};
    for (int m = 0; m < METHODS; m++)
        for (int reset = 0; reset < FSNN_RESETS; reset++)
            for (int i = 0; i < 9; i++) {
                setup c = compressed(m, reset);
                int64_t piece = cuts[i / 3], total = c.B * c.N;
                if (refused(c.method, reset) || (c.method == &frac_ml && i != 4 && i != 6) ||
                    !check_turn())
                    continue;
                c.tolerance = i % 3 == 0 ? 1e-6 : 0;
                c.memory = i % 3 == 1 ? 30 : 0;
                /* a history that was emptied is not there to come back to: refused by nets */
                if (!c.tolerance && !c.memory && reset == FSNN_RESET_RESTART)
                    continue;
                c.smooth = true;
                c.options.detach_reset = reset == FSNN_RESET_JUMP; /* attached, rounding grows */
                fill(&c, &x);
                memset(&one, 0, sizeof one);
                memset(&many, 0, sizeof many);
                start(&whole, &c, &x, c.K);
                run(&whole, &c, c.K);
                start(&parts, &c, &x, piece);
                parts.s.chain.on = parts.s.chain.linked = true;
                parts.s.chain.total = c.K;
                GOOD(scan_plan(&parts.s, piece));
                scan_reset(&parts.s);
                for (int64_t n = 0; n < c.K * total; n++)
                    whole.g[n] = parts.g[n] = (real)R(n);
                back(&whole, &c, 0, &one);

                int64_t at = 0;
                for (; at < c.K; at += piece) {
                    int64_t n = c.K - at < piece ? c.K - at : piece;
                    assert_true(scan_state_bytes(&parts.s, false) <= sizeof saved[0]);
                    scan_state_save(&parts.s, false, saved[at / piece]);
                    scan_forward(&parts.s, n, parts.I + at * total, parts.spikes + at * total);
                }
                scan_chain(&parts.s);
                for (at -= piece; at >= 0; at -= piece) {
                    int64_t n = c.K - at < piece ? c.K - at : piece;
                    GOOD(scan_state_load(&parts.s, false, saved[at / piece]));
                    scan_forward(&parts.s, n, parts.I + at * total, parts.spikes + at * total);
                    back(&parts, &c, at, &many);
                }
                if (memcmp(whole.spikes, parts.spikes, (size_t)(c.K * total) * sizeof(real)) != 0)
                    fail_msg("%s reset %d, memory %d, tolerance %g, pieces of %d: other spikes",
                             c.method->name, reset, (int)c.memory, c.tolerance, (int)piece);
                same(&c, "gI chained", many.I, one.I, c.K * total);
                same(&c, "gtau chained", many.tau, one.tau, 1);
                same(&c, "gtheta chained", many.theta, one.theta, 1);
                same(&c, "galpha chained", many.alpha, one.alpha, 1);
                same(&c, "gcoefficient chained", many.coefficient, one.coefficient, 1);
                scan_free(&whole.s);
                scan_free(&parts.s);
            }
}

/* A state saved in the middle and restored elsewhere goes on with the same bits. */
static void saved_and_restored(void **state)
{
    (void)state;
    static numbers x;
    static machine a, b;
    for (int m = 0; m < METHODS; m++)
        for (int reset = 0; reset < FSNN_RESETS; reset++)
            for (int engine = 0; engine < 3; engine++) {
                setup c = compressed(m, reset);
                int64_t total = c.B * c.N, cut = 77;
                if (refused(c.method, reset) || (c.method == &frac_ml && reset) || !check_turn())
                    continue;
                c.tolerance = engine == 0 ? 1e-6 : 0;
                c.memory = engine == 1 ? 30 : 0;
                fill(&c, &x);
                start(&a, &c, &x, c.K);
                start(&b, &c, &x, 1);
                scan_forward(&a.s, cut, a.I, a.spikes);
                char *bytes = malloc(scan_state_bytes(&a.s, true));
                scan_state_save(&a.s, true, bytes);
                GOOD(scan_state_load(&b.s, true, bytes));
                free(bytes);
                for (int side = 0; side < 2; side++) {
                    machine *s = side ? &b : &a;
                    scan_forward(&s->s, c.K - cut, s->I + cut * total, s->spikes);
                    scan_potentials(&s->s, s->spikes, s->v);
                }
                size_t bytes_of = (size_t)((c.K - cut) * total) * sizeof(real);
                assert_memory_equal(a.v, b.v, bytes_of);
                assert_memory_equal(a.spikes, b.spikes, bytes_of);
                scan_free(&a.s);
                scan_free(&b.s);
            }
}

/* The bound holds for the error there is, and where the margin is larger the spikes are those of
 * the equations. */
static void certificate(void **state)
{
    (void)state;
    static const double tolerances[] = {1e-2, 1e-4, 1e-6};
    static numbers x;
    static machine m;
    static double v[MAXK], s[MAXK], emptied[MAXK];
    int proven = 0, known = 0, cases = 0;
    for (int i = 0; i < METHODS; i++)
        for (int reset = 0; reset < FSNN_RESETS; reset++)
            for (int e = 0; e < 3; e++) {
                setup c = compressed(i, reset);
                if (refused(c.method, reset) || !check_turn())
                    continue;
                c.kind = e == 1 && reset != FSNN_RESET_NONE ? "if" : "lif";
                c.tolerance = tolerances[e];
                c.h = 0.7;
                fill(&c, &x);
                start(&m, &c, &x, c.K);
                run(&m, &c, c.K);
                fsnn_certificate found;
                GOOD(scan_certify(&m.s, &found));
                assert_true(found.modes > 0 && found.weight_error <= c.tolerance);
                double worst = 0;
                bool same = true;
                int64_t total = c.B * c.N;
                for (int64_t n = 0; n < total; n++) {
                    model(&c, &x, n, NULL, emptied, v, s);
                    for (int64_t k = 0; k < c.K; k++) {
                        worst = fmax(worst, fabs(m.v[k * total + n] - v[k]));
                        same = same && m.spikes[k * total + n] == s[k];
                    }
                }
                assert_true(same || !found.proven);
                if (same)
                    assert_true(worst <= 2 * found.bound); /* ahead, the bound is of v + dv */
                proven += found.proven;
                known += isfinite(found.bound);
                cases++;
                scan_free(&m.s);
            }
    assert_true(known > cases / 2 && proven > known / 4); /* it says something */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward),
        cmocka_unit_test(backward),
        cmocka_unit_test(several_terms),
        cmocka_unit_test(pieces),
        cmocka_unit_test(adjoint),
        cmocka_unit_test(chained),
        cmocka_unit_test(saved_and_restored),
        cmocka_unit_test(certificate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

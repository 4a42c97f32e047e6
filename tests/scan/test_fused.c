/* The fused scan against the general one, bit for bit: spikes, potentials, rates, gradients;
 * hand-written neurons and equations, chunks, layouts, learned parameters and orders, arrays larger
 * than the caches. */
#include "check.h"

#include "scan/fused.h"
#include "neuron/user.h"

enum { CHANNELS = 6, OWNS = 2, PARS = NEURON_PARS + OWNS };

typedef struct setup {
    const char *kind;
    const equation *e; /* in place of kind: run as equations, whatever they say */
    fsnn_neuron options;
    const frac_method *method;
    double alpha, h;
    int terms; /* of the order */
    int64_t memory, K, chunk, B, N, channels;
    double tolerance; /* > 0: far lags by exponentials */
    bool last, learn, learn_order;
} setup;

/* One scan and all it gives. */
typedef struct machine {
    scan s;
    neuron_model user;
    float *spikes, *v, *gI; /* [K, B, N] */
    float par[PARS][CHANNELS], gpar[PARS][CHANNELS];
    float galpha[FSNN_MAX_TERMS], gcoefficient[FSNN_MAX_TERMS];
    double rate;
} machine;

static const fsnn_reset reset[] = {FSNN_RESET_CURRENT, FSNN_RESET_NONE, FSNN_RESET_SUBTRACT};
enum { RESETS = FSNN_COUNT(reset) };

static float *numbers(int64_t n, uint64_t stream)
{
    float *x = fsnn_alloc((size_t)n * sizeof *x);
    fsnn_random_fill(x, n, 5, stream, 0);
    return x;
}

static equation *compile(const char *dv)
{
    static const char *const own[OWNS] = {"a", "b"};
    const equation_state state = {"v", dv, NULL};
    const equation_source source = {&state, 1, NULL, own, OWNS};
    equation *e;
    GOOD(equation_create(&source, NULL, &e));
    return e;
}

static fsnn_order order_of(const setup *c)
{
    fsnn_order order = fsnn_order_of(c->alpha);
    for (int i = 1; i < c->terms; i++) {
        order.alpha[i] = order.alpha[i - 1] / 2;
        order.coefficient[i] = 0.3;
    }
    order.terms = c->terms;
    order.learn_alpha = order.learn_coefficient = c->learn_order;
    return order;
}

static void open_machine(machine *m, const setup *c, bool general)
{
    size_t bytes = (size_t)(c->K * c->B * c->N) * sizeof(float);
    memset(m, 0, sizeof *m);
    m->spikes = fsnn_alloc(bytes);
    m->v = fsnn_alloc(bytes);
    m->gI = fsnn_alloc(bytes);
    for (int i = 0; i < CHANNELS; i++) {
        m->par[PAR_TAU][i] = 1.6f + 0.1f * (float)i;
        m->par[PAR_THRESHOLD][i] = 1 - 0.05f * (float)i;
        m->par[NEURON_PARS][i] = 0.2f + 0.03f * (float)i;
        m->par[NEURON_PARS + 1][i] = 0.7f - 0.02f * (float)i;
    }
    fsnn_order order = order_of(c);
    if (c->e)
        m->user = neuron_interpreted_model(c->e);
    m->s.model = c->e ? &m->user : neuron_model_find(c->kind);
    m->s.options = c->options;
    m->s.v0 = (float)c->options.v0;
    m->s.training = true;
    m->s.general = general;
    m->s.B = c->B;
    m->s.N = c->N;
    m->s.channels = c->channels;
    m->s.stride = c->last ? 1 : c->N / c->channels;
    for (int p = 0; p < PARS; p++)
        if (p != PAR_V_RESET && p != PAR_V0 && p != PAR_REST)
            m->s.par[p] = (scan_param){m->par[p], c->channels};
    frac_keep keep = {.steps = c->memory, .tolerance = c->tolerance, .horizon = 4096};
    frac_memory_init(&m->s.memory, c->method, false, &order, c->h, &keep);
    if (!c->e) { /* potentials that count from a rest, one number for all */
        m->par[PAR_REST][0] = 0.125f;
        m->s.par[PAR_REST] = (scan_param){m->par[PAR_REST], 1};
    }
    m->s.memory.leak = (frac_leak){m->par[PAR_TAU][0], !c->e && !strcmp(c->kind, "lif")};
    GOOD(scan_plan(&m->s, c->chunk));
}

/* Both are as far from a spike that the memory's error could change. */
static void compare_extremes(const machine *a, const machine *b)
{
    for (int64_t t = 0; t < a->s.tiles; t++) {
        const scan_extremes *x = (scan_extremes *)a->s.history.extremes.data + t,
                            *y = (scan_extremes *)b->s.history.extremes.data + t;
        assert_true(x->margin == y->margin && x->largest == y->largest);
    }
}

/* Chunk by chunk, each backward after its forward, as truncated backpropagation does. */
static void run(machine *m, const setup *c, const float *I, const float *g)
{
    int64_t total = c->B * c->N;
    for (int64_t k = 0; k < c->K; k += c->chunk) {
        int64_t n = c->K - k < c->chunk ? c->K - k : c->chunk, at = k * total;
        scan_grads grads = {.I = m->gI + at};
        for (int p = 0; p < scan_pars(&m->s) && c->learn; p++)
            grads.par[p] = p == PAR_V_RESET || p == PAR_V0 || p == PAR_REST ? NULL : m->gpar[p];
        if (c->learn_order) {
            grads.alpha = m->galpha;
            grads.coefficient = c->terms > 1 ? m->gcoefficient : NULL;
        }
        GOOD(scan_forward(&m->s, n, I + at, m->spikes + at));
        scan_potentials(&m->s, m->spikes + at, m->v + at);
        m->rate += scan_rate(&m->s);
        GOOD(scan_backward(&m->s, I + at, m->spikes + at, g + at, &grads));
    }
}

static void close_machine(machine *m)
{
    scan_free(&m->s);
    fsnn_free(m->spikes);
    fsnn_free(m->v);
    fsnn_free(m->gI);
}

static void compare(const setup *c)
{
    if (!check_turn())
        return;
    int64_t count = c->K * c->B * c->N;
    size_t bytes = (size_t)count * sizeof(float);
    float *I = numbers(count, 1), *g = numbers(count, 2);
    for (int64_t i = 0; i < count; i++) {
        I[i] = c->e ? 2 * I[i] : 4 * I[i] - 1; /* a quadratic neuron far below 0 is lost */
        g[i] -= 0.5f;
    }
    machine fused, general;
    open_machine(&fused, c, false);
    open_machine(&general, c, true);
    assert_true(scan_fused_fits(&fused.s));
    assert_false(scan_fused_fits(&general.s));
    run(&fused, c, I, g);
    run(&general, c, I, g);
    assert_true(general.rate > 0);
    assert_true(fused.rate == general.rate);
    assert_memory_equal(fused.spikes, general.spikes, bytes);
    assert_memory_equal(fused.v, general.v, bytes);
    assert_memory_equal(fused.gI, general.gI, bytes);
    assert_memory_equal(fused.gpar, general.gpar, sizeof fused.gpar);
    assert_memory_equal(fused.galpha, general.galpha, sizeof fused.galpha);
    assert_memory_equal(fused.gcoefficient, general.gcoefficient, sizeof fused.gcoefficient);
    assert_true(fused.s.memory.compressed == (c->tolerance > 0));
    if (c->tolerance > 0)
        compare_extremes(&fused, &general);
    assert_true(c->learn == (fused.gpar[PAR_TAU][0] != 0));
    /* the last state of a call reaches a spike of it only where the test comes after the step */
    bool reaches = c->chunk > 1 || c->options.reset == FSNN_RESET_SUBTRACT;
    assert_true((c->learn_order && reaches) == (fused.galpha[0] != 0));
    close_machine(&fused);
    close_machine(&general);
    fsnn_free(I);
    fsnn_free(g);
}

static setup plain(void)
{
    setup c = {.kind = "lif",
               .options = FSNN_NEURON_DEFAULT,
               .method = &frac_gl,
               .alpha = 0.6,
               .terms = 1,
               .h = 1,
               .K = 16,
               .chunk = 16,
               .B = 3,
               .N = 150,
               .channels = 1};
    return c;
}

static void kinds(void **state)
{
    (void)state;
    static const char *const kind[] = {"if", "lif"};
    static const frac_method *const method[] = {&frac_gl, &frac_l1, &frac_euler};
    for (int i = 0; i < 2 * 3 * FSNN_SURROGATES * 2 * 2 * RESETS; i++) {
        setup c = plain();
        c.kind = kind[i % 2];
        c.method = method[i / 2 % 3];
        c.options.surrogate =
            (fsnn_surrogate){.kind = (fsnn_surrogate_kind)(i / 6 % FSNN_SURROGATES), .scale = 1.7};
        c.options.detach_reset = i / 6 / FSNN_SURROGATES % 2;
        c.learn = i / 12 / FSNN_SURROGATES % 2;
        c.options.reset = reset[i / 24 / FSNN_SURROGATES];
        compare(&c);
    }
}

/* Lengths around those of blocks; whole and in chunks; full and truncated memory; a start away from
 * rest. */
static void lengths(void **state)
{
    (void)state;
    static const int64_t length[] = {1, 2, 3, 7, 11, 12, 13, 19, 24, 25, 61, 150};
    for (int i = 0; i < FSNN_COUNT(length) * 3 * 3 * RESETS; i++) {
        static const int64_t memory[] = {0, 2, 15}, cut[] = {1, 2, 5};
        setup c = plain();
        c.options.reset = reset[i % RESETS];
        int64_t at = i / RESETS, in = cut[at / FSNN_COUNT(length) / 3];
        c.K = length[at % FSNN_COUNT(length)];
        c.memory = memory[at / FSNN_COUNT(length) % 3];
        c.chunk = (c.K + in - 1) / in;
        c.options.v0 = 0.375;
        c.learn = true;
        compare(&c);
    }
}

/* Parameters of each channel in both layouts; fewer neurons than a tile has. */
static void shapes(void **state)
{
    (void)state;
    for (int i = 0; i < 8 * RESETS; i++) {
        setup c = plain();
        c.options.reset = reset[i / 8];
        c.channels = i & 1 ? CHANNELS : 1;
        c.last = i & 2;
        c.learn = i & 4;
        compare(&c);
        c.B = 7;
        c.N = 32 * CHANNELS;
        compare(&c);
    }
    setup c = plain();
    c.B = 1;
    c.N = 31;
    c.options.surrogate.scale = 2;
    compare(&c);
}

/* Written past the caches: the same numbers again, whatever the number of threads. */
static void large(void **state)
{
    (void)state;
    equation *e = compile("(-v^2 + I)/tau");
    for (int threads = 1; threads <= 3; threads++) {
        GOOD(fsnn_threads_set(threads));
        setup c = plain();
        c.B = 4;
        c.N = 33000 + 8 * threads;
        c.learn = threads == 2;
        c.learn_order = threads == 3;
        compare(&c);
        c.e = e;
        compare(&c);
        c.chunk = 9;
        c.K = 20;
        c.B = 8;
        compare(&c);
    }
    GOOD(fsnn_threads_set(0));
    equation_destroy(e);
}

/* Neurons whose derivative is run as equations. Bands that are full and not, calls in pieces. */
static void equations(void **state)
{
    (void)state;
    static const char *const dv[] = {
        "(-v + I)/tau",
        "(-v^2 + I)/tau",
        "I/tau",
        "(-v + a*exp(2*(min(v, 2) - 1)) + b*I)/tau",
        "b*tanh(I - v) - a*abs(v)^1.3/(tau + v^2)",
        "a",
    };
    static const int64_t size[] = {1, 7, 8, 9, 31, 32, 33, 76}; /* tiles */
    static const fsnn_reset reset[] = {FSNN_RESET_CURRENT, FSNN_RESET_NONE};
    for (int n = 0; n < FSNN_COUNT(dv); n++) {
        equation *e = compile(dv[n]);
        for (int i = 0; i < FSNN_COUNT(size) * 2 * 3; i++) {
            setup c = plain();
            c.e = e;
            c.B = 1;
            c.N = 32 * size[i % 8] + (i % 3) * 10;
            c.K = i % 2 ? 31 : 12;
            c.chunk = i % 5 ? c.K : 9;
            c.options.reset = reset[i / 8 % 2];
            c.options.v0 = i % 3 ? 0.25 : 0;
            c.options.surrogate =
                (fsnn_surrogate){.kind = (fsnn_surrogate_kind)(i % 3), .scale = 2};
            c.learn = i / 16 > 0 && n < 5;
            c.learn_order = i / 16 > 1;
            if (n == 5) /* spikes without any current, and no gradient but the usual ones */
                c.options.v0 = 1.1;
            compare(&c);
        }
        setup c = plain();
        c.e = e;
        c.channels = CHANNELS;
        c.N = 32 * CHANNELS * 5;
        c.learn = n != 5;
        compare(&c);
        c.last = true;
        c.options.reset = FSNN_RESET_NONE;
        compare(&c);
        equation_destroy(e);
    }
}

/* Learned orders: several terms, lengths around those of blocks, in pieces whose past is constant
 * but whose weights are not, full and truncated memory, steps whose gain depends on alpha. */
static void orders(void **state)
{
    (void)state;
    static const int64_t length[] = {5, 7, 12, 13, 25, 61, 150}, memory[] = {0, 2, 15};
    static const char *const kind[] = {"if", "lif"};
    static const frac_method *const method[] = {&frac_gl, &frac_l1};
    for (int i = 0; i < FSNN_COUNT(length) * 3 * 3; i++)
        for (int terms = 1; terms <= 3; terms += 2) {
            static const int64_t cut[] = {1, 2, 5};
            setup c = plain();
            c.kind = kind[i % 2];
            c.method = method[i / 2 % 2];
            c.K = length[i % FSNN_COUNT(length)];
            c.memory = memory[i / FSNN_COUNT(length) % 3];
            c.chunk = (c.K + cut[i / FSNN_COUNT(length) / 3] - 1) / cut[i / FSNN_COUNT(length) / 3];
            c.terms = terms;
            c.h = i % 3 ? 0.5 : 1;
            c.learn_order = true;
            c.learn = i % 2;
            c.options.reset = reset[(i + terms) % RESETS];
            compare(&c);
        }
}

/* Far lags by exponentials: lengths around those of spans, whole and in pieces, all resets; a
 * learned order; equations; a group of several tiles and the rest of one; written past the
 * caches. */
static void exponentials(void **state)
{
    (void)state;
    static const int64_t length[] = {1, 23, 24, 25, 47, 48, 49, 61, 73, 150}, cut[] = {1, 2, 5};
    static const frac_method *const method[] = {&frac_gl, &frac_l1};
    equation *e = compile("(-v^2 + I)/tau");
    for (int i = 0; i < FSNN_COUNT(length) * FSNN_COUNT(cut) * RESETS; i++) {
        setup c = plain();
        int64_t in = cut[i / FSNN_COUNT(length) % FSNN_COUNT(cut)];
        c.tolerance = i % 2 ? 1e-3 : 1e-6;
        c.method = method[i / 2 % 2];
        c.options.reset = reset[i / FSNN_COUNT(length) / FSNN_COUNT(cut)];
        c.K = length[i % FSNN_COUNT(length)];
        c.chunk = (c.K + in - 1) / in;
        c.learn = i % 3;
        c.channels = i % 4 ? 1 : CHANNELS;
        c.options.v0 = i % 5 ? 0 : 0.375;
        compare(&c);
        c.learn_order = c.K > 1;
        compare(&c);
        c.learn_order = false;
        c.e = e;
        if (c.options.reset != FSNN_RESET_SUBTRACT)
            compare(&c);
    }
    setup c = plain();
    c.tolerance = 1e-5;
    c.B = 4;
    c.N = 33008;
    c.K = c.chunk = 60;
    compare(&c);
    equation_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kinds),  cmocka_unit_test(lengths),
                                       cmocka_unit_test(shapes), cmocka_unit_test(equations),
                                       cmocka_unit_test(orders), cmocka_unit_test(exponentials),
                                       cmocka_unit_test(large)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The fused scan against the general one, bit for bit: spikes, potentials, rates, gradients;
 * chunks, layouts, learned parameters, arrays larger than the caches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "neuron/scan_fused.h"

enum { CHANNELS = 6 };

typedef struct setup {
    const char *kind;
    fsnn_neuron options;
    const frac_method *method;
    double alpha, h;
    int64_t memory, K, chunk, B, N, channels;
    bool last, learn;
} setup;

/* One scan and all it gives. */
typedef struct machine {
    scan s;
    float *spikes, *v, *gI; /* [K, B, N] */
    float tau[CHANNELS], theta[CHANNELS], gtau[CHANNELS], gtheta[CHANNELS];
    double rate;
} machine;

static float *numbers(int64_t n, uint64_t stream)
{
    float *x = fsnn_alloc((size_t)n * sizeof *x);
    fsnn_random_fill(x, n, 5, stream, 0);
    return x;
}

static void open_machine(machine *m, const setup *c, bool general)
{
    size_t bytes = (size_t)(c->K * c->B * c->N) * sizeof(float);
    memset(m, 0, sizeof *m);
    m->spikes = fsnn_alloc(bytes);
    m->v = fsnn_alloc(bytes);
    m->gI = fsnn_alloc(bytes);
    for (int i = 0; i < CHANNELS; i++) {
        m->tau[i] = 1.6f + 0.1f * (float)i;
        m->theta[i] = 1 - 0.05f * (float)i;
    }
    fsnn_order order = fsnn_order_of(c->alpha);
    m->s.model = neuron_model_find(c->kind);
    m->s.options = c->options;
    m->s.v0 = (float)c->options.v0;
    m->s.training = true;
    m->s.general = general;
    m->s.B = c->B;
    m->s.N = c->N;
    m->s.channels = c->channels;
    m->s.stride = c->last ? 1 : c->N / c->channels;
    m->s.par[PAR_TAU] = (scan_param){m->tau, c->channels};
    m->s.par[PAR_THRESHOLD] = (scan_param){m->theta, c->channels};
    frac_keep keep = {.steps = c->memory};
    frac_memory_init(&m->s.memory, c->method, false, &order, c->h, &keep);
    m->s.memory.leak = (frac_leak){m->tau[0], !strcmp(c->kind, "lif")};
    assert_int_equal(scan_plan(&m->s, c->chunk), FSNN_OK);
}

/* Chunk by chunk, each backward after its forward, as truncated backpropagation does. */
static void run(machine *m, const setup *c, const float *I, const float *g)
{
    int64_t total = c->B * c->N;
    for (int64_t k = 0; k < c->K; k += c->chunk) {
        int64_t n = c->K - k < c->chunk ? c->K - k : c->chunk, at = k * total;
        scan_grads grads = {.I = m->gI + at};
        if (c->learn) {
            grads.par[PAR_TAU] = m->gtau;
            grads.par[PAR_THRESHOLD] = m->gtheta;
        }
        assert_int_equal(scan_forward(&m->s, n, I + at, m->spikes + at), FSNN_OK);
        scan_potentials(&m->s, m->spikes + at, m->v + at);
        m->rate += scan_rate(&m->s);
        assert_int_equal(scan_backward(&m->s, I + at, m->spikes + at, g + at, &grads), FSNN_OK);
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
    int64_t count = c->K * c->B * c->N;
    size_t bytes = (size_t)count * sizeof(float);
    float *I = numbers(count, 1), *g = numbers(count, 2);
    for (int64_t i = 0; i < count; i++) {
        I[i] = 4 * I[i] - 1;
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
    assert_memory_equal(fused.gtau, general.gtau, sizeof fused.gtau);
    assert_memory_equal(fused.gtheta, general.gtheta, sizeof fused.gtheta);
    assert_true(c->learn == (fused.gtau[0] != 0));
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
    static const fsnn_reset reset[] = {FSNN_RESET_CURRENT, FSNN_RESET_NONE};
    static const frac_method *const method[] = {&frac_gl, &frac_l1, &frac_euler};
    for (int i = 0; i < 2 * 2 * 3 * FSNN_SURROGATES * 2 * 2; i++) {
        setup c = plain();
        c.kind = kind[i % 2];
        c.options.reset = reset[i / 2 % 2];
        c.method = method[i / 4 % 3];
        c.options.surrogate =
            (fsnn_surrogate){.kind = (fsnn_surrogate_kind)(i / 12 % FSNN_SURROGATES), .scale = 1.7};
        c.options.detach_reset = i / 12 / FSNN_SURROGATES % 2;
        c.learn = i / 24 / FSNN_SURROGATES % 2;
        compare(&c);
    }
}

/* Lengths around those of blocks; whole and in chunks; full and truncated memory; a start away from
 * rest. */
static void lengths(void **state)
{
    (void)state;
    static const int64_t length[] = {1, 2, 3, 7, 11, 12, 13, 19, 24, 25, 61, 150};
    for (int i = 0; i < FSNN_COUNT(length) * 3 * 3; i++) {
        static const int64_t memory[] = {0, 2, 15}, cut[] = {1, 2, 5};
        setup c = plain();
        c.K = length[i % FSNN_COUNT(length)];
        c.memory = memory[i / FSNN_COUNT(length) % 3];
        c.chunk = (c.K + cut[i / FSNN_COUNT(length) / 3] - 1) / cut[i / FSNN_COUNT(length) / 3];
        c.options.v0 = 0.375;
        c.learn = true;
        compare(&c);
    }
}

/* Parameters of each channel in both layouts; fewer neurons than a tile has. */
static void shapes(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        setup c = plain();
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
    for (int threads = 1; threads <= 3; threads++) {
        assert_int_equal(fsnn_threads_set(threads), FSNN_OK);
        setup c = plain();
        c.B = 4;
        c.N = 33000 + 8 * threads;
        c.learn = threads == 2;
        compare(&c);
        c.chunk = 9;
        c.K = 20;
        c.B = 8;
        compare(&c);
    }
    assert_int_equal(fsnn_threads_set(0), FSNN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kinds), cmocka_unit_test(lengths),
                                       cmocka_unit_test(shapes), cmocka_unit_test(large)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

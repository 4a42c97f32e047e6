/* Spikes that are kept as bits between forward and backward: less memory, the same numbers to the
 * bit. */

#include "nets.h"
#include "net/net.h"
#include "tensor/bits.h"

enum { T = 7, B = 3 };

typedef struct design {
    const char *name, *text;
    int packs; /* values that are kept so, at least */
    int64_t checkpoint;
} design;

#define PICTURE "input: [2, 12, 12]\n"
#define CONV(out) "  - conv2d: {out: " #out ", kernel: 3, padding: 1}\n"
#define LIF "  - lif: {threshold: 0.3}\n"
#define END "  - flatten: {}\n  - linear: {out: 5}\n"
#define GL "dynamics: {alpha: 0.6}\n"

static const design designs[] = {
    {"layers",
     "input: [40]\nlayers:\n  - linear: {out: 70}\n" LIF "  - linear: {out: 70}\n" LIF
     "  - linear: {out: 70}\n" LIF "  - linear: {out: 70}\n" LIF "  - linear: {out: 5}\n" GL,
     2, 0},
    {"pictures",
     PICTURE "layers:\n" CONV(8) LIF "  - maxpool: {kernel: 2}\n" CONV(16) LIF CONV(16) LIF
     "  - avgpool: {kernel: 2}\n" CONV(16) LIF END GL,
     2, 0},
    {"other resets",
     "input: [40]\nlayers:\n  - linear: {out: 70}\n  - lif: {threshold: 0.3, reset: jump}\n"
     "  - linear: {out: 70}\n  - if: {threshold: 0.5, reset: value}\n  - linear: {out: 70}\n" LIF
     "  - linear: {out: 5}\n" GL,
     1, 0},
    {"segments",
     "input: [40]\nlayers:\n  - linear: {out: 70}\n" LIF "  - linear: {out: 70}\n" LIF
     "  - linear: {out: 70}\n" LIF "  - linear: {out: 5}\n" GL,
     1, 3},
    {"several readers",
     "input: [40]\nlayers:\n  - linear: {out: 64}\n  - lif: {threshold: 0.3, name: a}\n  - linear: "
     "{out: 64}\n"
     "  - lif: {threshold: 0.3, name: b}\n  - multiply: {from: [a, b], name: c}\n  - linear: {out: "
     "64}\n" LIF "  - linear: {out: 64}\n" LIF "  - linear: {out: 5}\n" GL,
     1, 0},
    /* its values are not zeros and ones, or never rest */
    {"potentials",
     "input: [40]\nlayers:\n  - linear: {out: 64}\n  - readout: {}\n  - linear: {out: 64}\n"
     "  - readout: {}\n  - linear: {out: 64}\n  - readout: {}\n  - linear: {out: 5}\n" GL,
     0, 0},
    {"a loop",
     "input: [40]\nlayers:\n  - delay: {of: a, name: back}\n"
     "  - linear: {from: input, out: 33, name: first}\n  - add: {from: [first, back]}\n"
     "  - lif: {threshold: 0.3, name: a}\n  - linear: {out: 5}\n" GL,
     0, 0},
};

static fsnn_net *build(const design *d, bool packs)
{
    fsnn_description *description;
    fsnn_net *net = net_described(d->text, &description);
    net->packs_from = packs ? 0 : INT64_MAX;
    fsnn_plan plan = {.steps = T,
                      .batch = B,
                      .training = true,
                      .input_gradient = true,
                      .checkpoint = d->checkpoint,
                      .seed = 3};
    GOOD(fsnn_net_wrap(net, fsnn_description_dynamics(description), &plan));
    fsnn_description_destroy(description);
    return net;
}

static float number(int64_t i)
{
    return (float)(i * 7919 % 1000) / 400 - 0.5f;
}

/* Two trainings steps of both nets, side by side. */
static void compare(fsnn_net *a, fsnn_net *b, const char *name)
{
    fsnn_shape in, out;
    GOOD(fsnn_net_shapes(a, &in, &out));
    int64_t inputs = T * B * fsnn_shape_count(&in), outputs = T * B * fsnn_shape_count(&out);
    float *x = malloc((size_t)inputs * sizeof *x), *g = malloc((size_t)outputs * sizeof *g);
    for (int step = 0; step < 2; step++) {
        const float *y[2], *gx[2];
        fsnn_net *net[2] = {a, b};
        for (int64_t i = 0; i < inputs; i++)
            x[i] = number(i + step);
        for (int64_t i = 0; i < outputs; i++)
            g[i] = number(i + 5);
        for (int i = 0; i < 2; i++)
            GOOD(fsnn_net_forward(net[i], x, &y[i]));
        assert_memory_equal(y[0], y[1], (size_t)outputs * sizeof *g);
        for (int i = 0; i < 2; i++)
            GOOD(fsnn_net_backward(net[i], g, &gx[i]));
        if (memcmp(gx[0], gx[1], (size_t)inputs * sizeof *x))
            fail_msg("%s: gradients of the input differ", name);
        for (int p = 0; p < fsnn_net_param_count(a); p++) {
            const fsnn_param *pa = fsnn_net_param(a, p), *pb = fsnn_net_param(b, p);
            if (memcmp(pa->grad, pb->grad, (size_t)fsnn_shape_count(&pa->shape) * sizeof *pa->grad))
                fail_msg("%s: gradients of %s differ", name, pa->name);
        }
    }
    free(x);
    free(g);
}

static void same_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof designs / sizeof *designs; i++) {
        const design *d = &designs[i];
        fsnn_net *plain = build(d, false), *packed = build(d, true);
        if (plain->packs || packed->packs < d->packs || (!d->packs && packed->packs))
            fail_msg("%s: %d and %d values are kept as bits", d->name, plain->packs, packed->packs);
        if (d->packs)
            assert_true(packed->arena_need < plain->arena_need);
        compare(plain, packed, d->name);
        fsnn_net_destroy(plain);
        fsnn_net_destroy(packed);
    }
}

/* Spikes that are counted have a place of their own, and may wait as bits there; those that are not
 * go straight into the pool. */
static void planned_anew(void **state)
{
    (void)state;
    const design d = {"counted, and not",
                      PICTURE "layers:\n" CONV(16) LIF "  - maxpool: {kernel: 2}\n" CONV(16)
                          LIF CONV(16) LIF END GL,
                      2, 0};
    fsnn_net *plain = build(&d, false), *packed = build(&d, true);
    int packs = packed->packs;
    for (int on = 1; on >= 0; on--) {
        GOOD(fsnn_net_count_spikes(plain, on));
        GOOD(fsnn_net_count_spikes(packed, on));
        assert_int_equal(packed->packs, packs + on);
        compare(plain, packed, d.name);
    }
    fsnn_net_destroy(plain);
    fsnn_net_destroy(packed);
}

/* Every number comes back, at every length. */
static void there_and_back(void **state)
{
    (void)state;
    enum { MOST = 3 * BITS_BLOCK + 7 };
    static float x[MOST + 1], y[MOST + 1];
    static uint32_t bits[4 * BITS_LANES];
    static const int64_t counts[] = {
        1, 31, BITS_BLOCK - 1, BITS_BLOCK, BITS_BLOCK + 1, 2 * BITS_BLOCK, MOST};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        CASE("counts[%zu]", c);
        for (int64_t i = 0; i < MOST; i++)
            x[i] = number(i * (int64_t)(c + 3)) > 0.4f ? 1 : 0;
        y[counts[c]] = 7;
        assert_true(bits_words(counts[c]) <= 4 * BITS_LANES);
        bits_pack(x, counts[c], bits);
        bits_unpack(bits, counts[c], y);
        assert_memory_equal(x, y, (size_t)counts[c] * sizeof *x);
        assert_true(y[counts[c]] == 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(same_bits),
        cmocka_unit_test(planned_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Fingerprints of what stands below the library: of the C library's functions, of the processor's
 * of long double, and of networks of dense kernels without neurons. Where they differ, hashes that
 * build on them cannot be compared. */
#include "bits.h"

#include <math.h>

static void mathematics(void)
{
    hash h = hash_new();
    for (int i = 1; i < 4000; i++) {
        volatile double x = i * 0.015625;
        volatile float f = (float)i * 0.015625F;
        hash_double(&h, exp(x / 2));
        hash_double(&h, exp(-x));
        hash_double(&h, log(x));
        hash_double(&h, pow(x, 0.37));
        hash_double(&h, sin(x) + cos(x));
        hash_double(&h, tanh(x - 30) + lgamma(x) + tgamma(x / 2) + expm1(-x) + log1p(x));
        hash_floats(
            &h, (float[]){expf(-f), logf(f), powf(f, 0.37F), tanhf(f - 30), sinf(f), cosf(f)}, 6);
    }
    line_begin("print/libm");
    line_part("values", &h);
    line_end();
}

/* Functions of long double are instructions of the processor, and makers of processors round their
 * last bit in their own ways. */
static void hash_long(hash *h, long double x)
{
    enum { BYTES = 10 }; /* what follows is padding */
    hash_add(h, &x, BYTES);
}

static void long_mathematics(void)
{
    hash h = hash_new();
    for (int i = 1; i < 2000; i++) {
        volatile long double x = i * 0.0078125L;
        hash_long(&h, expl(-x));
        hash_long(&h, logl(x));
        hash_long(&h, powl(x, 0.37L));
        hash_long(&h, tgammal(x));
        hash_long(&h, lgammal(x));
        hash_long(&h, sinl(x));
        hash_long(&h, cosl(x));
        hash_long(&h, expm1l(-x));
        hash_long(&h, log1pl(x));
    }
    line_begin("print/long");
    line_part("values", &h);
    line_end();
}

static int build(fsnn_net *net, const setup *s)
{
    fsnn_conv2d o;
    fsnn_kind_defaults("conv2d", &o);
    o.out = 16;
    o.kernel[0] = o.kernel[1] = 3;
    o.padding[0] = o.padding[1] = 1;
    o.bias = true;
    int x = fsnn_net_conv2d(net, "conv1", fsnn_net_input(net, s->input), &o);
    x = fsnn_net_maxpool(net, "pool", fsnn_net_batchnorm(net, "norm", x), 2);
    o.out = 8;
    x = fsnn_net_avgpool(net, "mean", fsnn_net_conv2d(net, "conv2", x, &o), 2);
    x = fsnn_net_linear(net, "fc1", fsnn_net_flatten(net, "flat", x), 35, true);
    x = fsnn_net_linear(net, "fc2", x, 32, false);
    return fsnn_net_linear(net, "fc3", fsnn_net_layernorm(net, "layer", x, 1), 10, true);
}

static void dense(void)
{
    static const int64_t batches[] = {1, 3, 16};
    static const char *const names[] = {"print/dense/1", "print/dense/3", "print/dense/16"};
    for (int i = 0; i < COUNT(batches); i++) {
        setup s = setup_default();
        s.build = build;
        s.orders = 1;
        s.input = FSNN_SHAPE(2, 8, 32);
        s.plan.batch = batches[i];
        s.plan.steps = 6;
        setup_run(names[i], &s);
    }
}

void group_prints(void)
{
    mathematics();
    long_mathematics();
    dense();
}

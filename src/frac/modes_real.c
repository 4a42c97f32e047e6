/* Modes for the methods of networks: nodes once, weights whenever an order moves, rounded to single
 * precision last. */
#include "frac/modes.h"

#include "base/isa.h"
#include "frac/memory.h"

#include <math.h>

extern const frac_modes_kernels frac_modes_kernels_base;
#ifdef FSNN_HAVE_AVX2
extern const frac_modes_kernels frac_modes_kernels_avx2;
#endif
#ifdef FSNN_HAVE_AVX512
extern const frac_modes_kernels frac_modes_kernels_avx512;
#endif

const frac_modes_kernels *frac_modes_kernels_get(void)
{
    static const frac_modes_kernels *const level[] = FSNN_BY_ISA(&frac_modes_kernels);
    return level[fsnn_isa_level()];
}

static int sums(const frac_method *method)
{
    return method->pkernel ? 2 : 1;
}

/* Orders that the nodes must serve: those given and, as they may be learned, a range of others. */
static const double range[] = {0.01, 0.03, 0.1, 0.2,  0.3,  0.4,  0.5,   0.6,
                               0.7,  0.8,  0.9, 0.95, 0.98, 0.99, 0.999, 1};

static int targets(const frac_method *method, const fsnn_order *order, const frac_leak *leak,
                   double h, frac_target *target)
{
    int count = 0;
    for (int s = 0; s < sums(method); s++) {
        target[count++] = frac_method_target(method, s, order, leak, h);
        for (int i = 0; !method->lmix && i < FSNN_COUNT(range); i++) {
            fsnn_order one = fsnn_order_of(range[i]);
            target[count++] = frac_method_target(method, s, &one, leak, h);
        }
    }
    return count;
}

/* acc = column of `out`: weight_k e^(-s_k (SPAN + 1 + i)) */
static void spread(const frac_modes *m, const double *weight, real *out)
{
    for (int k = 0; k < m->padded; k++)
        for (int64_t i = 0; i < m->stride; i++)
            out[k * m->stride + i] =
                k < m->fit.modes && i < FRAC_SPAN
                    ? (real)(weight[k] * exp(-m->fit.s[k] * (double)(FRAC_SPAN + 1 + i)))
                    : 0;
}

static fsnn_status settle(frac_modes *m, int outs)
{
    size_t padded = (size_t)m->padded;
    m->decay = fsnn_alloc((padded + 1) * sizeof(real));
    m->in = fsnn_alloc((padded * FRAC_SPAN + 1) * sizeof(real));
    if (!m->decay || !m->in)
        return FSNN_EMEMORY;
    for (int s = 0; s < outs; s++) {
        m->out[s] = fsnn_alloc((padded * (size_t)m->stride + 1) * sizeof(real));
        if (!m->out[s])
            return FSNN_EMEMORY;
    }
    for (int k = 0; k < m->padded; k++) {
        bool there = k < m->fit.modes;
        m->decay[k] = there ? (real)expm1(-m->fit.s[k] * FRAC_SPAN) : 0;
        for (int j = 0; j < FRAC_SPAN; j++)
            m->in[j * m->padded + k] = there ? (real)exp(-m->fit.s[k] * (FRAC_SPAN - 1 - j)) : 0;
    }
    return FSNN_OK;
}

fsnn_status frac_modes_make(frac_modes *m, const frac_method *method, const fsnn_order *order,
                            const frac_leak *leak, double h, double tolerance, int64_t horizon,
                            bool few)
{
    frac_target target[2 * (FSNN_COUNT(range) + 1)];
    frac_modes found = {.fit = {.tolerance = tolerance, .window = FRAC_SPAN + 1, .steps = horizon}};
    const int count = targets(method, order, leak, h, target);
    FSNN_TRY(few && sums(method) == 1 ? frac_fit_known(&found.fit, target)
                                      : frac_fit_make(&found.fit, target, count));
    /* at least one block, of zeros: a state is never nothing */
    found.padded = (found.fit.modes + FRAC_BLOCK - 1) / FRAC_BLOCK * FRAC_BLOCK;
    found.padded = found.padded ? found.padded : FRAC_BLOCK;
    found.stride = FRAC_SPAN + FRAC_BLOCK;
    fsnn_status status = settle(&found, sums(method));
    if (!status)
        status = frac_modes_weigh(&found, method, order, leak, h);
    if (status) {
        frac_modes_free(&found);
        return status;
    }
    frac_modes_free(m);
    *m = found;
    return FSNN_OK;
}

fsnn_status frac_modes_weigh(frac_modes *m, const frac_method *method, const fsnn_order *order,
                             const frac_leak *leak, double h)
{
    double weight[FRAC_MODES];
    for (int s = 0; s < sums(method); s++) {
        frac_target t = frac_method_target(method, s, order, leak, h);
        FSNN_TRY(frac_fit_weigh(&m->fit, t.kernel, &t.mix, weight));
        spread(m, weight, m->out[s]);
    }
    return FSNN_OK;
}

fsnn_status frac_modes_error(const frac_modes *m, const frac_method *method,
                             const fsnn_order *order, const frac_leak *leak, double h, int s,
                             double *error, double *sum)
{
    double weight[FRAC_MODES];
    *error = *sum = 0;
    if (!m->fit.modes)
        return FSNN_OK;
    frac_target t = frac_method_target(method, s, order, leak, h);
    FSNN_TRY(frac_fit_weigh(&m->fit, t.kernel, &t.mix, weight));
    frac_fit_measure(&m->fit, t.kernel, &t.mix, weight, error, sum);
    return isnan(*error) ? FSNN_EMEMORY : FSNN_OK;
}

/* weight with parameter p moved */
static fsnn_status moved(const frac_modes *m, const frac_method *method, const fsnn_order *order,
                         double h, int s, int p, double by, double *weight)
{
    fsnn_order o = *order;
    *(p < o.terms ? &o.alpha[p] : &o.coefficient[p - o.terms]) += by;
    frac_target t = frac_method_target(method, s, &o, NULL, h);
    return frac_fit_weigh(&m->fit, t.kernel, &t.mix, weight);
}

/* Five-point differences of fourth order: central, or looking back where alpha is at its end. */
static const struct difference {
    double at[5], factor[5];
} central = {{-2, -1, 0, 1, 2}, {1 / 12.0, -8 / 12.0, 0, 8 / 12.0, -1 / 12.0}},
  backward = {{-4, -3, -2, -1, 0}, {3 / 12.0, -16 / 12.0, 36 / 12.0, -48 / 12.0, 25 / 12.0}};

fsnn_status frac_modes_derive(const frac_modes *m, const frac_method *method,
                              const fsnn_order *order, double h, int s, int p, real *dout)
{
    double weight[FRAC_MODES], sum[FRAC_MODES] = {0};
    if (method->lmix)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "with method %s the nodes of the exponentials depend on tau and alpha: "
                         "these cannot be learned",
                         method->name);
    if (m->fit.few)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "exponentials of the engine few are those of one order, "
                         "which cannot be learned");
    double at = p < order->terms ? order->alpha[p] : order->coefficient[p - order->terms];
    double e = 1e-3 * fmin(1, at);
    const struct difference *d = p < order->terms && at + 2 * e > 1 ? &backward : &central;
    for (int i = 0; i < 5; i++) {
        FSNN_TRY(moved(m, method, order, h, s, p, d->at[i] * e, weight));
        for (int k = 0; k < m->fit.modes; k++)
            sum[k] += d->factor[i] / e * weight[k];
    }
    spread(m, sum, dout);
    return FSNN_OK;
}

void frac_modes_free(frac_modes *m)
{
    fsnn_free(m->decay);
    fsnn_free(m->in);
    fsnn_free(m->out[0]);
    fsnn_free(m->out[1]);
    *m = (frac_modes){0};
}

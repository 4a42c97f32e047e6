/* One chunk of parameters: the sum of squares of its gradient, and its step. */
#include "train/optimizer.h"

#include "base/isa.h"
#include "train/optimizer_kernel.h"

#include <math.h>

#define ALPHA_LEAST REAL(0.01) /* alpha is kept in [ALPHA_LEAST, 1] */

extern const optimizer_kernels optimizer_kernels_base;
#ifdef FSNN_HAVE_AVX2
extern const optimizer_kernels optimizer_kernels_avx2;
#endif
#ifdef FSNN_HAVE_AVX512
extern const optimizer_kernels optimizer_kernels_avx512;
#endif

const optimizer_kernels *optimizer_kernels_get(void)
{
    static const optimizer_kernels *const level[] = FSNN_BY_ISA(&optimizer_kernels);
    return level[fsnn_isa_level()];
}

typedef void kernel(const optimizer_step *s, const optimizer_range *r);

static kernel *kernel_of(const optimizer_walk *w)
{
    const optimizer_kernels *k = optimizer_kernels_get();
    return w->o->options.kind == FSNN_SGD ? k->sgd : k->adam;
}

/* Where a parameter's numbers are. */
static real *values(const fsnn_param *p)
{
#ifdef FSNN_DOUBLE
    return p->value64;
#else
    return p->value;
#endif
}

static real *gradients(const fsnn_param *p)
{
#ifdef FSNN_DOUBLE
    return p->grad64;
#else
    return p->grad;
#endif
}

double optimizer_square(const fsnn_optimizer *o, const optimizer_chunk *c)
{
    return optimizer_kernels_get()->square(gradients(fsnn_net_param(o->net, c->param)) + c->begin,
                                           c->count);
}

/* ---- the step ---- */

static optimizer_step prepare(const optimizer_walk *w, const fsnn_param *p, double rate)
{
    const fsnn_optimizer_options *o = &w->o->options;
    double lr = w->lr * (p->neuron ? o->neuron_lr : 1) * rate, t = (double)w->o->steps;
    double decay = p->decay ? o->weight_decay : 0;
    bool decoupled = o->kind == FSNN_ADAMW, moments = o->kind != FSNN_SGD;
    return (optimizer_step){
        .scale = (real)w->scale,
        .rate = (real)(moments ? lr / (1 - pow(o->beta1, t)) : lr),
        .shrink = (real)(decoupled ? 1 - lr * decay : 1),
        .decay = (real)(decoupled ? 0 : decay),
        .momentum = (real)o->momentum,
        .beta1 = (real)o->beta1,
        .beta2 = (real)o->beta2,
        .rest1 = (real)(1 - o->beta1),
        .rest2 = (real)(1 - o->beta2),
        .root = (real)(moments ? 1 / sqrt(1 - pow(o->beta2, t)) : 1),
        .eps = (real)o->eps,
        .nesterov = o->nesterov,
        .zero = w->zero,
    };
}

/* Positive parameters: a step of p = log value, whose gradient is value times the value's. From p =
 * 0 on, so that nothing is lost to rounding: value <- value exp(p). */
static void step_positive(const optimizer_walk *w, const optimizer_step *s,
                          const optimizer_range *r)
{
    for (int64_t i = 0; i < r->count; i++) {
        real p = 0, g = r->grad[i] * r->value[i];
        kernel_of(w)(s, &(optimizer_range){&p, &g, r->first ? r->first + i : NULL,
                                           r->second ? r->second + i : NULL, 1});
        double value = (double)r->value[i] * exp((double)p);
        r->value[i] = (real)fmin(fmax(value, 1e-30), 1e30);
        if (w->zero)
            r->grad[i] = 0;
    }
}

static void step_any(const optimizer_walk *w, const optimizer_step *s, const optimizer_range *r)
{
    kernel_of(w)(s, r);
}

static void step_unit(const optimizer_walk *w, const optimizer_step *s, const optimizer_range *r)
{
    step_any(w, s, r);
    for (int64_t i = 0; i < r->count; i++)
        r->value[i] = real_min(real_max(r->value[i], ALPHA_LEAST), 1);
}

void optimizer_step_chunk(const optimizer_walk *w, const optimizer_chunk *c)
{
    static void (*const step[])(const optimizer_walk *, const optimizer_step *,
                                const optimizer_range *) = {
        [FSNN_ANY] = step_any, [FSNN_POSITIVE] = step_positive, [FSNN_UNIT] = step_unit};
    const fsnn_param *p = fsnn_net_param(w->o->net, c->param);
    real *first = w->o->slot[0], *second = w->o->slot[1];
    optimizer_step s = prepare(w, p, c->rate);
    optimizer_range r = {.value = values(p) + c->begin,
                         .grad = gradients(p) + c->begin,
                         .first = first ? first + c->slot : NULL,
                         .second = second ? second + c->slot : NULL,
                         .count = c->count};
    step[p->range](w, &s, &r);
}

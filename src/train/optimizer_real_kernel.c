/* One walk over gradient, moments and values. Bound by memory: Adam moves 28 bytes a value (32 with
 * zero), SGD with momentum 20.
 *
 *   sgd    b <- momentum b + g
 *          value <- value - rate b                                  (nesterov: g + momentum b)
 *   adam   m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2
 *          value <- shrink value - rate m / (root sqrt(v) + eps)
 *
 * with g the clipped gradient plus decay times the value. */
#include "train/optimizer_kernel.h"

#include "base/isa_kernel.h"

#include <math.h>
#include <string.h>

/* Lanes of the sum: fixed, so that its order is part of the program and not of the compiler. */
enum { LANES = 16 };

static double square(const real *x, int64_t n)
{
    double sum[LANES] = {0}, total = 0;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int lane = 0; lane < LANES; lane++)
            sum[lane] += (double)x[i + lane] * (double)x[i + lane];
    for (; i < n; i++)
        sum[i % LANES] += (double)x[i] * (double)x[i];
    for (int lane = 0; lane < LANES; lane++)
        total += sum[lane];
    return total;
}

static void clear(const optimizer_step *s, const optimizer_range *r, int64_t begin, int64_t end)
{
    if (s->zero)
        memset(r->grad + begin, 0, (size_t)(end - begin) * sizeof(real));
}

static void plain_sgd(const optimizer_step *s, const optimizer_range *r)
{
    real *restrict value = r->value;
    const real *restrict grad = r->grad;
    const real scale = s->scale, rate = s->rate, decay = s->decay;
    for (int64_t i = 0; i < r->count; i++)
        value[i] -= rate * (scale * grad[i] + decay * value[i]);
}

static void momentum_sgd(const optimizer_step *s, const optimizer_range *r)
{
    real *restrict value = r->value, *restrict b = r->first;
    const real *restrict grad = r->grad;
    const real scale = s->scale, rate = s->rate, decay = s->decay, momentum = s->momentum;
    const real own = s->nesterov ? 1 : 0, past = s->nesterov ? momentum : 1;
    for (int64_t i = 0; i < r->count; i++) {
        real g = scale * grad[i] + decay * value[i];
        b[i] = momentum * b[i] + g;
        value[i] -= rate * (own * g + past * b[i]);
    }
}

static void sgd(const optimizer_step *s, const optimizer_range *r)
{
    (r->first ? momentum_sgd : plain_sgd)(s, r);
    clear(s, r, 0, r->count);
}

static void adam_block(const optimizer_step *s, const optimizer_range *r, int64_t begin,
                       int64_t end)
{
    real *restrict value = r->value, *restrict m = r->first, *restrict v = r->second;
    const real *restrict grad = r->grad;
    const real scale = s->scale, rate = s->rate, shrink = s->shrink, decay = s->decay,
               beta1 = s->beta1, beta2 = s->beta2, rest1 = s->rest1, rest2 = s->rest2,
               root = s->root, eps = s->eps;
    for (int64_t i = begin; i < end; i++) {
        real g = scale * grad[i] + decay * value[i];
        m[i] = beta1 * m[i] + rest1 * g;
        v[i] = beta2 * v[i] + rest2 * g * g;
        value[i] = shrink * value[i] - rate * m[i] / (root * real_sqrt(v[i]) + eps);
    }
}

/* The gradient is cleared while it is still in the nearest cache. */
static void adam(const optimizer_step *s, const optimizer_range *r)
{
    enum { BLOCK = 1024 };
    for (int64_t begin = 0; begin < r->count; begin += BLOCK) {
        int64_t end = begin + BLOCK < r->count ? begin + BLOCK : r->count;
        adam_block(s, r, begin, end);
        clear(s, r, begin, end);
    }
}

const optimizer_kernels FSNN_K(optimizer_kernels) = {square, sgd, adam};

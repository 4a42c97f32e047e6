/* data/mix.c: mixup (Zhang et al. 2018): x = l a + (1 - l) b, l from Beta(mixup, mixup); CutMix
 * (Yun et al. 2019): a rectangle of b of the share 1 - l, l from Beta(cutmix, cutmix), about a
 * pixel drawn evenly, cut off at the edges, in a. The target has the shares of both classes.
 * Where both are asked for each has half of the samples. */
#include "data/mix.h"

#include "data/store.h"

#include <math.h>

bool mix_any(const fsnn_augment *augment)
{
    return augment->mixup > 0 || augment->cutmix > 0;
}

/* Numbers of a sample's stream, one after the other. */
typedef struct drawing {
    uint64_t seed, stream, next;
} drawing;

static double uniform(drawing *d)
{
    return ((double)fsnn_random_uniform(d->seed, d->stream, d->next++) + 0x1p-25) / (1 + 0x1p-24);
}

static double normal(drawing *d)
{
    double u = uniform(d), v = uniform(d);
    return sqrt(-2 * log(u)) * cos(2 * acos(-1) * v);
}

/* Marsaglia and Tsang 2000; below 1 by Gamma(a + 1) U^(1/a), as a logarithm, since it may be too
 * small. */
static double log_gamma_number(drawing *d, double a)
{
    double more = a < 1 ? log(uniform(d)) / a : 0, k = (a < 1 ? a + 1 : a) - 1.0 / 3,
           c = 1 / sqrt(9 * k);
    for (;;) {
        double x = normal(d), v = 1 + c * x, u = uniform(d);
        v = v * v * v;
        if (v > 0 && log(u) < x * x / 2 + k * (1 - v + log(v)))
            return log(k * v) + more;
    }
}

static double beta_number(drawing *d, double a)
{
    double x = log_gamma_number(d, a), y = log_gamma_number(d, a);
    return 1 / (1 + exp(y - x));
}

static int64_t clamp(double x, int64_t most)
{
    return x < 0 ? 0 : x > (double)most ? most : (int64_t)x;
}

static void draw_rectangle(drawing *d, mix *m, int64_t W, int64_t H)
{
    double side = sqrt(1 - m->share), w = floor(side * (double)W), h = floor(side * (double)H);
    double x = floor(uniform(d) * (double)W), y = floor(uniform(d) * (double)H);
    m->cut = true;
    m->x0 = clamp(x - floor(w / 2), W);
    m->x1 = clamp(x - floor(w / 2) + w, W);
    m->y0 = clamp(y - floor(h / 2), H);
    m->y1 = clamp(y - floor(h / 2) + h, H);
    m->share = 1 - (double)((m->x1 - m->x0) * (m->y1 - m->y0)) / (double)(W * H);
}

mix mix_draw(const fsnn_augment *a, int64_t count, int64_t W, int64_t H, uint64_t seed,
             int64_t epoch, int64_t index)
{
    mix m = {.on = mix_any(a)};
    if (!m.on)
        return m;
    drawing d = {seed, STORE_STREAM_MIX + ((uint64_t)epoch << 32) + (uint64_t)index, 0};
    m.partner = clamp(floor(uniform(&d) * (double)count), count - 1);
    bool cut = a->cutmix > 0 && (a->mixup == 0 || uniform(&d) < 0.5);
    m.share = beta_number(&d, cut ? a->cutmix : a->mixup);
    if (cut)
        draw_rectangle(&d, &m, W, H);
    return m;
}

void mix_apply(const mix *m, int64_t size, int64_t W, int64_t H, const float *partner, float *x)
{
    if (!m->cut) {
        const float own = (float)m->share, other = (float)(1 - m->share);
        for (int64_t i = 0; i < size; i++)
            x[i] = own * x[i] + other * partner[i];
        return;
    }
    for (int64_t plane = 0; plane < size; plane += W * H)
        for (int64_t y = m->y0; y < m->y1; y++)
            for (int64_t i = m->x0; i < m->x1; i++)
                x[plane + y * W + i] = partner[plane + y * W + i];
}

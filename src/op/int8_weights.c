/* op/int8_weights.c: weights as whole numbers of 8 bits with a scale for each output channel. */
#include "op/int8.h"

#include <string.h>

/* Candidates for a scale: those that hold 32, 31 ... 25 32nds of the largest weight. */
enum { CANDIDATES = 8, PARTS = 32 };

/* The largest magnitude; NaN where a number is not finite. */
static real largest(const real *w, int64_t n)
{
    real most = 0, none = 0;
    for (int64_t i = 0; i < n; i++) {
        most = real_abs(w[i]) > most ? real_abs(w[i]) : most;
        none += w[i] * 0; /* NaN of infinity and of NaN */
    }
    return most + none;
}

/* w / scale to the nearest whole number, halves to even, and clamped. */
static real whole(real w, real inverse)
{
    const real shift = REAL(1.5) / REAL_EPSILON; /* whose neighbours are whole numbers */
    real q = w * inverse;
    q = q < INT8_MOST ? q : INT8_MOST;
    q = q > -INT8_MOST ? q : -INT8_MOST;
    return (q + shift) - shift;
}

static double squared_error(const real *w, int64_t n, real scale)
{
    real inverse = 1 / scale;
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        double d = (double)(w[i] - whole(w[i], inverse) * scale);
        sum += d * d;
    }
    return sum;
}

real int8_calibrate(const real *w, int64_t n)
{
    real most = largest(w, n), best = most / INT8_MOST;
    if (!(most / INT8_MOST * REAL(0.5) >= REAL_MIN)) /* none, not finite, or too small for parts */
        return most > 0 && 1 / best < REAL_MAX ? best : most * 0;
    double least = squared_error(w, n, best);
    for (int c = 1; c < CANDIDATES; c++) {
        real scale = most * (real)(PARTS - c) / (PARTS * INT8_MOST);
        double error = squared_error(w, n, scale);
        if (error < least) {
            least = error;
            best = scale;
        }
    }
    return best;
}

/* Where weight (c, y, x) of a column stands in its slice. */
static int64_t place_of(const int8_product *p, int64_t c, int64_t y, int64_t x)
{
    const dense_conv_shape *s = &p->shape;
    bool joined = p->segments == s->kernel[0];
    int64_t segment = joined ? y : y * s->kernel[1] + x;
    int64_t at = segment * p->length + (joined ? x * s->C : 0) + c;
    return at / 4 * 4 * p->width + at % 4;
}

/* Channel o: from W [C, kernel]. */
static void make_channel(const int8_product *p, int64_t o, const real *w)
{
    const dense_conv_shape *s = &p->shape;
    int64_t channels = s->C / s->groups, places = s->kernel[0] * s->kernel[1];
    real scale = int8_calibrate(w, channels * places), inverse = scale > 0 ? 1 / scale : 0;
    real *rounded = p->rounded + o * channels * places;
    int8_t *to =
        p->exact ? p->weights + o / p->width * p->segments * p->length * p->width + o % p->width * 4
                 : NULL;
    p->scale[o] = scale;
    for (int64_t c = 0; c < channels; c++)
        for (int64_t k = 0; k < places; k++) {
            int64_t i = c * places + k;
            real q = scale == scale ? whole(w[i], inverse) : 0;
            rounded[i] = q * scale;
            if (to)
                to[place_of(p, c, k / s->kernel[1], k % s->kernel[1])] = (int8_t)q;
        }
}

typedef struct making {
    const int8_product *product;
    const real *weight;
} making;

static void make_channels(int64_t begin, int64_t end, void *user)
{
    const making *m = user;
    const dense_conv_shape *s = &m->product->shape;
    int64_t n = s->C / s->groups * s->kernel[0] * s->kernel[1];
    for (int64_t o = begin; o < end; o++)
        make_channel(m->product, o, m->weight + o * n);
}

void int8_make(int8_product *p, const real *weight)
{
    if (p->from == weight)
        return;
    fsnn_parallel_range(p->shape.out, 16, make_channels, &(making){p, weight});
    p->from = weight;
}

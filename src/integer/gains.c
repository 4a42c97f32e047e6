/* integer/gains.c: weights become small integers with a scale for each output channel, and what a
 * channel's sum is multiplied with becomes a whole number and a shift. */
#include "base/quantise.h"
#include "integer/integer.h"

#include <math.h>
#include <stdlib.h>

fsnn_status integer_gains_make(fsnn_integer *p, integer_step *t, int64_t channels)
{
    const size_t bytes = (size_t)channels * sizeof(double);
    t->channels = channels;
    t->gains.gain = integer_alloc(p, bytes);
    t->gains.offset = integer_alloc(p, bytes);
    t->gains.reach = integer_alloc(p, bytes);
    return t->gains.gain && t->gains.offset && t->gains.reach ? FSNN_OK : FSNN_EMEMORY;
}

fsnn_status integer_weigh(fsnn_integer *p, integer_step *t, const float *weight, const float *bias)
{
    const int64_t inputs = t->weights / t->channels;
    const int bits = p->options.bits;
    t->weight = integer_alloc(p, (size_t)t->weights);
    if (!t->weight)
        return FSNN_EMEMORY;
    for (int64_t c = 0; c < t->channels; c++) {
        const float *row = weight + c * inputs;
        quantise_scale scale = quantise_scale_of(quantise_largest(row, inputs), bits);
        double reach = 0;
        for (int64_t i = 0; i < inputs; i++) {
            int q = quantise_number(row[i], scale, bits);
            t->weight[i * t->channels + c] = (int8_t)q;
            reach += abs(q);
        }
        t->gains.gain[c] = quantise_scale_value(scale);
        t->gains.offset[c] = bias ? bias[c] : 0;
        t->gains.reach[c] = reach;
    }
    return FSNN_OK;
}

/* Bits that inputs lose so that sums are below 2^31. */
static int32_t lost(const integer_step *t, double bound)
{
    double reach = 0;
    int32_t down = 0;
    for (int64_t c = 0; c < t->channels; c++)
        reach = t->gains.reach[c] > reach ? t->gains.reach[c] : reach;
    while (reach * ceil(ldexp(bound, -down) + 1) >= 0x1p31)
        down++;
    return down;
}

/* gain 2^-fraction as multiplier 2^-shift; what cannot reach a bit of the result is 0. */
static void factor(double gain, int fraction, int32_t *multiplier, int8_t *shift)
{
    enum { BITS = 24, MOST = 62, LEAST = -31 };
    int exponent;
    double mantissa = frexp(gain, &exponent);
    int down = BITS - exponent + fraction;
    *multiplier = (int32_t)rint(ldexp(mantissa, BITS));
    while (*multiplier && *multiplier % 2 == 0 && down > 0) { /* small numbers are quick ones */
        *multiplier /= 2;
        down--;
    }
    if (!*multiplier || down > MOST || down < LEAST)
        *multiplier = down = 0;
    *shift = (int8_t)down;
}

fsnn_status integer_gains_settle(fsnn_integer *p, const net_step *s, integer_step *t)
{
    const integer_gains *g = &t->gains;
    const integer_value *in = &p->value[t->in[0]];
    int32_t *multiplier = integer_alloc(p, (size_t)t->channels * sizeof *multiplier),
            *bias = integer_alloc(p, (size_t)t->channels * sizeof *bias);
    int8_t *shift = integer_alloc(p, (size_t)t->channels);
    double most = 0;
    if (!multiplier || !bias || !shift)
        return FSNN_EMEMORY;
    t->down[0] = t->weight ? lost(t, in->bound) : 0;
    const int fraction = in->fraction - t->down[0];
    const double bound = ldexp(ceil(ldexp(in->bound, -t->down[0]) + (t->down[0] > 0)), -fraction);
    for (int64_t c = 0; c < t->channels; c++) {
        double size = fabs(g->gain[c]) * g->reach[c] * bound + fabs(g->offset[c]);
        most = size > most ? size : most;
    }
    if (!(most < 0x1p60))
        return integer_refuse(s,
                              "its sums reach %g; smaller weights, or a smaller range of the "
                              "inputs, works",
                              most);
    const int to = integer_fraction(most);
    for (int64_t c = 0; c < t->channels; c++) {
        factor(g->gain[c], fraction - to, &multiplier[c], &shift[c]);
        bias[c] = integer_number(g->offset[c], to);
    }
    t->factors = (net_factors){multiplier, bias, shift};
    integer_give(p, s, integer_value_of(most, to));
    return FSNN_OK;
}

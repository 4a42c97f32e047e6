/* base/quantise.h: weights as small integers with a scale for each output channel
 * (docs/fixed-point.md). Scales have mantissas of 8 bits, so that an integer times its scale, and
 * sums of such products, are exact in single precision. */
#ifndef FSNN_BASE_QUANTISE_H
#define FSNN_BASE_QUANTISE_H

#include <stdint.h>

/* The number mantissa 2^-exponent. */
typedef struct quantise_scale {
    int mantissa; /* 128..255 */
    int exponent; /* at most QUANTISE_EXPONENT_MOST */
} quantise_scale;

enum { QUANTISE_EXPONENT_MOST = 40 };

/* The largest integer of weights of 8 or 4 bits: 127, 7. */
static inline int quantise_most(int bits)
{
    return (1 << (bits - 1)) - 1;
}

/* max |w_i| of w [count]; 0 where there are none. Numbers that are none (NaN) are left out. */
float quantise_largest(const float *w, int64_t count);
/* The smallest scale with which `largest`, finite and at least 0, is at most quantise_most(bits);
 * 1 where it is 0. */
quantise_scale quantise_scale_of(float largest, int bits);
/* The number that a scale is, exact in single precision. */
float quantise_scale_value(quantise_scale scale);
/* The integer of w: w / scale rounded, halves to even, and clamped to that of `bits`. */
int quantise_number(float w, quantise_scale scale, int bits);

#endif

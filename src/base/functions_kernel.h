/* base/functions_kernel.h: elementary functions of one number, written so that a loop over a row of
 * floats becomes vector code. In double precision they are libm's.
 *
 * exp, log and tanh after the single-precision functions of S. L. Moshier's Cephes library
 * (reduction and minimax polynomials); pow in double precision. Infinite and NaN arguments give
 * what libm gives. */
#ifndef FSNN_BASE_FUNCTIONS_KERNEL_H
#define FSNN_BASE_FUNCTIONS_KERNEL_H

#include "base/real.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef FSNN_DOUBLE
static inline double row_exp(double x)
{
    return exp(x);
}

static inline double row_log(double x)
{
    return log(x);
}

static inline double row_tanh(double x)
{
    return tanh(x);
}
#else

/* Bits are unsigned: those of NaN may overflow on their way, which then does no harm. */
static inline float row_float(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline uint32_t row_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* 2^n e^r, |r| <= log(2)/2. The scale is applied in two halves, so that the ends of the range round
 * once. */
static inline float row_exp(float x)
{
    /* 1.5 2^23: adding it rounds to a whole number, in the low bits */
    const float magic = 12582912.0f;
    x = x > 89.0f ? 89.0f : x;
    x = x < -104.0f ? -104.0f : x;
    float shifted = x * 1.44269504f + magic;
    float n = shifted - magic;
    float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1;
    uint32_t whole = row_bits(shifted) - row_bits(magic), half = (uint32_t)((int32_t)whole >> 1);
    return p * row_float((half + 127) << 23) * row_float((whole - half + 127) << 23);
}

/* x = 2^n m, m in [sqrt(1/2), sqrt(2)): n log(2) + log(m). */
static inline float row_log(float x)
{
    bool tiny = x < 1.17549435e-38f;
    float y = tiny ? x * 8388608.0f : x;
    uint32_t low = row_bits(y) - 0x3f3504f3u;
    int32_t n = (int32_t)low >> 23;
    float f = row_float((low & 0x007fffffu) + 0x3f3504f3u) - 1;
    float e = (float)n - (tiny ? 23.0f : 0.0f);
    float z = f * f, p = 7.0376836292e-2f;
    p = p * f - 1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f - 1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f - 1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f - 2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    float r = f * z * p + e * -2.12194440e-4f;
    r = (f + (r - 0.5f * z)) + e * 0.693359375f;
    r = x > 3.40282347e+38f ? x : r;
    r = x == 0 ? -INFINITY : r;
    return x >= 0 ? r : NAN;
}

static inline float row_tanh(float x)
{
    float a = fabsf(x), z = x * x;
    float e = row_exp(a + a);
    float far = 1 - 2 / (e + 1);
    float p = -5.70498872745e-3f;
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    float near = p * z * x + x;
    return a < 0.625f ? near : copysignf(far, x);
}

#endif

/* From e^-|x|, so that both ends keep their digits. */
static inline real row_sigmoid(real x)
{
    real e = row_exp(-real_abs(x));
    return (x >= 0 ? 1 : e) / (1 + e);
}

#ifndef FSNN_DOUBLE
/* ---- pow ---- */

static inline uint64_t row_bits64(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double row_double(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* log2 of a float > 0, relative error about 1e-13: the series of atanh at (m - 1)/(m + 1). A float
 * is never tiny as a double. */
static inline double row_log2(double x)
{
    uint64_t low = row_bits64(x) - 0x3fe6a09e667f3bcdu;
    double m = row_double((low & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu);
    double s = (m - 1) / (m + 1), z = s * s;
    double p = 1 / 15.0;
    p = p * z + 1 / 13.0;
    p = p * z + 1 / 11.0;
    p = p * z + 1 / 9.0;
    p = p * z + 1 / 7.0;
    p = p * z + 1 / 5.0;
    p = p * z + 1 / 3.0;
    p = p * z + 1;
    /* the exponent, 12 bits with its sign, as the low bits of 1.5 2^52: conversion without an
     * instruction for it */
    double whole = row_double((low >> 52) + 0x4338000000000000u) - 6755399441055744.0;
    whole = whole >= 2048 ? whole - 4096 : whole;
    return whole + 2.8853900817779268 * s * p;
}

/* 2^x; beyond [-1000, 1000] as at the ends, which are far beyond floats. */
static inline double row_exp2(double x)
{
    const double magic = 6755399441055744.0; /* 1.5 2^52 */
    x = x > 1000 ? 1000 : x;
    x = x < -1000 ? -1000 : x;
    double shifted = x + magic, r = (x - (shifted - magic)) * 0.69314718055994531;
    double p = 1 / 39916800.0;
    p = p * r + 1 / 3628800.0;
    p = p * r + 1 / 362880.0;
    p = p * r + 1 / 40320.0;
    p = p * r + 1 / 5040.0;
    p = p * r + 1 / 720.0;
    p = p * r + 1 / 120.0;
    p = p * r + 1 / 24.0;
    p = p * r + 1 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1;
    p = p * r + 1;
    return p * row_double(((row_bits64(shifted) - row_bits64(magic)) + 1023) << 52);
}

/* Rounding to whole numbers by an addition, up to where every float is one. */
static inline bool row_whole(float x)
{
    float size = fabsf(x);
    return size >= 8388608.0f || (size + 8388608.0f) - 8388608.0f == size;
}

/* a^b from y = |a|^b of an ordinary |a|: what libm's powf gives for negative a, at the ends and for
 * NaN. */
static inline float row_pow_ends(float a, float b, float y)
{
    float size = fabsf(a);
    float grows = b > 0 ? INFINITY : 0.0f, falls = b > 0 ? 0.0f : INFINITY;
    y = size == 0 ? falls : y;
    y = size > 3.40282347e+38f ? grows : y;
    y = size == 1 ? 1.0f : y; /* b may be infinite */
    bool odd = row_whole(b) && !row_whole(0.5f * b);
    y = odd ? copysignf(y, a) : y;
    y = a < 0 && a >= -3.40282347e+38f && !row_whole(b) ? NAN : y;
    y = a != a ? a : y;
    y = b != b ? b : y;
    y = b == 0 ? 1.0f : y;
    return a == 1 ? 1.0f : y;
}

#endif /* FSNN_DOUBLE */

#endif

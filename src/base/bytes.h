/* base/bytes.h: numbers inside byte strings, whatever the byte order of the machine. */
#ifndef FSNN_BYTES_H
#define FSNN_BYTES_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t bytes_le(const uint8_t *p, int n)
{
    uint64_t x = 0;
    for (int i = n; i-- > 0;)
        x = x << 8 | p[i];
    return x;
}

static inline uint64_t bytes_be(const uint8_t *p, int n)
{
    uint64_t x = 0;
    for (int i = 0; i < n; i++)
        x = x << 8 | p[i];
    return x;
}

/* Appends the low n bytes of x, lowest first, and returns what follows them. */
static inline uint8_t *bytes_put_le(uint8_t *p, uint64_t x, int n)
{
    for (int i = 0; i < n; i++, x >>= 8)
        *p++ = (uint8_t)x;
    return p;
}

/* Reverses the bytes of each of n elements. */
static inline void bytes_swap(void *data, size_t n, size_t size)
{
    uint8_t *p = data;
    for (size_t i = 0; i < n; i++, p += size)
        for (size_t a = 0, b = size - 1; a < b; a++, b--) {
            uint8_t t = p[a];
            p[a] = p[b];
            p[b] = t;
        }
}

/* The number that the 16 bits of an IEEE 754 binary16 mean: sign, 5 bits of exponent, 10 of
 * fraction. A float holds each of them exactly. */
static inline float bytes_half(uint16_t bits)
{
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    float size = !exponent       ? ldexpf((float)fraction, -24)
                 : exponent < 31 ? ldexpf((float)(1024 + fraction), exponent - 25)
                 : fraction      ? NAN
                                 : INFINITY;
    return bits >> 15 ? -size : size;
}

/* The number that the 16 bits of a bfloat16 mean: the upper half of a float. */
static inline float bytes_bfloat16(uint16_t bits)
{
    uint32_t wide = (uint32_t)bits << 16;
    float x;
    memcpy(&x, &wide, sizeof x);
    return x;
}

#define BYTES_BIG_ENDIAN_HOST (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

/* Deflate never packs more than 1032 bytes into one (a 258-byte match in two bits), whatever a file
 * claims. */
#define BYTES_DEFLATE_RATIO 1032

#endif

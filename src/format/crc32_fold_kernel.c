/* format/crc32_fold_kernel.c: CRC-32 (ISO 3309: the polynomial 0x04C11DB7, bits in reversed order)
 * by products of polynomials over GF(2): 64 bytes that are still to be divided are moved on over
 * the next 64 by products with x^n mod P, and what is left in the end is divided by P (V. Gopal et
 * al., Fast CRC computation for generic polynomials using PCLMULQDQ, Intel 2009). */
#include "format/crc32_fold.h"

#include "base/isa_kernel.h"

#ifdef __AVX2__
#include <immintrin.h>

enum { LANE = 16, BLOCK = 4 * LANE };

/* The compiler's options for AVX2 leave the product out; base/isa.c asks for both. */
#define CARRYLESS static inline __attribute__((always_inline, target("pclmul")))

static inline __m128i load(const uint8_t *bytes)
{
    return _mm_loadu_si128((const __m128i *)bytes);
}

/* `x` moved on by the distance of the pair `k`, onto `next`. */
CARRYLESS __m128i move_on(__m128i x, __m128i k, __m128i next)
{
    const __m128i low = _mm_clmulepi64_si128(x, k, 0x00), high = _mm_clmulepi64_si128(x, k, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/* The remainder of 128 bits: to 96 and 64 bits by products, to 32 by Barrett's reduction. */
CARRYLESS uint32_t divide(__m128i x, __m128i k)
{
    const __m128i every_other = _mm_setr_epi32(-1, 0, -1, 0);
    const __m128i k5 = _mm_set_epi64x(0, 0x163cd6124), p = _mm_set_epi64x(0x1f7011641, 0x1db710641);
    x = _mm_xor_si128(_mm_srli_si128(x, 8), _mm_clmulepi64_si128(x, k, 0x10));
    x = _mm_xor_si128(_mm_srli_si128(x, 4),
                      _mm_clmulepi64_si128(_mm_and_si128(x, every_other), k5, 0x00));
    __m128i q = _mm_clmulepi64_si128(_mm_and_si128(x, every_other), p, 0x10);
    q = _mm_clmulepi64_si128(_mm_and_si128(q, every_other), p, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(x, q), 1);
}

__attribute__((target("pclmul"))) size_t FSNN_K(crc32_fold)(uint32_t *sum, const uint8_t *bytes,
                                                            size_t size)
{
    /* x^(512 + 32), x^(512 - 32); x^(128 + 32), x^(128 - 32) mod P */
    const __m128i by_block = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
    const __m128i by_lane = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
    const uint8_t *at = bytes, *end = bytes + size;
    if (size < BLOCK)
        return 0;
    __m128i a = _mm_xor_si128(load(at), _mm_cvtsi32_si128((int)*sum));
    __m128i b = load(at + LANE), c = load(at + 2 * LANE), d = load(at + 3 * LANE);
    for (at += BLOCK; end - at >= BLOCK; at += BLOCK) {
        a = move_on(a, by_block, load(at));
        b = move_on(b, by_block, load(at + LANE));
        c = move_on(c, by_block, load(at + 2 * LANE));
        d = move_on(d, by_block, load(at + 3 * LANE));
    }
    a = move_on(move_on(move_on(a, by_lane, b), by_lane, c), by_lane, d);
    for (; end - at >= LANE; at += LANE)
        a = move_on(a, by_lane, load(at));
    *sum = divide(a, by_lane);
    return (size_t)(at - bytes);
}

#else

size_t FSNN_K(crc32_fold)(uint32_t *sum, const uint8_t *bytes, size_t size)
{
    (void)sum, (void)bytes, (void)size;
    return 0;
}

#endif

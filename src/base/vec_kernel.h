/* base/vec_kernel.h: the widest vector of real numbers of a kernel file's instruction set, stores
 * that pass the caches by, and products of 32-bit integers in full.
 *
 * A streamed store does not read the line that it is about to overwrite, which halves its traffic,
 * and does not drive out what is still wanted. It pays where an array is larger than the caches, so
 * that nobody finds it there anyway. Addresses of streamed stores are multiples of the vector's
 * size; vec_settle() makes them visible to other threads. */
#ifndef FSNN_BASE_VEC_KERNEL_H
#define FSNN_BASE_VEC_KERNEL_H

#include "base/real.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Names of instructions on real numbers. */
#ifdef FSNN_DOUBLE
#define VEC_NAME(name) name##_pd
#define VEC_512 __m512d
#define VEC_256 __m256d
#define VEC_128 __m128d
typedef int64_t vec_whole;
#else
#define VEC_NAME(name) name##_ps
#define VEC_512 __m512
#define VEC_256 __m256
#define VEC_128 __m128
typedef int32_t vec_whole;
#endif

#if defined(__AVX512F__)
#include <immintrin.h>
enum { VEC_BYTES = 64 };
#define VEC_STREAM(to, v) VEC_NAME(_mm512_stream)(to, (VEC_512)(v))
#define VEC_SETTLE() _mm_sfence()
#elif defined(__AVX__)
#include <immintrin.h>
enum { VEC_BYTES = 32 };
#define VEC_STREAM(to, v) VEC_NAME(_mm256_stream)(to, (VEC_256)(v))
#define VEC_SETTLE() _mm_sfence()
#elif defined(__SSE2__)
#include <emmintrin.h>
enum { VEC_BYTES = 16 };
#define VEC_STREAM(to, v) VEC_NAME(_mm_stream)(to, (VEC_128)(v))
#define VEC_SETTLE() _mm_sfence()
#else
enum { VEC_BYTES = 16 };
#define VEC_STREAM(to, v) memcpy(to, &(v), sizeof(v))
#define VEC_SETTLE() ((void)0)
#endif
enum { VEC = VEC_BYTES / sizeof(real) };

/* a b + c, rounded once where the instruction set can, twice where it cannot. */
#if defined(__AVX512F__)
#define VEC_MADD(a, b, c) (vec) VEC_NAME(_mm512_fmadd)((VEC_512)(a), (VEC_512)(b), (VEC_512)(c))
#elif defined(__AVX__) && defined(__FMA__)
#define VEC_MADD(a, b, c) (vec) VEC_NAME(_mm256_fmadd)((VEC_256)(a), (VEC_256)(b), (VEC_256)(c))
#elif !defined(__FP_FAST_FMAF)
#define VEC_MADD(a, b, c) (a) * (b) + (c)
#endif

typedef real vec __attribute__((vector_size(VEC_BYTES)));
typedef vec_whole vec_int __attribute__((vector_size(VEC_BYTES)));

static inline vec vec_load(const real *p)
{
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void vec_store(real *p, vec v)
{
    memcpy(p, &v, sizeof v);
}

/* `past` the caches, or through them. */
static inline void vec_put(real *p, vec v, bool past)
{
    if (past)
        VEC_STREAM(p, v);
    else
        vec_store(p, v);
}

/* v where the mask's lanes are -1, +0 where they are 0. */
static inline vec vec_where(vec_int mask, vec v)
{
    return (vec)((vec_int)v & mask);
}

static inline bool vec_aligned(const void *p)
{
    return (uintptr_t)p % sizeof(vec) == 0;
}

/* (x - 0 is x for every x, so nothing is left of it but to repeat x.) */
static inline vec vec_all(real x)
{
    return x - (vec){0};
}

static inline vec vec_madd(vec a, vec b, vec c)
{
#ifdef VEC_MADD
    return VEC_MADD(a, b, c);
#else
    for (int i = 0; i < VEC; i++)
        c[i] = real_fma(a[i], b[i], c[i]);
    return c;
#endif
}

/* Lanes of 64 bits. */
enum { VEC_WIDE = VEC_BYTES / 8 };
typedef uint64_t vec_wide __attribute__((vector_size(VEC_BYTES)));

/* The lower halves of a's lanes times b: all 64 bits. Compilers make a product of whole lanes of
 * the same in C, which takes three times as long. */
static inline vec_wide vec_product(vec_wide a, uint32_t b)
{
#if defined(__AVX512F__)
    return (vec_wide)_mm512_mul_epu32((__m512i)a, _mm512_set1_epi64(b));
#elif defined(__AVX2__)
    return (vec_wide)_mm256_mul_epu32((__m256i)a, _mm256_set1_epi64x(b));
#elif defined(__SSE2__) && !defined(__AVX__)
    return (vec_wide)_mm_mul_epu32((__m128i)a, _mm_set1_epi64x(b));
#else
    return (a & UINT32_MAX) * (uint64_t)b;
#endif
}

static inline void vec_settle(void)
{
    VEC_SETTLE();
}

#endif

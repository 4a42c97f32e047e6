/* base/vec_kernel.h: the widest vector of floats of a kernel file's instruction set, stores
 * that pass the caches by, and products of 32-bit integers in full.
 *
 * A streamed store does not read the line that it is about to overwrite, which halves its traffic,
 * and does not drive out what is still wanted. It pays where an array is larger than the caches, so
 * that nobody finds it there anyway. Addresses of streamed stores are multiples of the vector's
 * size; vec_settle() makes them visible to other threads. */
#ifndef FSNN_BASE_VEC_KERNEL_H
#define FSNN_BASE_VEC_KERNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__)
#include <immintrin.h>
enum { VEC = 16 };
#define VEC_STREAM(to, v) _mm512_stream_ps(to, (__m512)(v))
#define VEC_SETTLE() _mm_sfence()
#elif defined(__AVX__)
#include <immintrin.h>
enum { VEC = 8 };
#define VEC_STREAM(to, v) _mm256_stream_ps(to, (__m256)(v))
#define VEC_SETTLE() _mm_sfence()
#elif defined(__SSE2__)
#include <emmintrin.h>
enum { VEC = 4 };
#define VEC_STREAM(to, v) _mm_stream_ps(to, (__m128)(v))
#define VEC_SETTLE() _mm_sfence()
#else
enum { VEC = 4 };
#define VEC_STREAM(to, v) memcpy(to, &(v), sizeof(v))
#define VEC_SETTLE() ((void)0)
#endif

/* a b + c, rounded once where the instruction set can, twice where it cannot. */
#if defined(__AVX512F__)
#define VEC_MADD(a, b, c) (vec) _mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c))
#elif defined(__AVX__) && defined(__FMA__)
#define VEC_MADD(a, b, c) (vec) _mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c))
#elif !defined(__FP_FAST_FMAF)
#define VEC_MADD(a, b, c) (a) * (b) + (c)
#endif

typedef float vec __attribute__((vector_size(VEC * sizeof(float))));
typedef int32_t vec_int __attribute__((vector_size(VEC * sizeof(int32_t))));

static inline vec vec_load(const float *p)
{
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void vec_store(float *p, vec v)
{
    memcpy(p, &v, sizeof v);
}

/* `past` the caches, or through them. */
static inline void vec_put(float *p, vec v, bool past)
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
static inline vec vec_all(float x)
{
    return x - (vec){0};
}

static inline vec vec_madd(vec a, vec b, vec c)
{
#ifdef VEC_MADD
    return VEC_MADD(a, b, c);
#else
    for (int i = 0; i < VEC; i++)
        c[i] = __builtin_fmaf(a[i], b[i], c[i]);
    return c;
#endif
}

/* 64-bit lanes, half as many. */
enum { VEC_WIDE = VEC / 2 };
typedef uint64_t vec_wide __attribute__((vector_size(VEC * sizeof(float))));

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

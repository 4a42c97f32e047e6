/* op/int8_exact_kernel.c: sums of bytes times weights of 8 bits. Four neighbouring bytes of a row
 * meet the four weights of each column in one lane of 32 bits: one instruction with VNNI, three
 * with AVX2 or AVX-512BW, whose sums of two products stay below 2^15 as bytes are at most 127. */
#include "base/isa_kernel.h"
#include "op/int8.h"

#include <string.h>

/* REALS: instructions on whole vectors of sums in single precision, where there are some. */
#if defined(__AVX512BW__)
#include <immintrin.h>
enum { LANES = 16, KINDS = 3 };
typedef __m512i ints;
#define LOAD(p) _mm512_loadu_si512(p)
#define STORE(p, v) _mm512_storeu_si512(p, v)
#define ALL(x) _mm512_set1_epi32(x)
#define ZEROS _mm512_setzero_si512()
#define ADD _mm512_add_epi32
#define DOT(sum, x, w)                                                                             \
    _mm512_add_epi32(sum, _mm512_madd_epi16(_mm512_maddubs_epi16(x, w), _mm512_set1_epi16(1)))
#ifndef FSNN_DOUBLE
typedef __m512 reals;
#define REALS(operation) _mm512_##operation
#endif
#define VNNI __attribute__((target("avx512vnni")))
#define VNNI_DOT _mm512_dpbusd_epi32

#elif defined(__AVX2__)
#include <immintrin.h>
enum { LANES = 8, KINDS = 2 };
typedef __m256i ints;
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define STORE(p, v) _mm256_storeu_si256((__m256i *)(void *)(p), v)
#define ALL(x) _mm256_set1_epi32(x)
#define ZEROS _mm256_setzero_si256()
#define ADD _mm256_add_epi32
#define DOT(sum, x, w)                                                                             \
    _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(x, w), _mm256_set1_epi16(1)))
#ifndef FSNN_DOUBLE
typedef __m256 reals;
#define REALS(operation) _mm256_##operation
#endif
#if __has_include(<avxvnniintrin.h>)
#define VNNI __attribute__((target("avxvnni")))
#define VNNI_DOT _mm256_dpbusd_avx_epi32
#endif

#elif defined(__SSE2__)
#include <emmintrin.h>
enum { LANES = 4, KINDS = 2 };
typedef __m128i ints;
#define LOAD(p) _mm_loadu_si128((const __m128i *)(const void *)(p))
#define STORE(p, v) _mm_storeu_si128((__m128i *)(void *)(p), v)
#define ALL(x) _mm_set1_epi32(x)
#define ZEROS _mm_setzero_si128()
#define ADD _mm_add_epi32

/* The lower and upper columns in 16 bits each, then the two halves of each sum. */
static inline ints dot(ints sum, ints x, ints w)
{
    ints sign = _mm_cmpgt_epi8(ZEROS, w), wide = _mm_unpacklo_epi8(x, ZEROS);
    __m128 low = _mm_castsi128_ps(_mm_madd_epi16(_mm_unpacklo_epi8(w, sign), wide)),
           high = _mm_castsi128_ps(_mm_madd_epi16(_mm_unpackhi_epi8(w, sign), wide));
    ints even = _mm_castps_si128(_mm_shuffle_ps(low, high, 0x88)),
         odd = _mm_castps_si128(_mm_shuffle_ps(low, high, 0xdd));
    return _mm_add_epi32(sum, _mm_add_epi32(even, odd));
}
#define DOT dot

#else
enum { LANES = 4, KINDS = 2 };
typedef struct ints {
    int32_t lane[LANES];
} ints;

static inline ints load(const void *from)
{
    ints v;
    memcpy(&v, from, sizeof v);
    return v;
}

static inline ints all(int32_t x)
{
    return (ints){{x, x, x, x}};
}

static inline ints add(ints a, ints b)
{
    for (int c = 0; c < LANES; c++)
        a.lane[c] += b.lane[c];
    return a;
}

static inline ints dot(ints sum, ints x, ints w)
{
    uint8_t bytes[4 * LANES];
    int8_t weights[4 * LANES];
    memcpy(bytes, &x, sizeof x);
    memcpy(weights, &w, sizeof w);
    for (int c = 0; c < LANES; c++)
        for (int i = 0; i < 4; i++)
            sum.lane[c] += bytes[4 * c + i] * weights[4 * c + i];
    return sum;
}
#define LOAD load
#define STORE(p, v) memcpy(p, &(v), sizeof(v))
#define ALL all
#define ZEROS all(0)
#define ADD add
#define DOT dot
#endif

/* Four bytes in every lane. */
static inline int32_t four(const uint8_t *x)
{
    int32_t v;
    memcpy(&v, x, sizeof v);
    return v;
}

/* Compiled without contraction: the same two roundings in every instruction set. */
static inline void finish(const int8_block *b, int64_t r, const int32_t *sum)
{
    real *restrict y = b->y + r * b->pitch;
    const real *restrict scale = b->scale, *restrict bias = b->bias;
    int64_t columns = b->columns;
    if (!bias) {
        for (int64_t c = 0; c < columns; c++)
            y[c] = (real)sum[c] * scale[c];
        return;
    }
    for (int64_t c = 0; c < columns; c++)
        y[c] = (real)sum[c] * scale[c] + bias[c];
}

/* Whole vectors go from the sums to y, past the caches where it is large. */
#ifdef REALS
static inline void put(const int8_block *b, int64_t r, int c, ints sum)
{
    real *y = b->y + r * b->pitch + c;
    reals v = REALS(mul_ps)(REALS(cvtepi32_ps)(sum), REALS(loadu_ps)(b->scale + c));
    if (b->bias)
        v = REALS(add_ps)(v, REALS(loadu_ps)(b->bias + c));
    if (b->past)
        REALS(stream_ps)(y, v);
    else
        REALS(storeu_ps)(y, v);
}
#endif

/* Row r of a slice of `vectors`. */
static inline void finish_row(const int8_block *b, int64_t r, const ints *sum, int vectors)
{
    int32_t whole[INT8_SLICE];
#ifdef REALS
    if (b->columns == LANES * vectors) {
        for (int v = 0; v < vectors; v++)
            put(b, r, LANES * v, sum[v]);
        return;
    }
#endif
    for (int v = 0; v < vectors; v++)
        STORE(whole + LANES * v, sum[v]);
    finish(b, r, whole);
}

/* Sums of slices of V vectors. */
#define DENSE(name, V, TARGET, DOT)                                                                \
    TARGET static void name(const int8_block *b)                                                   \
    {                                                                                              \
        ints sum[INT8_ROWS][V];                                                                    \
        const int8_t *w = b->weights;                                                              \
        for (int r = 0; r < INT8_ROWS; r++)                                                        \
            for (int v = 0; v < V; v++)                                                            \
                sum[r][v] = ZEROS;                                                                 \
        for (int64_t s = 0; s < b->segments; s++) {                                                \
            const uint8_t *x[INT8_ROWS];                                                           \
            for (int r = 0; r < INT8_ROWS; r++)                                                    \
                x[r] = b->row[r] + b->offset[s];                                                   \
            for (int64_t k = 0; k < b->length; k += 4, w += 4 * LANES * V) {                       \
                ints column[V];                                                                    \
                for (int v = 0; v < V; v++)                                                        \
                    column[v] = LOAD(w + 4 * LANES * v);                                           \
                for (int r = 0; r < INT8_ROWS; r++)                                                \
                    for (int v = 0; v < V; v++)                                                    \
                        sum[r][v] = DOT(sum[r][v], ALL(four(x[r] + k)), column[v]);                \
            }                                                                                      \
        }                                                                                          \
        for (int r = 0; r < INT8_ROWS; r++)                                                        \
            if (r < b->rows)                                                                       \
                finish_row(b, r, sum[r], V);                                                       \
    }

/* Two entries at a time, so that one need not wait for the other. */
#define LISTED(name, V, TARGET, DOT)                                                               \
    TARGET static void name(const int8_block *b)                                                   \
    {                                                                                              \
        ints sum[2][V];                                                                            \
        int64_t e = 0;                                                                             \
        for (int v = 0; v < V; v++)                                                                \
            sum[0][v] = sum[1][v] = ZEROS;                                                         \
        for (; e + 1 < b->count; e += 2)                                                           \
            for (int i = 0; i < 2; i++) {                                                          \
                int64_t at = 4 * (int64_t)b->index[e + i];                                         \
                for (int v = 0; v < V; v++)                                                        \
                    sum[i][v] = DOT(sum[i][v], ALL(four(b->row[0] + at)),                          \
                                    LOAD(b->weights + (at * V + 4 * v) * LANES));                  \
            }                                                                                      \
        for (; e < b->count; e++) {                                                                \
            int64_t at = 4 * (int64_t)b->index[e];                                                 \
            for (int v = 0; v < V; v++)                                                            \
                sum[0][v] = DOT(sum[0][v], ALL(four(b->row[0] + at)),                              \
                                LOAD(b->weights + (at * V + 4 * v) * LANES));                      \
        }                                                                                          \
        for (int v = 0; v < V; v++)                                                                \
            sum[0][v] = ADD(sum[0][v], sum[1][v]);                                                 \
        finish_row(b, 0, sum[0], V);                                                               \
    }

#define SLICES(way, TARGET, DOT)                                                                   \
    DENSE(way##_dense_1, 1, TARGET, DOT)                                                           \
    DENSE(way##_dense_2, 2, TARGET, DOT)                                                           \
    DENSE(way##_dense_4, 4, TARGET, DOT)                                                           \
    LISTED(way##_listed_1, 1, TARGET, DOT)                                                         \
    LISTED(way##_listed_2, 2, TARGET, DOT)                                                         \
    LISTED(way##_listed_4, 4, TARGET, DOT)

#define SUMS(way)                                                                                  \
    {                                                                                              \
        {way##_dense_1, way##_dense_2, way##_dense_4},                                             \
        {                                                                                          \
            way##_listed_1, way##_listed_2, way##_listed_4                                         \
        }                                                                                          \
    }

SLICES(plain, , DOT)
#ifdef VNNI
SLICES(vnni, VNNI, VNNI_DOT)
#endif

/* One number after the other; what stands before `at` was good. */
static bool bytes_from(const real *x, int64_t at, int64_t n, uint8_t *to)
{
    bool good = true;
    for (int64_t i = at; i < n; i++) {
        real near = x[i] > 0 ? x[i] : 0; /* 0 for NaN, too */
        int32_t whole = (int32_t)(near < INT8_MOST ? near : INT8_MOST);
        good = good && (real)whole == x[i];
        to[i] = (uint8_t)whole;
    }
    return good;
}

/* Several vectors of floats at a time: towards zero, NaN and what is too large to INT32_MIN. */
#if defined(__AVX512BW__) && !defined(FSNN_DOUBLE)
enum { STRETCH = 4 };
static bool bytes(const real *x, int64_t n, uint8_t *to)
{
    const __m512i most = _mm512_set1_epi32(INT8_MOST);
    int64_t i = 0;
    for (; i + STRETCH * LANES <= n; i += STRETCH * LANES) {
        __mmask16 good = 0xffff;
        for (int k = 0; k < STRETCH; k++) {
            __m512 v = _mm512_loadu_ps(x + i + k * LANES);
            __m512i whole = _mm512_cvttps_epi32(v);
            good &= _mm512_cmple_epu32_mask(whole, most) &
                    _mm512_cmp_ps_mask(_mm512_cvtepi32_ps(whole), v, _CMP_EQ_OQ);
            _mm_storeu_si128((__m128i *)(void *)(to + i + k * LANES), _mm512_cvtepi32_epi8(whole));
        }
        if (good != 0xffff)
            return false;
    }
    return bytes_from(x, i, n, to);
}
#elif defined(__AVX2__) && !defined(FSNN_DOUBLE)
enum { STRETCH = 4 };
static bool bytes(const real *x, int64_t n, uint8_t *to)
{
    /* packing leaves the halves of vectors apart */
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    int64_t i = 0;
    for (; i + STRETCH * LANES <= n; i += STRETCH * LANES) {
        __m256i whole[STRETCH], other = _mm256_setzero_si256();
        for (int k = 0; k < STRETCH; k++) {
            __m256 v = _mm256_loadu_ps(x + i + k * LANES);
            whole[k] = _mm256_cvttps_epi32(v);
            other =
                _mm256_or_si256(other, _mm256_andnot_si256(_mm256_set1_epi32(INT8_MOST), whole[k]));
            other = _mm256_or_si256(other, _mm256_castps_si256(_mm256_cmp_ps(
                                               _mm256_cvtepi32_ps(whole[k]), v, _CMP_NEQ_UQ)));
        }
        if (!_mm256_testz_si256(other, other))
            return false;
        __m256i packed = _mm256_packus_epi16(_mm256_packs_epi32(whole[0], whole[1]),
                                             _mm256_packs_epi32(whole[2], whole[3]));
        STORE(to + i, _mm256_permutevar8x32_epi32(packed, order));
    }
    return bytes_from(x, i, n, to);
}
#else
static bool bytes(const real *x, int64_t n, uint8_t *to)
{
    return bytes_from(x, 0, n, to);
}
#endif

#if defined(__AVX512BW__)
static int64_t list(const uint8_t *x, int64_t n, int32_t *index)
{
    int64_t e = 0;
    __m512i at = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (int64_t i = 0; i < n; i += LANES) {
        __mmask16 inside = (__mmask16)(n - i < LANES ? (1u << (n - i)) - 1 : 0xffff);
        __m512i v = _mm512_maskz_loadu_epi32(inside, x + 4 * i);
        __mmask16 found = _mm512_test_epi32_mask(v, v);
        _mm512_storeu_si512(index + e, _mm512_maskz_compress_epi32(found, at));
        e += __builtin_popcount(found);
        at = _mm512_add_epi32(at, _mm512_set1_epi32(LANES));
    }
    return e;
}
#else
/* Every place is written, and kept where the bytes are not 0: no branches. */
static int64_t list(const uint8_t *x, int64_t n, int32_t *index)
{
    int64_t e = 0;
    for (int64_t i = 0; i < n; i++) {
        index[e] = (int32_t)i;
        e += four(x + 4 * i) != 0;
    }
    return e;
}
#endif

const int8_kernels FSNN_K(int8_kernels) = {
    .lanes = LANES,
    .kinds = KINDS,
    .plain = SUMS(plain),
#ifdef VNNI
    .vnni = SUMS(vnni),
#endif
    .bytes = bytes,
    .list = list,
};

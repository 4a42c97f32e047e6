/* op/list_kernel.h: the numbers of a row that are not 0, as a list; for kernel files. */
#ifndef FSNN_OP_LIST_KERNEL_H
#define FSNN_OP_LIST_KERNEL_H

#include "base/real.h"
#include "base/vec_kernel.h"

/* Whether the instructions for 16 floats are there. */
#if defined(__AVX512F__) && !defined(FSNN_DOUBLE)
#define SIXTEEN
#endif

/* Places, counted from `first`, and values of the numbers of x [n] that are not 0; returns how many
 * there are. index and value have room for n + 16. */
#ifdef SIXTEEN
static inline int64_t list_from(int32_t first, const real *x, int64_t n, int32_t *index,
                                real *value)
{
    int64_t e = 0;
    __m512i at = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    at = _mm512_add_epi32(at, _mm512_set1_epi32(first));
    for (int64_t i = 0; i < n; i += VEC) {
        __mmask16 inside = (__mmask16)(n - i < VEC ? (1u << (n - i)) - 1 : 0xffff);
        __m512 v = _mm512_maskz_loadu_ps(inside, x + i);
        __mmask16 found = _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ);
        _mm512_storeu_si512(index + e, _mm512_maskz_compress_epi32(found, at));
        _mm512_storeu_ps(value + e, _mm512_maskz_compress_ps(found, v));
        e += __builtin_popcount(found);
        at = _mm512_add_epi32(at, _mm512_set1_epi32(VEC));
    }
    return e;
}
#else
/* Every place is written, and kept where the number is not 0: no branches. */
static inline int64_t list_from(int32_t first, const real *x, int64_t n, int32_t *index,
                                real *value)
{
    int64_t e = 0;
    for (int64_t i = 0; i < n; i++) {
        index[e] = first + (int32_t)i;
        value[e] = x[i];
        e += x[i] != 0;
    }
    return e;
}
#endif

static inline int64_t list_row(const real *x, int64_t n, int32_t *index, real *value)
{
    return list_from(0, x, n, index, value);
}

#endif

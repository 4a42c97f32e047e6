/* data/spikes_kernel.c: which elements spike in one step. Nothing branches on the random numbers: a
 * place is written before it is known whether it is kept, one by one or, where the instruction set
 * can open and close ranks, sixteen at a time. */
#include "data/spikes_kernel.h"

#include "base/isa_kernel.h"

#if defined(__AVX512F__)
#include <immintrin.h>

int64_t FSNN_K(spikes_select)(int64_t n, const int32_t *element, const float *p, const float *drawn,
                              int32_t *out)
{
    const __m512 one = _mm512_set1_ps(1);
    int64_t used = 0;
    for (int64_t i = 0; i < n; i += 16) {
        __mmask16 there = n - i < 16 ? (__mmask16)((1u << (n - i)) - 1) : (__mmask16)0xFFFF;
        __m512 probability = _mm512_maskz_loadu_ps(there, p + i);
        __mmask16 unsure = _mm512_mask_cmp_ps_mask(there, probability, one, _CMP_LT_OQ);
        __m512 number = _mm512_maskz_expand_ps(unsure, _mm512_loadu_ps(drawn));
        __mmask16 fires = _mm512_mask_cmp_ps_mask(there, number, probability, _CMP_LT_OQ);
        __m512i index = _mm512_maskz_loadu_epi32(there, element + i);
        _mm512_storeu_si512(out + used, _mm512_maskz_compress_epi32(fires, index));
        drawn += __builtin_popcount(unsure);
        used += __builtin_popcount(fires);
    }
    return used;
}
#else
int64_t FSNN_K(spikes_select)(int64_t n, const int32_t *element, const float *p, const float *drawn,
                              int32_t *out)
{
    int64_t used = 0;
    for (int64_t i = 0; i < n; i++) {
        int unsure = p[i] < 1;
        out[used] = element[i];
        used += !unsure | (*drawn < p[i]);
        drawn += unsure;
    }
    return used;
}
#endif

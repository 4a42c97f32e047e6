/* base/isa.h: which variant of the kernels runs. Kernel files (*_kernel.c) are compiled once per
 * instruction set, their public names made with FSNN_K (isa_kernel.h); a room keeps a table indexed
 * by fsnn_isa_level(), written FSNN_BY_ISA. */
#ifndef FSNN_BASE_ISA_H
#define FSNN_BASE_ISA_H

#include <stdbool.h>

typedef enum { FSNN_ISA_BASE, FSNN_ISA_AVX2, FSNN_ISA_AVX512, FSNN_ISA_LEVELS } fsnn_isa_kind;

/* The initialiser of such a table: x_base, and of those that were built x_avx2, x_avx512; x may
 * begin with &. */
#if defined(FSNN_HAVE_AVX512) && defined(FSNN_HAVE_AVX2)
#define FSNN_BY_ISA(x)                                                                             \
    {                                                                                              \
        [FSNN_ISA_BASE] = x##_base, [FSNN_ISA_AVX2] = x##_avx2, [FSNN_ISA_AVX512] = x##_avx512     \
    }
#elif defined(FSNN_HAVE_AVX512)
#define FSNN_BY_ISA(x)                                                                             \
    {                                                                                              \
        [FSNN_ISA_BASE] = x##_base, [FSNN_ISA_AVX512] = x##_avx512                                 \
    }
#elif defined(FSNN_HAVE_AVX2)
#define FSNN_BY_ISA(x)                                                                             \
    {                                                                                              \
        [FSNN_ISA_BASE] = x##_base, [FSNN_ISA_AVX2] = x##_avx2                                     \
    }
#else
#define FSNN_BY_ISA(x)                                                                             \
    {                                                                                              \
        [FSNN_ISA_BASE] = x##_base                                                                 \
    }
#endif

/* The best level that the processor has, that was built (FSNN_HAVE_AVX2, FSNN_HAVE_AVX512) and that
 * the environment variable FSNN_ISA allows; decided at the first call. */
int fsnn_isa_level(void);
/* Whether the processor has VNNI instructions (products of bytes) for the vectors of a level that
 * it has: AVX512-VNNI, or AVX-VNNI at level avx2. It asks the processor, which may take a
 * microsecond. */
bool fsnn_isa_vnni(int level);

#endif

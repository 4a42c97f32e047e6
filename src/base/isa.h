/* base/isa.h: which variant of the kernels runs. Kernel files (*_kernel.c) are compiled once per
 * instruction set, their public names made with FSNN_K (isa_kernel.h); a room keeps a table indexed
 * by fsnn_isa_level(). */
#ifndef FSNN_BASE_ISA_H
#define FSNN_BASE_ISA_H

typedef enum { FSNN_ISA_BASE, FSNN_ISA_AVX2, FSNN_ISA_AVX512, FSNN_ISA_LEVELS } fsnn_isa_kind;

/* The best level that the processor has, that was built (FSNN_HAVE_AVX2, FSNN_HAVE_AVX512) and that
 * the environment variable FSNN_ISA allows; decided at the first call. */
int fsnn_isa_level(void);

#endif

/* tensor/bits.h: zeros and ones in a bit each, for arrays that are kept long and not read
 * meanwhile. */
#ifndef FSNN_TENSOR_BITS_H
#define FSNN_TENSOR_BITS_H

#include "base/real.h"

#include <stdint.h>

/* Words of 32 bits that so many numbers take. */
int64_t bits_words(int64_t count);
/* x [count], whose numbers are 0 or 1, into `bits`, and back: the same numbers. One pass over
 * memory, shared by the threads. */
void bits_pack(const real *x, int64_t count, uint32_t *bits);
void bits_unpack(const uint32_t *bits, int64_t count, real *x);

/* ---- kernels: whole blocks ---- */

enum { BITS_LANES = 16, BITS_BLOCK = 32 * BITS_LANES }; /* numbers of a block */

typedef struct bits_kernels {
    void (*pack)(const real *x, int64_t blocks, uint32_t *bits);
    void (*unpack)(const uint32_t *bits, int64_t blocks, real *x);
} bits_kernels;

extern const bits_kernels bits_kernels_base, bits_kernels_avx2, bits_kernels_avx512;

#endif

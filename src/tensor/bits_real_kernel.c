/* Word l of a block has bit i from number 16 i + l: lanes stay where they are. */
#include "base/isa_kernel.h"
#include "tensor/bits.h"

#include <string.h>

typedef real numbers __attribute__((vector_size(BITS_LANES * sizeof(real))));
typedef int32_t words __attribute__((vector_size(BITS_LANES * sizeof(int32_t))));

/* A mask of numbers, as wide as they are. */
#ifdef FSNN_DOUBLE
typedef int64_t lane;
#else
typedef int32_t lane;
#endif
typedef lane mask __attribute__((vector_size(BITS_LANES * sizeof(lane))));

static void pack(const real *x, int64_t blocks, uint32_t *bits)
{
    for (int64_t b = 0; b < blocks; b++, x += BITS_BLOCK, bits += BITS_LANES) {
        words all = {0};
        for (int i = 0; i < 32; i++) {
            numbers v;
            memcpy(&v, x + i * BITS_LANES, sizeof v);
            all |= __builtin_convertvector(v != 0, words) & (int32_t)(UINT32_C(1) << i);
        }
        memcpy(bits, &all, sizeof all);
    }
}

static void unpack(const uint32_t *bits, int64_t blocks, real *x)
{
    const numbers one = 1 - (numbers){0};
    for (int64_t b = 0; b < blocks; b++, x += BITS_BLOCK, bits += BITS_LANES) {
        words all;
        memcpy(&all, bits, sizeof all);
        for (int i = 0; i < 32; i++) {
            words set = (all & (int32_t)(UINT32_C(1) << i)) != 0;
            numbers v = (numbers)((mask)one & __builtin_convertvector(set, mask));
            memcpy(x + i * BITS_LANES, &v, sizeof v);
        }
    }
}

const bits_kernels FSNN_K(bits_kernels) = {pack, unpack};

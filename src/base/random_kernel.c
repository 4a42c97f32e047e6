/* base/random_kernel.c: Philox 4x32-10 (philox.h) on many counters side by side. Integer arithmetic
 * only, so that all variants give the same bits. */
#include "base/isa_kernel.h"
#include "base/philox.h"
#include "base/random.h"

void FSNN_K(random_blocks)(float *restrict out, uint64_t seed, uint64_t stream, uint64_t block)
{
    uint32_t c0[RANDOM_BLOCKS], c1[RANDOM_BLOCKS], c2[RANDOM_BLOCKS], c3[RANDOM_BLOCKS];
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);

    for (int i = 0; i < RANDOM_BLOCKS; i++) {
        c0[i] = (uint32_t)(block + (uint64_t)i);
        c1[i] = (uint32_t)((block + (uint64_t)i) >> 32);
        c2[i] = (uint32_t)stream;
        c3[i] = (uint32_t)(stream >> 32);
    }
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        for (int i = 0; i < RANDOM_BLOCKS; i++) {
            uint64_t p0 = (uint64_t)PHILOX_M0 * c0[i], p1 = (uint64_t)PHILOX_M1 * c2[i];

            c0[i] = (uint32_t)(p1 >> 32) ^ c1[i] ^ k0;
            c1[i] = (uint32_t)p1;
            c2[i] = (uint32_t)(p0 >> 32) ^ c3[i] ^ k1;
            c3[i] = (uint32_t)p0;
        }
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
    }
    for (int i = 0; i < RANDOM_BLOCKS; i++) {
        out[4 * i] = philox_uniform(c0[i]);
        out[4 * i + 1] = philox_uniform(c1[i]);
        out[4 * i + 2] = philox_uniform(c2[i]);
        out[4 * i + 3] = philox_uniform(c3[i]);
    }
}

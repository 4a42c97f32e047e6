/* base/random_kernel.c: Philox 4x32-10 (philox.h) on many counters side by side. Integer arithmetic
 * only, so that all variants give the same bits. */
#include "base/isa_kernel.h"
#include "base/philox.h"
#include "base/random.h"

void FSNN_K(random_some)(float *restrict out, uint64_t seed, uint64_t stream, const uint64_t *number)
{
#pragma omp simd
    for (int i = 0; i < RANDOM_BLOCKS; i++) {
        uint64_t block = number[i] / 4;
        uint32_t lane = (uint32_t)number[i] % 4;
        uint32_t c0 = (uint32_t)block, c1 = (uint32_t)(block >> 32);
        uint32_t c2 = (uint32_t)stream, c3 = (uint32_t)(stream >> 32);
        uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);

        for (int round = 0; round < PHILOX_ROUNDS; round++) {
            uint64_t p0 = (uint64_t)PHILOX_M0 * c0, p1 = (uint64_t)PHILOX_M1 * c2;

            c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
            c1 = (uint32_t)p1;
            c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
            c3 = (uint32_t)p0;
            k0 += PHILOX_W0;
            k1 += PHILOX_W1;
        }
        uint32_t low = lane & 1 ? c1 : c0, high = lane & 1 ? c3 : c2;
        out[i] = philox_uniform(lane & 2 ? high : low);
    }
}

/* words [4][count]; count is a constant where this is inlined */
static inline void draw(uint32_t (*words)[RANDOM_BLOCKS], int count, uint64_t seed, uint64_t stream,
                        uint64_t block)
{
#pragma omp simd
    for (int i = 0; i < count; i++) {
        uint32_t c0 = (uint32_t)(block + (uint64_t)i), c1 = (uint32_t)((block + (uint64_t)i) >> 32);
        uint32_t c2 = (uint32_t)stream, c3 = (uint32_t)(stream >> 32);
        uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);

        for (int round = 0; round < PHILOX_ROUNDS; round++) {
            uint64_t p0 = (uint64_t)PHILOX_M0 * c0, p1 = (uint64_t)PHILOX_M1 * c2;

            c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
            c1 = (uint32_t)p1;
            c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
            c3 = (uint32_t)p0;
            k0 += PHILOX_W0;
            k1 += PHILOX_W1;
        }
        words[0][i] = c0;
        words[1][i] = c1;
        words[2][i] = c2;
        words[3][i] = c3;
    }
}

void FSNN_K(random_blocks)(float *restrict out, uint64_t seed, uint64_t stream, uint64_t block)
{
    uint32_t words[4][RANDOM_BLOCKS];
    draw(words, RANDOM_BLOCKS, seed, stream, block);
    for (int i = 0; i < RANDOM_BLOCKS; i++)
        for (int lane = 0; lane < 4; lane++)
            out[4 * i + lane] = philox_uniform(words[lane][i]);
}

/* Odd multiples of 2^-24: never 0 or 1, and 1 - u is one of them too. */
void FSNN_K(random_row)(float *restrict out, uint64_t seed, uint64_t stream, uint64_t block)
{
    uint32_t words[4][RANDOM_BLOCKS];
    draw(words, RANDOM_ROW / 4, seed, stream, block);
    for (int lane = 0; lane < 4; lane++) {
#pragma omp simd
        for (int i = 0; i < RANDOM_ROW / 4; i++)
            out[RANDOM_ROW / 4 * lane + i] = (float)(int32_t)(words[lane][i] >> 9 << 1 | 1) * 0x1p-24f;
    }
}

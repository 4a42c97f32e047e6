/* base/random_kernel.c: Philox 4x32-10 (philox.h) on many counters side by side. Integer arithmetic
 * only, so that all variants give the same bits. */
#include "base/isa_kernel.h"
#include "base/philox.h"
#include "base/random.h"
#include "base/vec_kernel.h"

typedef uint32_t narrow __attribute__((vector_size(VEC_WIDE * sizeof(uint32_t))));

/* c: counters in, random words out, in the lower halves of the lanes; what is in the upper halves
 * does no harm. */
static inline void rounds(vec_wide c[4], uint64_t seed)
{
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);

    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        vec_wide p0 = vec_product(c[0], PHILOX_M0), p1 = vec_product(c[2], PHILOX_M1);

        c[0] = p1 >> 32 ^ c[1] ^ (uint64_t)k0;
        c[1] = p1;
        c[2] = p0 >> 32 ^ c[3] ^ (uint64_t)k1;
        c[3] = p0;
        k0 += PHILOX_W0;
        k1 += PHILOX_W1;
    }
}

static inline void cipher(vec_wide c[4], uint64_t seed, uint64_t stream, vec_wide block)
{
    c[0] = block;
    c[1] = block >> 32;
    c[2] = (vec_wide){0} + stream;
    c[3] = (vec_wide){0} + (stream >> 32);
    rounds(c, seed);
}

static inline void store(uint32_t *out, vec_wide words)
{
    narrow low = __builtin_convertvector(words, narrow);
    memcpy(out, &low, sizeof low);
}

void FSNN_K(random_some)(float *restrict out, uint64_t seed, uint64_t stream,
                         const uint64_t *number)
{
    uint32_t word[RANDOM_BLOCKS];
    for (int i = 0; i < RANDOM_BLOCKS; i += VEC_WIDE) {
        vec_wide n, c[4];
        memcpy(&n, number + i, sizeof n);
        cipher(c, seed, stream, n >> 2);
        vec_wide odd = -(n & 1), upper = -(n >> 1 & 1);
        vec_wide low = (c[1] & odd) | (c[0] & ~odd), high = (c[3] & odd) | (c[2] & ~odd);
        store(word + i, (high & upper) | (low & ~upper));
    }
    for (int i = 0; i < RANDOM_BLOCKS; i++)
        out[i] = philox_uniform(word[i]);
}

/* words [4][RANDOM_BLOCKS], of which `count` are made; count is a constant where this is inlined */
static inline void draw(uint32_t (*words)[RANDOM_BLOCKS], int count, uint64_t seed, uint64_t stream,
                        uint64_t block)
{
    for (int i = 0; i < count; i += VEC_WIDE) {
        vec_wide first, c[4];
        for (int lane = 0; lane < VEC_WIDE; lane++)
            first[lane] = block + (uint64_t)(i + lane);
        cipher(c, seed, stream, first);
        for (int word = 0; word < 4; word++)
            store(words[word] + i, c[word]);
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
            out[RANDOM_ROW / 4 * lane + i] =
                (float)(int32_t)(words[lane][i] >> 9 << 1 | 1) * 0x1p-24f;
    }
}

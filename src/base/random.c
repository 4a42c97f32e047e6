/* base/random.c: random numbers as a function of (seed, stream, index): Philox 4x32-10 with the
 * seed as key and (block, stream) as counter. Word index % 4 of block index / 4 is number `index`.
 * No state: any part of a sequence can be drawn by any thread in any order. */
#include "base/random.h"
#include "base/base.h"
#include "base/isa.h"
#include "base/philox.h"

#include <math.h>
#include <string.h>

static void draw(uint32_t word[4], uint64_t seed, uint64_t stream, uint64_t block)
{
    word[0] = (uint32_t)block;
    word[1] = (uint32_t)(block >> 32);
    word[2] = (uint32_t)stream;
    word[3] = (uint32_t)(stream >> 32);
    philox(word, (uint32_t)seed, (uint32_t)(seed >> 32));
}

uint32_t fsnn_random_u32(uint64_t seed, uint64_t stream, uint64_t index)
{
    uint32_t word[4];

    draw(word, seed, stream, index / 4);
    return word[index % 4];
}

float fsnn_random_uniform(uint64_t seed, uint64_t stream, uint64_t index)
{
    return philox_uniform(fsnn_random_u32(seed, stream, index));
}

/* Box and Muller (1958): r = sqrt(-2 ln u), z = r cos(2 pi t); each index takes two words of its
 * own. */
double fsnn_random_normal(uint64_t seed, uint64_t stream, uint64_t index)
{
    uint32_t word[4];
    const uint32_t *pair = word + 2 * (index % 2);

    draw(word, seed, stream, index / 2);
    double u = ((double)pair[0] + 0.5) * 0x1p-32; /* never 0 */
    double t = (double)pair[1] * 0x1p-32;
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586476925 * t);
}

static random_blocks *blocks_of_machine(void)
{
    static random_blocks *const level[] = FSNN_BY_ISA(random_blocks);
    return level[fsnn_isa_level()];
}

/* Numbers that fill no whole group of blocks: the group is drawn aside. Returns how many of n. */
static int64_t fill_part(float *out, int64_t n, random_blocks *blocks, uint64_t seed,
                         uint64_t stream, uint64_t first)
{
    float group[4 * RANDOM_BLOCKS];
    int64_t skip = (int64_t)(first % 4), got = 4 * RANDOM_BLOCKS - skip;
    got = n < got ? n : got;
    blocks(group, seed, stream, first / 4);
    memcpy(out, group + skip, (size_t)got * sizeof *out);
    return got;
}

void fsnn_random_fill(float *out, int64_t n, uint64_t seed, uint64_t stream, uint64_t first)
{
    enum { FEW = 8 }; /* cheaper one by one */
    random_blocks *blocks = blocks_of_machine();
    int64_t i = 0;

    if (n >= FEW && first % 4)
        i = fill_part(out, n, blocks, seed, stream, first);
    for (; n - i >= 4 * RANDOM_BLOCKS; i += 4 * RANDOM_BLOCKS)
        blocks(out + i, seed, stream, (first + (uint64_t)i) / 4);
    if (n - i >= FEW)
        i += fill_part(out + i, n - i, blocks, seed, stream, first + (uint64_t)i);
    for (; i < n; i++)
        out[i] = fsnn_random_uniform(seed, stream, first + (uint64_t)i);
}

static random_some *some_of_machine(void)
{
    static random_some *const level[] = FSNN_BY_ISA(random_some);
    return level[fsnn_isa_level()];
}

void fsnn_random_at(float *out, int64_t n, const int32_t *index, uint64_t seed, uint64_t stream,
                    uint64_t first)
{
    random_some *some = some_of_machine();
    uint64_t number[RANDOM_BLOCKS];
    float last[RANDOM_BLOCKS];

    for (int64_t i = 0; i < n; i += RANDOM_BLOCKS) {
        int64_t left = n - i < RANDOM_BLOCKS ? n - i : RANDOM_BLOCKS;

        for (int64_t k = 0; k < RANDOM_BLOCKS; k++)
            number[k] = first + (uint64_t)index[k < left ? i + k : i];
        some(left == RANDOM_BLOCKS ? out + i : last, seed, stream, number);
        for (int64_t k = 0; k < left && left < RANDOM_BLOCKS; k++)
            out[i + k] = last[k];
    }
}

void fsnn_random_order(int64_t *order, int64_t n, uint64_t seed, uint64_t stream)
{
    for (int64_t i = 0; i < n; i++)
        order[i] = i;
    for (int64_t i = n - 1; i > 0; i--) {
        uint32_t word[4];

        /* 64 bits: the bias of the remainder is below n / 2^64 */
        draw(word, seed, stream, (uint64_t)i);
        int64_t j = (int64_t)(((uint64_t)word[0] << 32 | word[1]) % (uint64_t)(i + 1));
        int64_t kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}

/* base/random.h: random numbers side by side, one variant per instruction set. */
#ifndef FSNN_BASE_RANDOM_H
#define FSNN_BASE_RANDOM_H

#include <stdint.h>

#define RANDOM_BLOCKS 16 /* Philox blocks of one call */

#define RANDOM_ROW 32 /* numbers of a row: a tile of neurons */

/* out[4 * RANDOM_BLOCKS]: the uniforms of blocks block .. block + RANDOM_BLOCKS - 1. */
typedef void random_blocks(float *out, uint64_t seed, uint64_t stream, uint64_t block);

/* out[RANDOM_BLOCKS]: the uniforms of those numbers. */
typedef void random_some(float *out, uint64_t seed, uint64_t stream, const uint64_t *number);

random_some random_some_base, random_some_avx2, random_some_avx512;
random_blocks random_blocks_base, random_blocks_avx2, random_blocks_avx512;

/* out[RANDOM_ROW]: uniforms of the open interval (0, 1), from blocks block .. block + RANDOM_ROW/4
 * - 1: word i / 8 of block i % 8 is number i. */
random_blocks random_row_base, random_row_avx2, random_row_avx512;

#endif

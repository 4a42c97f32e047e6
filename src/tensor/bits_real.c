/* Blocks are shared among the threads; the last, incomplete one goes through a block of its own. */
#include "tensor/bits.h"

#include "base/base.h"
#include "base/isa.h"

#include <string.h>

static const bits_kernels *kernels(void)
{
    static const bits_kernels *const level[] = FSNN_BY_ISA(&bits_kernels);
    return level[fsnn_isa_level()];
}

int64_t bits_words(int64_t count)
{
    return (count + BITS_BLOCK - 1) / BITS_BLOCK * BITS_LANES;
}

enum { GRAIN = 16 }; /* blocks that are worth a thread */

typedef struct job {
    const real *x;
    const uint32_t *from;
    real *y;
    uint32_t *bits;
} job;

static void pack(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    kernels()->pack(j->x + begin * BITS_BLOCK, end - begin, j->bits + begin * BITS_LANES);
}

static void unpack(int64_t begin, int64_t end, void *user)
{
    const job *j = user;
    kernels()->unpack(j->from + begin * BITS_LANES, end - begin, j->y + begin * BITS_BLOCK);
}

void bits_pack(const real *x, int64_t count, uint32_t *bits)
{
    int64_t blocks = count / BITS_BLOCK, rest = count % BITS_BLOCK;
    fsnn_parallel_range(blocks, GRAIN, pack, &(job){.x = x, .bits = bits});
    if (!rest)
        return;
    real last[BITS_BLOCK] = {0};
    memcpy(last, x + blocks * BITS_BLOCK, (size_t)rest * sizeof *x);
    kernels()->pack(last, 1, bits + blocks * BITS_LANES);
}

void bits_unpack(const uint32_t *bits, int64_t count, real *x)
{
    int64_t blocks = count / BITS_BLOCK, rest = count % BITS_BLOCK;
    fsnn_parallel_range(blocks, GRAIN, unpack, &(job){.from = bits, .y = x});
    if (!rest)
        return;
    real last[BITS_BLOCK];
    kernels()->unpack(bits + blocks * BITS_LANES, 1, last);
    memcpy(x + blocks * BITS_BLOCK, last, (size_t)rest * sizeof *x);
}

/* The blocks of memory of a scan: the one list of them, and what is done with each. */
#include "scan/history.h"

#include "scan/front.h"

#include <stddef.h>

/* All scan_block of a scan. */
static const size_t blocks[] = {
    offsetof(scan, self),
    offsetof(scan, history.u.block),
    offsetof(scan, history.x.block),
    offsetof(scan, history.first),
    offsetof(scan, history.count),
    offsetof(scan, history.wait),
    offsetof(scan, history.modes),
    offsetof(scan, history.extremes),
    offsetof(scan, tape.arg),
    offsetof(scan, tape.predicted),
    offsetof(scan, tape.resting),
    offsetof(scan, tape.modes),
    offsetof(scan, tape.fired),
    offsetof(scan, adjoint.q),
    offsetof(scan, adjoint.far),
    offsetof(scan, adjoint.part),
    offsetof(scan, adjoint.lane),
    offsetof(scan, adjoint.sums),
    offsetof(scan, adjoint.held),
    offsetof(scan, adjoint.dw),
    offsetof(scan, chain.carry),
    offsetof(scan, chain.count),
    offsetof(scan, fused.space),
    offsetof(scan, fused.wide),
};

static const scan_block *block_of(const scan *s, int i)
{
    return (const scan_block *)(const void *)((const char *)s + blocks[i]);
}

fsnn_status scan_block_reserve(scan_block *block, size_t bytes)
{
    if (bytes <= block->bytes)
        return FSNN_OK;
    fsnn_free(block->data);
    block->bytes = 0;
    block->data = fsnn_alloc(bytes);
    if (!block->data)
        return FSNN_EMEMORY;
    block->bytes = bytes;
    return FSNN_OK;
}

size_t scan_bytes(const scan *s)
{
    size_t sum = 0;
    for (int i = 0; i < FSNN_COUNT(blocks); i++)
        sum += block_of(s, i)->bytes;
    for (int i = 0; i < s->others; i++)
        sum += scan_bytes(&s->other[i]);
#if SCAN_FRONT
    sum += s->twin ? twin_bytes(s->twin) : 0;
#endif
    return sum;
}

void scan_free(scan *s)
{
    for (int i = 0; i < FSNN_COUNT(blocks); i++)
        fsnn_free(block_of(s, i)->data);
    frac_memory_free(&s->memory);
    for (int i = 0; i < s->others; i++)
        scan_free(&s->other[i]);
    fsnn_free(s->other);
#if SCAN_FRONT
    twin_free(s->twin);
#endif
    *s = (scan){0};
}

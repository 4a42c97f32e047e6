/* Blocks of at least BLOCK_BYTES in a chain; a request that does not fit opens a new block. */
#include "base/pool.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ALIGNMENT 16
#define BLOCK_BYTES 8192

struct pool_block {
    pool_block *before;
    size_t used, size;
    _Alignas(ALIGNMENT) char data[];
};

void *pool_alloc(pool *p, size_t bytes)
{
    if (bytes > SIZE_MAX / 2) {
        fsnn_fail(FSNN_EMEMORY, "out of memory: %zu bytes wanted", bytes);
        return NULL;
    }
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (!p->block || p->block->size - p->block->used < bytes) {
        size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
        pool_block *block = fsnn_alloc(sizeof *block + size);
        if (!block)
            return NULL;
        *block = (pool_block){.before = p->block, .size = size};
        p->block = block;
    }
    void *piece = p->block->data + p->block->used;
    p->block->used += bytes;
    return piece;
}

char *pool_text(pool *p, const char *text, size_t size)
{
    char *copy = pool_alloc(p, size + 1);
    if (copy && size)
        memcpy(copy, text, size);
    return copy;
}

char *pool_format(pool *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = size < 0 ? NULL : pool_alloc(p, (size_t)size + 1);
    if (text) {
        va_start(args, format);
        vsnprintf(text, (size_t)size + 1, format, args);
        va_end(args);
    }
    return text;
}

void pool_free(pool *p)
{
    while (p->block) {
        pool_block *before = p->block->before;
        fsnn_free(p->block);
        p->block = before;
    }
}

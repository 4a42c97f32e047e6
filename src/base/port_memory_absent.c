/* base/port_memory_absent.c: memory by malloc alone, which neither aligns to lines nor knows the
 * size of a block: both stand before the block. */
#include "base/port_memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct before {
    void *whole; /* what malloc gave */
    size_t bytes;
} before;

static before *before_of(void *p)
{
    return (before *)p - 1;
}

size_t port_memory_available(void)
{
    return SIZE_MAX;
}

size_t port_memory_resident(void)
{
    return 0;
}

void *port_memory_alloc(size_t alignment, size_t bytes)
{
    size_t most = sizeof(before) + alignment - 1;
    char *whole = bytes <= SIZE_MAX - most ? malloc(bytes + most) : NULL;
    if (!whole)
        return NULL;
    uintptr_t first = (uintptr_t)(whole + sizeof(before));
    char *p = whole + sizeof(before) + (-first & (alignment - 1));
    *before_of(p) = (before){whole, bytes};
    return p;
}

void port_memory_free(void *p)
{
    if (p)
        free(before_of(p)->whole);
}

size_t port_memory_size(void *p)
{
    return before_of(p)->bytes;
}

void port_memory_zero(void *p, size_t bytes)
{
    memset(p, 0, bytes);
}

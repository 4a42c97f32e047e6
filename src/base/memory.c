/* base/memory.c: aligned, zeroed memory and strings. Every allocation is counted, and tests can
 * make any one of them fail, so that each out-of-memory path can be walked. */
#include "base/base.h"
#include "base/port_memory.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>

#define ALIGNMENT 64

static _Atomic int64_t allocations, failing;

int64_t fsnn_alloc_fail_at(int64_t n)
{
    atomic_store(&failing, n);
    return atomic_exchange(&allocations, 0);
}

enum { LARGE = 2 * PORT_LARGE_PAGE, HUGE_BLOCK = 256 << 20 };

/* Large blocks are zero without being written to, so that pages come with their first use: a
 * network can be planned, and what it needs be told, without the memory. What is promised to them
 * and not yet there no other block may have. */
static _Atomic size_t promised;

/* Linux promises more memory than there is and ends a program that uses it, so large blocks are
 * held against what can be had now. */
static size_t left(void)
{
    size_t there = port_memory_available(), mine = atomic_load(&promised),
           held = port_memory_resident();
    size_t owed = mine > held ? mine - held : 0;
    return there > owed ? there - owed : 0;
}

int64_t fsnn_memory_left(void)
{
    uint64_t bytes = left();
    return bytes < INT64_MAX ? (int64_t)bytes : INT64_MAX;
}

void *fsnn_alloc(size_t bytes)
{
    int64_t number = atomic_fetch_add(&allocations, 1) + 1;
    size_t rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    size_t there = rounded >= HUGE_BLOCK ? left() : SIZE_MAX;
    if (rounded > there) {
        fsnn_fail(FSNN_EMEMORY, "out of memory: %.3g GiB are needed at once, %.3g GiB are free",
                  (double)bytes / (1 << 30), (double)there / (1 << 30));
        return NULL;
    }
    void *p = NULL;
    if (rounded >= bytes && number != atomic_load(&failing))
        p = port_memory_alloc(rounded < LARGE ? ALIGNMENT : PORT_LARGE_PAGE,
                              rounded ? rounded : ALIGNMENT);
    if (!p) {
        fsnn_fail(FSNN_EMEMORY, "out of memory: %zu bytes could not be had", bytes);
        return NULL;
    }
    size_t size = port_memory_size(p); /* what fsnn_free will see */
    if (size >= LARGE)
        atomic_fetch_add(&promised, size);
    if (rounded < LARGE)
        return memset(p, 0, rounded ? rounded : ALIGNMENT);
    port_memory_zero(p, rounded);
    return p;
}

void fsnn_free(void *p)
{
    size_t size = p ? port_memory_size(p) : 0;
    if (size >= LARGE)
        atomic_fetch_sub(&promised, size);
    port_memory_free(p);
}

fsnn_status fsnn_grow(void *array, int64_t used, int64_t *capacity, int64_t need, size_t size)
{
    if (need <= *capacity)
        return FSNN_OK;
    enum { FIRST = 16 };
    int64_t more = *capacity <= INT64_MAX / 2 && 2 * *capacity > need ? 2 * *capacity : need;
    more = more < FIRST ? FIRST : more;
    size_t bytes;
    if (__builtin_mul_overflow((size_t)more, size, &bytes))
        return fsnn_fail(FSNN_EMEMORY, "out of memory: %lld elements of %zu bytes cannot be had",
                         (long long)more, size);
    void *old, *fresh = fsnn_alloc(bytes);
    if (!fresh)
        return FSNN_EMEMORY;
    memcpy(&old, array, sizeof old); /* a pointer to whatever type */
    if (used)
        memcpy(fresh, old, (size_t)used * size);
    fsnn_free(old);
    memcpy(array, &fresh, sizeof fresh);
    *capacity = more;
    return FSNN_OK;
}

char *fsnn_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = fsnn_alloc(size);

    return copy ? memcpy(copy, text, size) : NULL;
}

char *fsnn_format(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);

    char *text = fsnn_alloc((size_t)(length < 0 ? 0 : length) + 1);
    if (!text)
        return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)(length < 0 ? 0 : length) + 1, format, args);
    va_end(args);
    return text;
}

/* base/memory.c: aligned, zeroed memory and strings. Every allocation is counted, and tests can
 * make any one of them fail, so that each out-of-memory path can be walked. */
#include "base/base.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ALIGNMENT 64

static _Atomic int64_t made, failing;

int64_t fsnn_alloc_fail_at(int64_t n)
{
    atomic_store(&failing, n);
    return atomic_exchange(&made, 0);
}

/* Linux promises more memory than there is and ends a program that uses it, so large blocks are
 * held against what can be had now. Bytes; SIZE_MAX where the system does not say. */
static size_t available(void)
{
    static const char key[] = "MemAvailable:";
    char line[128];
    size_t kib = SIZE_MAX / 1024;
    FILE *file = fopen("/proc/meminfo", "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, key, sizeof key - 1) == 0) {
            kib = strtoull(line + sizeof key - 1, NULL, 10);
            break;
        }
    if (file)
        fclose(file);
    return kib * 1024;
}

/* Blocks that many rows apart are walked through at once: large pages spare the address
 * translation. */
enum { PAGE = 2 << 20, LARGE = 4 << 20, HUGE_BLOCK = 256 << 20 };

/* Large blocks are zero without being written to, so that pages come with their first use: a
 * network can be planned, and what it needs be told, without the memory. What is promised to them
 * and not yet there no other block may have. */
static _Atomic size_t promised;

static size_t resident(void)
{
    unsigned long all = 0, here = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file) {
        if (fscanf(file, "%lu %lu", &all, &here) != 2)
            here = 0;
        fclose(file);
    }
    return here * (size_t)sysconf(_SC_PAGESIZE);
}

static size_t left(void)
{
    size_t there = available(), mine = atomic_load(&promised), held = resident();
    size_t owed = mine > held ? mine - held : 0;
    return there > owed ? there - owed : 0;
}

int64_t fsnn_memory_left(void)
{
    size_t bytes = left();
    return bytes < INT64_MAX ? (int64_t)bytes : INT64_MAX;
}

/* Zero from its first page to its last, without touching them where the system can. */
static void zero_large(char *p, size_t bytes)
{
    size_t whole = bytes / PAGE * PAGE;
    if (madvise(p, whole, MADV_DONTNEED) != 0)
        memset(p, 0, whole);
    memset(p + whole, 0, bytes - whole);
}

void *fsnn_alloc(size_t bytes)
{
    int64_t number = atomic_fetch_add(&made, 1) + 1;
    size_t rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    void *p = NULL;

    size_t there = rounded >= HUGE_BLOCK ? left() : SIZE_MAX;
    if (rounded > there) {
        fsnn_fail(FSNN_EMEMORY, "out of memory: %.3g GiB are needed at once, %.3g GiB are free",
                  (double)bytes / (1 << 30), (double)there / (1 << 30));
        return NULL;
    }
    if (rounded < bytes || number == atomic_load(&failing) ||
        posix_memalign(&p, rounded < LARGE ? ALIGNMENT : PAGE, rounded ? rounded : ALIGNMENT) !=
            0) {
        fsnn_fail(FSNN_EMEMORY, "out of memory: %zu bytes could not be had", bytes);
        return NULL;
    }
    size_t size = malloc_usable_size(p); /* what fsnn_free will see */
    if (size >= LARGE)
        atomic_fetch_add(&promised, size);
    if (rounded < LARGE)
        return memset(p, 0, rounded ? rounded : ALIGNMENT);
#ifdef MADV_HUGEPAGE
    madvise(p, rounded / PAGE * PAGE, MADV_HUGEPAGE); /* a wish: nothing depends on it */
#endif
    zero_large(p, rounded);
    return p;
}

void fsnn_free(void *p)
{
    size_t size = p ? malloc_usable_size(p) : 0;
    if (size >= LARGE)
        atomic_fetch_sub(&promised, size);
    free(p);
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

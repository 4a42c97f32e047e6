/* base/memory.c: aligned, zeroed memory and strings. Every allocation is counted, and tests can
 * make any one of them fail, so that each out-of-memory path can be walked. */
#include "base/base.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGNMENT 64

static _Atomic int64_t made, failing;

int64_t fsnn_alloc_fail_at(int64_t n)
{
    atomic_store(&failing, n);
    return atomic_exchange(&made, 0);
}

/* Linux promises more memory than there is and ends a program that uses it, so large blocks are held
 * against what can be had now. Bytes; SIZE_MAX where the system does not say. */
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

/* Blocks that many rows apart are walked through at once: large pages spare the address translation. */
enum { PAGE = 2 << 20, LARGE = 4 << 20, HUGE_BLOCK = 256 << 20 };

void *fsnn_alloc(size_t bytes)
{
    int64_t number = atomic_fetch_add(&made, 1) + 1;
    size_t rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    void *p = NULL;

    size_t there = rounded >= HUGE_BLOCK ? available() : SIZE_MAX;
    if (rounded > there) {
        fsnn_fail(FSNN_EMEMORY, "out of memory: %.3g GiB are needed at once, %.3g GiB are free",
                  (double)bytes / (1 << 30), (double)there / (1 << 30));
        return NULL;
    }
    if (rounded < bytes || number == atomic_load(&failing) ||
        posix_memalign(&p, rounded < LARGE ? ALIGNMENT : PAGE, rounded ? rounded : ALIGNMENT) != 0) {
        fsnn_fail(FSNN_EMEMORY, "out of memory: %zu bytes could not be had", bytes);
        return NULL;
    }
#ifdef MADV_HUGEPAGE
    if (rounded >= LARGE)
        madvise(p, rounded / PAGE * PAGE, MADV_HUGEPAGE); /* a wish: nothing depends on it */
#endif
    return memset(p, 0, rounded ? rounded : ALIGNMENT);
}

void fsnn_free(void *p)
{
    free(p);
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

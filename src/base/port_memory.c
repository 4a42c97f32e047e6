/* base/port_memory.c: memory on Linux, and as far as they go on other POSIX systems. */
#include "base/port_memory.h"

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

size_t port_memory_available(void)
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

size_t port_memory_resident(void)
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

void *port_memory_alloc(size_t alignment, size_t bytes)
{
    void *p = NULL;
    return posix_memalign(&p, alignment, bytes) == 0 ? p : NULL;
}

void port_memory_free(void *p)
{
    free(p);
}

size_t port_memory_size(void *p)
{
    return malloc_usable_size(p);
}

void port_memory_zero(void *p, size_t bytes)
{
    size_t whole = bytes / PORT_LARGE_PAGE * PORT_LARGE_PAGE;
#ifdef MADV_HUGEPAGE
    madvise(p, whole, MADV_HUGEPAGE); /* a wish: nothing depends on it */
#endif
    if (madvise(p, whole, MADV_DONTNEED) != 0)
        memset(p, 0, whole);
    memset((char *)p + whole, 0, bytes - whole);
}

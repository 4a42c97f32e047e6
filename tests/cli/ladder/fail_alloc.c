/* Preloaded: allocation number FAIL_AT of the process fails, and with FAIL_ALL all later ones too.
 * At the end the number of allocations goes to the file COUNT. With OWN, only those are counted and
 * fail whose caller is neither oneDNN nor the C++ library, through which oneDNN allocates. Programs
 * that it starts are left in peace. Allocations of two functions of libraries do not fail, which do
 * not look at what they get: libfyaml's fy_parse_input_append (0.7), and oneDNN's making of kernels
 * for products (2.6), before which the library looks whether there is room
 * (src/tensor/dense_onednn_gemm.c). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t),
    *__libc_memalign(size_t, size_t);

static atomic_long count;
static long fail_at;
static int on, all;
static int foreign_only; /* with PLACES; with OWN there are none of them */
static _Thread_local int within;

/* Code of the libraries that OWN leaves out. */
enum { FOREIGN = 8 };
static struct {
    uintptr_t from, to;
} foreign[FOREIGN];
static int foreigns;

static int add_foreign(struct dl_phdr_info *info, size_t size, void *user)
{
    (void)size;
    (void)user;
    if (!strstr(info->dlpi_name, "libdnnl") && !strstr(info->dlpi_name, "libstdc++"))
        return 0;
    for (int i = 0; i < info->dlpi_phnum && foreigns < FOREIGN; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type != PT_LOAD || !(p->p_flags & PF_X))
            continue;
        foreign[foreigns].from = info->dlpi_addr + p->p_vaddr;
        foreign[foreigns].to = foreign[foreigns].from + p->p_memsz;
        foreigns++;
    }
    return 0;
}

static int is_foreign(const void *caller)
{
    for (int i = 0; i < foreigns; i++)
        if ((uintptr_t)caller >= foreign[i].from && (uintptr_t)caller < foreign[i].to)
            return 1;
    return 0;
}

__attribute__((constructor)) static void begin(void)
{
    void *warm[2];
    const char *at = getenv("FAIL_AT");
    backtrace(warm, 2); /* loads what it needs now */
    fail_at = at ? atol(at) : 0;
    all = getenv("FAIL_ALL") != NULL;
    foreign_only = getenv("PLACES") != NULL;
    if (getenv("OWN") || foreign_only)
        dl_iterate_phdr(add_foreign, NULL);
    unsetenv("LD_PRELOAD");
    on = 1;
}

/* What oneDNN does once, by the C library's pthread_once, within a product. */
typedef struct once {
    int inside, called; /* frames of oneDNN, and behind them of the C library */
    int done;           /* and then of oneDNN again: it is that */
    int product;
} once;

static void look(once *o, const Dl_info *info)
{
    int dnnl = strstr(info->dli_fname, "libdnnl") != NULL;
    o->done |= dnnl && o->called;
    o->called |= !dnnl && o->inside && strstr(info->dli_fname, "libc.so") != NULL;
    o->inside |= dnnl;
    o->product |= info->dli_sname && strcmp(info->dli_sname, "dnnl_sgemm") == 0;
}

static int unchecked(void)
{
    void *frame[24];
    once o = {0};
    int found = 0, frames = backtrace(frame, 24);
    for (int i = 0; i < frames; i++) {
        Dl_info info;
        if (!dladdr(frame[i], &info))
            continue;
        look(&o, &info);
        found |= info.dli_sname && strcmp(info.dli_sname, "fy_parse_input_append") == 0;
    }
    return found || (o.done && o.product);
}

/* The places so far, by a hash of the callers, and the number of the first allocation of each. */
enum { PLACES = 1 << 17, CALLERS = 16 };
static uint64_t place[PLACES];
static long first[PLACES];
static int places;

static void note_place(long number)
{
    void *frame[CALLERS];
    uint64_t hash = 1;
    within = 1;
    int frames = backtrace(frame, CALLERS);
    within = 0;
    for (int i = 2; i < frames; i++)
        hash = (hash ^ (uintptr_t)frame[i]) * 0x100000001b3;
    size_t at = hash >> 20 & (PLACES - 1);
    while (place[at] && place[at] != hash)
        at = (at + 1) & (PLACES - 1);
    place[at] = hash;
    if (!first[at]) {
        first[at] = number;
        places++;
    }
}

static int fails(const void *caller)
{
    if (!on || within || is_foreign(caller) != foreign_only)
        return 0;
    long number = atomic_fetch_add(&count, 1) + 1;
    if (foreign_only && !fail_at && places < PLACES / 2)
        note_place(number);
    if (!fail_at || (number != fail_at && !(all && number > fail_at)))
        return 0;
    within = 1;
    int spared = unchecked();
    within = 0;
    if (!spared)
        errno = ENOMEM;
    return !spared;
}

void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(p, size);
}

void *memalign(size_t alignment, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **p, size_t alignment, size_t size)
{
    void *q = fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
    if (q)
        *p = q;
    return q ? 0 : ENOMEM;
}

static void write_places(const char *name)
{
    FILE *file = name ? fopen(name, "w") : NULL;
    for (int i = 0; file && i < PLACES; i++)
        if (first[i])
            fprintf(file, "%ld\n", first[i]);
    if (file)
        fclose(file);
}

__attribute__((destructor)) static void end(void)
{
    on = 0;
    if (foreign_only && !fail_at)
        write_places(getenv("PLACES"));
    const char *name = getenv("COUNT");
    FILE *file = name ? fopen(name, "w") : NULL;
    if (file) {
        fprintf(file, "%ld\n", (long)count);
        fclose(file);
    }
}

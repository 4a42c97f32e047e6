/* base/isa.c: the instruction set of the kernels: what the processor has, lowered by FSNN_ISA. */
#include "base/isa.h"
#include "base/base.h"
#include "base/wish.h"

#include <stdatomic.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

static const char *const names[] = {
    [FSNN_ISA_BASE] = "base",
    [FSNN_ISA_AVX2] = "avx2",
    [FSNN_ISA_AVX512] = "avx512",
};

/* The builtins also ask whether the operating system saves the wide registers. */
static int processor(void)
{
    int level = FSNN_ISA_BASE;
#if defined(__x86_64__) || defined(__i386__)
    __builtin_cpu_init();
#ifdef FSNN_HAVE_AVX2
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("pclmul"))
        level = FSNN_ISA_AVX2;
#endif
#ifdef FSNN_HAVE_AVX512
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("fma") && __builtin_cpu_supports("pclmul"))
        level = FSNN_ISA_AVX512;
#endif
#endif
    return level;
}

static int decide(void)
{
    int level = processor(), wish = wish_of("FSNN_ISA", names, level);
    return wish < 0 ? level : wish;
}

int fsnn_isa_level(void)
{
    static atomic_int known; /* level + 1; 0 before the first call */
    int level = atomic_load_explicit(&known, memory_order_relaxed) - 1;

    if (level < 0) {
        level = decide();
        atomic_store_explicit(&known, level + 1, memory_order_relaxed);
    }
    return level;
}

/* Leaf 7: bit 11 of ecx, and bit 4 of eax of its subleaf 1. The level says that the system saves
 * the registers. */
bool fsnn_isa_vnni(int level)
{
#if defined(__x86_64__) || defined(__i386__)
    unsigned a, b, c, d;
    if (level == FSNN_ISA_AVX512)
        return __get_cpuid_count(7, 0, &a, &b, &c, &d) && c >> 11 & 1;
    if (level == FSNN_ISA_AVX2)
        return __get_cpuid_count(7, 0, &a, &b, &c, &d) && a >= 1 &&
               __get_cpuid_count(7, 1, &a, &b, &c, &d) && a >> 4 & 1;
#endif
    (void)level;
    return false;
}

const char *fsnn_isa(void)
{
    return names[fsnn_isa_level()];
}

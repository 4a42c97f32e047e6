/* Choice of the instruction set's kernels, and names of resets. */
#include "base/isa.h"
#include "scan/step.h"

#include <string.h>

extern const scan_kernels scan_kernels_base;
#ifdef FSNN_HAVE_AVX2
extern const scan_kernels scan_kernels_avx2;
#endif
#ifdef FSNN_HAVE_AVX512
extern const scan_kernels scan_kernels_avx512;
#endif

const scan_kernels *scan_kernels_get(void)
{
    static const scan_kernels *const level[] = FSNN_BY_ISA(&scan_kernels);
    return level[fsnn_isa_level()];
}

const char *fsnn_reset_name(fsnn_reset reset)
{
    return (unsigned)reset < FSNN_RESETS ? scan_kernels_get()->resets[reset].name : NULL;
}

static const char *name_at(int i)
{
    return fsnn_reset_name((fsnn_reset)i);
}

int fsnn_reset_find(const char *name)
{
    return fsnn_name_find("reset", name, name_at, NULL);
}

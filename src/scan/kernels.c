/* Choice of the instruction set's kernels. */
#include "base/isa.h"
#include "scan/step.h"

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

/* Choice of the instruction set's kernels, and names of resets. */
#include "base/isa.h"
#include "neuron/model.h"

#include <string.h>

extern const neuron_kernels neuron_kernels_base;
#ifdef FSNN_HAVE_AVX2
extern const neuron_kernels neuron_kernels_avx2;
#endif
#ifdef FSNN_HAVE_AVX512
extern const neuron_kernels neuron_kernels_avx512;
#endif

const neuron_kernels *neuron_kernels_get(void)
{
    static const neuron_kernels *const level[] = FSNN_BY_ISA(&neuron_kernels);
    return level[fsnn_isa_level()];
}

const neuron_model *neuron_model_find(const char *kind)
{
    for (const neuron_model *const *m = neuron_kernels_get()->models; *m; m++)
        if (strcmp((*m)->kind, kind) == 0)
            return *m;
    return NULL;
}

const char *fsnn_reset_name(fsnn_reset reset)
{
    return (unsigned)reset < FSNN_RESETS ? neuron_kernels_get()->resets[reset].name : NULL;
}

int fsnn_reset_find(const char *name)
{
    for (int i = 0; i < FSNN_RESETS; i++)
        if (strcmp(name, fsnn_reset_name((fsnn_reset)i)) == 0)
            return i;
    return FSNN_ENOTFOUND;
}

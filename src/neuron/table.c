/* Hand-written models by name. */
#include "base/isa.h"
#include "neuron/model.h"

#include <string.h>

extern const neuron_model *const neuron_models_base[];
#ifdef FSNN_HAVE_AVX2
extern const neuron_model *const neuron_models_avx2[];
#endif
#ifdef FSNN_HAVE_AVX512
extern const neuron_model *const neuron_models_avx512[];
#endif

const neuron_model *neuron_model_find(const char *kind)
{
    static const neuron_model *const *const level[] = FSNN_BY_ISA(neuron_models);
    for (const neuron_model *const *m = level[fsnn_isa_level()]; *m; m++)
        if (strcmp((*m)->kind, kind) == 0)
            return *m;
    return NULL;
}

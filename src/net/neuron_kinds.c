/* Kinds of neurons that are equations: one row each. A new one needs a row here and one in neuron_ops.c. */
#include "net/neuron_user.h"

#include <string.h>

/* Texts, and parameters with the values they have where a layer says nothing else. The exponent is kept below 20, so that one step
 * past the threshold does not leave single precision. */
static const neuron_kind kinds[] = {
    /* Ermentrout and Kopell 1986 (theta neuron); Latham et al. 2000 */
    {"qif",
     {.dv = "(a*(v - rest)*(v - critical) + I)/tau",
      .params = 3,
      .param = {{"a", {.value = 1}}, {"rest", {.value = 0}}, {"critical", {.value = 0.5}}}}},
    /* Fourcaud-Trocme et al. 2003 */
    {"eif",
     {.dv = "(-v + slope*exp(min((v - onset)/slope, 20)) + I)/tau",
      .params = 2,
      .param = {{"slope", {.value = 0.2}}, {"onset", {.value = 0.8}}}}},
    /* the spike makes the leak 1 + kappa times as strong for a step; Kang et al. 2025 (spikeDE) */
    {"hard_lif",
     {.dv = "(-v + I)/tau",
      .after_spike = "dv - s*kappa*v/tau",
      .params = 1,
      .param = {{"kappa", {.value = 1}}}}},
};

const neuron_kind *neuron_kind_find(const char *kind)
{
    for (int i = 0; i < FSNN_COUNT(kinds); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return &kinds[i];
    return NULL;
}

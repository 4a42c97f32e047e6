/* Kinds of neurons that are equations: one row each. A new one needs a row here and one in
 * neuron_ops.c. */
#include "net/neuron_user.h"

#include <string.h>

/* Texts, and parameters with the values they have where a layer says nothing else. The exponent is
 * kept below 20, so that one step past the threshold does not leave single precision. */
static const neuron_kind kinds[] = {
    /* Ermentrout and Kopell 1986 (theta neuron); Latham et al. 2000 */
    {.kind = "qif",
     .what = {.dv = "(a*(v - rest)*(v - critical) + I)/tau",
              .params = 3,
              .param = {{"a", {.value = 1}},
                        {"rest", {.value = 0}},
                        {"critical", {.value = 0.5}}}}},
    /* Fourcaud-Trocme et al. 2003 */
    {.kind = "eif",
     .what = {.dv = "(-v + slope*exp(min((v - onset)/slope, 20)) + I)/tau",
              .params = 2,
              .param = {{"slope", {.value = 0.2}}, {"onset", {.value = 0.8}}}}},
    /* the spike makes the leak 1 + kappa times as strong for a step; Kang et al. 2025 (spikeDE) */
    {.kind = "hard_lif",
     .what = {.dv = "(-v + I)/tau",
              .after_spike = "dv - s*kappa*v/tau",
              .params = 1,
              .param = {{"kappa", {.value = 1}}}}},
    /* The current of an exponential synapse: Brette et al. 2007 (CUBA); Neftci, Mostafa and Zenke
     * 2019. The synapse is a plain filter; memory belongs to the membrane. */
    {.kind = "cuba",
     .what = {.dv = "(-v + i)/tau",
              .states = 1,
              .state = {{.name = "i", .derivative = "(-i + I)/tau_syn"}},
              .params = 1,
              .param = {{"tau_syn", {.value = 2}}}},
     .positive = 1},
    /* Bellec et al. 2018, with its beta; Yin, Corradi and Bohte 2021. Spikes of before raise the
     * threshold of now; a reset takes `threshold`, not what was added to it (Bellec et al.
     * 2020). */
    {.kind = "alif",
     .what = {.dv = "(-v + I)/tau",
              .spike = "v + dv - threshold - beta*a",
              .states = 1,
              .state = {{.name = "a", .derivative = "(-a + s)/tau_a"}},
              .params = 2,
              .param = {{"tau_a", {.value = 20}}, {"beta", {.value = 1.8}}}},
     .positive = 1},
};

const neuron_kind *neuron_kind_find(const char *kind)
{
    for (int i = 0; i < FSNN_COUNT(kinds); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return &kinds[i];
    return NULL;
}

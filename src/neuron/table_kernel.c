/* The neuron models, one row each, for one instruction set. */
#include "base/isa_kernel.h"
#include "neuron/model.h"

extern const neuron_model FSNN_K(neuron_if), FSNN_K(neuron_lif), FSNN_K(neuron_noisy),
    FSNN_K(neuron_readout), FSNN_K(neuron_integrator);

const neuron_model *const FSNN_K(neuron_models)[] = {
    &FSNN_K(neuron_if),      &FSNN_K(neuron_lif),        &FSNN_K(neuron_noisy),
    &FSNN_K(neuron_readout), &FSNN_K(neuron_integrator), NULL};

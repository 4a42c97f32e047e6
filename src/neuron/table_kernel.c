/* The neuron models, one row each, and the rest of the kernels of one instruction set. */
#include "base/isa_kernel.h"
#include "neuron/scan.h"

extern const neuron_model FSNN_K(neuron_if), FSNN_K(neuron_lif), FSNN_K(neuron_noisy),
    FSNN_K(neuron_readout);
extern const neuron_scheme FSNN_K(neuron_schemes)[FRAC_SCHEMES];
extern const neuron_reset FSNN_K(neuron_resets)[FSNN_RESETS];
extern const neuron_surrogate FSNN_K(neuron_surrogates)[FSNN_SURROGATES];

static const neuron_model *const models[] = {&FSNN_K(neuron_if), &FSNN_K(neuron_lif),
                                             &FSNN_K(neuron_noisy), &FSNN_K(neuron_readout), NULL};

void FSNN_K(neuron_noise)(uint64_t seed, uint64_t run, int64_t step, int64_t tile, float gamma,
                          float *x);
fsnn_status FSNN_K(scan_forward)(scan *s, int64_t K, const float *I, float *spikes);
fsnn_status FSNN_K(scan_backward)(scan *s, const float *I, const float *spikes,
                                  const float *gspikes, const scan_grads *grads);
fsnn_status FSNN_K(scan_states_forward)(scan *s, int64_t K, const float *I, float *spikes);
fsnn_status FSNN_K(scan_states_backward)(scan *s, const float *I, const float *spikes,
                                         const float *gspikes, const scan_grads *grads);

static void fire(const float *x, float *s)
{
    for (int i = 0; i < FRAC_LANES; i++)
        s[i] = x[i] >= 0 ? 1.0f : 0.0f;
}

const neuron_kernels FSNN_K(neuron_kernels) = {
    .models = models,
    .schemes = FSNN_K(neuron_schemes),
    .resets = FSNN_K(neuron_resets),
    .surrogates = FSNN_K(neuron_surrogates),
    .fire = fire,
    .noise = FSNN_K(neuron_noise),
    .forward = FSNN_K(scan_forward),
    .backward = FSNN_K(scan_backward),
    .states_forward = FSNN_K(scan_states_forward),
    .states_backward = FSNN_K(scan_states_backward),
};

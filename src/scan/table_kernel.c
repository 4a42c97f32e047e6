/* The kernels of the scan for one instruction set. */
#include "base/isa_kernel.h"
#include "scan/scan.h"

extern const scan_scheme FSNN_K(scan_schemes)[FRAC_SCHEMES];
extern const reset_rule FSNN_K(reset_rules)[FSNN_RESETS];
extern const neuron_surrogate FSNN_K(neuron_surrogates)[FSNN_SURROGATES];

void FSNN_K(neuron_noise)(uint64_t seed, uint64_t run, int64_t step, int64_t tile, real gamma,
                          real *x);
fsnn_status FSNN_K(scan_forward)(scan *s, int64_t K, const real *I, real *spikes);
fsnn_status FSNN_K(scan_backward)(scan *s, const real *I, const real *spikes, const real *gspikes,
                                  const scan_grads *grads);
fsnn_status FSNN_K(scan_states_forward)(scan *s, int64_t K, const real *I, real *spikes);
fsnn_status FSNN_K(scan_states_backward)(scan *s, const real *I, const real *spikes,
                                         const real *gspikes, const scan_grads *grads);

static void fire(const real *x, real least, real *s)
{
    for (int i = 0; i < ROW_LANES; i++)
        s[i] = x[i] >= least ? 1 : 0;
}

const scan_kernels FSNN_K(scan_kernels) = {
    .schemes = FSNN_K(scan_schemes),
    .resets = FSNN_K(reset_rules),
    .surrogates = FSNN_K(neuron_surrogates),
    .fire = fire,
    .noise = FSNN_K(neuron_noise),
    .forward = FSNN_K(scan_forward),
    .backward = FSNN_K(scan_backward),
    .states_forward = FSNN_K(scan_states_forward),
    .states_backward = FSNN_K(scan_states_backward),
};

/* data/spikes_kernel.h: the inner loop of the rate encoder's lists, one variant per instruction
 * set. */
#ifndef FSNN_DATA_SPIKES_KERNEL_H
#define FSNN_DATA_SPIKES_KERNEL_H

#include <stdint.h>

/* places behind the last spike that may be written to, and behind the last number read */
enum { SPIKES_BEYOND = 16 };

/* One step of elements that spike with probability p [n] > 0. Those of p >= 1 always do; the others
 * have one number of `drawn` each, in their order, and do where it is below p. Writes the elements
 * that spike, element [n] in their order, to `out` [n + SPIKES_BEYOND] and returns how many. */
typedef int64_t spikes_select(int64_t n, const int32_t *element, const float *p, const float *drawn,
                              int32_t *out);

spikes_select spikes_select_base, spikes_select_avx2, spikes_select_avx512;

#endif

/* op/spikes.h: dense rows that turn out to be few spikes, as lists for op/events.h. */
#ifndef FSNN_OP_SPIKES_H
#define FSNN_OP_SPIKES_H

#include "base/base.h"
#include "base/real.h"
#include <fsnn/tensor.h>

/* Most ones that lists are made of. */
#define SPIKES_FORWARD 0.3

/* Shares of ones up to which adding event by event is quicker than the dense product of so many
 * rows, forward and for the gradient of the weights; 0: never. */
double spikes_forward(int64_t rows);
double spikes_weights(int64_t rows);
/* Whether a product of these sizes is worth the look at its input. */
bool spikes_worth(int64_t rows, int64_t in, int64_t out);
/* Bytes of space for the lists of x [rows, in]. */
size_t spikes_reserve(int64_t rows, int64_t in);
/* The lists of x [rows, in] in `space`, where it holds zeros and ones only and at most `share` of
 * them are ones in any 128 rows that follow one another, or in all of fewer; else false, and what
 * is in `space` is of no use. */
bool spikes_find(const real *x, int64_t rows, int64_t in, double share, void *space,
                 fsnn_spikes *lists);

#endif

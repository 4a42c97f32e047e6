/* data/spikes.h: the encoded samples of a batch as lists, one list a sample and step. */
#ifndef FSNN_DATA_SPIKES_H
#define FSNN_DATA_SPIKES_H

#include "base/base.h"

#include <fsnn/data.h>

/* The lists of one batch [T, B], sample after sample in `index`. */
typedef struct spike_lists {
    fsnn_spikes s; /* the batch, pointing into the arrays below */
    int64_t *start;
    int32_t *count;
    int32_t *index; /* [room] */
    float *value;   /* [room]; NULL: all 1 */
    int64_t used, room;
    bool values; /* elements have values of their own */
} spike_lists;

/* Space that one thread needs to encode a sample. */
typedef struct spike_space {
    float *p;         /* [N] probabilities of the elements below */
    int32_t *element; /* [N] that may spike */
    int32_t *unsure;  /* [N] elements of probability below 1, */
    int32_t *slot;    /* [N] and where they stand among those that may spike */
    float *u, *drawn; /* [N] random numbers of one step: of those that may spike, as drawn */
    float *dense;     /* [T, N]: encoders that have no way of their own */
} spike_space;

/* T steps of N elements for at most B samples; `values`: elements other than 0 and 1 may come. */
fsnn_status spike_lists_open(spike_lists *l, int64_t T, int64_t B, int64_t N, bool values);
/* Begins a batch of `batch` samples. */
void spike_lists_begin(spike_lists *l, int64_t batch);
void spike_lists_close(spike_lists *l);

fsnn_status spike_space_open(spike_space *space, int64_t T, int64_t N, bool dense);
void spike_space_close(spike_space *space);

/* Sample `b` of the batch: x [N] through the rate encoder, the spikes of encoder_sample. */
fsnn_status spike_lists_rate(spike_lists *l, spike_space *space, const fsnn_encoder *encoder,
                             int64_t b, const float *x, uint64_t seed, uint64_t stream);
/* Sample `b` from rows in time, dense [T, N]. */
fsnn_status spike_lists_dense(spike_lists *l, int64_t b, const float *dense);

#endif

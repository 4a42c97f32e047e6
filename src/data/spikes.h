/* data/spikes.h: the encoded samples of a batch as lists, one list a sample and step. Several
 * threads write the lists of one batch, each samples of its own into a piece of the arrays of its
 * own. */
#ifndef FSNN_DATA_SPIKES_H
#define FSNN_DATA_SPIKES_H

#include "base/base.h"

#include <fsnn/data.h>

/* The lists of one batch [T, B], sample after sample in `index`. */
typedef struct spike_lists {
    fsnn_spikes s; /* the batch, pointing into the arrays below */
    int64_t *start;
    int32_t *count;
    int32_t *index; /* [capacity] */
    float *value;   /* [capacity]; NULL: all 1 */
    int64_t capacity;
    bool values; /* elements have values of their own */
} spike_lists;

/* A part of the arrays, for one writer. */
typedef struct spike_piece {
    int64_t used, end;
    bool full; /* something did not fit: what was written is to be thrown away */
} spike_piece;

/* Space that one thread needs to encode a sample. */
typedef struct spike_space {
    float *p;         /* [N] probabilities of the elements below */
    int32_t *element; /* [N] that may spike */
    int32_t *unsure;  /* [N] elements of probability below 1 */
    /* [N] which random numbers some steps need, as the first of these counts them */
    int32_t *number;
    float *drawn; /* [N] random numbers of some steps, and room behind them */
    float *dense; /* [T, N]: encoders that have no way of their own */
} spike_space;

/* T steps of N elements for at most B samples; `values`: elements other than 0 and 1 may come. */
fsnn_status spike_lists_open(spike_lists *l, int64_t T, int64_t B, int64_t N, bool values);
/* Begins a batch of `batch` samples in `pieces` pieces [pieces] of one size. */
void spike_lists_begin(spike_lists *l, int64_t batch, spike_piece *piece, int pieces);
/* Capacity for that many elements; nothing is kept. */
fsnn_status spike_lists_reserve(spike_lists *l, int64_t capacity);
void spike_lists_close(spike_lists *l);

fsnn_status spike_space_open(spike_space *space, int64_t T, int64_t N, bool dense);
void spike_space_close(spike_space *space);

/* Sample `b` of the batch: x [N] through the rate encoder, the spikes of encoder_sample. */
void spike_lists_rate(spike_lists *l, spike_piece *piece, spike_space *space,
                      const fsnn_encoder *encoder, int64_t b, const float *x, uint64_t seed,
                      uint64_t stream);
/* Sample `b` from rows in time, dense [T, N]. */
void spike_lists_dense(spike_lists *l, spike_piece *piece, int64_t b, const float *dense);

#endif

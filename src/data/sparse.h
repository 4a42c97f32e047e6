/* data/sparse.h: a sample as lists of what is not 0: a frame of events is empty almost
 * everywhere. */
#ifndef FSNN_DATA_SPARSE_H
#define FSNN_DATA_SPARSE_H

#include "data/augment.h"

/* Step k of a sequence of T steps of N values: index[start[k]] .. index[start[k + 1] - 1],
 * increasing, and their values. Grows as needed and may be used again; all zero at first. */
typedef struct sparse_rows {
    int64_t T, N;
    int64_t *start;   /* [T + 1] */
    int32_t *index;   /* [start[T]], below N */
    float *value;     /* [start[T]] */
    int64_t capacity; /* of index and value */
    float *dense;     /* [T, N]; NULL where it was not needed */
} sparse_rows;

/* A row of the store of a set of sequences, changed where `clip` is given and the set can be.
 * Recordings are listed from their events, other samples from their values. Errors: as data->fetch;
 * FSNN_EARGUMENT when the samples have no time axis. */
fsnn_status sparse_fetch(const fsnn_data *data, int64_t row, const augment_clip *clip,
                         sparse_rows *out);
void sparse_free(sparse_rows *rows);

/* For those who fill lists: T and N, room for `start`; FSNN_EARGUMENT when N cannot be numbered. */
fsnn_status sparse_open(sparse_rows *rows, int64_t T, int64_t N);
/* Room for `count` elements, the first `kept` of which stay. */
fsnn_status sparse_reserve(sparse_rows *rows, int64_t kept, int64_t count);

#endif

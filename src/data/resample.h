/* data/resample.h: samples in time put on the grid of a solver, one data sample at a time, for the
 * loader. */
#ifndef FSNN_DATA_RESAMPLE_H
#define FSNN_DATA_RESAMPLE_H

#include "data/interpolate.h"

#include <fsnn/data.h>

typedef struct resample {
    fsnn_interpolation kind;
    series s;             /* one group of N columns */
    double *times, *grid; /* [n], [q] */
    double *work;         /* what the method needs */
    float *in, *out;      /* [n, N], [q, N] */
} resample;

/* Plans from T samples of N values to the solver's steps r->s.q. Errors: FSNN_EARGUMENT when the
 * stamps are not one a sample in time or cannot be, FSNN_EMEMORY; resample_close is due after an
 * error too. */
fsnn_status resample_open(resample *r, const fsnn_sampling *sampling, int64_t T, int64_t N);
/* r->in to rows of `out`, their beginnings `stride` floats apart. */
void resample_run(resample *r, float *out, int64_t stride);
void resample_close(resample *r);

#endif

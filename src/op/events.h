/* op/events.h: products with lists of spikes, event by event: y = x W^T costs one row of W^T for
 * each element of x that is not 0. */
#ifndef FSNN_OP_EVENTS_H
#define FSNN_OP_EVENTS_H

#include "base/base.h"
#include "base/real.h"
#include <fsnn/tensor.h>

/* Columns are worked on in slices of 8, 16, 32 or 64, whose sums stay in registers. */
enum { EVENTS_SLICE = 64 };

/* One slice of `width` columns for rows begin ... end - 1 of the lists. */
typedef struct events_slice {
    const fsnn_spikes *x;
    int64_t begin, end;
    int64_t out;     /* columns of y and gy */
    int64_t columns; /* of them in this slice; the rest of `width` is padding */
} events_slice;

typedef struct events_kernels {
    /* y [rows, out], from the slice's first column on: bias [width] + sum of w [in, width] over the
     * list */
    void (*sum[4])(const events_slice *s, const real *w, const real *bias, real *y);
    /* g [in, width] += gy of each row, from the slice's first column on, at each element of its
     * list */
    void (*spread[4])(const events_slice *s, const real *gy, real *g);
} events_kernels;

extern const events_kernels events_kernels_base, events_kernels_avx2, events_kernels_avx512;

/* Space that grows when a call needs more than any before; zero at first. */
typedef struct events_space {
    real *at;
    size_t numbers;
} events_space;

/* y [T B, out] = x W^T + bias; W [out, in] (in: x's width), bias [out] or NULL. */
fsnn_status events_forward(events_space *space, const fsnn_spikes *x, int64_t out,
                           const real *weight, const real *bias, real *y);
/* gw [out, in] += gy^T x; gy [T B, out]. Rows are summed in chunks whose number depends on the
 * sizes only, so that threads change nothing. */
fsnn_status events_weights(events_space *space, const fsnn_spikes *x, int64_t out, const real *gy,
                           real *gw);
void events_close(events_space *space);

#endif

/* data/interpolate.h: what the methods of interpolation share. The batch is seen as groups of
 * columns with the same stamps: one group of B*N columns, or B groups of N when every sample has
 * its own. */
#ifndef FSNN_DATA_INTERPOLATE_H
#define FSNN_DATA_INTERPOLATE_H

#include "base/base.h"
#include "base/real.h"

#include <fsnn/interpolate.h>

typedef struct series {
    int64_t n, q, groups, columns; /* x [n, groups, columns], out [q, groups, columns] */
    const double *times, *query;   /* [n, groups], [q, groups] */
} series;

/* Columns that are worked on at once where a method needs memory of its own: a cache line of
 * floats. */
enum { INTERPOLATE_WIDTH = 16, INTERPOLATE_TAPS = 4 };

/* out = sum over k < count of weight[k] x[first + k]. */
typedef struct taps {
    int64_t first;
    int count;
    double weight[INTERPOLATE_TAPS];
} taps;

static inline double series_time(const series *s, int64_t k, int64_t group)
{
    return s->times[k * s->groups + group];
}

/* The number of the last stamp at or before t; 0 when t is before all. */
int64_t series_locate(const series *s, int64_t group, double t);
/* Query k of a group, not before its first stamp and not after its last. */
double series_query(const series *s, int64_t k, int64_t group);

/* Methods that are linear in x: the taps at time t, which is within the stamps; n is at least 2. */
typedef void taps_fn(const series *s, int64_t group, double t, taps *out);
taps_fn taps_nearest, taps_hold, taps_linear, taps_cubic;

/* `width` columns of a group: x and out point to their first element; `work` has akima_work(s)
 * doubles. */
size_t akima_work(const series *s);
void akima_columns(const series *s, int64_t group, int64_t width, const real *x, double *work,
                   real *out);

/* One call, of numbers of a precision: the loops of interpolate_loops_real.c. */
typedef struct interpolate_job {
    series s;
    taps_fn *taps;  /* NULL: not linear in x */
    int64_t strips; /* of a group */
    size_t size;    /* doubles of `work` a worker has */
    double *work;
    const void *in; /* x, or dout */
    void *out;      /* out, or dx */
} interpolate_job;

/* All of out by all threads; the same of dx, where there are taps; out by the calling thread, with
 * `work` given. */
fsnn_status interpolate_forward(interpolate_job *j);
fsnn_status interpolate_backward(interpolate_job *j);
void interpolate_here(interpolate_job *j);
#ifdef FSNN_HAVE_DOUBLE
fsnn_status interpolate_forward_double(interpolate_job *j);
#endif

/* What fsnn_interpolate does, by the calling thread alone and for arguments that it would
 * accept: all of out [q, groups, columns] from x [n, groups, columns]. `work` has
 * interpolate_work doubles. */
size_t interpolate_work(fsnn_interpolation kind, const series *s);
void interpolate_alone(fsnn_interpolation kind, const series *s, const float *x, double *work,
                       float *out);

/* Stamps are finite and increase strictly; `B` and `per_sample` as the caller has them, for the
 * sentence. */
fsnn_status stamps_check(int64_t n, const double *times, int64_t B, bool per_sample);

#endif

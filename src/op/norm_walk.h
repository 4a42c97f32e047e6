/* op/norm_walk.h: how normalisation walks over a tensor [groups of samples, C, P] in either layout,
 * in chunks that depend on the shape only.
 *
 *   columns   memory is [rows, C], the channel runs fastest (channels-last images, or no space at
 *             all: P = 1)
 *   planes    memory is [rows, C, P], each channel of a sample is a run of P numbers */
#ifndef FSNN_OP_NORM_WALK_H
#define FSNN_OP_NORM_WALK_H

#include "op/kernels.h"

typedef struct norm_walk {
    bool planes;
    int64_t C, P;
    int64_t groups, rows; /* groups with statistics of their own, rows of each */
    int64_t chunk, chunks;
} norm_walk;

/* `samples` in each group, of C channels with `space` numbers each. */
norm_walk norm_walk_of(int64_t groups, int64_t samples, int64_t C, int64_t space, bool last);
int64_t norm_walk_parts(const norm_walk *w); /* doubles of `part` */

/* s, q [groups, C] = sums over each group of x and x^2. */
void norm_moments(const norm_walk *w, const real *x, double *part, double *s, double *q);
/* s, q [groups, C] = sums of g and g (x - mean), mean [groups, C]. */
void norm_products(const norm_walk *w, const real *g, const real *x, const double *mean,
                   double *part, double *s, double *q);

/* Coefficients [groups, C] of y = (x - mean) a + b, and of gx = a (g - m - (x - mean) q). */
typedef struct norm_terms {
    real *mean, *a, *b, *m, *q;
} norm_terms;

void norm_apply(const norm_walk *w, const norm_terms *t, const real *x, real *y);
void norm_adjoint(const norm_walk *w, const norm_terms *t, const real *g, const real *x, real *gx);

#endif

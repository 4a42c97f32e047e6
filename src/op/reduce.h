/* op/reduce.h: sums over axes of each sample, in either layout; kept axes stay in the order of
 * memory. */
#ifndef FSNN_OP_REDUCE_H
#define FSNN_OP_REDUCE_H

#include "op/axes.h"

typedef struct reduce_walk {
    axes_loop kept, gone; /* all but the numbers side by side: */
    int64_t run;          /* so many, which are kept or gone together */
    bool run_kept;
    int64_t size, out, gone_count; /* numbers of a sample, of its output, and added up for each */
} reduce_walk;

/* `gone` [rank]: the axes that vanish. */
reduce_walk reduce_walk_of(const fsnn_shape *shape, bool last, const bool *gone);
/* x [rows, size] -> y [rows, out] = scale times the sums, which are in double. */
void reduce_sums(const reduce_walk *w, int64_t rows, double scale, const real *x, real *y);
/* gx [rows, size] = scale gy [rows, out] at the output each was added to */
void reduce_spread(const reduce_walk *w, int64_t rows, real scale, const real *gy, real *gx);

#endif

/* op/strips.h: a tensor and its parts along one axis: copying either way. In memory each part is a
 * strip of consecutive numbers in every row of the whole. */
#ifndef FSNN_OP_STRIPS_H
#define FSNN_OP_STRIPS_H

#include "op/op.h"

typedef struct strips {
    int64_t rows;  /* of the whole: those of all samples and steps, times the dimensions before the
                      axis */
    int64_t whole; /* numbers in a row of the whole */
    int parts;
    int64_t width[OP_MAX_IN]; /* numbers of each part in a row */
} strips;

/* Numbers along `axis` and all after it in memory, for a [C, H, W] that may lie channels-last. */
int64_t strips_width(const fsnn_shape *shape, bool last, int64_t axis);
/* A negative axis and one beyond the rank are errors. */
fsnn_status strips_check_axis(const op_node *node, int64_t axis);
void strips_gather(const strips *s, const real *const *part, real *whole);
/* Parts that are NULL are left out. */
void strips_scatter(const strips *s, const real *whole, real *const *part);

#endif

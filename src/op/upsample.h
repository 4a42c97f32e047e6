/* op/upsample.h: where an output of `upsample` comes from, for those who print it as C. */
#ifndef FSNN_OP_UPSAMPLE_H
#define FSNN_OP_UPSAMPLE_H

#include "op/op.h"

/* Inputs n and n + step of an axis, with weights 1 - w and w. */
typedef struct upsample_tap {
    int64_t n, step;
    real w;
} upsample_tap;

/* Of output i of axis d, 0 the height, 1 the width, of a node that is planned. */
upsample_tap upsample_tap_of(const op_node *node, int d, int64_t i);

#endif

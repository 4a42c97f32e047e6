/* op/axes.h: how a sample lies in memory, axis by axis, in either layout. */
#ifndef FSNN_OP_AXES_H
#define FSNN_OP_AXES_H

#include "op/op.h"

/* Axes of a shape in the order of memory, the one whose numbers stand furthest apart first, and how
 * far apart they stand: order, stride [rank]. */
void axes_order(const fsnn_shape *shape, bool last, int *order);
void axes_strides(const fsnn_shape *shape, bool last, int64_t *stride);

/* Axes that an option lists: each within the rank of input 0, none twice. */
fsnn_status axes_check(const op_node *node, const fsnn_shape *axes);

/* Several axes as one loop: how far from its beginning number i of them stands. */
typedef struct axes_loop {
    int count;
    int64_t size[FSNN_MAX_RANK], stride[FSNN_MAX_RANK]; /* the last runs fastest */
    int64_t total;                                      /* product of sizes */
} axes_loop;

/* Adds an axis that runs faster than those before; those that go on from one another become one. */
void axes_loop_add(axes_loop *l, int64_t size, int64_t stride);

static inline int64_t axes_loop_at(const axes_loop *l, int64_t i)
{
    int64_t at = 0;
    for (int d = l->count - 1; d >= 0; d--) {
        at += i % l->size[d] * l->stride[d];
        i /= l->size[d];
    }
    return at;
}

/* The same, number after number. */
typedef struct axes_walk {
    int64_t at, index[FSNN_MAX_RANK];
} axes_walk;

static inline axes_walk axes_walk_from(const axes_loop *l, int64_t i)
{
    axes_walk w = {.at = 0};
    for (int d = l->count - 1; d >= 0; d--) {
        w.index[d] = i % l->size[d];
        w.at += w.index[d] * l->stride[d];
        i /= l->size[d];
    }
    return w;
}

/* To the next; from the last to the first, which it tells. */
static inline bool axes_walk_on(const axes_loop *l, axes_walk *w)
{
    for (int d = l->count - 1; d >= 0; d--) {
        w->at += l->stride[d];
        if (++w->index[d] < l->size[d])
            return false;
        w->at -= l->size[d] * l->stride[d];
        w->index[d] = 0;
    }
    return true;
}

#endif

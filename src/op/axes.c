/* op/axes.c: orders and strides of axes. */
#include "op/axes.h"

void axes_order(const fsnn_shape *shape, bool last, int *order)
{
    for (int d = 0; d < shape->rank; d++)
        order[d] = last ? (d + 1) % shape->rank : d;
}

void axes_strides(const fsnn_shape *shape, bool last, int64_t *stride)
{
    int order[FSNN_MAX_RANK];
    int64_t next = 1;
    axes_order(shape, last, order);
    for (int d = shape->rank - 1; d >= 0; d--) {
        stride[order[d]] = next;
        next *= shape->dim[order[d]];
    }
}

fsnn_status axes_check(const op_node *node, const fsnn_shape *axes)
{
    bool seen[FSNN_MAX_RANK] = {false};
    char text[128], list[128];
    for (int d = 0; d < axes->rank; d++) {
        int64_t axis = axes->dim[d];
        if (axis < 0 || axis >= node->in[0].rank)
            return fsnn_fail(FSNN_EARGUMENT,
                             "%s \"%s\": axis %lld in %s is none of its input %s, which has the "
                             "axes 0 to %d",
                             node->op->kind, node->name, (long long)axis,
                             fsnn_shape_text(axes, list, sizeof list),
                             fsnn_shape_text(&node->in[0], text, sizeof text),
                             node->in[0].rank - 1);
        if (seen[axis])
            return fsnn_fail(FSNN_EARGUMENT, "%s \"%s\": axis %lld stands twice in %s: once works",
                             node->op->kind, node->name, (long long)axis,
                             fsnn_shape_text(axes, list, sizeof list));
        seen[axis] = true;
    }
    return FSNN_OK;
}

void axes_loop_add(axes_loop *l, int64_t size, int64_t stride)
{
    if (!l->count)
        l->total = 1;
    l->total *= size;
    if (size == 1 && l->count)
        return;
    int before = l->count - 1;
    if (l->count && (l->size[before] == 1 || l->stride[before] == size * stride)) {
        l->size[before] *= size;
        l->stride[before] = stride;
        return;
    }
    l->size[l->count] = size;
    l->stride[l->count++] = stride;
}

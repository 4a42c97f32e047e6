/* op/concat.c: inputs side by side along one axis; backward hands each its part. */
#include "op/check.h"
#include "op/strips.h"

#include <assert.h>

static const fsnn_concat defaults = {.axis = 0};

static const fsnn_key keys[] = {
    {.name = "axis",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_concat, axis),
     .min = 0,
     .max = FSNN_MAX_RANK - 1,
     .help = "axis of the sample's shape, 0 = channels"},
    {0},
};

static fsnn_status misfit(const op_node *node, int i, int64_t axis)
{
    char first[128], other[128];
    return fsnn_fail(FSNN_ESHAPE,
                     "concat \"%s\": input %d is %s but input 0 is %s: they may differ along axis "
                     "%lld only",
                     node->name, i, fsnn_shape_text(&node->in[i], other, sizeof other),
                     fsnn_shape_text(&node->in[0], first, sizeof first), (long long)axis);
}

static fsnn_status shape(op_node *node)
{
    const fsnn_concat *o = node->options;
    fsnn_shape out = node->in[0];
    FSNN_TRY(strips_check_axis(node, o->axis));
    for (int i = 1; i < node->inputs; i++) {
        assert(node->in_last[i] == node->in_last[0]);
        fsnn_shape like = node->in[i];
        if (like.rank != out.rank)
            return misfit(node, i, o->axis);
        like.dim[o->axis] = out.dim[o->axis];
        if (!fsnn_shape_equal(&like, &out))
            return misfit(node, i, o->axis);
        out.dim[o->axis] += node->in[i].dim[o->axis];
    }
    op_output(node, 0, out, node->in_last[0]);
    return FSNN_OK;
}

static strips strips_of(const op_node *node)
{
    const fsnn_concat *o = node->options;
    strips s = {.parts = node->inputs};
    for (int i = 0; i < node->inputs; i++) {
        s.width[i] = strips_width(&node->in[i], node->in_last[i], o->axis);
        s.whole += s.width[i];
    }
    s.rows = node->K * node->B * fsnn_shape_count(&node->out[0]) / s.whole;
    return s;
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    strips s = strips_of(node);
    strips_gather(&s, run->in, run->out[0]);
    return FSNN_OK;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    strips s = strips_of(node);
    strips_scatter(&s, run->gout[0], run->gin);
    return FSNN_OK;
}

const fsnn_op op_concat = {
    .kind = "concat",
    .help = "inputs side by side along one axis",
    .options_size = sizeof(fsnn_concat),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 2,
    .max_in = OP_MAX_IN,
    .flags = OP_LAST | OP_CHOOSES,
    .shape = shape,
    .forward = forward,
    .backward = backward,
};

/* op/split.c: equal parts along one axis, one output port each. */
#include "op/check.h"
#include "op/strips.h"

static const fsnn_split defaults = {.axis = 0, .parts = 2};

static const fsnn_key keys[] = {
    {.name = "axis",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_split, axis),
     .min = 0,
     .max = FSNN_MAX_RANK - 1,
     .help = "axis of the sample's shape, 0 = channels"},
    {.name = "parts",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_split, parts),
     .min = 1,
     .max = OP_MAX_OUT,
     .help = "number of equal parts"},
    {0},
};

static fsnn_status shape(op_node *node)
{
    const fsnn_split *o = node->options;
    char text[128];
    FSNN_TRY(strips_check_axis(node, o->axis));
    FSNN_TRY(op_check(node, "parts", o->parts, 1, OP_MAX_OUT));
    fsnn_shape out = node->in[0];
    if (out.dim[o->axis] % o->parts)
        return fsnn_fail(FSNN_ESHAPE,
                         "split \"%s\": axis %lld of its input %s cannot be cut into %lld equal "
                         "parts: the number must divide %lld",
                         node->name, (long long)o->axis, fsnn_shape_text(&out, text, sizeof text),
                         (long long)o->parts, (long long)out.dim[o->axis]);
    out.dim[o->axis] /= o->parts;
    for (int p = 0; p < o->parts; p++)
        op_output(node, p, out, node->in_last[0]);
    return FSNN_OK;
}

static strips strips_of(const op_node *node)
{
    const fsnn_split *o = node->options;
    strips s = {.parts = (int)o->parts,
                .whole = strips_width(&node->in[0], node->in_last[0], o->axis)};
    for (int p = 0; p < s.parts; p++)
        s.width[p] = s.whole / s.parts;
    s.rows = node->K * node->B * fsnn_shape_count(&node->in[0]) / s.whole;
    return s;
}

static fsnn_status forward(op_node *node, const op_run *run)
{
    strips s = strips_of(node);
    strips_scatter(&s, run->in[0], run->out);
    return FSNN_OK;
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    strips s = strips_of(node);
    if (run->gin[0])
        strips_gather(&s, run->gout, run->gin[0]);
    return FSNN_OK;
}

const fsnn_op op_split = {
    .kind = "split",
    .help = "equal parts along one axis, one output each",
    .options_size = sizeof(fsnn_split),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .flags = OP_LAST | OP_CHOOSES,
    .shape = shape,
    .forward = forward,
    .backward = backward,
};

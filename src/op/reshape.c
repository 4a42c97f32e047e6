/* op/reshape.c: the same numbers, in row-major order, under another shape. A view: nothing moves.
 */
#include "op/check.h"

static const fsnn_reshape defaults = {.shape = {.rank = 0}};

static const fsnn_key keys[] = {
    {.name = "shape",
     .type = FSNN_KEY_SHAPE,
     .offset = offsetof(fsnn_reshape, shape),
     .min = -1,
     .max = INT32_MAX,
     .required = true,
     .help = "the new shape; one dimension may be -1, which takes what is left"},
    {0},
};

static fsnn_status misfit(const op_node *node, const char *why)
{
    const fsnn_reshape *o = node->options;
    char want[128], have[128];
    return fsnn_fail(FSNN_ESHAPE,
                     "reshape \"%s\": its input %s with %lld numbers does not fit %s: %s",
                     node->name, fsnn_shape_text(&node->in[0], have, sizeof have),
                     (long long)fsnn_shape_count(&node->in[0]),
                     fsnn_shape_text(&o->shape, want, sizeof want), why);
}

static fsnn_status shape(op_node *node)
{
    const fsnn_reshape *o = node->options;
    fsnn_shape out = o->shape;
    int64_t count = fsnn_shape_count(&node->in[0]), known = 1, open = -1;
    if (out.rank < 1 || out.rank > FSNN_MAX_RANK)
        return fsnn_fail(FSNN_EARGUMENT,
                         "reshape \"%s\": the shape has %d dimensions, it needs 1 to %d",
                         node->name, out.rank, FSNN_MAX_RANK);
    for (int d = 0; d < out.rank; d++) {
        if (out.dim[d] == -1 && open >= 0)
            return misfit(node, "only one dimension may be -1");
        if (out.dim[d] != -1 && out.dim[d] < 1)
            return misfit(node, "dimensions are positive, or one of them -1");
        if (out.dim[d] == -1)
            open = d;
        else if (out.dim[d] > count / known)
            return misfit(node, "it asks for more numbers");
        else
            known *= out.dim[d];
    }
    if (open >= 0 ? count % known != 0 : count != known)
        return misfit(node, open >= 0 ? "the known dimensions must divide that number"
                                      : "both must have as many numbers (-1 takes what is left)");
    if (open >= 0)
        out.dim[open] = count / known;
    op_output(node, 0, out, false);
    return FSNN_OK;
}

const fsnn_op op_reshape = {
    .kind = "reshape",
    .help = "the same numbers under another shape",
    .options_size = sizeof(fsnn_reshape),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .flags = OP_VIEW,
    .shape = shape,
};

/* op/check.c: checks of options and inputs, with sentences that name the node, what was found and
 * what would work. */
#include "op/check.h"

#include <assert.h>
#include <math.h>

#define MAX_WINDOW 65536

fsnn_status op_check(const op_node *node, const char *option, int64_t value, int64_t min,
                     int64_t max)
{
    if (value >= min && value <= max)
        return FSNN_OK;
    return fsnn_fail(FSNN_EARGUMENT, "%s \"%s\": %s is %lld, it must lie between %lld and %lld",
                     node->op->kind, node->name, option, (long long)value, (long long)min,
                     (long long)max);
}

bool op_same_layouts(const fsnn_shape *shape)
{
    return shape->rank < 2 || shape->dim[0] == 1 || fsnn_shape_count(shape) == shape->dim[0];
}

fsnn_status op_check_image(const op_node *node)
{
    char text[128];
    if (node->in[0].rank != 3)
        return fsnn_fail(FSNN_ESHAPE,
                         "%s \"%s\": its input %s is not an image: it takes [C, H, W] (reshape "
                         "makes one)",
                         node->op->kind, node->name,
                         fsnn_shape_text(&node->in[0], text, sizeof text));
    assert(node->in_last[0] || op_same_layouts(&node->in[0]));
    return FSNN_OK;
}

void op_output(op_node *node, int port, fsnn_shape shape, bool last)
{
    node->out[port] = shape;
    node->out_last[port] = last && !op_same_layouts(&shape);
    node->outputs = port + 1;
}

void op_add_weight(op_node *node, fsnn_shape shape, int64_t fan_in)
{
    node->param[node->params++] = (op_param){.name = "weight",
                                             .shape = shape,
                                             .init = OP_UNIFORM,
                                             .scale = 1 / sqrt((double)fan_in),
                                             .learn = true,
                                             .decay = true};
}

void op_add_bias(op_node *node, int64_t size, int64_t fan_in)
{
    node->param[node->params++] = (op_param){.name = "bias",
                                             .shape = FSNN_SHAPE(size),
                                             .init = OP_UNIFORM,
                                             .scale = 1 / sqrt((double)fan_in),
                                             .learn = true};
}

static int64_t more_padding(int64_t reach, int64_t size)
{
    return reach > size ? (reach - size + 1) / 2 : 0;
}

fsnn_status op_check_window(const op_node *node, const op_window *w, int64_t out[2])
{
    int64_t need[2];
    bool fits = true;
    for (int d = 0; d < 2; d++) {
        FSNN_TRY(op_check(node, "kernel", w->kernel[d], 1, MAX_WINDOW));
        FSNN_TRY(op_check(node, "stride", w->stride[d], 1, MAX_WINDOW));
        FSNN_TRY(op_check(node, "padding", w->padding[d], 0, MAX_WINDOW));
        FSNN_TRY(op_check(node, "dilation", w->dilation[d], 1, MAX_WINDOW));
        int64_t size = node->in[0].dim[1 + d];
        int64_t reach = w->dilation[d] * (w->kernel[d] - 1) + 1;
        out[d] = (size + 2 * w->padding[d] - reach) / w->stride[d] + 1;
        fits &= size + 2 * w->padding[d] >= reach;
        need[d] = more_padding(reach, size);
    }
    if (fits)
        return FSNN_OK;
    char text[128];
    return fsnn_fail(FSNN_ESHAPE,
                     "%s \"%s\": kernel %lldx%lld with padding %lldx%lld and dilation %lldx%lld "
                     "does not fit into its input %s: a smaller kernel or a padding of at least "
                     "%lldx%lld would",
                     node->op->kind, node->name, (long long)w->kernel[0], (long long)w->kernel[1],
                     (long long)w->padding[0], (long long)w->padding[1], (long long)w->dilation[0],
                     (long long)w->dilation[1], fsnn_shape_text(&node->in[0], text, sizeof text),
                     (long long)need[0], (long long)need[1]);
}

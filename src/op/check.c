/* op/check.c: checks of options and inputs, with sentences that name the node, what was found and
 * what would work. */
#include "op/check.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

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

fsnn_status op_check_probability(const op_node *node, double p)
{
    if (p >= 0 && p < 1)
        return FSNN_OK;
    return fsnn_fail(FSNN_EARGUMENT, "%s \"%s\": p is %g, it must be at least 0 and less than 1",
                     node->op->kind, node->name, p);
}

fsnn_status op_check_groups(const op_node *node, int64_t groups, int64_t out)
{
    char text[128];
    if (node->in[0].dim[0] % groups == 0 && out % groups == 0)
        return FSNN_OK;
    return fsnn_fail(FSNN_ESHAPE,
                     "%s \"%s\": groups %lld must divide both the %lld channels of its input "
                     "%s and out %lld",
                     node->op->kind, node->name, (long long)groups, (long long)node->in[0].dim[0],
                     fsnn_shape_text(&node->in[0], text, sizeof text), (long long)out);
}

fsnn_status op_check_image(const op_node *node, int dims)
{
    static const char *const wanted[] = {
        "neither a line nor an image: it takes [C, L] or [C, H, W]",
        "not a line: it takes [C, L]",
        "not an image: it takes [C, H, W]",
    };
    char text[128];
    int rank = node->in[0].rank;
    if (dims ? rank != 1 + dims : rank != 2 && rank != 3)
        return fsnn_fail(FSNN_ESHAPE, "%s \"%s\": its input %s is %s (reshape makes one)",
                         node->op->kind, node->name,
                         fsnn_shape_text(&node->in[0], text, sizeof text), wanted[dims]);
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

void op_add_bias(op_node *node, int64_t size, int64_t fan_in, bool channel)
{
    node->param[node->params++] = (op_param){.name = "bias",
                                             .shape = FSNN_SHAPE(size),
                                             .init = OP_UNIFORM,
                                             .scale = 1 / sqrt((double)fan_in),
                                             .learn = true,
                                             .channel = channel};
}

static int64_t more_padding(int64_t reach, int64_t size)
{
    return reach > size ? (reach - size + 1) / 2 : 0;
}

const char *op_size_text(const int64_t *size, int dims, char text[OP_SIZE_TEXT])
{
    if (dims == 1)
        snprintf(text, OP_SIZE_TEXT, "%lld", (long long)size[0]);
    else
        snprintf(text, OP_SIZE_TEXT, "%lldx%lld", (long long)size[0], (long long)size[1]);
    return text;
}

static fsnn_status misfit(const op_node *node, const op_window *w, const int64_t *need)
{
    char kernel[OP_SIZE_TEXT], padding[OP_SIZE_TEXT], dilation[OP_SIZE_TEXT], least[OP_SIZE_TEXT];
    char text[128];
    return fsnn_fail(
        FSNN_ESHAPE,
        "%s \"%s\": kernel %s with padding %s and dilation %s does not fit into its "
        "input %s: a smaller kernel or a padding of at least %s would",
        node->op->kind, node->name, op_size_text(w->kernel, w->dims, kernel),
        op_size_text(w->padding, w->dims, padding), op_size_text(w->dilation, w->dims, dilation),
        fsnn_shape_text(&node->in[0], text, sizeof text), op_size_text(need, w->dims, least));
}

fsnn_status op_check_window(const op_node *node, const op_window *w, int64_t *out)
{
    int64_t need[2];
    bool fits = true;
    for (int d = 0; d < w->dims; d++) {
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
    return fits ? FSNN_OK : misfit(node, w, need);
}

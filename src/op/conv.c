/* op/conv.c: convolution through the dense kernels. Cost: out OH OW C/groups kh kw multiply-adds a
 * sample and step, once forward and twice backward. */
#include "op/conv.h"
#include "op/kernels.h"

#include <string.h>

enum { WEIGHT, BIAS };

static fsnn_status check_groups(const op_node *node, const fsnn_conv2d *o)
{
    char text[128];
    if (node->in[0].dim[0] % o->groups == 0 && o->out % o->groups == 0)
        return FSNN_OK;
    return fsnn_fail(FSNN_ESHAPE,
                     "%s \"%s\": groups %lld must divide both the %lld channels of its input "
                     "%s and out %lld",
                     node->op->kind, node->name, (long long)o->groups,
                     (long long)node->in[0].dim[0],
                     fsnn_shape_text(&node->in[0], text, sizeof text), (long long)o->out);
}

fsnn_status conv_shape(op_node *node, const fsnn_conv2d *o, int dims)
{
    conv_state *st = node->state;
    int skip = 2 - dims;
    op_window window = {dims, o->kernel + skip, o->stride + skip, o->padding + skip,
                        o->dilation + skip};
    int64_t side[2];
    FSNN_TRY(op_check_image(node, dims));
    FSNN_TRY(op_check(node, "out", o->out, 1, CONV_MAX_OUT));
    FSNN_TRY(op_check(node, "groups", o->groups, 1, CONV_MAX_OUT));
    FSNN_TRY(check_groups(node, o));
    FSNN_TRY(op_check_window(node, &window, side));
    st->options = *o;
    int64_t fan_in = node->in[0].dim[0] / o->groups;
    fsnn_shape out = FSNN_SHAPE(o->out), weight = FSNN_SHAPE(o->out, fan_in);
    int64_t points = 1;
    for (int d = 0; d < dims; d++) {
        out.dim[out.rank++] = side[d];
        weight.dim[weight.rank++] = window.kernel[d];
        points *= side[d];
        fan_in *= window.kernel[d];
    }
    op_output(node, 0, out, true);
    node->params = 0;
    op_add_weight(node, weight, fan_in);
    if (o->bias)
        op_add_bias(node, o->out, fan_in, true);
    node->operations = o->out * points * fan_in;
    return FSNN_OK;
}

/* Height (d 0) and width (d 1). */
static int64_t side_of(const fsnn_shape *shape, int d)
{
    int axis = shape->rank - 2 + d;
    return axis > 0 ? shape->dim[axis] : 1;
}

/* Sums over the output's gradient are next to nothing inside of a large convolution; where a sum
 * has few terms they cost the kernel as much as the products, and a pass of our own is quicker. */
static bool bias_apart(const op_node *node, const fsnn_conv2d *o)
{
    return o->bias && node->in[0].dim[0] / o->groups * o->kernel[0] * o->kernel[1] <= 32;
}

static int64_t pixels_of(const op_node *node)
{
    return node->K * node->B * fsnn_shape_count(&node->out[0]) / node->out[0].dim[0];
}

static conv_making wish(const op_node *node, const fsnn_conv2d *o)
{
    conv_making m;
    memset(&m, 0, sizeof m); /* compared as bytes */
    m.shape.rows = node->K * node->B;
    m.shape.C = node->in[0].dim[0];
    m.shape.H = side_of(&node->in[0], 0);
    m.shape.W = side_of(&node->in[0], 1);
    m.shape.out = o->out;
    m.shape.OH = side_of(&node->out[0], 0);
    m.shape.OW = side_of(&node->out[0], 1);
    memcpy(m.shape.kernel, o->kernel, sizeof o->kernel);
    memcpy(m.shape.stride, o->stride, sizeof o->stride);
    memcpy(m.shape.padding, o->padding, sizeof o->padding);
    memcpy(m.shape.dilation, o->dilation, sizeof o->dilation);
    m.shape.groups = o->groups;
    m.shape.bias = o->bias;
    m.shape.bias_apart = bias_apart(node, o);
    m.training = node->training;
    m.data = node->gradient_in[0];
    m.threads = fsnn_threads();
    return m;
}

fsnn_status conv_plan(op_node *node)
{
    conv_state *st = node->state;
    conv_making m = wish(node, &st->options);
    if (!st->conv || memcmp(&m, &st->made, sizeof m)) {
        dense_conv_destroy(st->conv);
        FSNN_TRY(dense_conv_create(&m.shape, m.training, m.training && m.data, &st->conv));
        memcpy(&st->made, &m, sizeof m);
    }
    node->scratch_bytes = dense_conv_scratch(st->conv);
    if (m.training && m.shape.bias_apart) {
        size_t parts = (size_t)op_column_parts(pixels_of(node), m.shape.out) * sizeof(double);
        node->scratch_bytes = parts > node->scratch_bytes ? parts : node->scratch_bytes;
    }
    return FSNN_OK;
}

fsnn_status conv_forward(op_node *node, const op_run *run)
{
    conv_state *st = node->state;
    return dense_conv_forward(st->conv, run->in[0], run->value[WEIGHT],
                              st->options.bias ? run->value[BIAS] : NULL, run->out[0],
                              run->scratch);
}

fsnn_status conv_backward(op_node *node, const op_run *run)
{
    conv_state *st = node->state;
    float *gb = st->options.bias ? run->grad[BIAS] : NULL;
    bool apart = st->made.shape.bias_apart;
    FSNN_TRY(dense_conv_backward_weights(st->conv, run->in[0], run->gout[0], run->grad[WEIGHT],
                                         apart ? NULL : gb, run->scratch));
    if (apart && gb)
        op_column_add(run->gout[0], pixels_of(node), st->options.out, run->scratch, gb);
    if (!run->gin[0])
        return FSNN_OK;
    return dense_conv_backward_data(st->conv, run->gout[0], run->value[WEIGHT], run->gin[0],
                                    run->scratch);
}

void conv_destroy(op_node *node)
{
    conv_state *st = node->state;
    dense_conv_destroy(st->conv);
    st->conv = NULL;
}

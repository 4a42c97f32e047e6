/* op/conv2d.c: two-dimensional convolution (cross-correlation, as networks have it) on
 * channels-last images. Cost: out OH OW C/groups kh kw multiply-adds a sample and step, once
 * forward and twice backward. */
#include "op/check.h"
#include "op/kernels.h"
#include "tensor/dense.h"

#include <string.h>

#define MAX_OUT (1 << 24)
#define MAX_SIDE 65536

static const fsnn_conv2d defaults = {
    .stride = {1, 1}, .dilation = {1, 1}, .groups = 1, .bias = true};

static const fsnn_key keys[] = {
    {.name = "out",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_conv2d, out),
     .min = 1,
     .max = MAX_OUT,
     .required = true,
     .help = "channels of the output"},
    {.name = "kernel",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_conv2d, kernel),
     .min = 1,
     .max = MAX_SIDE,
     .required = true,
     .help = "height and width of the kernel"},
    {.name = "stride",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_conv2d, stride),
     .min = 1,
     .max = MAX_SIDE,
     .help = "step of the kernel over the image"},
    {.name = "padding",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_conv2d, padding),
     .min = 0,
     .max = MAX_SIDE,
     .help = "zeros around the image, on every side"},
    {.name = "dilation",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_conv2d, dilation),
     .min = 1,
     .max = MAX_SIDE,
     .help = "distance between neighbours of the kernel; 1 is a dense kernel"},
    {.name = "groups",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_conv2d, groups),
     .min = 1,
     .max = MAX_OUT,
     .help = "groups of channels that do not see each other"},
    {.name = "bias",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_conv2d, bias),
     .help = "add a bias to each channel"},
    {0},
};

enum { WEIGHT, BIAS };

/* What the kernels were made for; made anew only when something of it changes. */
typedef struct making {
    dense_conv_shape shape;
    int64_t training, data, threads;
} making;

typedef struct state {
    dense_conv *conv;
    making made;
} state;

static fsnn_status check_groups(const op_node *node)
{
    const fsnn_conv2d *o = node->options;
    char text[128];
    if (node->in[0].dim[0] % o->groups == 0 && o->out % o->groups == 0)
        return FSNN_OK;
    return fsnn_fail(FSNN_ESHAPE,
                     "conv2d \"%s\": groups %lld must divide both the %lld channels of its input "
                     "%s and out %lld",
                     node->name, (long long)o->groups, (long long)node->in[0].dim[0],
                     fsnn_shape_text(&node->in[0], text, sizeof text), (long long)o->out);
}

static fsnn_status shape(op_node *node)
{
    const fsnn_conv2d *o = node->options;
    op_window window = {o->kernel, o->stride, o->padding, o->dilation};
    int64_t side[2];
    FSNN_TRY(op_check_image(node));
    FSNN_TRY(op_check(node, "out", o->out, 1, MAX_OUT));
    FSNN_TRY(op_check(node, "groups", o->groups, 1, MAX_OUT));
    FSNN_TRY(check_groups(node));
    FSNN_TRY(op_check_window(node, &window, side));
    int64_t C = node->in[0].dim[0] / o->groups, fan_in = C * o->kernel[0] * o->kernel[1];
    op_output(node, 0, FSNN_SHAPE(o->out, side[0], side[1]), true);
    node->params = 0;
    op_add_weight(node, FSNN_SHAPE(o->out, C, o->kernel[0], o->kernel[1]), fan_in);
    if (o->bias)
        op_add_bias(node, o->out, fan_in);
    node->operations = o->out * side[0] * side[1] * fan_in;
    return FSNN_OK;
}

/* Sums over the output's gradient are next to nothing inside of a large convolution; where a sum
 * has few terms they cost the kernel as much as the products, and a pass of our own is quicker. */
static bool bias_apart(const op_node *node)
{
    const fsnn_conv2d *o = node->options;
    return o->bias && node->in[0].dim[0] / o->groups * o->kernel[0] * o->kernel[1] <= 32;
}

static int64_t pixels_of(const op_node *node)
{
    return node->K * node->B * node->out[0].dim[1] * node->out[0].dim[2];
}

static making wish(const op_node *node)
{
    const fsnn_conv2d *o = node->options;
    making m;
    memset(&m, 0, sizeof m); /* compared as bytes */
    m.shape.rows = node->K * node->B;
    m.shape.C = node->in[0].dim[0];
    m.shape.H = node->in[0].dim[1];
    m.shape.W = node->in[0].dim[2];
    m.shape.out = o->out;
    m.shape.OH = node->out[0].dim[1];
    m.shape.OW = node->out[0].dim[2];
    memcpy(m.shape.kernel, o->kernel, sizeof o->kernel);
    memcpy(m.shape.stride, o->stride, sizeof o->stride);
    memcpy(m.shape.padding, o->padding, sizeof o->padding);
    memcpy(m.shape.dilation, o->dilation, sizeof o->dilation);
    m.shape.groups = o->groups;
    m.shape.bias = o->bias;
    m.shape.bias_apart = bias_apart(node);
    m.training = node->training;
    m.data = node->gradient_in[0];
    m.threads = fsnn_threads();
    return m;
}

static fsnn_status plan(op_node *node)
{
    state *st = node->state;
    making m = wish(node);
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

static fsnn_status forward(op_node *node, const op_run *run)
{
    const fsnn_conv2d *o = node->options;
    state *st = node->state;
    return dense_conv_forward(st->conv, run->in[0], run->value[WEIGHT],
                              o->bias ? run->value[BIAS] : NULL, run->out[0], run->scratch);
}

static fsnn_status backward(op_node *node, const op_run *run)
{
    const fsnn_conv2d *o = node->options;
    state *st = node->state;
    float *gb = o->bias ? run->grad[BIAS] : NULL;
    bool apart = st->made.shape.bias_apart;
    FSNN_TRY(dense_conv_backward_weights(st->conv, run->in[0], run->gout[0], run->grad[WEIGHT],
                                         apart ? NULL : gb, run->scratch));
    if (apart && gb)
        op_column_add(run->gout[0], pixels_of(node), o->out, run->scratch, gb);
    if (!run->gin[0])
        return FSNN_OK;
    return dense_conv_backward_data(st->conv, run->gout[0], run->value[WEIGHT], run->gin[0],
                                    run->scratch);
}

static void destroy(op_node *node)
{
    state *st = node->state;
    dense_conv_destroy(st->conv);
    st->conv = NULL;
}

const fsnn_op op_conv2d = {
    .kind = "conv2d",
    .help = "two-dimensional convolution of images [C, H, W]",
    .options_size = sizeof(fsnn_conv2d),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .flags = OP_LAST | OP_WANTS_LAST | OP_NEEDS_IN,
    .state_size = sizeof(state),
    .shape = shape,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .destroy = destroy,
};

/* op/conv2d.c: convolution of images [C, H, W]; op/conv.c does it. */
#include "op/conv.h"

static const fsnn_conv2d defaults = {
    .stride = {1, 1}, .dilation = {1, 1}, .groups = 1, .bias = true};

static const fsnn_key keys[] = {
    {.name = "out",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_conv2d, out),
     .min = 1,
     .max = CONV_MAX_OUT,
     .required = true,
     .help = "channels of the output"},
    {.name = "kernel",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_conv2d, kernel),
     .min = 1,
     .max = CONV_MAX_SIDE,
     .required = true,
     .help = "height and width of the kernel"},
    {.name = "stride",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_conv2d, stride),
     .min = 1,
     .max = CONV_MAX_SIDE,
     .help = "step of the kernel over the image"},
    {.name = "padding",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_conv2d, padding),
     .min = 0,
     .max = CONV_MAX_SIDE,
     .help = "zeros around the image, on every side"},
    {.name = "dilation",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_conv2d, dilation),
     .min = 1,
     .max = CONV_MAX_SIDE,
     .help = "distance between neighbours of the kernel; 1 is a dense kernel"},
    {.name = "groups",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_conv2d, groups),
     .min = 1,
     .max = CONV_MAX_OUT,
     .help = "groups of channels that do not see each other"},
    {.name = "bias",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_conv2d, bias),
     .help = "add a bias to each channel"},
    {0},
};

static fsnn_status shape(op_node *node)
{
    return conv_shape(node, node->options, 2);
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
    .state_size = sizeof(conv_state),
    .shape = shape,
    .plan = conv_plan,
    .forward = conv_forward,
    .backward = conv_backward,
    .changed = conv_changed,
    .destroy = conv_destroy,
};

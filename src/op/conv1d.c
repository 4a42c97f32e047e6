/* op/conv1d.c: convolution of lines [C, L]; op/conv.c does it. */
#include "op/conv.h"

static const fsnn_conv1d defaults = {.stride = 1, .dilation = 1, .groups = 1, .bias = true};

static const fsnn_key keys[] = {
    {.name = "out",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_conv1d, out),
     .min = 1,
     .max = CONV_MAX_OUT,
     .required = true,
     .help = "channels of the output"},
    {.name = "kernel",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_conv1d, kernel),
     .min = 1,
     .max = CONV_MAX_SIDE,
     .required = true,
     .help = "length of the kernel"},
    {.name = "stride",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_conv1d, stride),
     .min = 1,
     .max = CONV_MAX_SIDE,
     .help = "step of the kernel over the line"},
    {.name = "padding",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_conv1d, padding),
     .min = 0,
     .max = CONV_MAX_SIDE,
     .help = "zeros at both ends of the line"},
    {.name = "dilation",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_conv1d, dilation),
     .min = 1,
     .max = CONV_MAX_SIDE,
     .help = "distance between neighbours of the kernel; 1 is a dense kernel"},
    {.name = "groups",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_conv1d, groups),
     .min = 1,
     .max = CONV_MAX_OUT,
     .help = "groups of channels that do not see each other"},
    {.name = "bias",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_conv1d, bias),
     .help = "add a bias to each channel"},
    {0},
};

static fsnn_status shape(op_node *node)
{
    const fsnn_conv1d *o = node->options;
    return conv_shape(node,
                      &(fsnn_conv2d){.out = o->out,
                                     .kernel = {1, o->kernel},
                                     .stride = {1, o->stride},
                                     .padding = {0, o->padding},
                                     .dilation = {1, o->dilation},
                                     .groups = o->groups,
                                     .bias = o->bias},
                      1);
}

const fsnn_op op_conv1d = {
    .kind = "conv1d",
    .help = "one-dimensional convolution of lines [C, L]",
    .options_size = sizeof(fsnn_conv1d),
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

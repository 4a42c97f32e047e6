/* op/convtranspose2d.c: transposed convolution of images [C, H, W]; op/transposed.c does it. */
#include "op/transposed.h"

static const fsnn_convtranspose2d defaults = {
    .stride = {1, 1}, .dilation = {1, 1}, .groups = 1, .bias = true};

static const fsnn_key keys[] = {
    {.name = "out",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_convtranspose2d, out),
     .min = 1,
     .max = TRANSPOSED_MAX_OUT,
     .required = true,
     .help = "channels of the output"},
    {.name = "kernel",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_convtranspose2d, kernel),
     .min = 1,
     .max = TRANSPOSED_MAX_SIDE,
     .required = true,
     .help = "height and width of the kernel"},
    {.name = "stride",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_convtranspose2d, stride),
     .min = 1,
     .max = TRANSPOSED_MAX_SIDE,
     .help = "step of the kernel over the output"},
    {.name = "padding",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_convtranspose2d, padding),
     .min = 0,
     .max = TRANSPOSED_MAX_SIDE,
     .help = "what the output lacks on every side"},
    {.name = "output_padding",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_convtranspose2d, output_padding),
     .min = 0,
     .max = TRANSPOSED_MAX_SIDE,
     .help = "more lines and columns at the end of the output, below the stride"},
    {.name = "dilation",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_convtranspose2d, dilation),
     .min = 1,
     .max = TRANSPOSED_MAX_SIDE,
     .help = "distance between neighbours of the kernel; 1 is a dense kernel"},
    {.name = "groups",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_convtranspose2d, groups),
     .min = 1,
     .max = TRANSPOSED_MAX_OUT,
     .help = "groups of channels that do not see each other"},
    {.name = "bias",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_convtranspose2d, bias),
     .help = "add a bias to each channel"},
    {0},
};

static fsnn_status shape(op_node *node)
{
    return transposed_shape(node, node->options, 2);
}

const fsnn_op op_convtranspose2d = {
    .kind = "convtranspose2d",
    .help = "two-dimensional transposed convolution of images [C, H, W]",
    .options_size = sizeof(fsnn_convtranspose2d),
    .defaults = &defaults,
    .keys = keys,
    .min_in = 1,
    .max_in = 1,
    .flags = OP_LAST | OP_WANTS_LAST | OP_NEEDS_IN,
    .state_size = sizeof(transposed_state),
    .shape = shape,
    .plan = transposed_plan,
    .forward = transposed_forward,
    .backward = transposed_backward,
    .destroy = transposed_destroy,
};

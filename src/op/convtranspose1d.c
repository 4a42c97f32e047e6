/* op/convtranspose1d.c: transposed convolution of lines [C, L]; op/transposed.c does it. */
#include "op/transposed.h"

static const fsnn_convtranspose1d defaults = {
    .stride = 1, .dilation = 1, .groups = 1, .bias = true};

static const fsnn_key keys[] = {
    {.name = "out",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_convtranspose1d, out),
     .min = 1,
     .max = TRANSPOSED_MAX_OUT,
     .required = true,
     .help = "channels of the output"},
    {.name = "kernel",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_convtranspose1d, kernel),
     .min = 1,
     .max = TRANSPOSED_MAX_SIDE,
     .required = true,
     .help = "length of the kernel"},
    {.name = "stride",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_convtranspose1d, stride),
     .min = 1,
     .max = TRANSPOSED_MAX_SIDE,
     .help = "step of the kernel over the output"},
    {.name = "padding",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_convtranspose1d, padding),
     .min = 0,
     .max = TRANSPOSED_MAX_SIDE,
     .help = "what the output lacks at both ends"},
    {.name = "output_padding",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_convtranspose1d, output_padding),
     .min = 0,
     .max = TRANSPOSED_MAX_SIDE,
     .help = "more numbers at the end of the output, below the stride"},
    {.name = "dilation",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_convtranspose1d, dilation),
     .min = 1,
     .max = TRANSPOSED_MAX_SIDE,
     .help = "distance between neighbours of the kernel; 1 is a dense kernel"},
    {.name = "groups",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_convtranspose1d, groups),
     .min = 1,
     .max = TRANSPOSED_MAX_OUT,
     .help = "groups of channels that do not see each other"},
    {.name = "bias",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(fsnn_convtranspose1d, bias),
     .help = "add a bias to each channel"},
    {0},
};

static fsnn_status shape(op_node *node)
{
    const fsnn_convtranspose1d *o = node->options;
    return transposed_shape(node,
                            &(fsnn_convtranspose2d){.out = o->out,
                                                    .kernel = {1, o->kernel},
                                                    .stride = {1, o->stride},
                                                    .padding = {0, o->padding},
                                                    .output_padding = {0, o->output_padding},
                                                    .dilation = {1, o->dilation},
                                                    .groups = o->groups,
                                                    .bias = o->bias},
                            1);
}

const fsnn_op op_convtranspose1d = {
    .kind = "convtranspose1d",
    .help = "one-dimensional transposed convolution of lines [C, L]",
    .options_size = sizeof(fsnn_convtranspose1d),
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

/* export/layer_conv.c: convolutions of lines and images, channels-last. */
#include "export/export.h"
#include "export/window.h"
#include "op/conv.h"

/* W [out, C/groups, kh, kw] -> [kh][kw][C/groups][out]. */
static void turn(const float *from, int64_t out, int64_t in, int64_t points, float *to)
{
    for (int64_t o = 0; o < out; o++)
        for (int64_t c = 0; c < in; c++)
            for (int64_t p = 0; p < points; p++)
                to[(p * in + c) * out + o] = from[(o * in + c) * points + p];
}

static code_window window_of(const net_step *s, const fsnn_conv2d *o)
{
    code_window w = {.channels = s->op->in[0].dim[0], .outputs = o->out, .groups = o->groups};
    for (int d = 0; d < 2; d++)
        w.axis[d] = (code_axis){.in = code_side(&s->op->in[0], d),
                                .out = code_side(&s->op->out[0], d),
                                .kernel = o->kernel[d],
                                .stride = o->stride[d],
                                .padding = o->padding[d],
                                .dilation = o->dilation[d]};
    return w;
}

fsnn_status code_print_conv(code_job *j, const net_step *s)
{
    const fsnn_conv2d *o = &((conv_state *)s->op->state)->options;
    const int number = code_number(j, s);
    const code_window window = window_of(s, o);
    const int64_t in = window.channels / o->groups, points = o->kernel[0] * o->kernel[1];
    const bool apart = in == 1 && o->out == o->groups;
    float *turned = fsnn_alloc((size_t)(o->out * in * points) * sizeof *turned);
    if (!turned)
        return FSNN_EMEMORY;
    turn(code_param(j, s, 0), o->out, in, points, turned);
    const char *w = code_floats(j, "weight", number, turned, o->out * in * points);
    const char *b = o->bias ? code_floats(j, "bias", number, code_param(j, s, 1), o->out) : "NULL";
    fsnn_free(turned);
    code_print_window(j, number, &window);
    code_use(j, apart ? "depthwise" : "conv");
    code_add(&j->step, "    %s(&window_%d, %s, %s, %s, %s);\n",
             apart ? "net_depthwise" : "net_conv", number, code_in(j, s, 0).text, w, b,
             code_out(j, s).text);
    j->multiply_adds += (double)s->op->operations;
    return FSNN_OK;
}

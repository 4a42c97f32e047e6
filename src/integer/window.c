/* integer/window.h. Lines have a height of 1. */
#include "integer/window.h"

#include "op/conv.h"
#include "op/transposed.h"

/* Height (d 0) and width (d 1) of [C, H, W]. */
static int32_t side(const fsnn_shape *shape, int d)
{
    int axis = shape->rank - 2 + d;
    return axis > 0 ? (int32_t)shape->dim[axis] : 1;
}

/* Options of the axes are pairs: height, width. */
static net_window window_of(const net_step *s, int64_t groups, const int64_t *kernel,
                            const int64_t *stride, const int64_t *padding, const int64_t *dilation)
{
    net_window w = {.channels = (uint32_t)s->op->in[0].dim[0],
                    .outputs = (uint32_t)s->op->out[0].dim[0],
                    .groups = (uint32_t)groups};
    for (int d = 0; d < 2; d++)
        w.axis[d] = (net_axis){.in = side(&s->op->in[0], d),
                               .out = side(&s->op->out[0], d),
                               .kernel = (int32_t)kernel[d],
                               .stride = (int32_t)stride[d],
                               .padding = (int32_t)padding[d],
                               .dilation = (int32_t)dilation[d]};
    return w;
}

net_window integer_conv_window(const net_step *s)
{
    const fsnn_conv2d *o = &((const conv_state *)s->op->state)->options;
    return window_of(s, o->groups, o->kernel, o->stride, o->padding, o->dilation);
}

net_window integer_transposed_window(const net_step *s)
{
    const fsnn_convtranspose2d *o = &((const transposed_state *)s->op->state)->options;
    return window_of(s, o->groups, o->kernel, o->stride, o->padding, o->dilation);
}

bool integer_conv_apart(const net_window *w)
{
    return w->channels == w->groups && w->outputs == w->groups;
}

float *integer_conv_turned(const net_window *w, const float *weight)
{
    const int64_t out = w->outputs, in = w->channels / w->groups,
                  points = (int64_t)w->axis[0].kernel * w->axis[1].kernel;
    float *turned = fsnn_alloc((size_t)(out * in * points) * sizeof *turned);
    for (int64_t i = 0; turned && i < out * in * points; i++) {
        const int64_t o = i / (in * points), c = i / points % in, p = i % points;
        turned[(p * in + c) * out + o] = weight[i];
    }
    return turned;
}

/* As op/pool.c has it: adaptive windows of one size are windows with a kernel. */
static net_axis axis_of(const net_step *s, const fsnn_pool *o, int d)
{
    net_axis a = {.in = side(&s->op->in[0], d), .out = side(&s->op->out[0], d), .dilation = 1};
    bool line = s->op->in[0].rank - 2 + d < 1, adaptive = o->adaptive[0] || o->adaptive[1];
    if (line) {
        a.kernel = a.stride = 1;
    } else if (!adaptive) {
        a.kernel = (int32_t)o->kernel[d];
        a.stride = (int32_t)(o->stride[d] ? o->stride[d] : o->kernel[d]);
        a.padding = (int32_t)o->padding[d];
    } else if (a.in % a.out == 0) {
        a.kernel = a.stride = a.in / a.out;
    }
    return a;
}

net_window integer_pool_window(const net_step *s)
{
    const fsnn_pool *o = s->op->options;
    const uint32_t channels = (uint32_t)s->op->in[0].dim[0];
    net_window w = {.channels = channels, .outputs = channels, .groups = 1};
    for (int d = 0; d < 2; d++)
        w.axis[d] = axis_of(s, o, d);
    if (o->count_padding && w.axis[0].kernel && w.axis[1].kernel)
        w.counted = w.axis[0].kernel * w.axis[1].kernel;
    return w;
}

int integer_pool_kind(const net_step *s)
{
    const char *kind = s->op->op->kind;
    return *kind == 's' ? 0 : *kind == 'a' ? 1 : 2;
}

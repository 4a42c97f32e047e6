/* export/layer_pool.c: maxima, means and sums over windows. */
#include "export/window.h"

/* As op/pool.c has it: adaptive windows of one size are windows with a kernel. */
static code_axis axis_of(const net_step *s, const fsnn_pool *o, int d)
{
    code_axis a = {
        .in = code_side(&s->op->in[0], d), .out = code_side(&s->op->out[0], d), .dilation = 1};
    bool line = s->op->in[0].rank - 2 + d < 1, adaptive = o->adaptive[0] || o->adaptive[1];
    if (line) {
        a.kernel = a.stride = 1;
    } else if (!adaptive) {
        a.kernel = o->kernel[d];
        a.stride = o->stride[d] ? o->stride[d] : o->kernel[d];
        a.padding = o->padding[d];
    } else if (a.in % a.out == 0) {
        a.kernel = a.stride = a.in / a.out;
    }
    return a;
}

fsnn_status code_print_pool(code_job *j, const net_step *s)
{
    const fsnn_pool *o = s->op->options;
    const char *kind = s->op->op->kind;
    const int number = code_number(j, s), code = *kind == 's' ? 0 : *kind == 'a' ? 1 : 2;
    code_window w = {.channels = s->op->in[0].dim[0], .outputs = s->op->in[0].dim[0], .groups = 1};
    for (int d = 0; d < 2; d++)
        w.axis[d] = axis_of(s, o, d);
    if (o->count_padding && w.axis[0].kernel && w.axis[1].kernel)
        w.counted = w.axis[0].kernel * w.axis[1].kernel;
    code_print_window(j, number, &w);
    code_use(j, "pool");
    code_add(&j->step, "    net_pool(&window_%d, %d, %s, %s);\n", number, code,
             code_in(j, s, 0).text, code_out(j, s).text);
    return FSNN_OK;
}

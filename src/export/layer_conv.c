/* export/layer_conv.c: convolutions of lines and images, channels-last. */
#include "export/export.h"
#include "integer/window.h"

fsnn_status code_print_conv(code_job *j, const net_step *s)
{
    const int number = code_number(j, s);
    const net_window window = integer_conv_window(s);
    const bool apart = integer_conv_apart(&window), biased = s->op->params > 1;
    float *turned = integer_conv_turned(&window, code_param(j, s, 0));
    if (!turned)
        return FSNN_EMEMORY;
    const int64_t count = fsnn_shape_count(&s->op->param[0].shape);
    const char *w = code_floats(j, "weight", number, turned, count);
    const char *b =
        biased ? code_floats(j, "bias", number, code_param(j, s, 1), window.outputs) : "NULL";
    fsnn_free(turned);
    code_print_window(j, number, &window);
    code_use(j, apart ? "depthwise" : "conv");
    if (!apart)
        code_use(j, "conv_point");
    code_add(&j->step, "    %s(&window_%d, %s, %s, %s, %s);\n",
             apart ? "net_depthwise" : "net_conv", number, code_in(j, s, 0).text, w, b,
             code_out(j, s).text);
    j->multiply_adds += (double)s->op->operations;
    return FSNN_OK;
}

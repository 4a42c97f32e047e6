/* export/layer_transposed.c: transposed convolutions of lines and images, channels-last. A line is
 * an image of height 1. */
#include "export/export.h"
#include "integer/window.h"

/* W [C, out/groups, kh, kw] -> [kh][kw][C/groups][out]. */
static const char *print_weight(code_job *j, const net_step *s, const net_window *w, int number)
{
    const float *weight = code_param(j, s, 0);
    const int64_t share = w->outputs / w->groups, in = w->channels / w->groups,
                  points = (int64_t)w->axis[0].kernel * w->axis[1].kernel,
                  count = w->channels * share * points;
    float *turned = fsnn_alloc((size_t)count * sizeof *turned);
    if (!turned) {
        j->failed = true;
        return "";
    }
    for (int64_t i = 0; i < count; i++) {
        const int64_t c = i / (share * points), o = i / points % share, p = i % points;
        turned[(p * in + c % in) * w->outputs + c / in * share + o] = weight[i];
    }
    const char *name = code_floats(j, "weight", number, turned, count);
    fsnn_free(turned);
    return name;
}

fsnn_status code_print_transposed(code_job *j, const net_step *s)
{
    const int number = code_number(j, s);
    const net_window window = integer_transposed_window(s);
    const char *w = print_weight(j, s, &window, number), *b = "NULL";
    if (s->op->params > 1)
        b = code_floats(j, "bias", number, code_param(j, s, 1), window.outputs);
    code_print_window(j, number, &window);
    code_use(j, "conv_point");
    code_use(j, "transposed");
    code_add(&j->step, "    net_transposed(&window_%d, %s, %s, %s, %s);\n", number,
             code_in(j, s, 0).text, w, b, code_out(j, s).text);
    j->multiply_adds += (double)s->op->operations;
    return FSNN_OK;
}

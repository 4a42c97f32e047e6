/* export/layer_linear.c: y = x W^T + b over the last dimension. */
#include "export/export.h"
#include "tensor/dense.h"

fsnn_status code_print_linear(code_job *j, const net_step *s)
{
    const fsnn_linear *o = s->op->options;
    const fsnn_shape *in = &s->op->in[0];
    const int64_t inputs = in->dim[in->rank - 1], rows = fsnn_shape_count(in) / inputs;
    const int number = code_number(j, s);
    const float *weight = code_param(j, s, 0);
    float *turned = fsnn_alloc((size_t)(inputs * o->out) * sizeof *turned);
    if (!turned)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < inputs; i++)
        for (int64_t c = 0; c < o->out; c++)
            turned[i * o->out + c] = weight[c * inputs + i];
    const char *w = code_floats(j, "weight", number, turned, inputs * o->out);
    const char *b = o->bias ? code_floats(j, "bias", number, code_param(j, s, 1), o->out) : "NULL";
    fsnn_free(turned);
    code_use(j, "linear");
    for (int64_t r = 0; r < rows; r++)
        code_add(&j->step, "    net_linear(%s + %lld, %lldu, %lldu, %s, %s, %lldu, %s + %lld);\n",
                 code_in(j, s, 0).text, (long long)(r * inputs), (long long)inputs,
                 (long long)dense_piece(), w, b, (long long)o->out, code_out(j, s).text,
                 (long long)(r * o->out));
    j->multiply_adds += (double)(rows * inputs * o->out);
    return FSNN_OK;
}

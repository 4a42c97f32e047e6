/* export/layer_shape.c: steps that move numbers, or only name them anew. */
#include "export/export.h"
#include "op/strips.h"

static int64_t numbers_of(const net_step *s)
{
    return fsnn_shape_count(&s->op->out[0]);
}

/* The output is the input's memory. */
fsnn_status code_print_view(code_job *j, const net_step *s)
{
    (void)j, (void)s;
    return FSNN_OK;
}

/* Outside of training the output is the input. */
fsnn_status code_print_copy(code_job *j, const net_step *s)
{
    code_add(&j->step, "    memcpy(%s, %s, %lldu * sizeof(float));\n", code_out(j, s).text,
             code_in(j, s, 0).text, (long long)numbers_of(s));
    return FSNN_OK;
}

/* Channels-last to plain, and back. */
fsnn_status code_print_turn(code_job *j, const net_step *s)
{
    const int64_t C = s->op->in[0].dim[0], P = numbers_of(s) / C;
    const bool to_last = s->op->out_last[0];
    code_use(j, "turn");
    code_add(&j->step, "    net_turn(%s, %lldu, %lldu, %s);\n", code_in(j, s, 0).text,
             (long long)(to_last ? C : P), (long long)(to_last ? P : C), code_out(j, s).text);
    return FSNN_OK;
}

fsnn_status code_print_concat(code_job *j, const net_step *s)
{
    const fsnn_concat *o = s->op->options;
    int64_t width[OP_MAX_IN], whole = 0, at = 0;
    for (int k = 0; k < s->op->inputs; k++) {
        width[k] = strips_width(&s->op->in[k], s->op->in_last[k], (int)o->axis);
        whole += width[k];
    }
    code_use(j, "strips");
    for (int k = 0; k < s->op->inputs; at += width[k], k++)
        code_add(&j->step, "    net_strips(%s, %lldu, %lldu, %lldu, %s + %lld);\n",
                 code_in(j, s, k).text, (long long)(numbers_of(s) / whole), (long long)width[k],
                 (long long)whole, code_out(j, s).text, (long long)at);
    return FSNN_OK;
}

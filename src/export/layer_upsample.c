/* export/layer_upsample.c: images and lines made larger. */
#include "export/export.h"
#include "op/upsample.h"

static fsnn_status print_axis(code_job *j, const net_step *s, int d, int64_t in, int64_t out)
{
    const fsnn_upsample *o = s->op->options;
    const int number = code_number(j, s);
    int32_t *from = fsnn_alloc((size_t)out * sizeof *from);
    float *part = fsnn_alloc((size_t)out * sizeof *part);
    if (!from || !part) {
        fsnn_free(from);
        fsnn_free(part);
        return FSNN_EMEMORY;
    }
    for (int64_t i = 0; i < out; i++) {
        const upsample_tap tap = upsample_tap_of(s->op, d, i);
        from[i] = (int32_t)tap.n;
        part[i] = (float)tap.w;
    }
    const char *name = d ? "columns" : "lines", *parts = "NULL";
    const char *places = code_integers(j, "uint32_t", name, number, from, out);
    if (o->mode == FSNN_UPSAMPLE_LINEAR)
        parts = code_floats(j, d ? "right" : "down", number, part, out);
    code_add(&j->tables, "static const net_axis_taps %s_taps_%d = {%s, %s, %lldu, %lldu};\n", name,
             number, places, parts, (long long)in, (long long)out);
    fsnn_free(from);
    fsnn_free(part);
    return FSNN_OK;
}

fsnn_status code_print_upsample(code_job *j, const net_step *s)
{
    const fsnn_shape *in = &s->op->in[0], *out = &s->op->out[0];
    const int number = code_number(j, s);
    code_use(j, "upsample");
    for (int d = 0; d < 2; d++) {
        const int at = in->rank - 2 + d;
        FSNN_TRY(print_axis(j, s, d, at > 0 ? in->dim[at] : 1, at > 0 ? out->dim[at] : 1));
    }
    code_add(&j->step, "    net_upsample(&lines_taps_%d, &columns_taps_%d, %lldu, %s, %s);\n",
             number, number, (long long)in->dim[0], code_in(j, s, 0).text, code_out(j, s).text);
    j->multiply_adds += (double)s->op->operations;
    return FSNN_OK;
}

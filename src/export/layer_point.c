/* export/layer_point.c: number by number, and means of neighbours. */
#include "export/export.h"

#include <math.h>
#include <string.h>

static int64_t numbers_of(const net_step *s)
{
    return fsnn_shape_count(&s->op->out[0]);
}

fsnn_status code_print_add(code_job *j, const net_step *s)
{
    code_print_copy(j, s);
    code_use(j, "add");
    for (int k = 1; k < s->op->inputs; k++)
        code_add(&j->step, "    net_add(%s, %lldu, %s);\n", code_in(j, s, k).text,
                 (long long)numbers_of(s), code_out(j, s).text);
    return FSNN_OK;
}

fsnn_status code_print_scale(code_job *j, const net_step *s)
{
    const fsnn_scaling *o = s->op->options;
    const int number = code_number(j, s);
    const char *w = code_floats(j, "weight", number, code_param(j, s, 0), numbers_of(s));
    const char *b =
        o->bias ? code_floats(j, "bias", number, code_param(j, s, 1), numbers_of(s)) : "NULL";
    code_use(j, "scale");
    code_add(&j->step, "    net_scale(%s, %lldu, %s, %s, %s);\n", code_in(j, s, 0).text,
             (long long)numbers_of(s), w, b, code_out(j, s).text);
    j->multiply_adds += (double)numbers_of(s);
    return FSNN_OK;
}

/* The running statistics, as op/batchnorm.c applies them; tdbn, whose options begin with those of
 * batchnorm, has the deviation alpha threshold beside the weight. */
fsnn_status code_print_batchnorm(code_job *j, const net_step *s)
{
    const fsnn_batchnorm *o = s->op->options;
    const fsnn_tdbn *td = strcmp(s->op->op->kind, "tdbn") == 0 ? s->op->options : NULL;
    const int number = code_number(j, s), last = s->op->params;
    const int64_t C = s->op->in[0].dim[0];
    const float *mean = code_param(j, s, last - 2), *var = code_param(j, s, last - 1);
    float *a = fsnn_alloc((size_t)(2 * C) * sizeof *a);
    if (!a)
        return FSNN_EMEMORY;
    for (int64_t c = 0; c < C; c++) {
        a[c] = (float)(1 / sqrt((double)var[c] + o->eps));
        a[c] *= (float)(td ? td->alpha * td->threshold : 1);
        a[c] *= o->affine ? code_param(j, s, 0)[c] : 1;
        a[C + c] = o->affine ? code_param(j, s, 1)[c] : 0;
    }
    const char *m = code_floats(j, "mean", number, mean, C);
    const char *factor = code_floats(j, "factor", number, a, C);
    const char *b = code_floats(j, "shift", number, a + C, C);
    fsnn_free(a);
    code_use(j, "affine");
    code_add(&j->step, "    net_affine(%s, %lldu, %lldu, %lldu, %s, %s, %s, %s);\n",
             code_in(j, s, 0).text, (long long)numbers_of(s),
             (long long)(s->op->in_last[0] ? 1 : numbers_of(s) / C), (long long)C, m, factor, b,
             code_out(j, s).text);
    j->multiply_adds += (double)numbers_of(s);
    return FSNN_OK;
}

fsnn_status code_print_voting(code_job *j, const net_step *s)
{
    const fsnn_voting *o = s->op->options;
    code_use(j, "voting");
    code_add(&j->step, "    net_voting(%s, %lldu, %lldu, %s);\n", code_in(j, s, 0).text,
             (long long)numbers_of(s), (long long)o->voters, code_out(j, s).text);
    return FSNN_OK;
}

/* Numbers that are not finite: neuron layers find them in their states (scan/finite.c), the net in
 * its output. What they come from is searched only then: the parameters, and the input. */
#include "base/sentence.h"
#include "net/data.h"
#include "net/neuron_ops.h"

#include <math.h>

static int64_t first_stray(const real *x, int64_t count)
{
    for (int64_t i = 0; x && i < count; i++)
        if (!isfinite(x[i]))
            return i;
    return -1;
}

/* Spikes are zeros and ones, whatever they come from: they need no look. */
fsnn_status net_output_finite(const fsnn_net *net)
{
    const net_value *v = &net->value[net->out_value];
    if (net->value[v->root].binary || v->root == 0)
        return FSNN_OK;
    const real *y = net_data(net, net->out_value);
    real sum = 0;
    int64_t count = net_numbers(net, net->out_value), each = fsnn_shape_count(&v->shape);
    for (int64_t i = 0; i < count; i++)
        sum += y[i] - y[i];
    if (sum == 0)
        return FSNN_OK;
    int64_t i = first_stray(y, count), row = i / each;
    return fsnn_fail(
        FSNN_ENUMERIC,
        "the output of \"%s\" is %g at step %lld of the call, sample %lld, element %lld "
        "(samples and elements from 0)",
        net->step[v->step].op->name, fsnn_number_told((double)y[i]),
        (long long)(net->segments.first + row / net->plan.batch) + 1,
        (long long)(row % net->plan.batch), (long long)(i % each));
}

/* "why: " before the sentence that is there, without advice to look for what is known. */
static fsnn_status because(const char *why, const char *advice)
{
    char *what = fsnn_strdup(fsnn_error_text()),
         *end = what && advice ? strstr(what, advice) : NULL;
    if (end)
        *end = 0;
    fsnn_fail(FSNN_ENUMERIC, "%s: %s", why, what ? what : "");
    fsnn_free(what);
    return FSNN_ENUMERIC;
}

static fsnn_status because_of_input(const fsnn_net *net, int64_t i)
{
    int64_t each = fsnn_shape_count(&net->input_shape), row = i / each;
    char why[160], when[48] = "";
    if (!net->plan.still)
        snprintf(when, sizeof when, " at step %lld of the call,",
                 (long long)(net->segments.first + row / net->plan.batch) + 1);
    snprintf(why, sizeof why, "the input is %g%s in sample %lld, element %lld (both from 0)",
             fsnn_number_told((double)((const real *)net->x)[i]), when,
             (long long)(row % net->plan.batch), (long long)(i % each));
    return because(why, STRAYED_ADVICE);
}

static fsnn_status because_of_param(const fsnn_param *param, int64_t i)
{
    char why[192];
    snprintf(why, sizeof why, "the parameter \"%s\" is %g at number %lld of %lld (from 0)",
             param->name, fsnn_number_told(net_param_value(param, i)), (long long)i,
             (long long)fsnn_shape_count(&param->shape));
    return because(why, NULL);
}

fsnn_status net_strayed(const fsnn_net *net)
{
    int64_t rows = net->plan.still ? net->plan.batch : net->K * net->plan.batch;
    int64_t i = first_stray(net->plan.still ? net->given : net->x,
                            rows * fsnn_shape_count(&net->input_shape));
    if (i >= 0)
        return because_of_input(net, i);
    for (int p = 0; p < net->params; p++) {
        i = first_stray(net_values(net, p), fsnn_shape_count(&net->param[p].shape));
        if (i >= 0)
            return because_of_param(&net->param[p], i);
    }
    return FSNN_ENUMERIC;
}

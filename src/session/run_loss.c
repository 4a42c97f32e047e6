/* Target, loss and gradients of a run. */
#include "base/error_key.h"
#include "session/run.h"

#include <stdio.h>
#include <string.h>

static bool whole(fsnn_dtype dtype)
{
    return dtype != FSNN_F32 && dtype != FSNN_F64 && dtype != FSNN_BOOL;
}

static bool takes_classes(fsnn_loss_kind loss)
{
    return loss != FSNN_MSE_RATE && loss != FSNN_MSE_COUNT && loss != FSNN_MSE;
}

/* [B, shape], or [B, T, shape] of one for each step. */
static fsnn_shape wanted(const run *w, bool steps, const fsnn_shape *each)
{
    fsnn_shape full = {.rank = 1, .dim = {w->B}};
    if (steps)
        full.dim[full.rank++] = w->T;
    for (int i = 0; i < each->rank; i++)
        full.dim[full.rank++] = each->dim[i];
    return full;
}

static fsnn_status wrong_target(const run *w)
{
    const fsnn_array *target = w->r->target;
    const char *loss = fsnn_loss_name(w->r->loss), *type = fsnn_dtype_name(target->dtype);
    const fsnn_shape values = wanted(w, false, &w->out), steps = wanted(w, true, &w->out);
    char found[128], one[128], each[128];
    fsnn_shape_text(&target->shape, found, sizeof found);
    fsnn_shape_text(&values, one, sizeof one);
    fsnn_shape_text(&steps, each, sizeof each);
    long long B = w->B, T = w->T;
    if (w->r->loss == FSNN_TET)
        return fsnn_fail_key(FSNN_ESHAPE, "target",
                             "target is %s %s; tet takes integer classes [%lld], or [%lld, %lld] "
                             "of each step",
                             type, found, B, B, T);
    if (takes_classes(w->r->loss))
        return fsnn_fail_key(FSNN_ESHAPE, "target",
                             "target is %s %s; %s takes %s, or integer classes [%lld], or one for "
                             "each step: %s, or classes [%lld, %lld]",
                             type, found, loss, one, B, each, B, T);
    return fsnn_fail_key(FSNN_ESHAPE, "target",
                         "target has shape %s; %s takes %s, or %s of each step", found, loss, one,
                         each);
}

static fsnn_status take_values(run *w, int64_t count)
{
    w->target = fsnn_alloc((size_t)count * run_size(w));
    if (!w->target)
        return FSNN_EMEMORY;
    run_convert(w, w->r->target, w->target);
    return run_check_finite(w, "target", w->target, count);
}

/* Number i of the target is no class; of steps -1 does not count. */
static fsnn_status no_class(const run *w, int64_t i, double number, int64_t classes)
{
    char place[64];
    if (w->steps)
        snprintf(place, sizeof place, "%lld, %lld", (long long)(i / w->T), (long long)(i % w->T));
    else
        snprintf(place, sizeof place, "%lld", (long long)i);
    return fsnn_fail_key(FSNN_EARGUMENT, "target",
                         "target[%s] is class %.0f, but the output has classes 0 to %lld%s", place,
                         number, (long long)classes - 1, w->steps ? " (-1: none)" : "");
}

static fsnn_status take_classes(const run *w, const double *number, int64_t count)
{
    int64_t classes = fsnn_shape_count(&w->out);
    for (int64_t i = 0; i < count; i++) {
        bool none = w->steps && number[i] == -1;
        if (!none && (number[i] < 0 || number[i] >= (double)classes))
            return no_class(w, i, number[i], classes);
        w->labels[i] = none ? FSNN_UNLABELLED : (int32_t)number[i];
    }
    return FSNN_OK;
}

static fsnn_status add_classes(run *w)
{
    int64_t count = fsnn_shape_count(&w->r->target->shape);
    double *number = fsnn_alloc((size_t)count * sizeof *number);
    w->labels = fsnn_alloc((size_t)count * sizeof *w->labels);
    fsnn_status status = FSNN_EMEMORY;
    if (number && w->labels) {
        fsnn_array_to_f64(w->r->target, number);
        status = take_classes(w, number, count);
    }
    fsnn_free(number);
    return status;
}

/* Whole numbers of as many steps as there are outputs are classes where each step answers. */
static bool each_answers(const run *w)
{
    return w->r->options && w->r->options->readout == FSNN_READOUT_EACH;
}

/* The target as numbers [B, out] or classes [B], or as either for each step. */
fsnn_status run_target(run *w)
{
    const fsnn_array *target = w->r->target;
    FSNN_TRY(run_check_array("target", target));
    const fsnn_shape scalar = {0}, *shape = &target->shape;
    const fsnn_shape value = wanted(w, false, &w->out), values = wanted(w, true, &w->out);
    const fsnn_shape class = wanted(w, false, &scalar), classes = wanted(w, true, &scalar);
    bool named = whole(target->dtype) && takes_classes(w->r->loss);
    bool steps = named && fsnn_shape_equal(shape, &classes);
    bool tet = w->r->loss == FSNN_TET;
    if (!tet && fsnn_shape_equal(shape, &value) && !(steps && each_answers(w)))
        return take_values(w, fsnn_shape_count(shape));
    w->steps = steps || (!tet && fsnn_shape_equal(shape, &values));
    if (steps || (named && fsnn_shape_equal(shape, &class)))
        return add_classes(w);
    return w->steps ? take_values(w, fsnn_shape_count(shape)) : wrong_target(w);
}

static fsnn_status add_gradients(run *w, const void *gradient)
{
    fsnn_net_zero_grad(w->s->net);
    FSNN_TRY(w->wide ? fsnn_net_backward_double(w->s->net, gradient, NULL)
                     : fsnn_net_backward(w->s->net, gradient, NULL));
    for (int i = 0; i < fsnn_net_param_count(w->s->net); i++) {
        const fsnn_param *param = fsnn_net_param(w->s->net, i);
        if (!param->learn)
            continue;
        const void *from = w->wide ? (const void *)param->grad64 : (const void *)param->grad;
        void *to = run_add(w, run_type(w), &param->shape, "grad.%s", param->name);
        if (!to)
            return FSNN_EMEMORY;
        memcpy(to, from, (size_t)fsnn_shape_count(&param->shape) * run_size(w));
    }
    return FSNN_OK;
}

fsnn_status run_loss(run *w)
{
    fsnn_loss how = w->r->options ? *w->r->options : (fsnn_loss){0};
    how.kind = w->r->loss;
    how.class_weight = NULL;
    how.balanced = false;
    const fsnn_shape scalar = {0};
    const void *output = run_added(w, "output");
    int64_t C = fsnn_shape_count(&w->out);
    void *gradient = NULL;
    double *loss;
    if (w->r->gradients) {
        gradient = fsnn_alloc((size_t)(w->T * w->B * C) * run_size(w));
        if (!gradient)
            return FSNN_EMEMORY;
    }
    fsnn_target target = {.labels = w->labels, .steps = w->steps};
    fsnn_measure measure = {0};
    target.values = w->wide ? NULL : w->target;
    target.values64 = w->wide ? w->target : NULL;
    fsnn_status status =
        w->wide ? fsnn_loss_measure_double(&how, w->T, w->B, C, output, &target, gradient, &measure)
                : fsnn_loss_measure(&how, w->T, w->B, C, output, &target, gradient, &measure);
    if (status >= 0) {
        loss = run_add(w, FSNN_F64, &scalar, "loss");
        status = loss ? FSNN_OK : FSNN_EMEMORY;
    }
    if (status >= 0)
        *loss = measure.value;
    if (status >= 0 && gradient)
        status = add_gradients(w, gradient);
    fsnn_free(gradient);
    return status;
}

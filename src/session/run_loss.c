/* Target, loss and gradients of a run. */
#include "base/error_key.h"
#include "session/run.h"

#include <math.h>
#include <string.h>

static bool whole(fsnn_dtype dtype)
{
    return dtype != FSNN_F32 && dtype != FSNN_F64 && dtype != FSNN_BOOL;
}

static bool takes_classes(fsnn_loss_kind loss)
{
    return loss != FSNN_MSE_RATE && loss != FSNN_MSE_COUNT && loss != FSNN_MSE;
}

static fsnn_status wrong_target(const run *w)
{
    const fsnn_array *target = w->r->target;
    const char *loss = fsnn_loss_name(w->r->loss), *type = fsnn_dtype_name(target->dtype);
    char found[128], wanted[128];
    fsnn_shape full = {.rank = w->out.rank + 1, .dim = {w->B}};
    for (int i = 0; i < w->out.rank; i++)
        full.dim[i + 1] = w->out.dim[i];
    fsnn_shape_text(&target->shape, found, sizeof found);
    fsnn_shape_text(&full, wanted, sizeof wanted);
    if (w->r->loss == FSNN_TET)
        return fsnn_fail_key(FSNN_ESHAPE, "target",
                             "target is %s %s; tet takes integer classes [%lld]", type, found,
                             (long long)w->B);
    if (takes_classes(w->r->loss))
        return fsnn_fail_key(FSNN_ESHAPE, "target",
                             "target is %s %s; %s takes %s, or integer classes [%lld]", type, found,
                             loss, wanted, (long long)w->B);
    return fsnn_fail_key(FSNN_ESHAPE, "target", "target has shape %s; %s takes %s", found, loss,
                         wanted);
}

static fsnn_status take_values(run *w, int64_t count)
{
    w->target = fsnn_alloc((size_t)count * run_size(w));
    if (!w->target)
        return FSNN_EMEMORY;
    run_convert(w, w->r->target, w->target);
    return run_check_finite(w, "target", w->target, count);
}

static fsnn_status take_classes(const run *w, const double *number)
{
    int64_t classes = fsnn_shape_count(&w->out);
    for (int64_t i = 0; i < w->B; i++) {
        if (number[i] < 0 || number[i] >= (double)classes)
            return fsnn_fail_key(FSNN_EARGUMENT, "target",
                                 "target[%lld] is class %.0f, but the output has classes 0 to %lld",
                                 (long long)i, number[i], (long long)classes - 1);
        w->labels[i] = (int32_t)number[i];
    }
    return FSNN_OK;
}

/* The target as numbers [B, out], or for cross entropies as classes [B]. */
fsnn_status run_target(run *w)
{
    const fsnn_array *target = w->r->target;
    if (!target->data)
        return fsnn_fail_key(FSNN_EARGUMENT, "target", "target has no numbers");
    bool batch = target->shape.rank >= 1 && target->shape.dim[0] == w->B;
    fsnn_shape each = batch ? run_rest(&target->shape, 1) : (fsnn_shape){0};
    if (batch && fsnn_shape_equal(&each, &w->out) && w->r->loss != FSNN_TET)
        return take_values(w, fsnn_shape_count(&target->shape));
    if (!batch || target->shape.rank != 1 || !takes_classes(w->r->loss) || !whole(target->dtype))
        return wrong_target(w);
    double *number = fsnn_alloc((size_t)w->B * sizeof *number);
    w->labels = fsnn_alloc((size_t)w->B * sizeof *w->labels);
    fsnn_status status = FSNN_EMEMORY;
    if (number && w->labels) {
        fsnn_array_to_f64(target, number);
        status = take_classes(w, number);
    }
    fsnn_free(number);
    return status;
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
    const void *output = fsnn_arrays_find(w->result, "output")->data;
    int64_t C = fsnn_shape_count(&w->out);
    void *gradient = NULL;
    double value = NAN, *loss;
    if (w->r->gradients) {
        gradient = fsnn_alloc((size_t)(w->T * w->B * C) * run_size(w));
        if (!gradient)
            return FSNN_EMEMORY;
    }
    fsnn_status status = w->wide ? fsnn_loss_compute_double(&how, w->T, w->B, C, output, w->labels,
                                                            w->target, gradient, &value, NULL)
                                 : fsnn_loss_compute(&how, w->T, w->B, C, output, w->labels,
                                                     w->target, gradient, &value, NULL);
    if (status >= 0) {
        loss = run_add(w, FSNN_F64, &scalar, "loss");
        status = loss ? FSNN_OK : FSNN_EMEMORY;
    }
    if (status >= 0)
        *loss = value;
    if (status >= 0 && gradient)
        status = add_gradients(w, gradient);
    fsnn_free(gradient);
    return status;
}

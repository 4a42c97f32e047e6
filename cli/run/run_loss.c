/* cli/run/run_loss.c: target, loss and gradients of fsnn run. */
#include "cli/run/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool whole(fsnn_dtype dtype)
{
    return dtype != FSNN_F32 && dtype != FSNN_F64 && dtype != FSNN_BOOL;
}

static bool targets_are_classes(fsnn_loss_kind loss)
{
    return loss != FSNN_MSE_RATE && loss != FSNN_MSE_COUNT;
}

static int target_error(const run_work *w, const fsnn_array *target)
{
    char found[128], wanted[128];
    fsnn_shape full = {.rank = w->out.rank + 1, .dim = {w->B}};
    for (int i = 0; i < w->out.rank; i++)
        full.dim[i + 1] = w->out.dim[i];
    fsnn_shape_text(&target->shape, found, sizeof found);
    fsnn_shape_text(&full, wanted, sizeof wanted);
    if (w->loss == FSNN_TET)
        return cli_error(CLI_FAILED, "%s: target is %s %s; tet takes integer classes [%lld]",
                         w->o->target, fsnn_dtype_name(target->dtype), found, (long long)w->B);
    if (targets_are_classes(w->loss))
        return cli_error(CLI_FAILED, "%s: target is %s %s; %s takes %s, or integer classes [%lld]",
                         w->o->target, fsnn_dtype_name(target->dtype), found,
                         fsnn_loss_name(w->loss), wanted, (long long)w->B);
    return cli_error(CLI_FAILED, "%s: target has shape %s; %s takes %s", w->o->target, found,
                     fsnn_loss_name(w->loss), wanted);
}

/* The target as floats [B, out], or for cross entropies as classes [B]. */
static int read_target(run_work *w, float **values, int32_t **labels)
{
    const fsnn_array *target;
    int code = run_read_arrays(w->o->target, "target", &w->target, &target);
    if (code != CLI_GOOD)
        return code;
    int64_t count = fsnn_shape_count(&target->shape);
    bool batch = target->shape.rank >= 1 && target->shape.dim[0] == w->B;
    fsnn_shape each = batch ? run_rest(&target->shape, 1) : (fsnn_shape){0};
    if (batch && fsnn_shape_equal(&each, &w->out) && w->loss != FSNN_TET) {
        *values = cli_allocate((size_t)count, sizeof **values);
        fsnn_array_to_f32(target, *values);
        return run_check_finite(w->o->target, "target", *values, count);
    }
    if (!batch || target->shape.rank != 1 || !targets_are_classes(w->loss) || !whole(target->dtype))
        return target_error(w, target);
    double *number = cli_allocate((size_t)count, sizeof *number);
    *labels = cli_allocate((size_t)count, sizeof **labels);
    fsnn_array_to_f64(target, number);
    int64_t classes = fsnn_shape_count(&w->out);
    for (int64_t i = 0; i < count && code == CLI_GOOD; i++) {
        if (number[i] < 0 || number[i] >= (double)classes)
            code = cli_error(CLI_FAILED,
                             "%s: target[%lld] is class %.0f, but the output has classes 0 to %lld",
                             w->o->target, (long long)i, number[i], (long long)classes - 1);
        else
            (*labels)[i] = (int32_t)number[i];
    }
    free(number);
    return code;
}

static int add_gradients(run_work *w, const float *gradient)
{
    fsnn_net_zero_grad(w->model.net);
    fsnn_status status = fsnn_net_backward(w->model.net, gradient, NULL);
    if (status < 0)
        return cli_fail(status);
    int code = CLI_GOOD;
    for (int i = 0; code == CLI_GOOD && i < fsnn_net_param_count(w->model.net); i++) {
        const fsnn_param *param = fsnn_net_param(w->model.net, i);
        if (!param->learn)
            continue;
        char *name = cli_format("grad.%s", param->name);
        float *to = run_add(w, name, &param->shape, &code);
        free(name);
        if (to)
            memcpy(to, param->grad, (size_t)fsnn_shape_count(&param->shape) * sizeof *to);
    }
    return code;
}

int run_loss(run_work *w)
{
    float *values = NULL, *gradient = NULL;
    int32_t *labels = NULL;
    int code = read_target(w, &values, &labels);
    int64_t C = fsnn_shape_count(&w->out);
    double value = NAN;
    if (code == CLI_GOOD) {
        fsnn_loss how = {.kind = w->loss};
        if (w->o->grads)
            gradient = cli_allocate((size_t)(w->T * w->B * C), sizeof *gradient);
        fsnn_status status = fsnn_loss_compute(&how, w->T, w->B, C, w->output, labels, values,
                                               gradient, &value, NULL);
        code = status < 0 ? cli_fail(status) : CLI_GOOD;
    }
    if (code == CLI_GOOD) {
        fsnn_shape scalar = {0};
        fsnn_array *array = fsnn_arrays_add(&w->result, "loss", FSNN_F64, &scalar);
        if (array)
            *(double *)array->data = value;
        else
            code = cli_error(CLI_FAILED, "out of memory for the loss");
    }
    if (code == CLI_GOOD && gradient)
        code = add_gradients(w, gradient);
    if (code == CLI_GOOD)
        cli_out("%s %.9g\n", fsnn_loss_name(w->loss), value);
    free(values);
    free(labels);
    free(gradient);
    return code;
}

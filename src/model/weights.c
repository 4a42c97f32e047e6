/* Weight files onto a network: all names and shapes are checked before the first number changes,
 * and a value out of its range puts back what was there. */
#include "model/weights.h"
#include "net/net.h"
#include "tensor/finite.h"

#include <fsnn/model.h>

#include <stdlib.h>
#include <string.h>

#define SHAPE_TEXT 128

static bool scalar_like(const fsnn_shape *shape)
{
    return shape->rank == 0 || (shape->rank == 1 && shape->dim[0] == 1);
}

/* A positive number that is 0 in single precision would be told as the 0 that it is not. */
static fsnn_status check_numbers(const char *path, const fsnn_array *array, const fsnn_param *param)
{
    FSNN_TRY(array_check_finite(array, net_param_type(param), path));
    if (array->dtype != FSNN_F64 || param->value64 || param->range == FSNN_ANY)
        return FSNN_OK;
    const double *x = array->data;
    for (int64_t i = 0; i < fsnn_shape_count(&array->shape); i++)
        if (x[i] > 0 && (float)x[i] == 0)
            return fsnn_fail(FSNN_ENUMERIC,
                             "%s: \"%s\" is %g at number %lld (from 0), which is 0 in single "
                             "precision: precision double has it",
                             path, array->name, x[i], (long long)i);
    return FSNN_OK;
}

static fsnn_status check_array(const char *path, const fsnn_array *array, const fsnn_param *param)
{
    char a[SHAPE_TEXT], b[SHAPE_TEXT];
    if (array->dtype != FSNN_F32 && array->dtype != FSNN_F64)
        return fsnn_fail(FSNN_EFORMAT, "%s: \"%s\" is %s, expected float32 or float64", path,
                         array->name, fsnn_dtype_name(array->dtype));
    if (fsnn_shape_equal(&array->shape, &param->shape) ||
        (scalar_like(&array->shape) && scalar_like(&param->shape)))
        return check_numbers(path, array, param);
    return fsnn_fail(FSNN_ESHAPE, "%s: \"%s\" has shape %s, but the network's has shape %s", path,
                     array->name, fsnn_shape_text(&array->shape, a, sizeof a),
                     fsnn_shape_text(&param->shape, b, sizeof b));
}

static fsnn_status check_all(const fsnn_net *net, const char *path, const fsnn_arrays *list)
{
    FSNN_TRY(weights_check_names(net, path, list));
    for (int i = 0; i < list->count; i++)
        FSNN_TRY(check_array(path, &list->item[i], fsnn_net_param_find(net, list->item[i].name)));
    return FSNN_OK;
}

static void put(fsnn_net *net, const void *values, bool neuron)
{
    const fsnn_arrays *list = values;
    for (int i = 0; i < list->count; i++) {
        const fsnn_param *param = fsnn_net_param_find(net, list->item[i].name);
        if (param->neuron != neuron)
            continue;
        if (param->value64)
            fsnn_array_to_f64(&list->item[i], param->value64);
        else
            fsnn_array_to_f32(&list->item[i], param->value);
    }
}

static fsnn_status put_all(fsnn_net *net, const char *path, const fsnn_arrays *list)
{
    fsnn_status status = net_replace_params(net, put, list);
    if (status && status != FSNN_EMEMORY) {
        char *reason = fsnn_strdup(fsnn_error_text());
        fsnn_fail(status, "%s: %s", path, reason ? reason : "a value is out of its range");
        fsnn_free(reason);
    }
    return status;
}

static fsnn_status check_wrapped(const fsnn_net *net, const char *path)
{
    fsnn_shape in, out;
    if (!net || !path)
        return fsnn_fail(FSNN_EARGUMENT, "weights: net and path must not be NULL");
    return fsnn_net_shapes(net, &in, &out);
}

/* How many of the numbers are not the same in single precision. */
static int64_t count_rounded(const fsnn_arrays *list, int64_t *of)
{
    int64_t rounded = *of = 0;
    for (int i = 0; i < list->count; i++) {
        const fsnn_array *array = &list->item[i];
        int64_t count = fsnn_shape_count(&array->shape);
        const double *x = array->data;
        *of += count;
        for (int64_t k = 0; array->dtype == FSNN_F64 && k < count; k++)
            rounded += (double)(float)x[k] != x[k];
    }
    return rounded;
}

static fsnn_status remark_rounded(fsnn_net *net, const char *path, const fsnn_arrays *list)
{
    int64_t of, rounded;
    if (fsnn_net_precision(net) != FSNN_PRECISION_SINGLE ||
        (rounded = count_rounded(list, &of)) == 0)
        return FSNN_OK;
    return net_warn_once(net, fsnn_format("%s: %lld of its %lld numbers are rounded: they are in "
                                          "double precision, and the network computes in single",
                                          path, (long long)rounded, (long long)of));
}

fsnn_status weights_load(fsnn_net *net, const char *path, void *const *stays)
{
    fsnn_arrays list = {0};
    FSNN_TRY(check_wrapped(net, path));
    fsnn_status status = weights_read(path, &list);
    if (!status)
        status = weights_leave_out(net, path, &list);
    if (!status)
        status = check_all(net, path, &list);
    if (!status)
        status = weights_remark(net, path, &list);
    if (!status)
        status = remark_rounded(net, path, &list);
    if (!status)
        status = weights_remark_fixed(net, path, &list, stays);
    if (!status)
        status = put_all(net, path, &list);
    fsnn_arrays_free(&list);
    return status;
}

fsnn_status fsnn_weights_load(fsnn_net *net, const char *path)
{
    return weights_load(net, path, NULL);
}

static fsnn_status collect(const fsnn_net *net, fsnn_arrays *list)
{
    FSNN_TRY(fsnn_arrays_meta(list, "format", "fsnn"));
    FSNN_TRY(fsnn_arrays_meta(list, "version", fsnn_version()));
    char *text;
    FSNN_TRY(fsnn_net_describe(net, &text));
    fsnn_status status = fsnn_arrays_meta(list, WEIGHTS_NET, text);
    free(text);
    FSNN_TRY(status);
    for (int i = 0; i < fsnn_net_param_count(net); i++) {
        const fsnn_param *param = fsnn_net_param(net, i);
        if (net_param_described(net, i))
            continue;
        fsnn_array *array =
            fsnn_arrays_add(list, param->name, net_param_type(param), &param->shape);
        if (!array)
            return FSNN_EMEMORY;
        memcpy(array->data, net_param_data(param), net_param_bytes(param));
    }
    return FSNN_OK;
}

fsnn_status fsnn_weights_save(const fsnn_net *net, const char *path)
{
    fsnn_arrays list = {0};
    FSNN_TRY(check_wrapped(net, path));
    fsnn_status status = collect(net, &list);
    if (!status)
        status = fsnn_safetensors_write(path, &list);
    fsnn_arrays_free(&list);
    return status;
}

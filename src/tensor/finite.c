#include "tensor/finite.h"

#include "base/base.h"

#include <math.h>
#include <stdio.h>

/* "[3, 17]": number i of an array of that shape; "" of a scalar. */
static void index_text(const fsnn_shape *shape, int64_t i, char *text, size_t size)
{
    int64_t at[FSNN_MAX_RANK];
    for (int d = shape->rank - 1; d >= 0; d--) {
        at[d] = i % shape->dim[d];
        i /= shape->dim[d];
    }
    size_t n = 0;
    text[0] = 0;
    for (int d = 0; d < shape->rank && n < size; d++)
        n += (size_t)snprintf(text + n, size - n, "%s%lld", d ? ", " : "[", (long long)at[d]);
    if (shape->rank && n < size)
        snprintf(text + n, size - n, "]");
}

static bool good(const fsnn_array *array, int64_t i, fsnn_dtype as, double *value)
{
    if (array->dtype == FSNN_F32)
        *value = (double)((const float *)array->data)[i];
    else
        *value = ((const double *)array->data)[i];
    return as == FSNN_F64 ? isfinite(*value) : isfinite((float)*value);
}

fsnn_status array_check_finite(const fsnn_array *array, fsnn_dtype as, const char *where)
{
    int64_t count = fsnn_shape_count(&array->shape);
    char at[32 * FSNN_MAX_RANK];
    double value = 0;
    if (array->dtype != FSNN_F32 && array->dtype != FSNN_F64)
        return FSNN_OK;
    for (int64_t i = 0; i < count; i++) {
        if (good(array, i, as, &value))
            continue;
        index_text(&array->shape, i, at, sizeof at);
        return fsnn_fail(FSNN_ENUMERIC,
                         "%s: \"%s\"%s is %g, %s: a training that ended so, or a damaged file",
                         where, array->name, at, value,
                         isfinite(value) ? "beyond single precision" : "not a finite number");
    }
    return FSNN_OK;
}

/* Named arrays, in and out, with the type and shape that are expected. */
#include "train/arrays.h"

#include <string.h>

fsnn_status arrays_put(fsnn_arrays *list, const char *name, fsnn_dtype dtype,
                       const fsnn_shape *shape, const void *data)
{
    fsnn_array *array = fsnn_arrays_add(list, name, dtype, shape);
    if (!array)
        return FSNN_EMEMORY;
    memcpy(array->data, data, (size_t)fsnn_shape_count(shape) * fsnn_dtype_size(dtype));
    return FSNN_OK;
}

fsnn_status arrays_get(const fsnn_arrays *list, const char *name, fsnn_dtype dtype,
                       const fsnn_shape *shape, const fsnn_array **array)
{
    char found[128], wanted[128];
    *array = fsnn_arrays_find(list, name);
    if (!*array)
        return fsnn_fail(FSNN_ENOTFOUND, "the array \"%s\" is missing", name);
    if ((*array)->dtype != dtype)
        return fsnn_fail(FSNN_EFORMAT, "the array \"%s\" holds %s, but %s is needed", name,
                         fsnn_dtype_name((*array)->dtype), fsnn_dtype_name(dtype));
    if (!fsnn_shape_equal(&(*array)->shape, shape))
        return fsnn_fail(FSNN_ESHAPE, "the array \"%s\" is %s, but %s is needed", name,
                         fsnn_shape_text(&(*array)->shape, found, sizeof found),
                         fsnn_shape_text(shape, wanted, sizeof wanted));
    return FSNN_OK;
}

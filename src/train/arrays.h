/* train/arrays.h: putting numbers into a list of named arrays and taking them out, exactly. */
#ifndef FSNN_TRAIN_ARRAYS_H
#define FSNN_TRAIN_ARRAYS_H

#include "base/base.h"
#include <fsnn/tensor.h>

/* Appends a copy of `data`. */
fsnn_status arrays_put(fsnn_arrays *list, const char *name, fsnn_dtype dtype,
                       const fsnn_shape *shape, const void *data);
/* The array of that name; FSNN_ENOTFOUND, FSNN_EFORMAT, FSNN_ESHAPE unless it is there with this
 * type and shape. */
fsnn_status arrays_get(const fsnn_arrays *list, const char *name, fsnn_dtype dtype,
                       const fsnn_shape *shape, const fsnn_array **array);

#endif

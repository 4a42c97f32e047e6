/* tensor/finite.h: arrays of a file that become parameters hold finite numbers only. */
#ifndef FSNN_TENSOR_FINITE_H
#define FSNN_TENSOR_FINITE_H

#include <fsnn/tensor.h>

/* FSNN_ENUMERIC, with the array's name and where in it, when a number is not finite as FSNN_F32, or
 * as FSNN_F64. `where` names the file. */
fsnn_status array_check_finite(const fsnn_array *array, fsnn_dtype as, const char *where);

#endif

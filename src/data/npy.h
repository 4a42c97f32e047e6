/* data/npy.h: NumPy's .npy format, one array: magic, version, a Python dict as text (descr,
 * fortran_order, shape), then the numbers. Versions 1, 2 and 3 are read, 1.0 is written. */
#ifndef FSNN_NPY_H
#define FSNN_NPY_H

#include "base/base.h"

#include <fsnn/tensor.h>

/* Longest header npy_header writes. */
#define NPY_HEADER_MAX 512

bool npy_is(const uint8_t *bytes, size_t size);
/* Appends the array in `bytes` to `list` as `name`, row-major and in this machine's byte order.
 * `where` (file, entry) starts the error sentences. FSNN_EFORMAT, FSNN_EMEMORY. */
fsnn_status npy_parse(const char *where, const uint8_t *bytes, size_t size, const char *name,
                      fsnn_arrays *list);
/* Writes the header of a row-major array in this machine's byte order and returns its length, a
 * multiple of 64. */
size_t npy_header(fsnn_dtype dtype, const fsnn_shape *shape, char header[NPY_HEADER_MAX]);

#endif

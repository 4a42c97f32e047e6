/* format/idx.h: IDX, the format of the MNIST family: two zero bytes, a type, the number of
 * dimensions, the dimensions as big-endian 32-bit numbers, then the elements, big-endian,
 * row-major. */
#ifndef FSNN_IDX_H
#define FSNN_IDX_H

#include "base/base.h"

#include <fsnn/tensor.h>

/* The array in `bytes`, plain or gzip; `out` gets no name, its data is freed with fsnn_free. `path`
 * starts the error sentences. FSNN_EFORMAT, FSNN_EMEMORY. */
fsnn_status idx_parse(const char *path, const uint8_t *bytes, size_t size, fsnn_array *out);
/* The same from a file; also FSNN_EIO. */
fsnn_status idx_read(const char *path, fsnn_array *out);
/* Type and shape alone, by the first bytes and the length of a file; the data stay NULL. Where
 * these do not tell, as in gzip of several members, all of it is read, and the data are there.
 * Errors: those of idx_read. */
fsnn_status idx_look(const char *path, fsnn_array *out);

#endif

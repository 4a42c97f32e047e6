/* format/npz.h: NPZ from bytes in memory. */
#ifndef FSNN_NPZ_H
#define FSNN_NPZ_H

#include "base/base.h"
#include "format/zip.h"

#include <fsnn/tensor.h>

/* What fsnn_npz_read does after reading the file; `path` starts the error sentences. */
fsnn_status npz_parse(const char *path, const uint8_t *bytes, size_t size, fsnn_arrays *out);
/* The arrays called so (the last of `names` is NULL) and no others: what else there is need not be
 * readable, pickled objects for instance. */
fsnn_status npz_parse_named(const char *path, const uint8_t *bytes, size_t size,
                            const char *const *names, fsnn_arrays *out);
/* The one called so; if it holds records, the numbers of each field as an array called as the
 * field. */
fsnn_status npz_parse_fields(const char *path, const uint8_t *bytes, size_t size, const char *name,
                             fsnn_arrays *out);
/* Adds an array as NAME.npy. FSNN_EARGUMENT, FSNN_EMEMORY. */
fsnn_status npz_add(zip_writer *zip, const fsnn_array *array);
/* npz_parse_named from a file. */
fsnn_status npz_read_named(const char *path, const char *const *names, fsnn_arrays *out);
/* The same, but of the array `head` only its type and shape: its data stay NULL. */
fsnn_status npz_read_beside(const char *path, const char *const *names, const char *head,
                            fsnn_arrays *out);

#endif

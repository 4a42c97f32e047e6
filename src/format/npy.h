/* format/npy.h: NumPy's .npy format, one array: magic, version, a Python dict as text (descr,
 * fortran_order, shape), then the numbers. Versions 1, 2 and 3 are read, 1.0 is written. */
#ifndef FSNN_NPY_H
#define FSNN_NPY_H

#include "base/base.h"

#include <fsnn/tensor.h>

/* Longest header npy_header writes. */
#define NPY_HEADER_MAX 512

enum {
    NPY_FIELDS = 64, /* of a record, at most */
    NPY_NAME = 64,   /* bytes of the name of a field, with its end */
};

bool npy_is(const uint8_t *bytes, size_t size);
/* Bytes of a .npy file from front to back. */
typedef struct npy_source {
    const char *where; /* file, entry: starts the error sentences */
    uint64_t size;     /* of all of it */
    fsnn_status (*read)(void *user, void *out, size_t n); /* the next n, never beyond `size` */
    void *user;
} npy_source;

/* Appends the array to `list` as `name`, row-major and in this machine's byte order. Errors:
 * FSNN_EFORMAT; FSNN_EUNSUPPORTED for types that are not numbers; FSNN_EMEMORY; those of read. */
fsnn_status npy_read(const npy_source *in, const char *name, fsnn_arrays *list);
/* The same, and of an array of records ([('t', '<i8'), ('x', '<u2')]) each field of numbers as an
 * array of its own, called as the field; other fields as arrays that are not read. Also
 * FSNN_EFORMAT for a name that is in the list. */
fsnn_status npy_read_fields(const npy_source *in, const char *name, fsnn_arrays *list);
/* The same as npy_read without its numbers: data stays NULL. */
fsnn_status npy_read_header(const npy_source *in, const char *name, fsnn_arrays *list);
/* The names of the fields that are numbers, their number in *count; 0: it holds no records. */
fsnn_status npy_read_names(const npy_source *in, char (*name)[NPY_NAME], int most, int *count);
/* npy_read or npy_read_header, from memory. */
fsnn_status npy_parse(const char *where, const uint8_t *bytes, size_t size, const char *name,
                      bool header_only, fsnn_arrays *list);
/* npy_read_fields and npy_read_names from memory. */
fsnn_status npy_parse_fields(const char *where, const uint8_t *bytes, size_t size, const char *name,
                             fsnn_arrays *list);
fsnn_status npy_parse_names(const char *where, const uint8_t *bytes, size_t size,
                            char (*name)[NPY_NAME], int most, int *count);
/* Writes the header of a row-major array in this machine's byte order and returns its length, a
 * multiple of 64. */
size_t npy_header(fsnn_dtype dtype, const fsnn_shape *shape, char header[NPY_HEADER_MAX]);

#endif

/* format/npy_header.h: the beginning of a .npy file, for those who read what follows. */
#ifndef FSNN_NPY_HEADER_H
#define FSNN_NPY_HEADER_H

#include "format/npy.h"

enum {
    NPY_HALF = 2, /* bytes of a float16, which is kept as float32: twice as wide */
};

/* A field of a record. */
typedef struct npy_field {
    char name[NPY_NAME];
    fsnn_dtype dtype;
    bool number; /* one number of type dtype; something else is only stepped over */
    bool swapped;
    size_t at, size; /* bytes before it in the record; of it */
} npy_field;

typedef struct npy_head {
    fsnn_dtype dtype; /* of numbers */
    bool swapped, fortran;
    fsnn_shape shape;
    size_t element;   /* bytes of an element in the file */
    size_t size;      /* bytes of data */
    npy_field *field; /* [NPY_FIELDS] room of the caller's for those of records, or NULL */
    int fields;       /* 0: numbers */
} npy_head;

static inline bool npy_is_half(const npy_head *h)
{
    return h->dtype == FSNN_F32 && h->element == NPY_HALF;
}

/* Reads the beginning up to the numbers; everything that it promises is checked against the size
 * of what is there, before anything is allocated for them. Errors: FSNN_EFORMAT; FSNN_EUNSUPPORTED
 * for types that are not numbers, and for records where there is no room for fields. */
fsnn_status npy_head_read(const npy_source *in, npy_head *h);
/* What npy_read does behind the beginning. */
fsnn_status npy_read_numbers(const npy_source *in, const npy_head *h, const char *name,
                             fsnn_arrays *list);
/* n float16 at the beginning of `data` become n float32. */
void npy_widen(void *data, size_t n);

#endif

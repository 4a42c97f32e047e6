/* format/npy.c: reads and writes .npy (NumPy Enhancement Proposal 1, numpy/lib/format.py). Both
 * byte orders and both array orders are read, float16 as float32. */
#include "format/npy_header.h"

#include "base/bytes.h"

#include <string.h>

/* Column-major to row-major: walks the output in order, the input by strides. */
static void transpose(const npy_head *h, const uint8_t *data, uint8_t *out)
{
    size_t size = h->element;
    int rank = h->shape.rank;
    int64_t stride[FSNN_MAX_RANK], at[FSNN_MAX_RANK] = {0}, step = 1;
    for (int d = 0; d < rank; d++) {
        stride[d] = step;
        step *= h->shape.dim[d];
    }
    int64_t in = 0;
    for (size_t i = 0; i < h->size; i += size) {
        memcpy(out + i, data + (size_t)in * size, size);
        for (int d = rank - 1; d >= 0; d--) {
            in += stride[d];
            if (++at[d] < h->shape.dim[d])
                break;
            in -= stride[d] * at[d];
            at[d] = 0;
        }
    }
}

/* n float16 at the beginning of `data` become n float32, from the last one on, so that none is
 * overwritten before it is read. */
void npy_widen(void *data, size_t n)
{
    for (uint8_t *p = data; n-- > 0;) {
        uint16_t half;
        memcpy(&half, p + n * NPY_HALF, sizeof half);
        float value = bytes_half(half);
        memcpy(p + n * sizeof value, &value, sizeof value);
    }
}

static fsnn_status read_columns(const npy_source *in, const npy_head *h, uint8_t *out)
{
    uint8_t *data = fsnn_alloc(h->size ? h->size : 1);
    if (!data)
        return FSNN_EMEMORY;
    fsnn_status status = in->read(in->user, data, h->size);
    if (status == FSNN_OK)
        transpose(h, data, out);
    fsnn_free(data);
    return status;
}

fsnn_status npy_read_numbers(const npy_source *in, const npy_head *h, const char *name,
                             fsnn_arrays *list)
{
    fsnn_array *array = fsnn_arrays_add(list, name, h->dtype, &h->shape);
    if (!array)
        return FSNN_EMEMORY;
    FSNN_TRY(h->fortran && h->shape.rank > 1 ? read_columns(in, h, array->data)
                                             : in->read(in->user, array->data, h->size));
    if (h->swapped)
        bytes_swap(array->data, h->size / h->element, h->element);
    if (npy_is_half(h))
        npy_widen(array->data, h->size / h->element);
    return FSNN_OK;
}

fsnn_status npy_read(const npy_source *in, const char *name, fsnn_arrays *list)
{
    npy_head h = {0};
    FSNN_TRY(npy_head_read(in, &h));
    return npy_read_numbers(in, &h, name, list);
}

fsnn_status npy_read_header(const npy_source *in, const char *name, fsnn_arrays *list)
{
    npy_head h = {0};
    FSNN_TRY(npy_head_read(in, &h));
    fsnn_array *array = fsnn_arrays_add(list, name, h.dtype, &FSNN_SHAPE(0));
    if (!array)
        return FSNN_EMEMORY;
    fsnn_free(array->data);
    array->data = NULL;
    array->shape = h.shape;
    return FSNN_OK;
}

/* ---- from memory ---- */

typedef struct memory {
    const uint8_t *bytes;
} memory;

static fsnn_status read_memory(void *user, void *out, size_t n)
{
    memory *m = user;
    if (n)
        memcpy(out, m->bytes, n);
    m->bytes += n;
    return FSNN_OK;
}

fsnn_status npy_parse(const char *where, const uint8_t *bytes, size_t size, const char *name,
                      bool header_only, fsnn_arrays *list)
{
    memory m = {bytes};
    const npy_source in = {where, size, read_memory, &m};
    return header_only ? npy_read_header(&in, name, list) : npy_read(&in, name, list);
}

fsnn_status npy_parse_fields(const char *where, const uint8_t *bytes, size_t size, const char *name,
                             fsnn_arrays *list)
{
    memory m = {bytes};
    return npy_read_fields(&(npy_source){where, size, read_memory, &m}, name, list);
}

fsnn_status npy_parse_names(const char *where, const uint8_t *bytes, size_t size,
                            char (*name)[NPY_NAME], int most, int *count)
{
    memory m = {bytes};
    return npy_read_names(&(npy_source){where, size, read_memory, &m}, name, most, count);
}

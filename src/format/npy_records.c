/* format/npy_records.c: the fields of an array of records as arrays of their own. */
#include "format/npy_header.h"

#include "base/bytes.h"

#include <string.h>

enum { PIECE = 4096 }; /* records at a time */

/* Appends an array for each field that is a number; the place of its values in *value [fields]. */
static fsnn_status add_fields(const npy_source *in, const npy_head *h, fsnn_arrays *list,
                              int index[NPY_FIELDS])
{
    for (int f = 0; f < h->fields; f++) {
        const npy_field *field = &h->field[f];
        index[f] = -1;
        if (!field->name[0]) /* padding */
            continue;
        if (fsnn_arrays_find(list, field->name) || fsnn_arrays_unread(list, field->name))
            return fsnn_fail(FSNN_EFORMAT, "%s: two arrays or fields are called %s", in->where,
                             field->name);
        if (!field->number) {
            FSNN_TRY(fsnn_arrays_add_unread(list, field->name, "is a field of no single numbers"));
            continue;
        }
        index[f] = list->count;
        if (!fsnn_arrays_add(list, field->name, field->dtype, &h->shape))
            return FSNN_EMEMORY;
    }
    return FSNN_OK;
}

static void take(const uint8_t *record, size_t stride, size_t n, size_t size, uint8_t *out)
{
    for (size_t i = 0; i < n; i++, record += stride, out += size)
        memcpy(out, record, size);
}

static fsnn_status read_pieces(const npy_source *in, const npy_head *h, uint8_t *piece,
                               fsnn_arrays *list, const int index[NPY_FIELDS])
{
    size_t count = h->size / h->element;
    for (size_t first = 0, n; first < count; first += n) {
        n = count - first < PIECE ? count - first : PIECE;
        FSNN_TRY(in->read(in->user, piece, n * h->element));
        for (int f = 0; f < h->fields; f++) {
            const npy_field *field = &h->field[f];
            if (index[f] >= 0)
                take(piece + field->at, h->element, n, field->size,
                     (uint8_t *)list->item[index[f]].data + first * field->size);
        }
    }
    return FSNN_OK;
}

/* Numbers as they are kept here: in the machine's order of bytes, float16 as float32. */
static void settle(const npy_field *field, size_t count, void *data)
{
    if (field->swapped)
        bytes_swap(data, count, field->size);
    if (field->dtype == FSNN_F32 && field->size == NPY_HALF)
        npy_widen(data, count);
}

fsnn_status npy_read_fields(const npy_source *in, const char *name, fsnn_arrays *list)
{
    npy_field field[NPY_FIELDS];
    npy_head h = {.field = field};
    int index[NPY_FIELDS];
    FSNN_TRY(npy_head_read(in, &h));
    if (!h.fields)
        return npy_read_numbers(in, &h, name, list);
    FSNN_TRY(add_fields(in, &h, list, index));
    size_t count = h.size / h.element;
    uint8_t *piece = fsnn_alloc((count < PIECE ? count : PIECE) * h.element + 1);
    if (!piece)
        return FSNN_EMEMORY;
    fsnn_status status = read_pieces(in, &h, piece, list, index);
    fsnn_free(piece);
    for (int f = 0; f < h.fields && !status; f++)
        if (index[f] >= 0)
            settle(&field[f], count, list->item[index[f]].data);
    return status;
}

fsnn_status npy_read_names(const npy_source *in, char (*name)[NPY_NAME], int most, int *count)
{
    npy_field field[NPY_FIELDS];
    npy_head h = {.field = field};
    *count = 0;
    FSNN_TRY(npy_head_read(in, &h));
    for (int f = 0; f < h.fields && *count < most; f++)
        if (field[f].number)
            memcpy(name[(*count)++], field[f].name, NPY_NAME);
    return FSNN_OK;
}

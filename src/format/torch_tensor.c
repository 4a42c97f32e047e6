/* format/torch_tensor.c: a tensor of a file as an array: views of storages with their strides. */
#include "format/torch_file.h"

#include "base/bytes.h"

#include <string.h>

#define REBUILD "torch._utils._rebuild_tensor"

enum { MOST_BYTES = 16 /* of a number */ };

typedef struct view {
    const char *name;
    const torch_type *type;
    const torch_storage *storage;
    fsnn_shape shape;
    int64_t stride[FSNN_MAX_RANK], offset; /* in numbers of the type */
} view;

static fsnn_status odd(const torch_file *file, const char *name, const char *what)
{
    return fsnn_fail(FSNN_EFORMAT, "%s: tensor \"%.200s\": %s", file->path, name, what);
}

static bool is_parameter(const pickle_value *value)
{
    return pickle_is_call(value, "torch._utils._rebuild_parameter") && value->item[1]->count > 0;
}

/* The tensor of a parameter, or the value itself. */
static const pickle_value *bare(const pickle_value *value)
{
    while (is_parameter(value))
        value = value->item[1]->item[0];
    return value;
}

bool torch_is_tensor(const pickle_value *value)
{
    value = bare(value);
    return value->kind == PICKLE_CALL && !strncmp(value->item[0]->text, REBUILD, strlen(REBUILD));
}

/* ---- what the file says ---- */

static bool read_numbers(const pickle_value *list, int64_t out[FSNN_MAX_RANK], int *rank)
{
    if (pickle_is_call(list, "torch.Size") && list->item[1]->count == 1)
        list = list->item[1]->item[0];
    if ((list->kind != PICKLE_TUPLE && list->kind != PICKLE_LIST) || list->count > FSNN_MAX_RANK)
        return false;
    *rank = (int)list->count;
    for (int i = 0; i < *rank; i++) {
        const pickle_value *n = list->item[i];
        if (n->kind != PICKLE_INT || n->huge || n->number < 0)
            return false;
        out[i] = n->number;
    }
    return true;
}

static fsnn_status read_storage(const torch_file *file, const pickle_value *value, view *v)
{
    const pickle_value *key;
    if (value->kind != PICKLE_PERSISTENT)
        return odd(file, v->name, "its storage is none");
    FSNN_TRY(torch_storage_id(file, value->item[0], &v->type, &key));
    v->storage = torch_find_storage(file, key);
    return v->storage ? FSNN_OK : odd(file, v->name, "its numbers are not in the file");
}

/* Arguments: storage, offset, shape, strides, requires_grad, hooks; v3: then the type. */
static fsnn_status read_view(const torch_file *file, const pickle_value *tensor, view *v)
{
    const pickle_value *a = tensor->item[1];
    int rank;
    if (a->count < 4 || a->item[1]->kind != PICKLE_INT || a->item[1]->huge ||
        a->item[1]->number < 0)
        return odd(file, v->name, "its arguments are not those of a tensor");
    FSNN_TRY(read_storage(file, a->item[0], v));
    v->offset = a->item[1]->number;
    if (!read_numbers(a->item[2], v->shape.dim, &v->shape.rank) ||
        !read_numbers(a->item[3], v->stride, &rank) || rank != v->shape.rank)
        return odd(file, v->name, "its shape or strides are no list of up to 8 numbers");
    if (pickle_is_call(tensor, REBUILD "_v3")) {
        v->type = a->count > 6 && a->item[6]->kind == PICKLE_NAME
                      ? torch_type_find(a->item[6]->text)
                      : NULL;
        if (!v->type)
            return odd(file, v->name, "its type is not known");
    }
    return FSNN_OK;
}

/* ---- held against what is there ---- */

/* Whether arrays can have this shape, empty ones too. */
static bool possible(const fsnn_shape *shape)
{
    int64_t numbers = sizeof(double);
    for (int i = 0; i < shape->rank; i++)
        if (__builtin_mul_overflow(numbers, shape->dim[i] ? shape->dim[i] : 1, &numbers))
            return false;
    return true;
}

/* Whether all numbers of the view lie in its storage. */
static bool inside(const view *v)
{
    int64_t there = (int64_t)(v->storage->size / (uint64_t)v->type->bytes), last = v->offset;
    if (last > there)
        return false;
    for (int i = 0; i < v->shape.rank; i++) {
        int64_t steps = v->shape.dim[i] - 1, left = there - last;
        if (v->stride[i] && steps > left / v->stride[i])
            return false;
        last += steps * v->stride[i];
    }
    return last < there;
}

static fsnn_status check_view(torch_file *file, view *v)
{
    int64_t count = fsnn_shape_count(&v->shape);
    uint64_t left = file->possible - file->produced, each = fsnn_dtype_size(v->type->dtype);
    for (int i = 0; i < v->shape.rank; i++)
        if (v->shape.dim[i] <= 1)
            v->stride[i] = 0; /* it means nothing, and may be anything */
    if (!possible(&v->shape) || (count && !inside(v)))
        return odd(file, v->name, "it has more numbers than its storage: the file is damaged");
    if ((uint64_t)count > left / each)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: tensor \"%.200s\" shows the numbers of the file many times over "
                         "(expand); save it after .contiguous()",
                         file->path, v->name);
    file->produced += (uint64_t)count * each;
    return FSNN_OK;
}

/* ---- numbers ---- */

static void put(const torch_type *type, const uint8_t *from, bool swap, uint8_t *to)
{
    uint8_t number[MOST_BYTES];
    memcpy(number, from, (size_t)type->bytes);
    if (swap)
        bytes_swap(number, 1, (size_t)type->bytes);
    if (type->widen) {
        uint16_t bits;
        memcpy(&bits, number, sizeof bits);
        float wide = type->widen(bits);
        memcpy(to, &wide, sizeof wide);
    } else {
        memcpy(to, number, (size_t)type->bytes);
    }
    if (type->dtype == FSNN_BOOL)
        *to = *to != 0; /* only 0 and 1 are valid in a C bool */
}

static bool contiguous(const view *v)
{
    int64_t expected = 1;
    for (int i = v->shape.rank; i-- > 0;) {
        if (v->shape.dim[i] > 1 && v->stride[i] != expected)
            return false;
        expected *= v->shape.dim[i];
    }
    return true;
}

/* Row by row: index[] counts like an odometer. */
static void gather(const view *v, bool swap, int64_t count, uint8_t *to)
{
    int64_t index[FSNN_MAX_RANK] = {0}, at = v->offset;
    size_t each = fsnn_dtype_size(v->type->dtype);
    for (int64_t i = 0; i < count; i++, to += each) {
        put(v->type, v->storage->bytes + at * v->type->bytes, swap, to);
        for (int d = v->shape.rank; d-- > 0;) {
            at += v->stride[d];
            if (++index[d] < v->shape.dim[d])
                break;
            at -= v->stride[d] * v->shape.dim[d];
            index[d] = 0;
        }
    }
}

static fsnn_status add_view(const torch_file *file, const view *v, fsnn_arrays *list)
{
    int64_t count = fsnn_shape_count(&v->shape);
    fsnn_array *array = fsnn_arrays_add(list, v->name, v->type->dtype, &v->shape);
    if (!array)
        return FSNN_EMEMORY;
    bool swap = file->swapped && v->type->bytes > 1;
    if (count && contiguous(v) && !swap && !v->type->widen && v->type->dtype != FSNN_BOOL)
        memcpy(array->data, v->storage->bytes + v->offset * v->type->bytes,
               (size_t)count * (size_t)v->type->bytes);
    else
        gather(v, swap, count, array->data);
    return FSNN_OK;
}

fsnn_status torch_add_tensor(torch_file *file, const char *name, const pickle_value *value,
                             fsnn_arrays *list)
{
    view v = {.name = name};
    FSNN_TRY(read_view(file, bare(value), &v));
    FSNN_TRY(check_view(file, &v));
    if (!v.type->unread)
        return add_view(file, &v, list);
    char *why = fsnn_format("holds %s (%s)", v.type->unread,
                            *v.type->name ? v.type->name : v.type->storage);
    fsnn_status status = why ? fsnn_arrays_add_unread(list, name, why) : FSNN_EMEMORY;
    fsnn_free(why);
    return status;
}

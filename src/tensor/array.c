/* tensor/array.c: lists of named arrays, what an NPZ or a safetensors file holds. Lists grow by
 * doubling, so that appending n arrays costs O(n). */
#include "base/base.h"

#include <fsnn/tensor.h>

#include <string.h>

void *fsnn_alloc_array(int64_t count, size_t size)
{
    size_t bytes = 0;
    if (count < 0 || __builtin_mul_overflow((size_t)count, size, &bytes) || bytes > PTRDIFF_MAX) {
        fsnn_fail(FSNN_EARGUMENT,
                  "fsnn_alloc_array: %lld elements of %zu bytes are no array: the number is below "
                  "0, or memory cannot be so large",
                  (long long)count, size);
        return NULL;
    }
    return fsnn_alloc(bytes);
}

void fsnn_free_array(void *array)
{
    fsnn_free(array);
}

/* Makes room for one more element of `size` bytes; lists are full when count is 0 or a power of
 * two. */
static void *grow(void *old, int count, size_t size)
{
    if (count & (count - 1))
        return old;
    void *fresh = fsnn_alloc((count ? 2 * (size_t)count : 1) * size);
    if (!fresh)
        return NULL;
    if (count)
        memcpy(fresh, old, (size_t)count * size);
    fsnn_free(old);
    return fresh;
}

/* Bytes of an array, or -1 when the shape is no shape or too large for memory. */
static int64_t bytes(fsnn_dtype dtype, const fsnn_shape *shape)
{
    int64_t total = (int64_t)fsnn_dtype_size(dtype);
    if (total <= 0 || shape->rank < 0 || shape->rank > FSNN_MAX_RANK)
        return -1;
    bool empty = false; /* the other dimensions of an empty array are held to the same limits */
    for (int d = 0; d < shape->rank; d++) {
        int64_t n = shape->dim[d];
        empty |= n == 0;
        if (n < 0 || __builtin_mul_overflow(total, n ? n : 1, &total))
            return -1;
    }
    return empty ? 0 : total;
}

fsnn_array *fsnn_arrays_add(fsnn_arrays *list, const char *name, fsnn_dtype dtype,
                            const fsnn_shape *shape)
{
    if (!list || !name || !shape) {
        fsnn_fail(FSNN_EARGUMENT, "fsnn_arrays_add needs a list, a name and a shape");
        return NULL;
    }
    int64_t size = bytes(dtype, shape);
    if (size < 0) {
        char text[256];
        bool ranked = shape->rank >= 0 && shape->rank <= FSNN_MAX_RANK;
        fsnn_fail(FSNN_EARGUMENT, "array %s: shape %s is negative or larger than memory can be",
                  name, ranked ? fsnn_shape_text(shape, text, sizeof text) : "of wrong rank");
        return NULL;
    }
    fsnn_array *items = grow(list->item, list->count, sizeof *items);
    if (!items)
        return NULL;
    list->item = items;
    char *copy = fsnn_strdup(name);
    void *data = fsnn_alloc(size ? (size_t)size : 1);
    if (!copy || !data) {
        fsnn_free(copy);
        fsnn_free(data);
        return NULL;
    }
    list->item[list->count] = (fsnn_array){copy, dtype, *shape, data};
    return &list->item[list->count++];
}

fsnn_array *fsnn_arrays_find(const fsnn_arrays *list, const char *name)
{
    for (int i = 0; list && name && i < list->count; i++)
        if (!strcmp(list->item[i].name, name))
            return &list->item[i];
    return NULL;
}

static int meta_index(const fsnn_arrays *list, const char *key)
{
    for (int i = 0; list && key && i < list->meta_count; i++)
        if (!strcmp(list->meta_key[i], key))
            return i;
    return -1;
}

static fsnn_status meta_append(fsnn_arrays *list, const char *key, char *value)
{
    char **keys = grow(list->meta_key, list->meta_count, sizeof *keys);
    if (!keys)
        return FSNN_EMEMORY;
    list->meta_key = keys;
    char **values = grow(list->meta_value, list->meta_count, sizeof *values);
    if (!values)
        return FSNN_EMEMORY;
    list->meta_value = values;
    char *copy = fsnn_strdup(key);
    if (!copy)
        return FSNN_EMEMORY;
    keys[list->meta_count] = copy;
    values[list->meta_count++] = value;
    return FSNN_OK;
}

fsnn_status fsnn_arrays_meta(fsnn_arrays *list, const char *key, const char *value)
{
    if (!list || !key || !value)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_arrays_meta needs a list, a key and a value");
    char *copy = fsnn_strdup(value);
    if (!copy)
        return FSNN_EMEMORY;
    int i = meta_index(list, key);
    if (i >= 0) {
        fsnn_free(list->meta_value[i]);
        list->meta_value[i] = copy;
        return FSNN_OK;
    }
    fsnn_status status = meta_append(list, key, copy);
    if (status < 0)
        fsnn_free(copy);
    return status;
}

const char *fsnn_arrays_meta_find(const fsnn_arrays *list, const char *key)
{
    int i = meta_index(list, key);
    return i < 0 ? NULL : list->meta_value[i];
}

const char *fsnn_arrays_unread(const fsnn_arrays *list, const char *name)
{
    for (int i = 0; list && name && i < list->unread_count; i++)
        if (!strcmp(list->unread_name[i], name))
            return list->unread_why[i];
    return NULL;
}

fsnn_status fsnn_arrays_add_unread(fsnn_arrays *list, const char *name, const char *why)
{
    if (!list || !name || !why)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_arrays_add_unread needs a list, a name and a reason");
    char **names = grow(list->unread_name, list->unread_count, sizeof *names);
    if (!names)
        return FSNN_EMEMORY;
    list->unread_name = names;
    char **whys = grow(list->unread_why, list->unread_count, sizeof *whys);
    if (!whys)
        return FSNN_EMEMORY;
    list->unread_why = whys;
    char *name_copy = fsnn_strdup(name), *why_copy = fsnn_strdup(why);
    if (!name_copy || !why_copy) {
        fsnn_free(name_copy);
        fsnn_free(why_copy);
        return FSNN_EMEMORY;
    }
    names[list->unread_count] = name_copy;
    whys[list->unread_count++] = why_copy;
    return FSNN_OK;
}

void fsnn_arrays_free(fsnn_arrays *list)
{
    if (!list)
        return;
    for (int i = 0; i < list->count; i++) {
        fsnn_free(list->item[i].name);
        fsnn_free(list->item[i].data);
    }
    for (int i = 0; i < list->meta_count; i++) {
        fsnn_free(list->meta_key[i]);
        fsnn_free(list->meta_value[i]);
    }
    for (int i = 0; i < list->unread_count; i++) {
        fsnn_free(list->unread_name[i]);
        fsnn_free(list->unread_why[i]);
    }
    fsnn_free(list->unread_name);
    fsnn_free(list->unread_why);
    fsnn_free(list->item);
    fsnn_free(list->meta_key);
    fsnn_free(list->meta_value);
    *list = (fsnn_arrays){0};
}

/* ---- conversions: one row for each element type ---- */

#define CONVERT(name, type, value)                                                                 \
    static void name##_to_f32(const void *data, int64_t n, float *out)                             \
    {                                                                                              \
        const type *x = data;                                                                      \
        for (int64_t i = 0; i < n; i++)                                                            \
            out[i] = (float)(value);                                                               \
    }                                                                                              \
    static void name##_to_f64(const void *data, int64_t n, double *out)                            \
    {                                                                                              \
        const type *x = data;                                                                      \
        for (int64_t i = 0; i < n; i++)                                                            \
            out[i] = (double)(value);                                                              \
    }

CONVERT(f32, float, x[i])
CONVERT(f64, double, x[i])
CONVERT(i8, int8_t, x[i])
CONVERT(u8, uint8_t, x[i])
CONVERT(i16, int16_t, x[i])
CONVERT(u16, uint16_t, x[i])
CONVERT(i32, int32_t, x[i])
CONVERT(u32, uint32_t, x[i])
CONVERT(i64, int64_t, x[i])
CONVERT(u64, uint64_t, x[i])
CONVERT(boolean, uint8_t, x[i] != 0) /* files may hold bytes that are neither 0 nor 1 */

static const struct {
    void (*to_f32)(const void *data, int64_t n, float *out);
    void (*to_f64)(const void *data, int64_t n, double *out);
} conversion[] = {
    [FSNN_F32] = {f32_to_f32, f32_to_f64},
    [FSNN_F64] = {f64_to_f32, f64_to_f64},
    [FSNN_I8] = {i8_to_f32, i8_to_f64},
    [FSNN_U8] = {u8_to_f32, u8_to_f64},
    [FSNN_I16] = {i16_to_f32, i16_to_f64},
    [FSNN_U16] = {u16_to_f32, u16_to_f64},
    [FSNN_I32] = {i32_to_f32, i32_to_f64},
    [FSNN_U32] = {u32_to_f32, u32_to_f64},
    [FSNN_I64] = {i64_to_f32, i64_to_f64},
    [FSNN_U64] = {u64_to_f32, u64_to_f64},
    [FSNN_BOOL] = {boolean_to_f32, boolean_to_f64},
};

/* Whether there is something to convert, and a place for it. */
static bool convertible(const fsnn_array *array, const void *out)
{
    return array && out && (size_t)array->dtype < sizeof conversion / sizeof conversion[0];
}

void fsnn_array_to_f32(const fsnn_array *array, float *out)
{
    if (!convertible(array, out))
        return;
    conversion[array->dtype].to_f32(array->data, fsnn_shape_count(&array->shape), out);
}

void fsnn_array_to_f64(const fsnn_array *array, double *out)
{
    if (!convertible(array, out))
        return;
    conversion[array->dtype].to_f64(array->data, fsnn_shape_count(&array->shape), out);
}

/* tensor/shape.c: shapes and element types. */
#include "base/base.h"

#include <fsnn/tensor.h>

#include <string.h>

int64_t fsnn_shape_count(const fsnn_shape *shape)
{
    FSNN_NEED(shape);
    int64_t count = 1;

    for (int i = 0; i < shape->rank; i++)
        if (__builtin_mul_overflow(count, shape->dim[i], &count))
            return INT64_MAX;
    return count;
}

bool fsnn_shape_equal(const fsnn_shape *a, const fsnn_shape *b)
{
    return a && b && a->rank == b->rank &&
           memcmp(a->dim, b->dim, (size_t)a->rank * sizeof a->dim[0]) == 0;
}

char *fsnn_shape_text(const fsnn_shape *shape, char *text, size_t size)
{
    size_t used = 0;

    if (size == 0 || !text)
        return text;
    text[0] = 0;
    if (!shape)
        return text;
    for (int i = 0; i <= shape->rank && used < size; i++) {
        const char *before = i == 0 ? "[" : i < shape->rank ? ", " : "";
        int more = i < shape->rank ? snprintf(text + used, size - used, "%s%lld", before,
                                              (long long)shape->dim[i])
                                   : snprintf(text + used, size - used, "%s]", before);
        used += (size_t)more;
    }
    return text;
}

static const struct {
    size_t size;
    const char *name;
} dtypes[] = {
    [FSNN_F32] = {4, "float32"}, [FSNN_F64] = {8, "float64"}, [FSNN_I8] = {1, "int8"},
    [FSNN_U8] = {1, "uint8"},    [FSNN_I16] = {2, "int16"},   [FSNN_U16] = {2, "uint16"},
    [FSNN_I32] = {4, "int32"},   [FSNN_U32] = {4, "uint32"},  [FSNN_I64] = {8, "int64"},
    [FSNN_U64] = {8, "uint64"},  [FSNN_BOOL] = {1, "bool"},
};

size_t fsnn_dtype_size(fsnn_dtype dtype)
{
    return (unsigned)dtype < (unsigned)FSNN_COUNT(dtypes) ? dtypes[dtype].size : 0;
}

const char *fsnn_dtype_name(fsnn_dtype dtype)
{
    return (unsigned)dtype < (unsigned)FSNN_COUNT(dtypes) ? dtypes[dtype].name : "unknown";
}

/* format/idx.c: reads IDX files (Y. LeCun, C. Cortes, C. Burges, "The MNIST database"). */
#include "format/idx.h"

#include "base/bytes.h"
#include "format/file_kind.h"
#include "format/stream.h"

static const struct {
    int code;
    fsnn_dtype dtype;
} type[] = {
    {0x08, FSNN_U8},  {0x09, FSNN_I8},  {0x0b, FSNN_I16},
    {0x0c, FSNN_I32}, {0x0d, FSNN_F32}, {0x0e, FSNN_F64},
};

enum { GZIP = 0x1f };

static fsnn_status find_type(const char *path, const uint8_t magic[4], fsnn_dtype *dtype)
{
    if (magic[0] || magic[1])
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: starts with the bytes %02x %02x %02x %02x; an IDX file starts with "
                         "00 00, its type and its number of dimensions",
                         path, magic[0], magic[1], magic[2], magic[3]);
    for (int i = 0; i < FSNN_COUNT(type); i++)
        if (type[i].code == magic[2]) {
            *dtype = type[i].dtype;
            return FSNN_OK;
        }
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: has the unknown IDX type %02x; known are 08 (bytes), 09, 0b, 0c "
                     "(integers), 0d, 0e (floats)",
                     path, magic[2]);
}

static fsnn_status read_exactly(stream *s, void *out, size_t n)
{
    size_t got;
    FSNN_TRY(stream_read(s, out, n, &got));
    if (got < n)
        return fsnn_fail(FSNN_EFORMAT, "%s: ends inside the IDX header", s->path);
    return FSNN_OK;
}

/* Type and shape; *size becomes the bytes of the elements, known to be no more than the file can
 * hold. */
static fsnn_status read_header(stream *s, fsnn_array *array, size_t *size)
{
    uint8_t magic[4], dim[4];
    FSNN_TRY(read_exactly(s, magic, 4));
    FSNN_TRY(find_type(s->path, magic, &array->dtype));
    if (magic[3] < 1 || magic[3] > FSNN_MAX_RANK)
        return fsnn_fail(FSNN_EFORMAT, "%s: has %d dimensions; 1 to %d can be read", s->path,
                         magic[3], FSNN_MAX_RANK);
    array->shape.rank = magic[3];
    uint64_t total = fsnn_dtype_size(array->dtype);
    bool over = false;
    for (int d = 0; d < array->shape.rank; d++) {
        FSNN_TRY(read_exactly(s, dim, 4));
        array->shape.dim[d] = (int64_t)bytes_be(dim, 4);
        over |= __builtin_mul_overflow(total, (uint64_t)array->shape.dim[d], &total);
    }
    char text[256];
    fsnn_shape_text(&array->shape, text, sizeof text);
    for (int d = 0; d < array->shape.rank; d++)
        if (!array->shape.dim[d])
            return fsnn_fail(FSNN_EFORMAT, "%s: holds nothing, its dimensions are %s", s->path,
                             text);
    if (over || total > s->most)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: %s of dimensions %s do not fit into a file of this length: it is cut "
                         "short or damaged",
                         s->path, fsnn_dtype_name(array->dtype), text);
    *size = (size_t)total;
    return FSNN_OK;
}

/* Exactly `size` bytes, and then the end. */
static fsnn_status read_elements(stream *s, const fsnn_array *array, size_t size)
{
    size_t got, more;
    uint8_t extra;
    FSNN_TRY(stream_read(s, array->data, size, &got));
    FSNN_TRY(stream_read(s, &extra, 1, &more));
    if (got == size && !more)
        return FSNN_OK;
    char text[256];
    fsnn_shape_text(&array->shape, text, sizeof text);
    if (more)
        return fsnn_fail(FSNN_EFORMAT, "%s: more follows after the %zu bytes of its dimensions %s",
                         s->path, size, text);
    return fsnn_fail(FSNN_EFORMAT, "%s: holds %zu bytes where its dimensions %s need %zu", s->path,
                     got, text, size);
}

static fsnn_status parse(stream *s, fsnn_array *array)
{
    size_t size = 0;
    FSNN_TRY(read_header(s, array, &size));
    array->data = fsnn_alloc(size);
    if (!array->data)
        return FSNN_EMEMORY;
    FSNN_TRY(read_elements(s, array, size));
    size_t element = fsnn_dtype_size(array->dtype);
    if (!BYTES_BIG_ENDIAN_HOST && element > 1)
        bytes_swap(array->data, size / element, element);
    return FSNN_OK;
}

fsnn_status idx_parse(const char *path, const uint8_t *bytes, size_t size, fsnn_array *out)
{
    *out = (fsnn_array){0};
    if (!size ||
        (size > 2 && (bytes[0] || bytes[1]) && bytes[0] != GZIP && file_kind_find(bytes, size)))
        return file_kind_fail(path, bytes, size, "an IDX file");
    stream s;
    FSNN_TRY(stream_open(&s, path, bytes, size));
    fsnn_status status = parse(&s, out);
    stream_close(&s);
    if (status < 0) {
        fsnn_free(out->data);
        *out = (fsnn_array){0};
    }
    return status;
}

fsnn_status idx_read(const char *path, fsnn_array *out)
{
    uint8_t *bytes;
    size_t size;
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    fsnn_status status = idx_parse(path, bytes, size, out);
    fsnn_free(bytes);
    return status;
}

fsnn_status fsnn_idx_read(const char *path, fsnn_arrays *out)
{
    if (!path || !out)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_idx_read needs a path and a list");
    fsnn_array array;
    fsnn_arrays list = {0};
    FSNN_TRY(idx_read(path, &array));
    fsnn_array *x = fsnn_arrays_add(&list, "x", array.dtype, &array.shape);
    if (!x) {
        fsnn_free(array.data);
        return FSNN_EMEMORY;
    }
    fsnn_free(x->data);
    x->data = array.data;
    fsnn_arrays_free(out);
    *out = list;
    return FSNN_OK;
}

/* format/idx.c: reads IDX files (Y. LeCun, C. Cortes, C. Burges, "The MNIST database"). */
#include "format/idx.h"

#include "base/bytes.h"
#include "base/port_files.h"
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

/* ---- the beginning alone ---- */

/* Whether a file of `size` bytes ends where `content` bytes end: gzip says at its end how many it
 * has unpacked, modulo 2^32. */
static bool ends_there(const port_file *file, int64_t size, bool packed, uint64_t content)
{
    uint8_t tail[4];
    if (!packed)
        return (uint64_t)size == content;
    return size >= 4 && port_read(file, tail, 4, size - 4) &&
           bytes_le(tail, 4) == (uint32_t)content;
}

/* *known stays false, which is no error, where these bytes do not tell. */
static fsnn_status look(const char *path, const port_file *file, int64_t size, uint8_t *head,
                        size_t n, fsnn_array *out, bool *known)
{
    stream s;
    size_t elements = 0;
    if (!port_read(file, head, n, 0))
        return FSNN_OK;
    FSNN_TRY(stream_open(&s, path, head, n));
    s.most = s.most / n * (uint64_t)size; /* of the file, not of its beginning */
    fsnn_status status = read_header(&s, out, &elements);
    stream_close(&s);
    *known = !status && ends_there(file, size, s.packed,
                                   4 + 4 * (uint64_t)out->shape.rank + (uint64_t)elements);
    return status == FSNN_EMEMORY ? status : FSNN_OK;
}

fsnn_status idx_look(const char *path, fsnn_array *out)
{
    enum { HEAD = 1 << 16 }; /* gzip may begin with names and comments */
    int64_t size = 0;
    bool known = false;
    *out = (fsnn_array){0};
    port_file *file = port_is_file(path) ? port_open(path, &size) : NULL;
    size_t n = size < HEAD ? (size_t)size : HEAD;
    uint8_t *head = file && n ? fsnn_alloc(n) : NULL;
    fsnn_status status = file && n && !head ? FSNN_EMEMORY : FSNN_OK;
    if (head)
        status = look(path, file, size, head, n, out, &known);
    fsnn_free(head);
    port_close(file);
    if (known || status < 0)
        return status;
    return idx_read(path, out); /* which also says what is wrong with the file */
}

/* ---- lists of one ---- */

static fsnn_status listed(const char *path, fsnn_status (*read)(const char *path, fsnn_array *out),
                          fsnn_arrays *out)
{
    if (!path || !out)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_idx_read needs a path and a list");
    fsnn_array array;
    fsnn_arrays list = {0};
    FSNN_TRY(read(path, &array));
    fsnn_array *x = fsnn_arrays_add(&list, "x", array.dtype, &FSNN_SHAPE(0));
    if (!x) {
        fsnn_free(array.data);
        return FSNN_EMEMORY;
    }
    fsnn_free(x->data);
    x->data = array.data;
    x->shape = array.shape;
    fsnn_arrays_free(out);
    *out = list;
    return FSNN_OK;
}

fsnn_status fsnn_idx_read(const char *path, fsnn_arrays *out)
{
    return listed(path, idx_read, out);
}

fsnn_status fsnn_idx_headers(const char *path, fsnn_arrays *out)
{
    return listed(path, idx_look, out);
}

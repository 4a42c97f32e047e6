/* format/npy_header.c: the beginning of a .npy file up to its numbers. The Python dict is parsed by
 * hand and strictly: three keys, each once, nothing else. A type is one of numbers ('<f4'), or a
 * list of fields ([('t', '<i8'), ('x', '<u2')]), where the caller takes records. */
#include "format/npy_header.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};

enum {
    NPY_BEGIN = 12,      /* magic, version, length of the dict */
    NPY_DICT = 64 << 10, /* longest dict that is read: records of thousands of fields */
    FIELD_BYTES = 1 << 24,
};

static const struct {
    char kind;
    int size; /* bytes in the file */
    fsnn_dtype dtype;
} descr[] = {
    {'f', 4, FSNN_F32}, {'f', 8, FSNN_F64}, {'i', 1, FSNN_I8},   {'u', 1, FSNN_U8},
    {'i', 2, FSNN_I16}, {'u', 2, FSNN_U16}, {'i', 4, FSNN_I32},  {'u', 4, FSNN_U32},
    {'i', 8, FSNN_I64}, {'u', 8, FSNN_U64}, {'b', 1, FSNN_BOOL}, {'f', NPY_HALF, FSNN_F32},
};

typedef struct parser {
    const char *where;
    const char *p, *end;
} parser;

bool npy_is(const uint8_t *bytes, size_t size)
{
    return size >= sizeof magic && !memcmp(bytes, magic, sizeof magic);
}

static fsnn_status damaged(const parser *in, const char *what)
{
    return fsnn_fail(FSNN_EFORMAT, "%s: the .npy header is damaged: %s", in->where, what);
}

static void skip_blanks(parser *in)
{
    while (in->p < in->end && (*in->p == ' ' || *in->p == '\n' || *in->p == '\t'))
        in->p++;
}

static bool accept(parser *in, char c)
{
    skip_blanks(in);
    if (in->p == in->end || *in->p != c)
        return false;
    in->p++;
    return true;
}

static bool accept_word(parser *in, const char *word)
{
    size_t n = strlen(word);
    skip_blanks(in);
    if ((size_t)(in->end - in->p) < n || memcmp(in->p, word, n) != 0)
        return false;
    in->p += n;
    return true;
}

/* A quoted string of printable characters without escapes, at most size - 1 long. */
static bool parse_string(parser *in, char *text, size_t size)
{
    skip_blanks(in);
    if (in->p == in->end || (*in->p != '\'' && *in->p != '"'))
        return false;
    char quote = *in->p++;
    size_t n = 0;
    while (in->p < in->end && *in->p != quote) {
        if (n + 1 == size || *in->p < 0x20 || *in->p > 0x7e)
            return false;
        text[n++] = *in->p++;
    }
    text[n] = 0;
    return accept(in, quote);
}

static bool parse_number(parser *in, int64_t *number)
{
    skip_blanks(in);
    const char *start = in->p;
    int64_t x = 0;
    for (; in->p < in->end && *in->p >= '0' && *in->p <= '9'; in->p++)
        if (__builtin_mul_overflow(x, 10, &x) || __builtin_add_overflow(x, *in->p - '0', &x))
            return false;
    *number = x;
    bool found = in->p > start;
    accept(in, 'L'); /* Python 2 wrote 3L */
    return found;
}

static const char *type_name(char kind)
{
    static const struct {
        char kind;
        const char *name;
    } known[] = {{'O', "Python objects"}, {'U', "texts"},       {'S', "texts"},
                 {'a', "texts"},          {'V', "raw records"}, {'c', "complex numbers"},
                 {'M', "dates"},          {'m', "durations"}};
    for (int i = 0; i < FSNN_COUNT(known); i++)
        if (known[i].kind == kind)
            return known[i].name;
    return NULL;
}

/* A type that NumPy has is another matter than one that nobody has. */
static fsnn_status fail_descr(const parser *in, const char *text)
{
    char kind = text[0] ? text[1] : 0;
    const char *name = type_name(kind);
    if (kind == 'f' && (!strcmp(text + 2, "16") || !strcmp(text + 2, "12")))
        name = "extended floats";
    return fsnn_fail(name ? FSNN_EUNSUPPORTED : FSNN_EFORMAT,
                     "%s: holds %s (type '%s'); float16, float32, float64, integers and bool can "
                     "be read%s",
                     in->where, name ? name : "values of no known type", text,
                     name && strchr("cf", kind) ? ", NumPy's astype('float32') converts" : "");
}

/* The type "<f4": byte order, kind, size; false: none of the numbers that are read. */
static bool read_type(const char *text, fsnn_dtype *dtype, size_t *size, bool *swapped)
{
    char kind = text[0] ? text[1] : 0;
    int order = strlen(text) > 2 && strchr("<>|=", text[0]) ? text[0] : 0;
    for (int i = 0; order && i < FSNN_COUNT(descr); i++) {
        char bytes[4] = {(char)('0' + descr[i].size)};
        if (kind != descr[i].kind || strcmp(text + 2, bytes) != 0)
            continue;
        *dtype = descr[i].dtype;
        *size = (size_t)descr[i].size;
        *swapped = order == (BYTES_BIG_ENDIAN_HOST ? '<' : '>');
        return true;
    }
    return false;
}

/* ---- fields of records ---- */

/* Bytes of a value that is no number that is read; 0: unknown. */
static size_t other_size(const char *text)
{
    static const struct {
        char kind;
        size_t times;
    } known[] = {{'S', 1}, {'a', 1}, {'V', 1}, {'U', 4}, {'c', 1}, {'M', 1}, {'m', 1}, {'f', 1}};
    char *end;
    long n = strlen(text) > 2 ? strtol(text + 2, &end, 10) : 0;
    for (int i = 0; n > 0 && n < FIELD_BYTES && i < FSNN_COUNT(known); i++)
        if (text[1] == known[i].kind && (!*end || *end == '['))
            return (size_t)n * known[i].times;
    return 0;
}

/* The name of a field, of 'x' or of ('title', 'x'). */
static bool parse_name(parser *in, char *name, size_t size)
{
    if (!accept(in, '('))
        return parse_string(in, name, size);
    return parse_string(in, name, size) && accept(in, ',') && parse_string(in, name, size) &&
           accept(in, ')');
}

/* "3" or "(2, 2)" behind a type: as many values, which makes the field no number. */
static bool parse_repeats(parser *in, npy_field *f)
{
    bool tuple = accept(in, '(');
    int64_t n;
    f->number = false;
    do {
        if (tuple && accept(in, ')'))
            return true;
        if (!parse_number(in, &n) || n > FIELD_BYTES ||
            __builtin_mul_overflow(f->size, (size_t)n, &f->size) || f->size > FIELD_BYTES)
            return false;
    } while (accept(in, ','));
    return !tuple || accept(in, ')');
}

static fsnn_status parse_field(parser *in, npy_head *h)
{
    char text[32];
    npy_field f = {.at = h->element};
    if (h->fields == NPY_FIELDS)
        return fsnn_fail(FSNN_EUNSUPPORTED, "%s: holds records of more than %d fields", in->where,
                         NPY_FIELDS);
    if (!accept(in, '(') || !parse_name(in, f.name, sizeof f.name) || !accept(in, ','))
        return damaged(in, "a field has no proper name");
    if (accept(in, '['))
        return fsnn_fail(FSNN_EUNSUPPORTED, "%s: holds records in records (field '%s')", in->where,
                         f.name);
    if (!parse_string(in, text, sizeof text))
        return damaged(in, "the type of a field is none");
    f.number = read_type(text, &f.dtype, &f.size, &f.swapped);
    if (!f.number && !(f.size = other_size(text)))
        return fail_descr(in, text);
    if (accept(in, ',') && !parse_repeats(in, &f))
        return damaged(in, "the shape of a field is none");
    if (!accept(in, ')'))
        return damaged(in, "a field does not end");
    h->element += f.size;
    h->field[h->fields++] = f;
    return FSNN_OK;
}

static fsnn_status parse_fields(parser *in, npy_head *h)
{
    if (!h->field)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: holds records with named fields; store each field as an array of "
                         "its own (records are read as events, with fields x, y, t and p)",
                         in->where);
    while (!accept(in, ']')) {
        FSNN_TRY(parse_field(in, h));
        if (!accept(in, ',') && (in->p == in->end || *in->p != ']'))
            return damaged(in, "no comma between two fields");
    }
    return h->fields ? FSNN_OK : damaged(in, "records without fields");
}

static fsnn_status parse_descr(parser *in, npy_head *h)
{
    char text[32];
    if (accept(in, '['))
        return parse_fields(in, h);
    if (!parse_string(in, text, sizeof text))
        return damaged(in, "descr is no type");
    return read_type(text, &h->dtype, &h->element, &h->swapped) ? FSNN_OK : fail_descr(in, text);
}

static fsnn_status parse_order(parser *in, npy_head *h)
{
    h->fortran = accept_word(in, "True");
    if (h->fortran || accept_word(in, "False"))
        return FSNN_OK;
    return damaged(in, "fortran_order is neither True nor False");
}

static fsnn_status parse_shape(parser *in, npy_head *h)
{
    if (!accept(in, '('))
        return damaged(in, "shape is no tuple");
    while (!accept(in, ')')) {
        int64_t n;
        if (!parse_number(in, &n))
            return damaged(in, "shape holds something else than sizes");
        if (h->shape.rank == FSNN_MAX_RANK)
            return fsnn_fail(FSNN_EFORMAT, "%s: has more than %d dimensions", in->where,
                             FSNN_MAX_RANK);
        h->shape.dim[h->shape.rank++] = n;
        if (!accept(in, ',')) {
            if (h->shape.rank == 1 || !accept(in, ')')) /* (3) would be no tuple */
                return damaged(in, "shape is no tuple");
            break;
        }
    }
    return FSNN_OK;
}

static const struct {
    const char *name;
    fsnn_status (*parse)(parser *in, npy_head *h);
} key[] = {{"descr", parse_descr}, {"fortran_order", parse_order}, {"shape", parse_shape}};

static fsnn_status parse_dict(parser *in, npy_head *h)
{
    bool seen[FSNN_COUNT(key)] = {false};
    if (!accept(in, '{'))
        return damaged(in, "no dict");
    while (!accept(in, '}')) {
        char name[32];
        if (!parse_string(in, name, sizeof name) || !accept(in, ':'))
            return damaged(in, "no key where one was expected");
        int i = 0;
        while (i < FSNN_COUNT(key) && strcmp(key[i].name, name) != 0)
            i++;
        if (i == FSNN_COUNT(key) || seen[i])
            return fsnn_fail(FSNN_EFORMAT, "%s: the .npy header has the key '%s' %s", in->where,
                             name, i < FSNN_COUNT(key) ? "twice" : "that is not known");
        seen[i] = true;
        FSNN_TRY(key[i].parse(in, h));
        if (!accept(in, ',') && (in->p == in->end || *in->p != '}'))
            return damaged(in, "no comma between two keys");
    }
    skip_blanks(in);
    if (in->p != in->end)
        return damaged(in, "something follows the dict");
    for (int i = 0; i < FSNN_COUNT(key); i++)
        if (!seen[i])
            return fsnn_fail(FSNN_EFORMAT, "%s: the .npy header lacks the key '%s'", in->where,
                             key[i].name);
    return FSNN_OK;
}

static const char *type_of(const npy_head *h)
{
    return h->fields ? "records" : npy_is_half(h) ? "float16" : fsnn_dtype_name(h->dtype);
}

/* The size that dtype and shape promise must be the size that is there, before anything is
 * allocated. */
static fsnn_status check_size(const char *where, const npy_head *h)
{
    int64_t need = (int64_t)h->element;
    bool over = false, empty = false;
    for (int d = 0; d < h->shape.rank; d++) {
        int64_t n = h->shape.dim[d];
        empty |= n == 0;
        over |= __builtin_mul_overflow(need, n ? n : 1, &need);
    }
    if (empty)
        need = 0;
    if (!over && (uint64_t)need == h->size)
        return FSNN_OK;
    char text[256];
    return fsnn_fail(FSNN_EFORMAT, "%s: %s of shape %s need %s%lld bytes, but %zu are there", where,
                     type_of(h), fsnn_shape_text(&h->shape, text, sizeof text),
                     over ? "more than " : "", over ? (long long)INT64_MAX : (long long)need,
                     h->size);
}

/* Where the header's dict lies: *start bytes before it, *length of it. `bytes` are the first ones,
 * at most NPY_BEGIN, of a file of `size`. */
static fsnn_status find_dict(const char *where, const uint8_t *bytes, uint64_t size, size_t *start,
                             uint64_t *length)
{
    if (!npy_is(bytes, (size_t)size))
        return fsnn_fail(FSNN_EFORMAT, "%s: does not start like a .npy array", where);
    if (size < 10)
        return fsnn_fail(FSNN_EFORMAT, "%s: ends inside the .npy header", where);
    int major = bytes[6];
    if (major < 1 || major > 3 || bytes[7] != 0)
        return fsnn_fail(FSNN_EFORMAT, "%s: is .npy version %d.%d; 1.0, 2.0 and 3.0 can be read",
                         where, major, bytes[7]);
    *start = major == 1 ? 10 : NPY_BEGIN;
    *length = size < *start ? 0 : bytes_le(bytes + 8, major == 1 ? 2 : 4);
    if (size < *start || *length > size - *start)
        return fsnn_fail(FSNN_EFORMAT, "%s: ends inside the .npy header", where);
    if (*length > NPY_DICT)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: its .npy header has %llu bytes, at most %d are expected", where,
                         (unsigned long long)*length, NPY_DICT);
    return FSNN_OK;
}

fsnn_status npy_head_read(const npy_source *in, npy_head *h)
{
    uint8_t begin[NPY_BEGIN] = {0};
    size_t start = 0, first = in->size < 10 ? (size_t)in->size : 10;
    uint64_t length = 0;
    FSNN_TRY(in->read(in->user, begin, first));
    if (first == 10 && begin[6] != 1 && in->size >= NPY_BEGIN) {
        FSNN_TRY(in->read(in->user, begin + first, NPY_BEGIN - first));
        first = NPY_BEGIN;
    }
    FSNN_TRY(find_dict(in->where, begin, in->size, &start, &length));
    char *text = fsnn_alloc((size_t)length + 1);
    if (!text)
        return FSNN_EMEMORY;
    fsnn_status status = in->read(in->user, text, (size_t)length);
    parser p = {in->where, text, text + length};
    if (status == FSNN_OK)
        status = parse_dict(&p, h);
    fsnn_free(text);
    h->size = in->size - start - length;
    return status == FSNN_OK ? check_size(in->where, h) : status;
}

/* ---- writing ---- */

static const char *descr_text(fsnn_dtype dtype, char text[4])
{
    for (int i = 0; i < FSNN_COUNT(descr); i++)
        if (descr[i].dtype == dtype && (size_t)descr[i].size == fsnn_dtype_size(dtype)) {
            text[0] = descr[i].size == 1 ? '|' : BYTES_BIG_ENDIAN_HOST ? '>' : '<';
            text[1] = descr[i].kind;
            text[2] = (char)('0' + descr[i].size);
            text[3] = 0;
        }
    return text;
}

size_t npy_header(fsnn_dtype dtype, const fsnn_shape *shape, char out[NPY_HEADER_MAX])
{
    char type[4] = "", dims[200] = "";
    int n = 0;
    for (int d = 0; d < shape->rank; d++)
        n += snprintf(dims + n, sizeof dims - (size_t)n, "%s%lld", d ? ", " : "",
                      (long long)shape->dim[d]);
    int used = snprintf(out + 10, NPY_HEADER_MAX - 10,
                        "{'descr': '%s', 'fortran_order': False, 'shape': (%s%s), }",
                        descr_text(dtype, type), dims, shape->rank == 1 ? "," : "");
    size_t total = (10 + (size_t)used + 1 + 63) / 64 * 64;
    memset(out + 10 + used, ' ', total - 10 - (size_t)used);
    out[total - 1] = '\n';
    memcpy(out, magic, sizeof magic);
    memcpy(out + 6, "\1\0", 2);
    bytes_put_le((uint8_t *)out + 8, total - 10, 2);
    return total;
}

/* Reading trusts nothing: header length, JSON, types, shapes, offsets and overlaps are all checked
 * against the length of the file before a number is copied. Writing pads the header with spaces to
 * a multiple of 8 bytes and is atomic. Format: https://huggingface.co/docs/safetensors (2023). */
#include "model/safetensors.h"

#include "base/bytes.h"
#include "format/safetensors_sum.h"
#include "model/yaml.h"
#include "model/yaml_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RANK FSNN_MAX_RANK

/* Indices are the values of fsnn_dtype. */
static const char *const dtype_names[] = {"F32", "F64", "I8",  "U8",  "I16", "U16",
                                          "I32", "U32", "I64", "U64", "BOOL"};

typedef struct entry {
    const char *name;
    fsnn_dtype dtype;
    fsnn_shape shape;
    uint64_t begin, end;
    float (*widen)(uint16_t bits); /* of numbers of two bytes, which are kept as F32; NULL: none */
} entry;

typedef struct reading {
    const char *file;
    safetensors_frame frame;
    entry *entry;
    int count;
    const yaml_node *meta;
} reading;

static const struct {
    const char *name;
    float (*widen)(uint16_t bits);
} halves[] = {{"F16", bytes_half}, {"BF16", bytes_bfloat16}};

static fsnn_status bad(const reading *r, const char *name, const char *sentence)
{
    return fsnn_fail(FSNN_EFORMAT, "%s: array \"%.200s\": %s", r->file, name, sentence);
}

static bool whole(const yaml_node *node, uint64_t *out)
{
    if (!node || node->type != YAML_SCALAR || !node->plain || node->text[0] < '0' ||
        node->text[0] > '9')
        return false;
    char *end;
    errno = 0;
    *out = strtoull(node->text, &end, 10);
    return !errno && !*end;
}

static fsnn_status read_dtype(const reading *r, const yaml_node *node, entry *e)
{
    if (!node || node->type != YAML_SCALAR)
        return bad(r, e->name, "its dtype is missing");
    for (int i = 0; i < FSNN_COUNT(dtype_names); i++)
        if (strcmp(node->text, dtype_names[i]) == 0) {
            e->dtype = (fsnn_dtype)i;
            return FSNN_OK;
        }
    for (int i = 0; i < FSNN_COUNT(halves); i++)
        if (strcmp(node->text, halves[i].name) == 0) {
            e->dtype = FSNN_F32;
            e->widen = halves[i].widen;
            return FSNN_OK;
        }
    return fsnn_fail(
        FSNN_EFORMAT,
        "%s: array \"%.200s\" has dtype \"%.40s\": readable are F32, F64, F16, BF16, I8, U8, I16, "
        "U16, I32, U32, I64, U64 and BOOL",
        r->file, e->name, node->text);
}

/* Shape, and in `*bytes` what an array of it takes; false when that does not fit 63 bits. */
static fsnn_status read_shape(const reading *r, const yaml_node *node, entry *e, uint64_t *bytes)
{
    if (!node || node->type != YAML_LIST)
        return bad(r, e->name, "its shape is missing or is no list");
    if (node->count > MAX_RANK)
        return bad(r, e->name, "its shape has more than 8 dimensions");
    bool empty = false, large = false;
    *bytes = e->widen ? sizeof(uint16_t) : fsnn_dtype_size(e->dtype);
    for (const yaml_node *n = node->first; n; n = n->next) {
        uint64_t dim;
        if (!whole(n, &dim) || dim > INT64_MAX)
            return bad(r, e->name, "its shape holds something that is no length");
        e->shape.dim[e->shape.rank++] = (int64_t)dim;
        empty |= dim == 0;
        if (dim && *bytes > (uint64_t)INT64_MAX / dim)
            large = true;
        else
            *bytes *= dim ? dim : 1;
    }
    if (large)
        return bad(r, e->name, "its shape has more elements than any file can hold");
    if (empty)
        *bytes = 0;
    return FSNN_OK;
}

static fsnn_status read_entry(reading *r, const yaml_node *node)
{
    entry *e = &r->entry[r->count];
    uint64_t bytes = 0;
    *e = (entry){.name = node->key->text};
    if (node->type != YAML_MAP)
        return bad(r, e->name, "its description is no JSON object");
    for (const yaml_node *n = node->first; n; n = n->next)
        if (strcmp(n->key->text, "dtype") != 0 && strcmp(n->key->text, "shape") != 0 &&
            strcmp(n->key->text, "data_offsets") != 0)
            return bad(r, e->name, "its description has a key besides dtype, shape, data_offsets");
    FSNN_TRY(read_dtype(r, yaml_find(node, "dtype"), e));
    FSNN_TRY(read_shape(r, yaml_find(node, "shape"), e, &bytes));
    const yaml_node *offsets = yaml_find(node, "data_offsets");
    if (!offsets || offsets->type != YAML_LIST || offsets->count != 2 ||
        !whole(offsets->first, &e->begin) || !whole(offsets->last, &e->end))
        return bad(r, e->name, "its data_offsets are no list of two numbers");
    if (e->begin > e->end || e->end > r->frame.size)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: array \"%.200s\" lies at bytes %llu to %llu, but the file holds %llu "
                         "bytes of numbers: it may be truncated",
                         r->file, e->name, (unsigned long long)e->begin, (unsigned long long)e->end,
                         (unsigned long long)r->frame.size);
    if (e->end - e->begin != bytes)
        return fsnn_fail(
            FSNN_EFORMAT, "%s: array \"%.200s\" has %llu bytes, but its shape and dtype need %llu",
            r->file, e->name, (unsigned long long)(e->end - e->begin), (unsigned long long)bytes);
    r->count++;
    return FSNN_OK;
}

static fsnn_status read_meta(reading *r, const yaml_node *node)
{
    if (node->type != YAML_MAP)
        return fsnn_fail(FSNN_EFORMAT, "%s: __metadata__ is no JSON object", r->file);
    for (const yaml_node *n = node->first; n; n = n->next)
        if (n->type != YAML_SCALAR || n->plain)
            return fsnn_fail(FSNN_EFORMAT, "%s: __metadata__ \"%.200s\" is no text", r->file,
                             n->key->text);
    r->meta = node;
    return FSNN_OK;
}

static int by_place(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

/* Sorted by place, each array must begin where the one before ends. */
static fsnn_status check_places(reading *r)
{
    uint64_t at = 0;
    qsort(r->entry, (size_t)r->count, sizeof *r->entry, by_place);
    for (int i = 0; i < r->count; i++) {
        if (r->entry[i].begin < at)
            return bad(r, r->entry[i].name, "it overlaps another array");
        if (r->entry[i].begin > at)
            return bad(r, r->entry[i].name, "there is a gap before it");
        at = r->entry[i].end;
    }
    if (at != r->frame.size)
        return fsnn_fail(FSNN_EFORMAT, "%s: %llu bytes after the last array belong to none",
                         r->file, (unsigned long long)(r->frame.size - at));
    return FSNN_OK;
}

static const char *text_of(const yaml_node *meta, const char *key)
{
    const yaml_node *node = yaml_find(meta, key);
    return node ? node->text : NULL;
}

static fsnn_status read_header(reading *r, yaml_doc *doc)
{
    const yaml_node *root = doc->root;
    if (!root || root->type != YAML_MAP)
        return fsnn_fail(FSNN_EFORMAT, "%s: the header is no JSON object", r->file);
    r->entry = pool_alloc(&doc->memory, ((size_t)root->count + 1) * sizeof *r->entry);
    if (!r->entry)
        return FSNN_EMEMORY;
    const yaml_node *meta = yaml_find(root, "__metadata__");
    if (meta) {
        FSNN_TRY(read_meta(r, meta));
        FSNN_TRY(safetensors_sum_check(r->file, &r->frame, text_of(meta, safetensors_sum_key),
                                       text_of(meta, safetensors_format_key)));
    }
    for (const yaml_node *n = root->first; n; n = n->next)
        if (n != meta)
            FSNN_TRY(read_entry(r, n));
    return check_places(r);
}

static void copy_numbers(const entry *e, const uint8_t *from, void *to)
{
    uint64_t bytes = e->end - e->begin;
    float *number = to;
    uint8_t *flag = to; /* only 0 and 1 are valid in a C bool */
    for (uint64_t i = 0; e->widen && i < bytes / 2; i++)
        number[i] = e->widen((uint16_t)bytes_le(from + 2 * i, 2));
    if (!e->widen && bytes)
        memcpy(to, from, bytes);
    for (uint64_t i = 0; e->dtype == FSNN_BOOL && i < bytes; i++)
        flag[i] = flag[i] != 0;
}

static fsnn_status copy_out(const reading *r, fsnn_arrays *out)
{
    for (int i = 0; i < r->count; i++) {
        const entry *e = &r->entry[i];
        fsnn_array *array = fsnn_arrays_add(out, e->name, e->dtype, &e->shape);
        if (!array)
            return FSNN_EMEMORY;
        copy_numbers(e, r->frame.numbers + e->begin, array->data);
    }
    for (const yaml_node *n = r->meta ? r->meta->first : NULL; n; n = n->next)
        if (!safetensors_sum_is_key(n->key->text))
            FSNN_TRY(fsnn_arrays_meta(out, n->key->text, n->text));
    return FSNN_OK;
}

fsnn_status safetensors_parse(const char *file, const uint8_t *data, size_t size, fsnn_arrays *out)
{
    reading r = {.file = file};
    FSNN_TRY(safetensors_frame_read(file, data, size, &r.frame));
    yaml_doc doc;
    fsnn_arrays fresh = {0};
    fsnn_status status = yaml_parse_json(&doc, file, r.frame.header, r.frame.header_size);
    if (status == FSNN_EDESCRIPTION) {
        char *reason = fsnn_strdup(fsnn_error_text());
        status = fsnn_fail(FSNN_EFORMAT, "%s (in the header)", reason ? reason : file);
        fsnn_free(reason);
    }
    if (!status)
        status = read_header(&r, &doc);
    if (!status)
        status = copy_out(&r, &fresh);
    yaml_free(&doc);
    if (status) {
        fsnn_arrays_free(&fresh);
        return status;
    }
    fsnn_arrays_free(out);
    *out = fresh;
    return FSNN_OK;
}

fsnn_status fsnn_safetensors_read(const char *path, fsnn_arrays *out)
{
    uint8_t *data;
    size_t size;
    if (!path || !out)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_safetensors_read: an argument is NULL");
    FSNN_TRY(fsnn_file_read(path, &data, &size));
    fsnn_status status = safetensors_parse(path, data, size, out);
    fsnn_free(data);
    return status;
}

/* ---- writing ---- */

static size_t array_bytes(const fsnn_array *array)
{
    return (size_t)fsnn_shape_count(&array->shape) * fsnn_dtype_size(array->dtype);
}

static void write_meta(FILE *out, const fsnn_arrays *list)
{
    fputs("\"__metadata__\":{", out);
    safetensors_sum_begin(out);
    for (int i = 0; i < list->meta_count; i++) {
        if (safetensors_sum_is_key(list->meta_key[i]))
            continue;
        fputc(',', out);
        json_text(out, list->meta_key[i]);
        fputc(':', out);
        json_text(out, list->meta_value[i]);
    }
    fputc('}', out);
}

static size_t write_entry(FILE *out, const fsnn_array *array, size_t begin)
{
    size_t end = begin + array_bytes(array);
    json_text(out, array->name);
    fprintf(out, ":{\"dtype\":\"%s\",\"shape\":[", dtype_names[array->dtype]);
    for (int i = 0; i < array->shape.rank; i++)
        fprintf(out, "%s%lld", i ? "," : "", (long long)array->shape.dim[i]);
    fprintf(out, "],\"data_offsets\":[%zu,%zu]}", begin, end);
    return end;
}

/* The header text; free() it. */
static fsnn_status make_header(const fsnn_arrays *list, char **text, size_t *size)
{
    *text = NULL;
    FILE *out = open_memstream(text, size);
    if (!out)
        return fsnn_fail(FSNN_EMEMORY, "out of memory");
    size_t at = 0;
    fputc('{', out);
    write_meta(out, list);
    for (int i = 0; i < list->count; i++) {
        fputc(',', out);
        at = write_entry(out, &list->item[i], at);
    }
    fputc('}', out);
    for (long length = ftell(out); length >= 0 && length % 8; length++)
        fputc(' ', out);
    bool failed = ferror(out);
    failed = fclose(out) != 0 || failed;
    return failed || !*text ? fsnn_fail(FSNN_EMEMORY, "out of memory") : FSNN_OK;
}

static fsnn_status check_list(const char *path, const fsnn_arrays *list)
{
    for (int i = 0; i < list->count; i++) {
        if (strcmp(list->item[i].name, "__metadata__") == 0)
            return fsnn_fail(FSNN_EARGUMENT, "%s: no array can be called \"__metadata__\"", path);
        if (fsnn_arrays_find(list, list->item[i].name) != &list->item[i])
            return fsnn_fail(FSNN_EARGUMENT, "%s: two arrays are called \"%s\"", path,
                             list->item[i].name);
    }
    return FSNN_OK;
}

/* The header with its checksum, of a file with these numbers behind it; free() it. */
static fsnn_status complete_header(const char *path, const fsnn_arrays *list,
                                   const safetensors_piece *numbers, char **header, size_t *size)
{
    FSNN_TRY(make_header(list, header, size));
    safetensors_sum_write(*header, *size, numbers, list->count);
    if (*size <= SAFETENSORS_MOST_HEADER)
        return FSNN_OK;
    free(*header);
    return fsnn_fail(FSNN_EARGUMENT, "%s: %d arrays need a header of %zu bytes: %d are possible",
                     path, list->count, *size, SAFETENSORS_MOST_HEADER);
}

fsnn_status fsnn_safetensors_write(const char *path, const fsnn_arrays *list)
{
    char *header;
    size_t size;
    if (!path || !list)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_safetensors_write: an argument is NULL");
    FSNN_TRY(check_list(path, list));
    safetensors_piece *numbers = fsnn_alloc((size_t)(list->count + 1) * sizeof *numbers);
    if (!numbers)
        return FSNN_EMEMORY;
    for (int i = 0; i < list->count; i++)
        numbers[i] = (safetensors_piece){list->item[i].data, array_bytes(&list->item[i])};
    fsnn_status status = complete_header(path, list, numbers, &header, &size);
    if (!status) {
        status = safetensors_frame_write(path, header, size, numbers, list->count);
        free(header);
    }
    fsnn_free(numbers);
    return status;
}

/* format/npz.c: NPZ, a zip archive in which entry "x.npy" holds array "x". Other entries are left
 * alone. */
#include "format/npz.h"

#include "format/file_kind.h"
#include "format/npy.h"
#include "format/npy_look.h"
#include "format/zip.h"

#include <string.h>

/* What is wanted of an archive. */
typedef struct wish {
    const char *const *names; /* NULL-terminated; NULL: all arrays */
    const char *head;         /* of this array only type and shape, or NULL */
    bool headers;             /* of all of them */
    bool fields;              /* of records, as arrays of their own */
} wish;

static fsnn_status read_entry(void *user, void *out, size_t n)
{
    return zip_input_read(user, out, n);
}

static bool is_headed(const wish *w, const char *name)
{
    return w->headers || (w->head && strcmp(w->head, name) == 0);
}

static fsnn_status unpack_entry(zip_input *in, const wish *w, const char *name, const char *where,
                                fsnn_arrays *list)
{
    const npy_source source = {where, in->entry->size, read_entry, in};
    if (is_headed(w, name))
        return npy_read_header(&source, name, list);
    FSNN_TRY(w->fields ? npy_read_fields(&source, name, list) : npy_read(&source, name, list));
    return zip_input_finish(in);
}

/* An array of a type that is not read is in the way only of who asks for it. */
static fsnn_status add_entry(const zip_reader *zip, const zip_entry *entry, const wish *w,
                             const char *name, const char *where, fsnn_arrays *list)
{
    if (!*name || strlen(name) + 4 != entry->name_size)
        return fsnn_fail(FSNN_EFORMAT, "%s: an array without a proper name", where);
    if (fsnn_arrays_find(list, name) || fsnn_arrays_unread(list, name))
        return fsnn_fail(FSNN_EFORMAT, "%s: the name stands in the file twice", where);
    zip_input in;
    FSNN_TRY(zip_input_open(&in, zip, entry));
    fsnn_status status = unpack_entry(&in, w, name, where, list);
    zip_input_close(&in);
    if (status == FSNN_EUNSUPPORTED && !w->names)
        status = fsnn_arrays_add_unread(list, name, fsnn_error_text() + strlen(where) + 2);
    return status;
}

static bool is_array(const zip_entry *entry)
{
    return entry->name_size >= 4 && !memcmp(entry->name + entry->name_size - 4, ".npy", 4);
}

/* Whether an array is among `names`; NULL: all are. */
static bool is_named(const zip_entry *entry, const char *const *names)
{
    size_t n = entry->name_size - 4;
    for (int i = 0; names && names[i]; i++)
        if (strlen(names[i]) == n && !memcmp(names[i], entry->name, n))
            return true;
    return !names;
}

static fsnn_status parse_zip(const char *path, const uint8_t *bytes, size_t size, const wish *w,
                             fsnn_arrays *list)
{
    zip_reader zip;
    FSNN_TRY(zip_open(&zip, path, bytes, size));
    zip_entry entry;
    int more, arrays = 0, others = 0;
    while ((more = zip_next(&zip, &entry)) > 0) {
        arrays += is_array(&entry);
        others += !is_array(&entry);
        if (!is_array(&entry) || !is_named(&entry, w->names))
            continue;
        char *name = fsnn_format("%.*s", (int)entry.name_size - 4, entry.name);
        char *where = fsnn_format("%s: %s", path, entry.shown);
        fsnn_status status =
            name && where ? add_entry(&zip, &entry, w, name, where, list) : FSNN_EMEMORY;
        fsnn_free(name);
        fsnn_free(where);
        FSNN_TRY(status);
    }
    if (!more && !arrays && others)
        return file_kind_fail(path, bytes, size, "an NPZ file, a zip archive of NumPy arrays");
    return (fsnn_status)more;
}

static fsnn_status parse(const char *path, const uint8_t *bytes, size_t size, const wish *w,
                         fsnn_arrays *out)
{
    fsnn_arrays list = {0};
    fsnn_status status;
    if (npy_is(bytes, size))
        status = npy_parse(path, bytes, size, "x", is_headed(w, "x"), &list);
    else if (size >= 2 && !memcmp(bytes, "PK", 2))
        status = parse_zip(path, bytes, size, w, &list);
    else
        status = file_kind_fail(path, bytes, size, "an NPZ or a .npy file");
    if (status < 0) {
        fsnn_arrays_free(&list);
        return status;
    }
    fsnn_arrays_free(out);
    *out = list;
    return FSNN_OK;
}

fsnn_status npz_parse_named(const char *path, const uint8_t *bytes, size_t size,
                            const char *const *names, fsnn_arrays *out)
{
    return parse(path, bytes, size, &(wish){.names = names}, out);
}

fsnn_status npz_parse_fields(const char *path, const uint8_t *bytes, size_t size, const char *name,
                             fsnn_arrays *out)
{
    const char *const names[] = {name, NULL};
    return parse(path, bytes, size, &(wish){.names = names, .fields = true}, out);
}

fsnn_status npz_parse(const char *path, const uint8_t *bytes, size_t size, fsnn_arrays *out)
{
    return parse(path, bytes, size, &(wish){0}, out);
}

/* Of a .npy file nothing but its beginning, where that is all that is wanted. */
static fsnn_status look(const char *path, const wish *w, fsnn_arrays *out, bool *known)
{
    fsnn_arrays list = {0};
    *known = false;
    if (!is_headed(w, "x"))
        return FSNN_OK;
    FSNN_TRY(npy_look(path, "x", &list, known));
    if (!*known)
        return FSNN_OK;
    fsnn_arrays_free(out);
    *out = list;
    return FSNN_OK;
}

static fsnn_status read_file(const char *path, const wish *w, fsnn_arrays *out)
{
    uint8_t *bytes;
    size_t size;
    bool known;
    if (!path || !out)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_npz_read needs a path and a list");
    FSNN_TRY(look(path, w, out, &known));
    if (known)
        return FSNN_OK;
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    fsnn_status status = parse(path, bytes, size, w, out);
    fsnn_free(bytes);
    return status;
}

fsnn_status fsnn_npz_read(const char *path, fsnn_arrays *out)
{
    return read_file(path, &(wish){0}, out);
}

fsnn_status fsnn_npz_headers(const char *path, fsnn_arrays *out)
{
    return read_file(path, &(wish){.headers = true}, out);
}

fsnn_status npz_read_named(const char *path, const char *const *names, fsnn_arrays *out)
{
    return read_file(path, &(wish){.names = names}, out);
}

fsnn_status npz_read_beside(const char *path, const char *const *names, const char *head,
                            fsnn_arrays *out)
{
    return read_file(path, &(wish){.names = names, .head = head}, out);
}

fsnn_status npz_add(zip_writer *zip, const fsnn_array *array)
{
    char header[NPY_HEADER_MAX];
    char *name = fsnn_format("%s.npy", array->name);
    if (!name)
        return FSNN_EMEMORY;
    size_t count = (size_t)fsnn_shape_count(&array->shape);
    zip_piece piece[2] = {{header, npy_header(array->dtype, &array->shape, header)},
                          {array->data, count * fsnn_dtype_size(array->dtype)}};
    fsnn_status status = zip_add(zip, name, piece);
    fsnn_free(name);
    return status;
}

/* Checks before anything is written: NPZ names are file names, and each must be its own. */
static fsnn_status check_names(const char *path, const fsnn_arrays *list)
{
    for (int i = 0; i < list->count; i++) {
        const char *name = list->item[i].name;
        if (!name || !*name)
            return fsnn_fail(FSNN_EARGUMENT, "%s: array %d has no name, which NPZ needs", path, i);
        if (fsnn_arrays_find(list, name) != &list->item[i])
            return fsnn_fail(FSNN_EARGUMENT, "%s: two arrays are called %s", path, name);
    }
    return FSNN_OK;
}

fsnn_status fsnn_npz_write(const char *path, const fsnn_arrays *list)
{
    if (!path || !list)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_npz_write needs a path and a list");
    FSNN_TRY(check_names(path, list));
    fsnn_file file;
    FSNN_TRY(fsnn_file_create(&file, path));
    zip_writer zip = {.stream = file.stream, .limit = ZIP_LIMIT};
    fsnn_status status = FSNN_OK;
    for (int i = 0; i < list->count && status == FSNN_OK; i++)
        status = npz_add(&zip, &list->item[i]);
    if (status == FSNN_OK)
        zip_finish(&zip);
    zip_free(&zip);
    if (status == FSNN_OK)
        return fsnn_file_commit(&file);
    fsnn_file_abort(&file);
    return status;
}

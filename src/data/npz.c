/* data/npz.c: NPZ, a zip archive in which entry "x.npy" holds array "x". Other entries are left
 * alone. */
#include "data/npz.h"

#include "data/npy.h"
#include "data/zip.h"

#include <string.h>

static fsnn_status add_entry(const zip_reader *zip, const zip_entry *entry, const char *name,
                             const char *where, fsnn_arrays *list)
{
    if (!*name || strlen(name) + 4 != entry->name_size)
        return fsnn_fail(FSNN_EFORMAT, "%s: an array without a proper name", where);
    if (fsnn_arrays_find(list, name))
        return fsnn_fail(FSNN_EFORMAT, "%s: the name stands in the file twice", where);
    const uint8_t *content;
    uint8_t *owned;
    FSNN_TRY(zip_content(zip, entry, &content, &owned));
    fsnn_status status = npy_parse(where, content, entry->size, name, list);
    fsnn_free(owned);
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

static fsnn_status parse_zip(const char *path, const uint8_t *bytes, size_t size,
                             const char *const *names, fsnn_arrays *list)
{
    zip_reader zip;
    FSNN_TRY(zip_open(&zip, path, bytes, size));
    zip_entry entry;
    int more;
    while ((more = zip_next(&zip, &entry)) > 0) {
        if (!is_array(&entry) || !is_named(&entry, names))
            continue;
        char *name = fsnn_format("%.*s", (int)entry.name_size - 4, entry.name);
        char *where = fsnn_format("%s: %s", path, entry.shown);
        fsnn_status status =
            name && where ? add_entry(&zip, &entry, name, where, list) : FSNN_EMEMORY;
        fsnn_free(name);
        fsnn_free(where);
        FSNN_TRY(status);
    }
    return (fsnn_status)more;
}

fsnn_status npz_parse_named(const char *path, const uint8_t *bytes, size_t size,
                            const char *const *names, fsnn_arrays *out)
{
    fsnn_arrays list = {0};
    fsnn_status status;
    if (npy_is(bytes, size))
        status = npy_parse(path, bytes, size, "x", &list);
    else if (size >= 2 && !memcmp(bytes, "PK", 2))
        status = parse_zip(path, bytes, size, names, &list);
    else
        status = fsnn_fail(FSNN_EFORMAT,
                           size ? "%s: is neither an NPZ nor a .npy file" : "%s: is empty", path);
    if (status < 0) {
        fsnn_arrays_free(&list);
        return status;
    }
    fsnn_arrays_free(out);
    *out = list;
    return FSNN_OK;
}

fsnn_status npz_parse(const char *path, const uint8_t *bytes, size_t size, fsnn_arrays *out)
{
    return npz_parse_named(path, bytes, size, NULL, out);
}

fsnn_status fsnn_npz_read(const char *path, fsnn_arrays *out)
{
    if (!path || !out)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_npz_read needs a path and a list");
    uint8_t *bytes;
    size_t size;
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    fsnn_status status = npz_parse(path, bytes, size, out);
    fsnn_free(bytes);
    return status;
}

static fsnn_status add_array(zip_writer *zip, const fsnn_array *array)
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
        status = add_array(&zip, &list->item[i]);
    if (status == FSNN_OK)
        zip_finish(&zip);
    zip_free(&zip);
    if (status == FSNN_OK)
        return fsnn_file_commit(&file);
    fsnn_file_abort(&file);
    return status;
}

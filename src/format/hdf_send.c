/* format/hdf_send.c: the child's side of reading an HDF5 file: the HDF5 library reads it, which
 * damaged files can bring to crash (base/guard.h), and every item is sent to the parent as
 * format/hdf_tree.h has it. Sizes that a file promises are compared with what lies in it before
 * memory is asked for. Links that lead elsewhere, and types that are neither numbers nor texts, are
 * sent as items without values. */
#include "format/hdf_tree.h"

#include "format/hdf_storage.h"

#include <string.h>

typedef struct sender {
    guard *g;
    const char *path;
    int sent;       /* items, the root too */
    uint64_t bytes; /* of the values so far, in memory */
} sender;

enum { NAME = 4096 };
static const uint64_t most = (uint64_t)1 << 31;

static fsnn_status damaged(const sender *s, const char *name)
{
    unsigned major = 0, minor = 0, release = 0;
    h5.get_libversion(&major, &minor, &release);
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: %s cannot be read: the file is damaged or cut short, or newer than the "
                     "HDF5 library here, %u.%u.%u",
                     s->path, name, major, minor, release);
}

static fsnn_status send_record(sender *s, const hdf_record *record, const char *name)
{
    if (s->sent >= HDF_ITEMS)
        return fsnn_fail(FSNN_EUNSUPPORTED, "%s: has more than %d items", s->path, HDF_ITEMS);
    hdf_record r = *record;
    r.name = (int64_t)strlen(name);
    FSNN_TRY(guard_put(s->g, &r, sizeof r));
    FSNN_TRY(guard_put(s->g, name, (size_t)r.name));
    s->sent++;
    return FSNN_OK;
}

/* ---- data sets ---- */

static fsnn_status send_numbers(sender *s, hid_t set, const hdf_record *r, const char *name,
                                size_t count)
{
    void *value = fsnn_alloc(count * 8 + 1);
    if (!value)
        return FSNN_EMEMORY;
    hid_t type = r->kind == HDF_REAL ? *h5.T_NATIVE_DOUBLE : *h5.T_NATIVE_INT64;
    fsnn_status status = FSNN_OK;
    if (count && h5.Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) < 0)
        status = damaged(s, name);
    if (!status)
        status = send_record(s, r, name);
    if (!status)
        status = guard_put(s->g, value, count * 8);
    fsnn_free(value);
    return status;
}

/* Named values of an enumeration (truths) as their numbers, in the bytes of their base type. */
static fsnn_status send_named(sender *s, hid_t set, hid_t type, const hdf_record *r,
                              const char *name, size_t count)
{
    hid_t base = h5.Tget_super(type),
          native = base >= 0 ? h5.Tget_native_type(type, H5T_DIR_ASCEND) : -1;
    size_t size = native >= 0 ? h5.Tget_size(native) : 0;
    uint8_t *raw = size && size <= 8 ? fsnn_alloc(count * 8 + 8) : NULL;
    fsnn_status status = FSNN_OK;
    if (!raw || h5.Dread(set, native, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw) < 0 ||
        h5.Tconvert(h5.Tget_super(native), *h5.T_NATIVE_INT64, count, raw, NULL, H5P_DEFAULT) < 0)
        status = damaged(s, name);
    if (!status)
        status = send_record(s, r, name);
    if (!status)
        status = guard_put(s->g, raw, count * 8);
    fsnn_free(raw);
    return status;
}

static fsnn_status send_one_text(sender *s, const char *name, const char *text, size_t most_bytes)
{
    const int64_t length = text ? (int64_t)strnlen(text, most_bytes) : 0;
    if (length > HDF_TEXT)
        return fsnn_fail(FSNN_EUNSUPPORTED, "%s: a text of %s has more than %d bytes", s->path,
                         name, HDF_TEXT);
    FSNN_TRY(guard_put(s->g, &length, sizeof length));
    return guard_put(s->g, text, (size_t)length);
}

static fsnn_status send_texts(sender *s, hid_t set, hid_t type, hid_t space, const hdf_record *r,
                              const char *name, size_t count)
{
    bool own = h5.Tis_variable_str(type) > 0;
    size_t size = own ? sizeof(char *) : h5.Tget_size(type);
    char *bytes =
        size && size <= HDF_TEXT && count <= most / size ? fsnn_alloc(count * size + 1) : NULL;
    hid_t memory = h5.Tcopy(type);
    fsnn_status status = FSNN_OK;
    bool read = bytes && memory >= 0 &&
                (!count || h5.Dread(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0);
    if (!read)
        status = damaged(s, name);
    if (!status)
        status = send_record(s, r, name);
    for (size_t i = 0; i < count && !status; i++) {
        const char *at = bytes + i * size;
        status = own ? send_one_text(s, name, *(char *const *)(const void *)at, HDF_TEXT + 1)
                     : send_one_text(s, name, at, size);
    }
    if (read && own && count)
        h5.Dvlen_reclaim(memory, space, H5P_DEFAULT, bytes);
    fsnn_free(bytes);
    return status;
}

static hdf_kind kind_of(hid_t type)
{
    size_t size = h5.Tget_size(type);
    switch (h5.Tget_class(type)) {
    case H5T_FLOAT:
        return size <= 8 ? HDF_REAL : HDF_OTHER;
    case H5T_INTEGER:
    case H5T_ENUM:
        return size <= 8 ? HDF_WHOLE : HDF_OTHER;
    case H5T_STRING:
        return HDF_WORDS;
    default:
        return HDF_OTHER;
    }
}

/* The shape; false: more dimensions than are read, or more values than the file can hold. */
static bool shape_of(const sender *s, hid_t set, hid_t type, hid_t space, hdf_record *r,
                     size_t *count)
{
    hsize_t dim[H5S_MAX_RANK];
    int rank = h5.Sget_simple_extent_ndims(space);
    if (rank < 0 || rank > HDF_RANK || h5.Sget_simple_extent_type(space) == H5S_NULL ||
        h5.Sget_simple_extent_dims(space, dim, NULL) != rank)
        return false;
    uint64_t stored = h5.Dget_storage_size(set), size = h5.Tget_size(type), n = 1;
    uint64_t can = (stored < most ? stored : most) * HDF_PACKED + HDF_UNWRITTEN;
    r->rank = rank;
    for (int d = 0; d < rank; d++) {
        if (dim[d] && n > most / dim[d])
            return false;
        n *= dim[d];
        r->dim[d] = (int64_t)dim[d];
    }
    *count = (size_t)n;
    return size && n <= can / size && n <= (most - s->bytes) / 8;
}

static fsnn_status send_set(sender *s, hid_t set, hdf_record *r, const char *name)
{
    FSNN_TRY(hdf_check_storage(s->path, name, set));
    hid_t space = h5.Dget_space(set), type = h5.Dget_type(set);
    size_t count = 0;
    if (space < 0 || type < 0)
        return damaged(s, name);
    r->kind = kind_of(type);
    r->single = r->kind == HDF_REAL && h5.Tget_size(type) <= 4;
    if (r->kind == HDF_OTHER)
        return send_record(s, r, name);
    if (!shape_of(s, set, type, space, r, &count))
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: %s has more values than the file can hold, or no shape: the file is "
                         "damaged",
                         s->path, name);
    s->bytes += (uint64_t)count * 8;
    if (r->kind == HDF_WORDS)
        return send_texts(s, set, type, space, r, name, count);
    return h5.Tget_class(type) == H5T_ENUM ? send_named(s, set, type, r, name, count)
                                           : send_numbers(s, set, r, name, count);
}

/* ---- groups ---- */

static fsnn_status send_group(sender *s, hid_t group, int parent, int depth);

static fsnn_status send_object(sender *s, hid_t object, const char *name, int parent, int depth)
{
    hdf_record r = {.parent = parent, .kind = HDF_OTHER};
    H5I_type_t type = h5.Iget_type(object);
    if (type == H5I_DATASET)
        return send_set(s, object, &r, name);
    if (type != H5I_GROUP)
        return send_record(s, &r, name);
    if (depth >= HDF_DEPTH)
        return fsnn_fail(FSNN_EUNSUPPORTED, "%s: groups lie in each other more than %d deep",
                         s->path, HDF_DEPTH);
    r.kind = HDF_GROUP;
    const int at = s->sent;
    FSNN_TRY(send_record(s, &r, name));
    return send_group(s, object, at, depth + 1);
}

static fsnn_status send_link(sender *s, hid_t group, hsize_t i, int parent, int depth)
{
    char name[NAME + 1];
    H5L_info_t link;
    ssize_t length = h5.Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name,
                                         sizeof name, H5P_DEFAULT);
    if (length < 1 || h5.Lget_info(group, name, &link, H5P_DEFAULT) < 0)
        return damaged(s, "a name");
    if (length > NAME)
        return fsnn_fail(FSNN_EUNSUPPORTED, "%s: a name has more than %d bytes", s->path, NAME);
    if (link.type != H5L_TYPE_HARD) {
        hdf_record r = {.parent = parent, .kind = HDF_OTHER};
        return send_record(s, &r, name);
    }
    hid_t object = h5.Oopen(group, name, H5P_DEFAULT);
    if (object < 0)
        return damaged(s, name);
    fsnn_status status = send_object(s, object, name, parent, depth);
    h5.Oclose(object);
    return status;
}

static fsnn_status send_group(sender *s, hid_t group, int parent, int depth)
{
    H5G_info_t about;
    if (h5.Gget_info(group, &about) < 0)
        return damaged(s, "a group");
    for (hsize_t i = 0; i < about.nlinks; i++)
        FSNN_TRY(send_link(s, group, i, parent, depth));
    return FSNN_OK;
}

fsnn_status hdf_send(guard *g, const hdf_request *request)
{
    sender s = {.g = g, .path = request->path, .sent = 1};
    static const hdf_record end = {.parent = HDF_END};
    FSNN_TRY(hdf_library_load(s.path));
    h5.Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t file;
    FSNN_TRY(hdf_open(s.path, s.path, request->expected, &file));
    hid_t root = h5.Gopen2(file, "/", H5P_DEFAULT);
    if (root < 0)
        return damaged(&s, "/");
    FSNN_TRY(send_group(&s, root, 0, 0));
    return guard_put(g, &end, sizeof end);
}

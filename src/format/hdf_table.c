/* format/hdf_table.c: finds the columns of a table and opens them. */
#include "format/hdf_table.h"

#include "format/hdf_storage.h"

#include <fsnn/tensor.h>

#include <limits.h>
#include <string.h>

enum {
    PACKED = 1100,      /* numbers are at most so many times as long as what they are packed as */
    UNWRITTEN = 1 << 16 /* numbers that a data set may have beyond what lies in the file */
};

/* ---- types ---- */

/* The type in memory of numbers, and what it is called here; -1: it is none that is read. */
static hid_t type_of(hid_t type, int32_t *dtype, size_t *size)
{
    hid_t base = h5.Tget_class(type) == H5T_ENUM ? h5.Tget_super(type) : type;
    H5T_class_t kind = base >= 0 ? h5.Tget_class(base) : H5T_NO_CLASS;
    size_t bytes = base >= 0 ? h5.Tget_size(base) : 0;
    const struct {
        H5T_class_t kind;
        size_t bytes;
        bool sign;
        fsnn_dtype dtype;
        hid_t memory;
    } known[] = {
        {H5T_INTEGER, 1, true, FSNN_I8, *h5.T_NATIVE_INT8},
        {H5T_INTEGER, 1, false, FSNN_U8, *h5.T_NATIVE_UINT8},
        {H5T_INTEGER, 2, true, FSNN_I16, *h5.T_NATIVE_INT16},
        {H5T_INTEGER, 2, false, FSNN_U16, *h5.T_NATIVE_UINT16},
        {H5T_INTEGER, 4, true, FSNN_I32, *h5.T_NATIVE_INT32},
        {H5T_INTEGER, 4, false, FSNN_U32, *h5.T_NATIVE_UINT32},
        {H5T_INTEGER, 8, true, FSNN_I64, *h5.T_NATIVE_INT64},
        {H5T_INTEGER, 8, false, FSNN_U64, *h5.T_NATIVE_UINT64},
        {H5T_FLOAT, 2, true, FSNN_F32, *h5.T_NATIVE_FLOAT},
        {H5T_FLOAT, 4, true, FSNN_F32, *h5.T_NATIVE_FLOAT},
        {H5T_FLOAT, 8, true, FSNN_F64, *h5.T_NATIVE_DOUBLE},
    };
    bool sign = kind == H5T_FLOAT || (base >= 0 && h5.Tget_sign(base) == H5T_SGN_2);
    for (int i = 0; i < FSNN_COUNT(known); i++)
        if (known[i].kind == kind && known[i].bytes == bytes && known[i].sign == sign) {
            *dtype = (int32_t)known[i].dtype;
            *size = fsnn_dtype_size(known[i].dtype);
            return base == type ? known[i].memory : h5.Tget_native_type(type, H5T_DIR_ASCEND);
        }
    return -1;
}

/* ---- data sets ---- */

static fsnn_status damaged(const hdf_table *t)
{
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: /%s cannot be read: the file is damaged or cut short, or newer than the "
                     "HDF5 library here",
                     t->path, t->where);
}

/* Whether so many rows can lie in what is stored. */
static bool can_hold(hid_t set, uint64_t rows, size_t bytes)
{
    uint64_t stored = h5.Dget_storage_size(set), most = (uint64_t)1 << 40;
    uint64_t can = (stored < most ? stored : most) * PACKED + UNWRITTEN;
    return bytes && rows <= can / bytes;
}

/* The dimensions; 0: none or more than 2. */
static int shape_of(hid_t set, hsize_t dim[2])
{
    hid_t space = h5.Dget_space(set);
    int rank = space >= 0 ? h5.Sget_simple_extent_ndims(space) : 0;
    if (rank < 1 || rank > 2 || h5.Sget_simple_extent_dims(space, dim, NULL) != rank)
        rank = 0;
    if (space >= 0)
        h5.Sclose(space);
    return rank;
}

static int settle(hdf_table *t, hid_t set, uint64_t rows, size_t bytes)
{
    FSNN_TRY(hdf_check_storage(t->path, t->where, set));
    if (!can_hold(set, rows, bytes) || rows > INT64_MAX / 64)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: /%s has more values than the file can hold: the file is damaged",
                         t->path, t->where);
    return 1;
}

/* ---- rows of four ---- */

static int open_rows(hdf_table *t, hid_t set, hid_t type, const hsize_t *dim, const char *order,
                     const char *real_time, const hdf_events_request *r)
{
    int32_t dtype;
    size_t size;
    hid_t memory = type_of(type, &dtype, &size);
    if (memory < 0 || dim[1] != HDF_EVENT_COLUMNS || !order)
        return 0;
    t->type[0] = memory;
    t->row = HDF_EVENT_COLUMNS * size;
    t->count = (int64_t)dim[0];
    for (int k = 0; k < HDF_EVENT_COLUMNS; k++) {
        int c = r->letter[(unsigned char)order[k]];
        bool real = dtype == FSNN_F32 || dtype == FSNN_F64;
        t->at[c] = (size_t)k * size;
        t->size[c] = size;
        t->head.dtype[c] = dtype;
        snprintf(t->head.name[c], HDF_EVENT_NAME, "%.1s", order + k);
        if (order[k] == 't' && real)
            snprintf(t->head.name[c], HDF_EVENT_NAME, "%s", real_time);
    }
    return settle(t, set, dim[0], t->row);
}

/* ---- records ---- */

/* Member i of the type as a column, if it is one. */
static void choose_member(hdf_table *t, hid_t type, unsigned i, const hdf_events_request *r,
                          int rank[HDF_EVENT_COLUMNS], int member[HDF_EVENT_COLUMNS])
{
    char *name = h5.Tget_member_name(type, i);
    int its, c = name ? r->find(name, strlen(name), &its) : -1;
    t->head.others++;
    if (c >= 0 && c < HDF_EVENT_COLUMNS && its < rank[c] && strlen(name) < HDF_EVENT_NAME) {
        t->head.others -= member[c] < 0;
        member[c] = (int)i;
        rank[c] = its;
        snprintf(t->head.name[c], HDF_EVENT_NAME, "%s", name);
    }
    h5.free_memory(name);
}

static int open_records(hdf_table *t, hid_t set, hid_t type, uint64_t rows,
                        const hdf_events_request *r)
{
    int rank[HDF_EVENT_COLUMNS], member[HDF_EVENT_COLUMNS], n = h5.Tget_nmembers(type);
    hid_t memory[HDF_EVENT_COLUMNS];
    for (int c = 0; c < HDF_EVENT_COLUMNS; c++)
        rank[c] = INT_MAX, member[c] = -1;
    for (int i = 0; i < n; i++)
        choose_member(t, type, (unsigned)i, r, rank, member);
    for (int c = 0; c < HDF_EVENT_COLUMNS; c++) {
        hid_t its = member[c] >= 0 ? h5.Tget_member_type(type, (unsigned)member[c]) : -1;
        memory[c] = its >= 0 ? type_of(its, &t->head.dtype[c], &t->size[c]) : -1;
        if (memory[c] < 0)
            return 0;
        t->at[c] = t->row;
        t->row += t->size[c];
    }
    t->type[0] = h5.Tcreate(H5T_COMPOUND, t->row);
    for (int c = 0; c < HDF_EVENT_COLUMNS; c++)
        if (t->type[0] < 0 || h5.Tinsert(t->type[0], t->head.name[c], t->at[c], memory[c]) < 0)
            return FSNN_EMEMORY;
    t->count = (int64_t)rows;
    return settle(t, set, rows, h5.Tget_size(type));
}

/* ---- columns ---- */

/* A data set of the group as a column, in the place of one of a higher rank; 1: it is one. */
static int choose_column(hdf_table *t, hid_t set, const char *name, const hdf_events_request *r,
                         int rank[HDF_EVENT_COLUMNS])
{
    hsize_t dim[2];
    int its, c = r->find(name, strlen(name), &its);
    if (c < 0 || c >= HDF_EVENT_COLUMNS || its >= rank[c] || strlen(name) >= HDF_EVENT_NAME ||
        shape_of(set, dim) != 1)
        return 0;
    hid_t type = h5.Dget_type(set);
    int32_t dtype = 0;
    size_t size = 0;
    hid_t memory = type >= 0 ? type_of(type, &dtype, &size) : -1;
    if (memory < 0)
        return 0;
    t->head.others += t->set[c] >= 0;
    if (t->set[c] >= 0)
        h5.Dclose(t->set[c]);
    rank[c] = its;
    t->set[c] = set;
    t->type[c] = memory;
    t->size[c] = size;
    t->head.dtype[c] = dtype;
    snprintf(t->head.name[c], HDF_EVENT_NAME, "%s", name);
    return 1;
}

/* A data set with one whole number, the side of the sensor. */
static bool read_side(hid_t set, const char *name, hdf_events_head *head)
{
    int32_t *to = !strcmp(name, "width")    ? &head->width
                  : !strcmp(name, "height") ? &head->height
                                            : NULL;
    hid_t space = to ? h5.Dget_space(set) : -1;
    int64_t value = 0;
    if (space < 0 || h5.Sget_simple_extent_npoints(space) != 1 ||
        h5.Dread(set, *h5.T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value) < 0)
        return false;
    *to = value >= 1 && value <= INT32_MAX ? (int32_t)value : -1;
    return true;
}

static void look_at(hdf_table *t, const char *name, const hdf_events_request *r,
                    int rank[HDF_EVENT_COLUMNS])
{
    H5L_info_t link;
    if (h5.Lget_info(t->group, name, &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD)
        return;
    hid_t object = h5.Oopen(t->group, name, H5P_DEFAULT);
    if (object < 0 || h5.Iget_type(object) != H5I_DATASET) {
        if (object >= 0)
            h5.Oclose(object);
        return;
    }
    if (choose_column(t, object, name, r, rank))
        return;
    if (!strcmp(name, "t_offset"))
        t->head.t_offset++;
    else if (!strcmp(name, "ms_to_idx"))
        t->head.ms_to_idx++;
    else
        t->head.others += !read_side(object, name, &t->head);
    h5.Oclose(object);
}

/* A group with some of the columns was to be a table, but the root, which may hold anything. */
static int check_there(const hdf_table *t)
{
    static const char letter[HDF_EVENT_COLUMNS + 1] = "xytp";
    int missing = -1, there = 0;
    for (int c = 0; c < HDF_EVENT_COLUMNS; c++) {
        there += t->set[c] >= 0;
        missing = missing < 0 && t->set[c] < 0 ? c : missing;
    }
    if (missing >= 0 && there > 1 && *t->where)
        return fsnn_fail(
            FSNN_EFORMAT,
            "%s: /%s has no data set %c of numbers, one an event; a recording holds x, "
            "y, t and p",
            t->path, t->where, letter[missing]);
    return missing < 0;
}

static int check_columns(hdf_table *t)
{
    hsize_t dim[2] = {0}, first = 0;
    int there = check_there(t);
    if (there < 1)
        return there;
    for (int c = 0; c < HDF_EVENT_COLUMNS; c++) {
        shape_of(t->set[c], dim);
        first = c ? first : dim[0];
        if (dim[0] != first)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: /%s: %s has %llu numbers, but %s has %llu: one an event is "
                             "expected",
                             t->path, t->where, t->head.name[c], (unsigned long long)dim[0],
                             t->head.name[0], (unsigned long long)first);
        int status = settle(t, t->set[c], first, t->size[c]);
        if (status < 0)
            return status;
    }
    t->count = (int64_t)first;
    return 1;
}

static int open_columns(hdf_table *t, const hdf_events_request *r)
{
    H5G_info_t about;
    int rank[HDF_EVENT_COLUMNS];
    for (int c = 0; c < HDF_EVENT_COLUMNS; c++)
        rank[c] = INT_MAX;
    if (h5.Gget_info(t->group, &about) < 0)
        return damaged(t);
    for (hsize_t i = 0; i < about.nlinks; i++) {
        char name[256];
        ssize_t n = h5.Lget_name_by_idx(t->group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name,
                                        sizeof name, H5P_DEFAULT);
        if (n < 1)
            return damaged(t);
        if (n < (ssize_t)sizeof name)
            look_at(t, name, r, rank);
    }
    return check_columns(t);
}

/* ---- opening ---- */

/* The object of this name in a group; *at -1: there is none. */
static fsnn_status open_part(const hdf_table *t, hid_t group, const char *name, hid_t *at)
{
    H5L_info_t link;
    *at = -1;
    if (h5.Iget_type(group) != H5I_GROUP || h5.Lexists(group, name, H5P_DEFAULT) <= 0)
        return FSNN_OK;
    if (h5.Lget_info(group, name, &link, H5P_DEFAULT) < 0)
        return damaged(t);
    if (link.type != H5L_TYPE_HARD)
        return hdf_elsewhere(t->path, name, "a link to somewhere else");
    *at = h5.Oopen(group, name, H5P_DEFAULT);
    return *at < 0 ? damaged(t) : FSNN_OK;
}

/* What stands at the table's place; *at -1: nothing. */
static fsnn_status open_place(const hdf_table *t, hid_t file, hid_t *at)
{
    const char *where = t->where;
    fsnn_status status = FSNN_OK;
    *at = h5.Oopen(file, "/", H5P_DEFAULT);
    while (*at >= 0 && *where && !status) {
        char part[64];
        size_t n = strcspn(where, "/");
        hid_t next;
        snprintf(part, sizeof part, "%.*s", (int)n, where);
        status = open_part(t, *at, part, &next);
        h5.Oclose(*at);
        *at = next;
        where += n + (where[n] == '/');
    }
    return status;
}

int hdf_table_open(hdf_table *t, hid_t file, const hdf_events_request *r, const char *where,
                   const char *order, const char *real_time)
{
    *t = (hdf_table){.path = r->path, .where = where, .group = -1};
    for (int c = 0; c < HDF_EVENT_COLUMNS; c++)
        t->set[c] = -1;
    hid_t object;
    fsnn_status status = open_place(t, file, &object);
    if (status || object < 0)
        return (int)status;
    if (h5.Iget_type(object) == H5I_GROUP) {
        t->group = object;
        return open_columns(t, r);
    }
    hsize_t dim[2] = {0};
    hid_t type = h5.Iget_type(object) == H5I_DATASET ? h5.Dget_type(object) : -1;
    if (type < 0) {
        h5.Oclose(object);
        return 0;
    }
    t->set[0] = object;
    int rank = shape_of(object, dim);
    if (rank == 2)
        return open_rows(t, object, type, dim, order, real_time, r);
    return rank == 1 && h5.Tget_class(type) == H5T_COMPOUND
               ? open_records(t, object, type, dim[0], r)
               : 0;
}

void hdf_table_close(hdf_table *t)
{
    for (int c = 0; c < HDF_EVENT_COLUMNS; c++)
        if (t->set[c] >= 0)
            h5.Oclose(t->set[c]);
    if (t->group >= 0)
        h5.Oclose(t->group);
}

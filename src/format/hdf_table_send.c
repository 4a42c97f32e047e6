/* format/hdf_table_send.c: the numbers of a table, piece by piece. */
#include "format/hdf_table.h"

#include <string.h>

enum { LEAST = 1 << 16, CACHE = 64 << 20 };

/* Rows that are read at once: a chunk, so that each is unpacked once. */
static int64_t piece_of(const hdf_table *t)
{
    hid_t how = h5.Dget_create_plist(t->set[0]);
    hsize_t dim[2] = {0};
    if (how >= 0 && h5.Pget_layout(how) == H5D_CHUNKED && h5.Pget_chunk(how, 2, dim) < 1)
        dim[0] = 0;
    if (how >= 0)
        h5.Pclose(how);
    int64_t chunk = dim[0] < HDF_EVENT_PIECE ? (int64_t)dim[0] : HDF_EVENT_PIECE;
    int64_t times = chunk > 0 && chunk < LEAST ? LEAST / chunk : 1;
    return chunk > 0 ? chunk * times : LEAST;
}

static bool read_part(hid_t set, hid_t type, int64_t first, int64_t n, bool wide, void *out)
{
    hsize_t start[2] = {(hsize_t)first, 0}, length[2] = {(hsize_t)n, HDF_EVENT_COLUMNS};
    int rank = wide ? 2 : 1;
    hid_t space = h5.Dget_space(set), memory = h5.Screate_simple(rank, length, NULL);
    bool good = space >= 0 && memory >= 0 &&
                h5.Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, length, NULL) >= 0 &&
                h5.Dread(set, type, memory, space, H5P_DEFAULT, out) >= 0;
    if (space >= 0)
        h5.Sclose(space);
    if (memory >= 0)
        h5.Sclose(memory);
    return good;
}

static void pick(const uint8_t *row, size_t stride, int64_t n, size_t size, uint8_t *out)
{
    for (int64_t i = 0; i < n; i++, row += stride, out += size)
        memcpy(out, row, size);
}

static fsnn_status damaged(const hdf_table *t, int64_t first, int64_t n)
{
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: /%s: events %lld to %lld cannot be read: the file is damaged or cut "
                     "short",
                     t->path, t->where, (long long)first, (long long)(first + n - 1));
}

/* rows [n * t->row] and column [n * 8] are room. */
static fsnn_status send_piece(guard *g, const hdf_table *t, int64_t first, int64_t n, uint8_t *rows,
                              uint8_t *column)
{
    bool wide = t->row && h5.Tget_class(t->type[0]) != H5T_COMPOUND;
    if (t->row && !read_part(t->set[0], t->type[0], first, n, wide, rows))
        return damaged(t, first, n);
    FSNN_TRY(guard_put(g, &n, sizeof n));
    for (int c = 0; c < HDF_EVENT_COLUMNS; c++) {
        if (t->row)
            pick(rows + t->at[c], t->row, n, t->size[c], column);
        else if (!read_part(t->set[c], t->type[c], first, n, false, column))
            return damaged(t, first, n);
        FSNN_TRY(guard_put(g, column, (size_t)n * t->size[c]));
    }
    return FSNN_OK;
}

/* Opens the data sets anew with room for a chunk of any usual size in their caches. */
static bool widen_caches(hdf_table *t)
{
    hid_t access = h5.Pcreate(*h5.P_DATASET_ACCESS);
    bool good = access >= 0 && h5.Pset_chunk_cache(access, 12421, CACHE, 1.0) >= 0;
    for (int c = 0; c < HDF_EVENT_COLUMNS && good; c++) {
        char name[256];
        ssize_t length = t->set[c] >= 0 ? h5.Iget_name(t->set[c], name, sizeof name) : 0;
        if (length < 1 || length >= (ssize_t)sizeof name)
            continue;
        hid_t file = h5.Iget_file_id(t->set[c]);
        h5.Dclose(t->set[c]);
        t->set[c] = h5.Dopen2(file, name, access);
        h5.Fclose(file);
        good = t->set[c] >= 0;
    }
    if (access >= 0)
        h5.Pclose(access);
    return good;
}

fsnn_status hdf_table_send(guard *g, hdf_table *t)
{
    t->head.count = t->count;
    FSNN_TRY(guard_put(g, &t->head, sizeof t->head));
    if (!widen_caches(t))
        return damaged(t, 0, 1);
    int64_t piece = piece_of(t);
    piece = piece < t->count ? piece : t->count;
    uint8_t *rows = fsnn_alloc((size_t)piece * t->row + 1),
            *column = fsnn_alloc((size_t)piece * 8 + 1);
    fsnn_status status = rows && column ? FSNN_OK : FSNN_EMEMORY;
    for (int64_t first = 0; first < t->count && !status; first += piece)
        status = send_piece(g, t, first, t->count - first < piece ? t->count - first : piece, rows,
                            column);
    fsnn_free(rows);
    fsnn_free(column);
    return status;
}

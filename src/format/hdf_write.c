/* format/hdf_write.c: a tree as an HDF5 file, by the HDF5 library, made in memory and then written
 * whole or not at all. Numbers are little-endian, contiguous and not packed, texts UTF-8 of their
 * own length; there are no times in it, so that the same tree gives the same bytes. */
#include "format/hdf_tree.h"

#include "format/hdf_library.h"

typedef struct writer {
    const hdf_tree *tree;
    hid_t *id; /* [items] of groups that are open */
    hid_t group_form, set_form, text;
} writer;

static hid_t type_in_file(const writer *w, const hdf_item *item)
{
    if (item->kind == HDF_WORDS)
        return w->text;
    if (item->kind == HDF_WHOLE)
        return *h5.T_STD_I64LE;
    return item->single ? *h5.T_IEEE_F32LE : *h5.T_IEEE_F64LE;
}

static hid_t type_in_memory(const writer *w, const hdf_item *item)
{
    if (item->kind == HDF_WORDS)
        return w->text;
    return item->kind == HDF_WHOLE ? *h5.T_NATIVE_INT64 : *h5.T_NATIVE_DOUBLE;
}

static const void *values_of(const hdf_item *item)
{
    if (item->kind == HDF_WORDS)
        return item->text;
    return item->kind == HDF_WHOLE ? (const void *)item->whole : item->real;
}

static bool write_set(const writer *w, const hdf_item *item)
{
    hsize_t dim[HDF_RANK];
    for (int d = 0; d < item->rank; d++)
        dim[d] = (hsize_t)item->dim[d];
    hid_t space = item->rank ? h5.Screate_simple(item->rank, dim, NULL) : h5.Screate(H5S_SCALAR);
    hid_t set = space < 0 ? -1
                          : h5.Dcreate2(w->id[item->parent], item->name, type_in_file(w, item),
                                        space, H5P_DEFAULT, w->set_form, H5P_DEFAULT);
    bool good =
        set >= 0 && (!hdf_count(item) || h5.Dwrite(set, type_in_memory(w, item), H5S_ALL, H5S_ALL,
                                                   H5P_DEFAULT, values_of(item)) >= 0);
    if (set >= 0)
        h5.Dclose(set);
    if (space >= 0)
        h5.Sclose(space);
    return good;
}

static bool write_items(writer *w, hid_t file)
{
    w->id[0] = file;
    for (int i = 1; i < w->tree->count; i++) {
        const hdf_item *item = &w->tree->item[i];
        if (item->kind == HDF_GROUP) {
            w->id[i] = h5.Gcreate2(w->id[item->parent], item->name, H5P_DEFAULT, w->group_form,
                                   H5P_DEFAULT);
            if (w->id[i] < 0)
                return false;
        } else if (item->kind != HDF_OTHER && !write_set(w, item)) {
            return false;
        }
    }
    return true;
}

static bool prepare(writer *w)
{
    w->group_form = h5.Pcreate(*h5.P_GROUP_CREATE);
    w->set_form = h5.Pcreate(*h5.P_DATASET_CREATE);
    w->text = h5.Tcopy(*h5.T_C_S1);
    return w->group_form >= 0 && w->set_form >= 0 && w->text >= 0 &&
           h5.Pset_obj_track_times(w->group_form, false) >= 0 &&
           h5.Pset_obj_track_times(w->set_form, false) >= 0 &&
           h5.Tset_size(w->text, H5T_VARIABLE) >= 0 && h5.Tset_cset(w->text, H5T_CSET_UTF8) >= 0;
}

static void close_groups(writer *w)
{
    for (int i = 1; i < w->tree->count; i++)
        if (w->id[i] > 0)
            h5.Gclose(w->id[i]);
    if (w->group_form >= 0)
        h5.Pclose(w->group_form);
    if (w->set_form >= 0)
        h5.Pclose(w->set_form);
    if (w->text >= 0)
        h5.Tclose(w->text);
}

/* The bytes of the file (fsnn_free); NULL: the library failed, or memory is out. */
static void *image(const hdf_tree *tree, hid_t *id, size_t *size)
{
    enum { GROWTH = 1 << 20 };
    writer w = {.tree = tree, .id = id, .group_form = -1, .set_form = -1, .text = -1};
    hid_t access = h5.Pcreate(*h5.P_FILE_ACCESS), file = -1;
    void *bytes = NULL;
    if (access >= 0 && h5.Pset_fapl_core(access, GROWTH, false) >= 0)
        file = h5.Fcreate("fsnn in memory", HDF_TRUNCATE, H5P_DEFAULT, access);
    if (file >= 0 && prepare(&w) && write_items(&w, file) &&
        h5.Fflush(file, H5F_SCOPE_LOCAL) >= 0) {
        ssize_t length = h5.Fget_file_image(file, NULL, 0);
        bytes = length > 0 ? fsnn_alloc((size_t)length) : NULL;
        *size = (size_t)length;
        if (bytes && h5.Fget_file_image(file, bytes, *size) != length) {
            fsnn_free(bytes);
            bytes = NULL;
        }
    }
    close_groups(&w);
    if (file >= 0)
        h5.Fclose(file);
    if (access >= 0)
        h5.Pclose(access);
    return bytes;
}

fsnn_status hdf_tree_write(const char *path, const hdf_tree *tree)
{
    size_t size = 0;
    fsnn_file file = {0};
    H5E_auto2_t print;
    void *user;
    FSNN_TRY(hdf_library_load(path));
    hid_t *id = fsnn_alloc((size_t)tree->count * sizeof *id);
    if (!id)
        return FSNN_EMEMORY;
    h5.Eget_auto2(H5E_DEFAULT, &print, &user);
    h5.Eset_auto2(H5E_DEFAULT, NULL, NULL);
    void *bytes = image(tree, id, &size);
    h5.Eset_auto2(H5E_DEFAULT, print, user);
    fsnn_free(id);
    if (!bytes)
        return fsnn_fail(FSNN_EMEMORY, "%s: the HDF5 library could not make the file in memory",
                         path);
    fsnn_status status = fsnn_file_create(&file, path);
    if (!status) {
        fwrite(bytes, 1, size, file.stream);
        status = fsnn_file_commit(&file);
    }
    fsnn_free(bytes);
    return status;
}

/* format/hdf_storage.c: see hdf_storage.h. */
#include "format/hdf_storage.h"

#include "format/file_kind.h"

/* The default driver asks for the real path of what a link leads to, which a file without a name
 * lacks. */
static hid_t open_place(const char *place, bool nameless)
{
    hid_t driver = h5.Pcreate(*h5.P_FILE_ACCESS);
    if (nameless)
        h5.Pset_fapl_stdio(driver);
    hid_t id = h5.Fopen(place, HDF_READ_ONLY, driver);
    h5.Pclose(driver);
    return id;
}

fsnn_status hdf_open(const char *path, const char *place, const char *expected, hid_t *file)
{
    bool packed = place != path;
    *file = -1;
    if (h5.Fis_hdf5(place) <= 0)
        return packed
                   ? fsnn_fail(FSNN_EFORMAT, "%s: what gzip packed there is not %s", path, expected)
                   : file_kind_fail_at(path, expected);
    *file = open_place(place, packed);
    if (*file >= 0)
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: the HDF5 library cannot open it: it is damaged or cut short", path);
}

fsnn_status hdf_elsewhere(const char *path, const char *name, const char *how)
{
    return fsnn_fail(FSNN_EUNSUPPORTED,
                     "%s: %s is %s, which is not opened: data must lie in the file itself", path,
                     name, how);
}

static const char *known_filter(H5Z_filter_t id)
{
    static const struct {
        H5Z_filter_t id;
        const char *name;
    } names[] = {{36559, "ECF, Prophesee's codec of events"},
                 {32001, "Blosc"},
                 {32026, "Blosc2"},
                 {32015, "Zstandard"},
                 {32004, "LZ4"},
                 {32008, "bitshuffle"},
                 {32000, "LZF"},
                 {307, "bzip2"},
                 {H5Z_FILTER_SZIP, "szip"}};
    for (int i = 0; i < FSNN_COUNT(names); i++)
        if (names[i].id == id)
            return names[i].name;
    return NULL;
}

/* That what packed a data set is there to unpack it. */
static fsnn_status check_filters(const char *path, const char *name, hid_t how)
{
    int count = how >= 0 ? h5.Pget_nfilters(how) : 0;
    for (int i = 0; i < count; i++) {
        char filter[128] = "";
        unsigned flags;
        size_t values = 0;
        H5Z_filter_t id =
            h5.Pget_filter2(how, (unsigned)i, &flags, &values, NULL, sizeof filter, filter, NULL);
        filter[sizeof filter - 1] = 0;
        if (id < 0)
            return fsnn_fail(FSNN_EFORMAT, "%s: %s cannot be read: the file is damaged", path,
                             name);
        if (h5.Zfilter_avail(id) <= 0)
            return fsnn_fail(FSNN_EUNSUPPORTED,
                             "%s: %s is packed by the filter %d (%s), which is not there: set "
                             "HDF5_PLUGIN_PATH to the folder of its plugin for HDF5, or unpack the "
                             "file by h5repack -f NONE where there is one",
                             path, name, (int)id,
                             known_filter(id) ? known_filter(id)
                             : *filter        ? filter
                                              : "without a name");
    }
    return FSNN_OK;
}

fsnn_status hdf_check_storage(const char *path, const char *name, hid_t set)
{
    hid_t how = h5.Dget_create_plist(set);
    int external = how >= 0 ? h5.Pget_external_count(how) : -1;
    bool foreign = how >= 0 && h5.Pget_layout(how) == H5D_VIRTUAL;
    fsnn_status status = check_filters(path, name, how);
    if (how >= 0)
        h5.Pclose(how);
    FSNN_TRY(status);
    if (foreign)
        return hdf_elsewhere(path, name,
                             "put together from other data sets (virtual), also of other files");
    return external == 0 ? FSNN_OK
                         : hdf_elsewhere(path, name, "kept in another file (external storage)");
}

/* format/hdf_storage.c: whether the data of an HDF5 file lie in it. */
#include "format/hdf_storage.h"

fsnn_status hdf_elsewhere(const char *path, const char *name, const char *how)
{
    return fsnn_fail(FSNN_EUNSUPPORTED,
                     "%s: %s is %s, which is not opened: data must lie in the file itself", path,
                     name, how);
}

fsnn_status hdf_check_storage(const char *path, const char *name, hid_t set)
{
    hid_t how = H5Dget_create_plist(set);
    int external = how >= 0 ? H5Pget_external_count(how) : -1;
    bool foreign = how >= 0 && H5Pget_layout(how) == H5D_VIRTUAL;
    if (how >= 0)
        H5Pclose(how);
    if (foreign)
        return hdf_elsewhere(path, name,
                             "put together from other data sets (virtual), also of other files");
    return external == 0 ? FSNN_OK
                         : hdf_elsewhere(path, name, "kept in another file (external storage)");
}

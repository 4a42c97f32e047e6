/* format/hdf_write_absent.c: HDF5 files where fsnn is built without the HDF5 library. */
#include "format/hdf_tree.h"

#include "base/absent.h"

fsnn_status hdf_tree_write(const char *path, const hdf_tree *tree)
{
    (void)tree;
    return fsnn_absent(path, "HDF5", "FSNN_HDF5");
}

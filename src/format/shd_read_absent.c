/* format/shd_read_absent.c: spike trains in HDF5 where fsnn is built without the HDF5 library. */
#include "format/shd_read.h"

#include "base/absent.h"

fsnn_status shd_send(guard *g, const char *path, bool names_only)
{
    (void)g;
    (void)names_only;
    return fsnn_absent(path, "HDF5", "FSNN_HDF5");
}

/* format/hdf_send_absent.c: HDF5 files where fsnn is built without the HDF5 library. */
#include "format/hdf_tree.h"

#include "base/absent.h"

fsnn_status hdf_send(guard *g, const hdf_request *request)
{
    (void)g;
    return fsnn_absent(request->path, "HDF5", "FSNN_HDF5");
}

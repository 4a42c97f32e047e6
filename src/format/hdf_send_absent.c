/* format/hdf_send_absent.c: HDF5 files where fsnn is built without the HDF5 library. */
#include "format/hdf_program.h"
#include "format/hdf_tree.h"

fsnn_status hdf_send(guard *g, const hdf_request *request)
{
    return hdf_by_program(g, request->path, request->path, "tree");
}

/* format/shd_read_absent.c: spike trains in HDF5 where fsnn is built without the HDF5 library. */
#include "format/hdf_program.h"
#include "format/shd_read.h"

fsnn_status shd_send(guard *g, const char *path, const char *place, bool names_only)
{
    return hdf_by_program(g, path, place, names_only ? "names" : "trains");
}

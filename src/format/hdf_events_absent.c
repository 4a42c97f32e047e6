/* format/hdf_events_absent.c: events in HDF5 where fsnn is built without the HDF5 library. */
#include "format/hdf_events.h"
#include "format/hdf_program.h"

fsnn_status hdf_events_send(guard *g, const hdf_events_request *request)
{
    return hdf_by_program(g, request->path, request->place, request->look ? "events?" : "events");
}

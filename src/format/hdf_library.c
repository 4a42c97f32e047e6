/* format/hdf_library.c: the functions of the HDF5 library, by their names. */
#include "format/hdf_library.h"

#ifdef FSNN_HDF5_LIBRARY

#include "base/port_library.h"

#include <stdlib.h>

/* H5name is a macro for some, which stands for the version of the function in the header. */
#define NAME(name) #name
#define NAME_OF(name) NAME(name)

hdf_library h5;

static bool functions(void *at)
{
    bool all = true;
#define X(name) all = port_library_find(at, NAME_OF(H5##name), &h5.name) && all;
    HDF_FUNCTIONS(X)
#undef X
#define X(name, variable) all = port_library_find(at, #variable, &h5.name) && all;
    HDF_NUMBERS(X)
#undef X
    return all;
}

fsnn_status hdf_library_load(const char *path)
{
    static bool loaded;
    if (loaded)
        return FSNN_OK;
    const char *reason = "it lacks functions of HDF5", *named = getenv("FSNN_HDF5_LIBRARY");
    const bool own = named && *named;
    void *at = port_library_open(own ? named : FSNN_HDF5_LIBRARY, &reason);
    loaded = at && functions(at) && h5.open() >= 0;
    if (!loaded && own)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: the HDF5 library %.200s, which the environment variable "
                         "FSNN_HDF5_LIBRARY names, cannot be loaded (%s): unset it, or name one of "
                         "the version that fsnn was built with",
                         path, named, reason);
    if (!loaded)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: the HDF5 library that fsnn was built with cannot be loaded (%s): "
                         "install it (Debian 12: libhdf5-103-1)",
                         path, reason);
    return FSNN_OK;
}

#else

#define X(name) .name = H5##name,
#define XX(name, variable) .name = &variable,
hdf_library h5 = {HDF_FUNCTIONS(X) HDF_NUMBERS(XX)};

fsnn_status hdf_library_load(const char *path)
{
    return h5.open() >= 0
               ? FSNN_OK
               : fsnn_fail(FSNN_EUNSUPPORTED, "%s: the HDF5 library does not start", path);
}

#endif

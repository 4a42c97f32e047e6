/* base/absent.h: the sentence of what this build was made without. A file X.c that needs a library
 * the build can do without has a form X_absent.c, which the build takes in its place
 * (cmake/Dependencies.cmake). */
#ifndef FSNN_BASE_ABSENT_H
#define FSNN_BASE_ABSENT_H

#include "base/base.h"

/* "samples.h5: fsnn was built without HDF5: configure it with -DFSNN_HDF5=ON"; FSNN_EUNSUPPORTED */
#define fsnn_absent(what, library, option)                                                         \
    fsnn_fail(FSNN_EUNSUPPORTED, "%s: fsnn was built without %s: configure it with -D%s=ON", what, \
              library, option)

#endif

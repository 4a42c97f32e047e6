/* format/shd_read.h: spike trains in HDF5, read where the HDF5 library may crash. */
#ifndef FSNN_FORMAT_SHD_READ_H
#define FSNN_FORMAT_SHD_READ_H

#include "base/guard.h"

/* Most names of classes, and bytes of each. */
enum { SHD_NAMES = 4096, SHD_NAME = 255 };

/* In the child: what format/shd_read.c says that it gives. `path` begins the sentences, `place` is
 * opened: the same, or what gzip packed there (format/plain_file.h). */
fsnn_status shd_send(guard *g, const char *path, const char *place, bool names_only);

#endif

/* data/shd.h: the inside of reading spike trains in HDF5. */
#ifndef FSNN_DATA_SHD_H
#define FSNN_DATA_SHD_H

#include "base/guard.h"

/* How long the child may take for the next 64 samples, in seconds of processor time and of any.
 * Tests are less patient. */
extern struct shd_patience {
    double busy, silence;
} shd_patience;

/* Most names of classes, and bytes of each. */
enum { SHD_NAMES = 4096, SHD_NAME = 255 };

/* In the child: what data/shd_read.c says that it gives. */
fsnn_status shd_send(guard *g, const char *path, bool names_only);

#endif

/* data/series/shd.h: the inside of spike trains in HDF5. */
#ifndef FSNN_DATA_SHD_H
#define FSNN_DATA_SHD_H

#include "format/shd_read.h"

/* How long the child may take for the next 64 samples, in seconds of processor time and of any.
 * Tests are less patient. */
extern struct shd_patience {
    double busy, silence;
} shd_patience;

#endif

/* format/hdf_storage.h: what every reader by the HDF5 library asks of a file: that its data lie in
 * it. A file can name others that hold its data, by links or as its storage; they are not read:
 * nobody who opens a file expects that another is opened. */
#ifndef FSNN_FORMAT_HDF_STORAGE_H
#define FSNN_FORMAT_HDF_STORAGE_H

#include "base/base.h"

#include <hdf5.h>

/* FSNN_EUNSUPPORTED with a sentence: `name` is `how`. */
fsnn_status hdf_elsewhere(const char *path, const char *name, const char *how);
/* Whether the numbers of a data set lie in the file. */
fsnn_status hdf_check_storage(const char *path, const char *name, hid_t set);

#endif

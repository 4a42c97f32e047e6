/* format/hdf_storage.h: what every reader by the HDF5 library asks of a file: that it opens, that
 * its data lie in it, and that what packed them is there. A file can name others that hold its
 * data, by links or as its storage; they are not read: nobody who opens a file expects that another
 * is opened. */
#ifndef FSNN_FORMAT_HDF_STORAGE_H
#define FSNN_FORMAT_HDF_STORAGE_H

#include "base/base.h"

#include "format/hdf_library.h"

/* Opens `place`: the file at `path`, or what gzip packed there (format/plain_file.h). FSNN_EFORMAT;
 * `expected` follows "expected is". */
fsnn_status hdf_open(const char *path, const char *place, const char *expected, hid_t *file);
/* FSNN_EUNSUPPORTED with a sentence: `name` is `how`. */
fsnn_status hdf_elsewhere(const char *path, const char *name, const char *how);
/* Whether the numbers of a data set lie in the file, packed by filters that are there. */
fsnn_status hdf_check_storage(const char *path, const char *name, hid_t set);

#endif

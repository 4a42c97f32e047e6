/* format/hdf_program.h: HDF5 files read by another program, for builds without the HDF5 library.
 * The environment variable FSNN_HDF5_READER names it and its first arguments, separated by colons;
 * the Python package sets it where h5py is installed. The program gets two more arguments, what to
 * read (trains, names or tree) and the file, and writes to its stdout what the child process of
 * the same reader writes with the library (format/shd_read.c, format/hdf_tree.h), in pieces: an
 * int64 length and as many bytes. Length 0 ends it; a length of -1 does, too, if the file cannot
 * be read: an int64 length and a sentence follow. */
#ifndef FSNN_FORMAT_HDF_PROGRAM_H
#define FSNN_FORMAT_HDF_PROGRAM_H

#include "base/guard.h"

/* In the child (base/guard.h). `path` begins the sentences; the program reads `place`. Errors:
 * FSNN_EUNSUPPORTED (no program is named), FSNN_EFORMAT (the file cannot be read), FSNN_EIO (the
 * program does not start, or ends too early). */
fsnn_status hdf_by_program(guard *g, const char *path, const char *place, const char *what);

#endif

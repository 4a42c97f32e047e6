/* base/file_stale.h: what processes that were killed left of the files they were writing. */
#ifndef FSNN_FILE_STALE_H
#define FSNN_FILE_STALE_H

#include "base/base.h"

/* Files are written as PATH.tmp-PID-RANDOM (versions before: PATH.tmp-PID). */
#define FSNN_STALE_NAME ".tmp-"

/* Removes them in a directory, but those that are being written: of all names, or (not NULL) of
 * `name`. What cannot be looked at or removed stays. */
void file_stale_remove(const char *directory, const char *name);
/* The same beside a file. FSNN_EMEMORY. */
fsnn_status file_stale_remove_of(const char *path);
/* The directory that a file lies in (fsnn_free), NULL when memory is out. */
char *file_directory_of(const char *path);

#endif

/* format/unpacked.h: a file for a library that opens it by its path: what gzip packed is unpacked
 * into a file without a name. */
#ifndef FSNN_FORMAT_UNPACKED_H
#define FSNN_FORMAT_UNPACKED_H

#include "base/port_files.h"

typedef struct unpacked {
    const char *path; /* to open: the file itself, or what it was unpacked into */
    int64_t size;     /* bytes behind that path */
    FILE *file;       /* NULL: it was not packed */
    char own[PORT_NAMELESS];
} unpacked;

/* `path` is borrowed. Errors: FSNN_EIO (it cannot be read, no place for what was packed),
 * FSNN_EFORMAT (gzip is damaged), FSNN_EUNSUPPORTED (gzip without zlib), FSNN_EMEMORY. */
fsnn_status unpacked_open(unpacked *u, const char *path);
/* Harmless after an error, and on all zero. */
void unpacked_close(unpacked *u);

#endif

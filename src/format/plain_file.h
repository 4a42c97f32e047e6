/* format/plain_file.h: a file for a library that opens it by its path: what gzip packed is unpacked
 * into a file without a name. */
#ifndef FSNN_FORMAT_PLAIN_FILE_H
#define FSNN_FORMAT_PLAIN_FILE_H

#include "base/port_files.h"

typedef struct plain_file {
    const char *path; /* to open: the file itself, or what it was unpacked into */
    int64_t size;     /* bytes behind that path */
    FILE *file;       /* NULL: it was not packed */
    char own[PORT_NAMELESS];
} plain_file;

/* `path` is borrowed. Errors: FSNN_EIO (it cannot be read, no place for what was packed),
 * FSNN_EFORMAT (gzip is damaged), FSNN_EUNSUPPORTED (gzip without zlib), FSNN_EMEMORY. */
fsnn_status plain_file_open(plain_file *u, const char *path);
/* Harmless after an error, and on all zero. */
void plain_file_close(plain_file *u);

#endif

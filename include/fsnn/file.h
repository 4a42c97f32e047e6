/* fsnn/file.h: what a file is, and files that are replaced whole or not at all: written beside the
 * target under a name of their own, synced, renamed over it. So a program that is killed, or a
 * disk that is full, leaves the file that was there before. Devices and pipes are written to
 * directly. */
#ifndef FSNN_FILE_H
#define FSNN_FILE_H

#include <stdio.h>

#include <fsnn/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A file that is being written. */
typedef struct fsnn_file {
    FILE *stream; /* write here */
    /* the file it becomes, and PATH.tmp-PID-RANDOM, where it is written; owned. The latter is made
     * for this file alone: it is never one that was there before, nor a link to one. */
    char *path, *temporary;
} fsnn_file;

/* Begins a file. What processes that were killed left of earlier ones of this name is removed.
 * End with fsnn_file_commit or fsnn_file_abort. Errors: FSNN_EIO (which file, the system's reason),
 * FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_file_create(fsnn_file *file, const char *path);
/* Puts it in its place, for good when this returns. Writing to the stream needs no checks: this
 * tells of any that failed. Errors: FSNN_EIO (with the system's reason: disk full, ...); the old
 * file is then untouched. */
FSNN_API fsnn_status fsnn_file_commit(fsnn_file *file);
/* Leaves it, and the old file as it is. Harmless after either. */
FSNN_API void fsnn_file_abort(fsnn_file *file);

/* What a file is by its first bytes, in words that follow "is": "a PyTorch file (...)"; NULL if
 * unknown. `advice` (or NULL) gets what you can do with it, or NULL. The errors of readers already
 * contain this. */
FSNN_API const char *fsnn_file_kind(const char *path, const char **advice);

/* FSNN_EFORMAT with a sentence for a file that is a placeholder for the data: a pointer of Git LFS
 * or git-annex, a web page. FSNN_OK for others, also if the file cannot be opened. Readers do the
 * same. */
FSNN_API fsnn_status fsnn_file_check(const char *path);

#ifdef __cplusplus
}
#endif
#endif

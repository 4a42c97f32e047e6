/* base/port_files.h: what the system says of files and folders, and files as memory. */
#ifndef FSNN_BASE_PORT_FILES_H
#define FSNN_BASE_PORT_FILES_H

#include "base/base.h"

#include <stdio.h>

typedef struct port_about {
    bool folder, file;  /* neither: a device, a pipe */
    int64_t size;       /* bytes */
    int64_t changed[2]; /* when: seconds since 1970, nanoseconds */
} port_about;

/* What stands at a path, where links lead. False, with errno, where nothing can be seen there. */
bool port_look(const char *path, port_about *about);
/* The same of an open file; all zero where nothing can be seen. */
void port_look_stream(FILE *stream, port_about *about);
bool port_exists(const char *path);
bool port_is_folder(const char *path);
bool port_is_file(const char *path);

/* Makes a folder in one that is there. False, with errno, where neither it nor anything else of
 * this name is there then. */
bool port_make_folder(const char *path);
/* The path from the root, without links (fsnn_free); *real NULL: nothing is there. FSNN_EMEMORY. */
fsnn_status port_real_path(const char *path, char **real);

/* Removes a file or a link, never a folder. False with errno. */
bool port_remove(const char *path);
/* Removes an empty folder. False with errno. */
bool port_remove_folder(const char *path);
/* Removes a folder with all that is in it, hidden files too; links are not followed. False with
 * errno. */
bool port_remove_tree(const char *path);
/* Gives a file or folder another name, in the same file system; a file of that name goes. False
 * with errno. */
bool port_rename(const char *from, const char *to);
/* Makes the names in a folder last through a power cut, where the system can. */
void port_sync_folder(const char *path);

typedef struct port_names {
    char **name; /* [count] */
    int64_t count, capacity;
} port_names;

/* The names of what is in a folder, in no order, without hidden files, pipes, sockets and devices.
 * FSNN_ENOTFOUND where it cannot be opened as a folder and FSNN_EIO where reading fails, both with
 * errno and without a sentence; FSNN_EMEMORY. */
fsnn_status port_list(const char *folder, port_names *names);
void port_names_free(port_names *names);

/* A file of *size bytes that is open to be read anywhere in it, also by several threads at once.
 * What its name stands for later does not change it. NULL, with errno, where it cannot be opened;
 * port_close takes NULL. */
typedef struct port_file port_file;
port_file *port_open(const char *path, int64_t *size);
void port_close(port_file *file);
/* Exactly n bytes from byte `at` on. False where they cannot be read, errno 0 where they are not
 * there. */
bool port_read(const port_file *file, void *out, size_t n, int64_t at);

/* A file without a name, in TMPDIR or /tmp, to be written and read, that ends with its stream
 * (fclose), and a path under which this process and its children can open it meanwhile. NULL, with
 * errno. */
enum { PORT_NAMELESS = 32 };
FILE *port_nameless(char path[PORT_NAMELESS]);

/* Everything written to a file is on the disk, and it is not in its place yet: files that belong
 * together are put there once this has succeeded for all. FSNN_EIO as fsnn_file_commit. */
fsnn_status port_settle(fsnn_file *file);

/* Where a link leads, in `target` [size], which ends with 0; "" where there is no link. */
void port_link_target(const char *path, char *target, size_t size);

#endif

/* base/port_files.c: files and folders of POSIX systems. */
#include "base/port_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what stands at a path ---- */

static port_about about_of(const struct stat *s)
{
    return (port_about){.folder = S_ISDIR(s->st_mode),
                        .file = S_ISREG(s->st_mode),
                        .size = (int64_t)s->st_size,
                        .changed = {(int64_t)s->st_mtim.tv_sec, (int64_t)s->st_mtim.tv_nsec}};
}

bool port_look(const char *path, port_about *about)
{
    struct stat s;
    bool seen = stat(path, &s) == 0;
    *about = seen ? about_of(&s) : (port_about){0};
    return seen;
}

void port_look_stream(FILE *stream, port_about *about)
{
    struct stat s;
    *about = fstat(fileno(stream), &s) == 0 ? about_of(&s) : (port_about){0};
}

bool port_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool port_is_folder(const char *path)
{
    port_about about;
    return port_look(path, &about) && about.folder;
}

bool port_is_file(const char *path)
{
    port_about about;
    return port_look(path, &about) && about.file;
}

bool port_make_folder(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

bool port_remove(const char *path)
{
    return unlink(path) == 0;
}

bool port_remove_folder(const char *path)
{
    return rmdir(path) == 0;
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about, (void)kind, (void)at;
    return remove(path);
}

bool port_remove_tree(const char *path)
{
    enum { OPEN = 16 };
    return nftw(path, remove_entry, OPEN, FTW_DEPTH | FTW_PHYS) == 0;
}

bool port_rename(const char *from, const char *to)
{
    return rename(from, to) == 0;
}

void port_sync_folder(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return;
    (void)!fsync(folder);
    close(folder);
}

fsnn_status port_real_path(const char *path, char **real)
{
    char *found = realpath(path, NULL);
    *real = found ? fsnn_strdup(found) : NULL;
    fsnn_status status = found && !*real ? FSNN_EMEMORY : FSNN_OK;
    free(found);
    return status;
}

/* ---- folders ---- */

static fsnn_status add(port_names *names, const char *name)
{
    FSNN_TRY(
        fsnn_grow(&names->name, names->count, &names->capacity, names->count + 1, sizeof(char *)));
    names->name[names->count] = fsnn_strdup(name);
    return names->name[names->count] ? (names->count++, FSNN_OK) : FSNN_EMEMORY;
}

/* Opening a pipe without a writer waits for ever, and reading a device has no end. */
static bool listed(const struct dirent *entry)
{
    bool is_no_file = entry->d_type == DT_FIFO || entry->d_type == DT_SOCK ||
                      entry->d_type == DT_CHR || entry->d_type == DT_BLK;
    return entry->d_name[0] != '.' && !is_no_file;
}

static fsnn_status read_names(DIR *folder, port_names *names)
{
    const struct dirent *entry;
    for (errno = 0; (entry = readdir(folder)); errno = 0)
        if (listed(entry))
            FSNN_TRY(add(names, entry->d_name));
    return errno ? FSNN_EIO : FSNN_OK;
}

fsnn_status port_list(const char *folder, port_names *names)
{
    DIR *opened = opendir(folder);
    *names = (port_names){0};
    if (!opened)
        return FSNN_ENOTFOUND;
    fsnn_status status = read_names(opened, names);
    int reason = errno;
    closedir(opened);
    if (status < 0)
        port_names_free(names);
    errno = reason;
    return status;
}

void port_names_free(port_names *names)
{
    for (int64_t i = 0; i < names->count; i++)
        fsnn_free(names->name[i]);
    fsnn_free(names->name);
    *names = (port_names){0};
}

/* ---- files as memory ---- */

struct port_file {
    int descriptor;
};

port_file *port_open(const char *path, int64_t *size)
{
    struct stat s;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    port_file *file = descriptor < 0 ? NULL : fsnn_alloc(sizeof *file);
    if (file && fstat(descriptor, &s) == 0) {
        file->descriptor = descriptor;
        *size = (int64_t)s.st_size;
        return file;
    }
    if (descriptor >= 0)
        close(descriptor);
    fsnn_free(file);
    return NULL;
}

void port_close(port_file *file)
{
    if (file)
        close(file->descriptor);
    fsnn_free(file);
}

bool port_read(const port_file *file, void *out, size_t n, int64_t at)
{
    uint8_t *to = out;
    errno = 0;
    while (n > 0) {
        ssize_t got = pread(file->descriptor, to, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        at += got;
        n -= (size_t)got;
    }
    return true;
}

void port_link_target(const char *path, char *target, size_t size)
{
    ssize_t length = readlink(path, target, size - 1);
    target[length > 0 ? length : 0] = 0;
}

FILE *port_nameless(char path[PORT_NAMELESS])
{
    const char *folder = getenv("TMPDIR");
    char *name = fsnn_format("%s/fsnn-XXXXXX", folder && *folder ? folder : "/tmp");
    int descriptor = name ? mkstemp(name) : -1;
    if (descriptor >= 0)
        unlink(name);
    fsnn_free(name);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w+b");
    if (file)
        snprintf(path, PORT_NAMELESS, "/dev/fd/%d", descriptor);
    else if (descriptor >= 0)
        close(descriptor);
    return file;
}

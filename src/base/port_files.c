/* base/port_files.c: files and folders of POSIX systems. */
#include "base/port_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
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

static fsnn_status read_names(DIR *folder, port_names *names)
{
    const struct dirent *entry;
    for (errno = 0; (entry = readdir(folder)); errno = 0)
        if (entry->d_name[0] != '.')
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

const void *port_map(const char *path, size_t *size)
{
    struct stat s;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return NULL;
    void *map = fstat(file, &s) == 0 && s.st_size > 0
                    ? mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, file, 0)
                    : MAP_FAILED;
    close(file);
    if (map == MAP_FAILED)
        return NULL;
    *size = (size_t)s.st_size;
    return map;
}

void port_unmap(const void *map, size_t size)
{
    if (map)
        munmap((void *)map, size);
}

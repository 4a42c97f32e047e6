/* cli/kit/files.c: paths, directories and small text files. */
#include "cli/kit/kit.h"

#include <fsnn/file.h>

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void *cli_allocate(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p)
        exit(cli_error(CLI_FAILED, "out of memory (%zu elements of %zu bytes)", count, size));
    return p;
}

char *cli_format(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    char *text = cli_allocate((size_t)length + 1, 1);
    va_start(list, format);
    vsnprintf(text, (size_t)length + 1, format, list);
    va_end(list);
    return text;
}

char *cli_path(const char *directory, const char *name)
{
    size_t length = strlen(directory);
    bool slash = length > 0 && directory[length - 1] == '/';
    return cli_format("%s%s%s", directory, slash ? "" : "/", name);
}

/* Fowler, Noll, Vo (1991), FNV-1a. */
static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

char *cli_file_name(const char *text)
{
    size_t used = 0, most = 120;
    char *name = cli_allocate(3 * strlen(text) + 16, 1);
    for (const char *c = text; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        bool plain = byte > 0x20 && byte != 0x7f && !strchr("/\\\"'`$%*?<>|:", byte);
        used += (size_t)sprintf(name + used, plain || byte == ' ' ? "%c" : "%%%02X", byte);
    }
    if (used <= most)
        return name;
    while (((unsigned char)name[most] & 0xc0) == 0x80) /* not within a character */
        most--;
    sprintf(name + most, "-%08x", (unsigned)hash_of(text));
    return name;
}

const char *cli_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

bool cli_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

bool cli_same_file(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && S_ISREG(one.st_mode) &&
           one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

bool cli_is_directory(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool cli_is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

bool cli_entry(const struct dirent *entry)
{
    bool is_no_file = entry->d_type == DT_FIFO || entry->d_type == DT_SOCK ||
                      entry->d_type == DT_CHR || entry->d_type == DT_BLK;
    return entry->d_name[0] != '.' && !is_no_file;
}

int cli_enter(const char *folder)
{
    if (access(folder, R_OK | X_OK) == 0 || errno != EACCES)
        return CLI_GOOD;
    return cli_error(CLI_FAILED, "%s: cannot be read: %s", folder, strerror(EACCES));
}

/* Those that this process made, in order. */
static struct {
    char **path;
    int count;
} made;

static void remember(const char *path)
{
    char **more = cli_allocate((size_t)made.count + 1, sizeof *more);
    if (made.count)
        memcpy(more, made.path, (size_t)made.count * sizeof *more);
    free(made.path);
    made.path = more;
    made.path[made.count++] = cli_format("%s", path);
}

void cli_directories_end(bool failed)
{
    while (made.count > 0) {
        char *path = made.path[--made.count];
        if (failed)
            rmdir(path); /* only where it is empty */
        free(path);
    }
    free(made.path);
    made.path = NULL;
}

static bool make_one(const char *path)
{
    if (mkdir(path, 0777) == 0) {
        remember(path);
        return true;
    }
    if (errno == EEXIST && cli_is_directory(path))
        return true;
    cli_error(CLI_FAILED, "cannot make the directory %s: %s", path,
              errno == EEXIST ? "a file of this name is in the way" : strerror(errno));
    return false;
}

int cli_make_directory(const char *path)
{
    char *part = cli_format("%s", path);
    bool good = true;
    for (char *c = part + 1; good; c++) {
        if (*c && *c != '/')
            continue;
        char end = *c;
        *c = '\0';
        good = make_one(part);
        if (!end)
            break;
        *c = end;
    }
    free(part);
    return good ? CLI_GOOD : CLI_FAILED;
}

int cli_check_writable(const char *path)
{
    struct stat info;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
        return CLI_GOOD; /* who reads a pipe would see its end */
    fsnn_file file;
    fsnn_status status = fsnn_file_create(&file, path);
    if (status < 0)
        return cli_fail(status);
    fsnn_file_abort(&file);
    return CLI_GOOD;
}

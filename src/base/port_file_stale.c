/* base/port_file_stale.c: removes what killed processes left of the files they were writing. A file
 * that is being written is locked by who writes it, and the kernel frees locks with the process. */
#include "base/file_stale.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether an entry is NAME.tmp-PID or NAME.tmp-PID-RANDOM; `name` NULL: of any name. */
static bool is_temporary(const char *entry, const char *name)
{
    static const char digits[] = "0123456789", hexadecimal[] = "0123456789abcdef";
    const char *at = NULL;

    for (const char *next = entry; (next = strstr(next, FSNN_STALE_NAME)); next++)
        at = next;
    if (!at || at == entry ||
        (name && (strlen(name) != (size_t)(at - entry) || strncmp(entry, name, strlen(name)) != 0)))
        return false;
    at += strlen(FSNN_STALE_NAME);
    size_t pid = strspn(at, digits);
    if (pid == 0 || at[pid] == 0)
        return pid > 0;
    return at[pid] == '-' && strspn(at + pid + 1, hexadecimal) == 8 && at[pid + 9] == 0;
}

/* Nobody writes it where its lock can be had: then it goes. */
static void remove_if_stale(int directory, const char *entry)
{
    struct stat about;
    int file = openat(directory, entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (file < 0)
        return;
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode) && flock(file, LOCK_EX | LOCK_NB) == 0)
        unlinkat(directory, entry, 0);
    close(file);
}

void file_stale_remove(const char *directory, const char *name)
{
    DIR *entries = opendir(directory);

    if (!entries)
        return;
    for (const struct dirent *e; (e = readdir(entries));)
        if (is_temporary(e->d_name, name))
            remove_if_stale(dirfd(entries), e->d_name);
    closedir(entries);
}

char *file_directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == path ? fsnn_strdup("/")
           : slash       ? fsnn_format("%.*s", (int)(slash - path), path)
                         : fsnn_strdup(".");
}

fsnn_status file_stale_remove_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *directory = file_directory_of(path);

    if (!directory)
        return FSNN_EMEMORY;
    file_stale_remove(directory, slash ? slash + 1 : path);
    fsnn_free(directory);
    return FSNN_OK;
}

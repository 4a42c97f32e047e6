/* base/port_file_write.c: files out that are either the old one or the new one, never half of it:
 * written beside the target, synced, renamed over it. Devices and pipes cannot be renamed over:
 * they are written directly. The file beside is made for this use alone (exclusively, no link
 * followed), so that nobody can prepare one; and it is locked while it is written, which tells it
 * from what a killed process left (port_file_stale.c). */
#include "base/file_stale.h"
#include "base/port_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Where writing ends: the file itself, or the one a symbolic link leads to. */
static char *target_of(const char *path)
{
    char *real = realpath(path, NULL);
    char *target = fsnn_strdup(real ? real : path);

    free(real);
    return target;
}

static unsigned unpredictable(void)
{
    unsigned x;
    struct timespec now;

    if (getentropy(&x, sizeof x) == 0)
        return x;
    clock_gettime(CLOCK_REALTIME, &now); /* O_EXCL still holds */
    return (unsigned)now.tv_nsec ^ (unsigned)getpid() << 16;
}

/* Locks it as long as it is open. False where it was taken for a dead process's file and removed
 * before that. Without locks on this file system nothing is ever taken for one. */
static bool keep(int descriptor)
{
    struct stat about;

    while (flock(descriptor, LOCK_EX) != 0 && errno == EINTR)
        ;
    return fstat(descriptor, &about) == 0 && about.st_nlink > 0;
}

/* A descriptor of the new file, or -1 with errno. */
static int open_temporary(fsnn_file *file)
{
    enum { ATTEMPTS = 100 };
    int descriptor = -1;

    errno = EEXIST;
    for (int i = 0; i < ATTEMPTS && descriptor < 0 && errno == EEXIST; i++) {
        fsnn_free(file->temporary);
        file->temporary = fsnn_format("%s" FSNN_STALE_NAME "%ld-%08x", file->path, (long)getpid(),
                                      unpredictable());
        if (!file->temporary) {
            errno = ENOMEM;
            return -1;
        }
        descriptor =
            open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (descriptor >= 0 && !keep(descriptor)) {
            close(descriptor);
            descriptor = -1;
            errno = EEXIST;
        }
    }
    return descriptor;
}

static fsnn_status open_stream(fsnn_file *file, bool beside, const struct stat *old)
{
    int descriptor = beside ? open_temporary(file)
                            : open(file->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    if (descriptor < 0)
        return errno == ENOMEM
                   ? FSNN_EMEMORY
                   : fsnn_fail(FSNN_EIO, "%s: cannot be written: %s", file->path, strerror(errno));
    if (old && beside) /* who may read the old file may read the new one */
        (void)!fchmod(descriptor, old->st_mode & 07777);
    file->stream = fdopen(descriptor, "wb");
    if (file->stream)
        return FSNN_OK;
    if (beside)
        unlink(file->temporary);
    close(descriptor);
    return fsnn_fail(FSNN_EMEMORY, "%s: out of memory while opening", file->path);
}

fsnn_status fsnn_file_create(fsnn_file *file, const char *path)
{
    struct stat old;

    FSNN_NEED(file);
    *file = (fsnn_file){0};
    FSNN_NEED(path);
    file->path = target_of(path);
    if (!file->path)
        return FSNN_EMEMORY;
    bool exists = stat(file->path, &old) == 0;
    bool beside = !exists || S_ISREG(old.st_mode);
    fsnn_status status = FSNN_OK;
    if (exists && S_ISDIR(old.st_mode))
        status = fsnn_fail(FSNN_EIO, "%s: cannot be written: it is a directory", path);
    else if (beside)
        status = file_stale_remove_of(file->path);
    if (status == FSNN_OK)
        status = open_stream(file, beside, exists ? &old : NULL);
    if (status < 0)
        fsnn_file_abort(file);
    return status;
}

void fsnn_file_abort(fsnn_file *file)
{
    if (!file)
        return;
    if (file->stream) {
        fclose(file->stream);
        if (file->temporary)
            unlink(file->temporary);
    }
    fsnn_free(file->temporary);
    fsnn_free(file->path);
    *file = (fsnn_file){0};
}

/* Makes the rename itself last through a power cut; systems that cannot sync directories lose only
 * that. */
static void sync_directory(const char *path)
{
    char *directory = file_directory_of(path);

    if (directory)
        port_sync_folder(directory);
    fsnn_free(directory);
}

/* The number of a write error that happened earlier is gone: writing one byte more (the file is
 * lost anyway) meets it again. */
static int reason(fsnn_file *file)
{
    errno = 0;
    return write(fileno(file->stream), "\n", 1) < 0 && errno ? errno : EIO;
}

/* Everything written and on the disk? Returns 0 or the system's error number. */
static int flush(fsnn_file *file)
{
    int failed = 0;

    errno = 0;
    if (ferror(file->stream) || fflush(file->stream) != 0)
        failed = errno ? errno : reason(file);
    if (!failed && file->temporary && fsync(fileno(file->stream)) != 0)
        failed = errno;
    return failed;
}

/* Renamed while it is still open, and so still locked. What fsync has said to be on the disk,
 * closing cannot lose. */
static int put_in_place(fsnn_file *file)
{
    int failed = flush(file);

    if (!failed && file->temporary && rename(file->temporary, file->path) != 0)
        failed = errno;
    if (failed && file->temporary)
        unlink(file->temporary);
    bool closed = fclose(file->stream) == 0;
    file->stream = NULL;
    return failed || closed || file->temporary ? failed : errno;
}

static fsnn_status writing_failed(const fsnn_file *file, int number)
{
    return fsnn_fail(FSNN_EIO, "%s: writing failed: %s%s", file->path, strerror(number),
                     file->temporary && access(file->path, F_OK) == 0
                         ? "; the file that was there before is untouched"
                         : "");
}

fsnn_status port_settle(fsnn_file *file)
{
    int failed = flush(file);

    return failed ? writing_failed(file, failed) : FSNN_OK;
}

fsnn_status fsnn_file_commit(fsnn_file *file)
{
    FSNN_NEED(file);
    if (!file->stream)
        return fsnn_fail(FSNN_ESTATE, "fsnn_file_commit: the file was not begun, or has ended");
    int failed = put_in_place(file);

    if (failed)
        writing_failed(file, failed);
    else if (file->temporary)
        sync_directory(file->path);
    fsnn_file_abort(file);
    return failed ? FSNN_EIO : FSNN_OK;
}

/* base/file.c: whole files in, and files out that are either the old one or the new one, never half
 * of it: written beside the target, synced, renamed over it. Devices and pipes cannot be renamed
 * over: they are written directly. */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where writing ends: the file itself, or the one a symbolic link leads to. */
static char *target_of(const char *path)
{
    char *real = realpath(path, NULL);
    char *target = fsnn_strdup(real ? real : path);

    free(real);
    return target;
}

static fsnn_status open_stream(fsnn_file *file, const struct stat *old)
{
    const char *name = file->temporary ? file->temporary : file->path;
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
    int descriptor = open(name, flags, 0666);

    if (descriptor < 0)
        return fsnn_fail(FSNN_EIO, "%s: cannot be written: %s", file->path, strerror(errno));
    if (old && file->temporary) /* who may read the old file may read the new one */
        (void)!fchmod(descriptor, old->st_mode & 07777);
    file->stream = fdopen(descriptor, "wb");
    if (!file->stream) {
        close(descriptor);
        return fsnn_fail(FSNN_EMEMORY, "%s: out of memory while opening", file->path);
    }
    return FSNN_OK;
}

fsnn_status fsnn_file_create(fsnn_file *file, const char *path)
{
    struct stat old;
    fsnn_status status = FSNN_EMEMORY;

    *file = (fsnn_file){0};
    file->path = target_of(path);
    if (!file->path)
        return FSNN_EMEMORY;
    bool exists = stat(file->path, &old) == 0;
    if (exists && S_ISDIR(old.st_mode)) {
        status = fsnn_fail(FSNN_EIO, "%s: cannot be written: it is a directory", path);
        goto out;
    }
    if (!exists || S_ISREG(old.st_mode)) {
        file->temporary = fsnn_format("%s.tmp-%ld", file->path, (long)getpid());
        if (!file->temporary)
            goto out;
    }
    status = open_stream(file, exists ? &old : NULL);
out:
    if (status < 0)
        fsnn_file_abort(file);
    return status;
}

void fsnn_file_abort(fsnn_file *file)
{
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
    const char *slash = strrchr(path, '/');
    char *directory = slash == path ? fsnn_strdup("/")
                      : slash       ? fsnn_format("%.*s", (int)(slash - path), path)
                                    : fsnn_strdup(".");
    int descriptor = directory ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (descriptor >= 0) {
        (void)!fsync(descriptor);
        close(descriptor);
    }
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

fsnn_status fsnn_file_commit(fsnn_file *file)
{
    int failed = flush(file);
    int unclosed = fclose(file->stream) == 0 ? 0 : errno;

    file->stream = NULL;
    if (!failed)
        failed = unclosed;
    if (!failed && file->temporary && rename(file->temporary, file->path) != 0)
        failed = errno;
    if (failed) {
        if (file->temporary)
            unlink(file->temporary);
        fsnn_fail(FSNN_EIO, "%s: writing failed: %s%s", file->path, strerror(failed),
                  file->temporary ? "; the file that was there before is untouched" : "");
    } else if (file->temporary) {
        sync_directory(file->path);
    }
    fsnn_file_abort(file);
    return failed ? FSNN_EIO : FSNN_OK;
}

/* Reads to the end, whatever the size said: pipes have none. Leaves a 0 byte after the data. */
static fsnn_status read_stream(FILE *stream, const char *path, size_t guess, uint8_t **data,
                               size_t *size)
{
    size_t capacity = guess + 1, have = 0;
    uint8_t *buffer = fsnn_alloc(capacity);

    if (!buffer)
        return FSNN_EMEMORY;
    for (;;) {
        have += fread(buffer + have, 1, capacity - have, stream);
        if (have < capacity)
            break;
        uint8_t *larger = fsnn_alloc(2 * capacity);
        if (larger)
            memcpy(larger, buffer, have);
        fsnn_free(buffer);
        if (!larger)
            return FSNN_EMEMORY;
        buffer = larger;
        capacity *= 2;
    }
    if (ferror(stream)) {
        fsnn_free(buffer);
        return fsnn_fail(FSNN_EIO, "%s: reading failed: %s", path, strerror(errno));
    }
    buffer[have] = 0;
    *data = buffer;
    *size = have;
    return FSNN_OK;
}

fsnn_status fsnn_file_read(const char *path, uint8_t **data, size_t *size)
{
    FILE *stream = fopen(path, "rbe");
    struct stat about = {0};

    if (!stream)
        return fsnn_fail(FSNN_EIO, "%s: cannot be read: %s", path, strerror(errno));
    fsnn_status status = FSNN_OK;
    if (fstat(fileno(stream), &about) == 0 && S_ISDIR(about.st_mode))
        status = fsnn_fail(FSNN_EIO, "%s: cannot be read: it is a directory", path);
    size_t guess = S_ISREG(about.st_mode) && about.st_size > 0 ? (size_t)about.st_size : 4096;
    if (status == FSNN_OK)
        status = read_stream(stream, path, guess, data, size);
    fclose(stream);
    return status;
}

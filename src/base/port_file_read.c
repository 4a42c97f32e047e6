/* base/port_file_read.c: whole files in, and their first bytes. */
#include "base/base.h"
#include "base/port_files.h"

#include <errno.h>
#include <string.h>

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

/* A link of git-annex leads nowhere until the file is got. */
static bool is_annexed(const char *path, int reason)
{
    char target[4096];

    port_link_target(path, target, sizeof target);
    return reason == ENOENT && strstr(target, "annex/objects/");
}

static fsnn_status annexed(const char *path)
{
    return fsnn_fail(FSNN_EIO,
                     "%s: is a link of git-annex to a file that is not here: run git annex get "
                     "on it",
                     path);
}

static fsnn_status not_opened(const char *path)
{
    int reason = errno;

    if (is_annexed(path, reason))
        return annexed(path);
    return fsnn_fail(FSNN_EIO, "%s: cannot be read: %s", path, strerror(reason));
}

fsnn_status fsnn_file_read(const char *path, uint8_t **data, size_t *size)
{
    FILE *stream = fopen(path, "rbe");
    port_about about;

    if (!stream)
        return not_opened(path);
    fsnn_status status = FSNN_OK;
    port_look_stream(stream, &about);
    if (about.folder)
        status = fsnn_fail(FSNN_EIO, "%s: cannot be read: it is a directory", path);
    size_t guess = about.file && about.size > 0 ? (size_t)about.size : 4096;
    if (status == FSNN_OK)
        status = read_stream(stream, path, guess, data, size);
    fclose(stream);
    if (status == FSNN_OK && (status = fsnn_file_stand_in(path, *data, *size)) < 0) {
        fsnn_free(*data);
        *data = NULL;
    }
    return status;
}

fsnn_status fsnn_file_look(const char *path)
{
    enum { HEAD = 1024 };
    uint8_t head[HEAD];
    port_about about;
    if (!port_look(path, &about))
        return is_annexed(path, errno) ? annexed(path) : FSNN_OK; /* who reads it says why not */
    FILE *file = about.file ? fopen(path, "rbe") : NULL; /* what is read of a pipe is gone */
    if (!file)
        return FSNN_OK;
    size_t size = fread(head, 1, sizeof head, file);
    fclose(file);
    return fsnn_file_stand_in(path, head, size);
}

/* format/plain_file.c: see plain_file.h. */
#include "format/plain_file.h"

#include "format/stream.h"

#include <errno.h>
#include <string.h>

enum { PIECE = 1 << 16 };

static bool begins_as_gzip(const char *path)
{
    uint8_t head[2];
    FILE *file = fopen(path, "rbe");
    bool packed = file && fread(head, 1, 2, file) == 2 && head[0] == 0x1f && head[1] == 0x8b;
    if (file)
        fclose(file);
    return packed;
}

static fsnn_status no_place(const char *path)
{
    return fsnn_fail(FSNN_EIO,
                     "%s: there is no place to unpack it: a temporary file cannot be %s: %s; "
                     "gunzip unpacks it elsewhere",
                     path, errno == ENOSPC ? "filled" : "written", strerror(errno));
}

static fsnn_status copy(plain_file *u, const char *path, stream *from)
{
    uint8_t piece[PIECE];
    size_t got;
    do {
        FSNN_TRY(stream_read(from, piece, sizeof piece, &got));
        if (fwrite(piece, 1, got, u->file) != got)
            return no_place(path);
        u->size += (int64_t)got;
    } while (got == sizeof piece);
    return fflush(u->file) == 0 ? FSNN_OK : no_place(path);
}

static fsnn_status unpack_bytes(plain_file *u, const char *path, const uint8_t *bytes, size_t size)
{
    stream from;
    FSNN_TRY(stream_open(&from, path, bytes, size));
    u->file = port_nameless(u->own);
    fsnn_status status = u->file ? copy(u, path, &from) : no_place(path);
    stream_close(&from);
    u->path = u->own;
    return status;
}

fsnn_status plain_file_open(plain_file *u, const char *path)
{
    port_about about;
    uint8_t *bytes;
    size_t size;
    *u = (plain_file){.path = path};
    FSNN_TRY(fsnn_file_look(path));
    if (!begins_as_gzip(path)) {
        u->size = port_look(path, &about) ? about.size : 0;
        return FSNN_OK;
    }
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    fsnn_status status = unpack_bytes(u, path, bytes, size);
    fsnn_free(bytes);
    if (status < 0)
        plain_file_close(u);
    return status;
}

void plain_file_close(plain_file *u)
{
    if (u->file)
        fclose(u->file);
    u->file = NULL;
}

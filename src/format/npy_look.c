/* format/npy_look.c: what a .npy file holds, without its numbers. */
#include "format/npy_look.h"

#include "base/port_files.h"
#include "format/npy.h"

typedef struct reading {
    const char *path;
    const port_file *file;
    int64_t at;
} reading;

static fsnn_status read_next(void *user, void *out, size_t n)
{
    reading *r = user;
    if (!port_read(r->file, out, n, r->at))
        return fsnn_fail(FSNN_EIO, "%s: cannot be read", r->path);
    r->at += (int64_t)n;
    return FSNN_OK;
}

static bool is_npy(const port_file *file, int64_t size)
{
    uint8_t head[16];
    return size >= (int64_t)sizeof head && port_read(file, head, sizeof head, 0) &&
           npy_is(head, sizeof head);
}

fsnn_status npy_look(const char *path, const char *name, fsnn_arrays *list, bool *known)
{
    int64_t size = 0;
    port_file *file = port_is_file(path) ? port_open(path, &size) : NULL;
    fsnn_status status = FSNN_OK;
    *known = false;
    if (file && is_npy(file, size)) {
        reading r = {path, file, 0};
        status = npy_read_header(&(npy_source){path, (uint64_t)size, read_next, &r}, name, list);
        *known = status == FSNN_OK;
    }
    port_close(file);
    if (!*known)
        fsnn_arrays_free(list);
    return status == FSNN_EMEMORY ? status : FSNN_OK;
}

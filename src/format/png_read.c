/* format/png_read.c: the parent's side: what the child gives is compared with the file. */
#include "format/png.h"

#include "base/bytes.h"
#include "base/port_files.h"

typedef struct job {
    const png_files *files;
    uint8_t *bytes; /* [capacity] */
    int64_t capacity;
} job;

static fsnn_status send(guard *g, void *user)
{
    const png_files *files = ((job *)user)->files;
    for (int64_t i = 0; i < files->count; i++)
        FSNN_TRY(png_send(g, files->path(files->user, i)));
    return FSNN_OK;
}

/* Bytes of a picture that so many bytes of a file can hold: deflate, bits that become three
 * bytes. */
static bool can_hold(const char *path, int64_t bytes)
{
    port_about about;
    return port_look(path, &about) && bytes / 24 <= (about.size + 1) * BYTES_DEFLATE_RATIO;
}

static fsnn_status receive_one(guard *g, job *j, int64_t i)
{
    const char *path = j->files->path(j->files->user, i);
    png_head h;
    FSNN_TRY(guard_get(g, &h, sizeof h));
    if (h.width < 1 || h.height < 1 || h.width > PNG_SIDE || h.height > PNG_SIDE ||
        (h.channels != 1 && h.channels != 3) ||
        !can_hold(path, (int64_t)h.width * h.height * h.channels))
        return fsnn_fail(FSNN_EFORMAT, "%s: a picture of %d x %d pixels: the file is damaged", path,
                         h.width, h.height);
    int64_t size = (int64_t)h.width * h.height * h.channels;
    FSNN_TRY(fsnn_grow(&j->bytes, 0, &j->capacity, size, 1));
    FSNN_TRY(guard_get(g, j->bytes, (size_t)size));
    return j->files->take(j->files->taker, i, &h, j->bytes);
}

static fsnn_status receive(guard *g, void *user)
{
    job *j = user;
    for (int64_t i = 0; i < j->files->count; i++)
        FSNN_TRY(receive_one(g, j, i));
    return FSNN_OK;
}

fsnn_status png_read(const png_files *files)
{
    job j = {.files = files};
    for (int64_t i = 0; i < files->count; i++)
        FSNN_TRY(fsnn_file_look(files->path(files->user, i)));
    fsnn_status status = guard_run(&(guard_work){.subject = files->path(files->user, 0),
                                                 .worker = "libpng",
                                                 .send = send,
                                                 .receive = receive,
                                                 .user = &j,
                                                 .memory = (size_t)1 << 30,
                                                 .busy = 20,
                                                 .silence = 120});
    fsnn_free(j.bytes);
    return status;
}

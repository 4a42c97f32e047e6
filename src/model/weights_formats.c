/* model/weights_formats.c: the formats of weights. A format is a row: how it is known, how it is
 * read. */
#include "model/weights.h"

#include "format/file_kind.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { HEAD = 4096 };

typedef struct head {
    uint8_t byte[HEAD];
    size_t size;
} head;

static bool is_torch(const head *h)
{
    return file_kind_is_torch(file_kind_find(h->byte, h->size));
}

/* A zip archive, also an empty one. */
static bool is_npz(const head *h)
{
    return h->size >= 4 && !memcmp(h->byte, "PK", 2) && h->byte[2] <= 7;
}

static bool is_npy(const head *h)
{
    return h->size >= 6 && !memcmp(h->byte, "\x93NUMPY", 6);
}

/* JSON behind eight bytes of length, or nothing else that is known. */
static bool is_safetensors(const head *h)
{
    return (h->size > 8 && h->byte[8] == '{') || !file_kind_find(h->byte, h->size);
}

static const struct {
    bool (*is)(const head *h);
    fsnn_status (*read)(const char *path, fsnn_arrays *list);
} formats[] = {
    {is_torch, fsnn_torch_read},
    {is_npz, fsnn_npz_read},
    {is_npy, fsnn_npz_read},
    {is_safetensors, fsnn_safetensors_read},
};

fsnn_status weights_read(const char *path, fsnn_arrays *list)
{
    head h;
    FILE *file = fopen(path, "rb");
    if (!file)
        return fsnn_fail(FSNN_EIO, "%s: cannot be read: %s", path, strerror(errno));
    h.size = fread(h.byte, 1, sizeof h.byte, file);
    fclose(file);
    for (int i = 0; i < FSNN_COUNT(formats); i++)
        if (formats[i].is(&h))
            return formats[i].read(path, list);
    const file_kind *kind = file_kind_find(h.byte, h.size);
    return fsnn_fail(FSNN_EUNSUPPORTED, "%s: is %s, not weights (safetensors, NPZ or .pt)%s%s",
                     path, kind->name, kind->advice ? ": " : "", kind->advice ? kind->advice : "");
}

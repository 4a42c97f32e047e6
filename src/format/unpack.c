/* format/unpack.c: packets through the streaming calls of their libraries, so that room is made
 * only for what comes out. */
#include "format/unpack_kinds.h"

#include <string.h>

/* Events do not pack a thousandfold: a packet that claims so is damaged, or a bomb. */
enum { PIECE = 1 << 16, RATIO = 1024 };

fsnn_status unpack_grow(const char *where, size_t packed, unpacked *out)
{
    if (out->size > packed * RATIO + PIECE)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: its %zu bytes unpack to more than a thousand times as many: the file "
                         "is damaged",
                         where, packed);
    int64_t size = (int64_t)out->size;
    return fsnn_grow(&out->bytes, size, &out->capacity, size + PIECE, 1);
}

fsnn_status unpack_damaged(const char *where, const char *library, const char *reason)
{
    return fsnn_fail(FSNN_EFORMAT, "%s: the %s data is damaged or cut short (%s)", where, library,
                     reason);
}

static fsnn_status plain(const char *where, const uint8_t *in, size_t size, unpacked *out)
{
    (void)where;
    FSNN_TRY(fsnn_grow(&out->bytes, 0, &out->capacity, (int64_t)size, 1));
    if (size)
        memcpy(out->bytes, in, size);
    out->size = size;
    return FSNN_OK;
}

fsnn_status unpack(unpack_kind kind, const char *where, const uint8_t *packed, size_t size,
                   unpacked *out)
{
    static fsnn_status (*const by[])(const char *, const uint8_t *, size_t, unpacked *) = {
        [UNPACK_NONE] = plain, [UNPACK_LZ4] = unpack_lz4, [UNPACK_ZSTD] = unpack_zstd};
    out->size = 0;
    return by[kind](where, packed, size, out);
}

void unpack_free(unpacked *out)
{
    fsnn_free(out->bytes);
    *out = (unpacked){0};
}

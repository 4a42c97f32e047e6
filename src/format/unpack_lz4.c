/* format/unpack_lz4.c: frames of LZ4. */
#include "format/unpack_kinds.h"

#include <lz4frame.h>

static fsnn_status lz4_all(LZ4F_dctx *z, const char *where, const uint8_t *in, size_t size,
                           unpacked *out)
{
    size_t at = 0, hint = 1, got;
    do {
        FSNN_TRY(unpack_grow(where, size, out));
        size_t consumed = size - at;
        got = (size_t)out->capacity - out->size;
        hint = LZ4F_decompress(z, out->bytes + out->size, &got, in + at, &consumed, NULL);
        if (LZ4F_isError(hint))
            return unpack_damaged(where, "LZ4", LZ4F_getErrorName(hint));
        at += consumed;
        out->size += got;
        if (!got && !consumed)
            break;
    } while (hint && (at < size || got));
    return hint ? unpack_damaged(where, "LZ4", "its end is missing") : FSNN_OK;
}

fsnn_status unpack_lz4(const char *where, const uint8_t *in, size_t size, unpacked *out)
{
    LZ4F_dctx *z = NULL;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&z, LZ4F_VERSION)))
        return fsnn_fail(FSNN_EMEMORY, "out of memory while unpacking %s", where);
    fsnn_status status = lz4_all(z, where, in, size, out);
    LZ4F_freeDecompressionContext(z);
    return status;
}

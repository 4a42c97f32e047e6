/* format/unpack_zstd.c: ZSTD. */
#include "format/unpack_kinds.h"

#include <zstd.h>

static fsnn_status zstd_all(ZSTD_DCtx *z, const char *where, const uint8_t *packed, size_t size,
                            unpacked *out)
{
    ZSTD_inBuffer in = {packed, size, 0};
    size_t hint = 1, got;
    do {
        FSNN_TRY(unpack_grow(where, size, out));
        ZSTD_outBuffer piece = {out->bytes + out->size, (size_t)out->capacity - out->size, 0};
        hint = ZSTD_decompressStream(z, &piece, &in);
        if (ZSTD_isError(hint))
            return unpack_damaged(where, "ZSTD", ZSTD_getErrorName(hint));
        got = piece.pos;
        out->size += got;
    } while (hint && (in.pos < in.size || got));
    return hint ? unpack_damaged(where, "ZSTD", "its end is missing") : FSNN_OK;
}

fsnn_status unpack_zstd(const char *where, const uint8_t *in, size_t size, unpacked *out)
{
    enum { WINDOW_LOG = 24 }; /* 16 MiB: a damaged header cannot ask for more */
    ZSTD_DCtx *z = ZSTD_createDCtx();
    if (!z)
        return fsnn_fail(FSNN_EMEMORY, "out of memory while unpacking %s", where);
    ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, WINDOW_LOG);
    fsnn_status status = zstd_all(z, where, in, size, out);
    ZSTD_freeDCtx(z);
    return status;
}

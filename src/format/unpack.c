/* format/unpack.c: LZ4 and ZSTD through their streaming calls, so that room is made only for what
 * comes out. */
#include "format/unpack.h"

#include <string.h>

#ifdef FSNN_HAVE_LZ4
#include <lz4frame.h>
#endif
#ifdef FSNN_HAVE_ZSTD
#include <zstd.h>
#endif

#if defined FSNN_HAVE_LZ4 || defined FSNN_HAVE_ZSTD
/* Events do not pack a thousandfold: a packet that claims so is damaged, or a bomb. */
enum { PIECE = 1 << 16, RATIO = 1024 };

static fsnn_status grow(const char *where, size_t packed, unpacked *out)
{
    if (out->size > packed * RATIO + PIECE)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: its %zu bytes unpack to more than a thousand times as many: the file "
                         "is damaged",
                         where, packed);
    int64_t size = (int64_t)out->size;
    return fsnn_grow(&out->bytes, size, &out->capacity, size + PIECE, 1);
}

static fsnn_status damaged(const char *where, const char *library, const char *reason)
{
    return fsnn_fail(FSNN_EFORMAT, "%s: the %s data is damaged or cut short (%s)", where, library,
                     reason);
}
#endif

#ifdef FSNN_HAVE_LZ4
static fsnn_status lz4_all(LZ4F_dctx *z, const char *where, const uint8_t *in, size_t size,
                           unpacked *out)
{
    size_t at = 0, hint = 1, got;
    do {
        FSNN_TRY(grow(where, size, out));
        size_t consumed = size - at;
        got = (size_t)out->capacity - out->size;
        hint = LZ4F_decompress(z, out->bytes + out->size, &got, in + at, &consumed, NULL);
        if (LZ4F_isError(hint))
            return damaged(where, "LZ4", LZ4F_getErrorName(hint));
        at += consumed;
        out->size += got;
        if (!got && !consumed)
            break;
    } while (hint && (at < size || got));
    return hint ? damaged(where, "LZ4", "its end is missing") : FSNN_OK;
}

static fsnn_status lz4(const char *where, const uint8_t *in, size_t size, unpacked *out)
{
    LZ4F_dctx *z = NULL;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&z, LZ4F_VERSION)))
        return fsnn_fail(FSNN_EMEMORY, "out of memory while unpacking %s", where);
    fsnn_status status = lz4_all(z, where, in, size, out);
    LZ4F_freeDecompressionContext(z);
    return status;
}
#else
static fsnn_status lz4(const char *where, const uint8_t *in, size_t size, unpacked *out)
{
    (void)in, (void)size, (void)out;
    return fsnn_fail(FSNN_EUNSUPPORTED,
                     "%s: is packed by LZ4, which this build of fsnn lacks: install liblz4-dev and "
                     "build again",
                     where);
}
#endif

#ifdef FSNN_HAVE_ZSTD
static fsnn_status zstd_all(ZSTD_DCtx *z, const char *where, const uint8_t *packed, size_t size,
                            unpacked *out)
{
    ZSTD_inBuffer in = {packed, size, 0};
    size_t hint = 1, got;
    do {
        FSNN_TRY(grow(where, size, out));
        ZSTD_outBuffer piece = {out->bytes + out->size, (size_t)out->capacity - out->size, 0};
        hint = ZSTD_decompressStream(z, &piece, &in);
        if (ZSTD_isError(hint))
            return damaged(where, "ZSTD", ZSTD_getErrorName(hint));
        got = piece.pos;
        out->size += got;
    } while (hint && (in.pos < in.size || got));
    return hint ? damaged(where, "ZSTD", "its end is missing") : FSNN_OK;
}

static fsnn_status zstd(const char *where, const uint8_t *in, size_t size, unpacked *out)
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
#else
static fsnn_status zstd(const char *where, const uint8_t *in, size_t size, unpacked *out)
{
    (void)in, (void)size, (void)out;
    return fsnn_fail(
        FSNN_EUNSUPPORTED,
        "%s: is packed by ZSTD, which this build of fsnn lacks: install libzstd-dev and "
        "build again",
        where);
}
#endif

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
        [UNPACK_NONE] = plain, [UNPACK_LZ4] = lz4, [UNPACK_ZSTD] = zstd};
    out->size = 0;
    return by[kind](where, packed, size, out);
}

void unpack_free(unpacked *out)
{
    fsnn_free(out->bytes);
    *out = (unpacked){0};
}

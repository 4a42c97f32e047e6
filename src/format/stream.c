/* format/stream.c: gzip (RFC 1952) through zlib, several members in a row as the RFC allows;
 * checksums are checked, cut files and bytes after the end are errors. */
#include "format/stream.h"

#include "base/bytes.h"

#include <string.h>

static bool is_gzip(const uint8_t *bytes, size_t size)
{
    return size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

fsnn_status stream_open(stream *s, const char *path, const uint8_t *bytes, size_t size)
{
    *s = (stream){.path = path, .in = bytes, .left = size, .packed = is_gzip(bytes, size)};
    s->most = s->packed ? (uint64_t)size * BYTES_DEFLATE_RATIO : size;
    if (s->packed && inflateInit2(&s->z, MAX_WBITS + 16) != Z_OK)
        return fsnn_fail(FSNN_EMEMORY, "%s: no memory to unpack it", path);
    return FSNN_OK;
}

void stream_close(stream *s)
{
    if (s->packed)
        inflateEnd(&s->z);
}

/* After a member: the end of the file, or another member. */
static fsnn_status next_member(stream *s)
{
    s->ended = s->left == 0;
    if (s->ended)
        return FSNN_OK;
    if (!is_gzip(s->in, s->left) || inflateReset(&s->z) != Z_OK)
        return fsnn_fail(FSNN_EFORMAT, "%s: %zu bytes that are not gzip follow the gzip data",
                         s->path, s->left);
    return FSNN_OK;
}

/* One call of zlib, which counts in 32 bits. */
static fsnn_status step(stream *s, uint8_t *out, size_t capacity, size_t *produced)
{
    enum { PIECE = 1 << 30 };
    uInt in = s->left < PIECE ? (uInt)s->left : PIECE;
    uInt space = capacity < PIECE ? (uInt)capacity : PIECE;
    s->z.next_in = (Bytef *)(uintptr_t)s->in;
    s->z.avail_in = in;
    s->z.next_out = out;
    s->z.avail_out = space;
    int code = inflate(&s->z, Z_NO_FLUSH);
    s->in += in - s->z.avail_in;
    s->left -= in - s->z.avail_in;
    *produced = space - s->z.avail_out;
    if (code == Z_STREAM_END)
        return next_member(s);
    if (code == Z_OK && (*produced || s->left))
        return FSNN_OK;
    if (code == Z_OK || code == Z_BUF_ERROR)
        return fsnn_fail(FSNN_EFORMAT, "%s: the gzip data is cut short", s->path);
    if (code == Z_MEM_ERROR)
        return fsnn_fail(FSNN_EMEMORY, "%s: no memory to unpack it", s->path);
    return fsnn_fail(FSNN_EFORMAT, "%s: the gzip data is damaged (%s)", s->path,
                     s->z.msg ? s->z.msg : "it needs a dictionary");
}

fsnn_status stream_read(stream *s, void *out, size_t n, size_t *got)
{
    *got = 0;
    if (!s->packed) {
        *got = n < s->left ? n : s->left;
        memcpy(out, s->in, *got);
        s->in += *got;
        s->left -= *got;
        return FSNN_OK;
    }
    while (*got < n && !s->ended) {
        size_t produced;
        FSNN_TRY(step(s, (uint8_t *)out + *got, n - *got, &produced));
        *got += produced;
    }
    return FSNN_OK;
}

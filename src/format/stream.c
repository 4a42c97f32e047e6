/* format/stream.c: gzip (RFC 1952), several members in a row as the RFC allows;
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
    return s->packed ? inflate_open(&s->z, INFLATE_GZIP, path) : FSNN_OK;
}

void stream_close(stream *s)
{
    inflate_close(s->z);
    s->z = NULL;
}

/* After a member: the end of the file, or another member. */
static fsnn_status next_member(stream *s)
{
    s->ended = s->left == 0;
    if (s->ended)
        return FSNN_OK;
    if (!is_gzip(s->in, s->left) || !inflate_again(s->z))
        return fsnn_fail(FSNN_EFORMAT, "%s: %zu bytes that are not gzip follow the gzip data",
                         s->path, s->left);
    return FSNN_OK;
}

static fsnn_status step(stream *s, uint8_t *out, size_t capacity, size_t *produced)
{
    size_t taken = s->left;
    *produced = capacity;
    inflate_state state = inflate_some(s->z, s->in, &taken, out, produced);
    s->in += taken;
    s->left -= taken;
    if (state == INFLATE_END)
        return next_member(s);
    if (state == INFLATE_GOOD && (*produced || s->left))
        return FSNN_OK;
    if (state == INFLATE_GOOD || state == INFLATE_STARVED)
        return fsnn_fail(FSNN_EFORMAT, "%s: the gzip data is cut short", s->path);
    if (state == INFLATE_NO_MEMORY)
        return fsnn_fail(FSNN_EMEMORY, "%s: no memory to unpack it", s->path);
    return fsnn_fail(FSNN_EFORMAT, "%s: the gzip data is damaged (%s)", s->path,
                     inflate_reason(s->z));
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

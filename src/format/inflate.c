/* format/inflate.c: zlib, which counts in 32 bits. */
#include "format/inflate.h"

#include <zlib.h>

struct inflater {
    z_stream z;
};

fsnn_status inflate_open(inflater **z, inflate_form form, const char *where)
{
    static const int bits[] = {[INFLATE_RAW] = -MAX_WBITS, [INFLATE_GZIP] = MAX_WBITS + 16};
    *z = fsnn_alloc(sizeof **z);
    if (*z && inflateInit2(&(*z)->z, bits[form]) == Z_OK)
        return FSNN_OK;
    fsnn_free(*z);
    *z = NULL;
    return fsnn_fail(FSNN_EMEMORY, "%s: no memory to unpack it", where);
}

inflate_state inflate_some(inflater *z, const uint8_t *in, size_t *taken, uint8_t *out, size_t *got)
{
    enum { PIECE = 1 << 30 };
    uInt left = *taken < PIECE ? (uInt)*taken : PIECE, room = *got < PIECE ? (uInt)*got : PIECE;
    z->z.next_in = (Bytef *)(uintptr_t)in;
    z->z.avail_in = left;
    z->z.next_out = out;
    z->z.avail_out = room;
    int code = inflate(&z->z, Z_NO_FLUSH);
    *taken = left - z->z.avail_in;
    *got = room - z->z.avail_out;
    return code == Z_OK           ? INFLATE_GOOD
           : code == Z_STREAM_END ? INFLATE_END
           : code == Z_BUF_ERROR  ? INFLATE_STARVED
           : code == Z_MEM_ERROR  ? INFLATE_NO_MEMORY
                                  : INFLATE_DAMAGED;
}

bool inflate_again(inflater *z)
{
    return inflateReset(&z->z) == Z_OK;
}

const char *inflate_reason(const inflater *z)
{
    return z->z.msg ? z->z.msg : "it needs a dictionary";
}

void inflate_close(inflater *z)
{
    if (z)
        inflateEnd(&z->z);
    fsnn_free(z);
}

uint32_t inflate_crc32_plain(uint32_t before, const void *bytes, size_t size)
{
    return size ? (uint32_t)crc32_z(before, bytes, size) : before; /* NULL would begin anew */
}

/* tests/deflate.h: packed bytes for tests of what unpacks them. */
#ifndef TESTS_DEFLATE_H
#define TESTS_DEFLATE_H

#include "check.h"

#ifdef FSNN_HAVE_ZLIB
#include <zlib.h>

enum { DEFLATE_RAW = -MAX_WBITS, DEFLATE_GZIP = MAX_WBITS + 16 };

/* `data` packed at level 9 into a buffer of `capacity`; returns its size. */
static inline size_t deflate_into(int form, const void *data, size_t size, uint8_t *out,
                                  size_t capacity)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)data,
                  .avail_in = (uInt)size,
                  .next_out = out,
                  .avail_out = (uInt)capacity};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, form, 9, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t packed = capacity - z.avail_out;
    deflateEnd(&z);
    return packed;
}
#else
enum { DEFLATE_RAW, DEFLATE_GZIP };

/* Where nothing packs, nothing unpacks: skips the test. */
static inline size_t deflate_into(int form, const void *data, size_t size, uint8_t *out,
                                  size_t capacity)
{
    (void)form, (void)data, (void)size, (void)out, (void)capacity;
    NEEDS("zlib");
    return 0;
}
#endif

#endif

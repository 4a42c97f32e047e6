/* format/unpack_zstd_absent.c: where fsnn is built without zstd. */
#include "format/unpack_kinds.h"

#include "base/absent.h"

fsnn_status unpack_zstd(const char *where, const uint8_t *in, size_t size, unpacked *out)
{
    (void)in, (void)size, (void)out;
    return fsnn_absent(where, "zstd", "FSNN_ZSTD");
}

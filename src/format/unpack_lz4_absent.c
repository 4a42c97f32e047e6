/* format/unpack_lz4_absent.c: where fsnn is built without LZ4. */
#include "format/unpack_kinds.h"

#include "base/absent.h"

fsnn_status unpack_lz4(const char *where, const uint8_t *in, size_t size, unpacked *out)
{
    (void)in, (void)size, (void)out;
    return fsnn_absent(where, "LZ4", "FSNN_LZ4");
}

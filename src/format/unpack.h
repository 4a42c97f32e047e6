/* format/unpack.h: packets packed by LZ4 (frames) or ZSTD. A build may do without
 * either. */
#ifndef FSNN_FORMAT_UNPACK_H
#define FSNN_FORMAT_UNPACK_H

#include "base/base.h"

typedef enum unpack_kind { UNPACK_NONE, UNPACK_LZ4, UNPACK_ZSTD } unpack_kind;

typedef struct unpacked {
    uint8_t *bytes; /* [capacity], reused from packet to packet */
    size_t size;
    int64_t capacity;
} unpacked;

/* Unpacks `packed` [size] into out->bytes, which grows as bytes really come out. `where` starts the
 * error sentences. FSNN_EFORMAT (damaged, cut short, or more than a thousandfold),
 * FSNN_EUNSUPPORTED when the library is not in this build, FSNN_EMEMORY. */
fsnn_status unpack(unpack_kind kind, const char *where, const uint8_t *packed, size_t size,
                   unpacked *out);
void unpack_free(unpacked *out);

#endif

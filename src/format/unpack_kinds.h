/* format/unpack_kinds.h: one function a library that unpacks packets, and what these share. */
#ifndef FSNN_FORMAT_UNPACK_KINDS_H
#define FSNN_FORMAT_UNPACK_KINDS_H

#include "format/unpack.h"

fsnn_status unpack_lz4(const char *where, const uint8_t *in, size_t size, unpacked *out);
fsnn_status unpack_zstd(const char *where, const uint8_t *in, size_t size, unpacked *out);

/* More room behind what came of `packed` bytes. FSNN_EFORMAT: that was too much; FSNN_EMEMORY. */
fsnn_status unpack_grow(const char *where, size_t packed, unpacked *out);
/* FSNN_EFORMAT */
fsnn_status unpack_damaged(const char *where, const char *library, const char *reason);

#endif

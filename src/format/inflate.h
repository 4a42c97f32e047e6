/* format/inflate.h: what fsnn takes of zlib: deflated bytes (RFC 1951) and gzip (RFC 1952)
 * unpacked, and CRC-32. A build without zlib has the checksum and says of packed bytes what is
 * missing. */
#ifndef FSNN_FORMAT_INFLATE_H
#define FSNN_FORMAT_INFLATE_H

#include "base/base.h"

typedef enum inflate_form { INFLATE_RAW, INFLATE_GZIP } inflate_form;

typedef enum inflate_state {
    INFLATE_GOOD,
    INFLATE_END,       /* of the deflated data, or of a member of gzip */
    INFLATE_STARVED,   /* nothing can be done without more bytes, or more room */
    INFLATE_NO_MEMORY, /* there is none */
    INFLATE_DAMAGED,
} inflate_state;

typedef struct inflater inflater;

/* `where` starts the error sentences. FSNN_EMEMORY, FSNN_EUNSUPPORTED. */
fsnn_status inflate_open(inflater **z, inflate_form form, const char *where);
/* Unpacks from in [*taken] to out [*got]; both become the bytes that were used and that came. */
inflate_state inflate_some(inflater *z, const uint8_t *in, size_t *taken, uint8_t *out,
                           size_t *got);
/* Another member of gzip begins; false: it cannot. */
bool inflate_again(inflater *z);
/* Why the last call said INFLATE_DAMAGED. */
const char *inflate_reason(const inflater *z);
void inflate_close(inflater *z);

/* CRC-32 (ISO 3309), of what `before` is the sum of and then these bytes; 0 at the beginning. */
uint32_t inflate_crc32(uint32_t before, const void *bytes, size_t size);
/* The same on any processor: zlib's, or where that is absent by a table. */
uint32_t inflate_crc32_plain(uint32_t before, const void *bytes, size_t size);

#endif

/* format/stream.h: bytes in memory read from front to back, plain or gzip. */
#ifndef FSNN_STREAM_H
#define FSNN_STREAM_H

#include "format/inflate.h"

typedef struct stream {
    const char *path; /* for error sentences */
    const uint8_t *in;
    size_t left; /* bytes not yet taken from `in` */
    bool packed, ended;
    uint64_t most; /* bytes the whole can hold at the very most */
    inflater *z;   /* NULL: plain */
} stream;

/* `bytes` are borrowed until stream_close, to be called also after errors of stream_read.
 * FSNN_EMEMORY; FSNN_EUNSUPPORTED for gzip where fsnn was built without zlib. */
fsnn_status stream_open(stream *s, const char *path, const uint8_t *bytes, size_t size);
/* Up to n bytes; fewer only at the end. FSNN_EFORMAT for damaged or cut gzip data. */
fsnn_status stream_read(stream *s, void *out, size_t n, size_t *got);
void stream_close(stream *s);

#endif

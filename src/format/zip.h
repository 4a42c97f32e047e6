/* format/zip.h: the zip container of NPZ files: stored and deflated entries, zip64, checksums.
 * Reading works on bytes in memory and trusts none of them: every offset and size is checked
 * against what is there before it is used. */
#ifndef FSNN_ZIP_H
#define FSNN_ZIP_H

#include "format/inflate.h"

typedef struct zip_reader {
    const char *path; /* for error sentences */
    const uint8_t *bytes;
    uint64_t directory, end; /* the central directory is bytes [directory, end) */
    uint64_t cursor, left;   /* next record, records left */
    uint64_t budget;         /* bytes that entries may still claim: entries cannot overlap */
} zip_reader;

typedef struct zip_entry {
    const char *name; /* [name_size], not terminated */
    size_t name_size;
    char shown[64]; /* the name, printable, for error sentences */
    int method;
    uint32_t crc;
    uint64_t packed, size;
    const uint8_t *data; /* [packed] */
} zip_entry;

/* `bytes` are borrowed for the reader's life. FSNN_EFORMAT. */
fsnn_status zip_open(zip_reader *zip, const char *path, const uint8_t *bytes, size_t size);
/* 1 and the next entry, 0 after the last, negative on error. */
int zip_next(zip_reader *zip, zip_entry *entry);

/* The content of an entry from front to back, so that what it says of itself can be checked before
 * there is room made for it. */
typedef struct zip_input {
    const zip_reader *zip;
    const zip_entry *entry;
    uint64_t consumed, produced; /* bytes of the packed and of the unpacked content */
    uint32_t crc;
    inflater *z; /* of a deflated entry */
} zip_input;

/* Both are borrowed; zip_input_close is due after it was opened. FSNN_EMEMORY;
 * FSNN_EUNSUPPORTED for deflated entries where fsnn was built without zlib. */
fsnn_status zip_input_open(zip_input *in, const zip_reader *zip, const zip_entry *entry);
/* Exactly n bytes. FSNN_EFORMAT where they are not there. */
fsnn_status zip_input_read(zip_input *in, void *out, uint64_t n);
/* After all was read: that nothing follows, and the checksum. FSNN_EFORMAT. */
fsnn_status zip_input_finish(zip_input *in);
void zip_input_close(zip_input *in);

typedef struct zip_piece {
    const void *data;
    size_t size;
} zip_piece;

/* Zero-initialise but for `stream` and `limit`. Failed writes show in ferror(stream). */
typedef struct zip_writer {
    FILE *stream;
    uint64_t limit; /* sizes and offsets from here on use zip64: ZIP_LIMIT (tests use less) */
    uint64_t offset, count;
    uint8_t *directory; /* growing central directory, [capacity] */
    int64_t used, capacity;
} zip_writer;

#define ZIP_LIMIT UINT64_C(0xffffffff)

/* Adds an entry stored, its content in two pieces. FSNN_EARGUMENT, FSNN_EMEMORY. */
fsnn_status zip_add(zip_writer *zip, const char *name, const zip_piece piece[2]);

/* Entries whose contents come in pieces, those of several side by side: each is kept a place of its
 * size, from the beginning of the stream's file on, which can be written anywhere. */
typedef struct zip_place {
    const char *name; /* borrowed */
    uint64_t head, size;
    uint64_t next, left; /* where the next piece goes, bytes that are to come */
    uint32_t crc;
} zip_place;

/* FSNN_EARGUMENT. */
fsnn_status zip_keep(zip_writer *zip, const char *name, uint64_t size, zip_place *place);
/* No more than there is left of it. */
void zip_put(zip_writer *zip, zip_place *place, const void *data, size_t size);
/* After the last piece. The stream then stands behind all that was kept. FSNN_EMEMORY. */
fsnn_status zip_settle(zip_writer *zip, zip_place *place);

void zip_finish(zip_writer *zip);
void zip_free(zip_writer *zip);

#endif

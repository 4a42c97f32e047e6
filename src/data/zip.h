/* data/zip.h: the zip container of NPZ files: stored and deflated entries, zip64, checksums.
 * Reading works on bytes in memory and trusts none of them: every offset and size is checked
 * against what is there before it is used. */
#ifndef FSNN_ZIP_H
#define FSNN_ZIP_H

#include "base/base.h"

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
/* Content of an entry [entry->size], checksum verified: a view into the file when stored, otherwise
 * a new block, also left in *owned (fsnn_free). */
fsnn_status zip_content(const zip_reader *zip, const zip_entry *entry, const uint8_t **content,
                        uint8_t **owned);

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
void zip_finish(zip_writer *zip);
void zip_free(zip_writer *zip);

#endif

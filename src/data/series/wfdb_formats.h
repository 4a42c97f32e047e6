/* data/series/wfdb_formats.h: the formats of WFDB's signal files. */
#ifndef FSNN_WFDB_FORMATS_H
#define FSNN_WFDB_FORMATS_H

#include "data/series/wfdb.h"

typedef struct wfdb_format {
    int number;
    int group, bytes; /* `group` values take `bytes` bytes */
    int rest[4];      /* values in a cut group of 0, 1, ... bytes */
    int32_t none;     /* the value that stands for "no sample" */
    bool differences; /* from the value before, without a mark of no sample */
    bool flac;        /* `value` sees what wfdb_unpack_flac made of it */
    int32_t (*value)(const uint8_t *bytes, int64_t i);
} wfdb_format;

/* The format, or NULL. */
const wfdb_format *wfdb_find_format(int64_t number);
#define WFDB_FORMATS "8, 16, 24, 32, 61, 80, 160, 212, 310, 311, 508, 516 and 524"

/* The content of a FLAC file as numbers of 32 bits, low byte first, in the order of frames
 * (fsnn_free). Errors: those of sound_read (format/sound.h), FSNN_EFORMAT. */
fsnn_status wfdb_unpack_flac(const char *path, const wfdb_header *h, int file, uint8_t **bytes,
                             size_t *size);

#endif

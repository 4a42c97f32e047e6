/* data/events/prophesee.h: what the recordings of Prophesee's cameras share: lines of text that
 * begin with "% ", then words of binary. */
#ifndef FSNN_DATA_PROPHESEE_H
#define FSNN_DATA_PROPHESEE_H

#include "data/events/events.h"

typedef enum prophesee_kind {
    PROPHESEE_NONE,
    PROPHESEE_EVT2,
    PROPHESEE_EVT21,
    PROPHESEE_EVT3,
    PROPHESEE_DAT
} prophesee_kind;

typedef struct prophesee_header {
    prophesee_kind kind;
    size_t start;      /* of what follows the lines */
    int width, height; /* 0: the lines do not tell */
    int64_t version;   /* of DAT; 0: none is told */
    bool dat;          /* a line says that it is a DAT file */
    bool legacy;       /* EVT 2.1: the upper half of a word stands first */
    bool big_endian;   /* words have their highest byte first */
} prophesee_header;

/* What the lines at the beginning say, as far as `size` bytes reach. */
prophesee_header prophesee_read_header(const uint8_t *bytes, size_t size);

/* The header of a RAW file whose words have `word` bytes, the size of the sensor in *out. Errors:
 * FSNN_EFORMAT where the last word is cut short or the sensor is none; FSNN_EUNSUPPORTED for words
 * with their highest byte first. */
fsnn_status prophesee_begin(const char *path, const uint8_t *bytes, size_t size, size_t word,
                            fsnn_events *out, prophesee_header *header);

/* A counter of `bits` bits that began anew goes on: *turns grows where it fell by more than half of
 * its range. */
static inline int64_t prophesee_unwrap(int64_t *turns, int64_t before, int64_t now, int bits)
{
    *turns += before - now > INT64_C(1) << (bits - 1);
    return *turns * (INT64_C(1) << bits) + now;
}

/* What stands in such files beside events of pixels; where it is counted. */
typedef enum prophesee_other {
    PROPHESEE_EARLY, /* events before the first word that tells the time */
    PROPHESEE_TRIGGER,
    PROPHESEE_MESSAGE,
    PROPHESEE_RESERVED,
    PROPHESEE_OTHERS
} prophesee_other;

void prophesee_leave_out(fsnn_events *events, const int64_t count[PROPHESEE_OTHERS]);

#endif

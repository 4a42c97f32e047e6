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

/* ---- words, a piece of a file at a time ---- */

/* What is known at a word. */
typedef struct prophesee_state {
    prophesee_header header;
    size_t start;             /* of the words in the file */
    int64_t low, high, turns; /* of the time; high -1: not told yet */
    int64_t base;             /* time of the upper bits */
    int y, x, p;              /* the row; the base of vectors */
    bool second;              /* camera */
    int64_t others[PROPHESEE_OTHERS];
} prophesee_state;

struct events_words {
    size_t word; /* bytes; pieces consist of whole ones */
    int most;    /* events that a word can have */
    /* Checks what stands between the lines of text and the words of a file of `whole` bytes, moves
     * state->start behind it, and checks that the last word is whole. NULL: nothing stands there.
     * FSNN_EFORMAT, FSNN_EUNSUPPORTED. */
    fsnn_status (*begin)(const char *path, const uint8_t *bytes, size_t whole,
                         prophesee_state *state);
    /* No fewer than the events in [at, end). */
    int64_t (*count)(const prophesee_state *state, const uint8_t *at, const uint8_t *end);
    /* Appends the events in [at, end), for which there is room; `at` stands at `offset` of the
     * file. FSNN_EFORMAT. */
    fsnn_status (*take)(const char *path, prophesee_state *state, const uint8_t *at,
                        const uint8_t *end, size_t offset, fsnn_events *out);
};

/* The state at the first word of a file of `whole` bytes, of which `size` are here; the size of the
 * sensor in *out. Errors: FSNN_EFORMAT where the last word is cut short or the sensor is none;
 * FSNN_EUNSUPPORTED for words with their highest byte first; those of words->begin. */
fsnn_status prophesee_begin(const events_words *words, const char *path, const uint8_t *bytes,
                            size_t size, size_t whole, prophesee_state *state, fsnn_events *out);

/* The events of a whole file in memory. Errors: those of prophesee_begin and words->take;
 * FSNN_EMEMORY. */
fsnn_status prophesee_parse(const events_words *words, const char *path, const uint8_t *bytes,
                            size_t size, fsnn_events *out);

#endif

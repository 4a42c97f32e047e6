/* data/events/events_evt3.c: EVT 3.0 of Prophesee's cameras (.raw; docs.prophesee.ai, "EVT 3.0
 * Format"). Words of 16 bits, lowest byte first, that change a state; bits 15..12 are the type:
 *
 *   0  y (10..0), bit 11 a second camera    2  an event: x (10..0), polarity (bit 11)
 *   3  base of vectors: x, polarity         4, 5  which of 12, of 8 pixels from the base on have an
 *                                                 event; the base moves behind them
 *   6  lower 12 bits of the time            8  upper 12 bits of the time
 *   10 trigger                              7, 14, 15  messages
 *
 * Times are microseconds of 24 bits and begin anew after 17 seconds, which is undone. The upper
 * bits are repeated many times before they change. */
#include "data/events/prophesee.h"

#include "base/bytes.h"

enum { WORD = 2, COLUMNS = 2048 };

/* What is known at a word. */
typedef struct state {
    int64_t low, high, turns; /* of the time; high -1: not told yet */
    int64_t base;             /* time of the upper bits */
    int y, x, p;              /* the row; the base of vectors */
    bool second;
    int64_t others[PROPHESEE_OTHERS];
} state;

static bool is(const char *path, const uint8_t *bytes, size_t size)
{
    (void)path;
    return prophesee_read_header(bytes, size).kind == PROPHESEE_EVT3;
}

/* Bits of a vector word that mean pixels; 0: no vector. */
static int vector_pixels(unsigned type)
{
    return type == 4 ? 12 : type == 5 ? 8 : 0;
}

static int64_t count_events(const uint8_t *at, const uint8_t *end)
{
    int64_t count = 0;
    for (; at < end; at += WORD) {
        unsigned word = (unsigned)bytes_le(at, WORD);
        int pixels = vector_pixels(word >> 12);
        count += pixels ? __builtin_popcount(word & ((1U << pixels) - 1)) : word >> 12 == 2;
    }
    return count;
}

static void add(state *s, int x, int p, fsnn_events *out)
{
    if (s->high < 0)
        s->others[PROPHESEE_EARLY]++;
    else
        out->event[out->count++] = (fsnn_event){.t = s->base + s->low,
                                                .x = (uint16_t)x,
                                                .y = (uint16_t)s->y,
                                                .p = (uint8_t)p,
                                                .camera = s->second};
}

/* False: a pixel is right of all columns that a word can name. */
static bool add_vector(state *s, unsigned bits, int pixels, fsnn_events *out)
{
    for (bits &= (1U << pixels) - 1; bits; bits &= bits - 1) {
        int x = s->x + __builtin_ctz(bits);
        if (x >= COLUMNS)
            return false;
        add(s, x, s->p, out);
    }
    s->x = s->x < COLUMNS ? s->x + pixels : s->x;
    return true;
}

static bool read_word(state *s, unsigned word, fsnn_events *out)
{
    int x = word & 0x7ff, p = word >> 11 & 1, low = word & 0xfff;
    switch (word >> 12) {
    case 0:
        s->y = x, s->second = p;
        break;
    case 2:
        add(s, x, p, out);
        break;
    case 3:
        s->x = x, s->p = p;
        break;
    case 4:
    case 5:
        return add_vector(s, word, vector_pixels(word >> 12), out);
    case 6:
        s->low = low;
        break;
    case 7:
    case 14:
    case 15:
        s->others[PROPHESEE_MESSAGE]++;
        break;
    case 8:
        s->base = prophesee_unwrap(&s->turns, s->high, low, 12) * 4096;
        s->high = low;
        break;
    case 10:
        s->others[PROPHESEE_TRIGGER]++;
        break;
    default:
        s->others[PROPHESEE_RESERVED]++;
    }
    return true;
}

static fsnn_status parse(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    prophesee_header h;
    state s = {.high = -1};
    FSNN_TRY(prophesee_begin(path, bytes, size, WORD, out, &h));
    const uint8_t *at = bytes + h.start, *end = bytes + size;
    FSNN_TRY(events_reserve(out, count_events(at, end)));
    for (; at < end; at += WORD)
        if (!read_word(&s, (unsigned)bytes_le(at, WORD), out))
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: the vector at offset %zu has an event right of column %d, which "
                             "no sensor has: the file is damaged",
                             path, (size_t)(at - bytes), COLUMNS - 1);
    prophesee_leave_out(out, s.others);
    return FSNN_OK;
}

const events_format events_evt3 = {.name = "EVT 3.0",
                                   .is = is,
                                   .parse = parse,
                                   .second = "events of a second camera (bit 11 of y)"};

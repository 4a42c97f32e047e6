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

static int64_t count_events(const prophesee_state *s, const uint8_t *at, const uint8_t *end)
{
    int64_t count = 1; /* read_common */
    (void)s;
    for (; at < end; at += WORD) {
        unsigned word = (unsigned)bytes_le(at, WORD);
        int pixels = vector_pixels(word >> 12);
        count += pixels ? __builtin_popcount(word & ((1U << pixels) - 1)) : word >> 12 == 2;
    }
    return count;
}

static void add(prophesee_state *s, int x, int p, fsnn_events *out)
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
static bool add_vector(prophesee_state *s, unsigned bits, int pixels, fsnn_events *out)
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

static bool read_word(prophesee_state *s, unsigned word, fsnn_events *out)
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

/* The lower 12 bits of a word, or what they were, by a mask: compilers make branches of conditions.
 */
static uint32_t chosen(bool now, uint32_t word, uint32_t before)
{
    const uint32_t mask = 0 - (uint32_t)now;
    return (word & 0xfff & mask) | (before & ~mask);
}

/* The words of rows, events, bases of vectors and lower times, which are nearly all and follow each
 * other in no order that a processor could guess: without branches, each as if it were of all these
 * types. `to` has room for one event more than there are. */
static const uint8_t *read_common(prophesee_state *s, const uint8_t *at, const uint8_t *end,
                                  fsnn_events *to)
{
    enum { COMMON = 1 << 0 | 1 << 2 | 1 << 3 | 1 << 6, NONE = 1 << 12 };
    fsnn_event *event = to->event + to->count;
    uint32_t row = (uint32_t)s->y | (uint32_t)s->second << 11;
    uint32_t base = NONE, low = (uint32_t)s->low;
    for (; at < end; at += WORD) {
        const uint32_t word = (uint32_t)bytes_le(at, WORD), type = word >> 12;
        if (!(COMMON >> type & 1))
            break;
        row = chosen(type == 0, word, row);
        base = chosen(type == 3, word, base);
        low = chosen(type == 6, word, low);
        *event = (fsnn_event){.t = s->base + low,
                              .x = word & 0x7ff,
                              .y = row & 0x7ff,
                              .p = word >> 11 & 1,
                              .camera = (uint8_t)(row >> 11)};
        event += type == 2;
    }
    s->y = row & 0x7ff, s->second = row >> 11;
    s->low = low;
    if (base != NONE)
        s->x = base & 0x7ff, s->p = (int)(base >> 11);
    to->count = event - to->event;
    return at;
}

static fsnn_status take(const char *path, prophesee_state *s, const uint8_t *at, const uint8_t *end,
                        size_t offset, fsnn_events *out)
{
    const uint8_t *word = at;
    while (word < end) {
        if (s->high >= 0)
            word = read_common(s, word, end, out);
        if (word == end)
            break;
        if (!read_word(s, (unsigned)bytes_le(word, WORD), out))
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: the vector at offset %zu has an event right of column %d, which "
                             "no sensor has: the file is damaged",
                             path, offset + (size_t)(word - at), COLUMNS - 1);
        word += WORD;
    }
    return FSNN_OK;
}

static const events_words words = {.word = WORD, .most = 12, .count = count_events, .take = take};

const events_format events_evt3 = {.name = "EVT 3.0",
                                   .is = is,
                                   .second = "events of a second camera (bit 11 of y)",
                                   .words = &words};

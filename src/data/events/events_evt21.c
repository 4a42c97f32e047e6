/* data/events/events_evt21.c: EVT 2.1 of Prophesee's cameras (.raw; docs.prophesee.ai, "EVT 2.1
 * Format"). Words of 64 bits, lowest byte first; bits 63..60 are the type:
 *
 *   0, 1  events OFF, ON: 59..54 lower bits of the time, 53..43 x, 42..32 y, 31..0 which of the
 *         pixels x, x + 1, ..., x + 31 have one
 *   8     59..32 upper 28 bits of the time      10  trigger      14, 15  messages
 *
 * The cameras IMX636 and Gen 4.1 send the upper half of a word first, and the header says so:
 * "endianness=legacy". Times are as those of EVT 2.0. */
#include "data/events/prophesee.h"

#include "base/bytes.h"

enum { WORD = 8, ON = 1, TIME = 8, TRIGGER = 10, MESSAGE = 14, MORE = 15 };

static bool is(const char *path, const uint8_t *bytes, size_t size)
{
    (void)path;
    return prophesee_read_header(bytes, size).kind == PROPHESEE_EVT21;
}

static uint64_t read_word(const uint8_t *at, bool legacy)
{
    uint64_t word = bytes_le(at, WORD);
    return legacy ? word << 32 | word >> 32 : word;
}

static int64_t count_events(const prophesee_state *s, const uint8_t *at, const uint8_t *end)
{
    int64_t count = 0;
    for (; at < end; at += WORD) {
        uint64_t word = read_word(at, s->header.legacy);
        count += word >> 60 <= ON ? __builtin_popcount((uint32_t)word) : 0;
    }
    return count;
}

static void add_pixels(uint64_t word, int64_t base, fsnn_events *out)
{
    for (uint32_t bits = (uint32_t)word; bits; bits &= bits - 1)
        out->event[out->count++] =
            (fsnn_event){.t = base + (int64_t)(word >> 54 & 0x3f),
                         .x = (uint16_t)((word >> 43 & 0x7ff) + (uint32_t)__builtin_ctz(bits)),
                         .y = word >> 32 & 0x7ff,
                         .p = word >> 60 & 1};
}

static prophesee_other other(uint64_t type)
{
    return type == TRIGGER                   ? PROPHESEE_TRIGGER
           : type == MESSAGE || type == MORE ? PROPHESEE_MESSAGE
                                             : PROPHESEE_RESERVED;
}

static fsnn_status take(const char *path, prophesee_state *s, const uint8_t *at, const uint8_t *end,
                        size_t offset, fsnn_events *out)
{
    (void)path, (void)offset;
    for (; at < end; at += WORD) {
        const uint64_t word = read_word(at, s->header.legacy), type = word >> 60;
        if (type <= ON && s->high < 0) {
            s->others[PROPHESEE_EARLY] += __builtin_popcount((uint32_t)word);
        } else if (type <= ON) {
            add_pixels(word, s->base, out);
        } else if (type == TIME) {
            const int64_t now = (int64_t)(word >> 32 & 0xfffffff);
            s->base = prophesee_unwrap(&s->turns, s->high, now, 28) * 64;
            s->high = now;
        } else {
            s->others[other(type)]++;
        }
    }
    return FSNN_OK;
}

static const events_words words = {.word = WORD, .most = 32, .count = count_events, .take = take};

const events_format events_evt21 = {.name = "EVT 2.1", .is = is, .words = &words};

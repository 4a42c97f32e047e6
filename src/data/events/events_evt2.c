/* data/events/events_evt2.c: EVT 2.0 of Prophesee's cameras (.raw; docs.prophesee.ai, "EVT 2.0
 * Format"). Words of 32 bits, lowest byte first; bits 31..28 are the type:
 *
 *   0, 1  event OFF, ON: 27..22 lower bits of the time, 21..11 x, 10..0 y
 *   8     upper 28 bits of the time      10  trigger      14, 15  messages
 *
 * Times are microseconds of 34 bits and begin anew after 4.8 hours, which is undone. */
#include "data/events/prophesee.h"

#include "base/bytes.h"

enum { WORD = 4, OFF = 0, ON = 1, TIME = 8, TRIGGER = 10, MESSAGE = 14, MORE = 15 };

static bool is(const char *path, const uint8_t *bytes, size_t size)
{
    (void)path;
    return prophesee_read_header(bytes, size).kind == PROPHESEE_EVT2;
}

static int64_t count_events(const prophesee_state *s, const uint8_t *at, const uint8_t *end)
{
    int64_t count = 0;
    (void)s;
    for (; at < end; at += WORD)
        count += at[WORD - 1] >> 4 <= ON;
    return count;
}

static void other_word(prophesee_state *s, uint32_t word)
{
    const uint32_t type = word >> 28;
    if (type == TIME) {
        const int64_t now = word & 0xfffffff;
        s->base = prophesee_unwrap(&s->turns, s->high, now, 28) * 64;
        s->high = now;
    } else {
        s->others[type == TRIGGER                   ? PROPHESEE_TRIGGER
                  : type == MESSAGE || type == MORE ? PROPHESEE_MESSAGE
                                                    : PROPHESEE_RESERVED]++;
    }
}

static fsnn_status take(const char *path, prophesee_state *s, const uint8_t *at, const uint8_t *end,
                        size_t offset, fsnn_events *out)
{
    fsnn_event *to = out->event + out->count;
    (void)path, (void)offset;
    for (; at < end; at += WORD) {
        const uint32_t word = (uint32_t)bytes_le(at, WORD);
        if (word >> 28 > ON)
            other_word(s, word);
        else if (s->high < 0)
            s->others[PROPHESEE_EARLY]++;
        else
            *to++ = (fsnn_event){.t = s->base + (word >> 22 & 0x3f),
                                 .x = word >> 11 & 0x7ff,
                                 .y = word & 0x7ff,
                                 .p = (uint8_t)(word >> 28)};
    }
    out->count = to - out->event;
    return FSNN_OK;
}

static const events_words words = {.word = WORD, .most = 1, .count = count_events, .take = take};

const events_format events_evt2 = {.name = "EVT 2.0", .is = is, .words = &words};

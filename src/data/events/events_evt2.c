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

static int64_t count_events(const uint8_t *at, const uint8_t *end)
{
    int64_t count = 0;
    for (; at < end; at += WORD)
        count += at[WORD - 1] >> 4 <= ON;
    return count;
}

static fsnn_status parse(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    prophesee_header h;
    int64_t others[PROPHESEE_OTHERS] = {0}, high = -1, turns = 0, base = 0;
    FSNN_TRY(prophesee_begin(path, bytes, size, WORD, out, &h));
    const uint8_t *at = bytes + h.start, *end = bytes + size;
    FSNN_TRY(events_reserve(out, count_events(at, end)));
    for (; at < end; at += WORD) {
        uint32_t word = (uint32_t)bytes_le(at, WORD), type = word >> 28;
        if (type <= ON && high < 0) {
            others[PROPHESEE_EARLY]++;
        } else if (type <= ON) {
            out->event[out->count++] = (fsnn_event){.t = base + (word >> 22 & 0x3f),
                                                    .x = word >> 11 & 0x7ff,
                                                    .y = word & 0x7ff,
                                                    .p = (uint8_t)type};
        } else if (type == TIME) {
            int64_t now = word & 0xfffffff;
            base = prophesee_unwrap(&turns, high, now, 28) * 64;
            high = now;
        } else {
            others[type == TRIGGER                   ? PROPHESEE_TRIGGER
                   : type == MESSAGE || type == MORE ? PROPHESEE_MESSAGE
                                                     : PROPHESEE_RESERVED]++;
        }
    }
    prophesee_leave_out(out, others);
    return FSNN_OK;
}

const events_format events_evt2 = {.name = "EVT 2.0", .is = is, .parse = parse};

/* data/events/events_dat.c: DAT of Prophesee (.dat; docs.prophesee.ai, "DAT File Format"), the
 * files of N-CARS and Gen 1. Lines of text that begin with "%", a byte for the kind of events and
 * one for their size, 8, then events, lowest byte first: 32 bits of time in microseconds, then 32
 *
 *   version 2        13..0 x, 27..14 y, 31..28 polarity
 *   version 1, none  8..0 x, 16..9 y, 17 polarity (ATIS of 304 x 240; load_atis_data.m)
 *
 * Times begin anew after 71 minutes, which is undone. */
#include "data/events/prophesee.h"

#include "base/bytes.h"

enum { HEAD = 2, EVENT = 8, TD = 0x00, CD = 0x0c };

static bool is(const char *path, const uint8_t *bytes, size_t size)
{
    (void)path;
    return prophesee_read_header(bytes, size).kind == PROPHESEE_DAT;
}

/* What follows the lines: kind and size of events, and whole ones. */
static fsnn_status check(const char *path, const uint8_t *bytes, size_t whole,
                         const prophesee_header *h)
{
    size_t left = whole - h->start, at = h->start;
    if (h->version < 0 || h->version > 2)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: is of version %lld of DAT; versions 1 and 2 are read", path,
                         (long long)h->version);
    if (left < HEAD)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: ends behind its header, at offset %zu, where the kind and the size "
                         "of events were expected: the file is cut short",
                         path, at);
    if (bytes[at + 1] != EVENT)
        return fsnn_fail(FSNN_EFORMAT, "%s: offset %zu: events of %d bytes, expected %d", path,
                         at + 1, bytes[at + 1], EVENT);
    if (bytes[at] != TD && bytes[at] != CD)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: offset %zu: events of kind 0x%02x; changes of brightness have 0x00 "
                         "or 0x0c",
                         path, at, bytes[at]);
    size_t rest = (left - HEAD) % EVENT;
    if (rest)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: the event at offset %zu ends after %zu of its 8 bytes: the file is "
                         "cut short",
                         path, whole - rest, rest);
    return FSNN_OK;
}

/* Where x, y and the polarity begin in a word, and how many bits the first two have. */
typedef struct layout {
    int y, p;
    uint32_t x_mask, y_mask;
} layout;

static const layout layouts[2] = {{9, 17, 0x1ff, 0xff}, {14, 28, 0x3fff, 0x3fff}};

static fsnn_status begin(const char *path, const uint8_t *bytes, size_t whole, prophesee_state *s)
{
    FSNN_TRY(check(path, bytes, whole, &s->header));
    s->start += HEAD;
    return FSNN_OK;
}

static int64_t count_events(const prophesee_state *s, const uint8_t *at, const uint8_t *end)
{
    (void)s;
    return (end - at) / EVENT;
}

static fsnn_status take(const char *path, prophesee_state *s, const uint8_t *at, const uint8_t *end,
                        size_t offset, fsnn_events *out)
{
    const layout *l = &layouts[s->header.version == 2];
    for (const uint8_t *event = at; event < end; event += EVENT) {
        const int64_t now = (int64_t)bytes_le(event, 4);
        const uint32_t word = (uint32_t)bytes_le(event + 4, 4);
        if (s->header.version == 2 && word >> 28 > 1)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: the event at offset %zu has polarity %u, expected 0 or 1: the "
                             "file is damaged",
                             path, offset + (size_t)(event - at), word >> 28);
        out->event[out->count++] = (fsnn_event){.t = prophesee_unwrap(&s->turns, s->low, now, 32),
                                                .x = (uint16_t)(word & l->x_mask),
                                                .y = (uint16_t)(word >> l->y & l->y_mask),
                                                .p = word >> l->p & 1};
        s->low = now;
    }
    return FSNN_OK;
}

static const events_words words = {
    .word = EVENT, .most = 1, .begin = begin, .count = count_events, .take = take};

const events_format events_dat = {.name = "DAT", .is = is, .words = &words};

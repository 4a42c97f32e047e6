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
static fsnn_status check(const char *path, const uint8_t *bytes, size_t size,
                         const prophesee_header *h)
{
    size_t left = size - h->start, at = h->start;
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
                         path, size - rest, rest);
    return FSNN_OK;
}

/* Where x, y and the polarity begin in a word, and how many bits the first two have. */
typedef struct layout {
    int y, p;
    uint32_t x_mask, y_mask;
} layout;

static const layout layouts[2] = {{9, 17, 0x1ff, 0xff}, {14, 28, 0x3fff, 0x3fff}};

static fsnn_status parse(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    prophesee_header h;
    int64_t turns = 0, before = 0;
    FSNN_TRY(prophesee_begin(path, bytes, size, 1, out, &h));
    FSNN_TRY(check(path, bytes, size, &h));
    const layout *l = &layouts[h.version == 2];
    const uint8_t *at = bytes + h.start + HEAD, *end = bytes + size;
    FSNN_TRY(events_reserve(out, (end - at) / EVENT));
    for (; at < end; at += EVENT) {
        int64_t now = (int64_t)bytes_le(at, 4);
        uint32_t word = (uint32_t)bytes_le(at + 4, 4);
        if (h.version == 2 && word >> 28 > 1)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: the event at offset %zu has polarity %u, expected 0 or 1: the "
                             "file is damaged",
                             path, (size_t)(at - bytes), word >> 28);
        out->event[out->count++] = (fsnn_event){.t = prophesee_unwrap(&turns, before, now, 32),
                                                .x = (uint16_t)(word & l->x_mask),
                                                .y = (uint16_t)(word >> l->y & l->y_mask),
                                                .p = word >> l->p & 1};
        before = now;
    }
    return FSNN_OK;
}

const events_format events_dat = {.name = "DAT", .is = is, .parse = parse};

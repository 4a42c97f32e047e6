/* data/events/events_bin.c: 40-bit events, the .bin files of N-MNIST and N-Caltech101 (G. Orchard,
 * A. Jayawant, G. Cohen, N. Thakor, Frontiers in Neuroscience 9:437, 2015) and .bs2. No header,
 * five bytes an event:
 *
 *   0  x    1  y    2  polarity (top bit), bits 22..16 of the time    3  bits 15..8    4  bits 7..0
 *
 * Times are microseconds. Row 240, which no such sensor has, is an overflow mark instead of an
 * event: the times after it are 8192 later (Read_Ndataset of the authors). */
#include "data/events/events.h"

#include "base/bytes.h"
#include "format/file_kind.h"

#include <string.h>

enum { EVENT = 5, OVERFLOW_ROW = 240, OVERFLOW_TIME = 8192 };

static bool is(const char *path, const uint8_t *bytes, size_t size)
{
    const char *dot = strrchr(path, '.');
    (void)bytes, (void)size;
    return dot && (!strcmp(dot, ".bin") || !strcmp(dot, ".bs2"));
}

static fsnn_status parse(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    if (!size)
        return file_kind_fail(path, bytes, size, "40-bit events");
    if (size % EVENT)
        return fsnn_fail(
            FSNN_EFORMAT,
            "%s: the event at offset %zu ends after %zu of its 5 bytes: the file is cut "
            "short, or holds no 40-bit events",
            path, size - size % EVENT, size % EVENT);
    FSNN_TRY(events_reserve(out, (int64_t)(size / EVENT)));
    int64_t later = 0;
    for (const uint8_t *p = bytes, *end = bytes + size; p < end; p += EVENT) {
        uint32_t word = (uint32_t)bytes_be(p + 2, 3);
        if (p[1] == OVERFLOW_ROW)
            later += OVERFLOW_TIME;
        else
            out->event[out->count++] = (fsnn_event){
                .t = later + (word & 0x7fffff), .x = p[0], .y = p[1], .p = word >> 23 & 1};
    }
    return FSNN_OK;
}

const events_format events_bin = {.name = "40-bit events", .is = is, .parse = parse};

/* data/events/events_aedat3.c: AEDAT 3.1, the recordings of DVS128 Gesture (A. Amir et al., CVPR
 * 2017). Lines of text up to "#!END-HEADER", then packets, all numbers little-endian. A packet's
 * header:
 *
 *   int16 type, source; int32 size of an event, offset of its time, overflow of the times,
 *   capacity, number, valid number
 *
 * Packets of type 1 hold polarity events of 8 bytes: a word (31..17 x, 16..2 y, 1 polarity, 0
 * valid), then 31 bits of time in microseconds, to which 2^31 times the overflow is added. Others
 * are passed over. The origin is the upper left corner. (docs.inivation.com, AEDAT 3.1) */
#include "data/events/events.h"

#include "base/bytes.h"

#include <string.h>

enum { HEADER = 28, POLARITY = 1, EVENT = 8, TIME_OFFSET = 4 };

static const char version[] = "#!AER-DAT3.1", ending[] = "#!END-HEADER";

static bool is(const char *path, const uint8_t *bytes, size_t size)
{
    (void)path;
    return size >= sizeof version - 1 && !memcmp(bytes, version, sizeof version - 1);
}

/* "#Source 1: DVS128" tells the sensor, "#Format: RAW" how packets lie. */
static fsnn_status read_line(const char *path, size_t at, const uint8_t *line, size_t length,
                             fsnn_events *out)
{
    static const char source[] = "#Source ", format[] = "#Format:";
    if (length >= sizeof source - 1 && !memcmp(line, source, sizeof source - 1) && !out->width) {
        const events_camera *camera = events_camera_find((const char *)line, length);
        out->width = camera ? camera->width : 0;
        out->height = camera ? camera->height : 0;
    }
    if (length >= sizeof format - 1 && !memcmp(line, format, sizeof format - 1) &&
        !memmem(line, length, "RAW", 3))
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: offset %zu: \"%.*s\": only the format RAW can be read", path, at,
                         (int)(length < 60 ? length : 60), (const char *)line);
    return FSNN_OK;
}

static fsnn_status read_header(const char *path, const uint8_t *bytes, size_t size, size_t *start,
                               fsnn_events *out)
{
    for (size_t at = 0; at < size && bytes[at] == '#';) {
        const uint8_t *line = bytes + at, *end = memchr(line, '\n', size - at);
        if (!end)
            break;
        size_t length = (size_t)(end - line);
        *start = at + length + 1;
        if (length >= sizeof ending - 1 && !memcmp(line, ending, sizeof ending - 1))
            return FSNN_OK;
        FSNN_TRY(read_line(path, at, line, length, out));
        at = *start;
    }
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: offset %zu: expected a header line up to #!END-HEADER: the file is cut "
                     "short or damaged",
                     path, *start);
}

/* Types of packets (libcaer, events/common.h). */
static const char *const packet_names[] = {
    "special events (triggers, resets of the time)",
    "events marked as not valid",
    "pictures (APS frames)",
    "samples of the motion sensor (IMU)",
    "samples of the motion sensor (IMU)",
    "samples of a converter or of the ear",
    "entries of configuration",
};

static void leave_out(fsnn_events *out, int type, int64_t number)
{
    bool known = type >= 0 && type < FSNN_COUNT(packet_names);
    events_leave_out(out, known ? packet_names[type] : "entries of packets of other types", false,
                     number);
}

typedef struct packet {
    size_t at; /* of its header */
    int type;
    int64_t size, time, overflow, capacity, number;
} packet;

static int64_t signed32(const uint8_t *p)
{
    return (int32_t)(uint32_t)bytes_le(p, 4);
}

static fsnn_status read_packet(const char *path, const uint8_t *bytes, size_t size, packet *p)
{
    const uint8_t *h = bytes + p->at;
    size_t left = size - p->at;
    if (left < HEADER)
        return fsnn_fail(
            FSNN_EFORMAT,
            "%s: the packet at offset %zu ends after %zu of the 28 bytes of its header: "
            "the file is cut short",
            path, p->at, left);
    *p = (packet){p->at,           (int)bytes_le(h, 2), signed32(h + 4),
                  signed32(h + 8), signed32(h + 12),    signed32(h + 16),
                  signed32(h + 20)};
    if (p->size < 1 || p->overflow < 0 || p->number < 0 || p->capacity < p->number)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: the packet at offset %zu claims %lld of %lld events of %lld bytes, "
                         "overflow %lld: the file is damaged",
                         path, p->at, (long long)p->number, (long long)p->capacity,
                         (long long)p->size, (long long)p->overflow);
    if ((uint64_t)p->capacity > (left - HEADER) / (uint64_t)p->size)
        return fsnn_fail(
            FSNN_EFORMAT,
            "%s: the packet at offset %zu claims %lld events of %lld bytes, but only %zu "
            "bytes follow: the file is cut short or damaged",
            path, p->at, (long long)p->capacity, (long long)p->size, left - HEADER);
    if (p->type == POLARITY && (p->size != EVENT || p->time != TIME_OFFSET))
        return fsnn_fail(
            FSNN_EFORMAT,
            "%s: the packet at offset %zu holds polarity events of %lld bytes with the "
            "time at %lld; expected are 8 bytes, the time at 4",
            path, p->at, (long long)p->size, (long long)p->time);
    return FSNN_OK;
}

static fsnn_status read_events(const char *path, const uint8_t *bytes, const packet *p,
                               fsnn_events *out)
{
    for (int64_t i = 0; i < p->number; i++) {
        size_t at = p->at + HEADER + (size_t)i * EVENT;
        uint32_t word = (uint32_t)bytes_le(bytes + at, 4),
                 time = (uint32_t)bytes_le(bytes + at + 4, 4);
        if (!(word & 1)) {
            leave_out(out, POLARITY, 1);
            continue;
        }
        if (time >> 31)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: the event at offset %zu has the time %d: times are not negative",
                             path, at, (int)(int32_t)time);
        out->event[out->count++] = (fsnn_event){.t = p->overflow * (INT64_C(1) << 31) + time,
                                                .x = (uint16_t)(word >> 17),
                                                .y = word >> 2 & 0x7fff,
                                                .p = word >> 1 & 1};
    }
    return FSNN_OK;
}

static fsnn_status parse(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    packet p = {0};
    size_t start = 0;
    int64_t events = 0;
    FSNN_TRY(read_header(path, bytes, size, &start, out));
    for (int pass = 0; pass < 2; pass++) { /* counts, then reads */
        for (p.at = start; p.at < size; p.at += HEADER + (size_t)(p.capacity * p.size)) {
            FSNN_TRY(read_packet(path, bytes, size, &p));
            if (p.type == POLARITY && pass == 0)
                events += p.number;
            else if (p.type == POLARITY)
                FSNN_TRY(read_events(path, bytes, &p, out));
            else if (pass == 1)
                leave_out(out, p.type, p.number);
        }
        if (pass == 0)
            FSNN_TRY(events_reserve(out, events));
    }
    return FSNN_OK;
}

const events_format events_aedat3 = {.name = "AEDAT 3.1", .is = is, .parse = parse};

/* data/events/events_es.c: Event Stream 2.0 (.es, github.com/neuromorphic-paris/event_stream, the
 * programs sepia, loris, faery). "Event Stream", three bytes of version, one of the type:
 *
 *   0  generic: bytes that mean what their writer pleases, which have no pixel and are counted
 *   1  DVS: columns, rows (16 bits, lowest byte first), then events of five bytes: 7..1 of the
 *      first are the time since the event before, bit 0 the polarity; x, y of 16 bits
 *   2  ATIS: the same, but 7..2 of the first byte are the time, bit 1 the polarity; bit 0 is 1 for
 *      a threshold crossing of the exposure measurement, which is no change of brightness and
 *      counted
 *   4  color: events of eight bytes: time, x, y, red, green, blue; without a polarity, counted
 *
 * A first byte 0xff adds the longest time (127 us; color and generic: 254 us) and is no event, 0xfe
 * is a mark without a meaning. With ATIS a first byte of 0xfc and more adds 63 us as often as its
 * lowest two bits say. Rows stay as the file numbers them: the format does not say which one is 0.
 * loris and sepia write the lowest as row 0, and faery turns rows over when it reads. */
#include "data/events/events.h"

#include "base/bytes.h"

#include <string.h>

enum {
    HEAD = 16,
    SIZES = 20,
    EVENT = 5,
    COLOR_EVENT = 8,
    RESET = 0xfe,
    OVERFLOW_BYTE = 0xff,
    SENSOR = 32768
};

static const char magic[] = "Event Stream";

static bool is(const char *path, const uint8_t *bytes, size_t size)
{
    (void)path;
    return size >= sizeof magic - 1 && !memcmp(bytes, magic, sizeof magic - 1);
}

static fsnn_status cut(const char *path, size_t at)
{
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: what begins at offset %zu does not end within the file: the file is cut "
                     "short or damaged",
                     path, at);
}

/* Events of pixels: what their first byte means. */
typedef struct pixels {
    uint8_t marks;                  /* first bytes from here on begin no event */
    int64_t (*later)(uint8_t mark); /* microseconds that a mark adds */
    int time, polarity;             /* lowest bit of each */
    uint8_t other; /* a bit of events that are no changes of brightness; 0: none is */
} pixels;

static int64_t later_dvs(uint8_t mark)
{
    return mark == OVERFLOW_BYTE ? 127 : 0;
}

static int64_t later_atis(uint8_t mark)
{
    return INT64_C(63) * (mark & 3);
}

static const pixels dvs = {RESET, later_dvs, 1, 0, 0}, atis = {0xfc, later_atis, 2, 1, 1};

static int64_t count_pixels(const pixels *p, const uint8_t *bytes, size_t size)
{
    int64_t count = 0;
    for (size_t at = SIZES; at < size; count++)
        if (bytes[at] >= p->marks)
            at++, count--;
        else
            at += EVENT;
    return count;
}

static fsnn_status read_sizes(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    if (size < SIZES)
        return cut(path, HEAD);
    out->width = (int)bytes_le(bytes + HEAD, 2);
    out->height = (int)bytes_le(bytes + HEAD + 2, 2);
    if (out->width < 1 || out->height < 1 || out->width > SENSOR || out->height > SENSOR)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: offset %d: a sensor of %d columns and %d rows, expected 1 to %d: the "
                         "file is damaged",
                         path, HEAD, out->width, out->height, SENSOR);
    return FSNN_OK;
}

static fsnn_status check_place(const char *path, size_t at, int x, int y, const fsnn_events *e)
{
    if (x < e->width && y < e->height)
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: the event at offset %zu is at column %d, row %d, but the sensor has %d "
                     "columns and %d rows: the file is damaged",
                     path, at, x, y, e->width, e->height);
}

static fsnn_status parse_pixels(const pixels *p, const char *path, const uint8_t *bytes,
                                size_t size, fsnn_events *out)
{
    int64_t t = 0, others = 0;
    FSNN_TRY(read_sizes(path, bytes, size, out));
    FSNN_TRY(events_reserve(out, count_pixels(p, bytes, size)));
    for (size_t at = SIZES; at < size;) {
        uint8_t first = bytes[at];
        if (first >= p->marks) {
            t += p->later(first);
            at++;
            continue;
        }
        if (size - at < EVENT)
            return cut(path, at);
        int x = (int)bytes_le(bytes + at + 1, 2), y = (int)bytes_le(bytes + at + 3, 2);
        FSNN_TRY(check_place(path, at, x, y, out));
        t += first >> p->time;
        out->event[out->count] =
            (fsnn_event){.t = t, .x = (uint16_t)x, .y = (uint16_t)y, .p = first >> p->polarity & 1};
        out->count += !(first & p->other);
        others += (first & p->other) != 0;
        at += EVENT;
    }
    events_leave_out(out, "threshold crossings of the exposure measurement (ATIS)", false, others);
    return FSNN_OK;
}

static fsnn_status parse_dvs(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    return parse_pixels(&dvs, path, bytes, size, out);
}

static fsnn_status parse_atis(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    return parse_pixels(&atis, path, bytes, size, out);
}

static fsnn_status parse_color(const char *path, const uint8_t *bytes, size_t size,
                               fsnn_events *out)
{
    int64_t count = 0;
    FSNN_TRY(read_sizes(path, bytes, size, out));
    for (size_t at = SIZES; at < size;) {
        if (bytes[at] >= RESET) {
            at++;
            continue;
        }
        if (size - at < COLOR_EVENT)
            return cut(path, at);
        int x = (int)bytes_le(bytes + at + 1, 2), y = (int)bytes_le(bytes + at + 3, 2);
        FSNN_TRY(check_place(path, at, x, y, out));
        at += COLOR_EVENT;
        count++;
    }
    FSNN_TRY(events_reserve(out, 0));
    events_leave_out(out, "color events, which have no polarity", true, count);
    return FSNN_OK;
}

/* The length of an event's bytes: seven bits a byte, lowest first, in bits 7..1; bit 0: more
 * follow. False where it does not end, or names more than is there. */
static bool read_length(const uint8_t *bytes, size_t size, size_t *at, size_t *length)
{
    *length = 0;
    for (int bits = 0; *at < size && bits < 56; bits += 7) {
        uint8_t byte = bytes[(*at)++];
        *length |= (size_t)((uint64_t)(byte >> 1) << bits);
        if (!(byte & 1))
            return *length <= size - *at;
    }
    return false;
}

static fsnn_status parse_generic(const char *path, const uint8_t *bytes, size_t size,
                                 fsnn_events *out)
{
    int64_t count = 0;
    for (size_t at = HEAD, length; at < size;) {
        size_t start = at;
        if (bytes[at++] >= RESET)
            continue;
        if (!read_length(bytes, size, &at, &length))
            return cut(path, start);
        at += length;
        count++;
    }
    FSNN_TRY(events_reserve(out, 0));
    events_leave_out(out, "generic events, bytes without a pixel", true, count);
    return FSNN_OK;
}

static const struct {
    const char *name;
    fsnn_status (*parse)(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out);
} types[] = {{"generic", parse_generic},     {"DVS", parse_dvs},     {"ATIS", parse_atis},
             {"asynchronous display", NULL}, {"color", parse_color}, {"liquid", NULL}};

static fsnn_status parse(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    if (size < HEAD)
        return cut(path, 0);
    if (bytes[12] != 2)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: is of version %d.%d.%d of Event Stream; version 2 is read", path,
                         bytes[12], bytes[13], bytes[14]);
    int type = bytes[15];
    if (type >= FSNN_COUNT(types))
        return fsnn_fail(FSNN_EFORMAT, "%s: offset 15: events of type %d, which there are none of",
                         path, type);
    if (!types[type].parse)
        return fsnn_fail(
            FSNN_EUNSUPPORTED,
            "%s: holds %s events (type %d); DVS (type 1) and ATIS events (type 2) are read", path,
            types[type].name, type);
    return types[type].parse(path, bytes, size, out);
}

const events_format events_es = {.name = "Event Stream", .is = is, .parse = parse};

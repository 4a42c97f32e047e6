/* data/events/events_es.c: Event Stream 2.0 (.es, github.com/neuromorphic-paris/event_stream, the
 * programs sepia, loris, faery). "Event Stream", three bytes of version, one of the type:
 *
 *   0  generic: bytes that mean what their writer pleases, which have no pixel and are counted
 *   1  DVS: columns, rows (16 bits, lowest byte first), then events of five bytes: 7..1 of the
 *      first are the time since the event before, bit 0 the polarity; x, y of 16 bits
 *
 * A first byte 0xff adds the longest time (127 us; generic: 254 us) and is no event, 0xfe is a mark
 * without a meaning. Rows stay as the file numbers them: the format does not say which one is 0.
 * loris and sepia write the lowest as row 0, and faery turns rows over when it reads. */
#include "data/events/events.h"

#include "base/bytes.h"

#include <string.h>

enum { HEAD = 16, SIZES = 20, EVENT = 5, RESET = 0xfe, OVERFLOW_BYTE = 0xff, SENSOR = 32768 };

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

static int64_t count_dvs(const uint8_t *bytes, size_t size)
{
    int64_t count = 0;
    for (size_t at = SIZES; at < size; count++)
        if (bytes[at] >= RESET)
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

static fsnn_status parse_dvs(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    int64_t t = 0;
    FSNN_TRY(read_sizes(path, bytes, size, out));
    FSNN_TRY(events_reserve(out, count_dvs(bytes, size)));
    for (size_t at = SIZES; at < size;) {
        uint8_t first = bytes[at];
        if (first >= RESET) {
            t += first == OVERFLOW_BYTE ? 127 : 0;
            at++;
            continue;
        }
        if (size - at < EVENT)
            return cut(path, at);
        int x = (int)bytes_le(bytes + at + 1, 2), y = (int)bytes_le(bytes + at + 3, 2);
        if (x >= out->width || y >= out->height)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: the event at offset %zu is at column %d, row %d, but the sensor "
                             "has %d columns and %d rows: the file is damaged",
                             path, at, x, y, out->width, out->height);
        t += first >> 1;
        out->event[out->count++] =
            (fsnn_event){.t = t, .x = (uint16_t)x, .y = (uint16_t)y, .p = first & 1};
        at += EVENT;
    }
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
} types[] = {{"generic", parse_generic},     {"DVS", parse_dvs}, {"ATIS", NULL},
             {"asynchronous display", NULL}, {"color", NULL},    {"liquid", NULL}};

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
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s: holds %s events (type %d); DVS events (type 1) are read", path,
                         types[type].name, type);
    return types[type].parse(path, bytes, size, out);
}

const events_format events_es = {"Event Stream", is, parse};

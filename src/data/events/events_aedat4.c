/* data/events/events_aedat4.c: AEDAT 4.0 (DV). The line "#!AER-DAT4.0", a FlatBuffer "IOHE"
 * (packing, where the table of packets is, XML that tells the streams), then packets: int32
 * stream, int32 size, and so many bytes, packed or plain, that are a FlatBuffer. Those with the
 * letters "EVTS" hold events of 16 bytes: int64 time in microseconds, int16 x, y, a byte ON, three
 * bytes of padding. The first stream of such packets is the left camera, the second the right one;
 * everything else is passed over. The origin is the upper left corner. (docs.inivation.com, AEDAT
 * 4.0; its .fbs files) */
#include "data/events/events.h"

#include "format/flat.h"
#include "format/unpack.h"

#include <stdlib.h>

enum { LINE = 14, PACKET = 8, EVENT = 16, STREAMS = 32, CAMERAS = 2 };

static const char version[] = "#!AER-DAT4.0\r\n";

/* CompressionType of the format. */
static const unpack_kind packings[] = {UNPACK_NONE, UNPACK_LZ4, UNPACK_LZ4, UNPACK_ZSTD,
                                       UNPACK_ZSTD};

typedef struct recording {
    const char *path;
    const uint8_t *bytes;
    size_t size;
    size_t start, end; /* of the packets */
    unpack_kind packing;
    int32_t camera[CAMERAS]; /* streams of events: the left camera, the right one */
    int cameras;
    bool named; /* by the header: in its order */
    bool alone; /* the second is of another sensor, whose frames would not fit those of the first */
    int64_t capacity;
    struct other {
        int32_t stream;
        int kind;     /* of other_kinds */
    } other[STREAMS]; /* streams that are not read */
    int others;
    unpacked packet;
} recording;

static bool is(const char *path, const uint8_t *bytes, size_t size)
{
    (void)path;
    return size >= LINE && !memcmp(bytes, version, LINE);
}

static fsnn_status damaged(const char *path, uint64_t at, const char *what)
{
    return fsnn_fail(FSNN_EFORMAT, "%s: offset %llu: %s: the file is cut short or damaged", path,
                     (unsigned long long)at, what);
}

/* The number in <attr key="sizeX" type="int">320</attr>, behind `from`; 0 when there is none. */
static int attribute(const char *from, const char *end, const char *key)
{
    size_t length = strlen(key);
    const char *at = memmem(from, (size_t)(end - from), key, length);
    at = at ? memchr(at, '>', (size_t)(end - at)) : NULL;
    int value = 0;
    for (at = at ? at + 1 : end; at < end && *at >= '0' && *at <= '9' && value < 100000; at++)
        value = 10 * value + (*at - '0');
    return value > 0 && value <= 1 << 15 ? value : 0;
}

/* The number of the last node before `at` that is called by one, as streams are; -1: none. */
static int32_t stream_before(const char *xml, const char *at)
{
    static const char node[] = "<node name=\"";
    int32_t stream = -1;
    for (const char *from = xml;
         (from = memmem(from, (size_t)(at - from), node, sizeof node - 1));) {
        int32_t number = 0;
        const char *digit = from += sizeof node - 1;
        for (; digit < at && *digit >= '0' && *digit <= '9' && number < 100000; digit++)
            number = 10 * number + (*digit - '0');
        if (digit > from && digit < at && *digit == '"')
            stream = number;
    }
    return stream;
}

/* The streams of events, and the sensor of the first. A stream's info stands before the next
 * stream's type. */
static void read_info(recording *r, const char *xml, size_t size, fsnn_events *out)
{
    static const char type[] = ">EVTS<", next[] = "typeIdentifier";
    const char *end = xml + size, *at = xml;
    for (int i = 0; i < CAMERAS; i++) {
        at = memmem(at, (size_t)(end - at), type, sizeof type - 1);
        if (!at)
            return;
        int32_t stream = stream_before(xml, at);
        at += sizeof type - 1;
        const char *other = memmem(at, (size_t)(end - at), next, sizeof next - 1),
                   *stop = other ? other : end;
        int width = attribute(at, stop, "\"sizeX\""), height = attribute(at, stop, "\"sizeY\"");
        bool sized = width && height;
        r->alone = i && sized && out->width && (width != out->width || height != out->height);
        if (r->alone)
            return;
        if (!i && sized)
            out->width = width, out->height = height;
        if (stream >= 0 && r->cameras == i)
            r->camera[r->cameras++] = stream;
        r->named = r->cameras > 0;
    }
}

static fsnn_status read_header(recording *r, fsnn_events *out)
{
    uint64_t size = r->size >= LINE + 4 ? bytes_le(r->bytes + LINE, 4) : UINT64_MAX;
    if (size > r->size - LINE - 4 || r->size < LINE + 4)
        return damaged(r->path, LINE, "the header does not end within the file");
    flat f = {r->bytes + LINE + 4, (size_t)size};
    uint64_t table, at, count;
    if (!flat_root(&f, "IOHE", &table))
        return damaged(r->path, LINE + 4, "expected a header marked IOHE");
    int there = flat_field(&f, table, 0, 4, &at);
    uint64_t packing = there > 0 ? bytes_le(f.bytes + at, 4) : 0;
    if (there < 0)
        return damaged(r->path, LINE + 4, "the header's table does not fit into it");
    if (packing >= (uint64_t)FSNN_COUNT(packings))
        return fsnn_fail(
            FSNN_EUNSUPPORTED,
            "%s: the packets are packed in way %llu; known are 0 (not at all), 1 and 2 "
            "(LZ4), 3 and 4 (ZSTD)",
            r->path, (unsigned long long)packing);
    r->packing = packings[packing];
    there = flat_field(&f, table, 1, 8, &at);
    int64_t end = there > 0 ? (int64_t)bytes_le(f.bytes + at, 8) : -1;
    r->start = LINE + 4 + (size_t)size;
    r->end = end >= 0 ? (size_t)end : r->size;
    if (there < 0 || r->end < r->start || r->end > r->size)
        return damaged(r->path, LINE + 4, "the table of packets should lie behind the end");
    there = flat_vector(&f, table, 2, 1, &at, &count);
    if (there < 0)
        return damaged(r->path, LINE + 4, "the header's information does not fit into it");
    if (there)
        read_info(r, (const char *)f.bytes + at, (size_t)count, out);
    return FSNN_OK;
}

static fsnn_status add_events(recording *r, int camera, size_t where, const uint8_t *p,
                              uint64_t count, fsnn_events *out)
{
    if (out->count + (int64_t)count > r->capacity) {
        r->capacity = 2 * r->capacity + (int64_t)count;
        FSNN_TRY(events_reserve(out, r->capacity));
    }
    for (; count > 0; count--, p += EVENT) {
        int x = (int16_t)bytes_le(p + 8, 2), y = (int16_t)bytes_le(p + 10, 2);
        if (x < 0 || y < 0)
            return fsnn_fail(
                FSNN_EFORMAT,
                "%s: the packet at offset %zu holds an event at column %d, row %d: the "
                "file is damaged",
                r->path, where, x, y);
        out->event[out->count++] = (fsnn_event){.t = (int64_t)bytes_le(p, 8),
                                                .x = (uint16_t)x,
                                                .y = (uint16_t)y,
                                                .p = p[12] != 0,
                                                .camera = (uint8_t)camera};
    }
    return FSNN_OK;
}

/* ---- streams that are passed over ---- */

static const struct {
    const char *mark, *what;
} other_kinds[] = {
    {"FRME", "packets of pictures (FRME)"}, {"IMUS", "packets of the motion sensor (IMUS)"},
    {"TRIG", "packets of triggers (TRIG)"}, {"EVTS", "events of another stream of the file"},
    {"", "packets of other kinds"},
};

/* A packet behind its length; an empty packet has no bytes to point at. */
static flat contents(const recording *r)
{
    const size_t size = r->packet.size;
    return size < 4 ? (flat){0} : (flat){r->packet.bytes + 4, size - 4};
}

static int kind_of_packet(const recording *r)
{
    flat f = contents(r);
    uint64_t table;
    int kind = 0;
    while (*other_kinds[kind].mark && !flat_root(&f, other_kinds[kind].mark, &table))
        kind++;
    return kind;
}

static int64_t events_of_packet(const recording *r)
{
    flat f = contents(r);
    uint64_t table, first, count;
    return flat_root(&f, "EVTS", &table) && flat_vector(&f, table, 0, EVENT, &first, &count) > 0
               ? (int64_t)count
               : 0;
}

/* What a stream holds is said by its first packet; those of others than events are not unpacked
 * again, and one that cannot be is of some other kind. True: it is the second camera. */
static bool pass_over(recording *r, int32_t stream, const uint8_t *packed, size_t size,
                      fsnn_events *out)
{
    int i = 0, last = FSNN_COUNT(other_kinds) - 1;
    while (i < r->others && r->other[i].stream != stream)
        i++;
    bool known = i < r->others, events = known && *other_kinds[r->other[i].kind].mark == 'E';
    bool unpacked = (!known || events) && unpack(r->packing, "", packed, size, &r->packet) == 0;
    int kind = known ? r->other[i].kind : unpacked ? kind_of_packet(r) : last;
    events = *other_kinds[kind].mark == 'E';
    if (!known && events && r->cameras < CAMERAS && !r->alone) {
        r->camera[r->cameras++] = stream;
        return true;
    }
    if (!known && i < STREAMS)
        r->other[r->others++] = (struct other){stream, kind};
    events_leave_out(out, other_kinds[kind].what, events,
                     !events    ? 1
                     : unpacked ? events_of_packet(r)
                                : 0);
    return false;
}

/* The camera of a stream, or -1. */
static int camera_of(const recording *r, int32_t stream)
{
    int camera = r->cameras - 1;
    while (camera >= 0 && r->camera[camera] != stream)
        camera--;
    return camera;
}

static fsnn_status unpack_at(recording *r, size_t at, size_t size)
{
    char *where = fsnn_format("%s: the packet at offset %zu", r->path, at);
    if (!where)
        return FSNN_EMEMORY;
    fsnn_status status = unpack(r->packing, where, r->bytes + at + PACKET, size, &r->packet);
    fsnn_free(where);
    FSNN_TRY(status);
    if (r->packet.size < 4 || bytes_le(r->packet.bytes, 4) > r->packet.size - 4)
        return damaged(r->path, at, "the packet is shorter than it says");
    return FSNN_OK;
}

static fsnn_status read_packet(recording *r, size_t at, size_t size, fsnn_events *out)
{
    int32_t stream = (int32_t)(uint32_t)bytes_le(r->bytes + at, 4);
    uint64_t table, first, count;
    int camera = camera_of(r, stream);
    if (camera < 0 && r->cameras) {
        if (!pass_over(r, stream, r->bytes + at + PACKET, size, out))
            return FSNN_OK;
        camera = r->cameras - 1;
    }
    FSNN_TRY(unpack_at(r, at, size));
    flat f = {r->packet.bytes + 4, (size_t)bytes_le(r->packet.bytes, 4)};
    if (!flat_root(&f, "EVTS", &table)) {
        if (camera < 0)
            events_leave_out(out, other_kinds[kind_of_packet(r)].what, false, 1);
        return camera < 0 ? FSNN_OK : damaged(r->path, at, "expected a packet marked EVTS");
    }
    if (camera < 0)
        r->camera[camera = r->cameras++] = stream;
    int there = flat_vector(&f, table, 0, EVENT, &first, &count);
    if (there < 0)
        return damaged(r->path, at, "the events of the packet do not fit into it");
    return there ? add_events(r, camera, at, f.bytes + first, count, out) : FSNN_OK;
}

/* Without names in the header the stream of the lower number is the left camera; one camera that
 * saw anything is the only one. */
static void settle_cameras(const recording *r, fsnn_events *out)
{
    int64_t right = 0;
    bool swap = !r->named && r->cameras == CAMERAS && r->camera[1] < r->camera[0];
    for (int64_t i = 0; i < out->count && r->cameras == CAMERAS; i++) {
        out->event[i].camera ^= swap;
        right += out->event[i].camera;
    }
    for (int64_t i = 0; i < out->count && right == out->count; i++)
        out->event[i].camera = 0;
}

static fsnn_status read_packets(recording *r, fsnn_events *out)
{
    FSNN_TRY(read_header(r, out));
    for (size_t at = r->start, size; at < r->end; at += PACKET + size) {
        if (r->end - at < PACKET)
            return damaged(r->path, at, "a packet begins with 8 bytes, which are not there");
        size = (size_t)bytes_le(r->bytes + at + 4, 4);
        if (size > r->end - at - PACKET)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: the packet at offset %zu claims %zu bytes, but only %zu follow: "
                             "the file is cut short or damaged",
                             r->path, at, size, r->end - at - PACKET);
        FSNN_TRY(read_packet(r, at, size, out));
    }
    return FSNN_OK;
}

static fsnn_status parse(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    recording r = {.path = path, .bytes = bytes, .size = size};
    fsnn_status status = read_packets(&r, out);
    unpack_free(&r.packet);
    settle_cameras(&r, out);
    return status;
}

const events_format events_aedat4 = {.name = "AEDAT 4.0",
                                     .is = is,
                                     .parse = parse,
                                     .second = "events of the second stream (the right camera)"};

/* data/events/events_aedat2.c: AEDAT 2.0 (jAER). Lines of text that begin with '#', then eight
 * bytes an event, big-endian: address and time in microseconds. What an address means depends on
 * the camera, which the line "# AEChip: ..." names. Programs that write none (v2e, saveaerdat.m)
 * are told apart by the addresses: where most have more than 16 bits it is a DAVIS, of the
 * smallest of its common sizes that holds all; otherwise a DVS128.
 *
 *   DVS128  bit 15 external event, 14..8 y, 7..1 x, 0 polarity (0 ON)
 *   DAVIS   bit 31 no event (picture, motion), 30..22 y, 21..12 x, 11 polarity (1 ON), 10 external
 *
 * In recordings of jAER's stereo pairs (Tmpdiff128StereoPair) bit 15 is the right camera's. The
 * file of a pair does not tell of itself, so events with bit 15 are read where the caller asks for
 * the right camera, and are counted otherwise.
 *
 * The address 0, 0 is the lower right corner as the scene is seen: rows and columns are turned
 * over, as jAER itself does (DVS128.java, DavisBaseCamera.java: x = columns - 1 - x, type = 1 - bit
 * 0) and the cameras' driver (libcaer, dvs128.c). The page of the format (docs.inivation.com, AEDAT
 * 2.0) has x from the left, and 1 for ON of a DVS128, which is not what these do. Times have 32
 * bits and begin anew after 71 minutes, which is undone. */
#include "data/events/events.h"

#include "base/bytes.h"

#include <string.h>

enum { EVENT = 8 };

static const char version[] = "#!AER-DAT2.";

static bool is(const char *path, const uint8_t *bytes, size_t size)
{
    (void)path;
    return size >= sizeof version - 1 && !memcmp(bytes, version, sizeof version - 1);
}

static bool begins(const uint8_t *line, size_t size, const char *with)
{
    size_t length = strlen(with);
    return size >= length && !memcmp(line, with, length);
}

/* Whether a line is text: older files do not mark where their header ends, and an address may begin
 * with '#'. */
static bool is_text(const uint8_t *line, size_t size)
{
    for (size_t i = 0; i < size && line[i] != '\n'; i++)
        if ((line[i] < ' ' && line[i] != '\t' && line[i] != '\r') || line[i] == 0x7f)
            return false;
    return true;
}

/* Where the events begin, and what camera the header names, if any. */
static fsnn_status read_header(const char *path, const uint8_t *bytes, size_t size, size_t *start,
                               const events_camera **camera)
{
    size_t at = 0;
    for (bool last = false;
         !last && at < size && bytes[at] == '#' && is_text(bytes + at, size - at);) {
        const uint8_t *line = bytes + at, *end = memchr(line, '\n', size - at);
        if (!end)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: the header line at offset %zu has no end: the file is cut short",
                             path, at);
        size_t length = (size_t)(end - line);
        last = begins(line, length, "#End Of ASCII Header");
        if (begins(line, length, "# AEChip:")) {
            *camera = events_camera_find((const char *)line, length);
            if (!*camera)
                return fsnn_fail(
                    FSNN_EUNSUPPORTED,
                    "%s: offset %zu: \"%.*s\" is no camera whose addresses are known here; those "
                    "are DVS128 (Tmpdiff128) and DAVIS128, 208, 240 (SBret), 346, 640",
                    path, at, (int)(length < 120 ? length : 120), (const char *)line);
        }
        at += length + 1;
    }
    *start = at;
    return FSNN_OK;
}

/* What an address is that is no event of the pixels at hand. */
typedef enum kind { PIXEL, SPECIAL, PICTURE, EXTERNAL, WRONG, KINDS } kind;

static const struct {
    const char *what;
    bool events;
} left_out[KINDS] = {
    [SPECIAL] = {"special addresses (bit 31)", false},
    [PICTURE] = {"samples of pictures and of the motion sensor (APS, IMU, bit 31)", false},
    [EXTERNAL] = {"external events (bit 10)", false},
};

/* What a DAVIS says. The address 0, 0 is lower right. */
static kind read_davis(uint32_t a, fsnn_event *e)
{
    *e = (fsnn_event){.x = a >> 12 & 0x3ff, .y = a >> 22 & 0x1ff, .p = a >> 11 & 1};
    return a >> 31 ? PICTURE : a >> 10 & 1 ? EXTERNAL : PIXEL;
}

/* The camera of addresses that no header line explains. Most decide between the two kinds, so that
 * a damaged address is one and does not make every other one mean something else. One that is too
 * small if none fits. */
static const events_camera *guess_camera(const uint8_t *bytes, size_t size)
{
    static const char *const common[] = {"DAVIS240", "DAVIS346", "DAVIS640"};
    const events_camera *camera = NULL;
    int width = 0, height = 0;
    int64_t wide = 0, count = (int64_t)(size / EVENT);
    for (size_t at = 0; at + EVENT <= size; at += EVENT) {
        uint32_t a = (uint32_t)bytes_be(bytes + at, 4);
        fsnn_event e;
        wide += a >> 16 != 0;
        if (read_davis(a, &e) == PIXEL) {
            width = e.x >= width ? e.x + 1 : width;
            height = e.y >= height ? e.y + 1 : height;
        }
    }
    if (2 * wide <= count)
        return events_camera_find("DVS128", 6);
    for (int i = 0; i < FSNN_COUNT(common); i++) {
        camera = events_camera_find(common[i], strlen(common[i]));
        if (width <= camera->width && height <= camera->height)
            break;
    }
    return camera;
}

/* An event in *e, or what else; WRONG: an address that such a camera does not send. */
static kind read_address(uint32_t a, const events_camera *camera, fsnn_event *e)
{
    if (camera->davis) {
        kind k = read_davis(a, e);
        if (k != PIXEL)
            return k;
    } else {
        if (a >> 31)
            return SPECIAL;
        if (a >> 16 && !(a >> 15 & 1))
            return WRONG;
        *e = (fsnn_event){
            .x = a >> 1 & 0x7f, .y = a >> 8 & 0x7f, .p = !(a & 1), .camera = a >> 15 & 1};
    }
    if (e->x >= camera->width || e->y >= camera->height)
        return WRONG;
    e->x = (uint16_t)(camera->width - 1 - e->x);
    e->y = (uint16_t)(camera->height - 1 - e->y);
    return PIXEL;
}

static fsnn_status parse(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    const events_camera *camera = NULL;
    size_t start = 0;
    int64_t turns = 0, others[KINDS] = {0};
    uint32_t before = 0;
    FSNN_TRY(read_header(path, bytes, size, &start, &camera));
    if ((size - start) % EVENT)
        return fsnn_fail(
            FSNN_EFORMAT,
            "%s: the event at offset %zu ends after %zu of its 8 bytes: the file is cut "
            "short",
            path, size - (size - start) % EVENT, (size - start) % EVENT);
    if (!camera)
        camera = guess_camera(bytes + start, size - start);
    FSNN_TRY(events_reserve(out, (int64_t)((size - start) / EVENT)));
    out->width = camera->width;
    out->height = camera->height;
    for (size_t at = start; at < size; at += EVENT) {
        uint32_t address = (uint32_t)bytes_be(bytes + at, 4),
                 time = (uint32_t)bytes_be(bytes + at + 4, 4);
        fsnn_event *e = &out->event[out->count];
        if (at > start && before > time && before - time > UINT32_C(1) << 31)
            turns++;
        before = time;
        kind k = read_address(address, camera, e);
        if (k == WRONG)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: the address 0x%08x at offset %zu is none of a %s, %d columns and "
                             "%d rows",
                             path, address, at, camera->name, camera->width, camera->height);
        e->t = turns * (INT64_C(1) << 32) + time;
        out->count += k == PIXEL;
        others[k] += k != PIXEL;
    }
    for (int k = 0; k < KINDS; k++)
        if (left_out[k].what)
            events_leave_out(out, left_out[k].what, left_out[k].events, others[k]);
    return FSNN_OK;
}

const events_format events_aedat2 = {
    .name = "AEDAT 2.0",
    .is = is,
    .parse = parse,
    .second = "events with bit 15, of the second camera of a pair or external ones"};

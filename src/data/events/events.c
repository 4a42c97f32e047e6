/* data/events/events.c: recordings: which reader, order in time, the size of the sensor. */
#include "data/events/events.h"

#include "base/error_key.h"
#include "data/events/events_walk.h"
#include "data/events/prophesee.h"
#include "format/file_kind.h"
#include "format/stream.h"

#include <string.h>
#include <strings.h>

static const events_format *const formats[] = {
    &events_aedat4, &events_aedat3, &events_aedat2, &events_npz, &events_npy, &events_hdf5,
    &events_evt2,   &events_evt21,  &events_evt3,   &events_dat, &events_es,  &events_bin};

/* No name stands in another. Tmpdiff128 and SBret10, 20, 21 are what jAER called the first two
 * kinds at first. */
static const events_camera cameras[] = {
    {"DVS128", 128, 128, false},     {"DAVIS128", 128, 128, true}, {"DAVIS208", 208, 192, true},
    {"DAVIS240", 240, 180, true},    {"DAVIS346", 346, 260, true}, {"DAVIS640", 640, 480, true},
    {"Tmpdiff128", 128, 128, false}, {"SBret", 240, 180, true},
};

const events_camera *events_camera_find(const char *text, size_t size)
{
    for (int i = 0; i < FSNN_COUNT(cameras); i++) {
        size_t length = strlen(cameras[i].name);
        for (size_t at = 0; at + length <= size; at++)
            if (!strncasecmp(text + at, cameras[i].name, length))
                return &cameras[i];
    }
    return NULL;
}

fsnn_status events_reserve(fsnn_events *events, int64_t count)
{
    if ((uint64_t)count > SIZE_MAX / sizeof(fsnn_event) / 2)
        return fsnn_fail(FSNN_EMEMORY, "%lld events do not fit into memory", (long long)count);
    fsnn_event *more = fsnn_alloc((size_t)(count > 0 ? count : 1) * sizeof *more);
    if (!more)
        return FSNN_EMEMORY;
    if (events->count)
        memcpy(more, events->event, (size_t)events->count * sizeof *more);
    fsnn_free(events->event);
    events->event = more;
    return FSNN_OK;
}

void events_leave_out_of(fsnn_left_out list[FSNN_LEFT_OUT], const char *what, bool event,
                         int64_t count)
{
    int i = 0, last = FSNN_LEFT_OUT - 1;
    if (count < 1)
        return;
    while (i < last && list[i].what && strcmp(list[i].what, what) != 0)
        i++;
    bool other = list[i].what && strcmp(list[i].what, what) != 0; /* no place is left */
    list[i].what = other ? "entries of several other kinds" : what;
    list[i].events |= event;
    list[i].count += count;
}

void events_leave_out(fsnn_events *events, const char *what, bool event, int64_t count)
{
    events_leave_out_of(events->left_out, what, event, count);
}

/* Merges the ordered runs [0, half) and [half, n) of `in` into `out`. */
static void merge(const fsnn_event *in, int64_t half, int64_t n, fsnn_event *out)
{
    int64_t a = 0, b = half;
    for (int64_t i = 0; i < n; i++)
        out[i] = b >= n || (a < half && in[a].t <= in[b].t) ? in[a++] : in[b++];
}

fsnn_status events_sort(fsnn_event *event, int64_t count)
{
    int64_t ordered = 1;
    while (ordered < count && event[ordered - 1].t <= event[ordered].t)
        ordered++;
    if (ordered >= count)
        return FSNN_OK;
    fsnn_event *other = fsnn_alloc((size_t)count * sizeof *other), *from = event, *to = other;
    if (!other)
        return FSNN_EMEMORY;
    for (int64_t run = 1; run < count; run *= 2) {
        for (int64_t at = 0; at < count; at += 2 * run) {
            int64_t left = count - at, n = left < 2 * run ? left : 2 * run;
            merge(from + at, run < n ? run : n, n, to + at);
        }
        fsnn_event *swap = from;
        from = to;
        to = swap;
    }
    if (from != event)
        memcpy(event, from, (size_t)count * sizeof *event);
    fsnn_free(other);
    return FSNN_OK;
}

/* The first event that is not on the sensor. */
static fsnn_status fail_outside(const char *path, const fsnn_events *e)
{
    int64_t i = 0;
    while (e->event[i].x < e->width && e->event[i].y < e->height)
        i++;
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: event %lld is at column %d, row %d, but the sensor has %d columns "
                     "and %d rows: the file is damaged",
                     path, (long long)i, e->event[i].x, e->event[i].y, e->width, e->height);
}

/* ---- recordings of two cameras ---- */

/* Keeps the events of one camera; the number of the others. */
static int64_t keep(fsnn_events *e, int camera)
{
    int64_t count = 0, all = e->count;
    for (int64_t i = 0; i < all; i++)
        if (e->event[i].camera == camera) {
            e->event[count] = e->event[i];
            e->event[count++].camera = 0;
        }
    e->count = count;
    return all - count;
}

static fsnn_status choose_camera(const char *path, const events_format *format, fsnn_camera camera,
                                 fsnn_events *e)
{
    int64_t second = 0;
    for (int64_t i = 0; i < e->count && format->second; i++)
        second += e->event[i].camera;
    e->cameras = second && camera == FSNN_CAMERA_BOTH ? 2 : 1;
    if (!second && camera != FSNN_CAMERA_LEFT && e->count)
        return fsnn_fail_key(FSNN_EARGUMENT, "camera",
                             "%s: holds events of one camera only, which camera: left reads", path);
    if (second && camera == FSNN_CAMERA_LEFT)
        events_leave_out(e, format->second, true, keep(e, 0));
    else if (second && camera == FSNN_CAMERA_RIGHT)
        events_leave_out(e, "events of the left camera", true, keep(e, 1));
    return FSNN_OK;
}

/* Within the sensor, where the file tells its size; otherwise the size that the events need. */
static fsnn_status settle(const char *path, fsnn_events *e)
{
    events_walk w = events_walk_begin();
    events_walk_on(&w, e->event, e->count);
    e->disorder = w.disorder;
    e->sized = e->width > 0;
    if (e->sized && e->count && (w.x >= e->width || w.y >= e->height))
        return fail_outside(path, e);
    if (!e->sized) {
        e->width = w.x + 1;
        e->height = w.y + 1;
    }
    return w.mixed ? events_sort(e->event, e->count) : FSNN_OK;
}

static const events_format *find(const char *path, const uint8_t *bytes, size_t size)
{
    for (int i = 0; i < FSNN_COUNT(formats); i++)
        if (formats[i]->is(path, bytes, size))
            return formats[i];
    return NULL;
}

/* What a reader found, in order, or nothing. */
static fsnn_status finish(const char *path, const events_format *format, fsnn_camera camera,
                          fsnn_status status, fsnn_events *out)
{
    out->format = format->name;
    if (status >= 0)
        status = choose_camera(path, format, camera, out);
    if (status >= 0)
        status = settle(path, out);
    if (status < 0)
        fsnn_events_free(out);
    return status;
}

fsnn_status events_parse_camera(const char *path, const uint8_t *bytes, size_t size,
                                fsnn_camera camera, fsnn_events *out)
{
    *out = (fsnn_events){0};
    const events_format *format = find(path, bytes, size);
    if (!format || format->read)
        return file_kind_fail(path, bytes, size,
                              "a recording of events that can be read: AEDAT 2.0, 3.1 or 4.0, "
                              "EVT 2.0, 2.1 or 3.0, DAT, Event Stream, HDF5 with /events, an NPZ "
                              "with the arrays x, y, t, p, a .npy of records with such fields, or "
                              "40-bit events in a file named .bin or .bs2");
    fsnn_status status = format->words ? prophesee_parse(format->words, path, bytes, size, out)
                                       : format->parse(path, bytes, size, out);
    return finish(path, format, camera, status, out);
}

fsnn_status events_parse(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    return events_parse_camera(path, bytes, size, FSNN_CAMERA_LEFT, out);
}

enum { HEAD = 4096 }; /* lines that name the words behind them may be many */

/* The format that gzip packed, by its first bytes; a library opens it by a path, once it is
 * unpacked. */
static const events_format *find_packed(const char *path, const uint8_t *bytes, size_t size)
{
    uint8_t head[8];
    size_t got = 0;
    stream s;
    if (size < 2 || bytes[0] != 0x1f || bytes[1] != 0x8b || stream_open(&s, path, bytes, size) < 0)
        return NULL;
    bool good = stream_read(&s, head, sizeof head, &got) >= 0;
    stream_close(&s);
    const events_format *format = good ? find("", head, got) : NULL;
    return format && format->read ? format : NULL;
}

const events_format *events_format_at(const char *path)
{
    uint8_t head[HEAD];
    FILE *file = path ? fopen(path, "rbe") : NULL;
    if (!file)
        return NULL;
    size_t size = fread(head, 1, sizeof head, file);
    fclose(file);
    const events_format *packed = find_packed(path, head, size);
    return packed ? packed : find(path, head, size);
}

fsnn_status fsnn_events_read(const char *path, fsnn_events *events)
{
    if (!path || !events)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_events_read needs a path and a place for events");
    return fsnn_events_read_camera(path, FSNN_CAMERA_LEFT, events);
}

fsnn_status fsnn_events_read_camera(const char *path, fsnn_camera camera, fsnn_events *events)
{
    if (!path || !events || (unsigned)camera >= FSNN_CAMERAS)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_events_read_camera needs a path, a camera and a "
                                         "place for events");
    *events = (fsnn_events){0};
    const events_format *format = events_format_at(path);
    if (format && format->read)
        return finish(path, format, camera, format->read(path, events), events);
    uint8_t *bytes;
    size_t size;
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    fsnn_status status = events_parse_camera(path, bytes, size, camera, events);
    fsnn_free(bytes);
    return status;
}

void fsnn_events_free(fsnn_events *events)
{
    if (!events)
        return;
    fsnn_free(events->event);
    *events = (fsnn_events){0};
}

static bool known_whole(const events_format *format, const char *path)
{
    uint8_t *bytes;
    size_t size;
    if (fsnn_file_read(path, &bytes, &size) < 0)
        return false;
    bool found = format->known(path, bytes, size);
    fsnn_free(bytes);
    return found;
}

bool fsnn_events_known(const char *path)
{
    const events_format *format = events_format_at(path);
    return format && (format->known_at ? format->known_at(path)
                      : format->known  ? known_whole(format, path)
                                       : true);
}

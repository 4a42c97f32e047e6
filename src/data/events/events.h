/* data/events/events.h: readers of recordings, a row of a table each. A reader gets the whole file
 * in memory and trusts none of it; what it allocates is bounded by what is there. */
#ifndef FSNN_DATA_EVENTS_H
#define FSNN_DATA_EVENTS_H

#include "base/base.h"

#include <fsnn/events.h>

/* Formats whose files can be read a piece at a time (data/events/prophesee.h). */
typedef struct events_words events_words;

typedef struct events_format {
    const char *name;
    /* By the first bytes of the file (`size` of them, perhaps all), or the ending of its name. */
    bool (*is)(const char *path, const uint8_t *bytes, size_t size);
    /* Appends events in the file's order, sets width and height where the file tells. `path`
     * starts the error sentences. NULL: the format has `words` or `read`. */
    fsnn_status (*parse)(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out);
    /* For formats that may hold anything: whether all of the file is a recording. NULL: `is`
     * says it. */
    bool (*known)(const char *path, const uint8_t *bytes, size_t size);
    /* The same two for formats whose libraries open files by their paths. */
    fsnn_status (*read)(const char *path, fsnn_events *out);
    bool (*known_at)(const char *path);
    /* What events of camera 1 are, to count those that are left out; NULL: there is one camera. A
     * reader gives the events of both. */
    const char *second;
    const events_words *words; /* in place of `parse`; NULL: only whole files can be read */
} events_format;

extern const events_format events_bin, events_aedat2, events_aedat3, events_aedat4, events_npz,
    events_npy, events_hdf5, events_evt2, events_evt21, events_evt3, events_dat, events_es;

/* The format by the first bytes of a file; NULL: it cannot be read, or has none that is known. */
const events_format *events_format_at(const char *path);
/* What fsnn_events_read_camera does after reading the file. */
fsnn_status events_parse_camera(const char *path, const uint8_t *bytes, size_t size,
                                fsnn_camera camera, fsnn_events *out);
/* The same of the left camera. */
fsnn_status events_parse(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out);

/* Room for `count` events in all. FSNN_EMEMORY. */
fsnn_status events_reserve(fsnn_events *events, int64_t count);
/* Counts what a reader leaves out; `what` is a constant text. */
void events_leave_out(fsnn_events *events, const char *what, bool event, int64_t count);
void events_leave_out_of(fsnn_left_out list[FSNN_LEFT_OUT], const char *what, bool event,
                         int64_t count);
/* Orders by time, those of the same time stay in order. FSNN_EMEMORY. */
fsnn_status events_sort(fsnn_event *event, int64_t count);

/* The sensor that a camera has whose name holds that of a row, in any case of letters; NULL: not
 * known. `text` [size] need not be terminated. */
typedef struct events_camera {
    const char *name;
    int width, height;
    bool davis; /* 32-bit addresses of AEDAT 2.0 */
} events_camera;
const events_camera *events_camera_find(const char *text, size_t size);

#endif

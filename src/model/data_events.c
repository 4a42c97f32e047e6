/* model/data_events.c: kind events, recordings of event cameras as frames. */
#include "model/data_files.h"

#include <math.h>
#include <stdlib.h>

static const char *const by_names[] = {"number", "time", "window", "voxel", NULL};
static const char *const value_names[] = {"count", "binary", "normalized", NULL};
static const char *const camera_names[] = {"left", "right", "both", NULL};
static const char *const polarity_names[] = {"split", "signed", "merged", NULL};

typedef struct events_options {
    data_section shared;
    data_files_set train, test;
    fsnn_frames frames;
    int64_t sensor[2], first_class;
    fsnn_camera camera;
    const char *cache;
} events_options;

static const events_options defaults = {
    DATA_SHARED, .frames = {.by = FSNN_FRAMES_NUMBER, .count = 16, .window = 10000}};

static const fsnn_key set_keys[] = {
    DATA_FILES_PATH_KEY("recordings", "recording"),
    DATA_FILES_LIST_KEY("recordings", "recording"),
    {.name = "cuts",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_files_set, cuts),
     .help = "a recording R.aedat is cut by the table R + this text, lines of CLASS,FROM,TO in "
             "microseconds; DVS128 Gesture: _labels.csv"},
    DATA_FILES_PATTERN_KEY,
    {0},
};

static const fsnn_key frames_keys[] = {
    {.name = "by",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_frames, by),
     .names = by_names,
     .help = "number: frames have equally many events; time: windows of equal length; window: "
             "windows of `window` us; voxel: the two frames next to an event share it"},
    {.name = "count",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_frames, count),
     .min = 1,
     .max = 1 << 20,
     .help = "number of frames, the T of the network"},
    {.name = "window",
     .type = FSNN_KEY_INT,
     .offset = offsetof(fsnn_frames, window),
     .min = 1,
     .max = 1e12,
     .with = "by",
     .when = 1u << FSNN_FRAMES_WINDOW,
     .help =
         "by window: length of a frame in microseconds; events after the last frame are dropped"},
    {.name = "value",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_frames, value),
     .names = value_names,
     .help = "value of a pixel. count: its number of events; binary: 1 if there are any; "
             "normalized: the number divided by the largest of the frame"},
    {.name = "polarity",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(fsnn_frames, polarity),
     .names = polarity_names,
     .help = "split: two channels, OFF and ON; signed: one, ON +1, OFF -1; merged: one, both +1"},
    {.name = "crop",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_frames, crop),
     .min = 0,
     .max = 16384,
     .help = "rows and columns to keep, in the middle of the sensor; 0: all"},
    {.name = "size",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(fsnn_frames, size),
     .min = 0,
     .max = 16384,
     .help = "rows and columns of a frame, if fewer than those kept; 0: as many"},
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(events_options, set_keys),
    {.name = "frames",
     .type = FSNN_KEY_GROUP,
     .offset = offsetof(events_options, frames),
     .group = frames_keys,
     .help = "how events become frames [channels, rows, columns]"},
    {.name = "sensor",
     .type = FSNN_KEY_PAIR,
     .offset = offsetof(events_options, sensor),
     .min = 0,
     .max = 16384,
     .help = "rows and columns of the sensor, for formats that do not say; 0: from the events"},
    {.name = "camera",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(events_options, camera),
     .names = camera_names,
     .help = "of recordings of two cameras (stereo): left or right, or both, the channels of the "
             "right one behind those of the left one"},
    DATA_FIRST_CLASS_KEY(events_options),
    {.name = "cache",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(events_options, cache),
     .help =
         "folder that stores the events after reading; none: each run reads the recordings again"},
    {0},
};

static const char *below_home(const data_place *at, const char *path)
{
    const char *home = getenv("HOME");
    bool tilde = path && path[0] == '~' && path[1] == '/' && home;
    return tilde ? pool_format(&at->view->memory, "%s%s", home, path + 1) : path;
}

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    const events_options *s = (const events_options *)at->d->data;
    fsnn_event_files files = {.first_class = s->first_class,
                              .camera = s->camera,
                              .sensor = {s->sensor[0], s->sensor[1]}},
                     training;
    FSNN_TRY(data_find_files(at, &files, &training));
    return fsnn_data_events(&files, &s->frames, below_home(at, s->cache), out);
}

/* The T that the network will see. */
static void settle(void *options, const yaml_node *node)
{
    events_options *o = options;
    bool spread =
        o->shared.encoder.kind == FSNN_ENCODE_LATENCY && yaml_at(node, "encoder.steps") != NULL;
    if (!spread)
        o->shared.encoder.steps = o->frames.count;
}

const data_kind data_events = {DATA_OPTIONS(events_options),
                               .defaults = &defaults,
                               .settle = settle,
                               .keys = keys,
                               .open = open,
                               .classes = "a folder for each class, `list`, `cuts`, or "
                                          "`pattern` with {class}"};

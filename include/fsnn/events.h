/* fsnn/events.h: recordings of event cameras, frames and data sets made from them. */
#ifndef FSNN_EVENTS_H
#define FSNN_EVENTS_H

#include <fsnn/data.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An event: a pixel saw a change of brightness. Row 0 is the top row, column 0 the left column. */
typedef struct fsnn_event {
    int64_t t; /* microseconds, as in the file */
    uint16_t x, y;
    uint8_t p;      /* polarity: 1 brighter (ON), 0 darker (OFF) */
    uint8_t camera; /* of a recording of two: 0 left, 1 right; otherwise 0 */
} fsnn_event;

/* Which events of a recording of two cameras are read (stereo: AEDAT 2.0 with bit 15, AEDAT 4.0
 * with two streams, EVT 3.0 with bit 11 of y, HDF5 of MVSEC, arrays with `camera`). */
typedef enum fsnn_camera {
    FSNN_CAMERA_LEFT,
    FSNN_CAMERA_RIGHT,
    FSNN_CAMERA_BOTH,
    FSNN_CAMERAS
} fsnn_camera;

/* Contents of a recording that are not read as events, and their number. */
typedef struct fsnn_left_out {
    const char *what; /* "events of a second camera or input (bit 15)"; a constant text */
    int64_t count;
    bool events; /* pixels saw them, as those that are read: nothing else says what they did */
} fsnn_left_out;

enum { FSNN_LEFT_OUT = 8 };

/* A recording. */
typedef struct fsnn_events {
    fsnn_event *event; /* [count] ordered by time; those of the same time as in the file */
    int64_t count;
    int width, height;  /* of the sensor; where the file does not tell, just large enough */
    bool sized;         /* the file tells the sensor's size */
    int cameras;        /* 1, or 2 whose events are both there */
    int64_t disorder;   /* events that stood in the file behind one of a later time */
    const char *format; /* "AEDAT 3.1" */
    fsnn_left_out left_out[FSNN_LEFT_OUT]; /* in the order of the file; `what` NULL: no more */
} fsnn_events;

/* Reads a recording: 40-bit events (.bin of N-MNIST and N-Caltech101, .bs2), AEDAT 2.0, 3.1 and 4.0
 * (plain, LZ4, ZSTD), EVT 2.0, 2.1 and 3.0 (.raw) and DAT of Prophesee, Event Stream 2.0 (.es),
 * HDF5 (of DSEC, event_utils, v2e, MVSEC, Metavision), an NPZ with the arrays x, y, t, p, or
 * NumPy's array of records with such fields. The format is recognised by content; for 40-bit
 * events, which have no header, by the file ending.
 * Errors: FSNN_EIO; FSNN_EFORMAT (file, offset, what was expected); FSNN_EUNSUPPORTED for a packing
 * that this build lacks or a camera that is not known; FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_events_read(const char *path, fsnn_events *events);
/* The same of one or both cameras of a recording; fsnn_events_read reads the left one. The events
 * of the other are counted as left out. Also FSNN_EARGUMENT (key "camera"): there is only one
 * camera, and it is not the left one that is asked for. */
FSNN_API fsnn_status fsnn_events_read_camera(const char *path, fsnn_camera camera,
                                             fsnn_events *events);
FSNN_API void fsnn_events_free(fsnn_events *events);
/* Writes an NPZ that fsnn_events_read and NumPy read: arrays [count] x, y (uint16), t (int64,
 * microseconds), p (uint8), with two cameras `camera` (uint8), and `width`, `height` [1] (int32)
 * where the sensor's size was told. FSNN_EARGUMENT, FSNN_EIO, FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_events_write(const char *path, const fsnn_events *events);
/* fsnn_events_read_camera and fsnn_events_write in one. Recordings of EVT 2.0, 2.1, 3.0 and DAT
 * whose events stand in order are never whole in memory, which is quicker, too. *about is what
 * fsnn_events_read_camera says of the recording, without the events; where there are none
 * (about->count 0) nothing is written. Errors: theirs. */
FSNN_API fsnn_status fsnn_events_convert(const char *path, fsnn_camera camera, const char *to,
                                         fsnn_events *about);
/* Whether the first bytes of a file, or the ending of its name, are those of a recording (NPZ: it
 * has the four arrays). */
FSNN_API bool fsnn_events_known(const char *path);

/* ---- frames ---- */

/* What cuts a recording into T frames:
 *   number   frame k takes events floor(k n / T) .. floor((k + 1) n / T) - 1 of n
 *   time     T windows of equal length from the first event to the last
 *   window   T windows of `window` microseconds from the first event on; later events are left out
 *   voxel    the weight of an event is shared by the two frames beside it: with
 *            t* = (T - 1) (t - t_first) / (t_last - t_first), frame k gets max(0, 1 - |k - t*|)
 *            (A. Z. Zhu, L. Yuan, K. Chaney, K. Daniilidis, CVPR 2019) */
typedef enum fsnn_frames_by {
    FSNN_FRAMES_NUMBER,
    FSNN_FRAMES_TIME,
    FSNN_FRAMES_WINDOW,
    FSNN_FRAMES_VOXEL,
    FSNN_FRAMES_BYS
} fsnn_frames_by;

/* What a pixel of a frame holds: the sum of its events; 1 where it is not 0 (its sign, with signed
 * polarity); the sum divided by the largest absolute value of the frame. */
typedef enum fsnn_frames_value {
    FSNN_FRAMES_COUNT,
    FSNN_FRAMES_BINARY,
    FSNN_FRAMES_NORMALIZED,
    FSNN_FRAMES_VALUES
} fsnn_frames_value;

/* Channels: OFF and ON apart (2); ON as +1 and OFF as -1 (1); both as +1 (1). With two cameras
 * those of the right one follow those of the left one. */
typedef enum fsnn_frames_polarity {
    FSNN_FRAMES_SPLIT,
    FSNN_FRAMES_SIGNED,
    FSNN_FRAMES_MERGED,
    FSNN_FRAMES_POLARITIES
} fsnn_frames_polarity;

typedef struct fsnn_frames {
    fsnn_frames_by by;
    int64_t count;  /* T */
    int64_t window; /* microseconds, by window */
    fsnn_frames_value value;
    fsnn_frames_polarity polarity;
    int64_t crop[2]; /* rows, columns in the middle of the sensor that are kept; 0: all */
    int64_t
        size[2]; /* rows, columns of a frame, no more than are kept; 0: as many. Pixels that fall
                        into one are added. */
    int cameras; /* whose events are there: 1 (also 0), or 2, for twice as many channels. A
                        recording or a set decides it, the caller that of fsnn_frames_shape. */
} fsnn_frames;

/* 16 frames by number, counts, both polarities, as large as the sensor. */
FSNN_API fsnn_frames fsnn_frames_default(void);
/* [T, C, H, W] of the frames of a sensor. Errors: FSNN_EARGUMENT for options that cannot work. */
FSNN_API fsnn_status fsnn_frames_shape(const fsnn_frames *frames, int width, int height,
                                       fsnn_shape *shape);
/* The frames [T, C, H, W] of a recording; all 0 when it has no events. Errors: FSNN_EARGUMENT,
 * FSNN_EUNSUPPORTED (longer than 9.5 hours, a sensor of more than 16384 pixels a side),
 * FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_frames_make(const fsnn_frames *frames, const fsnn_events *events,
                                      float *x);

/* ---- data sets ---- */

/* Which recordings, and how their classes are found. The name of a class comes from the folder of a
 * recording, a list, a table of cuts, or the file name. If all class names are whole numbers, class
 * index = number - `first_class`. Otherwise names are sorted alphabetically and numbered from 0. */
typedef struct fsnn_event_files {
    const char *path; /* a folder, or one recording */
    const char *list; /* text, one recording a line: its name below `path` (the ending may be left
                            out), and its class if no other key gives it; '#' begins a remark. NULL:
                            all recordings in the folder and the folders in it */
    const char *cuts; /* a recording R.ext is cut by the table "R" + cuts ("_labels.csv"): lines
                            CLASS,FROM,TO in microseconds, times as in the recording. NULL: whole */
    const char *pattern; /* of file names, with {class} where the class stands and * for anything;
                            files that do not match are left out. NULL: none */
    int64_t first_class; /* number of the first class */
    int64_t sensor[2];   /* rows, columns, for files that do not tell; 0: what the events need */
    fsnn_camera camera;  /* of recordings of two */
    /* The training set, whose classes number those of this one; a class that it lacks is an error.
     * Its recordings are not read. NULL: this one's own. */
    const struct fsnn_event_files *training;
} fsnn_event_files;

/* A data set of frames, sequences [T, C, H, W], made from the events of the recordings when they
 * are needed. The events are kept in memory, 8 bytes each. With `cache`, a folder (created if
 * missing), they are kept in a file there, which is mapped and used again as long as names, sizes
 * and modification times of all recordings stay the same. Several programs may share one folder.
 * Errors: FSNN_EIO, FSNN_EFORMAT, FSNN_ENOTFOUND (no recordings, a file of the list),
 * FSNN_EARGUMENT, FSNN_EUNSUPPORTED, FSNN_EMEMORY. */
FSNN_API fsnn_status fsnn_data_events(const fsnn_event_files *files, const fsnn_frames *frames,
                                      const char *cache, fsnn_data **data);

/* Frames that another program made (SpikingJelly's caches): a file .npz a sample with the array
 * `array` (NULL: "frames"), [T, C, H, W] or [T, ...], the same shape in all; found as recordings
 * are. Files are read when their samples are needed. Errors: as fsnn_data_events, FSNN_ENOTFOUND
 * with the key "array" where a file has none of this name. */
FSNN_API fsnn_status fsnn_data_frames(const fsnn_event_files *files, const char *array,
                                      fsnn_data **data);

/* Pictures in PNG, found as recordings are: samples [C, H, W] in 0..1, C 1 (gray) or 3 (red, green,
 * blue), all of one size. An alpha channel is left out and 16 bits are scaled to 8, with a warning.
 * A child process decodes them. Errors: as fsnn_data_events; FSNN_EUNSUPPORTED where fsnn was built
 * without libpng. */
FSNN_API fsnn_status fsnn_data_png(const fsnn_event_files *files, fsnn_data **data);

#ifdef __cplusplus
}
#endif
#endif

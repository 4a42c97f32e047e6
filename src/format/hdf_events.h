/* format/hdf_events.h: recordings of events in HDF5, read where the HDF5 library may crash. */
#ifndef FSNN_FORMAT_HDF_EVENTS_H
#define FSNN_FORMAT_HDF_EVENTS_H

#include "base/guard.h"

enum { HDF_EVENT_COLUMNS = 4, HDF_EVENT_NAME = 64 };

/* What is asked of the child. */
typedef struct hdf_events_request {
    const char *path;     /* begins the sentences */
    const char *place;    /* is opened: the same, or what gzip packed there (format/plain_file.h) */
    const char *expected; /* follows "expected is" */
    /* Column 0 ... HDF_EVENT_COLUMNS - 1 that a data set of this name is, or another number; the
     * lowest *rank is meant where several are the same. */
    int (*find)(const char *name, size_t length, int *rank);
    int letter[256]; /* the column of 'x', 'y', 't', 'p' */
    bool look;       /* only whether there are events */
} hdf_events_request;

/* What the child gives: for each table of events (of a camera) this head, then pieces: an int64
 * number of events n, 1 to HDF_EVENT_PIECE, and [n] numbers of column 0, of column 1, ..., until
 * `count` events are there. A head with count -1 ends it. To look, an int64, 1 or 0. */
typedef struct hdf_events_head {
    int64_t count;
    int64_t others, t_offset, ms_to_idx; /* data sets or fields beside */
    int32_t camera;                      /* 0, 1 */
    int32_t width, height;               /* of the sensor; 0: not told */
    int32_t dtype[HDF_EVENT_COLUMNS];    /* fsnn_dtype */
    char name[HDF_EVENT_COLUMNS][HDF_EVENT_NAME];
} hdf_events_head;

enum { HDF_EVENT_PIECE = 1 << 22 };

/* In the child. Errors: FSNN_EFORMAT (damaged, or, unless to look, no events are in it),
 * FSNN_EUNSUPPORTED (a filter that is not there, data in other files, built without the library),
 * FSNN_EMEMORY. */
fsnn_status hdf_events_send(guard *g, const hdf_events_request *request);

#endif

/* data/events/event_columns.h: a recording as columns of numbers: arrays, fields of records, data
 * sets. */
#ifndef FSNN_DATA_EVENT_COLUMNS_H
#define FSNN_DATA_EVENT_COLUMNS_H

#include "data/events/events.h"

#include <fsnn/tensor.h>

/* The first EVENT_NEEDED make a recording. */
typedef enum event_column {
    COLUMN_X,
    COLUMN_Y,
    COLUMN_T,
    COLUMN_P,
    COLUMN_CAMERA,
    EVENT_COLUMNS
} event_column;
enum { EVENT_NEEDED = COLUMN_CAMERA };

/* The column that an array of this name is (x, xs, x_addr, ...), or -1. Of several names of a
 * column the one with the lowest *rank is meant. */
int event_column_find(const char *name, size_t length, int *rank);
/* "x, y, t and p, one number an event; ...", to end sentences. */
extern const char event_column_names[];

/* n numbers of an array, the first of them that of event `first`. */
typedef struct column_part {
    const char *path, *name; /* to start sentences; of the array */
    fsnn_dtype dtype;
    const void *data;
    int64_t first, n;
} column_part;

/* Writes them into event [n]. Whole numbers are taken as they are: pixels up to 32767, microseconds
 * up to 2^53, polarities 0 and 1 or -1 and 1, cameras 0 and 1. Real numbers must be whole ones;
 * those called `ts` are seconds (event_utils) and rounded to microseconds. FSNN_EFORMAT. */
fsnn_status event_column_fill(event_column column, const column_part *part, fsnn_event *event);

/* Arrays [n] as the events of a recording; those that are no columns are counted as left out, as
 * `others`; NULL: the caller counts. FSNN_EFORMAT, FSNN_EMEMORY. */
fsnn_status event_columns_take(const char *path, const fsnn_arrays *list, const char *others,
                               fsnn_events *out);

#endif

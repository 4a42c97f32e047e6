/* data/event_set.h: the packed events of all samples of a set, in memory or in a mapped file of a
 * cache. */
#ifndef FSNN_DATA_EVENT_SET_H
#define FSNN_DATA_EVENT_SET_H

#include "data/event_files.h"
#include "data/frames.h"

typedef struct event_set {
    int64_t count; /* samples */
    int width, height;
    const int64_t *start;      /* [count + 1] */
    const packed_event *event; /* [start[count]] */
    void *owned[2];            /* the two blocks, where they are ours */
    const void *map;
    size_t mapped;
} event_set;

/* Reads, cuts and packs the recordings of the pieces. `sensor` (rows, columns) as in
 * fsnn_event_files. Errors: as fsnn_data_events; event_set_free is due after an error too. */
fsnn_status event_set_read(const event_pieces *pieces, const int64_t sensor[2], event_set *out);
void event_set_free(event_set *set);

/* The same through a file in the folder `cache`: read from there when it was written for the same
 * pieces of files that have not changed, otherwise written. */
fsnn_status event_set_cached(const event_pieces *pieces, const int64_t sensor[2], const char *cache,
                             event_set *out);

#endif

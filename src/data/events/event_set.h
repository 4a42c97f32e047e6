/* data/events/event_set.h: the packed events of all samples of a set, in memory or in a file of a
 * cache. */
#ifndef FSNN_DATA_EVENT_SET_H
#define FSNN_DATA_EVENT_SET_H

#include "data/events/event_files.h"
#include "data/events/frames.h"

/* What all recordings of a set hold beside the events that are read. */
typedef struct event_losses {
    fsnn_left_out left_out[FSNN_LEFT_OUT]; /* sums over the recordings */
    int64_t recordings;
    int64_t mostly; /* recordings that have more events left out than read */
} event_losses;

typedef struct event_set {
    int64_t count; /* samples */
    int width, height;
    int cameras;         /* 1, 2 */
    int64_t *start;      /* [count + 1] */
    packed_event *event; /* [start[count]]; NULL where they lie in a file */
    event_losses losses;
    /* a file of the cache: the texts of `losses` point into `text` */
    char *path, *text;
    struct port_file *file;
    int64_t first;      /* byte of the first event */
    uint32_t *checksum; /* [count] of each sample's events */
} event_set;

/* What decides how recordings are read, as in fsnn_event_files. */
typedef struct event_reading {
    int64_t sensor[2];
    int64_t camera;
} event_reading;

static inline int cameras_of(const event_reading *how)
{
    return how->camera == FSNN_CAMERA_BOTH ? 2 : 1;
}

/* Reads, cuts and packs the recordings of the pieces. Errors: as fsnn_data_events; event_set_free
 * is due after an error too. */
fsnn_status event_set_read(const event_pieces *pieces, const event_reading *how, event_set *out);
void event_set_free(event_set *set);

/* The same through a file in the folder `cache`: opened there when it was written for the same
 * pieces of files that have not changed, otherwise written. */
fsnn_status event_set_cached(const event_pieces *pieces, const event_reading *how,
                             const char *cache, event_set *out);

/* The events of one sample [*n], read when they lie in a file, then also in *owned (fsnn_free). May
 * be called by several threads at once. FSNN_EIO, FSNN_EFORMAT when the file is not any more what
 * it was when it was opened; FSNN_EMEMORY. */
fsnn_status event_set_sample(const event_set *set, int64_t sample, const packed_event **event,
                             int64_t *n, void **owned);
/* Its part for files. */
fsnn_status event_cache_sample(const event_set *set, int64_t sample, packed_event *out);

#endif

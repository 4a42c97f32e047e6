/* data/events/events_stream.h: recordings of words read a block of events at a time, so that
 * neither the file nor its events are ever whole in memory. */
#ifndef FSNN_DATA_EVENTS_STREAM_H
#define FSNN_DATA_EVENTS_STREAM_H

#include "data/events/prophesee.h"

typedef struct events_stream {
    const char *path;
    const events_format *format;
    const events_words *words;
    struct port_file *file;
    int64_t size, at;             /* of the file; what is read next */
    prophesee_state first, state; /* at the first word, at the next */
    uint8_t *piece;               /* of the file [piece_end], decoded up to piece_at */
    int64_t piece_at, piece_end;
    fsnn_events block; /* the events of a call */
} events_stream;

/* *there false: the file is none of words, or cannot be read a piece at a time (a pipe), which is
 * no error. events_stream_close is due after an error too. FSNN_EIO, FSNN_EFORMAT,
 * FSNN_EUNSUPPORTED, FSNN_EMEMORY. */
fsnn_status events_stream_open(const char *path, events_stream *stream, bool *there);
/* The next events, valid until the next call; *n 0: there are no more. FSNN_EIO, FSNN_EFORMAT. */
fsnn_status events_stream_next(events_stream *stream, const fsnn_event **event, int64_t *n);
/* Back to the first event. */
void events_stream_rewind(events_stream *stream);
void events_stream_close(events_stream *stream);

#endif

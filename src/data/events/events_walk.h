/* data/events/events_walk.h: a look at all events of a recording: order in time, largest places. */
#ifndef FSNN_DATA_EVENTS_WALK_H
#define FSNN_DATA_EVENTS_WALK_H

#include "base/base.h"

#include <fsnn/events.h>

typedef struct events_walk {
    int64_t latest[2], last; /* of each camera, of both */
    int64_t disorder;        /* events behind a later one of their camera */
    bool mixed;              /* of two cameras each may be in order, and both together not */
    bool second;             /* there are events of a second camera */
    int x, y;                /* the largest */
} events_walk;

/* Before the first event. */
events_walk events_walk_begin(void);
/* The next events [n] of the recording. */
void events_walk_on(events_walk *walk, const fsnn_event *event, int64_t n);

#endif

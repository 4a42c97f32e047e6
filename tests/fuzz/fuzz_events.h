/* tests/fuzz/fuzz_events.h: a reader of event recordings on any bytes: no crash, an error has a
 * sentence and leaves nothing behind, what is read is in order and on the sensor. */
#ifndef FSNN_FUZZ_EVENTS_H
#define FSNN_FUZZ_EVENTS_H

#include "data/events/events.h"

#include <stdlib.h>

/* What reading gave is as it should be; frees it. */
static inline int fuzz_events_check(fsnn_status status, fsnn_events *events)
{
    if (status < 0) {
        if (events->event || events->count || !*fsnn_error_text())
            abort();
        return 0;
    }
    for (int64_t i = 0; i < events->count; i++) {
        const fsnn_event *e = &events->event[i];
        if (e->x >= events->width || e->y >= events->height || e->p > 1 ||
            (i && events->event[i - 1].t > e->t))
            abort();
    }
    for (int i = 0; i < FSNN_LEFT_OUT; i++) { /* counted without holes */
        const fsnn_left_out *l = &events->left_out[i];
        if (!l->what != !l->count || l->count < 0 ||
            (i && l->what && !events->left_out[i - 1].what))
            abort();
    }
    fsnn_events_free(events);
    return 0;
}

/* `name` is what the reader takes for its own: the ending tells 40-bit events. */
static inline int fuzz_events(const char *name, const uint8_t *data, size_t size)
{
    fsnn_events events;
    fsnn_error_set(FSNN_OK, "%s", "");
    fsnn_status status = events_parse(name, data, size, &events);
    return fuzz_events_check(status, &events);
}

#endif

/* data/events/events_write.h: pieces of fsnn_events_write for events that are not all in memory. */
#ifndef FSNN_DATA_EVENTS_WRITE_H
#define FSNN_DATA_EVENTS_WRITE_H

#include "format/npz_rows.h"

#include <fsnn/events.h>

/* x, y, t, p of events [n] into the columns, from row `at` on. */
void events_write_columns(const fsnn_event *event, int64_t n, int64_t at, void *const column[]);
/* The NPZ of a recording of about->count events, which `fill` gives; of `about` the sensor and the
 * number of cameras count, too. Errors: as npz_write_rows. */
fsnn_status events_write_rows(const char *path, const fsnn_events *about, npz_fill *fill,
                              void *user);

#endif

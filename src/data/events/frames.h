/* data/events/frames.h: events packed into eight bytes, and frames of them. */
#ifndef FSNN_DATA_FRAMES_H
#define FSNN_DATA_FRAMES_H

#include "data/augment.h"

#include <fsnn/events.h>

struct sparse_rows;

/* 35 bits of time since the recording's (or clip's) first event, 14 of y, 14 of x, 1 of polarity.
 * With two cameras the highest bit of y tells which. */
typedef uint64_t packed_event;

#define PACKED_TIME_MAX ((INT64_C(1) << 35) - 1)
#define PACKED_PLACE_MAX ((1 << 14) - 1)
#define PACKED_CAMERA (1 << 13)

static inline packed_event packed_make(int64_t t, unsigned x, unsigned y, unsigned p)
{
    return (uint64_t)t << 29 | (uint64_t)y << 15 | (uint64_t)x << 1 | p;
}
static inline int64_t packed_time(packed_event e)
{
    return (int64_t)(e >> 29);
}
static inline int packed_y(packed_event e)
{
    return (int)(e >> 15 & PACKED_PLACE_MAX);
}
static inline int packed_x(packed_event e)
{
    return (int)(e >> 1 & PACKED_PLACE_MAX);
}
static inline int packed_row(packed_event e, int cameras)
{
    return cameras == 2 ? packed_y(e) & (PACKED_CAMERA - 1) : packed_y(e);
}
static inline int packed_camera(packed_event e, int cameras)
{
    return cameras == 2 && packed_y(e) & PACKED_CAMERA;
}
static inline int packed_p(packed_event e)
{
    return (int)(e & 1);
}

/* Packs n events of one camera or two, in order of time, into out [n]. `what` starts the error
 * sentence. FSNN_EUNSUPPORTED when they last too long, or a place is too far out. */
fsnn_status packed_from(const char *what, int cameras, const fsnn_event *event, int64_t n,
                        packed_event *out);

/* Events of a sensor `width` x `height` to x [T, C, H, W]; the options have been checked. With
 * `clip` they are changed before, in the frames' pixels. FSNN_EMEMORY (with clip alone). */
fsnn_status frames_fill(const fsnn_frames *frames, int width, int height, const packed_event *event,
                        int64_t n, const augment_clip *clip, float *x);

/* The same frames as lists, without a sample's frames ever being formed: the work goes with events,
 * not with pixels. out->T, N and start are set. */
fsnn_status frames_lists(const fsnn_frames *frames, int width, int height,
                         const packed_event *event, int64_t n, const augment_clip *clip,
                         struct sparse_rows *out);

#endif

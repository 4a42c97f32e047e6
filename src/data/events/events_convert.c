/* data/events/events_convert.c: a recording to an NPZ. Where it can be read a piece at a time, it
 * is twice: for the number of its events and their order, then to be written. What is out of order,
 * of two cameras or of another format is read as a whole. */
#include "data/events/events_stream.h"
#include "data/events/events_walk.h"
#include "data/events/events_write.h"

/* The numbers of events, what is left out, the sensor; *good false: there is more to do than write
 * the events as they come. */
static fsnn_status survey(events_stream *s, fsnn_events *about, bool *good)
{
    const fsnn_event *event;
    int64_t n;
    events_walk w = events_walk_begin();
    *about = (fsnn_events){.format = s->format->name, .cameras = 1};
    do {
        FSNN_TRY(events_stream_next(s, &event, &n));
        events_walk_on(&w, event, n);
        about->count += n;
    } while (n);
    prophesee_leave_out(about, s->state.others);
    about->sized = s->block.width > 0;
    about->width = about->sized ? s->block.width : w.x + 1;
    about->height = about->sized ? s->block.height : w.y + 1;
    *good = !w.mixed && !w.second && (!about->count || (w.x < about->width && w.y < about->height));
    return FSNN_OK;
}

/* Rows of the file from events as they come. */
typedef struct rows {
    events_stream *stream;
    const fsnn_event *event; /* [n], those up to `at` written */
    int64_t at, n;
} rows;

static fsnn_status fill(void *user, int64_t begin, int64_t end, void *const column[])
{
    rows *r = user;
    for (int64_t done = 0, taken; done < end - begin; done += taken) {
        if (r->at == r->n) {
            FSNN_TRY(events_stream_next(r->stream, &r->event, &r->n));
            r->at = 0;
        }
        if (!r->n)
            return fsnn_fail(FSNN_EIO, "%s: was changed while it was read", r->stream->path);
        taken = end - begin - done < r->n - r->at ? end - begin - done : r->n - r->at;
        events_write_columns(r->event + r->at, taken, done, column);
        r->at += taken;
    }
    return FSNN_OK;
}

static fsnn_status convert_stream(events_stream *s, const char *to, fsnn_events *about, bool *done)
{
    FSNN_TRY(survey(s, about, done));
    if (!*done || !about->count)
        return FSNN_OK;
    events_stream_rewind(s);
    return events_write_rows(to, about, fill, &(rows){.stream = s});
}

static fsnn_status convert_whole(const char *path, fsnn_camera camera, const char *to,
                                 fsnn_events *about)
{
    FSNN_TRY(fsnn_events_read_camera(path, camera, about));
    fsnn_status status = about->count ? fsnn_events_write(to, about) : FSNN_OK;
    fsnn_free(about->event);
    about->event = NULL;
    return status;
}

fsnn_status fsnn_events_convert(const char *path, fsnn_camera camera, const char *to,
                                fsnn_events *about)
{
    FSNN_NEED(about);
    *about = (fsnn_events){0};
    FSNN_NEED(path);
    FSNN_NEED(to);
    bool done = false;
    events_stream s = {0};
    fsnn_status status = FSNN_OK;
    if (camera == FSNN_CAMERA_LEFT)
        status = events_stream_open(path, &s, &done);
    if (!status && done)
        status = convert_stream(&s, to, about, &done);
    events_stream_close(&s);
    return status || done ? status : convert_whole(path, camera, to, about);
}

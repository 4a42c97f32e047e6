/* data/events/event_set.c: recordings of a set read one after the other, cut, and packed into one
 * array. */
#include "data/events/event_set.h"

#include "base/error_key.h"
#include "base/port_files.h"
#include "data/events/events.h"

#include <string.h>

typedef struct builder {
    const event_pieces *pieces;
    const event_reading *how;
    event_set *set;
    int64_t used, capacity;
    fsnn_events file;         /* the recording of the piece before */
    const char *path, *sized; /* its path; that of a file that told the sensor's size */
} builder;

/* All recordings of a set are of one sensor: what files tell, what the caller says, or what all
 * events need. */
static fsnn_status settle_size(builder *b)
{
    event_set *set = b->set;
    const fsnn_events *e = &b->file;
    if (e->sized && b->sized && (e->width != set->width || e->height != set->height))
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: is of a sensor of %d columns and %d rows, but %s is of one of %d and "
                         "%d: a set holds recordings of one sensor",
                         b->path, e->width, e->height, b->sized, set->width, set->height);
    if (e->sized && !b->sized && (set->width > e->width || set->height > e->height))
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: is of a sensor of %d columns and %d rows, but recordings before it "
                         "have events up to column %d, row %d",
                         b->path, e->width, e->height, set->width - 1, set->height - 1);
    if (b->sized && !e->sized && (e->width > set->width || e->height > set->height))
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: has events up to column %d, row %d, outside of the sensor of %s, %d "
                         "columns and %d rows",
                         b->path, e->width - 1, e->height - 1, b->sized, set->width, set->height);
    set->width = e->width > set->width ? e->width : set->width;
    set->height = e->height > set->height ? e->height : set->height;
    b->sized = e->sized ? b->path : b->sized;
    return FSNN_OK;
}

static void count_losses(builder *b)
{
    event_losses *all = &b->set->losses;
    int64_t events = 0;
    for (int i = 0; i < FSNN_LEFT_OUT && b->file.left_out[i].what; i++) {
        const fsnn_left_out *l = &b->file.left_out[i];
        events_leave_out_of(all->left_out, l->what, l->events, l->count);
        events += l->events ? l->count : 0;
    }
    all->recordings++;
    all->mostly += events > b->file.count;
}

static fsnn_status open_file(builder *b, const char *path)
{
    if (b->path && !strcmp(b->path, path))
        return FSNN_OK;
    fsnn_events_free(&b->file);
    b->path = NULL;
    FSNN_TRY(fsnn_events_read_camera(path, (fsnn_camera)b->how->camera, &b->file));
    b->path = path;
    count_losses(b);
    return settle_size(b);
}

/* The first event at or after `t`. */
static int64_t locate(const fsnn_events *e, int64_t t)
{
    int64_t low = 0, high = e->count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (e->event[middle].t < t)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static fsnn_status add_piece(builder *b, int64_t i)
{
    const event_piece *p = &b->pieces->piece[i];
    FSNN_TRY(open_file(b, p->path));
    int64_t from = locate(&b->file, p->from);
    int64_t to = p->to == INT64_MAX ? b->file.count : locate(&b->file, p->to);
    int64_t need = b->used + to - from;
    packed_event **all = &b->set->event;
    FSNN_TRY(fsnn_grow(all, b->used, &b->capacity, need, sizeof **all));
    FSNN_TRY(
        packed_from(p->path, b->set->cameras, b->file.event + from, to - from, *all + b->used));
    b->used += to - from;
    b->set->start[i + 1] = b->used;
    return FSNN_OK;
}

static fsnn_status check_sensor(const builder *b)
{
    event_set *set = b->set;
    int64_t height = b->how->sensor[0], width = b->how->sensor[1];
    if (!height && !width)
        return FSNN_OK;
    if (b->sized && (width != set->width || height != set->height))
        return fsnn_fail_key(
            FSNN_EARGUMENT, "sensor",
            "%s: tells that the sensor has %d rows and %d columns, not %lld and %lld", b->sized,
            set->height, set->width, (long long)height, (long long)width);
    if (set->width > width || set->height > height)
        return fsnn_fail_key(
            FSNN_EARGUMENT, "sensor",
            "%s and others: there are events up to row %d, column %d: the sensor must "
            "have more than %lld rows and %lld columns",
            b->pieces->piece[0].path, set->height - 1, set->width - 1, (long long)height,
            (long long)width);
    set->width = (int)width;
    set->height = (int)height;
    return FSNN_OK;
}

static fsnn_status check_losses(const builder *b)
{
    const event_losses *l = &b->set->losses;
    if (b->used || !l->mostly)
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT, "%s%s: no events are there that can be read, only %lld %s",
                     b->pieces->piece[0].path, l->recordings > 1 ? " and others" : "",
                     (long long)l->left_out[0].count, l->left_out[0].what);
}

static fsnn_status build(builder *b)
{
    event_set *set = b->set;
    set->count = b->pieces->count;
    set->cameras = cameras_of(b->how);
    set->start = fsnn_alloc((size_t)(set->count + 1) * sizeof *set->start);
    if (!set->start)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < b->pieces->count; i++)
        FSNN_TRY(add_piece(b, i));
    FSNN_TRY(check_losses(b));
    return check_sensor(b);
}

fsnn_status event_set_read(const event_pieces *pieces, const event_reading *how, event_set *out)
{
    *out = (event_set){0};
    builder b = {.pieces = pieces, .how = how, .set = out};
    fsnn_status status = build(&b);
    fsnn_events_free(&b.file);
    return status;
}

void event_set_free(event_set *set)
{
    port_close(set->file);
    fsnn_free(set->path);
    fsnn_free(set->text);
    fsnn_free(set->checksum);
    fsnn_free(set->start);
    fsnn_free(set->event);
    *set = (event_set){0};
}

fsnn_status event_set_sample(const event_set *set, int64_t sample, const packed_event **event,
                             int64_t *n, void **owned)
{
    int64_t first = set->start[sample];
    static const packed_event none;
    *n = set->start[sample + 1] - first;
    *owned = NULL;
    *event = !*n ? &none : set->event ? set->event + first : NULL;
    if (*event)
        return FSNN_OK;
    packed_event *fresh = fsnn_alloc((size_t)*n * sizeof *fresh);
    if (!fresh)
        return FSNN_EMEMORY;
    *event = *owned = fresh;
    fsnn_status status = event_cache_sample(set, sample, fresh);
    if (status < 0) {
        fsnn_free(fresh);
        *owned = NULL;
    }
    return status;
}

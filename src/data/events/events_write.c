/* data/events/events_write.c: a recording as arrays x, y, t, p of an NPZ, which any program with
 * NumPy reads. */
#include "data/events/events_write.h"

#include "base/base.h"

void events_write_columns(const fsnn_event *event, int64_t n, int64_t at, void *const column[])
{
    uint16_t *x = (uint16_t *)column[0] + at, *y = (uint16_t *)column[1] + at;
    int64_t *t = (int64_t *)column[2] + at;
    uint8_t *p = (uint8_t *)column[3] + at;
    for (int64_t i = 0; i < n; i++) {
        x[i] = event[i].x;
        y[i] = event[i].y;
        t[i] = event[i].t;
        p[i] = event[i].p;
    }
}

static fsnn_status fill(void *user, int64_t begin, int64_t end, void *const column[])
{
    const fsnn_events *e = user;
    uint8_t *camera = e->cameras == 2 ? column[4] : NULL;
    events_write_columns(e->event + begin, end - begin, 0, column);
    for (int64_t i = begin; camera && i < end; i++)
        camera[i - begin] = e->event[i].camera;
    return FSNN_OK;
}

/* `width` and `height` [1] where the recording tells them. */
static fsnn_status sensor(const fsnn_events *e, fsnn_arrays *list)
{
    const int size[] = {e->width, e->height};
    for (int k = 0; k < 2 && e->sized; k++) {
        fsnn_array *a = fsnn_arrays_add(list, k ? "height" : "width", FSNN_I32, &FSNN_SHAPE(1));
        if (!a)
            return FSNN_EMEMORY;
        *(int32_t *)a->data = size[k];
    }
    return FSNN_OK;
}

fsnn_status events_write_rows(const char *path, const fsnn_events *about, npz_fill *rows,
                              void *user)
{
    static const npz_column column[] = {
        {"x", FSNN_U16}, {"y", FSNN_U16}, {"t", FSNN_I64}, {"p", FSNN_U8}, {"camera", FSNN_U8}};
    fsnn_arrays beside = {0};
    fsnn_status status = sensor(about, &beside);
    if (status == FSNN_OK)
        status = npz_write_rows(path, about->count, column, about->cameras == 2 ? 5 : 4, rows, user,
                                &beside);
    fsnn_arrays_free(&beside);
    return status;
}

fsnn_status fsnn_events_write(const char *path, const fsnn_events *events)
{
    FSNN_NEED(path);
    FSNN_NEED(events);
    if (events->count < 0 || (events->count && !events->event))
        return fsnn_fail(FSNN_EARGUMENT, "%lld events cannot be written", (long long)events->count);
    return events_write_rows(path, events, fill, (void *)(uintptr_t)events);
}

/* data/events/events_write.c: a recording as arrays x, y, t, p of an NPZ, which any program with
 * NumPy reads. */
#include "data/events/events.h"
#include "format/npz_rows.h"

static void fill(const void *user, int64_t begin, int64_t end, void *const column[])
{
    const fsnn_events *e = user;
    uint16_t *x = column[0], *y = column[1];
    int64_t *t = column[2];
    uint8_t *p = column[3], *camera = e->cameras == 2 ? column[4] : NULL;
    for (int64_t i = begin; i < end; i++) {
        const fsnn_event *v = &e->event[i];
        x[i - begin] = v->x;
        y[i - begin] = v->y;
        t[i - begin] = v->t;
        p[i - begin] = v->p;
    }
    for (int64_t i = begin; camera && i < end; i++)
        camera[i - begin] = e->event[i].camera;
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

fsnn_status fsnn_events_write(const char *path, const fsnn_events *events)
{
    static const npz_column column[] = {
        {"x", FSNN_U16}, {"y", FSNN_U16}, {"t", FSNN_I64}, {"p", FSNN_U8}, {"camera", FSNN_U8}};
    FSNN_NEED(path);
    FSNN_NEED(events);
    if (events->count < 0 || (events->count && !events->event))
        return fsnn_fail(FSNN_EARGUMENT, "%lld events cannot be written", (long long)events->count);
    fsnn_arrays beside = {0};
    fsnn_status status = sensor(events, &beside);
    if (status == FSNN_OK)
        status = npz_write_rows(path, events->count, column, events->cameras == 2 ? 5 : 4, fill,
                                events, &beside);
    fsnn_arrays_free(&beside);
    return status;
}

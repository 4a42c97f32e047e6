/* data/events/events_npz.c: an NPZ with the arrays x, y, t, p [n]: numbers of any type, whole
 * ones; times in microseconds; polarity 0 and 1, or -1 and 1. width and height [1] may tell the
 * sensor. */
#include "data/events/events.h"

#include "format/npz.h"

#include <math.h>
#include <string.h>

static bool is(const char *path, const uint8_t *bytes, size_t size)
{
    (void)path;
    return size >= 4 && !memcmp(bytes, "PK\003\004", 4);
}

static void set_x(fsnn_event *e, double v)
{
    e->x = (uint16_t)v;
}

static void set_y(fsnn_event *e, double v)
{
    e->y = (uint16_t)v;
}

static void set_t(fsnn_event *e, double v)
{
    e->t = (int64_t)v;
}

static void set_p(fsnn_event *e, double v)
{
    e->p = v > 0;
}

static const struct {
    const char *name;
    double min, max;
    void (*set)(fsnn_event *e, double v);
} columns[] = {
    {"x", 0, 32767, set_x},
    {"y", 0, 32767, set_y},
    {"t", -0x1p53, 0x1p53, set_t},
    {"p", -1, 1, set_p},
};

static fsnn_status find(const char *path, const fsnn_arrays *list, const fsnn_array **array)
{
    for (int c = 0; c < FSNN_COUNT(columns); c++) {
        char text[256];
        array[c] = fsnn_arrays_find(list, columns[c].name);
        if (!array[c])
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: has no array %s; a recording holds x, y, t and p, one number an "
                             "event",
                             path, columns[c].name);
        const fsnn_shape *shape = &array[c]->shape;
        if (shape->rank != 1 || shape->dim[0] != array[0]->shape.dim[0])
            return fsnn_fail(
                FSNN_EFORMAT,
                "%s: the array %s has the shape %s; expected is one number an event, as "
                "many as x has",
                path, columns[c].name, fsnn_shape_text(shape, text, sizeof text));
    }
    return FSNN_OK;
}

static fsnn_status fill(const char *path, const fsnn_array *const *array, double *value,
                        fsnn_events *out)
{
    int64_t n = array[0]->shape.dim[0];
    for (int c = 0; c < FSNN_COUNT(columns); c++) {
        fsnn_array_to_f64(array[c], value);
        for (int64_t i = 0; i < n; i++) {
            double v = value[i];
            if (!(v >= columns[c].min && v <= columns[c].max && floor(v) == v))
                return fsnn_fail(
                    FSNN_EFORMAT,
                    "%s: event %lld has %s = %g; expected is a whole number from %g to "
                    "%g",
                    path, (long long)i, columns[c].name, v, columns[c].min, columns[c].max);
            columns[c].set(&out->event[i], v);
        }
    }
    out->count = n;
    return FSNN_OK;
}

/* Both or none; what is there must be one number. */
static fsnn_status read_sensor(const char *path, const fsnn_arrays *list, fsnn_events *out)
{
    static const char *const names[] = {"width", "height"};
    int *const size[] = {&out->width, &out->height};
    const fsnn_array *first = fsnn_arrays_find(list, names[0]),
                     *second = fsnn_arrays_find(list, names[1]);
    if (!first || !second)
        return FSNN_OK;
    for (int k = 0; k < 2; k++) {
        const fsnn_array *a = k ? second : first;
        double value = 0;
        if (fsnn_shape_count(&a->shape) == 1)
            fsnn_array_to_f64(a, &value);
        if (!(value >= 1 && value <= 32768 && floor(value) == value))
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: the array %s is no size of a sensor: expected is one whole "
                             "number from 1 to 32768",
                             path, names[k]);
        *size[k] = (int)value;
    }
    return FSNN_OK;
}

static fsnn_status parse(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    fsnn_arrays list = {0};
    const fsnn_array *array[FSNN_COUNT(columns)] = {0};
    static const char *const names[] = {"x", "y", "t", "p", "width", "height", NULL};
    FSNN_TRY(npz_parse_named(path, bytes, size, names, &list));
    fsnn_status status = find(path, &list, array);
    double *value = NULL;
    if (status == FSNN_OK) {
        size_t n = (size_t)array[0]->shape.dim[0];
        value = fsnn_alloc((n ? n : 1) * sizeof *value);
        status = value ? events_reserve(out, (int64_t)n) : FSNN_EMEMORY;
    }
    if (status == FSNN_OK)
        status = fill(path, array, value, out);
    if (status == FSNN_OK)
        status = read_sensor(path, &list, out);
    fsnn_free(value);
    fsnn_arrays_free(&list);
    return status;
}

const events_format events_npz = {"NPZ", is, parse};

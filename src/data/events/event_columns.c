/* data/events/event_columns.c: columns of numbers of any type become events, a block at a time. */
#include "data/events/event_columns.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum { BLOCK = 1024, PLACE = 32767 };

const char event_column_names[] =
    "x, y, t and p, one number an event (also xs, x_addr, col; ys, y_addr, row; ts, timestamp, "
    "time; ps, pol, polarity, on)";

/* ---- names ---- */

static const struct {
    const char *name;
    event_column column;
} names[] = {
    {"x", COLUMN_X},           {"xs", COLUMN_X},         {"x_addr", COLUMN_X},
    {"x_address", COLUMN_X},   {"col", COLUMN_X},        {"y", COLUMN_Y},
    {"ys", COLUMN_Y},          {"y_addr", COLUMN_Y},     {"y_address", COLUMN_Y},
    {"row", COLUMN_Y},         {"t", COLUMN_T},          {"ts", COLUMN_T},
    {"timestamp", COLUMN_T},   {"timestamps", COLUMN_T}, {"time", COLUMN_T},
    {"p", COLUMN_P},           {"ps", COLUMN_P},         {"pol", COLUMN_P},
    {"polarity", COLUMN_P},    {"polarities", COLUMN_P}, {"on", COLUMN_P},
    {"camera", COLUMN_CAMERA},
};

int event_column_find(const char *name, size_t length, int *rank)
{
    for (*rank = 0; *rank < FSNN_COUNT(names); ++*rank)
        if (strlen(names[*rank].name) == length && !strncasecmp(names[*rank].name, name, length))
            return (int)names[*rank].column;
    return -1;
}

/* Real numbers of this name are seconds. */
static bool in_seconds(const char *name)
{
    return !strcasecmp(name, "ts");
}

/* ---- numbers of any type ---- */

typedef void load_fn(const void *data, int64_t first, int64_t n, int64_t *out);

#define LOAD(code, type)                                                                           \
    static void load_##code(const void *data, int64_t first, int64_t n, int64_t *out)              \
    {                                                                                              \
        const type *from = (const type *)data + first;                                             \
        for (int64_t i = 0; i < n; i++)                                                            \
            out[i] = (int64_t)from[i];                                                             \
    }
LOAD(i8, int8_t)
LOAD(u8, uint8_t)
LOAD(i16, int16_t)
LOAD(u16, uint16_t)
LOAD(i32, int32_t)
LOAD(u32, uint32_t)
LOAD(i64, int64_t)
LOAD(u64, uint64_t)

/* A real number as a whole one; one that is none becomes one that no column takes. */
static int64_t whole_of(double v)
{
    return fabs(v) <= 0x1p53 && floor(v) == v ? (int64_t)v : INT64_MIN;
}

static void load_f32(const void *data, int64_t first, int64_t n, int64_t *out)
{
    const float *from = (const float *)data + first;
    for (int64_t i = 0; i < n; i++)
        out[i] = whole_of((double)from[i]);
}

static void load_f64(const void *data, int64_t first, int64_t n, int64_t *out)
{
    const double *from = (const double *)data + first;
    for (int64_t i = 0; i < n; i++)
        out[i] = whole_of(from[i]);
}

static load_fn *const loads[] = {
    [FSNN_F32] = load_f32, [FSNN_F64] = load_f64, [FSNN_I8] = load_i8,   [FSNN_U8] = load_u8,
    [FSNN_I16] = load_i16, [FSNN_U16] = load_u16, [FSNN_I32] = load_i32, [FSNN_U32] = load_u32,
    [FSNN_I64] = load_i64, [FSNN_U64] = load_u64, [FSNN_BOOL] = load_u8,
};

static bool is_real(fsnn_dtype dtype)
{
    return dtype == FSNN_F32 || dtype == FSNN_F64;
}

static double value_at(const column_part *p, int64_t i)
{
    double v = 0;
    const uint8_t *at = (const uint8_t *)p->data + (size_t)i * fsnn_dtype_size(p->dtype);
    const fsnn_array one = {NULL, p->dtype, {0}, (void *)at};
    fsnn_array_to_f64(&one, &v);
    return v;
}

/* Seconds to microseconds. */
static void load_seconds(const column_part *p, int64_t first, int64_t n, int64_t *out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = whole_of(floor(value_at(p, first + i) * 1e6 + 0.5));
}

/* ---- into events ---- */

static void put_x(fsnn_event *e, const int64_t *v, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        e[i].x = (uint16_t)v[i];
}

static void put_y(fsnn_event *e, const int64_t *v, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        e[i].y = (uint16_t)v[i];
}

static void put_t(fsnn_event *e, const int64_t *v, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        e[i].t = v[i];
}

static void put_p(fsnn_event *e, const int64_t *v, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        e[i].p = v[i] > 0;
}

static void put_camera(fsnn_event *e, const int64_t *v, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        e[i].camera = (uint8_t)v[i];
}

static const struct {
    int64_t min, max;
    void (*put)(fsnn_event *e, const int64_t *v, int64_t n);
} columns[EVENT_COLUMNS] = {
    [COLUMN_X] = {0, PLACE, put_x},
    [COLUMN_Y] = {0, PLACE, put_y},
    [COLUMN_T] = {-(INT64_C(1) << 53), INT64_C(1) << 53, put_t},
    [COLUMN_P] = {-1, 1, put_p},
    [COLUMN_CAMERA] = {0, 1, put_camera},
};

/* The first number of a block that the column does not take; n: all are good. */
static int64_t find_wrong(event_column c, const int64_t *v, int64_t n)
{
    int64_t wrong = 0, i = 0;
    for (int64_t k = 0; k < n; k++)
        wrong += v[k] < columns[c].min || v[k] > columns[c].max;
    while (wrong && v[i] >= columns[c].min && v[i] <= columns[c].max)
        i++;
    return wrong ? i : n;
}

static fsnn_status fail(event_column c, const column_part *p, int64_t i)
{
    bool seconds = is_real(p->dtype) && in_seconds(p->name);
    double v = value_at(p, i);
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: event %lld has %s = %.10g; expected is a whole number from %g to %g%s",
                     p->path, (long long)(p->first + i), p->name, v, (double)columns[c].min,
                     (double)columns[c].max,
                     seconds ? " of microseconds: real numbers called ts are seconds"
                     : c == COLUMN_T && is_real(p->dtype) && floor(v) != v
                         ? ", microseconds; seconds are real numbers called ts"
                         : "");
}

fsnn_status event_column_fill(event_column c, const column_part *p, fsnn_event *event)
{
    bool seconds = c == COLUMN_T && is_real(p->dtype) && in_seconds(p->name);
    int64_t block[BLOCK];
    for (int64_t first = 0, n; first < p->n; first += n) {
        n = p->n - first < BLOCK ? p->n - first : BLOCK;
        if (seconds)
            load_seconds(p, first, n, block);
        else
            loads[p->dtype](p->data, first, n, block);
        int64_t wrong = find_wrong(c, block, n);
        if (wrong < n)
            return fail(c, p, first + wrong);
        columns[c].put(event + first, block, n);
    }
    return FSNN_OK;
}

/* The arrays that are columns, NULL those that are not there; their number. */
static int choose(const fsnn_arrays *list, const fsnn_array *column[EVENT_COLUMNS])
{
    int best[EVENT_COLUMNS], used = 0;
    for (int i = 0; i < list->count; i++) {
        int rank, c = event_column_find(list->item[i].name, strlen(list->item[i].name), &rank);
        if (c < 0 || (column[c] && best[c] < rank))
            continue;
        used += !column[c];
        best[c] = rank;
        column[c] = &list->item[i];
    }
    return used;
}

static fsnn_status check(const char *path, const fsnn_array *const *column)
{
    static const char letter[] = "xytp";
    char text[256];
    for (int c = 0; c < EVENT_COLUMNS; c++) {
        if (!column[c] && c >= EVENT_NEEDED)
            continue;
        if (!column[c])
            return fsnn_fail(FSNN_EFORMAT, "%s: has no array %c; a recording holds %s", path,
                             letter[c], event_column_names);
        const fsnn_shape *shape = &column[c]->shape;
        if (shape->rank != 1 || shape->dim[0] != column[0]->shape.dim[0])
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: the array %s has the shape %s; expected is one number an event, "
                             "as many as %s has",
                             path, column[c]->name, fsnn_shape_text(shape, text, sizeof text),
                             column[0]->name);
    }
    return FSNN_OK;
}

fsnn_status event_columns_take(const char *path, const fsnn_arrays *list, const char *others,
                               fsnn_events *out)
{
    const fsnn_array *column[EVENT_COLUMNS] = {0};
    int used = choose(list, column);
    FSNN_TRY(check(path, column));
    int64_t n = column[0]->shape.dim[0];
    FSNN_TRY(events_reserve(out, n));
    for (int c = 0; c < EVENT_COLUMNS; c++)
        if (column[c])
            FSNN_TRY(event_column_fill(
                (event_column)c,
                &(column_part){path, column[c]->name, column[c]->dtype, column[c]->data, 0, n},
                out->event));
    out->count = n;
    if (others)
        events_leave_out(out, others, false, list->count - used + list->unread_count);
    return FSNN_OK;
}

/* data/events/events_npz.c: arrays of NumPy as recordings: an NPZ with the arrays x, y, t, p [n]
 * (or by their other names, event_columns.c), or with one array of records with such fields; or a
 * .npy file of such records. Numbers of any type; times in microseconds; polarity 0 and 1, or -1
 * and 1; `camera` 0 and 1 where there are two. width and height [1] of an NPZ may tell the sensor.
 * Other arrays and fields are counted. */
#include "data/events/event_columns.h"

#include "format/npy.h"
#include "format/npz.h"
#include "format/zip.h"

#include <math.h>
#include <string.h>

enum { ENTRY = 64 };

static const char *const sensor_names[] = {"width", "height"};

static const char second[] = "events of camera 1";

/* What of an archive is the recording. */
typedef struct choice {
    char column[EVENT_COLUMNS][ENTRY]; /* names of the arrays; "": not there */
    int rank[EVENT_COLUMNS];
    char records[2][ENTRY]; /* of arrays of records, the first two; "": there is none */
    int arrays;             /* entries */
} choice;

static bool has_columns(const choice *c)
{
    bool all = true;
    for (int i = 0; i < EVENT_NEEDED; i++)
        all = all && c->column[i][0];
    return all;
}

/* ---- archives ---- */

static bool is(const char *path, const uint8_t *bytes, size_t size)
{
    (void)path;
    return size >= 4 && !memcmp(bytes, "PK\003\004", 4);
}

static fsnn_status read_entry(void *user, void *out, size_t n)
{
    return zip_input_read(user, out, n);
}

static bool are_events(char name[][NPY_NAME], int count)
{
    bool there[EVENT_COLUMNS] = {false}, all = true;
    for (int f = 0; f < count; f++) {
        int rank, c = event_column_find(name[f], strlen(name[f]), &rank);
        if (c >= 0)
            there[c] = true;
    }
    for (int c = 0; c < EVENT_NEEDED; c++)
        all = all && there[c];
    return all;
}

/* Whether an entry holds records with the fields of events. */
static bool has_records(const zip_reader *zip, const zip_entry *entry)
{
    char name[NPY_FIELDS][NPY_NAME];
    zip_input in;
    int count;
    if (zip_input_open(&in, zip, entry) < 0)
        return false;
    fsnn_status status =
        npy_read_names(&(npy_source){"", entry->size, read_entry, &in}, name, NPY_FIELDS, &count);
    zip_input_close(&in);
    return status == FSNN_OK && are_events(name, count);
}

static void look_at(const zip_reader *zip, const zip_entry *entry, choice *out)
{
    size_t length = entry->name_size - 4;
    int rank, c = event_column_find(entry->name, length, &rank);
    char *to = c >= 0 ? out->column[c] : out->records[out->records[0][0] != 0];
    out->arrays++;
    if (length >= ENTRY || (c >= 0 && *to && out->rank[c] < rank) ||
        (c < 0 && !has_records(zip, entry)))
        return;
    if (c >= 0)
        out->rank[c] = rank;
    memcpy(to, entry->name, length);
    to[length] = 0;
}

static fsnn_status choose(const char *path, const uint8_t *bytes, size_t size, choice *out)
{
    zip_reader zip;
    zip_entry entry;
    int more;
    *out = (choice){0};
    FSNN_TRY(zip_open(&zip, path, bytes, size));
    while ((more = zip_next(&zip, &entry)) > 0)
        if (entry.name_size > 4 && !memcmp(entry.name + entry.name_size - 4, ".npy", 4))
            look_at(&zip, &entry, out);
    return (fsnn_status)more;
}

static bool known(const char *path, const uint8_t *bytes, size_t size)
{
    choice c;
    return choose(path, bytes, size, &c) == FSNN_OK && (has_columns(&c) || c.records[0][0]);
}

/* Both or none; what is there must be one number. */
static fsnn_status read_sensor(const char *path, const fsnn_arrays *list, fsnn_events *out)
{
    int *const size[] = {&out->width, &out->height};
    const fsnn_array *first = fsnn_arrays_find(list, sensor_names[0]),
                     *second = fsnn_arrays_find(list, sensor_names[1]);
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
                             path, sensor_names[k]);
        *size[k] = (int)value;
    }
    return FSNN_OK;
}

static fsnn_status parse_columns(const char *path, const uint8_t *bytes, size_t size,
                                 const choice *c, fsnn_events *out)
{
    const char *names[EVENT_COLUMNS + 3] = {0};
    fsnn_arrays list = {0};
    int n = 0;
    for (int i = 0; i < EVENT_COLUMNS; i++)
        if (c->column[i][0])
            names[n++] = c->column[i];
    names[n++] = sensor_names[0];
    names[n] = sensor_names[1];
    FSNN_TRY(npz_parse_named(path, bytes, size, names, &list));
    fsnn_status status = event_columns_take(path, &list, NULL, out);
    if (status == FSNN_OK)
        status = read_sensor(path, &list, out);
    events_leave_out(out, "arrays of other names", false, c->arrays - list.count);
    fsnn_arrays_free(&list);
    return status;
}

static fsnn_status parse_records(const char *path, const uint8_t *bytes, size_t size,
                                 const choice *c, fsnn_events *out)
{
    fsnn_arrays list = {0}, sensor = {0};
    if (c->records[1][0])
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: holds two arrays of events, %s and %s: a recording is one of them",
                         path, c->records[0], c->records[1]);
    FSNN_TRY(npz_parse_fields(path, bytes, size, c->records[0], &list));
    fsnn_status status = event_columns_take(path, &list, "fields of other names", out);
    if (status == FSNN_OK)
        status =
            npz_parse_named(path, bytes, size,
                            (const char *const[]){sensor_names[0], sensor_names[1], NULL}, &sensor);
    if (status == FSNN_OK)
        status = read_sensor(path, &sensor, out);
    events_leave_out(out, "arrays of other names", false, c->arrays - 1 - sensor.count);
    fsnn_arrays_free(&sensor);
    fsnn_arrays_free(&list);
    return status;
}

static fsnn_status parse(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    choice c;
    FSNN_TRY(choose(path, bytes, size, &c));
    return !has_columns(&c) && c.records[0][0] ? parse_records(path, bytes, size, &c, out)
                                               : parse_columns(path, bytes, size, &c, out);
}

const events_format events_npz = {
    .name = "NPZ", .is = is, .parse = parse, .known = known, .second = second};

/* ---- a file of records ---- */

/* A type in brackets, which arrays of numbers have none of. */
static bool is_npy(const char *path, const uint8_t *bytes, size_t size)
{
    (void)path;
    return npy_is(bytes, size) && memmem(bytes, size < 512 ? size : 512, "[(", 2);
}

/* A damaged file counts: its error is to be told. */
static bool known_npy(const char *path, const uint8_t *bytes, size_t size)
{
    char name[NPY_FIELDS][NPY_NAME];
    int count;
    return npy_parse_names(path, bytes, size, name, NPY_FIELDS, &count) < 0 ||
           are_events(name, count);
}

static fsnn_status parse_npy(const char *path, const uint8_t *bytes, size_t size, fsnn_events *out)
{
    fsnn_arrays list = {0};
    fsnn_status status = npy_parse_fields(path, bytes, size, "x", &list);
    if (status == FSNN_OK)
        status = event_columns_take(path, &list, "fields of other names", out);
    fsnn_arrays_free(&list);
    return status;
}

const events_format events_npy = {
    .name = "NPY", .is = is_npy, .parse = parse_npy, .known = known_npy, .second = second};

/* format/hdf_events.c: where programs put events in HDF5, in the order in which they are looked
 * for:
 *
 *   events       data sets x, y, t, p (DSEC), xs, ys, ts, ps (event_utils); records; or rows t, x,
 *                y, p (v2e)
 *   event        rows of older v2e
 *   CD/events    records x, y, p, t (Metavision of Prophesee)
 *   the root     data sets x, y, t, p
 *   davis/left/events, davis/right/events  rows x, y, t (seconds), p of two cameras (MVSEC)
 *
 * Attributes tell the sensor: `geometry` "640x480" of Metavision, `sensor_resolution` [rows,
 * columns] of event_utils. */
#include "format/hdf_storage.h"
#include "format/hdf_table.h"

#include <fsnn/tensor.h>

#include <string.h>

static const struct place {
    const char *where, *order, *real_time;
    int camera;
    bool more; /* the next one is the other camera of the same recording */
} places[] = {
    {"events", "txyp", "t", 0, false},
    {"event", "txyp", "t", 0, false},
    {"CD/events", NULL, NULL, 0, false},
    {"", NULL, NULL, 0, false},
    {"davis/left/events", "xytp", "ts", 0, true},
    {"davis/right/events", "xytp", "ts", 1, false},
};

static const hdf_events_head end = {.count = -1};

/* ---- the sensor ---- */

/* An attribute of the root as text; false: there is none. */
static bool read_text(hid_t root, const char *name, char *out, size_t size)
{
    hid_t a = h5.Aexists(root, name) > 0 ? h5.Aopen(root, name, H5P_DEFAULT) : -1;
    hid_t type = a >= 0 ? h5.Aget_type(a) : -1;
    bool good = type >= 0 && h5.Tget_class(type) == H5T_STRING;
    char *own = NULL;
    if (good && h5.Tis_variable_str(type) > 0) {
        good = h5.Aread(a, type, &own) >= 0 && own;
        if (good)
            snprintf(out, size, "%s", own);
        h5.free_memory(own);
    } else if (good) {
        good = h5.Aget_storage_size(a) < size && h5.Aread(a, type, out) >= 0;
    }
    if (a >= 0)
        h5.Aclose(a);
    return good;
}

static void read_sensor(hid_t root, hdf_events_head *head)
{
    char text[64] = "";
    int64_t side[2] = {0};
    if (head->width && head->height)
        return;
    head->width = head->height = 0;
    if (read_text(root, "geometry", text, sizeof text - 1) &&
        sscanf(text, "%dx%d", &head->width, &head->height) == 2)
        return;
    hid_t a = h5.Aexists(root, "sensor_resolution") > 0
                  ? h5.Aopen(root, "sensor_resolution", H5P_DEFAULT)
                  : -1;
    hid_t space = a >= 0 ? h5.Aget_space(a) : -1;
    if (space >= 0 && h5.Sget_simple_extent_npoints(space) == 2 &&
        h5.Aread(a, *h5.T_NATIVE_INT64, side) >= 0) {
        head->height = side[0] > 0 && side[0] <= INT32_MAX ? (int32_t)side[0] : -1;
        head->width = side[1] > 0 && side[1] <= INT32_MAX ? (int32_t)side[1] : -1;
    }
    if (a >= 0)
        h5.Aclose(a);
}

/* ---- the file ---- */

/* What DSEC keeps beside the group. */
static void look_beside(hid_t root, hdf_events_head *head)
{
    head->t_offset += h5.Lexists(root, "t_offset", H5P_DEFAULT) > 0;
    head->ms_to_idx += h5.Lexists(root, "ms_to_idx", H5P_DEFAULT) > 0;
}

/* 1: sent, 0: nothing is there. */
static int send_place(guard *g, hid_t file, const hdf_events_request *r, const struct place *p)
{
    hdf_table t;
    int status = hdf_table_open(&t, file, r, p->where, p->order, p->real_time);
    if (status > 0 && !r->look) {
        t.head.camera = p->camera;
        read_sensor(file, &t.head);
        if (*p->where)
            look_beside(file, &t.head);
        fsnn_status sent = hdf_table_send(g, &t);
        status = sent ? (int)sent : 1;
    }
    hdf_table_close(&t);
    return status;
}

static fsnn_status send_file(guard *g, hid_t file, const hdf_events_request *r)
{
    int found = 0;
    for (int i = 0; i < FSNN_COUNT(places); i++) {
        int status = send_place(g, file, r, &places[i]);
        if (status < 0)
            return (fsnn_status)status;
        found += status;
        if (found && !places[i].more)
            break;
    }
    const int64_t answer = found > 0;
    if (r->look)
        return guard_put(g, &answer, sizeof answer);
    if (!found)
        return fsnn_fail(FSNN_EFORMAT, "%s: is an HDF5 file without events: expected is %s",
                         r->path, r->expected);
    return guard_put(g, &end, sizeof end);
}

fsnn_status hdf_events_send(guard *g, const hdf_events_request *r)
{
    FSNN_TRY(hdf_library_load(r->path));
    h5.Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t file;
    FSNN_TRY(hdf_open(r->path, r->place, r->expected, &file));
    return send_file(g, file, r);
}

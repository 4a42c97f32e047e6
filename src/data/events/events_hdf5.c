/* data/events/events_hdf5.c: recordings in HDF5 (.h5, .hdf5, packed by gzip, too): data sets x, y,
 * t, p of a group `events`, and the other places that format/hdf_events.c names. A child process
 * reads them, by the HDF5 library; none of what it gives is trusted. */
#include "data/events/events_hdf5.h"

#include "data/events/event_columns.h"
#include "format/hdf_events.h"

#include "format/plain_file.h"

#include <string.h>

static const char expected[] = "a recording of events in HDF5: data sets x, y, t and p in /events, "
                               "/CD/events of Metavision, or rows of v2e or MVSEC";

enum {
    MEMORY = 1 << 30,
    PACKED = 1100, /* numbers are at most so many times as long as what they are packed as */
    UNWRITTEN = 1 << 16,
    SIDE = 32768
};

struct hdf5_patience hdf5_patience = {.busy = 20, .silence = 120};

typedef struct job {
    hdf_events_request request;
    const char *path;
    fsnn_events *out;
    int64_t size; /* bytes of the file */
    int64_t most; /* events that it can hold */
    int64_t capacity;
    uint8_t *part; /* [part_capacity] numbers of a column */
    int64_t part_capacity;
    bool left;      /* there is a left camera: a right one alone is the only one */
    int64_t answer; /* whether there are events */
} job;

static fsnn_status cannot_be(const job *j, const char *what)
{
    return fsnn_fail(FSNN_EFORMAT, "%s: %s: the file is damaged", j->path, what);
}

static bool is_sound(const hdf_events_head *h, int64_t most)
{
    bool good = h->count >= 0 && h->count <= most && (h->camera == 0 || h->camera == 1) &&
                h->others >= 0 && h->t_offset >= 0 && h->ms_to_idx >= 0;
    for (int c = 0; c < HDF_EVENT_COLUMNS; c++)
        good = good && h->dtype[c] >= 0 && h->dtype[c] <= FSNN_BOOL &&
               memchr(h->name[c], 0, HDF_EVENT_NAME);
    return good;
}

static fsnn_status take_sensor(const job *j, const hdf_events_head *h)
{
    if (!h->width && !h->height)
        return FSNN_OK;
    if (h->width < 1 || h->height < 1 || h->width > SIDE || h->height > SIDE)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: width and height are no size of a sensor: expected are whole numbers "
                         "from 1 to %d",
                         j->path, SIDE);
    j->out->width = h->width;
    j->out->height = h->height;
    return FSNN_OK;
}

static fsnn_status receive_piece(guard *g, job *j, const hdf_events_head *h, int64_t n,
                                 int64_t first)
{
    fsnn_events *out = j->out;
    FSNN_TRY(fsnn_grow(&out->event, out->count, &j->capacity, out->count + n, sizeof *out->event));
    FSNN_TRY(fsnn_grow(&j->part, 0, &j->part_capacity, 8 * n, 1));
    fsnn_event *event = out->event + out->count;
    for (int i = 0; i < n; i++)
        event[i].camera = (uint8_t)(h->camera && j->left);
    for (int c = 0; c < HDF_EVENT_COLUMNS; c++) {
        fsnn_dtype dtype = (fsnn_dtype)h->dtype[c];
        FSNN_TRY(guard_get(g, j->part, (size_t)n * fsnn_dtype_size(dtype)));
        FSNN_TRY(event_column_fill(
            (event_column)c, &(column_part){j->path, h->name[c], dtype, j->part, first, n}, event));
    }
    out->count += n;
    return FSNN_OK;
}

static fsnn_status receive_table(guard *g, job *j, const hdf_events_head *h)
{
    if (!is_sound(h, j->most))
        return cannot_be(j, "a data set is larger than the file");
    j->most -= h->count;
    j->left |= !h->camera;
    FSNN_TRY(take_sensor(j, h));
    /* room for all at once, where they are not many more than the file has bytes */
    int64_t all = j->out->count + (h->count < j->size ? h->count : j->size);
    FSNN_TRY(fsnn_grow(&j->out->event, j->out->count, &j->capacity, all, sizeof *j->out->event));
    for (int64_t first = 0, n; first < h->count; first += n) {
        FSNN_TRY(guard_get(g, &n, sizeof n));
        if (n < 1 || n > h->count - first || n > HDF_EVENT_PIECE)
            return cannot_be(j, "its parts do not fit together");
        FSNN_TRY(receive_piece(g, j, h, n, first));
    }
    events_leave_out(j->out, "t_offset, which is not added to times", false, h->t_offset);
    events_leave_out(j->out, "ms_to_idx, an index that is not needed", false, h->ms_to_idx);
    events_leave_out(j->out, "data sets or fields of other names", false, h->others);
    return FSNN_OK;
}

static fsnn_status receive(guard *g, void *user)
{
    job *j = user;
    for (;;) {
        hdf_events_head h;
        FSNN_TRY(guard_get(g, &h, sizeof h));
        if (h.count == -1)
            return FSNN_OK;
        FSNN_TRY(receive_table(g, j, &h));
    }
}

static fsnn_status receive_answer(guard *g, void *user)
{
    return guard_get(g, &((job *)user)->answer, sizeof(int64_t));
}

static fsnn_status send(guard *g, void *user)
{
    return hdf_events_send(g, &((job *)user)->request);
}

static fsnn_status run(const char *path, job *j)
{
    plain_file there;
    FSNN_TRY(plain_file_open(&there, path));
    const int64_t most = INT64_MAX / 64 / PACKED;
    j->path = path;
    j->size = there.size;
    j->most = (j->size < most ? j->size : most) * PACKED + UNWRITTEN;
    hdf_events_request *r = &j->request;
    r->path = path, r->place = there.path;
    r->expected = expected, r->find = event_column_find;
    r->letter['x'] = COLUMN_X, r->letter['y'] = COLUMN_Y;
    r->letter['t'] = COLUMN_T, r->letter['p'] = COLUMN_P;
    fsnn_status status = guard_run(&(guard_work){.subject = path,
                                                 .worker = "the HDF5 library",
                                                 .send = send,
                                                 .receive = r->look ? receive_answer : receive,
                                                 .user = j,
                                                 .memory = 2 * (size_t)MEMORY,
                                                 .busy = hdf5_patience.busy,
                                                 .silence = hdf5_patience.silence});
    fsnn_free(j->part);
    plain_file_close(&there);
    return status;
}

/* ---- the format ---- */

static bool is(const char *path, const uint8_t *bytes, size_t size)
{
    static const uint8_t magic[] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    (void)path;
    return size >= sizeof magic && !memcmp(bytes, magic, sizeof magic);
}

static fsnn_status read(const char *path, fsnn_events *out)
{
    job j = {.out = out};
    FSNN_TRY(run(path, &j));
    return out->event ? FSNN_OK : events_reserve(out, 0);
}

/* A damaged file counts: its error is to be told. */
static bool known(const char *path)
{
    job j = {.request.look = true};
    return run(path, &j) < 0 || j.answer;
}

const events_format events_hdf5 = {.name = "HDF5",
                                   .is = is,
                                   .read = read,
                                   .known_at = known,
                                   .second = "events of the right camera"};

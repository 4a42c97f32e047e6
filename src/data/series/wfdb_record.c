/* data/series/wfdb_record.c: a WFDB record from its header and the files beside it; segments are
 * joined in time. */
#include "data/series/wfdb_formats.h"

#include <math.h>
#include <string.h>

/* The path of `name` + `ending` in the folder of `path`. */
static char *beside(const char *path, const char *name, const char *ending)
{
    const char *slash = strrchr(path, '/');
    return fsnn_format("%.*s%s%s", slash ? (int)(slash - path) + 1 : 0, path, name, ending);
}

/* ---- one header, its signal files ---- */

typedef struct content { /* of signal files */
    char *path[WFDB_SIGNALS];
    uint8_t *bytes[WFDB_SIGNALS];
} content;

/* All files; *length becomes what the header says, or what the shortest holds. */
static fsnn_status read_files(const char *path, const wfdb_header *h, content *c, int64_t *length)
{
    *length = INT64_MAX;
    for (int f = 0; f < h->files; f++) {
        size_t size;
        int64_t frames;
        c->path[f] = beside(path, h->file[f].name, "");
        if (!c->path[f])
            return FSNN_EMEMORY;
        FSNN_TRY(wfdb_find_format(h->file[f].format)->flac
                     ? wfdb_unpack_flac(c->path[f], h, f, &c->bytes[f], &size)
                     : fsnn_file_read(c->path[f], &c->bytes[f], &size));
        FSNN_TRY(wfdb_length(c->path[f], h, f, size, &frames));
        *length = frames < *length ? frames : *length;
    }
    if (!h->files)
        return fsnn_fail(FSNN_EFORMAT, "%s: all signals have the format 0, which has no values",
                         path);
    *length = h->length ? h->length : *length;
    return FSNN_OK;
}

static float *nothing(int64_t rows, int64_t signals)
{
    int64_t values;
    if (__builtin_mul_overflow(rows, signals, &values))
        return NULL;
    float *x = fsnn_alloc(fsnn_bytes(values, sizeof *x));
    for (int64_t i = 0; x && i < values; i++)
        x[i] = NAN;
    return x;
}

static fsnn_status read_signals(const char *path, wfdb_record *r, wfdb_doubts *doubts)
{
    content *c = fsnn_alloc(sizeof *c);
    if (!c)
        return FSNN_EMEMORY;
    memset(c, 0, sizeof *c);
    fsnn_status status = read_files(path, &r->head, c, &r->length);
    if (!status && !(r->x = nothing(r->length, r->head.signals)))
        status = FSNN_EMEMORY;
    for (int f = 0; !status && f < r->head.files; f++)
        status = wfdb_read_signals(c->path[f], &r->head, f, c->bytes[f], r->length, r->x, doubts);
    for (int f = 0; f < r->head.files; f++) {
        fsnn_free(c->path[f]);
        fsnn_free(c->bytes[f]);
    }
    fsnn_free(c);
    return status;
}

static fsnn_status read_header(const char *path, wfdb_header *h)
{
    uint8_t *bytes;
    size_t size;
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    fsnn_status status = wfdb_read_header(path, bytes, size, h);
    fsnn_free(bytes);
    return status;
}

/* ---- segments ---- */

typedef struct join {
    const char *path; /* of the record's header */
    wfdb_record *out;
    wfdb_record part; /* the segment */
    bool named;       /* the signals of `out` are known */
    bool layout;      /* from a layout: segments have some of them, found by name */
    int64_t capacity; /* frames of out->x */
    int64_t gap;      /* frames without values that are not in out->x yet */
    int64_t real;     /* frames with values */
} join;

/* Rows of NaN for gaps and for `more` rows of values, which follow them. A gap takes no byte of any
 * file: its length is believed within bounds that the values there are set. */
static fsnn_status extend(join *j, int64_t more)
{
    enum { FREE = 1 << 20, FACTOR = 1000 };
    wfdb_record *r = j->out;
    j->real += more;
    if (j->gap > FREE && j->gap / FACTOR > j->real)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: gaps of %lld samples between segments are more than %d times the "
                         "%lld samples that are there",
                         j->path, (long long)j->gap, FACTOR, (long long)j->real);
    int64_t C = r->head.signals, rows = r->length + j->gap + more;
    FSNN_TRY(fsnn_grow(&r->x, r->length, &j->capacity, rows, (size_t)C * sizeof *r->x));
    for (int64_t i = r->length * C; i < rows * C; i++)
        r->x[i] = NAN;
    r->length = rows;
    j->gap = 0;
    return FSNN_OK;
}

/* The signals of the record are those of the layout, or of the first segment; without a layout all
 * segments have as many. */
static fsnn_status name_signals(join *j, const char *path)
{
    if (j->named && j->layout)
        return FSNN_OK;
    if (j->part.head.signals != j->out->head.signals)
        return fsnn_fail(FSNN_EFORMAT, "%s: has %d signals, but %s says %d", path,
                         j->part.head.signals, j->path, j->out->head.signals);
    if (!j->named)
        memcpy(j->out->head.signal, j->part.head.signal, sizeof j->part.head.signal);
    j->named = true;
    return FSNN_OK;
}

/* The signal of the record that signal `s` of the segment is, or -1. */
static int target(const join *j, int s)
{
    if (!j->layout)
        return s;
    for (int i = 0; i < j->out->head.signals; i++)
        if (!strcmp(j->out->head.signal[i].name, j->part.head.signal[s].name))
            return i;
    return -1;
}

static fsnn_status check_segment(const join *j, const char *path, const wfdb_segment *segment)
{
    const wfdb_header *h = &j->part.head, *whole = &j->out->head;
    if (h->segments)
        return fsnn_fail(FSNN_EFORMAT, "%s: a segment consists of segments", path);
    if (fabs(h->rate - whole->rate) > 1e-6 * whole->rate)
        return fsnn_fail(FSNN_EFORMAT, "%s: has %g samples a second, but %s says %g", path, h->rate,
                         j->path, whole->rate);
    if (segment->length && h->length && h->length != segment->length)
        return fsnn_fail(FSNN_EFORMAT, "%s: has %lld samples, but %s says %lld", path,
                         (long long)h->length, j->path, (long long)segment->length);
    return FSNN_OK;
}

/* Appends the values of the segment. */
static fsnn_status append(join *j, const char *path)
{
    wfdb_record *r = j->out, *part = &j->part;
    FSNN_TRY(name_signals(j, path));
    FSNN_TRY(extend(j, part->length));
    float *x = r->x + (r->length - part->length) * r->head.signals;
    for (int s = 0; s < part->head.signals; s++) {
        int c = target(j, s);
        if (c < 0)
            return fsnn_fail(FSNN_EFORMAT, "%s: the layout of %s lacks the signal \"%s\"", path,
                             j->path, part->head.signal[s].name);
        for (int64_t k = 0; k < part->length; k++)
            x[k * r->head.signals + c] = part->x[k * part->head.signals + s];
    }
    return FSNN_OK;
}

/* Gaps are added up to the next values: extend() compares them. */
static fsnn_status add_gap(join *j, int64_t length)
{
    if (__builtin_add_overflow(j->gap, length, &j->gap))
        j->gap = INT64_MAX;
    return FSNN_OK;
}

static fsnn_status read_segment(join *j, const wfdb_segment *segment)
{
    if (!strcmp(segment->name, "~"))
        return add_gap(j, segment->length);
    char *path = beside(j->path, segment->name, ".hea");
    fsnn_status status = path ? read_header(path, &j->part.head) : FSNN_EMEMORY;
    j->part.x = NULL;
    if (!status)
        status = check_segment(j, path, segment);
    if (!status && !segment->length) {
        j->layout = true;
        status = name_signals(j, path);
    } else if (!status) {
        j->part.head.length = segment->length;
        status = read_signals(path, &j->part, &j->out->doubts);
        if (!status)
            status = append(j, path);
    }
    fsnn_free(j->part.x);
    fsnn_free(path);
    return status;
}

static fsnn_status read_segments(const uint8_t *bytes, size_t size, join *j)
{
    wfdb_header *h = &j->out->head;
    wfdb_segment segment;
    wfdb_place at = h->list;
    for (int64_t i = 0; i < h->segments; i++) {
        FSNN_TRY(wfdb_next_segment(j->path, h, bytes, size, i, &at, &segment));
        FSNN_TRY(read_segment(j, &segment));
    }
    FSNN_TRY(extend(j, 0));
    if (!j->real)
        return fsnn_fail(FSNN_EFORMAT, "%s: no segment has samples", j->path);
    if (h->length && h->length != j->out->length)
        return fsnn_fail(FSNN_EFORMAT, "%s: its segments have %lld samples, but %lld are expected",
                         j->path, (long long)j->out->length, (long long)h->length);
    return FSNN_OK;
}

static fsnn_status join_segments(const char *path, wfdb_record *out)
{
    uint8_t *bytes = NULL;
    size_t size;
    join *j = fsnn_alloc(sizeof *j);
    if (!j)
        return FSNN_EMEMORY;
    memset(j, 0, sizeof *j);
    j->path = path;
    j->out = out;
    fsnn_status status = fsnn_file_read(path, &bytes, &size);
    if (!status)
        status = read_segments(bytes, size, j);
    fsnn_free(bytes);
    fsnn_free(j);
    return status;
}

fsnn_status wfdb_read_record(const char *path, wfdb_record *out)
{
    out->x = NULL;
    out->length = 0;
    out->doubts = (wfdb_doubts){0};
    FSNN_TRY(read_header(path, &out->head));
    return out->head.segments ? join_segments(path, out) : read_signals(path, out, &out->doubts);
}

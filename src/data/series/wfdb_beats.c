/* data/series/wfdb_beats.c: a record as one series, or windows around its beats as many. */
#include "base/error_key.h"
#include "data/series/series_set.h"
#include "data/series/wfdb.h"

#include <math.h>
#include <string.h>

/* The annotations beside a header (free with fsnn_free). */
static char *notes_of(const char *path)
{
    size_t stem = strlen(path);
    if (stem > 4 && !strcmp(path + stem - 4, ".hea"))
        stem -= 4;
    return fsnn_format("%.*s.atr", (int)stem, path);
}

typedef struct record {
    const char *path; /* of the header */
    char *notes;      /* path */
    wfdb_record of;
} record;

/* ---- windows ---- */

/* The word of `classes` that the symbol is in, or -1. */
static int32_t class_of(const char *classes, char symbol)
{
    int32_t c = 0;
    for (const char *p = classes; *p; p++) {
        if (*p == ' ')
            c += p > classes && p[-1] != ' ';
        else if (*p == symbol)
            return c;
    }
    return -1;
}

static fsnn_status name_classes(const fsnn_wfdb_options *o, fsnn_series *s)
{
    const char *p = o->classes ? o->classes : "";
    while (*(p += strspn(p, " "))) {
        size_t n = strcspn(p, " ");
        FSNN_TRY(series_name_class(s, p, n));
        p += n;
    }
    return s->classes
               ? FSNN_OK
               : fsnn_fail_key(
                     FSNN_EARGUMENT, "classes",
                     "beats need classes: the symbols of each, a word a class, like \"N AV\"");
}

#define WINDOW 3600 /* seconds */

static fsnn_status check_window(const fsnn_wfdb_options *o)
{
    double length = o->before + o->after;
    if (!(o->before >= 0) || !(o->after >= 0) || !(length > 0) || length > WINDOW)
        return fsnn_fail_key(
            FSNN_EARGUMENT, o->before >= 0 ? "after" : "before",
            "windows from %g s before a beat to %g s after it: neither can be negative, and "
            "together they must be above 0 and at most %d s",
            o->before, o->after, WINDOW);
    if (!(o->from >= 0))
        return fsnn_fail_key(FSNN_EARGUMENT, "from",
                             "windows from %g s of the record on: it begins at 0", o->from);
    if (!(o->to == 0 || o->to > o->from))
        return fsnn_fail_key(FSNN_EARGUMENT, "to",
                             "windows between %g and %g s of the record: the end must come after "
                             "the beginning, or be 0, the end of the record",
                             o->from, o->to);
    return FSNN_OK;
}

/* Marks of no sample as the `?` of a .ts file; the number of the signal that has none to
 * interpolate between, or -1. */
static int mend(const fsnn_series *s, float *x, int64_t length, int64_t *gaps)
{
    for (int c = 0; c < (int)s->channels; c++)
        if (!series_mend(s->handling, x + c, length, s->channels, gaps))
            return c;
    return -1;
}

/* Copies a window into the set, unless a signal has no sample in it. */
static fsnn_status add_window(const record *r, fsnn_series *s, int64_t begin, int64_t length,
                              int32_t label, int64_t *left_out)
{
    int64_t rows = s->rows, gaps = 0;
    float *x = series_add(s, length, label);
    if (!x)
        return FSNN_EMEMORY;
    memcpy(x, r->of.x + begin * s->channels, (size_t)(length * s->channels) * sizeof *x);
    if (mend(s, x, length, &gaps) >= 0) {
        s->count--;
        s->rows = rows;
        ++*left_out;
    } else {
        s->missing += gaps;
    }
    return FSNN_OK;
}

/* More than any record has count as that many, whatever a header says of the rate. */
static int64_t samples_of(double seconds, double rate)
{
    return llround(fmin(seconds * rate, 1e15));
}

static fsnn_status cut(const record *r, const fsnn_wfdb_options *o, wfdb_annotations *notes,
                       fsnn_series *s)
{
    double rate = r->of.head.rate;
    int64_t before = samples_of(o->before, rate), length = before + samples_of(o->after, rate);
    int64_t first = samples_of(o->from, rate);
    int64_t end =
        o->to > 0 && o->to * rate < (double)r->of.length ? llround(o->to * rate) : r->of.length;
    wfdb_annotation a;
    int64_t left_out = 0;
    int more;
    if (length < 1)
        return fsnn_fail_key(FSNN_EARGUMENT, "after",
                             "%s: windows from %g s before a beat to %g s after it are shorter "
                             "than half a sample: there are %g a second",
                             r->path, o->before, o->after, rate);
    while ((more = wfdb_next(notes, &a)) > 0) {
        int32_t label = class_of(o->classes, a.symbol);
        int64_t begin = a.sample - before;
        if (label < 0 || begin < first || begin < 0 || begin + length > end)
            continue;
        FSNN_TRY(add_window(r, s, begin, length, label, &left_out));
    }
    FSNN_TRY((fsnn_status)more);
    if (left_out)
        FSNN_TRY(
            series_note(s, fsnn_format("%s: %lld beats are left out: a signal has no sample in "
                                       "the whole of their window",
                                       r->path, (long long)left_out)));
    if (!s->count)
        return fsnn_fail(FSNN_EARGUMENT,
                         "%s: no beat of the classes \"%s\" has its window, from %g s before to "
                         "%g s after it, between %g and %g s",
                         notes->path, o->classes, o->before, o->after, o->from, (double)end / rate);
    return FSNN_OK;
}

static fsnn_status beats(const record *r, const fsnn_wfdb_options *o, fsnn_series *s)
{
    uint8_t *bytes;
    size_t size;
    FSNN_TRY(check_window(o));
    FSNN_TRY(series_check_missing(o->missing));
    s->handling = o->missing;
    FSNN_TRY(name_classes(o, s));
    FSNN_TRY(fsnn_file_read(r->notes, &bytes, &size));
    wfdb_annotations notes = {.path = r->notes, .bytes = bytes, .size = size};
    fsnn_status status = cut(r, o, &notes, s);
    fsnn_free(bytes);
    return status;
}

static fsnn_status whole(const record *r, fsnn_series *s)
{
    float *x = series_add(s, r->of.length, -1);
    if (!x)
        return FSNN_EMEMORY;
    memcpy(x, r->of.x, (size_t)(r->of.length * s->channels) * sizeof *x);
    int without = mend(s, x, r->of.length, &s->missing);
    return without < 0 ? FSNN_OK
                       : fsnn_fail(FSNN_EFORMAT,
                                   "%s: signal %d has no sample at all, only the mark of none",
                                   r->path, without);
}

/* Doubts are told, not refused. */
static fsnn_status tell_doubts(const record *r, fsnn_series *s)
{
    const wfdb_doubts *d = &r->of.doubts;
    if (!d->count)
        return FSNN_OK;
    if (d->count == 1)
        return series_note(s, fsnn_format("%s; it is read as it is", d->first));
    return series_note(s, fsnn_format("%s, and %lld more first values and checksums differ; they "
                                      "are read as they are",
                                      d->first, (long long)d->count - 1));
}

fsnn_status fsnn_series_wfdb(const char *path, const fsnn_wfdb_options *options,
                             fsnn_series **series)
{
    if (!path || !series)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_series_wfdb needs a path and a place for the series");
    *series = NULL;
    record *r = fsnn_alloc(sizeof *r);
    if (!r)
        return fsnn_fail(FSNN_EMEMORY, "%s: out of memory while reading", path);
    *r = (record){.path = path, .notes = notes_of(path)};
    fsnn_status status = r->notes ? wfdb_read_record(path, &r->of) : FSNN_EMEMORY;
    fsnn_series *s = status ? NULL : series_new(r->of.head.signals, r->of.head.rate);
    if (!status)
        status = !s ? FSNN_EMEMORY : options ? beats(r, options, s) : whole(r, s);
    for (int c = 0; !status && c < r->of.head.signals; c++)
        status = series_name_channel(s, c, r->of.head.signal[c].name, r->of.head.signal[c].unit);
    if (!status)
        status = tell_doubts(r, s);
    fsnn_free(r->notes);
    fsnn_free(r->of.doubts.first);
    fsnn_free(r->of.x);
    fsnn_free(r);
    if (status < 0)
        fsnn_series_destroy(s);
    else
        *series = s;
    return status;
}

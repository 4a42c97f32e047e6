/* data/series/edf.c: a recording as one series, or windows at its annotations as many. */
#include "data/series/edf.h"

#include "base/error_key.h"
#include "data/series/series_text.h"

#include <math.h>
#include <string.h>

enum {
    WINDOW = 86400, /* seconds */
    /* What is resampled is larger than the file: bounds that what is there must justify. */
    FREE = 1 << 22,
    FACTOR = 1000,
};

typedef struct recording {
    const fsnn_edf_options *o;
    edf e, marks;     /* marks.path NULL: in e */
    int64_t *channel; /* [channels] numbers of signals */
    int64_t channels;
    double rate; /* of the series */
    int64_t length;
    float *x; /* [length, channels] */
    fsnn_series *s;
} recording;

/* ---- channels ---- */

static bool add_channel(recording *r, int64_t signal)
{
    for (int64_t c = 0; c < r->channels; c++)
        if (r->channel[c] == signal)
            return false;
    r->channel[r->channels++] = signal;
    return true;
}

static fsnn_status no_signal(const recording *r, text name)
{
    char found[48], *known = fsnn_format("%s", "");
    for (int64_t i = 0; known && i < r->e.signals; i++) {
        if (r->e.signal[i].notes)
            continue;
        char *more = fsnn_format("%s%s\"%s\"", known, *known ? ", " : "", r->e.signal[i].label);
        fsnn_free(known);
        known = more;
    }
    fsnn_status status =
        known ? fsnn_fail_key(FSNN_EARGUMENT, "channels",
                              "%s: has no signal \"%s\" that is not named already; its signals are "
                              "%s",
                              r->e.path, text_shown(name, found), known)
              : FSNN_EMEMORY;
    fsnn_free(known);
    return status;
}

static fsnn_status named_channels(recording *r)
{
    text rest = {r->o->channels, strlen(r->o->channels)}, name;
    while (text_cut(&rest, ',', &name)) {
        bool added = false;
        name = text_trimmed(name);
        for (int64_t i = 0; i < r->e.signals && !added; i++)
            if (!r->e.signal[i].notes && strlen(r->e.signal[i].label) == name.size &&
                !memcmp(r->e.signal[i].label, name.at, name.size))
                added = add_channel(r, i);
        if (!added)
            return no_signal(r, name);
    }
    return FSNN_OK;
}

/* The rate that most signals have, the higher of two. */
static double common_rate(const edf *e)
{
    double best = 0;
    int64_t most = 0;
    for (int64_t i = 0; i < e->signals; i++) {
        int64_t same = 0;
        for (int64_t j = 0; j < e->signals; j++)
            same += !e->signal[j].notes && e->signal[j].samples == e->signal[i].samples;
        double rate = e->signal[i].notes ? 0 : edf_rate(e, i);
        if (rate > 0 && (same > most || (same == most && rate > best)))
            most = same, best = rate;
    }
    return best;
}

/* All signals, or, where no rate is asked for, those of the rate that most have; the others are
 * told. */
static fsnn_status all_channels(recording *r)
{
    double rate = common_rate(&r->e);
    int64_t out = 0, first = -1;
    for (int64_t i = 0; i < r->e.signals; i++) {
        if (r->e.signal[i].notes)
            continue;
        if (r->o->rate > 0 || edf_rate(&r->e, i) == rate)
            add_channel(r, i);
        else if (!out++)
            first = i;
    }
    if (!out)
        return FSNN_OK;
    return series_note(
        r->s, fsnn_format("%s: %lld of its signals are left out, \"%s\" with %g samples/s first: "
                          "the others have %g; `rate` takes all of them at one rate",
                          r->e.path, (long long)out, r->e.signal[first].label,
                          edf_rate(&r->e, first), rate));
}

static fsnn_status choose(recording *r)
{
    r->channel = fsnn_alloc((size_t)r->e.signals * sizeof *r->channel);
    if (!r->channel)
        return FSNN_EMEMORY;
    FSNN_TRY(r->o->channels ? named_channels(r) : all_channels(r));
    if (!r->channels)
        return fsnn_fail(FSNN_EFORMAT, "%s: holds annotations, but no signal", r->e.path);
    r->rate = r->o->rate > 0 ? r->o->rate : edf_rate(&r->e, r->channel[0]);
    for (int64_t c = 1; c < r->channels && !(r->o->rate > 0); c++)
        if (edf_rate(&r->e, r->channel[c]) != r->rate)
            return fsnn_fail_key(FSNN_EARGUMENT, "rate",
                                 "%s: signal \"%s\" has %g samples/s, \"%s\" %g: choose signals of "
                                 "one rate, or give `rate`, to which all are resampled",
                                 r->e.path, r->e.signal[r->channel[0]].label, r->rate,
                                 r->e.signal[r->channel[c]].label, edf_rate(&r->e, r->channel[c]));
    return FSNN_OK;
}

/* ---- samples ---- */

static fsnn_status fill(recording *r)
{
    double length = (double)r->e.count * r->e.duration * r->rate;
    double there = (double)(r->e.count * r->e.record_size) * FACTOR;
    if (!(length >= 0.5) || !(length * (double)r->channels < fmax(FREE, there)))
        return fsnn_fail_key(FSNN_EARGUMENT, "rate",
                             "%s: %g s at %g samples/s are %g samples, which cannot be", r->e.path,
                             (double)r->e.count * r->e.duration, r->rate, length);
    r->length = llround(length);
    r->x = fsnn_alloc(fsnn_bytes(r->length * r->channels, sizeof *r->x));
    if (!r->x)
        return FSNN_EMEMORY;
    for (int64_t c = 0; c < r->channels; c++) {
        int64_t i = r->channel[c], n = r->e.count * r->e.signal[i].samples;
        double *x = fsnn_alloc(fsnn_bytes(n, sizeof *x));
        if (!x)
            return FSNN_EMEMORY;
        edf_read(&r->e, i, x);
        edf_resample(x, n, edf_rate(&r->e, i), r->rate, r->length, r->x + c, r->channels);
        fsnn_free(x);
    }
    return FSNN_OK;
}

/* ---- windows ---- */

/* The class that the text is one of, "a|b" being two texts of one; -1: none. */
static int32_t class_of(const fsnn_series *s, const edf_mark *m)
{
    for (int64_t c = 0; c < s->classes; c++) {
        text rest = {s->name[c], strlen(s->name[c])}, name;
        while (text_cut(&rest, '|', &name)) {
            name = text_trimmed(name);
            if (name.size == m->length && !memcmp(name.at, m->text, m->length))
                return (int32_t)c;
        }
    }
    return -1;
}

static fsnn_status name_classes(const char *classes, fsnn_series *s)
{
    text rest = {classes, strlen(classes)}, name;
    while (text_cut(&rest, ',', &name)) {
        name = text_trimmed(name);
        if (!name.size)
            return fsnn_fail_key(FSNN_EARGUMENT, "classes",
                                 "classes are texts of annotations between commas, like \"Sleep "
                                 "stage W, Sleep stage 3|Sleep stage 4\": one is empty");
        FSNN_TRY(series_name_class(s, name.at, name.size));
    }
    return FSNN_OK;
}

static fsnn_status check_window(const fsnn_edf_options *o)
{
    if (!(o->before >= 0) || !(o->after >= 0) || !(o->before + o->after > 0) ||
        o->before + o->after > WINDOW)
        return fsnn_fail_key(FSNN_EARGUMENT, o->before >= 0 ? "after" : "before",
                             "windows from %g s before an annotation to %g s after it: neither can "
                             "be negative, and together they must be above 0 and at most %d s",
                             o->before, o->after, WINDOW);
    if (!(o->from >= 0) || !(o->to == 0 || o->to > o->from))
        return fsnn_fail_key(FSNN_EARGUMENT, "to",
                             "windows between %g and %g s of the recording: the end must come "
                             "after the beginning, or be 0, the end of the recording",
                             o->from, o->to);
    return FSNN_OK;
}

/* A window, and where the annotation lasts longer, those that follow it within. */
static fsnn_status cut(recording *r, const edf_mark *m, double shift, int32_t label)
{
    const fsnn_edf_options *o = r->o;
    double length = o->before + o->after, end = (double)r->length / r->rate;
    int64_t n = llround(length * r->rate), pieces = 1;
    if (o->to > 0 && o->to < end)
        end = o->to;
    if (m->duration > length && o->before == 0)
        pieces = (int64_t)fmin(floor(m->duration / length + 1e-9), end / length + 1);
    for (int64_t i = 0; i < pieces; i++) {
        double from = m->onset + shift - o->before + (double)i * length;
        int64_t begin = llround(fmin(fmax(from, -1), 1e12) * r->rate);
        if (from < o->from || begin < 0 || from + length > end + 0.5 / r->rate ||
            begin + n > r->length)
            continue;
        float *x = series_add(r->s, n, label);
        if (!x)
            return FSNN_EMEMORY;
        memcpy(x, r->x + begin * r->channels, (size_t)(n * r->channels) * sizeof *x);
    }
    return FSNN_OK;
}

static fsnn_status windows(recording *r)
{
    const edf *of = r->marks.path ? &r->marks : &r->e;
    double shift = of->start - r->e.start + of->first - r->e.first;
    edf_marks m = {.of = of};
    edf_mark mark;
    int more;
    if (of == &r->e || !isfinite(shift))
        shift = 0;
    FSNN_TRY(check_window(r->o));
    FSNN_TRY(name_classes(r->o->classes, r->s));
    if (llround((r->o->before + r->o->after) * r->rate) < 1)
        return fsnn_fail_key(FSNN_EARGUMENT, "after",
                             "%s: windows of %g s are shorter than half a sample: there are %g a "
                             "second",
                             r->e.path, r->o->before + r->o->after, r->rate);
    while ((more = edf_next(&m, &mark)) > 0) {
        int32_t label = class_of(r->s, &mark);
        if (label >= 0)
            FSNN_TRY(cut(r, &mark, shift, label));
    }
    FSNN_TRY((fsnn_status)more);
    return r->s->count ? FSNN_OK
                       : fsnn_fail_key(FSNN_EARGUMENT, "classes",
                                       "%s: no annotation of the classes \"%s\" has its window in "
                                       "the recording",
                                       of->path, r->o->classes);
}

/* ---- the whole ---- */

/* How often each text stands there, for who looks at a recording. */
static fsnn_status tell_marks(recording *r)
{
    edf_marks m = {.of = &r->e};
    edf_mark mark;
    char found[48], *list = fsnn_format("%s", "");
    int64_t count = 0;
    int more;
    while (list && (more = edf_next(&m, &mark)) > 0)
        if (count++ < 4) {
            char *longer =
                fsnn_format("%s%s\"%s\" at %g s", list, *list ? ", " : "",
                            text_shown((text){mark.text, mark.length}, found), mark.onset);
            fsnn_free(list);
            list = longer;
        }
    fsnn_status status = list ? (fsnn_status)more : FSNN_EMEMORY;
    if (!status && count)
        status = series_note(r->s, fsnn_format("%s: %lld annotations: %s%s", r->e.path,
                                               (long long)count, list, count > 4 ? ", ..." : ""));
    fsnn_free(list);
    return status;
}

static fsnn_status whole(recording *r)
{
    float *x = series_add(r->s, r->length, -1);
    if (!x)
        return FSNN_EMEMORY;
    memcpy(x, r->x, (size_t)(r->length * r->channels) * sizeof *x);
    return tell_marks(r);
}

static fsnn_status make(recording *r)
{
    r->s = series_new(1, 0);
    if (!r->s)
        return FSNN_EMEMORY;
    if (r->e.left_over)
        FSNN_TRY(series_note(r->s, fsnn_format("%s: %lld bytes follow the %lld records of its "
                                               "header; they are left out",
                                               r->e.path, (long long)r->e.left_over,
                                               (long long)r->e.count)));
    FSNN_TRY(choose(r));
    r->s->channels = r->channels;
    r->s->rate = r->rate;
    FSNN_TRY(fill(r));
    for (int64_t c = 0; c < r->channels; c++)
        FSNN_TRY(series_name_channel(r->s, c, r->e.signal[r->channel[c]].label,
                                     r->e.signal[r->channel[c]].unit));
    return r->o->classes ? windows(r) : whole(r);
}

static fsnn_status open_marks(recording *r, const char *path, uint8_t **bytes)
{
    size_t size;
    if (!path)
        return FSNN_OK;
    FSNN_TRY(fsnn_file_read(path, bytes, &size));
    return edf_open(&r->marks, path, *bytes, size);
}

fsnn_status fsnn_series_edf(const char *path, const fsnn_edf_options *options, fsnn_series **series)
{
    static const fsnn_edf_options plain = {0};
    recording r = {.o = options ? options : &plain};
    uint8_t *bytes, *marks = NULL;
    size_t size;
    if (!path || !series)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_series_edf needs a path and a place for the series");
    *series = NULL;
    if (!(r.o->rate >= 0) || r.o->rate > 1e9)
        return fsnn_fail_key(FSNN_EARGUMENT, "rate",
                             "a rate of %g samples/s: it must be at most "
                             "1e9, or 0, as it is in the file",
                             r.o->rate);
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    fsnn_status status = edf_open(&r.e, path, bytes, size);
    if (!status)
        status = open_marks(&r, r.o->marks, &marks);
    if (!status)
        status = make(&r);
    edf_close(&r.e);
    edf_close(&r.marks);
    fsnn_free(r.channel);
    fsnn_free(r.x);
    fsnn_free(bytes);
    fsnn_free(marks);
    if (status < 0)
        fsnn_series_destroy(r.s);
    else
        *series = r.s;
    return status;
}

/* data/series/edf_header.c: the header of EDF and BDF: ASCII fields of fixed length, 256 bytes and
 * 256 for each signal. */
#include "data/series/edf.h"

#include "format/file_kind.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 256, LABEL = 16, TRANSDUCER = 80, NUMBER = 8, FILTER = 80 };

typedef struct reader {
    edf *e;
    const uint8_t *bytes;
    size_t size;
    locale_t plain;
} reader;

/* The field of n bytes without blanks at its end; what is no printable character becomes '?'. */
static void field(const uint8_t *p, int n, char *out)
{
    while (n && (p[n - 1] == ' ' || p[n - 1] == 0))
        n--;
    for (int i = 0; i < n; i++)
        out[i] = (char)(p[i] < ' ' || p[i] > '~' ? '?' : p[i]);
    out[n] = 0;
}

static fsnn_status number(const reader *r, size_t at, int n, const char *what, double *out)
{
    char text[TRANSDUCER + 1], *end;
    field(r->bytes + at, n, text);
    *out = strtod_l(text, &end, r->plain);
    if (end == text || end[strspn(end, " ")] || !isfinite(*out))
        return fsnn_fail(FSNN_EFORMAT, "%s: %s (byte %zu) is \"%s\", expected a number", r->e->path,
                         what, at, text);
    return FSNN_OK;
}

static fsnn_status whole(const reader *r, size_t at, int n, const char *what, double least,
                         double most, int64_t *out)
{
    double x;
    FSNN_TRY(number(r, at, n, what, &x));
    if (x != floor(x) || x < least || x > most)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: %s (byte %zu) is %g, expected a whole number from %g to %g",
                         r->e->path, what, at, x, least, most);
    *out = (int64_t)x;
    return FSNN_OK;
}

/* ---- start ---- */

/* Days from 1985-01-01 (the first year that EDF's two digits mean) in the Gregorian calendar. */
static double days(int year, int month, int day)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int leap = year % 4 == 0 && month > 2; /* 1985 .. 2084 */
    return (year - 1985) * 365 + (year - 1985) / 4 + before[month - 1] + leap + day - 1;
}

static double start_of(const uint8_t *p)
{
    char text[17];
    int d, m, y, h, min, s;
    field(p, 16, text);
    if (sscanf(text, "%2d.%2d.%2d%2d.%2d.%2d", &d, &m, &y, &h, &min, &s) != 6 || m < 1 || m > 12)
        return NAN;
    return days(y + (y < 85 ? 2000 : 1900), m, d) * 86400 + h * 3600 + min * 60 + s;
}

/* ---- signals ---- */

static fsnn_status read_signal(const reader *r, int64_t i)
{
    edf_signal *s = &r->e->signal[i];
    size_t n = (size_t)r->e->signals, k = (size_t)i, at = HEAD;
    char what[64];
    field(r->bytes + at + k * LABEL, LABEL, s->label);
    at += n * (LABEL + TRANSDUCER);
    field(r->bytes + at + k * NUMBER, NUMBER, s->unit);
    static const char *const names[] = {"physical minimum", "physical maximum", "digital minimum",
                                        "digital maximum"};
    double *to[] = {&s->low, &s->high, &s->low_bits, &s->high_bits};
    s->notes = !strcmp(s->label, "EDF Annotations") || !strcmp(s->label, "BDF Annotations");
    for (int f = 0; f < FSNN_COUNT(names); f++) {
        at += n * NUMBER;
        snprintf(what, sizeof what, "the %s of signal %lld", names[f], (long long)i);
        if (!s->notes)
            FSNN_TRY(number(r, at + k * NUMBER, NUMBER, what, to[f]));
    }
    at += n * (NUMBER + FILTER);
    snprintf(what, sizeof what, "the number of samples a record of signal %lld", (long long)i);
    FSNN_TRY(whole(r, at + k * NUMBER, NUMBER, what, 1, 99999999, &s->samples));
    s->at = r->e->record_size;
    r->e->record_size += s->samples * r->e->width;
    if (s->notes || (s->low_bits < s->high_bits && s->low != s->high))
        return FSNN_OK;
    return fsnn_fail(
        FSNN_EFORMAT,
        "%s: signal %lld (%s) has the digital range %g to %g and the physical range %g "
        "to %g: both must have a width",
        r->e->path, (long long)i, s->label, s->low_bits, s->high_bits, s->low, s->high);
}

/* ---- records ---- */

static fsnn_status count_records(const reader *r, size_t head)
{
    edf *e = r->e;
    int64_t said, there = (int64_t)(r->size - head) / e->record_size;
    FSNN_TRY(whole(r, 236, NUMBER, "the number of records", -1, 99999999, &said));
    if (said > there || there < 1)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: promises %lld records of %lld bytes, but %lld are there: it is cut "
                         "short",
                         e->path, (long long)said, (long long)e->record_size, (long long)there);
    e->count = said < 1 ? there : said;
    e->left_over = (int64_t)(r->size - head) - e->count * e->record_size;
    e->records = r->bytes + head;
    return FSNN_OK;
}

static fsnn_status read_all(const reader *r)
{
    edf *e = r->e;
    int64_t head;
    FSNN_TRY(whole(r, 252, 4, "the number of signals", 1, 9999, &e->signals));
    FSNN_TRY(whole(r, 184, NUMBER, "the size of the header", HEAD, 99999999, &head));
    if (head != HEAD * (e->signals + 1) || (size_t)head > r->size)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: the header of %lld signals is %lld bytes of %zu, expected are %lld",
                         e->path, (long long)e->signals, (long long)head, r->size,
                         (long long)(HEAD * (e->signals + 1)));
    FSNN_TRY(number(r, 244, NUMBER, "the duration of a record", &e->duration));
    if (e->duration < 0)
        return fsnn_fail(FSNN_EFORMAT, "%s: a record lasts %g s", e->path, e->duration);
    e->start = start_of(r->bytes + 168);
    e->signal = fsnn_alloc((size_t)e->signals * sizeof *e->signal);
    if (!e->signal)
        return FSNN_EMEMORY;
    memset(e->signal, 0, (size_t)e->signals * sizeof *e->signal);
    for (int64_t i = 0; i < e->signals; i++)
        FSNN_TRY(read_signal(r, i));
    for (int64_t i = 0; i < e->signals; i++)
        if (!e->duration && !e->signal[i].notes)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: a record lasts 0 s, but signal %lld (%s) has "
                             "samples",
                             e->path, (long long)i, e->signal[i].label);
    return count_records(r, (size_t)head);
}

/* ---- times of records, in EDF+ ---- */

/* Where annotations keep the time, records of a discontinuous recording may still follow each other
 * without a gap. */
static fsnn_status check_times(edf *e, bool gaps)
{
    int64_t notes = 0;
    double onset;
    while (notes < e->signals && !e->signal[notes].notes)
        notes++;
    if (notes == e->signals || !edf_record_start(e, 0, notes, &e->first))
        return FSNN_OK;
    for (int64_t i = 1; gaps && e->duration && i < e->count; i++)
        if (!edf_record_start(e, i, notes, &onset) ||
            fabs(onset - e->first - (double)i * e->duration) > 1e-3)
            return fsnn_fail(FSNN_EUNSUPPORTED,
                             "%s: is a discontinuous recording (EDF+D) with a gap before record "
                             "%lld: only recordings without gaps can be read",
                             e->path, (long long)i);
    return FSNN_OK;
}

fsnn_status edf_open(edf *e, const char *path, const uint8_t *bytes, size_t size)
{
    *e = (edf){.path = path, .width = 2};
    bool wide = size >= 8 && bytes[0] == 0xff && !memcmp(bytes + 1, "BIOSEMI", 7);
    if (!wide && (size < 8 || memcmp(bytes, "0       ", 8) != 0))
        return file_kind_fail(path, bytes, size, "an EDF or BDF recording");
    if (size < HEAD)
        return fsnn_fail(FSNN_EFORMAT, "%s: has %zu bytes, its header at least %d", path, size,
                         HEAD);
    e->width = wide ? 3 : 2;
    reader r = {e, bytes, size, newlocale(LC_ALL_MASK, "C", (locale_t)0)};
    if (!r.plain)
        return fsnn_fail(FSNN_EMEMORY, "%s: out of memory while reading", path);
    fsnn_status status = read_all(&r);
    freelocale(r.plain);
    return status < 0 ? status : check_times(e, bytes[196] == 'D');
}

void edf_close(edf *e)
{
    fsnn_free(e->signal);
    e->signal = NULL;
}

double edf_rate(const edf *e, int64_t signal)
{
    return (double)e->signal[signal].samples / e->duration;
}

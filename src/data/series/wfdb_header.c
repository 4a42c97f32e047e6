/* data/series/wfdb_header.c: WFDB headers of records and of segments (header(5) of G. Moody's WFDB
 * Applications Guide). */
#include "data/series/wfdb_formats.h"

#include "format/file_kind.h"
#include "format/lines.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct lines {
    const char *path;
    const uint8_t *bytes;
    size_t size, at;
    int64_t number;
    char text[512]; /* the line, without comment lines and blank ones */
} lines;

/* 1 and the next line with something on it, 0 at the end. */
static int next_line(lines *l)
{
    while (l->at < l->size) {
        const char *from = (const char *)l->bytes + l->at, *end = (const char *)l->bytes + l->size;
        size_t n = 0, kept = 0;
        for (; from + n < end && !line_ends(from + n, end); n++)
            if (kept + 1 < sizeof l->text && l->bytes[l->at + n] != '\r')
                l->text[kept++] = (char)(l->bytes[l->at + n] ? l->bytes[l->at + n] : '?');
        l->text[kept] = 0;
        l->at += n + 1;
        l->number++;
        const char *begin = l->text + strspn(l->text, " \t");
        if (*begin && *begin != '#')
            return 1;
    }
    return 0;
}

static fsnn_status wrong(const lines *l, const char *what, const char *found)
{
    return fsnn_fail(FSNN_EFORMAT, "%s:%lld: %s is \"%.40s\", which cannot be", l->path,
                     (long long)l->number, what, found ? found : "missing");
}

static char *word(char **rest)
{
    char *begin = *rest + strspn(*rest, " \t");
    size_t n = strcspn(begin, " \t");
    if (!n)
        return NULL;
    *rest = begin[n] ? begin + n + 1 : begin + n;
    begin[n] = 0;
    return begin;
}

static bool integer(const char *text, const char **end, int64_t *out)
{
    char *stop = NULL;
    long long x = text ? strtoll(text, &stop, 10) : 0;
    if (!text || stop == text || x > 1LL << 50 || x < -(1LL << 50))
        return false;
    *out = x;
    *end = stop;
    return true;
}

static bool real(const char *text, const char **end, double *out)
{
    char *stop = NULL;
    locale_t plain = text ? newlocale(LC_ALL_MASK, "C", (locale_t)0) : (locale_t)0;
    if (!plain)
        return false;
    *out = strtod_l(text, &stop, plain);
    freelocale(plain);
    *end = stop;
    return stop != text && isfinite(*out);
}

/* "100/4": a record of 4 segments */
static fsnn_status read_name(const lines *l, wfdb_header *h, char *name)
{
    char *slash = name ? strchr(name, '/') : NULL;
    const char *end;
    if (!name)
        return wrong(l, "the name of the record", name);
    if (slash && (!integer(slash + 1, &end, &h->segments) || *end || h->segments < 1))
        return wrong(l, "the number of segments", slash + 1);
    return FSNN_OK;
}

/* "100 2 360 650000 ...": name, signals, rate[/counter rate...], samples */
static fsnn_status read_record(lines *l, wfdb_header *h)
{
    char *rest = l->text, *name = word(&rest), *count = word(&rest), *rate = word(&rest),
         *length = word(&rest);
    const char *end;
    int64_t n;
    FSNN_TRY(read_name(l, h, name));
    if (!integer(count, &end, &n) || *end || n < 1 || n > WFDB_SIGNALS)
        return wrong(l, "the number of signals", count);
    h->signals = (int)n;
    h->rate = 250; /* WFDB's default */
    if (rate && (!real(rate, &end, &h->rate) || (*end && *end != '/') || !(h->rate > 0)))
        return wrong(l, "the sampling rate", rate);
    if (length && (!integer(length, &end, &h->length) || *end || h->length < 0))
        return wrong(l, "the number of samples", length);
    h->list = (wfdb_place){l->at, l->number};
    return FSNN_OK;
}

#define DEFAULT_UNIT "mV"

/* "200", "200(0)/mV": gain, baseline, unit */
static fsnn_status read_gain(lines *l, const char *text, wfdb_signal *s, bool *based)
{
    const char *end;
    if (!real(text, &end, &s->gain))
        return wrong(l, "the gain", text);
    if (*end == '(') {
        *based = integer(end + 1, &end, &s->baseline) && *end == ')';
        if (!*based)
            return wrong(l, "the gain", text);
        end++;
    }
    if (*end && *end != '/')
        return wrong(l, "the gain", text);
    snprintf(s->unit, sizeof s->unit, "%s", *end ? end + 1 : DEFAULT_UNIT);
    if (s->gain == 0) { /* not calibrated: WFDB's default */
        s->gain = 200;
        s->unit[0] = 0;
    }
    return FSNN_OK;
}

/* "212", "16x4:2+24": format, samples a frame, skew, bytes before the first frame */
static fsnn_status read_format(const lines *l, const char *text, wfdb_signal *s, int64_t *offset)
{
    static const struct {
        char mark;
        int64_t least, most;
    } part[] = {{'x', 1, 1 << 16}, {':', 0, 1LL << 31}, {'+', 0, 1LL << 50}};
    int64_t value[] = {1, 0, 0}, number;
    const char *end;
    if (!integer(text, &end, &number))
        return wrong(l, "the format", text);
    for (int i = 0; i < FSNN_COUNT(part); i++)
        if (*end == part[i].mark && (!integer(end + 1, &end, &value[i]) ||
                                     value[i] < part[i].least || value[i] > part[i].most))
            return wrong(l, "the format", text);
    if (*end)
        return wrong(l, "the format", text);
    if (number && !wfdb_find_format(number))
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s:%lld: the signal has the format \"%.40s\": " WFDB_FORMATS
                         " can be read",
                         l->path, (long long)l->number, text);
    if (number && wfdb_find_format(number)->flac && value[2])
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s:%lld: the signal has the format \"%.40s\": FLAC (508, 516, 524) is "
                         "read from its beginning, without an offset",
                         l->path, (long long)l->number, text);
    s->format = (int)number;
    s->per_frame = (int)value[0];
    s->skew = value[1];
    *offset = value[2];
    return FSNN_OK;
}

/* The file of signal `s`: one of those before, or a new one. */
static fsnn_status find_file(const lines *l, wfdb_header *h, const char *name, int64_t offset,
                             wfdb_signal *s)
{
    int i = 0;
    s->file = -1;
    if (!s->format)
        return FSNN_OK;
    if (strlen(name) >= sizeof h->file[0].name || strchr(name, '/') || !strcmp(name, "-") ||
        !strcmp(name, "~"))
        return fsnn_fail(
            FSNN_EUNSUPPORTED,
            "%s:%lld: the signals stand in \"%.40s\": expected is a file in the header's folder",
            l->path, (long long)l->number, name);
    while (i < h->files && strcmp(name, h->file[i].name) != 0)
        i++;
    wfdb_file *f = &h->file[i];
    if (i == h->files) {
        snprintf(f->name, sizeof f->name, "%s", name);
        f->format = s->format;
        f->offset = offset;
        h->files++;
    }
    if (f->format != s->format || f->offset != offset)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s:%lld: the signal has the format %d+%lld, but another signal of "
                         "\"%.40s\" has %d+%lld: a file has one format and one offset",
                         l->path, (long long)l->number, s->format, (long long)offset, name,
                         f->format, (long long)f->offset);
    f->values += s->per_frame;
    s->file = i;
    return FSNN_OK;
}

/* "1024 995 -22131": the converter's zero, first value, checksum, each where it is given */
static fsnn_status read_checks(const lines *l, const char *zero, const char *first, const char *sum,
                               bool based, wfdb_signal *s)
{
    const char *end;
    int64_t n = 0;
    if (zero && (!integer(zero, &end, &n) || *end))
        return wrong(l, "the converter's zero", zero);
    s->baseline = based ? s->baseline : n;
    s->first = n; /* differences begin there where nothing else is said */
    s->checked = first && sum;
    if (first && (!integer(first, &end, &s->first) || *end))
        return wrong(l, "the first value", first);
    n = 0;
    if (sum && (!integer(sum, &end, &n) || *end))
        return wrong(l, "the checksum", sum);
    s->checksum = (int)(n & 0xffff);
    return FSNN_OK;
}

/* "100.dat 212 200 11 1024 995 -22131 0 MLII": file, format, gain, bits, zero, first value,
 * checksum, size of blocks, description */
static fsnn_status read_signal(lines *l, wfdb_header *h, int index)
{
    char *rest = l->text, *file = word(&rest), *format = word(&rest), *gain = word(&rest);
    char *bits = word(&rest), *zero = word(&rest), *first = word(&rest), *sum = word(&rest);
    char *block = word(&rest), *name = rest + strspn(rest, " \t");
    wfdb_signal *s = &h->signal[index];
    size_t length = strlen(name);
    int64_t offset = 0;
    bool based = false;
    (void)bits, (void)block;
    FSNN_TRY(read_format(l, format, s, &offset));
    FSNN_TRY(find_file(l, h, file, offset, s));
    s->gain = 200;
    snprintf(s->unit, sizeof s->unit, "%s", gain ? "" : DEFAULT_UNIT);
    while (length && (name[length - 1] == ' ' || name[length - 1] == '\t'))
        name[--length] = 0;
    snprintf(s->name, sizeof s->name, "%.39s", name);
    if (gain)
        FSNN_TRY(read_gain(l, gain, s, &based));
    return read_checks(l, zero, first, sum, based, s);
}

fsnn_status wfdb_read_header(const char *path, const uint8_t *bytes, size_t size, wfdb_header *out)
{
    lines l = {.path = path, .bytes = bytes, .size = size};
    *out = (wfdb_header){0};
    if (!size || file_kind_find(bytes, size))
        return file_kind_fail(path, bytes, size, "the header of a WFDB record (.hea)");
    if (!next_line(&l))
        return fsnn_fail(FSNN_EFORMAT, "%s: holds no line of a header", path);
    FSNN_TRY(read_record(&l, out));
    for (int i = 0; !out->segments && i < out->signals; i++) {
        if (!next_line(&l))
            return fsnn_fail(FSNN_EFORMAT, "%s: names %d signals, but describes only %d", path,
                             out->signals, i);
        FSNN_TRY(read_signal(&l, out, i));
    }
    return FSNN_OK;
}

fsnn_status wfdb_next_segment(const char *path, const wfdb_header *h, const uint8_t *bytes,
                              size_t size, int64_t index, wfdb_place *at, wfdb_segment *out)
{
    lines l = {.path = path, .bytes = bytes, .size = size, .at = at->byte, .number = at->line};
    const char *end;
    if (!next_line(&l))
        return fsnn_fail(FSNN_EFORMAT, "%s: names %lld segments, but lists only %lld", path,
                         (long long)h->segments, (long long)index);
    char *rest = l.text, *name = word(&rest), *length = word(&rest);
    if (strlen(name) >= sizeof out->name || strchr(name, '/'))
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s:%lld: the segment is called \"%.40s\": expected is a record in the "
                         "header's folder",
                         path, (long long)l.number, name);
    if (!integer(length, &end, &out->length) || *end || out->length < 0)
        return wrong(&l, "the number of samples of the segment", length);
    snprintf(out->name, sizeof out->name, "%s", name);
    *at = (wfdb_place){l.at, l.number};
    return FSNN_OK;
}

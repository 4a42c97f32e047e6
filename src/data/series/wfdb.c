/* data/series/wfdb.c: WFDB headers (header(5)), signals of formats 212 and 16 (signal(5)),
 * annotations in MIT format (annot(5)), as in G. Moody's WFDB Applications Guide. */
#include "data/series/wfdb.h"

#include "base/bytes.h"
#include "format/file_kind.h"

#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- header ---- */

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
        size_t n = 0, kept = 0;
        for (; l->at + n < l->size && l->bytes[l->at + n] != '\n'; n++)
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

/* "100 2 360 650000 ...": name, signals, rate[/counter rate...], samples */
static fsnn_status read_record(lines *l, wfdb_header *h)
{
    char *rest = l->text, *name = word(&rest), *count = word(&rest), *rate = word(&rest),
         *length = word(&rest);
    const char *end;
    int64_t n;
    if (!name || strchr(name, '/'))
        return name ? fsnn_fail(
                          FSNN_EUNSUPPORTED,
                          "%s:%lld: a record of several segments (%s) cannot be read: read the "
                          "segments one by one",
                          l->path, (long long)l->number, name)
                    : wrong(l, "the name of the record", name);
    if (!integer(count, &end, &n) || *end || n < 1 || n > WFDB_SIGNALS)
        return wrong(l, "the number of signals", count);
    h->signals = (int)n;
    h->rate = 250; /* WFDB's default */
    if (rate && (!real(rate, &end, &h->rate) || (*end && *end != '/') || !(h->rate > 0)))
        return wrong(l, "the sampling rate", rate);
    if (length && (!integer(length, &end, &h->length) || *end || h->length < 0))
        return wrong(l, "the number of samples", length);
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

/* "100.dat 212 200 11 1024 995 -22131 0 MLII": file, format, gain, bits, zero, first value,
 * checksum, size of blocks, description */
static fsnn_status read_signal(lines *l, wfdb_header *h, int index)
{
    char *rest = l->text, *file = word(&rest), *format = word(&rest), *gain = word(&rest);
    char *bits = word(&rest), *zero = word(&rest), *first = word(&rest), *sum = word(&rest);
    char *block = word(&rest), *name = rest + strspn(rest, " \t");
    wfdb_signal *s = &h->signal[index];
    const char *end;
    int64_t n = 0;
    bool based = false;
    (void)bits, (void)block;
    if (!file || strlen(file) >= sizeof h->file || strchr(file, '/') ||
        (index && strcmp(file, h->file) != 0))
        return fsnn_fail(
            FSNN_EUNSUPPORTED,
            "%s:%lld: the signals stand in \"%.40s\": expected is one file for all, in the "
            "header's folder",
            l->path, (long long)l->number, file ? file : "");
    snprintf(h->file, sizeof h->file, "%s", file);
    if (!integer(format, &end, &n) || *end || (n != 212 && n != 16) ||
        (index && n != h->signal[0].format))
        return fsnn_fail(
            FSNN_EUNSUPPORTED,
            "%s:%lld: the signal has the format \"%.40s\": 212 and 16 can be read, the same "
            "for all, without skew and offset",
            l->path, (long long)l->number, format ? format : "");
    s->format = (int)n;
    s->gain = 200;
    snprintf(s->unit, sizeof s->unit, "%s", gain ? "" : DEFAULT_UNIT);
    snprintf(s->name, sizeof s->name, "%.39s", name);
    if (gain)
        FSNN_TRY(read_gain(l, gain, s, &based));
    n = 0;
    if (zero && (!integer(zero, &end, &n) || *end))
        return wrong(l, "the converter's zero", zero);
    s->baseline = based ? s->baseline : n;
    s->checked = first && sum;
    if (s->checked && (!integer(first, &end, &s->first) || *end))
        return wrong(l, "the first value", first);
    n = 0;
    if (s->checked && (!integer(sum, &end, &n) || *end))
        return wrong(l, "the checksum", sum);
    s->checksum = (int)(n & 0xffff);
    return FSNN_OK;
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
    for (int i = 0; i < out->signals; i++) {
        if (!next_line(&l))
            return fsnn_fail(FSNN_EFORMAT, "%s: names %d signals, but describes only %d", path,
                             out->signals, i);
        FSNN_TRY(read_signal(&l, out, i));
    }
    return FSNN_OK;
}

/* ---- signals ---- */

fsnn_status wfdb_length(const char *path, const wfdb_header *h, size_t size, int64_t *length)
{
    int64_t values = h->signal[0].format == 212 ? (int64_t)(size / 3 * 2 + (size % 3 == 2))
                                                : (int64_t)(size / 2);
    *length = h->length ? h->length : values / h->signals;
    if (*length < 1 || *length > values / h->signals)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: %zu bytes hold %lld samples of %d signals, but %lld are expected",
                         path, size, (long long)(values / h->signals), h->signals,
                         *length < 1 ? 1LL : (long long)*length);
    return FSNN_OK;
}

static int sign12(unsigned x)
{
    return (int)(x & 0xfff) - (x & 0x800 ? 0x1000 : 0);
}

/* Value `i` of the file. 212: three bytes are two values of 12 bits, the second's high bits in the
 * middle byte. */
static int value(const uint8_t *bytes, int format, int64_t i)
{
    if (format == 16)
        return (int16_t)bytes_le(bytes + 2 * i, 2);
    const uint8_t *p = bytes + i / 2 * 3;
    return i & 1 ? sign12((unsigned)(p[1] >> 4) << 8 | p[2])
                 : sign12((unsigned)(p[1] & 15) << 8 | p[0]);
}

/* The lowest value of a format stands for "no sample" (signal(5)). */
static int no_sample(int format)
{
    static const struct {
        int format, value;
    } marks[] = {{16, -32768}, {212, -2048}};
    for (int i = 0; i < FSNN_COUNT(marks); i++)
        if (marks[i].format == format)
            return marks[i].value;
    return INT_MIN;
}

static fsnn_status check(const char *path, const wfdb_header *h, int signal, int first,
                         unsigned sum, int64_t length)
{
    const wfdb_signal *s = &h->signal[signal];
    if (!s->checked || !h->length)
        return FSNN_OK;
    if (first != s->first)
        return fsnn_fail(FSNN_EFORMAT, "%s: signal %d begins with %d, its header says %lld", path,
                         signal, first, (long long)s->first);
    if ((int)(sum & 0xffff) != s->checksum)
        return fsnn_fail(
            FSNN_EFORMAT,
            "%s: the checksum of the %lld samples of signal %d is %u, its header says %d", path,
            (long long)length, signal, sum & 0xffff, s->checksum);
    return FSNN_OK;
}

fsnn_status wfdb_read_signals(const char *path, const wfdb_header *h, const uint8_t *bytes,
                              int64_t length, float *x)
{
    for (int s = 0; s < h->signals; s++) {
        const wfdb_signal *signal = &h->signal[s];
        int none = no_sample(signal->format);
        unsigned sum = 0;
        for (int64_t k = 0; k < length; k++) {
            int v = value(bytes, signal->format, k * h->signals + s);
            sum += (unsigned)v;
            double y = ((double)v - (double)signal->baseline) / signal->gain;
            x[k * h->signals + s] = v == none ? NAN : (float)y;
        }
        FSNN_TRY(check(path, h, s, value(bytes, signal->format, s), sum, length));
    }
    return FSNN_OK;
}

/* ---- annotations ---- */

enum { SKIP = 59, NUM = 60, SUB = 61, CHN = 62, AUX = 63 };

/* ECG codes 0 .. 41 (ecgcodes.h). */
static const char symbols[] = " NLRaVFJASEj/Q~ | sT*D\"=pB^t+u?![]en@xf()r";

int wfdb_next(wfdb_annotations *a, wfdb_annotation *out)
{
    while (a->at + 2 <= a->size) {
        unsigned pair = (unsigned)bytes_le(a->bytes + a->at, 2), code = pair >> 10,
                 low = pair & 0x3ff;
        size_t more = code == SKIP ? 4 : code == AUX ? low + (low & 1) : 0;
        if (!pair)
            return 0;
        a->at += 2;
        if (more > a->size - a->at)
            break;
        if (code == SKIP) /* the high half first */
            a->time += (int32_t)(uint32_t)(bytes_le(a->bytes + a->at, 2) << 16 |
                                           bytes_le(a->bytes + a->at + 2, 2));
        a->at += more;
        if (code >= SKIP)
            continue;
        a->time += low;
        *out = (wfdb_annotation){a->time, code < sizeof symbols - 1 ? symbols[code] : '?'};
        return 1;
    }
    return fsnn_fail(FSNN_EFORMAT,
                     "%s: the annotations end without their end mark (byte %zu of %zu)", a->path,
                     a->at, a->size);
}

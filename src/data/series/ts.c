/* data/series/ts.c: UCR/UEA .ts files: `#` and `%` comments, `@` header, `@data`, then a series a
 * line, dimensions apart by `:`, values by `,`, the class after the last `:`. Nothing is allocated
 * for a series before its values were counted. */
#include "format/file_kind.h"
#include "data/series/series_set.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct text {
    const char *at;
    size_t size;
} text;

typedef struct reader {
    const char *path;
    text rest;
    int64_t line;
    locale_t plain; /* numbers have a point */
    bool data, equal;
    int classes;                /* -1: the header has not said; 0, 1 */
    int64_t dimensions, length; /* that the header promises; 0: nothing */
    fsnn_series *s;
    fsnn_series *names; /* holds the classes until the first series tells the number of channels */
} reader;

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static text trimmed(text t)
{
    while (t.size && blank(*t.at))
        t.at++, t.size--;
    while (t.size && blank(t.at[t.size - 1]))
        t.size--;
    return t;
}

/* Cuts off what stands before `mark`; false where nothing is left to cut. `t->at` is NULL after the
 * last piece. */
static bool cut(text *t, char mark, text *piece)
{
    if (!t->at)
        return false;
    const char *end = memchr(t->at, mark, t->size);
    *piece = (text){t->at, end ? (size_t)(end - t->at) : t->size};
    *t = end ? (text){end + 1, t->size - piece->size - 1} : (text){NULL, 0};
    return true;
}

/* "%.*s" of a piece that may be very long or hold anything. */
static const char *shown(text t, char out[48])
{
    size_t n = t.size < 40 ? t.size : 40;
    for (size_t i = 0; i < n; i++)
        out[i] = t.at[i] >= 0x20 && t.at[i] < 0x7f ? t.at[i] : '?';
    memcpy(out + n, t.size > n ? "..." : "", t.size > n ? 4 : 1);
    return out;
}

static bool word(text *t, text *out)
{
    *t = trimmed(*t);
    size_t n = 0;
    while (n < t->size && !blank(t->at[n]))
        n++;
    *out = (text){t->at, n};
    *t = (text){t->at + n, t->size - n};
    return n > 0;
}

static bool same(text t, const char *name)
{
    return strlen(name) == t.size && strncasecmp(t.at, name, t.size) == 0;
}

/* ---- header ---- */

static fsnn_status read_flag(reader *r, text value, const char *key, bool *out)
{
    text t;
    char found[48];
    word(&value, &t);
    *out = same(t, "true");
    if (*out || same(t, "false"))
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT, "%s:%lld: @%s is \"%s\", expected true or false", r->path,
                     (long long)r->line, key, shown(t, found));
}

static fsnn_status read_count(reader *r, text value, const char *key, int64_t *out)
{
    text t;
    char found[48];
    bool good = word(&value, &t) && t.size < 10;
    *out = 0;
    for (size_t i = 0; good && i < t.size; i++) {
        good = t.at[i] >= '0' && t.at[i] <= '9';
        *out = *out * 10 + (t.at[i] - '0');
    }
    if (good && *out > 0)
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT, "%s:%lld: @%s is \"%s\", expected a whole number from 1",
                     r->path, (long long)r->line, key, shown(t, found));
}

static fsnn_status no_stamps(reader *r, text value)
{
    bool on;
    FSNN_TRY(read_flag(r, value, "timeStamps", &on));
    return on ? fsnn_fail(FSNN_EUNSUPPORTED,
                          "%s:%lld: series with time stamps cannot be read: only values one a step",
                          r->path, (long long)r->line)
              : FSNN_OK;
}

static fsnn_status no_targets(reader *r, text value)
{
    bool on;
    FSNN_TRY(read_flag(r, value, "targetLabel", &on));
    return on ? fsnn_fail(FSNN_EUNSUPPORTED,
                          "%s:%lld: this is a regression problem (@targetLabel true): only files "
                          "with classes (@classLabel) or without any can be read",
                          r->path, (long long)r->line)
              : FSNN_OK;
}

static fsnn_status classes(reader *r, text value)
{
    bool on;
    text rest = value, name;
    char found[48];
    FSNN_TRY(read_flag(r, value, "classLabel", &on));
    if (r->classes >= 0)
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: @classLabel a second time", r->path,
                         (long long)r->line);
    r->classes = on;
    word(&rest, &name);
    while (on && word(&rest, &name)) {
        if (series_find_class(r->names, name.at, name.size) >= 0)
            return fsnn_fail(FSNN_EFORMAT, "%s:%lld: @classLabel names the class \"%s\" twice",
                             r->path, (long long)r->line, shown(name, found));
        FSNN_TRY(series_name_class(r->names, name.at, name.size));
    }
    if (on && !r->names->classes)
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: @classLabel true must name the classes behind it",
                         r->path, (long long)r->line);
    return FSNN_OK;
}

static fsnn_status equal_length(reader *r, text value)
{
    return read_flag(r, value, "equalLength", &r->equal);
}

static fsnn_status dimensions(reader *r, text value)
{
    return read_count(r, value, "dimensions", &r->dimensions);
}

static fsnn_status length(reader *r, text value)
{
    return read_count(r, value, "seriesLength", &r->length);
}

static fsnn_status begin(reader *r, text value)
{
    (void)value;
    r->data = true;
    return FSNN_OK;
}

/* Others (@problemName, @missing, @univariate, ...) tell nothing that the values do not tell. */
static const struct {
    const char *name;
    fsnn_status (*read)(reader *r, text value);
} header[] = {
    {"timestamps", no_stamps}, {"targetlabel", no_targets},   {"classlabel", classes},
    {"data", begin},           {"equallength", equal_length}, {"dimensions", dimensions},
    {"dimension", dimensions}, {"serieslength", length},
};

static fsnn_status read_header(reader *r, text line)
{
    text key;
    char found[48];
    if (*line.at != '@')
        return fsnn_fail(
            FSNN_EFORMAT,
            "%s:%lld: \"%s\" stands before @data: expected are lines that begin with @ "
            "or #",
            r->path, (long long)r->line, shown(line, found));
    line.at++, line.size--;
    word(&line, &key);
    for (int i = 0; i < FSNN_COUNT(header); i++)
        if (same(key, header[i].name))
            return header[i].read(r, line);
    return FSNN_OK;
}

/* ---- series ---- */

static int64_t count(text t, char mark)
{
    int64_t n = 1;
    for (size_t i = 0; i < t.size; i++)
        n += t.at[i] == mark;
    return n;
}

static fsnn_status read_value(const reader *r, text t, int64_t channel, int64_t k, float *out)
{
    char number[64], found[48], *end;
    bool good = false;
    t = trimmed(t);
    *out = NAN;
    if (same(t, "?") || same(t, "nan"))
        return FSNN_OK;
    if (t.size && t.size < sizeof number) {
        memcpy(number, t.at, t.size);
        number[t.size] = 0;
        *out = (float)strtod_l(number, &end, r->plain);
        good = end == number + t.size && isfinite(*out);
    }
    if (!good)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s:%lld: \"%s\" is not a number that can be used (dimension %lld, value "
                         "%lld)",
                         r->path, (long long)r->line, shown(t, found), (long long)channel + 1,
                         (long long)k + 1);
    return FSNN_OK;
}

/* The class behind the last `:`, taken off the line. */
static fsnn_status read_label(const reader *r, text *line, int32_t *label)
{
    char found[48];
    *label = -1;
    if (r->classes != 1)
        return FSNN_OK;
    size_t at = line->size;
    while (at && line->at[at - 1] != ':')
        at--;
    if (!at)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s:%lld: no \":\" on this line: a class is expected behind the last one",
                         r->path, (long long)r->line);
    text name = trimmed((text){line->at + at, line->size - at});
    line->size = at - 1;
    *label = series_find_class(r->names, name.at, name.size);
    if (*label >= 0)
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT,
                     "%s:%lld: the class \"%s\" is not among the %lld that @classLabel names",
                     r->path, (long long)r->line, shown(name, found), (long long)r->names->classes);
}

/* All dimensions must be as long as the first, and as many as in the first series. */
static fsnn_status measure(const reader *r, text line, int64_t channels, int64_t *length)
{
    text rest = line, part;
    int64_t wanted = r->s ? r->s->channels : r->dimensions;
    if (wanted && channels != wanted)
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: has %lld dimensions, expected are %lld%s", r->path,
                         (long long)r->line, (long long)channels, (long long)wanted,
                         r->classes < 0 ? " (there is no @classLabel: a class would be a dimension)"
                                        : "");
    *length = 0;
    for (int64_t c = 0; cut(&rest, ':', &part); c++) {
        int64_t n = trimmed(part).size ? count(part, ',') : 0;
        if (!n || (c && n != *length))
            return fsnn_fail(FSNN_EFORMAT,
                             "%s:%lld: dimension %lld has %lld values, %s%lld: all dimensions of a "
                             "series must be of one length",
                             r->path, (long long)r->line, (long long)c + 1, (long long)n,
                             c ? "the first has " : "needed is at least ",
                             c ? (long long)*length : 1LL);
        *length = n;
    }
    if (r->equal && r->length && *length != r->length)
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: has %lld values, but @seriesLength is %lld",
                         r->path, (long long)r->line, (long long)*length, (long long)r->length);
    return FSNN_OK;
}

static fsnn_status fill(reader *r, text line, int64_t length, float *x)
{
    text part, value;
    int64_t C = r->s->channels;
    for (int64_t c = 0; cut(&line, ':', &part); c++) {
        for (int64_t k = 0; cut(&part, ',', &value); k++)
            FSNN_TRY(read_value(r, value, c, k, &x[k * C + c]));
        if (!series_mend(x + c, length, C, &r->s->missing))
            return fsnn_fail(FSNN_EFORMAT, "%s:%lld: dimension %lld has no value at all", r->path,
                             (long long)r->line, (long long)c + 1);
    }
    return FSNN_OK;
}

static fsnn_status read_series(reader *r, text line)
{
    int32_t label;
    int64_t length;
    FSNN_TRY(read_label(r, &line, &label));
    int64_t channels = count(line, ':');
    FSNN_TRY(measure(r, line, channels, &length));
    if (!r->s) {
        r->s = r->names;
        r->s->channels = channels;
    }
    float *x = series_add(r->s, length, label);
    return x ? fill(r, line, length, x) : FSNN_EMEMORY;
}

static fsnn_status read_all(reader *r)
{
    text line;
    while (cut(&r->rest, '\n', &line)) {
        r->line++;
        line = trimmed(line);
        if (!line.size || *line.at == '#' || *line.at == '%')
            continue;
        FSNN_TRY(r->data ? read_series(r, line) : read_header(r, line));
    }
    if (!r->data)
        return fsnn_fail(FSNN_EFORMAT, "%s: has no line @data: is it a .ts file?", r->path);
    if (!r->s)
        return fsnn_fail(FSNN_EFORMAT, "%s: no series follows @data", r->path);
    return FSNN_OK;
}

fsnn_status ts_parse(const char *path, const uint8_t *bytes, size_t size, fsnn_series **out)
{
    reader r = {.path = path, .rest = {(const char *)bytes, size}, .classes = -1};
    *out = NULL;
    if (!size || file_kind_find(bytes, size))
        return file_kind_fail(path, bytes, size, "a .ts file");
    if (size >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3)) /* some editors begin with this mark */
        r.rest = (text){(const char *)bytes + 3, size - 3};
    r.plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    r.names = r.plain ? series_new(1, 0) : NULL;
    fsnn_status status =
        r.names ? read_all(&r) : fsnn_fail(FSNN_EMEMORY, "%s: out of memory while reading", path);
    if (r.plain)
        freelocale(r.plain);
    if (status < 0)
        fsnn_series_destroy(r.names);
    else
        *out = r.names;
    return status;
}

fsnn_status fsnn_series_ts(const char *path, fsnn_series **series)
{
    uint8_t *bytes;
    size_t size;
    if (!path || !series)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_series_ts needs a path and a place for the series");
    *series = NULL;
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    fsnn_status status = ts_parse(path, bytes, size, series);
    fsnn_free(bytes);
    return status;
}

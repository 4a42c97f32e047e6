/* data/series/ts.c: UCR/UEA text files in one of three forms. Here .ts files: `#` and `%` comments,
 * `@` header, `@data`, then a series a line, dimensions apart by `:`, values by `,`, the class
 * after the last `:`. Nothing is allocated for a series before its values were counted. */
#include "data/file_names.h"
#include "data/series/series_text.h"
#include "format/file_kind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    const char *path;
    text rest;
    int64_t line;
    locale_t plain; /* numbers have a point */
    bool data, equal, stamped, targets;
    ts_stamps times;
    char *values; /* of a line without its stamps [value_capacity] */
    int64_t value_capacity;
    int classes;                /* -1: the header has not said; 0, 1 */
    int64_t dimensions, length; /* that the header promises; 0: nothing */
    fsnn_series *s;
    fsnn_series *names; /* holds the classes until the first series tells the number of channels */
} reader;

/* ---- header ---- */

static fsnn_status read_flag(reader *r, text value, const char *key, bool *out)
{
    text t;
    char found[48];
    text_word(&value, &t);
    *out = text_same(t, "true");
    if (*out || text_same(t, "false"))
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT, "%s:%lld: @%s is \"%s\", expected true or false", r->path,
                     (long long)r->line, key, text_shown(t, found));
}

static fsnn_status read_count(reader *r, text value, const char *key, int64_t *out)
{
    text t;
    char found[48];
    bool good = text_word(&value, &t) && t.size < 10;
    *out = 0;
    for (size_t i = 0; good && i < t.size; i++) {
        good = t.at[i] >= '0' && t.at[i] <= '9';
        *out = *out * 10 + (t.at[i] - '0');
    }
    if (good && *out > 0)
        return FSNN_OK;
    return fsnn_fail(FSNN_EFORMAT, "%s:%lld: @%s is \"%s\", expected a whole number from 1",
                     r->path, (long long)r->line, key, text_shown(t, found));
}

static fsnn_status stamps(reader *r, text value)
{
    return read_flag(r, value, "timeStamps", &r->stamped);
}

static fsnn_status targets(reader *r, text value)
{
    return read_flag(r, value, "targetLabel", &r->targets);
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
    text_word(&rest, &name);
    while (on && text_word(&rest, &name)) {
        if (series_find_class(r->names, name.at, name.size) >= 0)
            return fsnn_fail(FSNN_EFORMAT, "%s:%lld: @classLabel names the class \"%s\" twice",
                             r->path, (long long)r->line, text_shown(name, found));
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
    if (r->classes == 1 && r->targets)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s:%lld: @data follows both classes (@classLabel true) and targets "
                         "(@targetLabel true)",
                         r->path, (long long)r->line);
    return FSNN_OK;
}

/* Others (@problemName, @missing, @univariate, ...) tell nothing that the values do not tell. */
static const struct {
    const char *name;
    fsnn_status (*read)(reader *r, text value);
} header[] = {
    {"timestamps", stamps},    {"targetlabel", targets},      {"classlabel", classes},
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
            r->path, (long long)r->line, text_shown(line, found));
    line.at++, line.size--;
    text_word(&line, &key);
    for (int i = 0; i < FSNN_COUNT(header); i++)
        if (text_same(key, header[i].name))
            return header[i].read(r, line);
    return FSNN_OK;
}

/* ---- series ---- */

/* What stands behind the last `:`, taken off the line. */
static fsnn_status cut_end(const reader *r, text *line, const char *what, text *out)
{
    size_t at = line->size;
    while (at && line->at[at - 1] != ':')
        at--;
    if (!at)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s:%lld: no \":\" on this line: a %s is expected behind the last one",
                         r->path, (long long)r->line, what);
    *out = text_trimmed((text){line->at + at, line->size - at});
    line->size = at - 1;
    return FSNN_OK;
}

static fsnn_status read_label(const reader *r, text *line, int32_t *label)
{
    char found[48];
    text name;
    *label = -1;
    if (r->classes != 1)
        return FSNN_OK;
    FSNN_TRY(cut_end(r, line, "class", &name));
    *label = series_find_class(r->names, name.at, name.size);
    if (*label >= 0)
        return FSNN_OK;
    return fsnn_fail(
        FSNN_EFORMAT, "%s:%lld: the class \"%s\" is not among the %lld that @classLabel names",
        r->path, (long long)r->line, text_shown(name, found), (long long)r->names->classes);
}

static fsnn_status read_target(const reader *r, text *line, double *target)
{
    char found[48], number[64], *end;
    text name;
    FSNN_TRY(cut_end(r, line, "target", &name));
    bool good = name.size && name.size < sizeof number;
    if (good) {
        memcpy(number, name.at, name.size);
        number[name.size] = 0;
        *target = strtod_l(number, &end, r->plain);
        good = !*end && isfinite(*target);
    }
    return good ? FSNN_OK
                : fsnn_fail(FSNN_EFORMAT,
                            "%s:%lld: the target \"%s\" is not a number that can be "
                            "used",
                            r->path, (long long)r->line, text_shown(name, found));
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
    for (int64_t c = 0; text_cut(&rest, ':', &part); c++) {
        int64_t n = text_trimmed(part).size ? text_count(part, ',') : 0;
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
    const text_place at = {r->path, r->line, r->plain};
    text part, value;
    int64_t C = r->s->channels;
    for (int64_t c = 0; text_cut(&line, ':', &part); c++) {
        for (int64_t k = 0; text_cut(&part, ',', &value); k++)
            FSNN_TRY(text_value(&at, value, c, k, &x[k * C + c]));
        if (!series_mend(r->s->handling, x + c, length, C, &r->s->missing))
            return fsnn_fail(FSNN_EFORMAT,
                             "%s:%lld: dimension %lld has no value at all, which only missing: "
                             "mask takes",
                             r->path, (long long)r->line, (long long)c + 1);
    }
    return FSNN_OK;
}

static fsnn_status without_stamps(reader *r, text *line)
{
    const text_place at = {r->path, r->line, r->plain};
    if (!r->stamped)
        return FSNN_OK;
    FSNN_TRY(fsnn_grow(&r->values, 0, &r->value_capacity, (int64_t)line->size, 1));
    return ts_strip_stamps(&at, *line, r->values, line, &r->times);
}

static fsnn_status read_series(reader *r, text line)
{
    int32_t label;
    int64_t length;
    double target = 0;
    FSNN_TRY(without_stamps(r, &line));
    FSNN_TRY(read_label(r, &line, &label));
    if (r->targets)
        FSNN_TRY(read_target(r, &line, &target));
    int64_t channels = text_count(line, ':');
    FSNN_TRY(measure(r, line, channels, &length));
    if (!r->s) {
        r->s = r->names;
        r->s->channels = channels;
    }
    float *x = series_add(r->s, length, label);
    if (!x)
        return FSNN_EMEMORY;
    if (r->targets)
        FSNN_TRY(series_set_target(r->s, target));
    return fill(r, line, length, x);
}

static fsnn_status read_all(reader *r)
{
    text line;
    while (text_line(&r->rest, &r->line, &line)) {
        line = text_trimmed(line);
        FSNN_TRY(r->data ? read_series(r, line) : read_header(r, line));
    }
    if (!r->data)
        return fsnn_fail(FSNN_EFORMAT, "%s: has no line @data: is it a .ts file?", r->path);
    if (!r->s)
        return fsnn_fail(FSNN_EFORMAT, "%s: no series follows @data", r->path);
    return FSNN_OK;
}

static fsnn_status read_ts(const char *path, text rest, locale_t plain, fsnn_series *s)
{
    reader r = {.path = path, .rest = rest, .classes = -1, .plain = plain, .names = s};
    fsnn_status status = read_all(&r);
    fsnn_free(r.values);
    if (!status && r.stamped && r.times.uneven)
        return series_note(s, fsnn_format("%s: time stamps are not evenly spaced; a value is one "
                                          "step whatever its time",
                                          path));
    if (!status && r.stamped && r.times.dated && r.times.step > 0)
        s->rate = 1 / r.times.step;
    return status;
}

/* ---- forms ---- */

static text first_line(text rest)
{
    int64_t count = 0;
    text line;
    return text_line(&rest, &count, &line) ? text_trimmed(line) : (text){NULL, 0};
}

static bool is_arff(text line)
{
    text name;
    return text_word(&line, &name) && text_same(name, "@relation");
}

static bool is_tsv(text line)
{
    return line.size && *line.at != '@' && memchr(line.at, '\t', line.size);
}

static bool is_ts(text line)
{
    (void)line;
    return true;
}

static const struct {
    bool (*is)(text line);
    fsnn_status (*read)(const char *path, text rest, locale_t plain, fsnn_series *s);
} forms[] = {{is_arff, arff_read}, {is_tsv, tsv_read}, {is_ts, read_ts}};

fsnn_status ts_parse(const char *path, const uint8_t *bytes, size_t size, fsnn_missing missing,
                     fsnn_series **out)
{
    text rest = {(const char *)bytes, size};
    *out = NULL;
    if (size >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3)) /* some editors begin with this mark */
        rest = (text){(const char *)bytes + 3, size - 3};
    text line = first_line(rest);
    if (!size || (!is_arff(line) && file_kind_find(bytes, size)))
        return file_kind_fail(path, bytes, size, "a .ts file");
    FSNN_TRY(text_check(path, bytes, size));
    int form = 0;
    while (!forms[form].is(line))
        form++;
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    fsnn_series *s = plain ? series_new(1, 0) : NULL;
    if (s)
        s->handling = missing;
    fsnn_status status = s ? forms[form].read(path, rest, plain, s)
                           : fsnn_fail(FSNN_EMEMORY, "%s: out of memory while reading", path);
    if (plain)
        freelocale(plain);
    if (status < 0)
        fsnn_series_destroy(s);
    else
        *out = s;
    return status;
}

fsnn_status fsnn_series_ts(const char *path, fsnn_series **series)
{
    return fsnn_series_ts_missing(path, FSNN_MISSING_INTERPOLATE, series);
}

fsnn_status fsnn_series_ts_missing(const char *path, fsnn_missing missing, fsnn_series **series)
{
    uint8_t *bytes;
    size_t size;
    if (!path || !series)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_series_ts needs a path and a place for the series");
    *series = NULL;
    FSNN_TRY(series_check_missing(missing));
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    fsnn_status status = ts_parse(path, bytes, size, missing, series);
    fsnn_free(bytes);
    return status;
}

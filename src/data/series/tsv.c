/* data/series/tsv.c: tables of the UCR archive of 2018, a series a line, by tabs: the class, then
 * its values. NaN at the end of a line fills up a shorter series, NaN before is a missing value. */
#include "data/series/series_text.h"

#include <math.h>

typedef struct reader {
    text_place at;
    fsnn_series *s;
    int64_t shorter; /* series that end before their line */
} reader;

static fsnn_status find_class(reader *r, text name, int32_t *label)
{
    name = text_trimmed(name);
    if (!name.size)
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: begins with a tab: the class is expected there",
                         r->at.path, (long long)r->at.line);
    return series_class(r->s, r->at.path, r->at.line, name, label);
}

/* Length without the NaN at the end. */
static int64_t length_of(const float *x, int64_t values)
{
    while (values && isnan(x[values - 1]))
        values--;
    return values;
}

static fsnn_status read_line(reader *r, text line)
{
    text name, value;
    int32_t label;
    text_cut(&line, '\t', &name);
    FSNN_TRY(find_class(r, name, &label));
    if (!line.at)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s:%lld: holds no tab: a class and values by tabs are expected",
                         r->at.path, (long long)r->at.line);
    int64_t values = text_count(line, '\t');
    float *x = series_add(r->s, values, label);
    if (!x)
        return FSNN_EMEMORY;
    for (int64_t k = 0; text_cut(&line, '\t', &value); k++)
        FSNN_TRY(text_value(&r->at, value, 0, k, &x[k]));
    int64_t length = length_of(x, values);
    if (!series_mend(r->s->handling, x, length, 1, &r->s->missing))
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: the series has no value at all", r->at.path,
                         (long long)r->at.line);
    r->shorter += length < values;
    r->s->rows -= values - length;
    r->s->end[r->s->count - 1] = r->s->rows;
    return FSNN_OK;
}

fsnn_status tsv_read(const char *path, text rest, locale_t plain, fsnn_series *s)
{
    reader r = {.at = {.path = path, .plain = plain}, .s = s};
    text line;
    while (text_line(&rest, &r.at.line, &line))
        FSNN_TRY(read_line(&r, line));
    FSNN_TRY(series_sort_classes(s));
    if (!r.shorter)
        return FSNN_OK;
    return series_note(s,
                       fsnn_format("%s: %lld of %lld series end in NaN: they are read as shorter",
                                   path, (long long)r.shorter, (long long)s->count));
}

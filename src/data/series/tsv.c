/* data/series/tsv.c: tables of the UCR archive of 2018, a series a line, by tabs: the class, then
 * its values. NaN at the end of a line fills up a shorter series, NaN before is a missing value. */
#include "data/file_names.h"
#include "data/series/series_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES = 4096 };

typedef struct reader {
    text_place at;
    fsnn_series *s;
    int64_t shorter; /* series that end before their line */
} reader;

static fsnn_status find_class(reader *r, text name, int32_t *label)
{
    char found[48];
    name = text_trimmed(name);
    if (!name.size)
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: begins with a tab: the class is expected there",
                         r->at.path, (long long)r->at.line);
    *label = series_find_class(r->s, name.at, name.size);
    if (*label >= 0)
        return FSNN_OK;
    if (r->s->classes == CLASSES)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s:%lld: \"%s\" would be class number %d, which are too many: the first "
                         "column must hold classes, not targets of a regression",
                         r->at.path, (long long)r->at.line, text_shown(name, found), CLASSES + 1);
    *label = (int32_t)r->s->classes;
    return series_name_class(r->s, name.at, name.size);
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
    if (!series_mend(x, length, 1, &r->s->missing))
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: the series has no value at all", r->at.path,
                         (long long)r->at.line);
    r->shorter += length < values;
    r->s->rows -= values - length;
    r->s->end[r->s->count - 1] = r->s->rows;
    return FSNN_OK;
}

/* ---- order of classes: by number where all are numbers, else by name ---- */

typedef struct entry {
    char *name;
    bool numeric;
    double number;
    int64_t before; /* its number as yet */
} entry;

static int by_number(const void *a, const void *b)
{
    const entry *p = a, *q = b;
    return p->number != q->number ? (p->number > q->number) - (p->number < q->number)
                                  : strcmp(p->name, q->name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->name, ((const entry *)b)->name);
}

static fsnn_status sort_classes(reader *r)
{
    fsnn_series *s = r->s;
    entry *e = fsnn_alloc(fsnn_bytes(s->classes, sizeof *e));
    int32_t *now = fsnn_alloc(fsnn_bytes(s->classes, sizeof *now));
    bool numeric = true;
    for (int64_t c = 0; e && now && c < s->classes; c++) {
        char *end;
        e[c] = (entry){.name = s->name[c], .before = c};
        e[c].number = strtod_l(e[c].name, &end, r->at.plain);
        numeric = numeric && !*end && isfinite(e[c].number);
    }
    if (e && now) {
        qsort(e, (size_t)s->classes, sizeof *e, numeric ? by_number : by_name);
        for (int64_t c = 0; c < s->classes; c++) {
            s->name[c] = e[c].name;
            now[e[c].before] = (int32_t)c;
        }
        for (int64_t i = 0; i < s->count; i++)
            s->labels[i] = now[s->labels[i]];
    }
    fsnn_status status = e && now ? FSNN_OK : FSNN_EMEMORY;
    fsnn_free(e);
    fsnn_free(now);
    return status;
}

fsnn_status tsv_read(const char *path, text rest, locale_t plain, fsnn_series *s)
{
    reader r = {.at = {.path = path, .plain = plain}, .s = s};
    text line;
    FSNN_TRY(text_check(path, (const uint8_t *)rest.at, rest.size));
    while (text_cut(&rest, '\n', &line)) {
        r.at.line++;
        if (text_trimmed(line).size && *line.at != '#' && *line.at != '%')
            FSNN_TRY(read_line(&r, line));
    }
    FSNN_TRY(sort_classes(&r));
    if (!r.shorter)
        return FSNN_OK;
    return series_note(s,
                       fsnn_format("%s: %lld of %lld series end in NaN: they are read as shorter",
                                   path, (long long)r.shorter, (long long)s->count));
}

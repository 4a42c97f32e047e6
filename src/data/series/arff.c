/* data/series/arff.c: ARFF files (Weka) of the UCR/UEA archive: an attribute a value in time, the
 * last one the class; or one relational attribute, whose rows are the dimensions of a series, then
 * the class. `%` begins a remark. Lines may be sparse: {NUMBER VALUE, ...}, the rest 0. */
#include "data/series/series_text.h"

#include <string.h>

typedef struct reader {
    text_place at;
    fsnn_series *s;
    int64_t values; /* numeric attributes */
    bool relational, inside, classes, data;
} reader;

/* A name or a value, without its quotes where it has some; the rest stays in *t. */
static text quoted(text *t, const char *ends)
{
    *t = text_trimmed(*t);
    char mark = t->size ? *t->at : 0;
    size_t n = 0;
    if (mark == '\'' || mark == '"') {
        const char *end = memchr(t->at + 1, mark, t->size - 1);
        n = end ? (size_t)(end - t->at - 1) : t->size - 1;
        text out = {t->at + 1, n};
        n += end ? 2 : 1;
        *t = (text){t->at + n, t->size - n};
        return out;
    }
    while (n < t->size && !memchr(ends, t->at[n], strlen(ends)))
        n++;
    text out = {t->at, n};
    *t = (text){t->at + n, t->size - n};
    return text_trimmed(out);
}

/* ---- header ---- */

/* "{1, 2, 'a b'}" */
static fsnn_status read_classes(reader *r, text list)
{
    char found[48];
    if (list.at[list.size - 1] != '}')
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: the list of classes \"%s\" lacks its end \"}\"",
                         r->at.path, (long long)r->at.line, text_shown(list, found));
    text rest = {list.at + 1, list.size - 2};
    while (rest.size) {
        text name = quoted(&rest, ",");
        if (!name.size || series_find_class(r->s, name.at, name.size) >= 0)
            return fsnn_fail(FSNN_EFORMAT, "%s:%lld: a class is named \"%s\", %s", r->at.path,
                             (long long)r->at.line, text_shown(name, found),
                             name.size ? "as another" : "which cannot be");
        FSNN_TRY(series_name_class(r->s, name.at, name.size));
        rest = text_trimmed(rest);
        if (rest.size && *rest.at != ',')
            return fsnn_fail(FSNN_EFORMAT, "%s:%lld: a comma is expected before \"%s\"", r->at.path,
                             (long long)r->at.line, text_shown(rest, found));
        if (rest.size)
            rest.at++, rest.size--;
    }
    if (!r->s->classes)
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: the list of classes is empty", r->at.path,
                         (long long)r->at.line);
    r->classes = true;
    return FSNN_OK;
}

static fsnn_status read_attribute(reader *r, text rest)
{
    char found[48], shown[48];
    text name = quoted(&rest, " \t");
    rest = text_trimmed(rest);
    if (!rest.size)
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: the attribute \"%s\" has no type", r->at.path,
                         (long long)r->at.line, text_shown(name, found));
    if (r->classes)
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s:%lld: the attribute \"%s\" follows the class: the class must be the "
                         "last one, and the only list",
                         r->at.path, (long long)r->at.line, text_shown(name, found));
    if (*rest.at == '{' && !r->inside)
        return read_classes(r, rest);
    if (text_same(rest, "relational") && !r->relational && !r->values) {
        r->relational = r->inside = true;
        return FSNN_OK;
    }
    bool number =
        text_same(rest, "numeric") || text_same(rest, "real") || text_same(rest, "integer");
    if (!number || (r->relational && !r->inside))
        return fsnn_fail(FSNN_EUNSUPPORTED,
                         "%s:%lld: the attribute \"%s\" has the type \"%s\": expected are numeric "
                         "ones, or a relational one of them, and a list of classes at the end",
                         r->at.path, (long long)r->at.line, text_shown(name, found),
                         text_shown(rest, shown));
    r->values++;
    return FSNN_OK;
}

static fsnn_status read_header(reader *r, text line)
{
    char found[48];
    text rest = line, key;
    text_word(&rest, &key);
    if (text_same(key, "@attribute"))
        return read_attribute(r, rest);
    if (text_same(key, "@relation"))
        return FSNN_OK;
    if (text_same(key, "@end")) {
        r->inside = false;
        return FSNN_OK;
    }
    if (!text_same(key, "@data"))
        return fsnn_fail(FSNN_EFORMAT,
                         "%s:%lld: \"%s\" stands before @data: expected are @attribute and @end",
                         r->at.path, (long long)r->at.line, text_shown(line, found));
    if (!r->values || r->inside)
        return fsnn_fail(
            FSNN_EFORMAT, "%s:%lld: @data follows %s", r->at.path, (long long)r->at.line,
            r->inside ? "a relational attribute without @end" : "no numeric attribute");
    r->data = true;
    return FSNN_OK;
}

/* ---- series ---- */

/* The class at the end of a line, behind the last comma, taken off. */
static fsnn_status read_label(const reader *r, text *line, int32_t *label)
{
    char found[48];
    size_t at = line->size;
    *label = -1;
    if (!r->classes)
        return FSNN_OK;
    while (at && line->at[at - 1] != ',')
        at--;
    text rest = {line->at + at, line->size - at}, name = quoted(&rest, ",");
    *label = series_find_class(r->s, name.at, name.size);
    if (!at || *label < 0)
        return fsnn_fail(
            FSNN_EFORMAT, "%s:%lld: the line ends with \"%s\", which is not among the %lld classes",
            r->at.path, (long long)r->at.line, text_shown(name, found), (long long)r->s->classes);
    *line = text_trimmed((text){line->at, at - 1});
    return FSNN_OK;
}

/* Cuts off a dimension of "1,2\n3,4", where \n are two characters. */
static bool next_dimension(text *rest, text *out)
{
    if (!rest->at)
        return false;
    for (size_t i = 0; i + 1 < rest->size; i++)
        if (rest->at[i] == '\\' && rest->at[i + 1] == 'n') {
            *out = (text){rest->at, i};
            *rest = (text){rest->at + i + 2, rest->size - i - 2};
            return true;
        }
    *out = *rest;
    rest->at = NULL;
    return true;
}

static fsnn_status measure(const reader *r, text line, int64_t *dimensions)
{
    text part;
    *dimensions = 0;
    while (next_dimension(&line, &part)) {
        ++*dimensions;
        if (text_count(part, ',') != r->values)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s:%lld: has %lld values in dimension %lld, but the header names "
                             "%lld numeric attributes",
                             r->at.path, (long long)r->at.line, (long long)text_count(part, ','),
                             (long long)*dimensions, (long long)r->values);
    }
    if (r->s->count && *dimensions != r->s->channels)
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: has %lld dimensions, expected are %lld",
                         r->at.path, (long long)r->at.line, (long long)*dimensions,
                         (long long)r->s->channels);
    return FSNN_OK;
}

static fsnn_status fill(reader *r, text line, float *x)
{
    text part, value;
    int64_t C = r->s->channels;
    for (int64_t c = 0; next_dimension(&line, &part); c++) {
        for (int64_t k = 0; text_cut(&part, ',', &value); k++)
            FSNN_TRY(text_value(&r->at, value, c, k, &x[k * C + c]));
        if (!series_mend(r->s->handling, x + c, r->values, C, &r->s->missing))
            return fsnn_fail(FSNN_EFORMAT,
                             "%s:%lld: dimension %lld has no value at all, which only missing: "
                             "mask takes",
                             r->at.path, (long long)r->at.line, (long long)c + 1);
    }
    return FSNN_OK;
}

/* ---- sparse lines ---- */

/* The number of an attribute, above `last`; the class is behind the values. */
static fsnn_status sparse_number(const reader *r, text word, int64_t last, int64_t *out)
{
    char found[48];
    const int64_t attributes = r->values + r->classes;
    int64_t n = 0;
    size_t i = 0;
    for (; i < word.size && word.at[i] >= '0' && word.at[i] <= '9' && n < attributes; i++)
        n = 10 * n + word.at[i] - '0';
    *out = n;
    return word.size && i == word.size && n > last && n < attributes
               ? FSNN_OK
               : fsnn_fail(FSNN_EFORMAT,
                           "%s:%lld: \"%s\" is no number of an attribute from %lld to %lld; a "
                           "sparse line has pairs {NUMBER VALUE, ...} in their order",
                           r->at.path, (long long)r->at.line, text_shown(word, found),
                           (long long)last + 1, (long long)attributes - 1);
}

static fsnn_status sparse_class(const reader *r, text value, int32_t *label)
{
    char found[48];
    *label = series_find_class(r->s, value.at, value.size);
    return *label >= 0 ? FSNN_OK
                       : fsnn_fail(FSNN_EFORMAT, "%s:%lld: \"%s\" is not among the %lld classes",
                                   r->at.path, (long long)r->at.line, text_shown(value, found),
                                   (long long)r->s->classes);
}

/* "{0 1.5, 3 x}" into x [values]: what is not there is 0, or the first class. */
static fsnn_status fill_sparse(reader *r, text line, float *x, int32_t *label)
{
    text rest = text_trimmed((text){line.at + 1, line.size - 2}), word;
    int64_t last = -1, n;
    *label = r->classes ? 0 : -1;
    for (int64_t k = 0; k < r->values; k++)
        x[k] = 0;
    while (rest.size) {
        text_word(&rest, &word);
        text value = quoted(&rest, ",");
        FSNN_TRY(sparse_number(r, word, last, &n));
        FSNN_TRY(n == r->values ? sparse_class(r, value, label)
                                : text_value(&r->at, value, 0, n, &x[n]));
        last = n;
        rest = text_trimmed(rest);
        if (rest.size && *rest.at != ',')
            return fsnn_fail(FSNN_EFORMAT, "%s:%lld: a comma is expected after the value %lld",
                             r->at.path, (long long)r->at.line, (long long)n + 1);
        rest = rest.size ? text_trimmed((text){rest.at + 1, rest.size - 1}) : rest;
    }
    return series_mend(r->s->handling, x, r->values, 1, &r->s->missing)
               ? FSNN_OK
               : fsnn_fail(FSNN_EFORMAT, "%s:%lld: has no value at all", r->at.path,
                           (long long)r->at.line);
}

static fsnn_status read_sparse(reader *r, text line)
{
    char found[48];
    int32_t label;
    if (line.at[line.size - 1] != '}' || line.size < 2 || r->relational)
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: the sparse line \"%s\" %s", r->at.path,
                         (long long)r->at.line, text_shown(line, found),
                         r->relational ? "has no place for a relational attribute"
                                       : "lacks its end \"}\"");
    r->s->channels = 1;
    float *x = series_add(r->s, r->values, -1);
    FSNN_TRY(x ? fill_sparse(r, line, x, &label) : FSNN_EMEMORY);
    r->s->labels[r->s->count - 1] = label;
    return FSNN_OK;
}

/* ---- all ---- */

static fsnn_status read_series(reader *r, text line)
{
    char found[48];
    int32_t label;
    int64_t dimensions;
    if (*line.at == '{')
        return read_sparse(r, line);
    FSNN_TRY(read_label(r, &line, &label));
    if (r->relational && line.size) {
        text rest = line;
        line = quoted(&rest, "");
        if (text_trimmed(rest).size)
            return fsnn_fail(FSNN_EFORMAT, "%s:%lld: \"%s\" stands between series and class",
                             r->at.path, (long long)r->at.line, text_shown(rest, found));
    }
    FSNN_TRY(measure(r, line, &dimensions));
    if (!r->relational && dimensions > 1)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s:%lld: has several dimensions, but no relational "
                         "attribute",
                         r->at.path, (long long)r->at.line);
    r->s->channels = dimensions;
    float *x = series_add(r->s, r->values, label);
    return x ? fill(r, line, x) : FSNN_EMEMORY;
}

fsnn_status arff_read(const char *path, text rest, locale_t plain, fsnn_series *s)
{
    reader r = {.at = {.path = path, .plain = plain}, .s = s};
    text line;
    while (text_line(&rest, &r.at.line, &line)) {
        line = text_trimmed(line);
        FSNN_TRY(r.data ? read_series(&r, line) : read_header(&r, line));
    }
    if (!r.data)
        return fsnn_fail(FSNN_EFORMAT, "%s: has no line @data", path);
    return s->count ? FSNN_OK : fsnn_fail(FSNN_EFORMAT, "%s: no series follows @data", path);
}

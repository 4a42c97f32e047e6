/* data/series/csv_series.c: tables of texts as series: a row a step in time (rows of one `id` are a
 * series), a row a series, or a row a sample without time. */
#include "base/error_key.h"
#include "base/port_files.h"
#include "data/series/series_folder.h"
#include "data/series/series_text.h"
#include "format/csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct making {
    const fsnn_csv_options *o;
    csv t;
    int64_t *column; /* [columns] with values, in order */
    int64_t columns;
    int64_t id, time, label, target; /* columns; -1: none */
    int32_t given;                   /* class by the file's name; -1: none */
    bool folder;
    fsnn_series *s;
    double rate; /* of the series before; 0: none, or not the same */
    bool uneven;
    char *texts; /* note on the first column of texts; NULL: there is none */
} making;

/* ---- columns ---- */

static fsnn_status find(const making *m, const char *key, const char *name, int64_t *out)
{
    *out = name ? csv_find(&m->t, name) : -1;
    return name && *out < 0 ? csv_fail_name(&m->t, key, name) : FSNN_OK;
}

static fsnn_status named_columns(making *m)
{
    text rest = {m->o->columns, strlen(m->o->columns)}, piece;
    while (text_cut(&rest, ',', &piece)) {
        int64_t c;
        piece = text_trimmed(piece);
        char *name = fsnn_format("%.*s", (int)piece.size, piece.at);
        fsnn_status status = name ? find(m, "columns", name, &c) : FSNN_EMEMORY;
        for (int64_t i = 0; !status && i < m->columns; i++)
            if (m->column[i] == c)
                status = fsnn_fail_key(FSNN_EARGUMENT, "columns",
                                       "%s: the column \"%s\" is named twice", m->t.path, name);
        fsnn_free(name);
        FSNN_TRY(status);
        m->column[m->columns++] = c;
    }
    return FSNN_OK;
}

/* Whether cells of the column are texts, and none is a number. */
static bool holds_texts(const csv *t, int64_t column)
{
    bool texts = false;
    for (int64_t i = 0; i < t->rows; i++) {
        double x;
        if (!csv_number(t, i, column, &x))
            texts = true;
        else if (!isnan(x))
            return false;
    }
    return texts;
}

static fsnn_status all_columns(making *m)
{
    for (int64_t c = 0; c < m->t.columns; c++) {
        if (c == m->id || c == m->time || c == m->label || c == m->target)
            continue;
        if (!holds_texts(&m->t, c))
            m->column[m->columns++] = c;
        else if (!m->texts)
            m->texts = fsnn_format("%s: the column \"%.40s\" holds texts and is left out",
                                   m->t.path, m->t.name[c]);
    }
    return m->columns ? FSNN_OK
                      : fsnn_fail(FSNN_EFORMAT, "%s: has no column left for values", m->t.path);
}

static fsnn_status choose(making *m)
{
    FSNN_TRY(find(m, "id", m->o->id, &m->id));
    FSNN_TRY(find(m, "time", m->o->time, &m->time));
    FSNN_TRY(find(m, "class", m->o->label, &m->label));
    FSNN_TRY(find(m, "target", m->o->target, &m->target));
    m->columns = 0;
    m->column = fsnn_alloc((size_t)m->t.columns * sizeof *m->column);
    if (!m->column)
        return FSNN_EMEMORY;
    return m->o->columns ? named_columns(m) : all_columns(m);
}

/* ---- values ---- */

static fsnn_status value(const making *m, int64_t row, int64_t column, float *out)
{
    double x;
    char found[48];
    const char *cell = m->t.cell[row * m->t.columns + column];
    bool good = csv_number(&m->t, row, column, &x) && !(fabs(x) > 3e38);
    *out = (float)x;
    return good
               ? FSNN_OK
               : fsnn_fail(FSNN_EFORMAT,
                           "%s:%lld: \"%s\" in the column \"%.40s\" is not a number that can be "
                           "used (with the decimal sign \"%c\"); `columns` names those with values",
                           m->t.path, (long long)m->t.line[row],
                           text_shown((text){cell, strlen(cell)}, found), m->t.name[column],
                           m->t.decimal);
}

static fsnn_status mend(making *m, float *x, int64_t length, int64_t stride, int64_t row,
                        const char *name)
{
    if (series_mend(m->o->missing, x, length, stride, &m->s->missing))
        return FSNN_OK;
    if (m->o->row_is_sample)
        return fsnn_fail(
            FSNN_EFORMAT,
            "%s:%lld: has no value in \"%.40s\": a sample without time has no "
            "neighbours to take one from; leave the row out, fill it, or take missing: "
            "mask",
            m->t.path, (long long)m->t.line[row], name);
    return fsnn_fail(FSNN_EFORMAT,
                     "%s:%lld: the series that begins here has no value in \"%.40s\"%s", m->t.path,
                     (long long)m->t.line[row], name,
                     m->o->row_is_series ? "" : ", which only missing: mask takes");
}

/* The class in this row, which all rows of a series must share. */
static fsnn_status find_class(making *m, const int64_t *row, int64_t count, int32_t *label)
{
    *label = m->given;
    if (m->label < 0)
        return FSNN_OK;
    const char *name = m->t.cell[row[0] * m->t.columns + m->label];
    for (int64_t k = 1; k < count; k++)
        if (strcmp(name, m->t.cell[row[k] * m->t.columns + m->label]) != 0)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s:%lld: the class changes from \"%.40s\" to \"%.40s\" within a "
                             "series: `id` names the column that tells series apart, `row: series` "
                             "makes a series of each row",
                             m->t.path, (long long)m->t.line[row[k]], name,
                             m->t.cell[row[k] * m->t.columns + m->label]);
    if (!*name)
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: the class is empty", m->t.path,
                         (long long)m->t.line[row[0]]);
    return series_class(m->s, m->t.path, m->t.line[row[0]], (text){name, strlen(name)}, label);
}

/* The number in this row, which all rows of a series must share. */
static fsnn_status add_target(making *m, const int64_t *row, int64_t count)
{
    double first = 0, x;
    for (int64_t k = 0; m->target >= 0 && k < count; k++) {
        const char *cell = m->t.cell[row[k] * m->t.columns + m->target];
        bool good = csv_number(&m->t, row[k], m->target, &x) && isfinite(x);
        if (!good || (k && x != first))
            return fsnn_fail(FSNN_EFORMAT, "%s:%lld: the target \"%.40s\" %s", m->t.path,
                             (long long)m->t.line[row[k]], cell,
                             good ? "is not the one of the series' rows before: `id` names the "
                                    "column that tells series apart"
                                  : "is not a number that can be used");
        first = x;
    }
    return m->target < 0 ? FSNN_OK : series_set_target(m->s, first);
}

/* ---- time ---- */

static fsnn_status check_times(making *m, const int64_t *row, int64_t count)
{
    double first = 0, last = 0, step = 0;
    bool even = true;
    for (int64_t k = 0; m->time >= 0 && k < count; k++) {
        double t;
        if (!csv_number(&m->t, row[k], m->time, &t) || isnan(t) || (k && !(t > last)))
            return fsnn_fail(FSNN_EFORMAT,
                             "%s:%lld: the time \"%.40s\" is no number above the one before: rows "
                             "of a series stand in the order of time",
                             m->t.path, (long long)m->t.line[row[k]],
                             m->t.cell[row[k] * m->t.columns + m->time]);
        first = k ? first : t;
        step = k == 1 ? t - first : step;
        even = even && (k < 2 || fabs(t - last - step) <= 1e-3 * step);
        last = t;
    }
    if (m->time < 0 || count < 2)
        return FSNN_OK;
    double rate = (double)(count - 1) / (last - first);
    m->uneven = m->uneven || !even || (m->rate > 0 && fabs(rate - m->rate) > 1e-3 * m->rate);
    m->rate = rate;
    return FSNN_OK;
}

/* ---- series ---- */

static fsnn_status add_rows(making *m, const int64_t *row, int64_t count)
{
    int32_t label;
    FSNN_TRY(find_class(m, row, count, &label));
    FSNN_TRY(check_times(m, row, count));
    float *x = series_add(m->s, count, label);
    if (!x)
        return FSNN_EMEMORY;
    FSNN_TRY(add_target(m, row, count));
    for (int64_t k = 0; k < count; k++)
        for (int64_t c = 0; c < m->columns; c++)
            FSNN_TRY(value(m, row[k], m->column[c], &x[k * m->columns + c]));
    for (int64_t c = 0; c < m->columns; c++)
        FSNN_TRY(mend(m, x + c, count, m->columns, row[0], m->t.name[m->column[c]]));
    return FSNN_OK;
}

/* A row is a series; missing values at its end fill up a shorter one. */
static fsnn_status add_row(making *m, int64_t row)
{
    int32_t label;
    FSNN_TRY(find_class(m, &row, 1, &label));
    float *x = series_add(m->s, m->columns, label);
    if (!x)
        return FSNN_EMEMORY;
    FSNN_TRY(add_target(m, &row, 1));
    int64_t length = 0;
    for (int64_t k = 0; k < m->columns; k++) {
        FSNN_TRY(value(m, row, m->column[k], &x[k]));
        length = isnan(x[k]) ? length : k + 1;
    }
    FSNN_TRY(mend(m, x, length, 1, row, m->t.name[m->column[0]]));
    m->s->rows -= m->columns - length;
    m->s->end[m->s->count - 1] = m->s->rows;
    return FSNN_OK;
}

typedef struct entry {
    const char *id;
    int64_t row, first; /* first row of this id */
} entry;

static int by_id(const void *a, const void *b)
{
    const entry *p = a, *q = b;
    int order = strcmp(p->id, q->id);
    return order ? order : (p->row > q->row) - (p->row < q->row);
}

static int by_first(const void *a, const void *b)
{
    const entry *p = a, *q = b;
    return p->first != q->first ? (p->first > q->first) - (p->first < q->first)
                                : (p->row > q->row) - (p->row < q->row);
}

/* Rows of one id, neighbours or not, are a series; series stand in the order of their first rows.
 * */
static fsnn_status add_ids(making *m)
{
    int64_t n = m->t.rows, *row = fsnn_alloc((size_t)n * sizeof *row);
    entry *e = fsnn_alloc((size_t)n * sizeof *e);
    fsnn_status status = row && e ? FSNN_OK : FSNN_EMEMORY;
    for (int64_t i = 0; !status && i < n; i++)
        e[i] = (entry){m->id < 0 ? "" : m->t.cell[i * m->t.columns + m->id], i, 0};
    if (!status)
        qsort(e, (size_t)n, sizeof *e, by_id);
    for (int64_t i = 0; !status && i < n; i++)
        e[i].first = i && !strcmp(e[i].id, e[i - 1].id) ? e[i - 1].first : e[i].row;
    if (!status)
        qsort(e, (size_t)n, sizeof *e, by_first);
    for (int64_t i = 0, k; !status && i < n; i += k) {
        for (k = 0; i + k < n && e[i + k].first == e[i].first; k++)
            row[k] = e[i + k].row;
        status = add_rows(m, row, k);
    }
    fsnn_free(row);
    fsnn_free(e);
    return status;
}

/* The table's channels must be those of the tables before. */
static fsnn_status expect_channels(making *m)
{
    int64_t channels = m->o->row_is_series ? 1 : m->columns;
    if (!m->s)
        m->s = series_new(channels, 0);
    if (!m->s)
        return FSNN_EMEMORY;
    if (m->s->count && m->s->channels != channels)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: has %lld columns of values, the tables before it %lld: `columns` "
                         "names those that all have",
                         m->t.path, (long long)channels, (long long)m->s->channels);
    m->s->channels = channels;
    m->s->handling = m->o->missing;
    m->s->still = m->o->row_is_sample;
    for (int64_t c = 0; c < channels && !m->o->row_is_series && m->t.named && !m->s->count; c++)
        FSNN_TRY(series_name_channel(m->s, c, m->t.name[m->column[c]], ""));
    return FSNN_OK;
}

static fsnn_status add_table(making *m)
{
    FSNN_TRY(choose(m));
    FSNN_TRY(expect_channels(m));
    if (!m->o->row_is_series && !m->o->row_is_sample)
        return add_ids(m);
    for (int64_t i = 0; i < m->t.rows; i++)
        FSNN_TRY(m->o->row_is_sample ? add_rows(m, &i, 1) : add_row(m, i));
    return FSNN_OK;
}

/* ---- files ---- */

static fsnn_status add_file(void *user, const char *path, int32_t label)
{
    making *m = user;
    const csv_options how = {m->o->separator, m->o->decimal, false};
    uint8_t *bytes;
    size_t size;
    m->given = label;
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    fsnn_status status = csv_open(&m->t, path, bytes, size, &how);
    fsnn_free(bytes);
    if (!status)
        status = add_table(m);
    csv_close(&m->t);
    fsnn_free(m->column);
    m->column = NULL;
    return status;
}

static fsnn_status finish(making *m, const char *path)
{
    if (m->label >= 0)
        FSNN_TRY(series_sort_classes(m->s));
    m->s->rate = m->uneven ? 0 : m->rate;
    char *texts = m->texts;
    m->texts = NULL;
    if (texts)
        FSNN_TRY(series_note(m->s, texts));
    if (!m->uneven)
        return FSNN_OK;
    return series_note(m->s, fsnn_format("%s: times are not evenly spaced; a row is one step "
                                         "whatever its time",
                                         path));
}

static fsnn_status check(const fsnn_csv_options *o, bool folder)
{
    FSNN_TRY(series_check_missing(o->missing));
    if (o->row_is_series && o->row_is_sample)
        return fsnn_fail_key(FSNN_EARGUMENT, "row", "a row is a series or a sample, not both");
    if ((o->row_is_series || o->row_is_sample) && (o->id || o->time))
        return fsnn_fail_key(FSNN_EARGUMENT, o->id ? "id" : "time",
                             "a column \"%s\" counts only where a row is a step in time: here each "
                             "row is a %s",
                             o->id ? o->id : o->time, o->row_is_series ? "series" : "sample");
    if (o->label && o->target)
        return fsnn_fail_key(FSNN_EARGUMENT, "target",
                             "a sample has a class, \"%s\", or a target, \"%s\", not both",
                             o->label, o->target);
    if (o->decimal && o->decimal == o->separator)
        return fsnn_fail_key(FSNN_EARGUMENT, "decimal",
                             "separator and decimal sign are both \"%c\": they must differ",
                             o->decimal);
    bool labelled = folder && o->files.pattern && strstr(o->files.pattern, "{label}");
    if (labelled && o->label)
        return fsnn_fail_key(FSNN_EARGUMENT, "class",
                             "classes come from the column \"%s\" or from {label} of the pattern, "
                             "not from both",
                             o->label);
    if (labelled && o->target)
        return fsnn_fail_key(
            FSNN_EARGUMENT, "target",
            "a sample has a class, by {label} of the pattern, or a target, \"%s\", "
            "not both",
            o->target);
    return FSNN_OK;
}

fsnn_status fsnn_series_csv(const char *path, const fsnn_csv_options *options, fsnn_series **series)
{
    static const fsnn_csv_options plain = {0};
    if (!path || !series)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_series_csv needs a path and a place for the series");
    *series = NULL;
    making m = {.o = options ? options : &plain, .label = -1, .target = -1};
    m.folder = port_is_folder(path);
    FSNN_TRY(check(m.o, m.folder));
    const series_adder to = {add_file, NULL, &m.s, &m, "{file}.csv"};
    fsnn_status status = m.folder ? series_folder(path, &m.o->files, &to) : add_file(&m, path, -1);
    if (!status)
        status = finish(&m, path);
    fsnn_free(m.texts);
    if (status < 0)
        fsnn_series_destroy(m.s);
    else
        *series = m.s;
    return status;
}

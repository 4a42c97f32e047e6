/* data/series/wfdb_records.c: records as samples, a class each: by a comment of the header, a
 * table, or the path. */
#include "base/error_key.h"
#include "base/port_files.h"
#include "data/series/series_folder.h"
#include "data/series/series_text.h"
#include "data/series/wfdb.h"
#include "format/csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct row {           /* of the table */
    const char *record, *base; /* without .hea; behind the last slash */
    const char *class;
    int64_t line;
    bool used;
} row;

typedef struct records {
    const fsnn_wfdb_records_options *o;
    csv table;
    row *row; /* [rows], sorted by base */
    int64_t rows;
    int64_t without; /* records that are not in the table */
    fsnn_series *s;
    wfdb_doubts doubts;
} records;

/* ---- class by a comment: "# Dx: 426783006" ---- */

static bool comment_value(text line, const char *key, text *value)
{
    text name;
    line = text_trimmed(line);
    if (!line.size || *line.at != '#')
        return false;
    line.at++, line.size--;
    if (!text_cut(&line, ':', &name) || !line.at || !text_same(text_trimmed(name), key))
        return false;
    *value = text_trimmed(line);
    return value->size > 0;
}

static fsnn_status by_comment(records *r, const char *path, int32_t *label)
{
    uint8_t *bytes;
    size_t size;
    text line, value;
    int64_t number = 0;
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    fsnn_status status = FSNN_ENOTFOUND;
    for (text rest = {(const char *)bytes, size};
         status == FSNN_ENOTFOUND && text_cut_line(&rest, &line);) {
        number++;
        if (comment_value(line, r->o->comment, &value))
            status = series_class(r->s, path, number, value, label);
    }
    fsnn_free(bytes);
    return status != FSNN_ENOTFOUND
               ? status
               : fsnn_fail(FSNN_EFORMAT,
                           "%s: has no comment \"# %s: ...\", which should name the record's class",
                           path, r->o->comment);
}

/* ---- class by a table: record, class ---- */

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Cuts off ".hea". */
static void cut_ending(char *path)
{
    size_t n = strlen(path);
    if (n > 4 && !strcmp(path + n - 4, ".hea"))
        path[n - 4] = 0;
}

static int by_base(const void *a, const void *b)
{
    const row *p = a, *q = b;
    int order = strcmp(p->base, q->base);
    return order ? order : (p->line > q->line) - (p->line < q->line);
}

static void add_row(records *r, char *record, const char *class, int64_t line)
{
    cut_ending(record);
    r->row[r->rows++] = (row){record, base_of(record), class, line, false};
}

/* A line that looks like names may be a record all the same. */
static fsnn_status read_table(records *r)
{
    static const csv_options one_record_will_do = {.may_be_empty = true};
    csv *t = &r->table;
    uint8_t *bytes;
    size_t size;
    if (!r->o->table)
        return FSNN_OK;
    FSNN_TRY(fsnn_file_read(r->o->table, &bytes, &size));
    fsnn_status status = csv_open(t, r->o->table, bytes, size, &one_record_will_do);
    fsnn_free(bytes);
    FSNN_TRY(status);
    if (t->columns < 2)
        return fsnn_fail(FSNN_EFORMAT,
                         "%s: has one column; expected are a record and its class in each line",
                         t->path);
    r->row = fsnn_alloc((size_t)(t->rows + 1) * sizeof *r->row);
    if (!r->row)
        return FSNN_EMEMORY;
    if (t->named)
        add_row(r, t->name[0], t->name[1], 0);
    for (int64_t i = 0; i < t->rows; i++)
        add_row(r, t->cell[i * t->columns], t->cell[i * t->columns + 1], t->line[i]);
    qsort(r->row, (size_t)r->rows, sizeof *r->row, by_base);
    return FSNN_OK;
}

/* The row of the record at this path, which ends with what the row says; NULL: none. */
static row *find_row(const records *r, const char *stem)
{
    const row key = {.base = base_of(stem), .line = -1};
    int64_t low = 0, high = r->rows;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (by_base(&r->row[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < r->rows && !strcmp(r->row[low].base, key.base); low++) {
        size_t n = strlen(stem), e = strlen(r->row[low].record);
        if (e <= n && !strcmp(stem + n - e, r->row[low].record) &&
            (e == n || stem[n - e - 1] == '/'))
            return &r->row[low];
    }
    return NULL;
}

/* *label stays -1 where the table does not name the record. */
static fsnn_status by_table(records *r, const char *path, int32_t *label)
{
    char *stem = fsnn_format("%s", path);
    if (!stem)
        return FSNN_EMEMORY;
    cut_ending(stem);
    row *found = find_row(r, stem);
    fsnn_free(stem);
    if (!found)
        return FSNN_OK;
    found->used = true;
    if (!*found->class)
        return fsnn_fail(FSNN_EFORMAT, "%s:%lld: the class of the record \"%.40s\" is empty",
                         r->table.path, (long long)found->line, found->record);
    return series_class(r->s, r->table.path, found->line,
                        (text){found->class, strlen(found->class)}, label);
}

/* What the table names and is not there, and the other way round. */
static fsnn_status tell_table(const records *r)
{
    int64_t unused = 0;
    const row *first = NULL;
    for (int64_t i = 0; i < r->rows; i++)
        if (!r->row[i].used && r->row[i].line) {
            first = first ? first : &r->row[i];
            unused++;
        }
    if (unused)
        FSNN_TRY(series_note(r->s, fsnn_format("%s: %lld of its records are not there, \"%.40s\" "
                                               "first",
                                               r->table.path, (long long)unused, first->record)));
    if (!r->without)
        return FSNN_OK;
    return series_note(r->s, fsnn_format("%s: does not name %lld records, which are left out",
                                         r->table.path, (long long)r->without));
}

/* ---- records ---- */

static fsnn_status expect(records *r, const char *path, const wfdb_header *h)
{
    if (!r->s->count) {
        r->s->handling = r->o->missing;
        r->s->channels = h->signals;
        r->s->rate = h->rate;
        for (int c = 0; c < h->signals; c++)
            FSNN_TRY(series_name_channel(r->s, c, h->signal[c].name, h->signal[c].unit));
    }
    if (r->s->channels != h->signals || r->s->rate != h->rate)
        return fsnn_fail(
            FSNN_EFORMAT,
            "%s: has %d signals at %g samples/s, the records before it %lld at %g: all "
            "must be alike",
            path, h->signals, h->rate, (long long)r->s->channels, r->s->rate);
    return FSNN_OK;
}

static fsnn_status add_record(records *r, const char *path, const wfdb_record *of, int32_t label)
{
    FSNN_TRY(expect(r, path, &of->head));
    int64_t C = r->s->channels;
    float *x = series_add(r->s, of->length, label);
    if (!x)
        return FSNN_EMEMORY;
    memcpy(x, of->x, (size_t)(of->length * C) * sizeof *x);
    for (int64_t c = 0; c < C; c++)
        if (!series_mend(r->s->handling, x + c, of->length, C, &r->s->missing))
            return fsnn_fail(
                FSNN_EFORMAT,
                "%s: signal %lld has no sample at all, only the mark of none, which only "
                "missing: mask takes",
                path, (long long)c);
    return FSNN_OK;
}

static void take_doubts(records *r, wfdb_doubts *of)
{
    r->doubts.count += of->count;
    if (r->doubts.first)
        fsnn_free(of->first);
    else
        r->doubts.first = of->first;
}

static fsnn_status add(void *user, const char *path, int32_t label)
{
    records *r = user;
    if (r->o->comment)
        FSNN_TRY(by_comment(r, path, &label));
    if (r->o->table)
        FSNN_TRY(by_table(r, path, &label));
    if (r->o->table && label < 0) {
        r->without++;
        return FSNN_OK;
    }
    wfdb_record *of = fsnn_alloc(sizeof *of);
    if (!of)
        return FSNN_EMEMORY;
    memset(of, 0, sizeof *of);
    fsnn_status status = wfdb_read_record(path, of);
    if (!status)
        status = add_record(r, path, of, label);
    take_doubts(r, &of->doubts);
    fsnn_free(of->x);
    fsnn_free(of);
    return status;
}

static fsnn_status finish(records *r, const char *path)
{
    if (r->o->table)
        FSNN_TRY(tell_table(r));
    if (r->o->comment || r->o->table)
        FSNN_TRY(series_sort_classes(r->s));
    if (!r->s->count)
        return fsnn_fail(FSNN_EFORMAT, "%s: the table %s names no record of it", path,
                         r->table.path);
    if (!r->doubts.count)
        return FSNN_OK;
    return series_note(r->s, fsnn_format("%s; %lld such first values and checksums differ, and are "
                                         "read as they are",
                                         r->doubts.first, (long long)r->doubts.count));
}

static fsnn_status check(const fsnn_wfdb_records_options *o)
{
    bool labelled = o->files.pattern && strstr(o->files.pattern, "{label}");
    FSNN_TRY(series_check_missing(o->missing));
    if (!!o->comment + !!o->table + labelled > 1)
        return fsnn_fail_key(FSNN_EARGUMENT, o->comment ? "comment" : "table",
                             "classes of records come from a comment, from a table or from {label} "
                             "of the pattern: choose one of these");
    return FSNN_OK;
}

static fsnn_status read_one(records *r, const char *path)
{
    r->s = series_new(1, 0);
    return r->s ? add(r, path, -1) : FSNN_EMEMORY;
}

fsnn_status fsnn_series_wfdb_records(const char *path, const fsnn_wfdb_records_options *options,
                                     fsnn_series **series)
{
    static const fsnn_wfdb_records_options plain = {0};
    if (!path || !series)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_series_wfdb_records needs a path and a place for the series");
    *series = NULL;
    records r = {.o = options ? options : &plain};
    const series_adder to = {add, NULL, &r.s, &r, "{record}.hea"};
    fsnn_status status = check(r.o);
    if (!status)
        status = read_table(&r);
    if (!status)
        status = port_is_folder(path) ? series_folder(path, &r.o->files, &to) : read_one(&r, path);
    if (!status)
        status = finish(&r, path);
    csv_close(&r.table);
    fsnn_free(r.row);
    fsnn_free(r.doubts.first);
    if (status < 0)
        fsnn_series_destroy(r.s);
    else
        *series = r.s;
    return status;
}

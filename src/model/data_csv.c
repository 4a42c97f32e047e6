/* model/data_csv.c: kind csv, tables of texts as series. */
#include "model/data_series.h"

#include "base/error_key.h"

#include <string.h>

typedef struct csv_set {
    data_set set;
    const char *path, *only, *list, *except;
} csv_set;

typedef struct csv_data {
    series_options options;
    csv_set train, test;
    const char *pattern, *columns, *id, *time, *label, *target;
    int row, separator, decimal;
} csv_data;

static const csv_data defaults = {DATA_SERIES, .pattern = "{file}.csv"};

static const fsnn_key set_keys[] = {
    {.name = "path",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(csv_set, path),
     .file = true,
     .required = true,
     .help = "the table, or a folder of them"},
    {.name = "only",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(csv_set, only),
     .help = "of a folder: conditions on fields of the pattern, like \"take=0-4 who=theo|lucas\""},
    {.name = "list",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(csv_set, list),
     .file = true,
     .help = "of a folder: text file of paths below it, one per line; only these are used"},
    {.name = "except",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(csv_set, except),
     .file = true,
     .help = "of a folder: text file of paths that are not used"},
    {0},
};

enum { ROW_STEP, ROW_SERIES, ROW_SAMPLE };
static const char *const row_names[] = {"step", "series", "sample", NULL};
static const char *const separator_names[] = {"auto", "comma", "semicolon", "tab",
                                              "pipe", "blank", NULL};
static const char separators[] = {0, ',', ';', '\t', '|', ' '};
static const char *const decimal_names[] = {"auto", "point", "comma", NULL};
static const char decimals[] = {0, '.', ','};

static const fsnn_key keys[] = {
    DATA_KEYS(csv_data, set_keys),
    DATA_SERIES_KEYS,
    DATA_MISSING_KEY,
    {.name = "row",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(csv_data, row),
     .names = row_names,
     .help = "step: a row is a step in time, its columns are the channels; series: a row is a "
             "series of one channel, its columns are the steps; sample: a row is a sample without "
             "time, its columns are features, and the encoder makes the steps"},
    {.name = "columns",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(csv_data, columns),
     .help = "names of the columns with values, between commas, in this order; without it all that "
             "are not id, time and class. Where the file has no names they are 1, 2, ..."},
    {.name = "class",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(csv_data, label),
     .help = "column of the class, which all rows of a series share"},
    {.name = "target",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(csv_data, target),
     .help = "column of the number that a network of a regression is to give, likewise"},
    {.name = "id",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(csv_data, id),
     .help = "column that tells series apart; without it a file is one series (row: step)"},
    {.name = "time",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(csv_data, time),
     .help = "column of times in s (row: step). They must rise; the rate follows from them"},
    {.name = "pattern",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(csv_data, pattern),
     .help = "of a folder: path of a file below it, with {label}, its class, and other {fields}"},
    {.name = "separator",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(csv_data, separator),
     .names = separator_names,
     .help = "between cells; auto: the one that all lines have equally often"},
    {.name = "decimal",
     .type = FSNN_KEY_ENUM,
     .offset = offsetof(csv_data, decimal),
     .names = decimal_names,
     .help = "sign in numbers; auto: a comma where some have one, none has a point, and cells are "
             "not separated by commas"},
    {0},
};

static fsnn_status read(const data_place *at, fsnn_series **out)
{
    const csv_data *o = (const csv_data *)at->d->data;
    const csv_set *set = (const csv_set *)at->set;
    const char *path = NULL;
    fsnn_csv_options options = {.columns = o->columns,
                                .id = o->id,
                                .time = o->time,
                                .label = o->label,
                                .target = o->target,
                                .row_is_series = o->row == ROW_SERIES,
                                .row_is_sample = o->row == ROW_SAMPLE,
                                .separator = separators[o->separator],
                                .decimal = decimals[o->decimal],
                                .files = {.pattern = o->pattern, .only = set->only},
                                .missing = (fsnn_missing)o->options.series.missing};
    FSNN_TRY(data_set_file(at, "path", set->path, &path));
    FSNN_TRY(data_set_file(at, "list", set->list, &options.files.list));
    FSNN_TRY(data_set_file(at, "except", set->except, &options.files.except));
    return fsnn_series_csv(path, &options, out);
}

static bool is_still(const data_section *section)
{
    return ((const csv_data *)section)->row == ROW_SAMPLE;
}

/* What needs time has no meaning without it. */
static fsnn_status check(const data_place *at)
{
    const series_section *s = &((const csv_data *)at->d->data)->options.series;
    const char *key = s->front != SERIES_RAW || s->decimate != 1 ? "front"
                      : s->steps                                 ? "steps"
                      : s->scale == FSNN_SCALE_SAMPLE            ? "scale"
                                                                 : NULL;
    if (!is_still(at->d->data) || !key)
        return FSNN_OK;
    return fsnn_fail_key(FSNN_EARGUMENT, key,
                         "counts for series in time: with row: sample a row is without time%s",
                         !strcmp(key, "scale") ? "; scale: channel scales each column" : "");
}

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    FSNN_TRY(data_fail_in(at, check(at)));
    return data_series_open(at, read, out);
}

const data_kind data_csv = {.keys = keys,
                            DATA_OPTIONS(csv_data),
                            .defaults = &defaults,
                            .open = open,
                            .still = is_still,
                            .classes = "`class`, the column, or `pattern` with {label}"};

/* model/data_wfdb.c: kind wfdb, beats of an ECG record. Sets of one record are split by time. */
#include "model/data_series.h"

#include "base/port_files.h"

#include <math.h>
#include <string.h>

typedef struct wfdb_set {
    data_set set;
    const char *path;
    double from, to;                          /* seconds */
    const char *table, *only, *list, *except; /* of whole records */
} wfdb_set;

typedef struct wfdb_options {
    series_options options;
    wfdb_set train, test;
    const char *symbols;           /* of classes */
    double before, after;          /* seconds */
    const char *comment, *pattern; /* of whole records */
} wfdb_options;

static const wfdb_options defaults = {DATA_SERIES, .symbols = "N A V", .before = 0.25,
                                      .after = 0.45};

static const fsnn_key set_keys[] = {
    {.name = "path",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(wfdb_set, path),
     .file = true,
     .required = true,
     .help =
         "header of the record (.hea), signals and annotations (.atr) beside it; or a folder of "
         "records, each of them a sample"},
    {.name = "from",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(wfdb_set, from),
     .min = 0,
     .max = INFINITY,
     .help = "seconds; windows begin after it"},
    {.name = "to",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(wfdb_set, to),
     .min = 0,
     .max = INFINITY,
     .help = "seconds; windows end before it; 0: the end of the record"},
    {.name = "table",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(wfdb_set, table),
     .file = true,
     .help = "CSV of records and their classes: each record in it is a sample"},
    {.name = "only",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(wfdb_set, only),
     .help = "of a folder: conditions on fields of the pattern, like \"take=0-4\""},
    {.name = "list",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(wfdb_set, list),
     .file = true,
     .help = "of a folder: text file of paths below it, one per line; only these are used"},
    {.name = "except",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(wfdb_set, except),
     .file = true,
     .help = "of a folder: text file of paths that are not used"},
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(wfdb_options, set_keys),
    DATA_SERIES_KEYS,
    DATA_MISSING_KEY,
    {.name = "classes",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(wfdb_options, symbols),
     .help = "symbols of beats, one word for each class: \"N AV\" has the class N and the class A "
             "or V; other beats are dropped"},
    {.name = "before",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(wfdb_options, before),
     .min = 0,
     .max = 3600,
     .help = "seconds from the beginning of a window to its beat"},
    {.name = "after",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(wfdb_options, after),
     .min = 0,
     .max = 3600,
     .help = "seconds from the beat to the end"},
    {.name = "comment",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(wfdb_options, comment),
     .help = "whole records: the header's comment that names the class, \"Dx\" of \"# Dx: text\""},
    {.name = "pattern",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(wfdb_options, pattern),
     .help = "whole records: path of a header below the folder, with {label}, its class, and other "
             "{fields}; \"{record}.hea\" if it is not given"},
    {0},
};

/* Ranges that share time would put parts of one window into both sets. */
static fsnn_status check_split(const data_place *at)
{
    const wfdb_options *o = (const wfdb_options *)at->d->data;
    const wfdb_set *a = &o->train, *b = &o->test;
    if (!a->set.given || !b->set.given || strcmp(a->path, b->path) != 0)
        return FSNN_OK;
    double a_end = a->to > 0 ? a->to : INFINITY, b_end = b->to > 0 ? b->to : INFINITY;
    if (a_end <= b->from || b_end <= a->from)
        return FSNN_OK;
    return yaml_fail(
        at->view, at->node,
        "both sets take the same seconds of one record: give them ranges from and to that do "
        "not overlap");
}

static fsnn_status read_beats(const data_place *at, const char *path, fsnn_series **out)
{
    const wfdb_options *o = (const wfdb_options *)at->d->data;
    const wfdb_set *set = (const wfdb_set *)at->set;
    FSNN_TRY(check_split(at));
    fsnn_wfdb_options options = {o->symbols, o->before, o->after,
                                 set->from,  set->to,   (fsnn_missing)o->options.series.missing};
    return fsnn_series_wfdb(path, &options, out);
}

/* Keys of beats do nothing beside whole records. */
static fsnn_status check_keys(const data_place *at)
{
    static const char *const keys_of_beats[] = {"classes", "before", "after"},
                             *const set_keys_of_beats[] = {"from", "to"};
    const yaml_node *section = at->d->data->node, *found = NULL;
    for (int i = 0; i < FSNN_COUNT(keys_of_beats) && !found; i++)
        found = yaml_find(section, keys_of_beats[i]);
    for (int i = 0; i < FSNN_COUNT(set_keys_of_beats) && !found; i++)
        found = at->node->type == YAML_MAP ? yaml_find(at->node, set_keys_of_beats[i]) : NULL;
    return found ? yaml_fail(at->view, found,
                             "is about windows around beats: here each record is a sample (a "
                             "folder, `table` or `comment`)")
                 : FSNN_OK;
}

static fsnn_status read_records(const data_place *at, const char *path, fsnn_series **out)
{
    const wfdb_options *o = (const wfdb_options *)at->d->data;
    const wfdb_set *set = (const wfdb_set *)at->set;
    fsnn_wfdb_records_options options = {.comment = o->comment,
                                         .files = {.pattern = o->pattern, .only = set->only},
                                         .missing = (fsnn_missing)o->options.series.missing};
    FSNN_TRY(check_keys(at));
    FSNN_TRY(data_set_file(at, "table", set->table, &options.table));
    FSNN_TRY(data_set_file(at, "list", set->list, &options.files.list));
    FSNN_TRY(data_set_file(at, "except", set->except, &options.files.except));
    return fsnn_series_wfdb_records(path, &options, out);
}

static fsnn_status read(const data_place *at, fsnn_series **out)
{
    const wfdb_options *o = (const wfdb_options *)at->d->data;
    const wfdb_set *set = (const wfdb_set *)at->set;
    const char *path = NULL;
    FSNN_TRY(data_set_file(at, "path", set->path, &path));
    return o->comment || set->table || port_is_folder(path) ? read_records(at, path, out)
                                                            : read_beats(at, path, out);
}

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    return data_series_open(at, read, out);
}

const data_kind data_wfdb = {.keys = keys,
                             DATA_OPTIONS(wfdb_options),
                             .defaults = &defaults,
                             .open = open,
                             .classes =
                                 "`classes`, or for whole records `table`, `comment` or {label}"};

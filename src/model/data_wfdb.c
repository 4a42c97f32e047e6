/* model/data_wfdb.c: kind wfdb, beats of an ECG record. Sets of one record are split by time. */
#include "model/data_series.h"

#include <math.h>
#include <string.h>

typedef struct wfdb_set {
    data_set set;
    const char *path;
    double from, to; /* seconds */
} wfdb_set;

typedef struct wfdb_options {
    series_options options;
    wfdb_set train, test;
    const char *symbols;  /* of classes */
    double before, after; /* seconds */
} wfdb_options;

static const wfdb_options defaults = {DATA_SERIES, .symbols = "N A V", .before = 0.25,
                                      .after = 0.45};

static const fsnn_key set_keys[] = {
    {.name = "path",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(wfdb_set, path),
     .file = true,
     .required = true,
     .help = "header of the record (.hea), signals and annotations (.atr) beside it"},
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
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(wfdb_options, set_keys),
    DATA_SERIES_KEYS,
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

static fsnn_status read(const data_place *at, fsnn_series **out)
{
    const wfdb_options *o = (const wfdb_options *)at->d->data;
    const wfdb_set *set = (const wfdb_set *)at->set;
    const yaml_node *node = at->node->type == YAML_MAP ? yaml_find(at->node, "path") : at->node;
    const char *path = NULL;
    FSNN_TRY(check_split(at));
    FSNN_TRY(data_find_file(at, node, set->path, &path));
    fsnn_wfdb_options options = {o->symbols, o->before, o->after, set->from, set->to};
    return fsnn_series_wfdb(path, &options, out);
}

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    return data_series_open(at, read, out);
}

const data_kind data_wfdb = {.keys = keys,
                             DATA_OPTIONS(wfdb_options),
                             .defaults = &defaults,
                             .open = open,
                             .classes = "`classes`"};

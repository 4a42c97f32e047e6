/* model/data_wfdb.c: kind wfdb, beats of an ECG record. Sets of one record are split by time. */
#include "model/data_series.h"

#include <math.h>
#include <string.h>

static const fsnn_key set_keys[] = {
    {.name = "path",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_set, path),
     .required = true,
     .help = "header of the record (.hea), signals and annotations (.atr) beside it"},
    {.name = "from",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(data_set, from),
     .min = 0,
     .max = INFINITY,
     .help = "seconds; windows begin after it"},
    {.name = "to",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(data_set, to),
     .min = 0,
     .max = INFINITY,
     .help = "seconds; windows end before it; 0: the end of the record"},
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(set_keys),
    DATA_SERIES_KEYS,
    {.name = "classes",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_section, symbols),
     .help = "symbols of beats, one word for each class: \"N AV\" has the class N and the class A "
             "or V; other beats are dropped"},
    {.name = "before",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(data_section, before),
     .min = 0,
     .max = 3600,
     .help = "seconds from the beginning of a window to its beat"},
    {.name = "after",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(data_section, after),
     .min = 0,
     .max = 3600,
     .help = "seconds from the beat to the end"},
    {0},
};

/* Ranges that share time would put parts of one window into both sets. */
static fsnn_status check_split(const data_place *at)
{
    const data_section *d = &at->d->data;
    const data_set *a = &d->train, *b = &d->test;
    if (!a->given || !b->given || strcmp(a->path, b->path) != 0)
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
    const data_section *d = &at->d->data;
    const yaml_node *node = at->node->type == YAML_MAP ? yaml_find(at->node, "path") : at->node;
    const char *path = NULL;
    FSNN_TRY(check_split(at));
    FSNN_TRY(data_find_file(at, node, at->set->path, &path));
    fsnn_wfdb_options options = {d->symbols, d->before, d->after, at->set->from, at->set->to};
    return fsnn_series_wfdb(path, &options, out);
}

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    return data_series_open(at, read, out);
}

const data_kind data_wfdb = {.name = "wfdb", .keys = keys, .open = open, .classes = "`classes`"};

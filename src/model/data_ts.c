/* model/data_ts.c: kind ts, text files of the UCR/UEA archive: .ts, .tsv, ARFF. */
#include "model/data_series.h"

typedef struct ts_options {
    series_options options;
    data_path_set train, test;
} ts_options;

static const ts_options defaults = {DATA_SERIES};

static const fsnn_key set_keys[] = {
    {.name = "path",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_path_set, path),
     .file = true,
     .required = true,
     .help = "the .ts, .tsv or ARFF file"},
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(ts_options, set_keys), DATA_SERIES_KEYS, DATA_MISSING_KEY, {0}};

static fsnn_status read(const data_place *at, fsnn_series **out)
{
    const data_path_set *set = (const data_path_set *)at->set;
    const char *path = NULL;
    FSNN_TRY(data_set_file(at, "path", set->path, &path));
    const ts_options *o = (const ts_options *)at->d->data;
    return fsnn_series_ts_missing(path, (fsnn_missing)o->options.series.missing, out);
}

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    return data_series_open(at, read, out);
}

const data_kind data_ts = {.keys = keys,
                           DATA_OPTIONS(ts_options),
                           .defaults = &defaults,
                           .open = open,
                           .classes = "@classLabel"};

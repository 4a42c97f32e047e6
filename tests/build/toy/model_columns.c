/* model/data_columns.c: kind columns, text files of a class and values a line. */
#include "model/data_kinds.h"

typedef struct columns_options {
    data_section shared;
    data_path_set train, test;
    int64_t skip;
} columns_options;

static const columns_options defaults = {DATA_SHARED, .skip = 1};

static const fsnn_key set_keys[] = {
    {.name = "path",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_path_set, path),
     .required = true,
     .file = true,
     .help = "the text file"},
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(columns_options, set_keys),
    DATA_SEQUENCE_KEY,
    {.name = "skip",
     .type = FSNN_KEY_INT,
     .offset = offsetof(columns_options, skip),
     .min = 0,
     .max = 100,
     .help = "lines of heading"},
    {0},
};

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    const yaml_node *node = at->node->type == YAML_MAP ? yaml_find(at->node, "path") : at->node;
    const columns_options *o = (const columns_options *)at->d->data;
    const char *path = NULL;
    FSNN_TRY(data_find_file(at, node, ((const data_path_set *)at->set)->path, &path));
    FSNN_TRY(fsnn_data_columns(path, o->skip, out));
    return data_in_time(at, out);
}

const data_kind data_columns = {.keys = keys,
                                DATA_OPTIONS(columns_options),
                                .defaults = &defaults,
                                .open = open,
                                .classes = "the first number of a line",
                                .timeless = true};

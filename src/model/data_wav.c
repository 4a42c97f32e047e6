/* model/data_wav.c: kind wav, folders of sound. */
#include "model/data_series.h"

static const fsnn_key set_keys[] = {
    {.name = "path",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_set, path),
     .required = true,
     .help = "folder of WAV files"},
    {.name = "only",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_set, only),
     .help = "conditions on fields of the pattern, like \"take=0-4 speaker=theo|lucas\""},
    {.name = "list",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_set, list),
     .help = "text file of paths below the folder, one per line; only these are used"},
    {.name = "except",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_set, except),
     .help = "text file of paths that are not used"},
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(set_keys),
    DATA_SERIES_KEYS,
    {.name = "pattern",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_section, pattern),
     .help = "path of a file below the folder, with {label}, its class, and other {fields}"},
    {0},
};

static fsnn_status find(const data_place *at, const char *key, const char *text, const char **path)
{
    *path = NULL;
    return text ? data_find_file(at, yaml_find(at->node, key), text, path) : FSNN_OK;
}

static fsnn_status read(const data_place *at, fsnn_series **out)
{
    const yaml_node *node = at->node->type == YAML_MAP ? yaml_find(at->node, "path") : at->node;
    const char *path = NULL;
    fsnn_wav_options options = {.pattern = at->d->data.pattern, .only = at->set->only};
    FSNN_TRY(data_find_file(at, node, at->set->path, &path));
    FSNN_TRY(find(at, "list", at->set->list, &options.list));
    FSNN_TRY(find(at, "except", at->set->except, &options.except));
    return fsnn_series_wav(path, &options, out);
}

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    return data_series_open(at, read, out);
}

const data_kind data_wav = {
    .name = "wav", .keys = keys, .open = open, .classes = "`pattern` with {label}"};

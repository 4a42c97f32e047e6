/* model/data_frames.c: kind frames, frames that other programs made of recordings. */
#include "model/data_kinds.h"

#include <fsnn/events.h>

typedef struct frames_set {
    data_set set;
    const char *path, *list, *pattern;
} frames_set;

typedef struct frames_options {
    data_section shared;
    frames_set train, test;
    int64_t first_class;
    const char *array;
} frames_options;

static const frames_options defaults = {DATA_SHARED};

static const fsnn_key set_keys[] = {
    {.name = "path",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(frames_set, path),
     .file = true,
     .required = true,
     .help = "folder of .npz files, or of a folder for each class; or one file"},
    {.name = "list",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(frames_set, list),
     .file = true,
     .help = "text file, one file and its class per line; none: all files in the folder"},
    {.name = "pattern",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(frames_set, pattern),
     .help = "pattern of file names: {class} is the class, * any text"},
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(frames_options, set_keys),
    {.name = "array",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(frames_options, array),
     .help = "name of the array [T, C, H, W] in each file (default frames)"},
    {.name = "first_class",
     .type = FSNN_KEY_INT,
     .offset = offsetof(frames_options, first_class),
     .min = 0,
     .max = INT32_MAX,
     .help = "number of the first class, if class names are numbers"},
    {0},
};

static fsnn_status find_files(const data_place *at, fsnn_event_files *files)
{
    const frames_options *o = (const frames_options *)at->d->data;
    const frames_set *set = (const frames_set *)at->set;
    const yaml_node *node = at->node->type == YAML_MAP ? yaml_find(at->node, "path") : at->node;
    *files = (fsnn_event_files){.pattern = set->pattern, .first_class = o->first_class};
    FSNN_TRY(data_find_file(at, node, set->path, &files->path));
    if (set->list)
        FSNN_TRY(data_find_file(at, yaml_find(at->node, "list"), set->list, &files->list));
    return FSNN_OK;
}

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    fsnn_event_files files, training;
    data_place first;
    FSNN_TRY(find_files(at, &files));
    if (data_training(at, &first)) {
        FSNN_TRY(data_fail_in(&first, find_files(&first, &training)));
        files.training = &training;
    }
    const frames_options *o = (const frames_options *)at->d->data;
    return fsnn_data_frames(&files, o->array, out);
}

const data_kind data_frames = {.keys = keys,
                               DATA_OPTIONS(frames_options),
                               .defaults = &defaults,
                               .open = open,
                               .classes = "a folder for each class, `list`, or `pattern` with "
                                          "{class}"};

/* model/data_frames.c: kind frames, frames that other programs made of recordings. */
#include "model/data_files.h"

typedef struct frames_options {
    data_section shared;
    data_files_set train, test;
    int64_t first_class;
    const char *array;
} frames_options;

static const frames_options defaults = {DATA_SHARED};

static const fsnn_key set_keys[] = {
    DATA_FILES_PATH_KEY(".npz files", "file"),
    DATA_FILES_LIST_KEY("files", "file"),
    DATA_FILES_PATTERN_KEY,
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(frames_options, set_keys),
    {.name = "array",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(frames_options, array),
     .help = "name of the array [T, C, H, W] in each file (default frames)"},
    DATA_FIRST_CLASS_KEY(frames_options),
    {0},
};

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    const frames_options *o = (const frames_options *)at->d->data;
    fsnn_event_files files = {.first_class = o->first_class}, training;
    FSNN_TRY(data_find_files(at, &files, &training));
    return fsnn_data_frames(&files, o->array, out);
}

const data_kind data_frames = {.keys = keys,
                               DATA_OPTIONS(frames_options),
                               .defaults = &defaults,
                               .open = open,
                               .classes = "a folder for each class, `list`, or `pattern` with "
                                          "{class}"};

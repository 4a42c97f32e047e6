/* model/data_png.c: kind png, pictures in folders of classes. */
#include "model/data_files.h"

typedef struct png_options {
    data_section shared;
    data_files_set train, test;
    int64_t first_class;
} png_options;

static const png_options defaults = {DATA_SHARED};

static const fsnn_key set_keys[] = {
    DATA_FILES_PATH_KEY(".png files", "file"),
    DATA_FILES_LIST_KEY("files", "file"),
    DATA_FILES_PATTERN_KEY,
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(png_options, set_keys),
    DATA_SEQUENCE_KEY,
    DATA_FIRST_CLASS_KEY(png_options),
    {0},
};

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    const png_options *o = (const png_options *)at->d->data;
    fsnn_event_files files = {.first_class = o->first_class}, training;
    FSNN_TRY(data_find_files(at, &files, &training));
    FSNN_TRY(fsnn_data_png(&files, out));
    return data_in_time(at, out);
}

const data_kind data_png = {.keys = keys,
                            DATA_OPTIONS(png_options),
                            .defaults = &defaults,
                            .open = open,
                            .classes = "a folder for each class, `list`, or `pattern` with "
                                       "{class}",
                            .timeless = true};

/* model/data_idx.c: kind idx, the files of the MNIST family. */
#include "model/data_kinds.h"

typedef struct idx_set {
    data_set set;
    const char *images, *labels;
} idx_set;

typedef struct idx_options {
    data_section shared;
    idx_set train, test;
} idx_options;

static const idx_options defaults = {DATA_SHARED};

static const fsnn_key set_keys[] = {
    {.name = "images",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(idx_set, images),
     .required = true,
     .file = true,
     .help = "file of images, plain or gzip"},
    {.name = "labels",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(idx_set, labels),
     .required = true,
     .file = true,
     .help = "file of the classes"},
    {0},
};

static const fsnn_key keys[] = {DATA_KEYS(idx_options, set_keys), DATA_SEQUENCE_KEY, {0}};

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    const idx_set *set = (const idx_set *)at->set;
    const char *images = NULL, *labels = NULL;
    FSNN_TRY(data_set_file(at, "images", set->images, &images));
    FSNN_TRY(data_set_file(at, "labels", set->labels, &labels));
    FSNN_TRY((at->later ? fsnn_data_idx_later : fsnn_data_idx)(images, labels, out));
    return data_in_time(at, out);
}

const data_kind data_idx = {.keys = keys,
                            DATA_OPTIONS(idx_options),
                            .defaults = &defaults,
                            .open = open,
                            .classes = "the file `labels`",
                            .timeless = true};

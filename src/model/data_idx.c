/* model/data_idx.c: kind idx, the files of the MNIST family. */
#include "model/data_kinds.h"

static const fsnn_key set_keys[] = {
    {.name = "images",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_set, images),
     .required = true,
     .help = "file of images, plain or gzip"},
    {.name = "labels",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_set, labels),
     .required = true,
     .help = "file of the classes"},
    {0},
};

static const fsnn_key keys[] = {DATA_KEYS(set_keys), DATA_AUGMENT_KEY, DATA_SEQUENCE_KEY, {0}};

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    const char *images = NULL, *labels = NULL;
    FSNN_TRY(data_find_file(at, yaml_find(at->node, "images"), at->set->images, &images));
    FSNN_TRY(data_find_file(at, yaml_find(at->node, "labels"), at->set->labels, &labels));
    FSNN_TRY(fsnn_data_idx(images, labels, out));
    return data_in_time(at, out);
}

const data_kind data_idx = {
    .name = "idx", .keys = keys, .open = open, .classes = "the file `labels`", .timeless = true};

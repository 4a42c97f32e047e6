/* model/data_npy.c: kind npy, two NumPy files: samples and their classes. */
#include "model/data_kinds.h"

static const fsnn_key set_keys[] = {
    {.name = "samples",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_set, images),
     .required = true,
     .help = "the .npy file of samples, [N, ...]"},
    {.name = "classes",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_set, labels),
     .help = "the .npy file of classes, [N]"},
    {0},
};

static const fsnn_key keys[] = {DATA_KEYS(set_keys), DATA_SEQUENCE_KEY, {0}};

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    const yaml_node *node = at->node->type == YAML_MAP ? yaml_find(at->node, "samples") : at->node;
    const char *samples = NULL, *classes = NULL;
    FSNN_TRY(data_find_file(at, node, at->set->images, &samples));
    if (at->set->labels)
        FSNN_TRY(data_find_file(at, yaml_find(at->node, "classes"), at->set->labels, &classes));
    FSNN_TRY(fsnn_data_npy(samples, classes, out));
    return data_in_time(at, out);
}

const data_kind data_npy = {
    .name = "npy", .keys = keys, .open = open, .classes = "the file `classes`", .timeless = true};

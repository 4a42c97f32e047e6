/* model/data_npz.c: kind npz, NumPy arrays. */
#include "model/data_kinds.h"

static const fsnn_key set_keys[] = {
    {.name = "path",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_set, path),
     .required = true,
     .help = "the NPZ file"},
    {.name = "x",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_set, x),
     .help = "name of the array of samples (default x)"},
    {.name = "y",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_set, y),
     .help = "name of the array of classes (default y)"},
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(set_keys),
    DATA_AUGMENT_KEY,
    DATA_SEQUENCE_KEY,
    {0},
};

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    const yaml_node *node = at->node->type == YAML_MAP ? yaml_find(at->node, "path") : at->node;
    const char *path = NULL;
    FSNN_TRY(data_find_file(at, node, at->set->path, &path));
    FSNN_TRY(fsnn_data_npz(path, at->set->x, at->set->y, false, out));
    return data_in_time(at, out);
}

const data_kind data_npz = {.name = "npz",
                            .keys = keys,
                            .open = open,
                            .classes = "the array y, or the one that `y` names",
                            .timeless = true};

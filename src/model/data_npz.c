/* model/data_npz.c: kind npz, NumPy arrays. */
#include "model/data_kinds.h"

typedef struct npz_set {
    data_set set;
    const char *path, *x, *y;
} npz_set;

typedef struct npz_options {
    data_section shared;
    npz_set train, test;
} npz_options;

static const npz_options defaults = {DATA_SHARED};

static const fsnn_key set_keys[] = {
    {.name = "path",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(npz_set, path),
     .file = true,
     .required = true,
     .help = "the NPZ file"},
    {.name = "x",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(npz_set, x),
     .help = "name of the array of samples (default x)"},
    {.name = "y",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(npz_set, y),
     .help = "name of the array of targets, classes or values (default y)"},
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(npz_options, set_keys), DATA_SEQUENCE_KEY, DATA_TARGETS_KEY, {0}};

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    const npz_set *set = (const npz_set *)at->set;
    const char *path = NULL;
    FSNN_TRY(data_set_file(at, "path", set->path, &path));
    const fsnn_npz_options options = {.x = set->x,
                                      .y = set->y,
                                      .targets = (fsnn_targets)at->d->data->targets,
                                      .later = at->later};
    FSNN_TRY(fsnn_data_npz_open(path, &options, out));
    return data_in_time(at, out);
}

const data_kind data_npz = {DATA_OPTIONS(npz_options),
                            .defaults = &defaults,
                            .keys = keys,
                            .open = open,
                            .classes = "the array y, or the one that `y` names",
                            .timeless = true};

/* model/data_npy.c: kind npy, two NumPy files: samples and their classes. */
#include "model/data_kinds.h"

typedef struct npy_set {
    data_set set;
    const char *samples, *classes;
} npy_set;

typedef struct npy_options {
    data_section shared;
    npy_set train, test;
} npy_options;

static const npy_options defaults = {DATA_SHARED};

static const fsnn_key set_keys[] = {
    {.name = "samples",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(npy_set, samples),
     .file = true,
     .required = true,
     .help = "the .npy file of samples, [N, ...]"},
    {.name = "classes",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(npy_set, classes),
     .file = true,
     .help = "the .npy file of targets: classes [N], or values"},
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(npy_options, set_keys), DATA_SEQUENCE_KEY, DATA_TARGETS_KEY, {0}};

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    const npy_set *set = (const npy_set *)at->set;
    const char *samples = NULL, *classes = NULL;
    FSNN_TRY(data_set_file(at, "samples", set->samples, &samples));
    FSNN_TRY(data_set_file(at, "classes", set->classes, &classes));
    const fsnn_targets targets = (fsnn_targets)at->d->data->targets;
    FSNN_TRY(
        (at->later ? fsnn_data_npy_later : fsnn_data_npy_open)(samples, classes, targets, out));
    return data_in_time(at, out);
}

const data_kind data_npy = {.keys = keys,
                            DATA_OPTIONS(npy_options),
                            .defaults = &defaults,
                            .open = open,
                            .classes = "the file `classes`",
                            .timeless = true};

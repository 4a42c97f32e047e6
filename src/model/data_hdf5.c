/* model/data_hdf5.c: kind hdf5, spike trains of the Heidelberg sets (SHD, SSC). */
#include "model/data_kinds.h"

#include <math.h>

typedef struct hdf5_options {
    data_section shared;
    data_path_set train, test;
    fsnn_shd_options shd;
} hdf5_options;

static const hdf5_options defaults = {
    DATA_SHARED, .shd = {.steps = 100, .duration = 1.4, .units = 700, .channels = 700}};

static const fsnn_key set_keys[] = {
    {.name = "path",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(data_path_set, path),
     .file = true,
     .required = true,
     .help = "the HDF5 file, plain or packed by gzip: spikes/times, spikes/units, labels"},
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(hdf5_options, set_keys),
    {.name = "steps",
     .type = FSNN_KEY_INT,
     .offset = offsetof(hdf5_options, shd.steps),
     .min = 1,
     .max = INT32_MAX,
     .help = "T, over the duration"},
    {.name = "duration",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(hdf5_options, shd.duration),
     .min = 0,
     .max = INFINITY,
     .above = true,
     .help = "seconds; later spikes are dropped"},
    {.name = "units",
     .type = FSNN_KEY_INT,
     .offset = offsetof(hdf5_options, shd.units),
     .min = 1,
     .max = INT32_MAX,
     .help = "units of the file"},
    {.name = "channels",
     .type = FSNN_KEY_INT,
     .offset = offsetof(hdf5_options, shd.channels),
     .min = 1,
     .max = INT32_MAX,
     .help = "channels of a sample, at most as many as units; neighbouring units share a channel"},
    {.name = "count",
     .type = FSNN_KEY_BOOL,
     .offset = offsetof(hdf5_options, shd.count),
     .help = "count all spikes of a channel in a step, not just one"},
    {0},
};

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    const char *path = NULL;
    fsnn_shd_options options = ((const hdf5_options *)at->d->data)->shd;
    data_place first;
    FSNN_TRY(data_set_file(at, "path", ((const data_path_set *)at->set)->path, &path));
    if (data_training(at, &first))
        FSNN_TRY(data_set_file(&first, "path", ((const data_path_set *)first.set)->path,
                               &options.training));
    return fsnn_data_shd(path, &options, out);
}

const data_kind data_hdf5 = {.keys = keys,
                             DATA_OPTIONS(hdf5_options),
                             .defaults = &defaults,
                             .open = open,
                             .classes = "the list `labels`"};

/* model/data_edf.c: kind edf, windows at annotations of EDF and BDF recordings (EEG). */
#include "model/data_series.h"

#include <math.h>

typedef struct edf_set {
    data_set set;
    const char *path, *marks;
    double from, to; /* seconds */
} edf_set;

typedef struct edf_options {
    series_options options;
    edf_set train, test;
    const char *channels, *classes;
    double rate, before, after;
} edf_options;

static const edf_options defaults = {DATA_SERIES, .after = 30};

static const fsnn_key set_keys[] = {
    {.name = "path",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(edf_set, path),
     .file = true,
     .required = true,
     .help = "the recording (.edf, .bdf)"},
    {.name = "marks",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(edf_set, marks),
     .file = true,
     .help = "EDF+ file with the annotations; without it they are those of the recording"},
    {.name = "from",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(edf_set, from),
     .min = 0,
     .max = INFINITY,
     .help = "seconds; windows begin after it"},
    {.name = "to",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(edf_set, to),
     .min = 0,
     .max = INFINITY,
     .help = "seconds; windows end before it; 0: the end of the recording"},
    {0},
};

static const fsnn_key keys[] = {
    DATA_KEYS(edf_options, set_keys),
    DATA_SERIES_KEYS,
    {.name = "channels",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(edf_options, channels),
     .help = "labels of signals, between commas, in this order; without it all signals"},
    {.name = "rate",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(edf_options, rate),
     .min = 0,
     .max = 1e9,
     .help = "samples/s to which all signals are resampled; 0: as they are, which must be alike"},
    {.name = "classes",
     .type = FSNN_KEY_TEXT,
     .offset = offsetof(edf_options, classes),
     .help = "texts of annotations, between commas, one for each class; \"a|b\" is the class of "
             "both; others are dropped. Without it the recording is one series without a class"},
    {.name = "before",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(edf_options, before),
     .min = 0,
     .max = 86400,
     .help = "seconds from the beginning of a window to its annotation"},
    {.name = "after",
     .type = FSNN_KEY_REAL,
     .offset = offsetof(edf_options, after),
     .min = 0,
     .max = 86400,
     .help = "seconds from the annotation to the end of the window. With before: 0 an annotation "
             "that lasts longer gives as many windows as fit, one after the other"},
    {0},
};

static fsnn_status read(const data_place *at, fsnn_series **out)
{
    const edf_options *o = (const edf_options *)at->d->data;
    const edf_set *set = (const edf_set *)at->set;
    const char *path = NULL;
    fsnn_edf_options options = {o->channels, o->rate,   o->classes, o->before,
                                o->after,    set->from, set->to,    NULL};
    FSNN_TRY(data_set_file(at, "path", set->path, &path));
    FSNN_TRY(data_set_file(at, "marks", set->marks, &options.marks));
    return fsnn_series_edf(path, &options, out);
}

static fsnn_status open(const data_place *at, fsnn_data **out)
{
    return data_series_open(at, read, out);
}

const data_kind data_edf = {.keys = keys,
                            DATA_OPTIONS(edf_options),
                            .defaults = &defaults,
                            .open = open,
                            .classes = "`classes`"};

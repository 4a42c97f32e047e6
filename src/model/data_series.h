/* model/data_series.h: what the kinds of data share whose samples are series: front end, scale,
 * length, padding. */
#ifndef FSNN_DATA_SERIES_H
#define FSNN_DATA_SERIES_H

#include "model/data_kinds.h"

#include <fsnn/series.h>

/* What the options of these kinds begin with. */
enum { SERIES_RAW, SERIES_FRAMES, SERIES_MEL };
typedef struct series_section {
    int front; /* SERIES_RAW, ... */
    int64_t decimate;
    double frame, hop; /* ms, or samples */
    fsnn_mel mel;      /* but for frame and hop */
    int scale, pad;    /* fsnn_scale, fsnn_pad */
    int64_t steps;     /* T; 0: the longest */
    int missing;       /* fsnn_missing */
} series_section;

typedef struct series_options {
    data_section shared;
    series_section series;
} series_options;

/* Defaults of `options`, a series_options. */
#define DATA_SERIES                                                                                \
    .options = {DATA_SHARED, .series = {.decimate = 1,                                             \
                                        .frame = 25,                                               \
                                        .hop = 10,                                                 \
                                        .mel = {.bands = 40, .floor = 1e-6},                       \
                                        .scale = FSNN_SCALE_NONE}}

/* Reads one set as it stands in its files. */
typedef fsnn_status series_reader(const data_place *at, fsnn_series **out);

/* The set as samples: front end, scale by the training set, T by steps or by the longest series of
 * both sets. */
fsnn_status data_series_open(const data_place *at, series_reader *read, fsnn_data **out);

extern const fsnn_key data_front_keys[];
extern const char *const data_scale_names[], *const data_pad_names[], *const data_missing_names[];

/* Of kinds whose files can mark values as missing. */
#define DATA_MISSING_KEY                                                                           \
    {                                                                                              \
        .name = "missing", .type = FSNN_KEY_ENUM,                                                  \
        .offset = offsetof(series_options, series.missing), .names = data_missing_names,           \
        .help = "values that are missing. interpolate: a straight line between the neighbours in " \
                "time, at the ends the nearest value; mask: 0, after scaling, and each channel "   \
                "gets a second one, behind all of the first, that is 1 where a value is there "    \
                "and 0 where it is missing, so that a network has twice the inputs"                \
    }

#define DATA_SERIES_KEYS                                                                           \
    {.name = "front",                                                                              \
     .type = FSNN_KEY_GROUP,                                                                       \
     .offset = offsetof(series_options, series),                                                   \
     .group = data_front_keys,                                                                     \
     .help = "first processing step of the series"},                                               \
        {.name = "scale",                                                                          \
         .type = FSNN_KEY_ENUM,                                                                    \
         .offset = offsetof(series_options, series.scale),                                         \
         .names = data_scale_names,                                                                \
         .help = "scale to mean 0 and deviation 1. all: one mean and deviation of the training "   \
                 "set; channel: those of each of its channels; sample: those of each channel of "  \
                 "the sample itself"},                                                             \
        {.name = "steps",                                                                          \
         .type = FSNN_KEY_INT,                                                                     \
         .offset = offsetof(series_options, series.steps),                                         \
         .min = 0,                                                                                 \
         .max = INT32_MAX,                                                                         \
         .help = "T: longer series are cut, shorter ones padded with zeros after scaling; 0: the " \
                 "longest of both sets"},                                                          \
    {                                                                                              \
        .name = "pad", .type = FSNN_KEY_ENUM, .offset = offsetof(series_options, series.pad),      \
        .names = data_pad_names, .help = "where zeros are added or values are cut off"             \
    }

#endif

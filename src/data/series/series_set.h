/* data/series/series_set.h: what is behind fsnn_series: all series in one block, one after the
 * other. */
#ifndef FSNN_SERIES_SET_H
#define FSNN_SERIES_SET_H

#include "base/base.h"

#include <fsnn/series.h>

struct fsnn_series {
    int64_t count, count_capacity; /* series; capacity of `end` and `labels` */
    int64_t channels;
    int64_t rows, row_capacity; /* samples in time of all series; capacity of `values` */
    int64_t *end;               /* [count] rows up to the end of each */
    int32_t *labels;            /* [count]; -1: none */
    float *values;              /* [rows, channels] */
    bool still;                 /* a series is a sample without time, of one row */
    double *targets;            /* [count] of a regression; NULL: there are none */
    int64_t target_capacity;
    char **name; /* [classes] */
    int64_t classes, name_capacity;
    char **channel, **unit; /* [channels] each, or NULL: names of channels and units not known */
    int64_t missing;        /* values */
    fsnn_missing handling;
    char **note; /* [notes] sentences for the user */
    int64_t notes, note_capacity;
    double rate;
};

static inline int64_t series_begin(const fsnn_series *s, int64_t index)
{
    return index ? s->end[index - 1] : 0;
}

/* An empty set, or NULL. */
fsnn_series *series_new(int64_t channels, double rate);
/* Appends a series of `length` zeros and returns its place [length, channels], valid until the
 * next; NULL when memory is out. */
float *series_add(fsnn_series *s, int64_t length, int32_t label);
/* The target of the series that was added last; all have one, or none. FSNN_EMEMORY. */
fsnn_status series_set_target(fsnn_series *s, double target);
/* Adds a sentence of fsnn_series_note, which is taken over, also on failure (NULL: memory is out).
 */
fsnn_status series_note(fsnn_series *s, char *sentence);
/* What is NaN of one channel x [length] every `stride` floats becomes what `handling` says; *gaps
 * grows by how many. False: there is no number to interpolate between, or no place at all. */
bool series_mend(fsnn_missing handling, float *x, int64_t length, int64_t stride, int64_t *gaps);
/* FSNN_EARGUMENT for one that is not known. */
fsnn_status series_check_missing(fsnn_missing missing);
/* FSNN_EARGUMENT with this key where missing values stay, which `what` cannot work with. */
fsnn_status series_expect_whole(const fsnn_series *s, const char *key, const char *what);
/* Appends the name of a class (copied). */
fsnn_status series_name_class(fsnn_series *s, const char *name, size_t length);
/* Name and unit of a channel (copied; "": not known). */
fsnn_status series_name_channel(fsnn_series *s, int64_t channel, const char *name,
                                const char *unit);
/* The class of this name, or -1. */
int32_t series_find_class(const fsnn_series *s, const char *name, size_t length);
/* Puts the values of `fresh` in place of those of `s`, which keeps its classes and
 * forgets the names of its channels; `fresh` is released. */
void series_replace(fsnn_series *s, fsnn_series *fresh);

/* Readers of bytes in memory; `path` starts the error sentences. */
fsnn_status ts_parse(const char *path, const uint8_t *bytes, size_t size, fsnn_missing missing,
                     fsnn_series **out);

#endif

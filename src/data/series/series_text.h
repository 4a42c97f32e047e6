/* data/series/series_text.h: pieces of text files of series, and the forms that are read. */
#ifndef FSNN_SERIES_TEXT_H
#define FSNN_SERIES_TEXT_H

#include "data/series/series_set.h"

#include <locale.h>

/* A piece of a file, not ended by 0. */
typedef struct text {
    const char *at;
    size_t size;
} text;

text text_trimmed(text t);
/* Cuts off what stands before `mark`; false where nothing is left to cut. `t->at` is NULL after the
 * last piece. */
bool text_cut(text *t, char mark, text *piece);
/* The same at the end of a line (format/lines.h). */
bool text_cut_line(text *t, text *line);
/* Cuts off the next line that is neither empty nor a remark (`#`, `%`), and counts all lines on the
 * way; false at the end. */
bool text_line(text *t, int64_t *count, text *line);
/* "%.*s" of a piece that may be very long or hold anything. */
const char *text_shown(text t, char out[48]);
/* Cuts off what stands before a blank. */
bool text_word(text *t, text *out);
/* Whether the piece is `name`, in letters of any case. */
bool text_same(text t, const char *name);
/* Pieces that `mark` separates. */
int64_t text_count(text t, char mark);

typedef struct text_place {
    const char *path;
    int64_t line;
    locale_t plain; /* numbers have a point */
} text_place;
/* A number, NaN for `?` and `nan`. Else FSNN_EFORMAT with the place, dimension and value, which
 * count from 0 here. */
fsnn_status text_value(const text_place *at, text t, int64_t dimension, int64_t k, float *out);

/* Times of values, in all series of a file. */
typedef struct ts_stamps {
    double step; /* of the first two; 0: not known yet */
    double last; /* seconds of the date before, or its number */
    bool dated;  /* the last one is a date */
    bool uneven; /* some steps are others than the first */
} ts_stamps;
/* A line with the values alone into `out` [line.size], which *stripped then is: each "(time,value)"
 * becomes its value. Times of a dimension must rise. FSNN_EFORMAT. */
fsnn_status ts_strip_stamps(const text_place *at, text line, char *out, text *stripped,
                            ts_stamps *s);

/* The class of this name, which is added where it is new; FSNN_EUNSUPPORTED where there are too
 * many. */
fsnn_status series_class(fsnn_series *s, const char *path, int64_t line, text name, int32_t *label);
/* Orders the classes, as numbers where all are, and gives the series their new numbers. */
fsnn_status series_sort_classes(fsnn_series *s);

/* Forms beside .ts: fill an empty set of one channel. Tables by tabs, the class first; ARFF. */
fsnn_status tsv_read(const char *path, text rest, locale_t plain, fsnn_series *s);
fsnn_status arff_read(const char *path, text rest, locale_t plain, fsnn_series *s);

#endif

/* data/series/series_folder.h: sets of files, a series each: which files of a folder, and their
 * classes by name. */
#ifndef FSNN_SERIES_FOLDER_H
#define FSNN_SERIES_FOLDER_H

#include "data/series/series_set.h"

/* How files become series. */
typedef struct series_adder {
    fsnn_status (*add)(void *user, const char *path, int32_t label);
    fsnn_status (*finish)(void *user); /* NULL: nothing */
    fsnn_series **s;                   /* where they are added; NULL there before the first */
    void *user;
    const char *pattern; /* where options have none */
} series_adder;

/* All files below `path` that the options keep; on failure *to->s is destroyed and NULL. */
fsnn_status series_folder(const char *path, const fsnn_wav_options *options,
                          const series_adder *to);

#endif

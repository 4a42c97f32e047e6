/* model/data_files.h: what kinds share whose sets are files, each a sample or more, found in a
 * folder or by a list, with classes by folder, list or pattern. */
#ifndef FSNN_DATA_FILES_H
#define FSNN_DATA_FILES_H

#include "model/data_kinds.h"

#include <fsnn/events.h>

typedef struct data_files_set {
    data_set set;
    const char *path, *list, *cuts, *pattern;
} data_files_set;

/* Keys of such a set; `files` says what lies in the folder, `one` is one of them. */
#define DATA_FILES_PATH_KEY(files, one)                                                            \
    {                                                                                              \
        .name = "path", .type = FSNN_KEY_TEXT, .offset = offsetof(data_files_set, path),           \
        .file = true, .required = true,                                                            \
        .help = "folder of " files ", or of a folder for each class; or one " one                  \
    }
#define DATA_FILES_LIST_KEY(files, one)                                                            \
    {                                                                                              \
        .name = "list", .type = FSNN_KEY_TEXT, .offset = offsetof(data_files_set, list),           \
        .file = true,                                                                              \
        .help = "text file, one " one " and its class per line; none: all " files " in the folder" \
    }
#define DATA_FILES_PATTERN_KEY                                                                     \
    {                                                                                              \
        .name = "pattern", .type = FSNN_KEY_TEXT, .offset = offsetof(data_files_set, pattern),     \
        .help = "pattern of file names: {class} is the class, * any text"                          \
    }

/* A key of the section. */
#define DATA_FIRST_CLASS_KEY(options)                                                              \
    {                                                                                              \
        .name = "first_class", .type = FSNN_KEY_INT, .offset = offsetof(options, first_class),     \
        .min = 0, .max = INT32_MAX,                                                                \
        .help = "number of the first class, if class names are numbers"                            \
    }

/* Completes `files`, which holds what the section says, by the set at `at`; where that is not the
 * training set, *training becomes the training set's, which numbers the classes. Paths live as
 * long as the place. */
fsnn_status data_find_files(const data_place *at, fsnn_event_files *files,
                            fsnn_event_files *training);

#endif

/* data/events/event_files.h: which recordings a set holds, where each is cut, and the class of each
 * piece. */
#ifndef FSNN_DATA_EVENT_FILES_H
#define FSNN_DATA_EVENT_FILES_H

#include "base/base.h"

#include <fsnn/events.h>

typedef struct event_piece {
    char *path;
    char *text;       /* of its class; NULL: none */
    int64_t from, to; /* microseconds, from <= t < to; all of it: INT64_MIN, INT64_MAX */
    int32_t label;    /* -1: none */
} event_piece;

typedef struct event_pieces {
    event_piece *piece; /* [count], those of one file together */
    int64_t count, capacity;
    bool labelled;
    char **name; /* [classes] of the training set, each NULL where no recording has it */
    int64_t classes;
    bool numbers;   /* classes are numbers in the files */
    int64_t unused; /* classes below the lowest number that there is; first_class leaves them out */
} event_pieces;

/* Errors: as fsnn_data_events; event_pieces_free is due after an error too. */
fsnn_status event_pieces_find(const fsnn_event_files *files, event_pieces *out);

/* The same of files of other kinds. */
typedef struct file_endings {
    const char *const *ending; /* [count], ".png" */
    int count, decided;        /* the last ones, from `decided` on, are `known` by their content */
    const char *what;          /* "pictures" */
    bool (*known)(const char *path);
} file_endings;
fsnn_status file_pieces_find(const fsnn_event_files *files, const file_endings *wanted,
                             event_pieces *out);
/* Labels [count] of the pieces, to be freed; NULL where they have none. FSNN_EMEMORY. */
fsnn_status event_pieces_labels(const event_pieces *pieces, int32_t **labels);
/* Takes over `path` and `text`, also on failure. */
fsnn_status event_pieces_add(event_pieces *pieces, char *path, char *text, int64_t from,
                             int64_t to);
void event_pieces_free(event_pieces *pieces);

/* Classes from the texts of `training` (which may be `pieces`): numbers less `first`, or places in
 * the alphabet. `what` and `training_what` start sentences. */
fsnn_status event_labels_settle(const char *what, event_pieces *pieces, const char *training_what,
                                const event_pieces *training, int64_t first);

/* 1 when `name` is as the pattern says, *text the class in it, to be freed (NULL: none there); 0
 * when it is not; FSNN_EMEMORY. */
int event_pattern_match(const char *pattern, const char *name, char **text);

#endif

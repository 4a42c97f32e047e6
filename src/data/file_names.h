/* data/file_names.h: a folder's files whose paths fit a pattern, and what the paths say. */
#ifndef FSNN_FILE_NAMES_H
#define FSNN_FILE_NAMES_H

#include "base/base.h"

enum { NAME_FIELDS = 8 };

/* "{label}_{speaker}_{take}.wav": literal text and fields in turn. */
typedef struct name_pattern {
    int fields;
    const char *field[NAME_FIELDS]; /* where the name of each begins in `text` */
    int length[NAME_FIELDS];
    const char *text;
} name_pattern;

typedef struct name_match {
    const char *at[NAME_FIELDS]; /* where the value of each field begins in the path */
    int length[NAME_FIELDS];
} name_match;

/* FSNN_EARGUMENT where braces do not fit or fields are too many; `text` is borrowed. */
fsnn_status name_pattern_read(const char *text, name_pattern *out);
/* Number of the field of this name, or -1. */
int name_pattern_find(const name_pattern *p, const char *name, int length);
bool name_pattern_match(const name_pattern *p, const char *path, name_match *out);

/* Conditions "take=0-4 speaker=theo|lucas": whether all hold. name_condition_check first:
 * FSNN_EARGUMENT with a sentence. */
fsnn_status name_condition_check(const name_pattern *p, const char *conditions);
bool name_condition_holds(const name_pattern *p, const char *conditions, const name_match *m);

/* FSNN_EFORMAT where a text file holds bytes that no text has: its lines would end at them. */
fsnn_status text_check(const char *path, const uint8_t *bytes, size_t size);

/* Sorted texts. */
typedef struct name_list {
    char **item; /* [count] */
    int64_t count, capacity;
} name_list;
fsnn_status name_list_add(name_list *list, const char *text, size_t length);
void name_list_sort(name_list *list);
bool name_list_has(const name_list *list, const char *text);
void name_list_free(name_list *list);
/* The lines of a text file, blank ones left out. */
fsnn_status name_list_read(name_list *list, const char *path);
/* Paths below `folder` with as many folders in them as `pattern` has. */
fsnn_status name_list_walk(name_list *list, const char *folder, const name_pattern *pattern);

#endif

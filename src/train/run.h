/* train/run.h: a run directory from inside: what fsnn_train does with it (run.c), and runs that are
 * being replaced (run_replaced.c). */
#ifndef FSNN_TRAIN_RUN_H
#define FSNN_TRAIN_RUN_H

#include "base/base.h"
#include "base/error_key.h"
#include "base/port_lock.h"
#include <fsnn/train.h>

typedef struct run_text {
    char *name, *text;
} run_text;

struct fsnn_run {
    char *directory;
    fsnn_run_mode mode;
    port_lock lock;
    char **own; /* [owns] the program's files and folders */
    int owns;
    run_text *text; /* [texts] kept until the run begins */
    int64_t texts, capacity;
    char *made;   /* the topmost folder that was made for it; NULL: all were there */
    char *before; /* where the run before was set aside by this one, or NULL */
    bool begun;   /* something of it is written */
    char *warning;
};

/* The files of a training, NULL at the end: what makes a directory hold a run. */
extern const char *const run_names[];

/* directory/name (fsnn_free), NULL when memory is out. */
char *run_path(const fsnn_run *run, const char *name);
bool run_has(const fsnn_run *run, const char *name);

/* A remark more, behind those that fsnn_run_warning has. FSNN_EMEMORY. */
fsnn_status run_warn(fsnn_run *run, const char *format, ...) FSNN_PRINTF(2, 3);

/* Calls visit for the files of the training, then the program's. */
fsnn_status run_each(const fsnn_run *run, fsnn_status (*visit)(const fsnn_run *, const char *name));

/* Everything is checked: from here on files are written. A run that is replaced is set aside, what
 * killed processes left is removed, and, with `texts`, the program's texts are written. */
fsnn_status run_begin(fsnn_run *run, bool texts);
/* A state is saved, after so many whole epochs: with the first a run that was replaced goes. */
fsnn_status run_saved(const fsnn_run *run, int64_t epochs);

/* ---- runs that are being replaced ---- */

/* Whole runs, set aside in folders DIR/replaced, DIR/replaced-2, ... */
/* The folder of the last one (fsnn_free); *path NULL: there is none. FSNN_EMEMORY. */
fsnn_status replaced_last(const fsnn_run *run, char **path);
/* Moves the files of the run there into a folder of its own, *path. */
fsnn_status replaced_set_aside(const fsnn_run *run, char **path);
/* Moves them back from there; what stands in their places goes. */
fsnn_status replaced_put_back(const fsnn_run *run, const char *path);
/* Removes all of them, but one that someone goes on with. */
fsnn_status replaced_remove(const fsnn_run *run);
/* Ends what a killed process began: half set aside is put back, half removed is removed. */
fsnn_status replaced_repair(const fsnn_run *run);

#endif

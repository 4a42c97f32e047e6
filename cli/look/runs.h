/* cli/look/runs.h: runs that are compared: their tables, and which of them differ in nothing but
 * the seed. */
#ifndef FSNN_CLI_RUNS_H
#define FSNN_CLI_RUNS_H

#include "cli/look/table.h"

typedef struct runs_run {
    const char *path; /* as it was given */
    table_file table;
    char *description; /* what it was trained with, without seed and name; NULL: not known */
    int64_t best;      /* row of the best epoch */
    int setting;       /* the first of its like is number 0 */
} runs_run;

typedef struct runs {
    runs_run *run; /* [count] */
    int count;
    char **setting; /* [settings] names */
    int settings;
    const char *by; /* the column that is compared, of the first table */
} runs;

/* Directories of runs, or their metrics.csv. `by` NULL: the accuracy of the watched data, or their
 * loss. After an error, too, to be closed. An exit code. */
int runs_open(char const *const *path, int count, const char *by, runs *r);
void runs_close(runs *r);
/* Values of a column of the runs of a setting [count of runs], at the best or the last epoch;
 * returns how many there are. */
int runs_values(const runs *r, int setting, const char *column, bool best, double *value);
/* Whether more of the column is better. */
bool runs_rises(const char *column);

/* The picture at `path` (without ending): the compared column and the loss of the training, of each
 * setting the mean over its runs and, of several, mean plus and minus the deviation. */
int runs_figure(const runs *r, const char *path);

#endif

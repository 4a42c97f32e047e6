/* plot/csv.h: a table of numbers with a line of names, as the trainer's metrics.csv. */
#ifndef FSNN_CSV_H
#define FSNN_CSV_H

#include "base/base.h"

typedef struct fsnn_csv {
    char *text; /* the file, cut into the names */
    int columns;
    const char **names; /* [columns] */
    int64_t rows;
    double *values; /* [rows][columns]; NaN where a cell is empty */
} fsnn_csv;

/* FSNN_EIO, FSNN_EFORMAT (file, line, what was found). Free with fsnn_csv_free, after an error too.
 */
fsnn_status fsnn_csv_read(fsnn_csv *csv, const char *path);
void fsnn_csv_free(fsnn_csv *csv);
/* Column of a name, -1 when there is none. */
int fsnn_csv_find(const fsnn_csv *csv, const char *name);

#endif

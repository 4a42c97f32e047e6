/* format/csv.h: tables of texts (RFC 4180 and its relatives): separators , ; tab | or blanks, cells
 * in quotes, a line of names or none, lines of remarks that begin with #, numbers with a point or a
 * comma. */
#ifndef FSNN_FORMAT_CSV_H
#define FSNN_FORMAT_CSV_H

#include "base/base.h"

typedef struct csv_options {
    char separator; /* ',', ';', '\t', '|', ...; ' ': any number of blanks; 0: found by looking */
    char decimal;   /* '.', ','; 0: found by looking */
    bool may_be_empty; /* a line of names without rows is no error */
} csv_options;

typedef struct csv {
    const char *path;
    char *text;            /* all cells, each ended by 0 */
    int64_t columns, rows; /* rows without the names */
    char **name;           /* [columns] of the file, or "1", "2", ... */
    char **cell;           /* [rows, columns] */
    int64_t *line;         /* [rows] in the file, from 1 */
    char separator, decimal;
    bool named; /* the file has a line of names */
} csv;

/* `bytes` are not needed afterwards, `path` is borrowed; csv_close also after an error. The first
 * line has names unless all its cells are numbers. FSNN_EFORMAT (file, line), FSNN_EMEMORY. */
fsnn_status csv_open(csv *t, const char *path, const uint8_t *bytes, size_t size,
                     const csv_options *options);
void csv_close(csv *t);
/* The column of this name, or of this number from 1 where there are no names; -1: none. */
int64_t csv_find(const csv *t, const char *name);
/* FSNN_EARGUMENT with the names that there are, for the option `key`. */
fsnn_status csv_fail_name(const csv *t, const char *key, const char *name);
/* The number in a cell: NaN where it is missing (empty, ?, NA, NaN, null). False for other texts
 * and for numbers that no double holds. */
bool csv_number(const csv *t, int64_t row, int64_t column, double *out);

#endif

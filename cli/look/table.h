/* cli/look/table.h: tables as a training writes them (metrics.csv): a line of names, lines of
 * numbers. */
#ifndef FSNN_CLI_TABLE_H
#define FSNN_CLI_TABLE_H

#include "cli/cli.h"

/* Cuts a line into cells without their quotes (RFC 4180), in place; the list is to be freed. */
int table_split(char *line, char ***cells);

typedef struct table_file {
    char *header;
    char **name; /* [columns], into the header */
    int columns;
    int64_t rows;
    double *value; /* [rows, columns]; NaN where a cell is no number */
} table_file;

/* The whole file; after an error, too, to be closed. Lines of another width, as one that is being
 * written has, are left out. An exit code. */
int table_open(const char *path, table_file *t);
void table_close(table_file *t);
/* -1: there is none of that name. */
int table_column(const table_file *t, const char *name);
static inline double table_at(const table_file *t, int64_t row, int column)
{
    return column < 0 ? 0.0 / 0.0 : t->value[row * t->columns + column];
}

#endif

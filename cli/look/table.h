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
    int64_t rows, broken; /* broken: lines of another width, which are left out */
    double *value;        /* [rows, columns]; NaN where a cell is no number */
} table_file;

/* Reads the header, then hands each line of numbers, cut into cells and as it is, to `row`;
 * t->rows is its number. After an error, too, t is to be closed. An exit code. */
typedef void table_row(table_file *t, char **cell, const char *line, void *user);
int table_walk(const char *path, table_file *t, table_row *row, void *user);

/* The whole file; after an error, too, to be closed. Lines of another width, as one that is being
 * written has, are left out. An exit code. */
int table_open(const char *path, table_file *t);
void table_close(table_file *t);
/* Says how many lines were left out, where some were. */
void table_say_broken(const table_file *t, const char *path);
/* -1: there is none of that name. */
int table_column(const table_file *t, const char *name);
static inline double table_at(const table_file *t, int64_t row, int column)
{
    return column < 0 ? 0.0 / 0.0 : t->value[row * t->columns + column];
}

#endif

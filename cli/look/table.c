/* cli/look/table.c: reading tables of numbers. */
#include "cli/look/table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The next cell of a line, without its quotes; NULL behind the last. */
static char *next_cell(char **rest)
{
    char *cell = *rest, *to = cell, *from = cell;
    if (!cell)
        return NULL;
    bool quoted = *from == '"';
    for (from += quoted; *from && (quoted || *from != ','); from++) {
        if (quoted && *from == '"' && *++from != '"') {
            quoted = false;
            from--;
            continue;
        }
        *to++ = *from;
    }
    *rest = *from ? from + 1 : NULL;
    *to = '\0';
    return cell;
}

int table_split(char *line, char ***cells)
{
    int count = 0, most = 1;
    line[strcspn(line, "\r\n")] = '\0';
    for (const char *c = line; *c; c++)
        most += *c == ',';
    *cells = cli_allocate((size_t)most, sizeof **cells);
    for (char *cell; (cell = next_cell(&line));)
        (*cells)[count++] = cell;
    return count;
}

static void read_rows(FILE *file, table_file *t, table_row *row, void *user)
{
    char *line = NULL, **cell;
    size_t size = 0;
    while (getline(&line, &size, file) > 0) {
        char *copy = cli_format("%s", line);
        if (table_split(copy, &cell) == t->columns) {
            row(t, cell, line, user);
            t->rows++;
        } else {
            t->broken++;
        }
        free(cell);
        free(copy);
    }
    free(line);
}

int table_walk(const char *path, table_file *t, table_row *row, void *user)
{
    size_t size = 0;
    memset(t, 0, sizeof *t);
    if (fsnn_file_check(path) < 0)
        return cli_fail(FSNN_EFORMAT);
    FILE *file = fopen(path, "r");
    if (!file)
        return cli_error(CLI_FAILED, "cannot open %s: %s", path, strerror(errno));
    if (getline(&t->header, &size, file) > 0) {
        t->columns = table_split(t->header, &t->name);
        read_rows(file, t, row, user);
    }
    fclose(file);
    if (t->rows == 0)
        return cli_error(CLI_FAILED, "%s: no epoch is recorded in it", path);
    return CLI_GOOD;
}

static void add_row(table_file *t, char **cell, const char *line, void *user)
{
    int64_t *capacity = user;
    (void)line;
    if (t->rows == *capacity) {
        *capacity = 2 * *capacity + 16;
        double *more = cli_allocate((size_t)(*capacity * t->columns), sizeof *more);
        if (t->rows)
            memcpy(more, t->value, (size_t)(t->rows * t->columns) * sizeof *more);
        free(t->value);
        t->value = more;
    }
    for (int c = 0; c < t->columns; c++) {
        char *end;
        double x = strtod(cell[c], &end);
        t->value[t->rows * t->columns + c] = end == cell[c] || *end ? NAN : x;
    }
}

int table_open(const char *path, table_file *t)
{
    int64_t capacity = 0;
    return table_walk(path, t, add_row, &capacity);
}

void table_close(table_file *t)
{
    free(t->header);
    free(t->name);
    free(t->value);
    memset(t, 0, sizeof *t);
}

void table_say_broken(const table_file *t, const char *path)
{
    if (t->broken)
        cli_warn("%s: %lld of its lines do not have %d cells and are left out", path,
                 (long long)t->broken, t->columns);
}

int table_column(const table_file *t, const char *name)
{
    for (int i = 0; i < t->columns; i++)
        if (strcmp(t->name[i], name) == 0)
            return i;
    return -1;
}

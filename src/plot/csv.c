/* plot/csv.c: reads a comma-separated table of numbers whose first line names the columns (RFC
 * 4180: names may be quoted). Numbers have a point whatever the program's language. */
#include "plot/csv.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Cuts the next line off; NULL at the end. Takes all three kinds of line ends. */
static char *next_line(char **rest)
{
    char *line = *rest;

    if (!*line)
        return NULL;
    char *end = line + strcspn(line, "\r\n");
    *rest = end + (*end == '\r' && end[1] == '\n' ? 2 : *end != 0);
    *end = 0;
    return line;
}

/* Cuts the next cell off a line; NULL when the line is used up. */
static char *next_cell(char **rest)
{
    char *cell = *rest, *out = cell, *in = cell;

    if (!cell)
        return NULL;
    bool quoted = *in == '"';
    for (in += quoted; *in && (quoted || *in != ','); in++) {
        if (quoted && *in == '"' && *++in != '"') {
            quoted = false;
            in--;
            continue;
        }
        *out++ = *in;
    }
    *rest = *in ? in + 1 : NULL;
    *out = 0;
    return cell;
}

static fsnn_status read_names(fsnn_csv *csv, char *line, const char *path)
{
    int64_t commas = 0;

    for (const char *c = line; *c; c++)
        commas += *c == ',';
    if (commas >= INT32_MAX)
        return fsnn_fail(FSNN_EFORMAT, "%s: line 1 names %lld columns", path,
                         (long long)commas + 1);
    csv->names = fsnn_alloc((size_t)(commas + 1) * sizeof *csv->names);
    if (!csv->names)
        return FSNN_EMEMORY;
    for (char *cell; (cell = next_cell(&line));)
        csv->names[csv->columns++] = cell;
    return FSNN_OK;
}

static fsnn_status read_row(fsnn_csv *csv, char *line, int64_t number, locale_t plain,
                            const char *path)
{
    double *row = csv->values + csv->rows * csv->columns;
    int column = 0;

    for (char *cell; (cell = next_cell(&line)); column++) {
        char *end = cell;
        if (column >= csv->columns)
            continue; /* counted for the sentence below */
        row[column] = *cell ? strtod_l(cell, &end, plain) : NAN;
        end += strspn(end, " \t");
        if (*end || (*cell && end == cell))
            return fsnn_fail(FSNN_EFORMAT,
                             "%s: line %lld, column \"%.60s\": \"%.60s\" is not a number", path,
                             (long long)number, csv->names[column], cell);
    }
    if (column != csv->columns)
        return fsnn_fail(FSNN_EFORMAT, "%s: line %lld has %d cells, but line 1 names %d columns",
                         path, (long long)number, column, csv->columns);
    csv->rows++;
    return FSNN_OK;
}

static fsnn_status read_rows(fsnn_csv *csv, char *rest, const char *path)
{
    size_t cells = 1; /* at most: the first row that has fewer than it should ends the reading */
    int64_t number = 1;
    fsnn_status status = FSNN_OK;

    for (const char *c = rest; *c; c++)
        cells += *c == '\n' || *c == '\r' || *c == ',';
    csv->values = fsnn_alloc(cells * sizeof *csv->values);
    if (!csv->values)
        return FSNN_EMEMORY;
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!plain)
        return fsnn_fail(FSNN_EMEMORY, "%s: out of memory while reading", path);
    for (char *line; status == FSNN_OK && (line = next_line(&rest));) {
        number++;
        if (*line)
            status = read_row(csv, line, number, plain, path);
    }
    freelocale(plain);
    return status;
}

fsnn_status fsnn_csv_read(fsnn_csv *csv, const char *path)
{
    uint8_t *data = NULL;
    size_t size = 0;

    *csv = (fsnn_csv){0};
    FSNN_TRY(fsnn_file_read(path, &data, &size));
    csv->text = (char *)data;
    char *rest = csv->text;
    if (strlen(csv->text) != size)
        return fsnn_fail(FSNN_EFORMAT, "%s: is not a text file: it holds a 0 byte at %zu", path,
                         strlen(csv->text));
    if (strncmp(rest, "\xef\xbb\xbf", 3) == 0) /* spreadsheets like to begin with this mark */
        rest += 3;
    char *line = next_line(&rest);
    if (!line)
        return fsnn_fail(FSNN_EFORMAT, "%s: is empty; a table begins with a line of names", path);
    FSNN_TRY(read_names(csv, line, path));
    return read_rows(csv, rest, path);
}

void fsnn_csv_free(fsnn_csv *csv)
{
    fsnn_free(csv->text);
    fsnn_free(csv->names);
    fsnn_free(csv->values);
    *csv = (fsnn_csv){0};
}

int fsnn_csv_find(const fsnn_csv *csv, const char *name)
{
    for (int i = 0; i < csv->columns; i++)
        if (strcmp(csv->names[i], name) == 0)
            return i;
    return -1;
}

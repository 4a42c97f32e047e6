/* data/columns.c: text files of numbers, a sample a line: its class, then its values. */
#include "data/store.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 20 };

/* The numbers of all lines in a row; *columns is how many each has. */
static fsnn_status numbers(const char *path, char *text, int64_t skip, float *out, int64_t *rows,
                           int64_t *columns)
{
    int64_t line = 0, count = 0;
    *rows = *columns = 0;
    for (char *at = text, *end; (end = strchr(at, '\n')); at = end + 1) {
        int64_t before = count;
        *end = 0;
        if (++line <= skip)
            continue;
        for (char *number = strtok(at, " \t"); number; number = strtok(NULL, " \t")) {
            char *rest;
            float x = strtof(number, &rest);
            if (*rest || count == MOST)
                return fsnn_fail(FSNN_EFORMAT, "%s:%lld: \"%s\" is no number", path,
                                 (long long)line, number);
            out[count++] = x;
        }
        *columns = *rows ? *columns : count;
        if (count - before != *columns || *columns < 2)
            return fsnn_fail(FSNN_EFORMAT,
                             "%s:%lld: %lld numbers, expected a class and %lld values", path,
                             (long long)line, (long long)(count - before),
                             (long long)(*columns ? *columns - 1 : 1));
        ++*rows;
    }
    return *rows ? FSNN_OK : fsnn_fail(FSNN_EFORMAT, "%s: holds no samples", path);
}

static fsnn_status make(float *x, int64_t rows, int64_t columns, fsnn_data **out)
{
    int32_t *label = fsnn_alloc((size_t)rows * sizeof *label);
    if (!label)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < rows; i++) {
        label[i] = (int32_t)x[i * columns];
        memmove(x + i * (columns - 1), x + i * columns + 1, (size_t)(columns - 1) * sizeof *x);
    }
    fsnn_status status = fsnn_data_memory(rows, FSNN_SHAPE(columns - 1), x, label, out);
    fsnn_free(label);
    return status;
}

fsnn_status fsnn_data_columns(const char *path, int64_t skip, fsnn_data **data)
{
    uint8_t *bytes;
    size_t size;
    int64_t rows, columns;
    FSNN_TRY(fsnn_file_read(path, &bytes, &size));
    char *text = fsnn_format("%.*s", (int)size, (const char *)bytes);
    float *x = fsnn_alloc((size_t)MOST * sizeof *x);
    fsnn_free(bytes);
    fsnn_status status = text && x ? numbers(path, text, skip, x, &rows, &columns) : FSNN_EMEMORY;
    if (!status)
        status = make(x, rows, columns, data);
    fsnn_free(text);
    fsnn_free(x);
    return status;
}

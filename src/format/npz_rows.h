/* format/npz_rows.h: an NPZ whose arrays [n] are written side by side, a block of rows of each at a
 * time, from numbers that stand as arrays nowhere. */
#ifndef FSNN_NPZ_ROWS_H
#define FSNN_NPZ_ROWS_H

#include "base/base.h"

#include <fsnn/tensor.h>

enum { NPZ_COLUMNS = 8, NPZ_ROWS = 32768 };

typedef struct npz_column {
    const char *name;
    fsnn_dtype type;
} npz_column;

/* Puts the rows from `begin` to before `end`, at most NPZ_ROWS, into column[c], from its beginning
 * on; rows are asked for in their order, once each. An error ends the writing. */
typedef fsnn_status npz_fill(void *user, int64_t begin, int64_t end, void *const column[]);

/* The arrays of the columns, then those of `beside` as they are. FSNN_EIO, FSNN_EMEMORY, the errors
 * of `fill`. */
fsnn_status npz_write_rows(const char *path, int64_t rows, const npz_column *column, int columns,
                           npz_fill *fill, void *user, const fsnn_arrays *beside);

#endif

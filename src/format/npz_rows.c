/* format/npz_rows.c: see npz_rows.h. Where each array stands in the file follows from its size. A
 * block of rows is small enough to stay in the caches on its way into the file, and no array is
 * ever whole in memory. Into a pipe, where nothing can be written out of turn, arrays go whole. */
#include "format/npz_rows.h"

#include "format/npy.h"
#include "format/npz.h"

typedef struct writing {
    zip_writer zip;
    int64_t rows;
    const npz_column *column;
    int columns;
    char *name[NPZ_COLUMNS];
    zip_place place[NPZ_COLUMNS];
    void *block[NPZ_COLUMNS]; /* [NPZ_ROWS] */
} writing;

static fsnn_status begin_column(writing *w, int c)
{
    char header[NPY_HEADER_MAX];
    const size_t element = fsnn_dtype_size(w->column[c].type);
    const size_t n = npy_header(w->column[c].type, &FSNN_SHAPE(w->rows), header);
    w->name[c] = fsnn_format("%s.npy", w->column[c].name);
    w->block[c] = fsnn_alloc(NPZ_ROWS * element);
    if (!w->name[c] || !w->block[c])
        return FSNN_EMEMORY;
    FSNN_TRY(zip_keep(&w->zip, w->name[c], n + (size_t)w->rows * element, &w->place[c]));
    zip_put(&w->zip, &w->place[c], header, n);
    return FSNN_OK;
}

static fsnn_status write_blocks(writing *w, npz_fill *fill, void *user)
{
    for (int64_t at = 0; at < w->rows; at += NPZ_ROWS) {
        const int64_t n = w->rows - at < NPZ_ROWS ? w->rows - at : NPZ_ROWS;
        FSNN_TRY(fill(user, at, at + n, w->block));
        for (int c = 0; c < w->columns; c++)
            zip_put(&w->zip, &w->place[c], w->block[c],
                    (size_t)n * fsnn_dtype_size(w->column[c].type));
    }
    return FSNN_OK;
}

static fsnn_status write_places(writing *w, npz_fill *fill, void *user)
{
    for (int c = 0; c < w->columns; c++)
        FSNN_TRY(begin_column(w, c));
    FSNN_TRY(write_blocks(w, fill, user));
    for (int c = 0; c < w->columns; c++)
        FSNN_TRY(zip_settle(&w->zip, &w->place[c]));
    return FSNN_OK;
}

static fsnn_status write_in_turn(writing *w, npz_fill *fill, void *user)
{
    fsnn_arrays list = {0};
    fsnn_status status = FSNN_OK;
    for (int c = 0; c < w->columns && !status; c++)
        status = fsnn_arrays_add(&list, w->column[c].name, w->column[c].type, &FSNN_SHAPE(w->rows))
                     ? FSNN_OK
                     : FSNN_EMEMORY;
    for (int64_t at = 0; at < w->rows && !status; at += NPZ_ROWS) {
        void *column[NPZ_COLUMNS] = {NULL};
        for (int c = 0; c < w->columns; c++)
            column[c] = (char *)list.item[c].data + (size_t)at * fsnn_dtype_size(w->column[c].type);
        status = fill(user, at, w->rows - at < NPZ_ROWS ? w->rows : at + NPZ_ROWS, column);
    }
    for (int c = 0; c < w->columns && !status; c++)
        status = npz_add(&w->zip, &list.item[c]);
    fsnn_arrays_free(&list);
    return status;
}

static fsnn_status write_all(writing *w, npz_fill *fill, void *user, const fsnn_arrays *beside)
{
    const bool anywhere = !fseeko(w->zip.stream, 0, SEEK_CUR);
    FSNN_TRY(anywhere ? write_places(w, fill, user) : write_in_turn(w, fill, user));
    for (int i = 0; i < beside->count; i++)
        FSNN_TRY(npz_add(&w->zip, &beside->item[i]));
    zip_finish(&w->zip);
    return FSNN_OK;
}

fsnn_status npz_write_rows(const char *path, int64_t rows, const npz_column *column, int columns,
                           npz_fill *fill, void *user, const fsnn_arrays *beside)
{
    fsnn_file file;
    FSNN_TRY(fsnn_file_create(&file, path));
    writing w = {.zip = {.stream = file.stream, .limit = ZIP_LIMIT},
                 .rows = rows,
                 .column = column,
                 .columns = columns};
    fsnn_status status = write_all(&w, fill, user, beside);
    zip_free(&w.zip);
    for (int c = 0; c < columns; c++) {
        fsnn_free(w.name[c]);
        fsnn_free(w.block[c]);
    }
    if (status == FSNN_OK)
        return fsnn_file_commit(&file);
    fsnn_file_abort(&file);
    return status;
}

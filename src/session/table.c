/* Tables of numbers: names and units of columns, and rows. */
#include "session/simulate.h"

#include <string.h>

void fsnn_table_free(fsnn_table *table)
{
    if (!table)
        return;
    for (int i = 0; i < table->columns; i++) {
        fsnn_free(table->name ? table->name[i] : NULL);
        fsnn_free(table->unit ? table->unit[i] : NULL);
    }
    fsnn_free(table->name);
    fsnn_free(table->unit);
    fsnn_free(table->cell);
    *table = (fsnn_table){0};
}

fsnn_status table_create(fsnn_table *table, const table_head *head, int columns)
{
    *table = (fsnn_table){.columns = columns};
    table->name = fsnn_alloc((size_t)columns * sizeof *table->name);
    table->unit = fsnn_alloc((size_t)columns * sizeof *table->unit);
    for (int i = 0; table->name && table->unit && i < columns; i++) {
        table->name[i] = fsnn_strdup(head[i].name);
        table->unit[i] = fsnn_strdup(head[i].unit);
        if (!table->name[i] || !table->unit[i])
            return FSNN_EMEMORY;
    }
    return table->name && table->unit ? FSNN_OK : FSNN_EMEMORY;
}

fsnn_status table_add(fsnn_table *table, int64_t *capacity, const double *row)
{
    size_t bytes = (size_t)table->columns * sizeof *row;
    FSNN_TRY(fsnn_grow(&table->cell, table->rows, capacity, table->rows + 1, bytes));
    memcpy(table->cell + table->rows++ * table->columns, row, bytes);
    return FSNN_OK;
}

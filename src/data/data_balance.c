/* data/data_balance.c: as many samples of every class. */
#include "data/store.h"

#include <string.h>

/* Rows of class `label`, in order, over and over until `most` are there; returns how many were
 * written. */
static int64_t repeat(const fsnn_data *data, int32_t label, int64_t most, int64_t *row)
{
    int64_t written = 0;
    for (bool any = true; any && written < most;) {
        any = false;
        for (int64_t i = 0; i < data->count && written < most; i++) {
            int64_t at = store_row(data, i);
            if (data->store->labels[at] == label) {
                row[written++] = at;
                any = true;
            }
        }
    }
    return written;
}

fsnn_status fsnn_data_balance(fsnn_data *data)
{
    if (!data || !data->store->labels)
        return fsnn_fail(FSNN_EARGUMENT, "samples without classes cannot be balanced");
    if (data->store->places != 1)
        return fsnn_fail(FSNN_EARGUMENT, "samples that have %lld classes each cannot be balanced",
                         (long long)data->store->places);
    int64_t classes = data->store->classes, most = 0, total = 0;
    int64_t *count = fsnn_alloc((size_t)classes * sizeof *count);
    if (!count)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < data->count; i++) {
        int32_t label = data->store->labels[store_row(data, i)];
        int64_t n = label < 0 ? 0 : ++count[label]; /* what has no class has no turn */
        most = n > most ? n : most;
    }
    for (int64_t c = 0; c < classes; c++)
        total += count[c] ? most : 0;
    int64_t *row = fsnn_alloc((size_t)total * sizeof *row), written = 0;
    for (int64_t c = 0; c < classes && row; c++)
        written += count[c] ? repeat(data, (int32_t)c, most, row + written) : 0;
    fsnn_free(count);
    if (!row)
        return FSNN_EMEMORY;
    fsnn_free(data->row);
    data->row = row;
    data->count = written;
    return FSNN_OK;
}

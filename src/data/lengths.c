/* data/lengths.c: how many steps of a sample are no padding. */
#include "data/store.h"

#include <string.h>

static int64_t steps_of(const fsnn_data *data)
{
    return data->sequence && data->shape.rank > 0 ? data->shape.dim[0] : 0;
}

fsnn_status fsnn_data_set_lengths(fsnn_data *data, const int64_t *steps)
{
    FSNN_NEED(data);
    FSNN_NEED(steps);
    int64_t T = steps_of(data);
    if (T < 1)
        return fsnn_fail(FSNN_EARGUMENT, "samples without time have no lengths");
    if (data->row || atomic_load(&data->store->users) != 1)
        return fsnn_fail(FSNN_EARGUMENT,
                         "the samples are shared or chosen: give them lengths right "
                         "after they are made");
    for (int64_t i = 0; i < data->count; i++)
        if (steps[i] < 1 || steps[i] > T)
            return fsnn_fail(FSNN_EARGUMENT,
                             "sample %lld has a length of %lld steps: it is from 1 to %lld",
                             (long long)i, (long long)steps[i], (long long)T);
    int64_t *copy = fsnn_alloc((size_t)data->count * sizeof *copy);
    if (!copy)
        return FSNN_EMEMORY;
    memcpy(copy, steps, (size_t)data->count * sizeof *copy);
    fsnn_free(data->store->lengths);
    data->store->lengths = copy;
    return FSNN_OK;
}

int64_t fsnn_data_length(const fsnn_data *data, int64_t index)
{
    FSNN_NEED(data);
    if (index < 0 || index >= data->count)
        return fsnn_fail(FSNN_EARGUMENT, "sample %lld of %lld does not exist", (long long)index,
                         (long long)data->count);
    return data->store->lengths ? data->store->lengths[store_row(data, index)] : steps_of(data);
}

/* Data that are the caller's: samples come from a function when they are asked for, so that a set
 * may be larger than memory. Only the labels are kept. */
#include "base/error_key.h"
#include "data/store.h"

#include <math.h>

static void release(void *more)
{
    fsnn_free(more);
}

static fsnn_status fetch(const fsnn_data *data, int64_t row, float *x)
{
    const fsnn_data_source *from = data->store->more;
    uint64_t before = fsnn_errors_said();
    int result = from->fetch(row, x, from->user);
    const char *why = fsnn_error_since(before);
    if (result)
        return fsnn_fail(FSNN_ECALLBACK, "sample %lld of the data: the function returned %d%s%s",
                         (long long)row, result, *why ? ": " : "", why);
    for (int64_t i = 0; i < data->size; i++) {
        if (!isfinite(x[i]))
            return fsnn_fail(FSNN_EARGUMENT,
                             "sample %lld of the data: element %lld is %g, expected a finite "
                             "number",
                             (long long)row, (long long)i, (double)x[i]);
        if (data->mean != 0 || data->deviation != 1)
            x[i] = (float)((x[i] - data->mean) / data->deviation);
    }
    return FSNN_OK;
}

static fsnn_status check(const fsnn_data_source *source)
{
    if (!source->fetch)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_data_fetched: there is no function `fetch`");
    int rank = source->shape.rank;
    if (source->count < 1 || rank < 1 || rank > STORE_MAX_RANK)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_data_fetched: %lld samples of rank %d; at least one sample of rank "
                         "1 to %d is needed",
                         (long long)source->count, rank, STORE_MAX_RANK);
    for (int d = 0; d < rank; d++)
        if (source->shape.dim[d] < 1)
            return fsnn_fail(FSNN_EARGUMENT, "fsnn_data_fetched: dimension %d of a sample is %lld",
                             d, (long long)source->shape.dim[d]);
    if (source->labels && source->targets)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_data_fetched: samples have classes (`labels`) or "
                                         "values (`targets`), not both");
    if (fsnn_shape_count(&source->shape) > INT32_MAX)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_data_fetched: a sample has more than %d elements",
                         INT32_MAX);
    for (int64_t i = 0; source->labels && i < source->count; i++)
        if (source->labels[i] < 0 && source->labels[i] != FSNN_UNLABELLED)
            return fsnn_fail(FSNN_EARGUMENT,
                             "fsnn_data_fetched: the class of sample %lld is %d; classes are 0, 1, "
                             "...",
                             (long long)i, (int)source->labels[i]);
    return FSNN_OK;
}

fsnn_status fsnn_data_fetched(const fsnn_data_source *source, fsnn_data **data)
{
    if (!source || !data)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_data_fetched: an argument is NULL");
    *data = NULL;
    FSNN_TRY(check(source));
    fsnn_data_source *more = fsnn_alloc(sizeof *more);
    if (!more)
        return FSNN_EMEMORY;
    *more = *source;
    more->labels = NULL;
    more->targets = NULL;
    store_lazy lazy = {.rows = source->count,
                       .shape = source->shape,
                       .sequence = source->sequence,
                       .labels = source->labels,
                       .more = more,
                       .release = release,
                       .fetch = fetch};
    FSNN_TRY(store_create_lazy(&lazy, data));
    fsnn_status status =
        source->targets ? fsnn_data_set_values(*data, source->target, source->targets) : FSNN_OK;
    if (status < 0) {
        fsnn_data_destroy(*data);
        *data = NULL;
    }
    return status;
}

/* data/data.c: data sets after they were read: values, subsets by lists of rows, single samples. */
#include "data/store.h"

#include <math.h>
#include <string.h>

const char *fsnn_part_name(fsnn_part part)
{
    static const char *const name[FSNN_PARTS] = {"training", "validation", "test"};
    return (unsigned)part < FSNN_PARTS ? name[part] : "unknown";
}

const char *fsnn_part_key(fsnn_part part)
{
    static const char *const key[FSNN_PARTS] = {"train", "validation", "test"};
    return (unsigned)part < FSNN_PARTS ? key[part] : "unknown";
}

fsnn_status fsnn_data_memory(int64_t count, fsnn_shape shape, const float *x, const int32_t *labels,
                             fsnn_data **data)
{
    if (!x || !data)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_data_memory needs samples and a place for the data");
    *data = NULL;
    if (count < 1 || shape.rank < 0 || shape.rank > STORE_MAX_RANK)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_data_memory: %lld samples of rank %d; at least one sample of at "
                         "most %d dimensions can be taken",
                         (long long)count, shape.rank, STORE_MAX_RANK);
    fsnn_shape all = {.rank = shape.rank + 1, .dim = {count}};
    memcpy(all.dim + 1, shape.dim, (size_t)shape.rank * sizeof shape.dim[0]);
    fsnn_arrays list = {0};
    fsnn_array *array = fsnn_arrays_add(&list, "samples", FSNN_F32, &all);
    fsnn_status status = array ? FSNN_OK : FSNN_EMEMORY;
    if (array) {
        memcpy(array->data, x, (size_t)fsnn_shape_count(&all) * sizeof *x);
        fsnn_array y = {NULL, FSNN_I32, FSNN_SHAPE(count), (void *)(uintptr_t)labels};
        store_source source = {.what = "samples",
                               .x = array,
                               .y_what = "labels",
                               .y = labels ? &y : NULL,
                               .targets = FSNN_TARGETS_CLASSES,
                               .divisor = 1,
                               .fault = FSNN_EARGUMENT};
        status = store_create(&source, data);
    }
    fsnn_arrays_free(&list);
    return status;
}

fsnn_status fsnn_data_normalize(fsnn_data *data, double mean, double deviation)
{
    if (!data || !isfinite(mean) || !isfinite(deviation) || deviation <= 0)
        return fsnn_fail(FSNN_EARGUMENT,
                         "normalisation by mean %g and deviation %g: both must be finite numbers, "
                         "the deviation above 0",
                         mean, deviation);
    /* ((x - m) / d - mean) / deviation = (x - (m + d mean)) / (d deviation) */
    data->mean += data->deviation * mean;
    data->deviation *= deviation;
    for (int i = 0; i < 256; i++)
        data->value[i] = (float)((i / data->divisor - data->mean) / data->deviation);
    return FSNN_OK;
}

fsnn_status store_subset(const fsnn_data *data, int64_t *row, int64_t count, fsnn_data **subset)
{
    fsnn_data *fresh = fsnn_alloc(sizeof *fresh);
    if (!fresh) {
        fsnn_free(row);
        return FSNN_EMEMORY;
    }
    *fresh = *data;
    fresh->row = row;
    fresh->count = count;
    atomic_fetch_add(&data->store->users, 1);
    *subset = fresh;
    return FSNN_OK;
}

/* Another data set on the same store, its list of rows left open for `count` rows. */
static fsnn_data *sibling(const fsnn_data *data, int64_t count)
{
    fsnn_data *fresh = NULL;
    int64_t *row = fsnn_alloc((size_t)count * sizeof *row);
    if (row)
        store_subset(data, row, count, &fresh);
    return fresh;
}

/* Both parts keep the order of the file. */
static void deal(const fsnn_data *data, const bool *mine, int64_t *held_out, int64_t *kept)
{
    for (int64_t i = 0; i < data->count; i++)
        if (mine[i])
            *held_out++ = store_row(data, i);
        else
            *kept++ = store_row(data, i);
}

fsnn_status fsnn_data_split(fsnn_data *data, double share, uint64_t seed, fsnn_data **held_out)
{
    if (!data || !held_out)
        return fsnn_fail(FSNN_EARGUMENT, "fsnn_data_split needs data and a place for its part");
    *held_out = NULL;
    if (!(share > 0 && share < 1) || data->count < 2)
        return fsnn_fail(FSNN_EARGUMENT,
                         "a share of %g cannot be split off %lld samples: the share must lie "
                         "between 0 and 1, and both parts need a sample",
                         share, (long long)data->count);
    int64_t n = (int64_t)llround(share * (double)data->count);
    n = n < 1 ? 1 : n > data->count - 1 ? data->count - 1 : n;
    int64_t *order = fsnn_alloc((size_t)data->count * sizeof *order);
    bool *mine = fsnn_alloc((size_t)data->count * sizeof *mine);
    int64_t *kept = fsnn_alloc((size_t)(data->count - n) * sizeof *kept);
    fsnn_data *part = order && mine && kept ? sibling(data, n) : NULL;
    if (part) {
        fsnn_random_order(order, data->count, seed, STORE_STREAM_SPLIT);
        for (int64_t i = 0; i < n; i++)
            mine[order[i]] = true;
        deal(data, mine, part->row, kept);
        fsnn_free(data->row);
        data->row = kept;
        data->count -= n;
        *held_out = part;
    } else {
        fsnn_free(kept);
    }
    fsnn_free(order);
    fsnn_free(mine);
    return part ? FSNN_OK : FSNN_EMEMORY;
}

fsnn_status fsnn_data_limit(fsnn_data *data, int64_t count, uint64_t seed)
{
    if (!data || count < 1)
        return fsnn_fail(FSNN_EARGUMENT, "a limit of %lld samples: at least one must stay",
                         (long long)count);
    int64_t *row = fsnn_alloc((size_t)data->count * sizeof *row);
    if (!row)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < data->count; i++)
        row[i] = i;
    if (seed)
        fsnn_random_order(row, data->count, seed, STORE_STREAM_LIMIT);
    if (count < data->count)
        data->count = count;
    for (int64_t i = 0; i < data->count; i++)
        row[i] = store_row(data, row[i]);
    fsnn_free(data->row);
    data->row = row;
    return FSNN_OK;
}

void fsnn_data_info_get(const fsnn_data *data, fsnn_data_info *info)
{
    if (!info)
        return;
    *info = (fsnn_data_info){0};
    if (!data)
        return;
    const store *s = data->store;
    *info = (fsnn_data_info){data->count,
                             data->shape,
                             data->sequence,
                             s->classes,
                             s->timed ? 1 : s->places,
                             s->timed ? s->places : 1,
                             s->target,
                             s->lengths != NULL};
}

fsnn_status fsnn_data_sample(const fsnn_data *data, int64_t index, float *x, int32_t *label)
{
    if (!data || index < 0 || index >= data->count)
        return fsnn_fail(FSNN_EARGUMENT, "sample %lld of %lld does not exist", (long long)index,
                         data ? (long long)data->count : 0LL);
    int64_t row = store_row(data, index);
    if (label)
        *label = data->store->labels ? data->store->labels[row * data->store->places] : -1;
    return x ? data->fetch(data, row, x) : FSNN_OK;
}

/* data/split_classes.c: a share of each class held out, so that rare classes are in both parts. */
#include "data/store.h"

#include <fsnn/data.h>

#include <math.h>

/* A count, and what a share of it is beyond whole samples. */
typedef struct quota {
    int64_t samples, held_out;
    double rest;
} quota;

static int32_t class_of(const fsnn_data *data, int64_t index)
{
    return data->store->labels[store_row(data, index)];
}

/* How many of each class; false where a label is none of the classes. */
static bool count_samples(const fsnn_data *data, quota *q)
{
    for (int64_t i = 0; i < data->count; i++) {
        int32_t c = class_of(data, i);
        if (c < 0 || c >= data->store->classes)
            return false;
        q[c].samples++;
    }
    return true;
}

static void add_largest_rest(quota *q, int64_t classes)
{
    int64_t best = -1;
    for (int64_t c = 0; c < classes; c++)
        if (q[c].rest > 0 && (best < 0 || q[c].rest > q[best].rest))
            best = c;
    if (best < 0)
        return;
    q[best].held_out++;
    q[best].rest = 0;
}

/* The share of all, dealt to the classes by largest remainders; then at least one sample of each
 * class stays in either part, as far as it has two. Returns how many are held out. */
static int64_t settle(quota *q, int64_t classes, int64_t samples, double share)
{
    int64_t wanted = (int64_t)llround(share * (double)samples), sum = 0;
    for (int64_t c = 0; c < classes; c++) {
        double exact = share * (double)q[c].samples;
        q[c].held_out = (int64_t)exact;
        q[c].rest = exact - (double)q[c].held_out;
        sum += q[c].held_out;
    }
    for (; sum < wanted; sum++)
        add_largest_rest(q, classes);
    sum = 0;
    for (int64_t c = 0; c < classes; c++) {
        if (q[c].held_out < 1)
            q[c].held_out = 1;
        if (q[c].held_out > q[c].samples - 1)
            q[c].held_out = q[c].samples > 0 ? q[c].samples - 1 : 0;
        sum += q[c].held_out;
    }
    return sum;
}

/* Both lists keep the order of the file: held_out[sum], kept[count - sum]. */
static fsnn_status deal(const fsnn_data *data, uint64_t seed, quota *q, int64_t *held_out,
                        int64_t *kept)
{
    int64_t *order = fsnn_alloc((size_t)data->count * sizeof *order);
    bool *mine = fsnn_alloc((size_t)data->count * sizeof *mine);
    if (order && mine) {
        fsnn_random_order(order, data->count, seed, STORE_STREAM_SPLIT);
        for (int64_t i = 0; i < data->count; i++) {
            quota *of = &q[class_of(data, order[i])];
            mine[order[i]] = of->held_out > 0;
            of->held_out -= mine[order[i]];
        }
        for (int64_t i = 0; i < data->count; i++)
            *(mine[i] ? held_out++ : kept++) = store_row(data, i);
    }
    fsnn_status status = order && mine ? FSNN_OK : FSNN_EMEMORY;
    fsnn_free(order);
    fsnn_free(mine);
    return status;
}

static fsnn_status split(fsnn_data *data, uint64_t seed, quota *q, int64_t sum,
                         fsnn_data **held_out)
{
    int64_t *part = fsnn_alloc((size_t)sum * sizeof *part);
    int64_t *kept = fsnn_alloc((size_t)(data->count - sum) * sizeof *kept);
    fsnn_status status = part && kept ? deal(data, seed, q, part, kept) : FSNN_EMEMORY;
    if (status) {
        fsnn_free(part);
    } else {
        status = store_subset(data, part, sum, held_out); /* takes the list */
    }
    if (status) {
        fsnn_free(kept);
        return status;
    }
    fsnn_free(data->row);
    data->row = kept;
    data->count -= sum;
    return FSNN_OK;
}

fsnn_status fsnn_data_split_classes(fsnn_data *data, double share, uint64_t seed,
                                    fsnn_data **held_out)
{
    if (!data || !held_out || !data->store->labels || data->store->places > 1 ||
        !(share > 0 && share < 1))
        return fsnn_data_split(data, share, seed, held_out); /* no classes; or its sentence */
    int64_t classes = data->store->classes;
    quota *q = fsnn_alloc((size_t)(classes + 1) * sizeof *q);
    if (!q)
        return FSNN_EMEMORY;
    *held_out = NULL;
    int64_t sum = count_samples(data, q) ? settle(q, classes, data->count, share) : 0;
    fsnn_status status =
        sum ? split(data, seed, q, sum, held_out) : fsnn_data_split(data, share, seed, held_out);
    fsnn_free(q);
    return status;
}

/* data/sparse.c: what is not 0 in a sample. The frames are made as they are for anyone else, then
 * gathered: O(T N) reads, which is little beside what a layer does with them. */
#include "data/sparse.h"

#include "data/store.h"

#include <string.h>

static fsnn_status prepare(const fsnn_data *data, sparse_rows *out)
{
    int64_t T = data->shape.dim[0], N = data->size / T;
    if (!data->sequence || N > INT32_MAX)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "lists of spikes are made of sequences of at most %d values a step, not of "
            "samples %s",
            INT32_MAX, data->sequence ? "that large" : "without a time axis");
    if (out->T == T && out->N == N)
        return FSNN_OK;
    sparse_free(out);
    out->start = fsnn_alloc((size_t)(T + 1) * sizeof *out->start);
    out->dense = fsnn_alloc((size_t)data->size * sizeof *out->dense);
    if (!out->start || !out->dense)
        return FSNN_EMEMORY;
    out->T = T;
    out->N = N;
    return FSNN_OK;
}

static fsnn_status reserve(sparse_rows *out, int64_t count)
{
    if (count <= out->room)
        return FSNN_OK;
    fsnn_free(out->index);
    fsnn_free(out->value);
    out->room = 0;
    int64_t room = count + count / 4;
    out->index = fsnn_alloc((size_t)room * sizeof *out->index);
    out->value = fsnn_alloc((size_t)room * sizeof *out->value);
    out->room = out->index && out->value ? room : 0;
    return out->room ? FSNN_OK : FSNN_EMEMORY;
}

fsnn_status sparse_fetch(const fsnn_data *data, int64_t row, const augment_clip *clip,
                         sparse_rows *out)
{
    FSNN_TRY(prepare(data, out));
    FSNN_TRY(clip && data->fetch_changed ? data->fetch_changed(data, row, clip, out->dense)
                                         : data->fetch(data, row, out->dense));
    int64_t count = 0;
    for (int64_t i = 0; i < data->size; i++)
        count += out->dense[i] != 0;
    FSNN_TRY(reserve(out, count));
    int64_t used = 0;
    for (int64_t k = 0; k < out->T; k++) {
        const float *x = out->dense + k * out->N;
        out->start[k] = used;
        for (int64_t i = 0; i < out->N; i++)
            if (x[i] != 0) {
                out->index[used] = (int32_t)i;
                out->value[used++] = x[i];
            }
    }
    out->start[out->T] = used;
    return FSNN_OK;
}

void sparse_free(sparse_rows *rows)
{
    fsnn_free(rows->start);
    fsnn_free(rows->index);
    fsnn_free(rows->value);
    fsnn_free(rows->dense);
    *rows = (sparse_rows){0};
}

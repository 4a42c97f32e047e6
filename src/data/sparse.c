/* data/sparse.c: lists of what is not 0 in a sample. */
#include "data/sparse.h"

#include "data/store.h"

#include <string.h>

fsnn_status sparse_open(sparse_rows *rows, int64_t T, int64_t N)
{
    if (N > INT32_MAX)
        return fsnn_fail(FSNN_EARGUMENT, "lists of spikes number their elements up to %d, not %lld",
                         INT32_MAX, (long long)N);
    if (rows->start && rows->T == T && rows->N == N)
        return FSNN_OK;
    sparse_free(rows);
    rows->start = fsnn_alloc((size_t)(T + 1) * sizeof *rows->start);
    rows->T = T;
    rows->N = N;
    return rows->start ? FSNN_OK : FSNN_EMEMORY;
}

fsnn_status sparse_reserve(sparse_rows *rows, int64_t kept, int64_t count)
{
    if (count <= rows->capacity)
        return FSNN_OK;
    int64_t capacity = count + rows->capacity;
    int32_t *index = fsnn_alloc((size_t)capacity * sizeof *index);
    float *value = fsnn_alloc((size_t)capacity * sizeof *value);
    if (!index || !value) {
        fsnn_free(index);
        fsnn_free(value);
        return FSNN_EMEMORY;
    }
    if (kept) {
        memcpy(index, rows->index, (size_t)kept * sizeof *index);
        memcpy(value, rows->value, (size_t)kept * sizeof *value);
    }
    fsnn_free(rows->index);
    fsnn_free(rows->value);
    rows->index = index;
    rows->value = value;
    rows->capacity = capacity;
    return FSNN_OK;
}

static fsnn_status from_values(const fsnn_data *data, int64_t row, sparse_rows *out)
{
    FSNN_TRY(sparse_open(out, data->shape.dim[0], data->size / data->shape.dim[0]));
    if (!out->dense)
        out->dense = fsnn_alloc((size_t)data->size * sizeof *out->dense);
    if (!out->dense)
        return FSNN_EMEMORY;
    FSNN_TRY(data->fetch(data, row, out->dense));
    int64_t used = 0;
    for (int64_t k = 0; k < out->T; k++) {
        const float *x = out->dense + k * out->N;
        out->start[k] = used;
        FSNN_TRY(sparse_reserve(out, used, used + out->N));
        for (int64_t i = 0; i < out->N; i++)
            if (x[i] != 0) {
                out->index[used] = (int32_t)i;
                out->value[used++] = x[i];
            }
    }
    out->start[out->T] = used;
    return FSNN_OK;
}

fsnn_status sparse_fetch(const fsnn_data *data, int64_t row, const augment_clip *clip,
                         sparse_rows *out)
{
    if (!data->sequence)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "lists of spikes are made of sequences, not of samples without a time axis");
    bool plain = data->mean == 0 && data->deviation == 1; /* 0 stays 0 */
    if (data->fetch_lists && plain)
        return data->fetch_lists(data, row, clip, out);
    return from_values(data, row, out);
}

void sparse_free(sparse_rows *rows)
{
    fsnn_free(rows->start);
    fsnn_free(rows->index);
    fsnn_free(rows->value);
    fsnn_free(rows->dense);
    *rows = (sparse_rows){0};
}

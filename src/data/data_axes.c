/* data/data_axes.c: still samples read as sequences: pictures row by row or pixel by pixel. */
#include "data/store_later.h"

#include <string.h>

/* A picture [C, H, W] of elements of `size` bytes with its channels after the axes of time. */
static void turn(uint8_t *sample, uint8_t *copy, const int64_t dim[3], fsnn_axes axes, size_t size)
{
    int64_t C = dim[0], H = dim[1], W = dim[2];
    memcpy(copy, sample, (size_t)(C * H * W) * size);
    for (int64_t c = 0; c < C; c++)
        for (int64_t h = 0; h < H; h++)
            for (int64_t w = 0; w < W; w++) {
                int64_t to = axes == FSNN_AXES_ROWS ? (h * C + c) * W + w : (h * W + w) * C + c;
                memcpy(sample + (size_t)to * size, copy + (size_t)((c * H + h) * W + w) * size,
                       size);
            }
}

static fsnn_status turn_all(const fsnn_data *data, const int64_t dim[3], fsnn_axes axes)
{
    const store *s = data->store;
    size_t size = fsnn_dtype_size(s->dtype);
    if (dim[0] == 1)
        return FSNN_OK;
    FSNN_TRY(store_need(data->store));
    if (!s->values || data->row || atomic_load(&data->store->users) != 1)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "these samples cannot be put into another order: they are shared, chosen or "
            "made when asked for; make sequences of them right after reading");
    uint8_t *copy = fsnn_alloc((size_t)data->size * size);
    if (!copy)
        return FSNN_EMEMORY;
    for (int64_t i = 0; i < data->count; i++)
        turn((uint8_t *)s->values + (size_t)(i * data->size) * size, copy, dim, axes, size);
    fsnn_free(copy);
    return FSNN_OK;
}

static fsnn_status pictures(fsnn_data *data, fsnn_axes axes)
{
    const fsnn_shape *s = &data->shape;
    char text[128];
    if (s->rank < 2 || s->rank > 3)
        return fsnn_fail(
            FSNN_EARGUMENT,
            "samples of shape %s are no pictures: [H, W] or [C, H, W] can be read row by "
            "row or pixel by pixel",
            fsnn_shape_text(s, text, sizeof text));
    int64_t dim[3] = {s->rank == 3 ? s->dim[0] : 1, s->dim[s->rank - 2], s->dim[s->rank - 1]};
    FSNN_TRY(turn_all(data, dim, axes));
    if (axes == FSNN_AXES_PIXELS)
        data->shape = FSNN_SHAPE(dim[1] * dim[2], dim[0]);
    else if (dim[0] == 1)
        data->shape = FSNN_SHAPE(dim[1], dim[2]);
    else
        data->shape = FSNN_SHAPE(dim[1], dim[0], dim[2]);
    return FSNN_OK;
}

fsnn_status fsnn_data_sequence(fsnn_data *data, fsnn_axes axes)
{
    if (!data || (int)axes < 0 || axes >= FSNN_AXES)
        return fsnn_fail(FSNN_EARGUMENT,
                         "fsnn_data_sequence needs data and a way to read them in time");
    if (axes == FSNN_AXES_NONE)
        return FSNN_OK;
    if (data->sequence)
        return fsnn_fail(FSNN_EARGUMENT, "the samples are sequences already");
    if (axes != FSNN_AXES_FIRST)
        FSNN_TRY(pictures(data, axes));
    else if (data->shape.rank == 1) /* a number a step */
        data->shape.dim[data->shape.rank++] = 1;
    data->sequence = true;
    return FSNN_OK;
}

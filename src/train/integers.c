/* train/integers.h. */
#include "train/integers.h"

#include "base/base.h"

#include <string.h>

static fsnn_status reserve(float **numbers, int64_t *there, int64_t count)
{
    if (count <= *there)
        return FSNN_OK;
    fsnn_free(*numbers);
    *there = 0;
    *numbers = fsnn_alloc(fsnn_bytes(count, sizeof **numbers));
    if (!*numbers)
        return FSNN_EMEMORY;
    *there = count;
    return FSNN_OK;
}

/* x [T, B, input] as it is, or written out. */
static const float *inputs_of(const fsnn_batch *batch, int64_t row, float *space)
{
    if (batch->spikes)
        fsnn_spikes_dense(batch->spikes, space);
    else if (batch->still)
        for (int64_t k = 0; k < batch->steps; k++)
            memcpy(space + k * row, batch->x, (size_t)row * sizeof *space);
    else
        return batch->x;
    return space;
}

fsnn_status integer_answers(const fsnn_integer *integers, const fsnn_net *net,
                            const fsnn_batch *batch, integer_room *room, const void **output)
{
    fsnn_shape in, out;
    FSNN_TRY(fsnn_net_shapes(net, &in, &out));
    const int64_t row = batch->batch * fsnn_shape_count(&in), steps = batch->steps;
    FSNN_TRY(reserve(&room->x, &room->inputs, steps * row));
    FSNN_TRY(reserve(&room->y, &room->outputs, steps * batch->batch * fsnn_shape_count(&out)));
    *output = room->y;
    return fsnn_integer_run(integers, steps, batch->batch, inputs_of(batch, row, room->x), room->y);
}

void integer_room_free(integer_room *room)
{
    fsnn_free(room->x);
    fsnn_free(room->y);
    *room = (integer_room){0};
}

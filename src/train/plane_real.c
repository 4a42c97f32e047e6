/* The table of this precision. */
#include "train/plane.h"
#include "train/loss.h"

static void scale(void *numbers, int64_t count, double factor)
{
    real *x = numbers;
    for (int64_t i = 0; i < count; i++)
        x[i] *= (real)factor;
}

extern const train_plane train_plane_real;
const train_plane train_plane_real = {
    .size = sizeof(real),
    .type = sizeof(real) == sizeof(double) ? FSNN_F64 : FSNN_F32,
    .loss = loss_compute,
    .answers = loss_answers,
    .scale = scale,
    .square = optimizer_square,
    .step = optimizer_step_chunk,
    .shard_begin = shard_begin,
    .shard_take = shard_take,
    .shard_put = shard_put,
};

/* train/plane.h: what of training is compiled once a precision, as a table (plane_real.c): losses
 * and the steps of optimisers. Pointers to numbers, float or double, are void. */
#ifndef FSNN_TRAIN_PLANE_H
#define FSNN_TRAIN_PLANE_H

#include "train/loss_input.h"
#include "train/optimizer.h"
#include "train/shards.h"

typedef struct train_plane {
    size_t size; /* bytes of a number */
    fsnn_dtype type;
    /* loss.h */
    fsnn_status (*loss)(const fsnn_loss *loss, const loss_input *input, fsnn_measure *measure);
    fsnn_status (*answers)(const fsnn_loss *loss, const loss_input *input, loss_visit *visit,
                           void *user);
    /* x [count] times `factor` */
    void (*scale)(void *x, int64_t count, double factor);
    /* optimizer.h */
    double (*square)(const fsnn_optimizer *o, const optimizer_chunk *chunk);
    void (*step)(const optimizer_walk *walk, const optimizer_chunk *chunk);
    /* shards.h */
    void (*shard_begin)(const shard_walk *w, const shard_piece *piece);
    void (*shard_take)(const shard_walk *w, const shard_piece *piece);
    void (*shard_put)(const shard_walk *w, const shard_piece *piece);
} train_plane;

/* NULL: the library was built without this precision. */
const train_plane *train_plane_of(fsnn_precision precision);
/* That of a net. */
static inline const train_plane *train_plane_for(const fsnn_net *net)
{
    return train_plane_of(fsnn_net_precision(net));
}

#endif

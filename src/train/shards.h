/* train/shards.h: what the shards of a batch leave in a net, as vectors that are added up
 * (fsnn_training.shards): gradients of the parameters that learn, and how far running statistics
 * have moved. */
#ifndef FSNN_TRAIN_SHARDS_H
#define FSNN_TRAIN_SHARDS_H

#include "train/tree.h"

#include <fsnn/train.h>

enum { SHARD_PIECE = 16384 };

/* A piece of a parameter in a vector: at most SHARD_PIECE numbers. */
typedef struct shard_piece {
    int param;
    int64_t begin, count, at;
} shard_piece;

/* Some of the pieces, and their numbers in the vector. */
typedef struct shard_range {
    int64_t first, pieces;
    int64_t begin, count;
} shard_range;

typedef struct shards {
    fsnn_net *net;
    shard_piece *piece; /* [pieces] */
    int64_t pieces;
    int64_t learned, count; /* numbers of a vector that are gradients, and all of them */
    tree tree;
    void *before; /* [count - learned] running statistics when the batch began */
    void *kept;   /* [learned] gradients of batches before that wait for a step; NULL: none ever */
} shards;

/* Weights of what a shard leaves: of its gradient, and of how its statistics moved. */
typedef struct shard_weight {
    double gradient, statistics;
} shard_weight;

/* One walk over pieces. */
typedef struct shard_walk {
    const shards *s;
    const fsnn_net *net;
    int64_t first;    /* of the pieces */
    int64_t begin;    /* of the numbers in `to` and `from` */
    void *to;         /* [count] */
    const void *from; /* [count] */
    shard_weight weight;
    bool waiting;
} shard_walk;

/* Of a piece, in the precision of the file that includes this (shards_real.c): see shards_begin,
 * shards_take, shards_put. */
void shard_begin(const shard_walk *w, const shard_piece *piece);
void shard_take(const shard_walk *w, const shard_piece *piece);
void shard_put(const shard_walk *w, const shard_piece *piece);

/* How many shards a batch has (1: it is whole), and what each holds: of `batch` samples.
 * FSNN_EARGUMENT (key shards). */
int64_t shards_of(const fsnn_training *training);
fsnn_status shards_size(const fsnn_training *training, int64_t *size);
/* Whether batch normalisation normalises over all of them, so that they sum together. */
bool shards_synchronised(const fsnn_training *training);
/* Shards that a process with all of them runs at the same time. */
int64_t shards_at_once(const fsnn_training *training);

/* Of a wrapped net. FSNN_EMEMORY; shards_close is due after an error too. */
fsnn_status shards_open(shards *s, fsnn_net *net, const fsnn_training *training);
void shards_close(shards *s);
/* Bytes that shards_open and the sums will take. */
int64_t shards_bytes(const fsnn_net *net, const fsnn_training *training);

/* A batch begins: gradients are set aside where they wait, and become 0. */
void shards_begin(shards *s, bool waiting);
/* A copy of the net (net_copy) gets its statistics. */
void shards_begin_copy(const shards *s, fsnn_net *copy);
/* All of them. */
shard_range shards_all(const shards *s);
/* A shard's backward is over, of what is in `range`: `weight` times what it left in `net`, which is
 * that of shards_open or a copy, becomes node {0, place} of `part`, that range of the tree, and
 * `net` is as before it. FSNN_EMEMORY. */
fsnn_status shards_take(const shards *s, const fsnn_net *net, shard_weight weight, int64_t place,
                        const shard_range *range, tree *part);
/* The batch is over: `sum` [count] becomes the net's gradient, with what was set aside where
 * `waiting`; running statistics move by the mean, sum / weight. */
void shards_put(shards *s, const void *sum, double weight, bool waiting);

#endif

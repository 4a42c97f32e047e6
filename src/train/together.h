/* train/together.h: sums over all shards of a batch, of all ranks, while each of them waits in the
 * middle of its pass. They are added up by the tree of the gradients (train/tree.h). */
#ifndef FSNN_TRAIN_TOGETHER_H
#define FSNN_TRAIN_TOGETHER_H

#include "train/ranks.h"
#include "train/tree.h"

typedef struct together {
    const fsnn_ranks *ranks;
    int64_t most; /* numbers of the largest sum; 0: shards are run apart */
    int64_t all;  /* shards of a whole batch */
    tree mine;    /* of this rank's shards */
    tree whole;
    double *out, *in; /* a message, and those of all ranks */
} together;

/* FSNN_EMEMORY; together_close is due after an error too. */
fsnn_status together_open(together *m, const fsnn_ranks *ranks, int64_t shards, int64_t most);
void together_close(together *m);
/* The sums of a shard of this rank; they come in the order of the shards. FSNN_EMEMORY. */
fsnn_status together_give(together *m, int64_t shard, const double *sums, int64_t count);
/* Called by all ranks once each of their shards waits, is done or failed: `waits` where those of
 * this rank wait and `status` is how they are. *total [most] is the sum over all `shards`; NULL:
 * none waits any more, or a rank failed. FSNN_OK, or the ranks cannot reach each other. */
fsnn_status together_sum(together *m, int64_t shards, bool waits, fsnn_status status,
                         const double **total);

#endif

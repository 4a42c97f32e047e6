/* train/ranks_sum.h: sums of the vectors of shards over all ranks, group by group. */
#ifndef FSNN_TRAIN_RANKS_SUM_H
#define FSNN_TRAIN_RANKS_SUM_H

#include "train/ranks.h"
#include "train/tree.h"

/* Groups on their way at the same time. */
enum { RANKS_SLOTS = 4 };

typedef struct ranks_slot {
    void *out, *in;              /* [count][nodes][chunk] of ranks, as numbers travel */
    void *half, *whole;          /* [chunk] in half precision, [count][chunk] of ranks */
    int64_t begin, count, chunk; /* of the group; numbers of a rank's part of it */
    bool straight;               /* travels from its place to its place, as it is */
    void *call;                  /* what runs, of the ranks' own */
} ranks_slot;

typedef struct ranks_sum {
    const fsnn_ranks *ranks;
    size_t size;         /* bytes of a number on its way */
    int64_t all, shards; /* shards of a whole batch, and of this one */
    int nodes;           /* of the tree, of the rank that has most in this batch */
    tree tree;           /* of a chunk; without vectors where those that come are added up */
    void *sum;           /* [vector] */
    ranks_slot slot[RANKS_SLOTS];
    int64_t sent, added, spread; /* groups that have come so far, the last the least */
    bool failed; /* the ranks do not reach each other: no call is begun or asked any more */
} ranks_sum;

/* Of vectors as in `mine`, in groups of at most `most` numbers. FSNN_EMEMORY; ranks_sum_close is
 * due after an error too. */
fsnn_status ranks_sum_open(ranks_sum *s, const fsnn_ranks *ranks, int64_t shards, const tree *mine,
                           int64_t most);
void ranks_sum_close(ranks_sum *s);
/* A batch of so many shards begins. */
void ranks_sum_begin(ranks_sum *s, int64_t shards);
/* Whether another group has room, so that giving it waits for nobody. */
bool ranks_sum_room(const ranks_sum *s);
/* A group of the vector, from number `begin` on: its nodes are sent; their values stay as they are
 * until ranks_sum_end. All ranks give the same groups in the same order; where these have no calls
 * that are begun (ranks_apart) it waits for all of them. Like the two below: FSNN_ECALLBACK. */
fsnn_status ranks_sum_give(ranks_sum *s, const tree *part, int64_t begin);
/* Lets calls that have ended go on, without waiting. */
fsnn_status ranks_sum_poll(ranks_sum *s);
/* Waits until `sum` has all that was given. */
fsnn_status ranks_sum_end(ranks_sum *s);

#endif

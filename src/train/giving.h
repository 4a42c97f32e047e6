/* train/giving.h: the gradients of a batch on their way to the other ranks: group by group
 * (train/groups.h), each as soon as backward of the last shards that this rank runs has come past
 * it. */
#ifndef FSNN_TRAIN_GIVING_H
#define FSNN_TRAIN_GIVING_H

#include "train/groups.h"
#include "train/learner.h"
#include "train/ranks_sum.h"

struct giving;

/* What a learner's net tells, and whether it runs in the thread that trains. */
typedef struct giving_watch {
    struct giving *giving;
    groups_watch groups;
    bool main;
} giving_watch;

typedef struct giving {
    shards *shards; /* NULL: this process trains alone */
    groups groups;
    ranks_sum sums;
    giving_watch *watch; /* [learners] */
    int learners;
    int given; /* groups of this batch */
    /* the learners whose shards, from `first` on, are yet to be taken into the tree: */
    learning how;
    learner *learner;
    int count;
    int64_t first;
    fsnn_status status; /* of what was given while backward ran */
    fsnn_error error;
} giving;

/* Weights of what a learner's shard leaves. */
shard_weight giving_weights(const learning *how, const learner *l);

/* `ranks` may be NULL; the shards are open. FSNN_EMEMORY; giving_close is due after an error
 * too. */
fsnn_status giving_open(giving *g, const fsnn_ranks *ranks, shards *s, int64_t all, int learners);
void giving_close(giving *g);
/* A batch of so many shards begins. */
void giving_begin(giving *g, int64_t all);
/* The last learners of this rank will run now. Returns whether their shards are taken by the
 * functions below; otherwise they are to be taken as all before. */
bool giving_watch_begin(giving *g, const learning *how, learner *l, int count, int64_t first);
/* Learner i runs in the thread that trains, or not. */
void giving_watch_thread(giving *g, int i, bool main);
/* The learners have come to their end: nobody watches them any more. */
void giving_watch_end(giving *g);

/* What is not yet on its way; with a `status` that is an error only so that other ranks are not
 * left waiting. Returns `status`, or an error of its own. Where ranks have no calls that are begun
 * (fsnn_ranks), `early` does nothing, and `late`, which all ranks call or none, does it all. */
fsnn_status giving_early(giving *g, fsnn_status status);
fsnn_status giving_late(giving *g, fsnn_status status);
/* The sum of all that was given: *sum [shards->count]. */
fsnn_status giving_end(giving *g, fsnn_status status, const void **sum);

#endif

/* train/groups.h: the vector of a shard (train/shards.h) in groups of numbers. They are cut from
 * its end, as backward goes, so one after the other is final: the first has the running statistics
 * and the gradients of the last nodes. */
#ifndef FSNN_TRAIN_GROUPS_H
#define FSNN_TRAIN_GROUPS_H

#include "train/shards.h"

#include <stdatomic.h>

/* Neighbours; last -1: none. */
typedef struct groups_span {
    int first, last;
} groups_span;

typedef struct groups {
    shard_range *range; /* [count] */
    int count;
    int64_t most;    /* numbers of the largest */
    int *wanted;     /* [count] parameters that learn with numbers in each */
    groups_span *of; /* [parameters] those that hold each one that learns */
} groups;

/* FSNN_EMEMORY; groups_close is due after an error too. */
fsnn_status groups_open(groups *g, const shards *s);
void groups_close(groups *g);

/* How far backward has come with one shard. */
typedef struct groups_watch {
    const groups *of;
    int *left;        /* [count] parameters of each that are not final */
    atomic_int ready; /* groups that are, with all before them */
} groups_watch;

/* FSNN_EMEMORY; groups_watch_close is due after an error too. */
fsnn_status groups_watch_open(groups_watch *w, const groups *of);
void groups_watch_close(groups_watch *w);
/* Backward has yet to begin. */
void groups_watch_begin(groups_watch *w);
/* Parameters `param` ... `param` + `count` - 1 are final. */
void groups_watch_final(groups_watch *w, int param, int count);

#endif

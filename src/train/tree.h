/* train/tree.h: sums of the vectors of shards. Which numbers are added to which is one binary tree
 * over the shards, whoever computes them, and in whatever pieces: shard 2i is added to shard
 * 2i + 1, that sum to its neighbour's, and so on; where the last batch of an epoch has fewer
 * shards, a sum without a neighbour goes up alone. The bits of the whole therefore depend on the
 * shards only. */
#ifndef FSNN_TRAIN_TREE_H
#define FSNN_TRAIN_TREE_H

#include "base/base.h"

enum { TREE_DEPTH = 40 };

/* A sum over the 2^level shards from place 2^level on, as far as there are any. */
typedef struct tree_node {
    int level;
    int64_t place;
} tree_node;

typedef struct tree {
    bool wide; /* numbers are double */
    int64_t count;
    int nodes;
    tree_node node[TREE_DEPTH];
    void *value[TREE_DEPTH + 1]; /* [count] each: those of the nodes, then free ones; NULL: not yet
                                  * taken */
} tree;

/* Bytes of a number. */
size_t tree_number_size(const tree *t);
/* Vectors of `count` numbers. */
void tree_open(tree *t, int64_t count, bool wide);
void tree_close(tree *t);
/* No shard was added. */
void tree_clear(tree *t);
/* Takes the first `vectors` vectors, which tree_next then has. FSNN_EMEMORY. */
fsnn_status tree_reserve(tree *t, int vectors);
/* The same tree of numbers begin ... begin + count - 1 alone, in the same memory, which is reserved
 * for all that is added to it; not to be closed. */
tree tree_part(const tree *t, int64_t begin, int64_t count);
/* A place [count] for the next vector; NULL: FSNN_EMEMORY. */
void *tree_next(tree *t);
/* The next vector [count] is there already, and the caller's: in a copy of a tree, which is not
 * closed. It may become a sum. */
void tree_lend(tree *t, void *vector);
/* What was written there is the sum of a node; nodes come in the order of their shards. Where both
 * halves of a larger one are there, they become that. */
void tree_add(tree *t, tree_node node);
/* The sum of all, NULL of none; the tree is clear. */
const void *tree_sum(tree *t);
/* Nodes that shards first ... last - 1 leave, in their order, into list [TREE_DEPTH]. */
int tree_nodes(int64_t first, int64_t last, tree_node *list);
/* The most vectors that a tree of so many shards holds. */
int tree_held(int64_t shards);
/* The same of shards first ... last - 1, which may begin and end within branches. */
int tree_held_of(int64_t first, int64_t last);

#endif

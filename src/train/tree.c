/* Sums by a fixed tree. The nodes that are complete form a stack. */
#include "train/tree.h"

#include <string.h>

enum { PIECE = 16384 };

void tree_open(tree *t, int64_t count, bool wide)
{
    *t = (tree){.wide = wide, .count = count};
}

void tree_close(tree *t)
{
    for (int i = 0; i <= TREE_DEPTH; i++)
        fsnn_free(t->value[i]);
    *t = (tree){0};
}

void tree_clear(tree *t)
{
    t->nodes = 0;
}

size_t tree_number_size(const tree *t)
{
    return t->wide ? sizeof(double) : sizeof(float);
}

fsnn_status tree_reserve(tree *t, int vectors)
{
    for (int i = 0; i < vectors; i++) {
        if (!t->value[i])
            t->value[i] = fsnn_alloc((size_t)(t->count + 1) * tree_number_size(t));
        if (!t->value[i])
            return FSNN_EMEMORY;
    }
    return FSNN_OK;
}

tree tree_part(const tree *t, int64_t begin, int64_t count)
{
    tree part = *t;
    part.count = count;
    for (int i = 0; i <= TREE_DEPTH && part.value[i]; i++)
        part.value[i] = (char *)part.value[i] + (size_t)begin * tree_number_size(t);
    return part;
}

void *tree_next(tree *t)
{
    return tree_reserve(t, t->nodes + 1) ? NULL : t->value[t->nodes];
}

void tree_lend(tree *t, void *vector)
{
    t->value[t->nodes] = vector;
}

/* ---- one sum ---- */

typedef struct addition {
    const tree *t;
    void *to;
    const void *from;
} addition;

static void add_piece(int64_t i, int64_t end, void *user)
{
    const addition *a = user;
    if (a->t->wide)
        for (double *to = a->to; i < end; i++)
            to[i] += ((const double *)a->from)[i];
    else
        for (float *to = a->to; i < end; i++)
            to[i] += ((const float *)a->from)[i];
}

/* The last node goes into the one before. */
static void join(tree *t)
{
    addition a = {t, t->value[t->nodes - 2], t->value[t->nodes - 1]};
    fsnn_parallel_range(t->count, PIECE, add_piece, &a);
    t->nodes--;
}

/* ---- the stack ---- */

static bool halves(const tree_node *list, int nodes)
{
    if (nodes < 2)
        return false;
    const tree_node *a = &list[nodes - 2], *b = &list[nodes - 1];
    return a->level == b->level && a->place % 2 == 0 && b->place == a->place + 1;
}

void tree_add(tree *t, tree_node node)
{
    t->node[t->nodes++] = node;
    while (halves(t->node, t->nodes)) {
        join(t);
        tree_node *both = &t->node[t->nodes - 1];
        *both = (tree_node){both->level + 1, both->place / 2};
    }
}

const void *tree_sum(tree *t)
{
    if (!t->nodes)
        return NULL;
    while (t->nodes > 1)
        join(t);
    t->nodes = 0;
    return t->value[0];
}

/* `most`: the largest number of them on the way. */
static int leave(int64_t first, int64_t last, tree_node *list, int *most)
{
    int nodes = 0;
    *most = 0;
    for (int64_t i = first; i < last; i++) {
        list[nodes++] = (tree_node){0, i};
        *most = nodes > *most ? nodes : *most;
        for (; halves(list, nodes); nodes--)
            list[nodes - 2] = (tree_node){list[nodes - 2].level + 1, list[nodes - 2].place / 2};
    }
    return nodes;
}

int tree_nodes(int64_t first, int64_t last, tree_node *list)
{
    int most;
    return leave(first, last, list, &most);
}

int tree_held_of(int64_t first, int64_t last)
{
    tree_node list[TREE_DEPTH];
    int most;
    leave(first, last, list, &most);
    return most;
}

int tree_held(int64_t shards)
{
    int held = 1;
    for (; shards > 1; shards = (shards + 1) / 2)
        held++;
    return held;
}

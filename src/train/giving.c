/* A group is taken from the nets of the last learners, goes into its part of the tree, and is sent.
 * The thread that trains does so, in the middle of its own backward: groups leave in one order, and
 * only this thread calls the ranks. */
#include "train/giving.h"

#include "net/net.h"

shard_weight giving_weights(const learning *how, const learner *l)
{
    const double weight = learner_weight(how, l);
    return (shard_weight){how->together ? 1 : weight, weight};
}

/* ---- opening ---- */

/* Vectors of the tree are there before parts of it are used. */
static fsnn_status reserve(const giving *g, const fsnn_ranks *ranks, int64_t all)
{
    int64_t first, last;
    ranks_share(ranks, ranks_own(ranks), all, all, &first, &last);
    return tree_reserve(&g->shards->tree, tree_held_of(first, last));
}

fsnn_status giving_open(giving *g, const fsnn_ranks *ranks, shards *s, int64_t all, int learners)
{
    *g = (giving){0};
    if (!ranks_many(ranks))
        return FSNN_OK;
    g->shards = s;
    FSNN_TRY(groups_open(&g->groups, s));
    FSNN_TRY(ranks_sum_open(&g->sums, ranks, all, &s->tree, g->groups.most));
    g->watch = fsnn_alloc((size_t)learners * sizeof *g->watch);
    if (!g->watch)
        return FSNN_EMEMORY;
    for (; g->learners < learners; g->learners++) {
        giving_watch *w = &g->watch[g->learners];
        w->giving = g;
        FSNN_TRY(groups_watch_open(&w->groups, &g->groups));
    }
    return reserve(g, ranks, all);
}

void giving_close(giving *g)
{
    for (int i = 0; i < g->learners; i++)
        groups_watch_close(&g->watch[i].groups);
    fsnn_free(g->watch);
    ranks_sum_close(&g->sums);
    groups_close(&g->groups);
    *g = (giving){0};
}

/* ---- one group ---- */

/* With `lost` the batch has failed. */
static fsnn_status give(giving *g, bool lost)
{
    const shard_range *r = &g->groups.range[g->given];
    tree part = tree_part(&g->shards->tree, r->begin, r->count);
    if (lost)
        tree_clear(&part);
    for (int i = 0; i < g->count && !lost; i++) {
        const learner *l = &g->learner[i];
        FSNN_TRY(
            shards_take(g->shards, l->net, giving_weights(&g->how, l), g->first + i, r, &part));
    }
    g->given++;
    return ranks_sum_give(&g->sums, &part, r->begin);
}

static fsnn_status give_all(giving *g, bool lost)
{
    while (g->given < g->groups.count)
        FSNN_TRY(give(g, lost));
    return FSNN_OK;
}

/* ---- while backward runs ---- */

/* Groups that are final in all nets. */
static int ready(const giving *g)
{
    int least = g->groups.count;
    for (int i = 0; i < g->count; i++) {
        int one = atomic_load_explicit(&g->watch[i].groups.ready, memory_order_acquire);
        least = one < least ? one : least;
    }
    return least;
}

/* Nobody waits here: the others may wait for sums of this rank (train/together.h). */
static fsnn_status give_ready(giving *g)
{
    int end = ready(g);
    FSNN_TRY(ranks_sum_poll(&g->sums));
    while (g->given < end && ranks_sum_room(&g->sums))
        FSNN_TRY(give(g, false));
    return FSNN_OK;
}

static void final(fsnn_net *net, int param, int count, void *user)
{
    giving_watch *w = user;
    giving *g = w->giving;
    (void)net;
    groups_watch_final(&w->groups, param, count);
    if (!w->main || g->status)
        return;
    g->status = give_ready(g);
    if (g->status)
        fsnn_error_keep(&g->error);
}

/* A hook of the caller's finds all gradients where they are until backward has ended. */
static bool watchable(const giving *g, const learner *l, int count)
{
    return g->shards && ranks_apart(g->sums.ranks) && count > 0 && !l->net->hook;
}

bool giving_watch_begin(giving *g, const learning *how, learner *l, int count, int64_t first)
{
    if (!watchable(g, l, count))
        return false;
    g->how = *how;
    g->learner = l;
    g->count = count;
    g->first = first;
    for (int i = 0; i < count; i++) {
        groups_watch_begin(&g->watch[i].groups);
        g->watch[i].main = false;
        l[i].net->final = final;
        l[i].net->final_user = &g->watch[i];
    }
    return true;
}

void giving_watch_thread(giving *g, int i, bool main)
{
    if (i < g->count)
        g->watch[i].main = main;
}

void giving_watch_end(giving *g)
{
    for (int i = 0; i < g->count; i++)
        g->learner[i].net->final = NULL;
}

/* ---- the batch ---- */

void giving_begin(giving *g, int64_t all)
{
    if (!g->shards)
        return;
    g->given = g->count = 0;
    g->status = FSNN_OK;
    ranks_sum_begin(&g->sums, all);
}

/* The error of a group that went early, and else that of the batch. */
static fsnn_status first_error(const giving *g, fsnn_status status)
{
    if (g->status)
        fsnn_error_restore(&g->error);
    return g->status ? g->status : status;
}

fsnn_status giving_early(giving *g, fsnn_status status)
{
    fsnn_error error;
    status = first_error(g, status);
    if (!g->shards || !ranks_apart(g->sums.ranks))
        return status;
    fsnn_error_keep(&error);
    return fsnn_error_first(status, &error,
                            give_all(g, status || !learners_done(g->learner, g->count)));
}

fsnn_status giving_late(giving *g, fsnn_status status)
{
    return status || !g->shards ? status : give_all(g, false);
}

fsnn_status giving_end(giving *g, fsnn_status status, const void **sum)
{
    fsnn_error error;
    if (!g->shards)
        return status;
    fsnn_error_keep(&error);
    *sum = g->sums.sum;
    return fsnn_error_first(status, &error, ranks_sum_end(&g->sums));
}

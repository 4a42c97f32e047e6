/* What ranks tell each other: whether all is well, and small numbers. */
#include "train/ranks.h"

#include "base/error_key.h"

#include <string.h>

bool ranks_many(const fsnn_ranks *r)
{
    return r && r->count > 1;
}

void ranks_share(const fsnn_ranks *r, int rank, int64_t all, int64_t shards, int64_t *first,
                 int64_t *last)
{
    int64_t ranks = r ? r->count : 1, part = all / ranks, begin = part * rank, end = begin + part;
    *first = begin < shards ? begin : shards;
    *last = end < shards ? end : shards;
}

fsnn_status ranks_check(const fsnn_ranks *r, int64_t shards)
{
    if (!r)
        return FSNN_OK;
    if (!r->exchange || !r->gather || r->count < 1 || r->rank < 0 || r->rank >= r->count)
        return fsnn_fail_key(FSNN_EARGUMENT, "ranks",
                             "rank %d of %d: ranks count from 0, and need their functions", r->rank,
                             r->count);
    if (shards % r->count == 0)
        return FSNN_OK;
    return fsnn_fail_key(FSNN_EARGUMENT, "ranks",
                         "%d ranks cannot share the %lld shard%s of a batch: training.shards must "
                         "be a multiple of the number of ranks",
                         r->count, (long long)shards, shards == 1 ? "" : "s");
}

/* ---- small numbers ---- */

static fsnn_status told(int failed)
{
    if (!failed)
        return FSNN_OK;
    return *fsnn_error_text() ? FSNN_ECALLBACK
                              : fsnn_fail(FSNN_ECALLBACK, "the ranks cannot reach each other");
}

fsnn_status ranks_gather(const fsnn_ranks *r, const void *out, void *in, size_t bytes)
{
    if (!ranks_many(r)) {
        memcpy(in, out, bytes);
        return FSNN_OK;
    }
    return told(r->gather(out, in, bytes, r->user));
}

fsnn_status ranks_any(const fsnn_ranks *r, bool *yes)
{
    if (!ranks_many(r))
        return FSNN_OK;
    unsigned char mine = *yes, *all = fsnn_alloc((size_t)r->count);
    fsnn_status status = all ? ranks_gather(r, &mine, all, 1) : FSNN_EMEMORY;
    for (int i = 0; i < r->count && !status; i++)
        *yes = *yes || all[i];
    fsnn_free(all);
    return status;
}

fsnn_status ranks_broadcast(const fsnn_ranks *r, void *data, size_t bytes)
{
    if (!ranks_many(r))
        return FSNN_OK;
    char *all = fsnn_alloc((size_t)r->count * bytes);
    fsnn_status status = all ? ranks_gather(r, data, all, bytes) : FSNN_EMEMORY;
    if (!status)
        memcpy(data, all, bytes);
    fsnn_free(all);
    return status;
}

fsnn_status ranks_sum_counts(const fsnn_ranks *r, int64_t *counts, int64_t count)
{
    if (!ranks_many(r))
        return FSNN_OK;
    int64_t *all = fsnn_alloc((size_t)(r->count * count + 1) * sizeof *all);
    fsnn_status status =
        all ? ranks_gather(r, counts, all, (size_t)count * sizeof *all) : FSNN_EMEMORY;
    for (int64_t i = 0; i < count && !status; i++) {
        counts[i] = 0;
        for (int k = 0; k < r->count; k++)
            counts[i] += all[k * count + i];
    }
    fsnn_free(all);
    return status;
}

/* ---- errors ---- */

typedef struct report {
    int64_t status;
    char key[64], text[1024];
} report;

/* The sentence of another rank becomes that of this one. */
static fsnn_status take(const fsnn_ranks *r, const report *all)
{
    int first = 0;
    while (first < r->count && !all[first].status)
        first++;
    if (first == r->count)
        return FSNN_OK;
    const report *of = &all[first];
    fsnn_status status = (fsnn_status)of->status;
    if (first == r->rank)
        fsnn_error_set(status, "%s", of->text);
    else
        fsnn_error_set(status, "rank %d: %s", first, of->text);
    return fsnn_error_set_key(status, of->key);
}

fsnn_status ranks_agree(const fsnn_ranks *r, fsnn_status status)
{
    if (!ranks_many(r))
        return status;
    report mine = {.status = status};
    if (status) {
        snprintf(mine.key, sizeof mine.key, "%s", fsnn_error_key());
        snprintf(mine.text, sizeof mine.text, "%s", fsnn_error_text());
    }
    report *all = fsnn_alloc((size_t)r->count * sizeof *all);
    fsnn_status told = all ? ranks_gather(r, &mine, all, sizeof mine) : FSNN_EMEMORY;
    if (!told)
        told = take(r, all);
    fsnn_free(all);
    return told;
}

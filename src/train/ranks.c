/* What ranks tell each other: whether all is well, and small numbers. */
#include "train/ranks.h"

#include "base/error_key.h"

#include <string.h>

int ranks_count(const fsnn_ranks *r)
{
    return r ? r->count : 1;
}

int ranks_own(const fsnn_ranks *r)
{
    return r ? r->rank : 0;
}

bool ranks_many(const fsnn_ranks *r)
{
    return ranks_count(r) > 1;
}

bool ranks_apart(const fsnn_ranks *r)
{
    return r && r->exchange_begin && r->gather_begin && r->done;
}

void ranks_share(const fsnn_ranks *r, int rank, int64_t all, int64_t shards, int64_t *first,
                 int64_t *last)
{
    int64_t part = all / ranks_count(r), begin = part * rank, end = begin + part;
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

fsnn_status ranks_told(const char *what, int failed, uint64_t before)
{
    const char *why = fsnn_error_since(before);
    return failed ? fsnn_fail(FSNN_ECALLBACK, "the ranks cannot exchange %s%s%s", what,
                              *why ? ": " : "", why)
                  : FSNN_OK;
}

fsnn_status ranks_gather(const fsnn_ranks *r, const void *out, void *in, size_t bytes)
{
    if (!ranks_many(r)) {
        memcpy(in, out, bytes);
        return FSNN_OK;
    }
    const uint64_t before = fsnn_errors_said();
    return ranks_told("what they know", r->gather(out, in, bytes, r->user), before);
}

/* `data` [bytes] of each rank, [count][bytes]; to be freed, also after an error. */
static void *collect(const fsnn_ranks *r, const void *data, size_t bytes, fsnn_status *status)
{
    void *all = fsnn_alloc((size_t)r->count * bytes);
    *status = all ? ranks_gather(r, data, all, bytes) : FSNN_EMEMORY;
    return all;
}

fsnn_status ranks_any(const fsnn_ranks *r, bool *yes)
{
    fsnn_status status;
    if (!ranks_many(r))
        return FSNN_OK;
    unsigned char mine = *yes, *all = collect(r, &mine, 1, &status);
    for (int i = 0; i < r->count && !status; i++)
        *yes = *yes || all[i];
    fsnn_free(all);
    return status;
}

fsnn_status ranks_broadcast(const fsnn_ranks *r, void *data, size_t bytes)
{
    fsnn_status status;
    if (!ranks_many(r))
        return FSNN_OK;
    void *all = collect(r, data, bytes, &status);
    if (!status)
        memcpy(data, all, bytes);
    fsnn_free(all);
    return status;
}

fsnn_status ranks_sum_counts(const fsnn_ranks *r, int64_t *counts, int64_t count)
{
    fsnn_status status;
    if (!ranks_many(r))
        return FSNN_OK;
    int64_t *all = collect(r, counts, (size_t)count * sizeof *all, &status);
    for (int64_t i = 0; i < count && !status; i++) {
        counts[i] = 0;
        for (int k = 0; k < r->count; k++)
            counts[i] += all[k * count + i];
    }
    fsnn_free(all);
    return status;
}

fsnn_status ranks_sum_numbers(const fsnn_ranks *r, double *numbers, int64_t count)
{
    fsnn_status status;
    if (!ranks_many(r))
        return FSNN_OK;
    double *all = collect(r, numbers, (size_t)count * sizeof *all, &status);
    for (int64_t i = 0; i < count && !status; i++) {
        numbers[i] = 0;
        for (int k = 0; k < r->count; k++)
            numbers[i] += all[k * count + i];
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
    fsnn_status told;
    report *all = collect(r, &mine, sizeof mine, &told);
    if (!told)
        told = take(r, all);
    fsnn_free(all);
    return told;
}
